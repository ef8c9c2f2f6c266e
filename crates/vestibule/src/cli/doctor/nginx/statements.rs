//! The text of one file of nginx, statement by statement. Quotes and comments are read as nginx reads them; what the
//! statements mean is not.

use std::iter::Peekable;
use std::str::Chars;

/// What stands in a file, each with its line, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// `name word word;`, or `name word {` if it opens a block.
    Statement { line: usize, words: Vec<String>, opens: bool },
    /// `}`.
    Close,
}

/// Reads them; the line from which braces or quotes do not match is the error.
pub(super) fn items(text: &str) -> Result<Vec<Item>, usize> {
    let mut found = Vec::new();
    let (mut depth, mut line) = (0_usize, 1);
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\n' => line += 1,
            c if c.is_whitespace() => {}
            '#' => while characters.next_if(|&c| c != '\n').is_some() {},
            ';' | '{' => {
                let begins = words.first().map_or(line, |(line, _)| *line);
                let words = words.drain(..).map(|(_, word)| word).collect();
                found.push(Item::Statement { line: begins, words, opens: c == '{' });
                depth += usize::from(c == '{');
            }
            '}' => {
                depth = depth.checked_sub(1).ok_or(line)?;
                found.push(Item::Close);
            }
            quote @ ('"' | '\'') => words.push((line, quoted(quote, &mut characters, &mut line)?)),
            first => words.push((line, bare(first, &mut characters))),
        }
    }
    if depth == 0 && words.is_empty() { Ok(found) } else { Err(line) }
}

fn bare(first: char, characters: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::from(first);
    // `${name}` is part of a word.
    while let Some(c) = characters.next_if(|&c| !c.is_whitespace() && c != ';' && (c != '{' || word.ends_with('$'))) {
        word.push(c);
    }
    word
}

fn quoted(quote: char, characters: &mut Peekable<Chars<'_>>, line: &mut usize) -> Result<String, usize> {
    let begins = *line;
    let mut word = String::new();
    while let Some(c) = characters.next() {
        match c {
            c if c == quote => return Ok(word),
            '\\' => word.extend(characters.next()),
            c => {
                *line += usize::from(c == '\n');
                word.push(c);
            }
        }
    }
    Err(begins)
}
