//! Text in YAML. A JSON string is one, whatever is in it.

use serde_json::Value;

/// A text, quoted.
pub(in crate::cli::proxy_config) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Lines as an item of a list: the first has the dash.
pub(in crate::cli::proxy_config) fn item(lines: &str) -> String {
    let indented = crate::cli::proxy_config::indent(lines, 2);
    format!("-{}", indented.get(1..).unwrap_or_default())
}

/// Texts as a list, each on a line of its own.
pub(in crate::cli::proxy_config) fn list<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> String {
    texts.into_iter().map(|text| format!("- {}\n", quoted(text.as_ref()))).collect()
}
