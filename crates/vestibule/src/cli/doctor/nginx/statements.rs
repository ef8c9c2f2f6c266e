//! The statements of an nginx configuration, each with its line and the blocks that it is in. Quotes and comments are
//! read as nginx reads them; what the statements mean is not.

/// `name word word;` or `name word {`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// The blocks around it, outermost first, each by a number of its own.
    pub(super) block: Vec<usize>,
    words: Vec<String>,
}

impl Statement {
    /// What it is about.
    pub(super) fn name(&self) -> &str {
        self.word(0)
    }

    /// A word; empty when there are not so many.
    pub(super) fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }
}

/// Reads them; the line from which braces or quotes do not match is the error.
pub(super) fn statements(text: &str) -> Result<Vec<Statement>, usize> {
    let mut found = Vec::new();
    let (mut block, mut blocks, mut words): (Vec<usize>, usize, Vec<(usize, String)>) = (Vec::new(), 0, Vec::new());
    let mut line = 1;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\n' => line += 1,
            c if c.is_whitespace() => {}
            '#' => while characters.next_if(|&c| c != '\n').is_some() {},
            ';' | '{' => {
                let begins = words.first().map_or(line, |(line, _)| *line);
                let words = words.drain(..).map(|(_, word)| word).collect();
                found.push(Statement { line: begins, block: block.clone(), words });
                if c == '{' {
                    blocks += 1;
                    block.push(blocks);
                }
            }
            '}' => drop(block.pop().ok_or(line)?),
            quote @ ('"' | '\'') => words.push((line, quoted(quote, &mut characters, &mut line)?)),
            first => {
                let mut word = String::from(first);
                // `${name}` is part of a word.
                while let Some(c) =
                    characters.next_if(|&c| !c.is_whitespace() && c != ';' && (c != '{' || word.ends_with('$')))
                {
                    word.push(c);
                }
                words.push((line, word));
            }
        }
    }
    if block.is_empty() && words.is_empty() { Ok(found) } else { Err(line) }
}

fn quoted(
    quote: char,
    characters: &mut std::iter::Peekable<std::str::Chars<'_>>,
    line: &mut usize,
) -> Result<String, usize> {
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
