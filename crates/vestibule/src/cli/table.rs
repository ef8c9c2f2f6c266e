//! Columns for people. What came from strangers is made harmless first: a terminal obeys some characters.

/// Lines with aligned columns, the head first.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|&title| title.to_owned()).collect();
    let rows: Vec<Vec<String>> =
        std::iter::once(&head).chain(rows).map(|row| row.iter().map(harmless).collect()).collect();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}")).collect();
        out.push_str(cells.join("  ").trim_end());
        out.push('\n');
    }
    out
}

/// `label: value` lines with the values aligned.
pub(super) fn card(rows: &[(&str, String)]) -> String {
    let width = rows.iter().map(|(label, _)| label.len() + 2).max().unwrap_or_default();
    let line = |(label, value): &(&str, String)| format!("{:<width$}{}", format!("{label}:"), harmless(value));
    rows.iter().map(line).map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Nothing that a terminal would obey, or show in another order.
pub(super) fn harmless(text: impl AsRef<str>) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.as_ref().chars().map(|c| if c.is_control() || turns(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::{harmless, table};

    #[test]
    fn a_user_agent_cannot_drive_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}c\u{202e}d\r\n"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}\u{fffd}");
    }

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["long one".to_owned(), "x".to_owned()], vec!["é".to_owned(), String::new()]];
        assert_eq!(table(&["A", "B"], &rows), "A         B\nlong one  x\né\n");
    }
}
