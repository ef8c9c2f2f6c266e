//! The statements of a configuration, each with the blocks that it is in, and what holds in a block: nginx takes most
//! directives from the innermost block that has any of them.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::rc::Rc;

/// Where a statement begins: `/etc/nginx/nginx.conf:12`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Rc<Path>,
    pub(super) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// `name word word;` or `name word {`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) place: Place,
    /// The blocks around it, outermost first, each by a number of its own.
    pub(super) block: Vec<usize>,
    pub(super) words: Vec<String>,
    /// The number of the block that it opens.
    pub(super) opens: Option<usize>,
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

/// A whole configuration.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) statements: Vec<Statement>,
    /// What could not be read, and where that stands.
    pub(super) problems: Vec<(Place, String)>,
    /// How many files it was read from.
    pub(super) files: usize,
    /// The numbers of the `server` blocks.
    servers: BTreeSet<usize>,
}

impl Tree {
    pub(super) fn push(&mut self, statement: Statement) {
        if statement.name() == "server" {
            self.servers.extend(statement.opens);
        }
        self.statements.push(statement);
    }

    pub(super) fn problem(&mut self, place: Place, text: String) {
        self.problems.push((place, text));
    }

    /// Every statement of this name.
    pub(super) fn all<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t Statement> {
        self.statements.iter().filter(move |statement| statement.name() == name)
    }

    /// The statements of this name that hold in a block: those of the innermost block around that has any.
    pub(super) fn holding(&self, block: &[usize], name: &str) -> Vec<&Statement> {
        let named = |at: &&Statement, depth: usize| at.block == block[..depth] && at.name() == name;
        let at = |depth: usize| self.statements.iter().filter(|at| named(at, depth)).collect::<Vec<_>>();
        (0..=block.len()).rev().map(at).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The number of the `server` around a statement; 0 where there is none, as in a file to be included in one.
    pub(super) fn server_of(&self, statement: &Statement) -> usize {
        statement.block.iter().copied().find(|id| self.servers.contains(id)).unwrap_or(0)
    }

    /// Whether a statement stands outside of every location.
    pub(super) fn is_in_no_location(&self, statement: &Statement) -> bool {
        self.all("location").filter_map(|location| location.opens).all(|id| !statement.block.contains(&id))
    }

    /// The statements that ask somebody.
    pub(super) fn asking(&self) -> impl Iterator<Item = &Statement> {
        self.all("auth_request").filter(|statement| statement.word(1) != "off")
    }

    /// The locations that `auth_request` asks, by what opens them.
    pub(super) fn questions(&self) -> Vec<&Statement> {
        let asked: BTreeSet<(usize, &str)> = self.asking().map(|asks| (self.server_of(asks), asks.word(1))).collect();
        let is_asked = |location: &&Statement| {
            let path = location.words.last().map_or("", |word| word.trim_start_matches('='));
            asked.contains(&(self.server_of(location), path))
        };
        self.all("location").filter(is_asked).collect()
    }
}
