//! "Firefox on Linux", from a User-Agent. A guess for people: it decides nothing, and says nothing rather than something wrong.

use crate::texts::Texts;

/// The more particular ones first: each later name is part of what the earlier ones send too.
const BROWSERS: [(&str, &str); 7] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];

const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The browser's name in words; `None` when it says none that we know.
pub(super) fn of(texts: &Texts, user_agent: &str) -> Option<String> {
    let find =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, n)| *n);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(texts.fill("sessions-on", &[("browser", browser), ("system", system)])),
        (Some(name), None) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::texts::Texts;

    #[test]
    fn browsers_in_words() {
        let name = |user_agent: &str| of(&Texts::for_request(None), user_agent).unwrap_or_default();
        assert_eq!(name("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"), "Firefox on Linux");
        assert_eq!(
            name(
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML) Chrome/141.0 Safari/537.36 Edg/141.0"
            ),
            "Edge on Windows"
        );
        assert_eq!(name("curl/8.0"), "curl");
        assert_eq!(name("<script>"), "");
    }
}
