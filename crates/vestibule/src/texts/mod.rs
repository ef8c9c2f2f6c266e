//! The texts, one catalogue a language, embedded. The language is what the browser asks for; English otherwise.

use std::sync::OnceLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_langneg::{NegotiationStrategy, negotiate_languages, parse_accepted_languages};
use unic_langid::LanguageIdentifier;

/// Every catalogue: its language and its text. The first is the default.
const CATALOGUES: [(&str, &str); 2] = [("en", include_str!("en.ftl")), ("de", include_str!("de.ftl"))];

/// The tags of all languages, the default first.
pub fn languages() -> Vec<&'static str> {
    CATALOGUES.iter().map(|(language, _)| *language).collect()
}

type Bundle = FluentBundle<FluentResource>;

fn bundles() -> &'static [Bundle] {
    static BUNDLES: OnceLock<Vec<Bundle>> = OnceLock::new();
    BUNDLES.get_or_init(|| CATALOGUES.iter().map(|(language, text)| bundle(language, text)).collect())
}

fn bundle(language: &str, text: &str) -> Bundle {
    let language: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false);
    // A test reads every catalogue whole; what could be read is used anyway.
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(partial, _)| partial);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct Texts(usize);

impl Texts {
    /// The language that `Accept-Language` asks for (RFC 9110 section 12.5.4), or English.
    #[must_use]
    pub fn for_request(accept_language: Option<&str>) -> Self {
        let Some(asked) = accept_language.filter(|asked| asked.len() < 512) else { return Self(0) };
        let parse = |language: &str| language.parse::<fluent_langneg::LanguageIdentifier>().ok();
        let available: Vec<_> = CATALOGUES.iter().filter_map(|(language, _)| parse(language)).collect();
        let asked = parse_accepted_languages(&by_weight(asked));
        let found = negotiate_languages(&asked, &available, available.first(), NegotiationStrategy::Lookup);
        let index = found.first().and_then(|found| available.iter().position(|language| language == *found));
        Self(index.unwrap_or(0))
    }

    /// The language that an OpenID client asks for (`ui_locales`, the best first), or this one.
    #[must_use]
    pub fn or_of(self, ui_locales: Option<&str>) -> Self {
        let is_known = |tag: &str| {
            let language = tag.split('-').next().unwrap_or_default();
            CATALOGUES.iter().position(|(known, _)| known.eq_ignore_ascii_case(language))
        };
        ui_locales.unwrap_or_default().split(' ').find_map(is_known).map_or(self, Self)
    }

    /// The language's tag, for `<html lang>`.
    #[must_use]
    pub fn language(&self) -> &'static str {
        CATALOGUES[self.0].0
    }

    /// A text.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.format(key, None)
    }

    /// A text with `{ $value }` in it.
    #[must_use]
    pub fn with(&self, key: &str, value: &str) -> String {
        self.fill(key, &[("value", value)])
    }

    /// A text with several values in it, each by its name.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set((*name).to_owned(), (*value).to_owned());
        }
        self.format(key, Some(&arguments))
    }

    /// What a text says before and after its `{ $value }`.
    #[must_use]
    pub fn around(&self, key: &str) -> (String, String) {
        // A noncharacter: no catalogue has one.
        let whole = self.with(key, "\u{fdd0}");
        let (before, after) = whole.split_once('\u{fdd0}').unwrap_or((&whole, ""));
        (before.to_owned(), after.to_owned())
    }

    /// A text with `{ $count }` in it.
    #[must_use]
    pub fn count(&self, key: &str, count: i64) -> String {
        let mut arguments = FluentArgs::new();
        arguments.set("count", count);
        self.format(key, Some(&arguments))
    }

    fn format(&self, key: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let bundle = &bundles()[self.0];
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        match pattern {
            Some(pattern) => bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned(),
            // A test walks the templates and the code for keys; a key is better than a panic.
            None => key.to_owned(),
        }
    }
}

/// The languages with the heaviest first, and without those that are refused (`q=0`). One whose weight cannot be read
/// is refused.
fn by_weight(asked: &str) -> String {
    let weigh = |item: &str| -> Option<(i32, String)> {
        let (language, weight) =
            item.split_once(';').map_or((item, "q=1"), |(language, weight)| (language, weight.trim()));
        let weight: f32 = weight.strip_prefix("q=")?.parse().ok()?;
        // RFC 9110 section 12.4.2: three digits at most.
        let thousandths = (weight.clamp(0.0, 1.0) * 1000.0) as i32;
        (thousandths > 0).then(|| (thousandths, language.trim().to_owned()))
    };
    let mut languages: Vec<_> = asked.split(',').filter_map(weigh).collect();
    languages.sort_by_key(|(weight, _)| -weight);
    languages.into_iter().map(|(_, language)| language).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CATALOGUES, Texts};

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn every_catalogue_has_the_same_keys_and_can_be_read() {
        let (_, english) = CATALOGUES[0];
        for (language, text) in CATALOGUES {
            assert_eq!(keys(text), keys(english), "{language}");
            assert!(fluent_bundle::FluentResource::try_new(text.to_owned()).is_ok(), "{language}");
        }
    }

    #[test]
    fn every_advice_about_passwords_has_a_text() {
        for index in 0..CATALOGUES.len() {
            for name in vestibule_ledger::proof::strength::NAMES {
                let key = format!("strength-{name}");
                assert_ne!(Texts(index).get(&key), key);
            }
        }
    }

    /// Our own templates and code, without the catalogues and this file.
    fn sources() -> String {
        let mut text = String::new();
        let mut open = ["/templates", "/src"].map(|folder| format!("{}{folder}", env!("CARGO_MANIFEST_DIR"))).to_vec();
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
                let path = entry.path();
                if path.is_dir() && !path.ends_with("src/texts") {
                    open.push(path.to_str().unwrap().to_owned());
                } else if path.extension().is_some_and(|kind| kind == "html" || kind == "rs") {
                    text.push_str(&std::fs::read_to_string(path).unwrap());
                }
            }
        }
        text
    }

    #[test]
    fn every_key_that_is_named_has_a_text() {
        let sources = sources();
        let openings = ["l.t(\"", "l.with(\"", "f::said(l, \"", "texts.get(\"", "texts.with(\"", "texts.count(\""];
        let mut named = 0;
        for call in openings.iter().flat_map(|opening| sources.split(opening).skip(1)) {
            let key = call.split('"').next().unwrap();
            assert_ne!(Texts(0).get(key), key, "a page names it");
            named += 1;
        }
        assert!(named > 80, "the pages were not read");
    }

    #[test]
    fn every_text_is_said_somewhere() {
        let sources = sources();
        for key in keys(CATALOGUES[0].1) {
            let family = key.starts_with("problem-") || key.starts_with("strength-");
            assert!(family || sources.contains(&format!("\"{key}\"")), "no page says {key}");
        }
    }

    #[test]
    fn the_browser_chooses_the_language() {
        let language = |asked: &str| Texts::for_request(Some(asked)).language();
        assert_eq!(language("de-CH,de;q=0.9,en;q=0.8"), "de");
        assert_eq!(language("fr,en;q=0.5"), "en");
        assert_eq!(language("fr"), "en");
        assert_eq!(language("en;q=0.5,de;q=0.9"), "de");
        assert_eq!(language("de;q=0,en"), "en");
        assert_eq!(language("\u{7f}%%;q=x,,,"), "en");
        assert_eq!(Texts::for_request(None).language(), "en");
        assert_eq!(Texts(0).count("wait-minutes", 2), "Wait 2 minutes, then try again.");
    }
}
