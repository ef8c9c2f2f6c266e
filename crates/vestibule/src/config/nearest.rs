//! What to say of a key that is nobody's: the name that was probably meant.

/// "there is no such setting", and what to write instead. `known` has every key as `section.name` or `name`.
pub(super) fn no_such_setting(key: &str, known: &[String]) -> String {
    format!("there is no such setting; {}", instead(key, known))
}

fn instead(key: &str, known: &[String]) -> String {
    let (section, rest) = key.split_once('.').unwrap_or((key, ""));
    if rest.is_empty() && sections(known).any(|known| known == section) {
        return format!("`{section}` is a section: write `[{section}]`, and its settings below");
    }
    if let Some(name) = nearest(key, known.iter().map(String::as_str)) {
        return format!("did you mean `{name}`?");
    }
    let names: Vec<String> = known.iter().filter_map(|known| name_in(section, known)).collect();
    if !rest.is_empty() && !names.is_empty() {
        return format!("`[{section}]` has {}", names.join(", "));
    }
    match nearest(section, sections(known)) {
        Some(name) => format!("did you mean the section `[{name}]`?"),
        None => "`vestibule config reference` lists them".to_owned(),
    }
}

/// The names of the sections among the known keys.
pub(super) fn sections(known: &[String]) -> impl Iterator<Item = &str> {
    known.iter().filter_map(|key| key.split_once('.').map(|(section, _)| section))
}

fn name_in(section: &str, known: &str) -> Option<String> {
    known.split_once('.').filter(|(of, _)| *of == section).map(|(_, name)| format!("`{name}`"))
}

/// The known name that looks most like this one, if any does. A setting may stand in the wrong section.
fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let name = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let distance = |candidate: &str| {
        strsim::damerau_levenshtein(key, candidate).min(1 + strsim::damerau_levenshtein(&name(key), &name(candidate)))
    };
    known.min_by_key(|known| distance(known)).filter(|candidate| distance(candidate) <= 1 + key.len() / 4)
}
