//! The patterns of a host, segment by segment, and under each the first rule that it belongs to.
//!
//! A look-up follows the segments of the path: at each the one child of that name, and the `*` beside it. How many rules
//! there are does not matter, only how many stars stand side by side with names.

use std::collections::HashMap;

use super::pattern::{PathPattern, Segment};

/// The place of a rule in the file. The lower one decides.
pub(super) type Index = u32;

/// No rule.
pub(super) const NONE: Index = Index::MAX;

/// Which methods a rule is for, or a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Methods<'m> {
    /// Every one.
    All,
    /// This one.
    One(&'m str),
}

/// Patterns and their rules.
#[derive(Debug, Clone)]
pub(super) struct Trie {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone)]
struct Node {
    named: HashMap<Box<str>, usize>,
    any: Option<usize>,
    /// Rules whose pattern ends here.
    here: First,
    /// Rules whose pattern ends here with `/**`.
    below: First,
    /// The first rule of all patterns that come by here.
    earliest: Index,
}

/// The first rule for each method.
#[derive(Debug, Clone)]
struct First {
    all: Index,
    /// Sorted by method.
    named: Vec<(Box<str>, Index)>,
}

impl First {
    const fn new() -> Self {
        Self { all: NONE, named: Vec::new() }
    }

    fn add(&mut self, methods: Methods<'_>, rule: Index) {
        match methods {
            Methods::All => self.all = self.all.min(rule),
            Methods::One(method) => match self.named.binary_search_by(|(name, _)| (**name).cmp(method)) {
                Ok(at) => self.named[at].1 = self.named[at].1.min(rule),
                Err(at) => self.named.insert(at, (method.into(), rule)),
            },
        }
    }

    fn of(&self, methods: Methods<'_>) -> Index {
        match methods {
            Methods::All => self.all,
            Methods::One(method) => {
                let named = self.named.binary_search_by(|(name, _)| (**name).cmp(method));
                named.map_or(NONE, |at| self.named[at].1).min(self.all)
            }
        }
    }
}

impl Node {
    fn new() -> Self {
        Self { named: HashMap::new(), any: None, here: First::new(), below: First::new(), earliest: NONE }
    }
}

impl Trie {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Node::new()] }
    }

    /// Adds a pattern of a rule. Tells the node after each of its segments.
    pub(super) fn add(
        &mut self,
        pattern: &PathPattern,
        methods: Methods<'_>,
        rule: Index,
        mut comes_by: impl FnMut(usize),
    ) {
        let mut at = 0;
        for segment in &pattern.segments {
            self.nodes[at].earliest = self.nodes[at].earliest.min(rule);
            at = self.child(at, segment);
            comes_by(at);
        }
        let node = &mut self.nodes[at];
        node.earliest = node.earliest.min(rule);
        if pattern.below { &mut node.below } else { &mut node.here }.add(methods, rule);
    }

    fn child(&mut self, at: usize, segment: &Segment) -> usize {
        let next = self.nodes.len();
        let found = match segment {
            Segment::Literal(name) => *self.nodes[at].named.entry(name.clone()).or_insert(next),
            Segment::Any => *self.nodes[at].any.get_or_insert(next),
        };
        if found == next {
            self.nodes.push(Node::new());
        }
        found
    }

    /// The first rule that fits a path and a method; [`NONE`] when none does.
    pub(super) fn find(&self, path: &str, method: &str) -> Index {
        let mut best = NONE;
        if let Some(rest) = path.strip_prefix('/') {
            self.walk(0, Some(rest), Methods::One(method), &mut best);
        }
        best
    }

    fn walk(&self, at: usize, rest: Option<&str>, method: Methods<'_>, best: &mut Index) {
        let node = &self.nodes[at];
        if node.earliest >= *best {
            return;
        }
        *best = node.below.of(method).min(*best);
        let Some(rest) = rest else {
            *best = node.here.of(method).min(*best);
            return;
        };
        let (segment, rest) = rest.split_once('/').map_or((rest, None), |(segment, rest)| (segment, Some(rest)));
        if let Some(child) = node.named.get(segment) {
            self.walk(*child, rest, method, best);
        }
        if let Some(child) = node.any
            && !segment.is_empty()
        {
            self.walk(child, rest, method, best);
        }
    }

    /// The first rule that has a pattern which fits every path that this one fits.
    pub(super) fn covering(&self, pattern: &PathPattern, methods: Methods<'_>) -> Index {
        let mut best = NONE;
        self.cover(0, (&pattern.segments, pattern.below), methods, &mut best);
        best
    }

    fn cover(&self, at: usize, (segments, below): (&[Segment], bool), methods: Methods<'_>, best: &mut Index) {
        let node = &self.nodes[at];
        *best = node.below.of(methods).min(*best);
        let Some((segment, rest)) = segments.split_first() else {
            if !below {
                *best = node.here.of(methods).min(*best);
            }
            return;
        };
        if let Segment::Literal(name) = segment
            && let Some(child) = node.named.get(name)
        {
            self.cover(*child, (rest, below), methods, best);
        }
        let is_empty = matches!(segment, Segment::Literal(name) if name.is_empty());
        if let Some(child) = node.any
            && !is_empty
        {
            self.cover(child, (rest, below), methods, best);
        }
    }
}
