//! What to say of a key that is nobody's: the name that was probably meant.

/// "there is no such setting", and what to write instead. `known` has every key as `section.name` or `name`.
pub(super) fn no_such_setting(key: &str, known: &[String]) -> String {
    format!("there is no such setting; {}", instead(key, known))
}

fn instead(key: &str, known: &[String]) -> String {
    let (section, rest) = key.split_once('.').unwrap_or((key, ""));
    if sections(known).any(|known| known.strip_suffix("[]") == Some(section)) {
        return format!("`{section}` is a list of tables: write `[[{section}]]`, and its settings below");
    }
    if rest.is_empty() && sections(known).any(|known| known == section) {
        return format!("`{section}` is a section: write `[{section}]`, and its settings below");
    }
    // A setting of a list of tables is meant nowhere else, and no other one there.
    let of_list = |key: &str| key.split_once("[].").map(|(list, _)| list.to_owned());
    let near = known.iter().map(String::as_str).filter(|known| of_list(known) == of_list(key));
    if let Some(name) = nearest(key, near) {
        return format!("did you mean `{name}`?");
    }
    let names: Vec<String> = known.iter().filter_map(|known| name_in(section, known)).collect();
    if !rest.is_empty() && !names.is_empty() {
        return format!("`{}` has {}", header(section), names.join(", "));
    }
    match nearest(section, sections(known).map(|section| section.trim_end_matches("[]"))) {
        Some(name) if sections(known).any(|known| known == name) => format!("did you mean the section `[{name}]`?"),
        Some(name) => format!("did you mean the list `[[{name}]]`?"),
        None => "`vestibule config reference` lists them".to_owned(),
    }
}

/// How the header of a section, or of a table of a list, is written.
fn header(section: &str) -> String {
    section.strip_suffix("[]").map_or_else(|| format!("[{section}]"), |list| format!("[[{list}]]"))
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
