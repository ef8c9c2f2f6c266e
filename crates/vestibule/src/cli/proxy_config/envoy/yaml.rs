//! Text in YAML. A JSON string is one, whatever is in it.

use serde_json::Value;

/// A text, quoted.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

/// Lines as an item of a list: the first has the dash.
pub(super) fn item(lines: &str) -> String {
    let indented = super::indent(lines, 2);
    format!("-{}", indented.get(1..).unwrap_or_default())
}
