//! The configuration reference, `docs/configuration.md`, made from the doc comments of the sections.

use std::fmt::Write as _;

use super::fields;

const HEAD: &str = "# Configuration reference\n\n\
<!-- Made by `vestibule config reference > docs/configuration.md`; a test fails when it is stale. -->\n\n\
Vestibule reads `vestibule.toml` in the working folder, or the file that `--config FILE` or `VESTIBULE_CONFIG` names. With no \
file the defaults hold. The environment wins over the file: `VESTIBULE__SESSION__IDLE_TIMEOUT=1h` is `idle_timeout` in \
`[session]`, `VESTIBULE__PUBLIC_URL` is `public_url` at the top; lists are parted by commas there. An unknown key, a wrong \
type, a value out of range or a combination that cannot work stops the start, with the place and what to write. \
`vestibule config check` looks without starting, `vestibule config show` says what is in force and where it was written.\n\n\
Durations are a whole number and one of `s`, `m`, `h`, `d`, `w`, from `1s` up unless a setting says otherwise.\n";

/// The whole document.
#[must_use]
pub fn reference() -> String {
    let mut out = HEAD.to_owned();
    for (section, fields) in fields() {
        let title = if section.is_empty() { "At the top of the file".to_owned() } else { format!("`[{section}]`") };
        let _ = write!(out, "\n## {title}\n");
        for field in fields {
            let name = field.key.rsplit('.').next().unwrap_or_default().to_owned();
            let doc = field.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
            let list = if field.is_list { "a list, each item " } else { "" };
            let takes = format!("{list}{}", field.expected);
            let _ = write!(out, "\n### `{name}`\n\n{doc}\n\n- Takes: {takes}\n- Default: `{}`\n", field.default);
        }
    }
    out.push_str(&super::rules::reference());
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_reference_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == super::reference(),
            "docs/configuration.md is stale: run `cargo run -p vestibule -- config reference > docs/configuration.md`"
        );
    }
}
