//! Rules that were read and compiled, with the places of all.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use vestibule_gate::original::PathPolicies;
use vestibule_gate::rules::{Rule, Rules};

use super::files::{Stamp, Watched};
use super::sheet::Sheet;
use crate::config::Config;
use crate::config::raw::{Origin, Problem, Problems};
use crate::config::source::origin_of;

/// Rules and where they stand.
#[derive(Debug, Clone)]
pub struct Book {
    /// Ready to be looked up.
    pub rules: Arc<Rules>,
    /// Where each rule begins, in their order.
    pub places: Vec<Origin>,
    /// The file that they are in, if it is one of their own.
    pub file: Option<Watched>,
}

impl Default for Book {
    fn default() -> Self {
        Self { rules: Arc::new(Rules::none()), places: Vec::new(), file: None }
    }
}

impl Book {
    /// Reads a file of rules.
    ///
    /// # Errors
    /// Everything that is wrong with it; `key` is the setting that names the file.
    pub fn load(path: PathBuf, key: &str, named: &Origin) -> Result<Self, Vec<Problem>> {
        let stamp = Stamp::of(&path);
        let text = std::fs::read_to_string(&path).map_err(|error| {
            let message = match error.kind() {
                std::io::ErrorKind::InvalidData => format!("`{}` is not UTF-8 text; save it as UTF-8", path.display()),
                _ => format!("`{}` cannot be read: {error}; name a file that this user may read", path.display()),
            };
            vec![Problem { origin: named.clone(), key: key.to_owned(), message }]
        })?;
        let book = Self::compile(Sheet::read_file(&path, &text))?;
        Ok(Self { file: Some(Watched { path, stamp }), ..book })
    }

    /// Compiles what was read.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(in crate::config) fn compile(sheet: Sheet) -> Result<Self, Vec<Problem>> {
        let mut problems = sheet.problems;
        problems.extend(doubled_names(&sheet.rules));
        if !problems.is_empty() {
            return Err(problems);
        }
        let policies: PathPolicies = sheet.paths.into_iter().map(|written| (written.host, written.policy)).collect();
        let (rules, places): (Vec<_>, Vec<_>) = sheet.rules.into_iter().unzip();
        match Rules::compile(rules, policies) {
            Ok(rules) => {
                let places = places.into_iter().map(|places| places.begins).collect();
                Ok(Self { rules: Arc::new(rules), places, file: None })
            }
            Err(wrong) => {
                let problem = |error: vestibule_gate::rules::RuleError| {
                    let (key, origin) =
                        places.get(error.rule).map_or((String::new(), Origin::Default), |places| places.of(error.part));
                    let earlier = error.fault.earlier().and_then(|index| places.get(index));
                    let where_it_is = earlier.map(|places| format!(" ({} is at {})", places.key, places.begins));
                    Problem { origin, key, message: format!("{}{}", error.fault, where_it_is.unwrap_or_default()) }
                };
                Err(wrong.into_iter().map(problem).collect())
            }
        }
    }
}

/// Reads and compiles the text of a file of rules.
///
/// # Errors
/// Everything that is wrong with it.
pub fn compile_text(path: &Path, text: &str) -> Result<Book, Problems> {
    Book::compile(Sheet::read_file(path, text)).map_err(Problems)
}

fn doubled_names(rules: &[(Rule, super::place::Places)]) -> Vec<Problem> {
    let mut first: HashMap<&str, &str> = HashMap::new();
    let mut doubled = Vec::new();
    for (rule, places) in rules {
        let Some(name) = rule.name.as_deref() else { continue };
        if let Some(other) = first.insert(name, &places.key) {
            let message = format!("`{name}` is the name of {other} too; give each its own");
            doubled.push(Problem { origin: places.at("name"), key: format!("{}.name", places.key), message });
        }
    }
    doubled
}

impl Config {
    /// Reads the rules of the files that are named, or takes those of the configuration file itself.
    pub(in crate::config) fn read_rules(&mut self, sheet: Sheet, problems: &mut Vec<Problem>) {
        let mut note = |read: Result<Book, Vec<Problem>>| match read {
            Ok(book) => Some(book),
            Err(wrong) => {
                problems.extend(wrong);
                None
            }
        };
        let own = match &self.top.rules {
            Some(_) if !sheet.is_empty() => Err(vec![self.two_places(&sheet)]),
            Some(file) => self.load_rules("rules", file),
            None => Book::compile(sheet),
        };
        self.rules = note(own).unwrap_or_default();
        self.shadow_rules = self.top.shadow_rules.as_ref().and_then(|file| note(self.load_rules("shadow_rules", file)));
        self.shown.extend(self.rules.shown());
    }

    /// Reads the named files again, and only them.
    ///
    /// # Errors
    /// Everything that is wrong with them; then nothing has changed.
    pub fn read_rule_files_again(&mut self) -> Result<(), Problems> {
        let again = |key: &str, named: &Option<String>| {
            named.as_ref().map(|file| self.load_rules(key, file)).transpose().map_err(Problems)
        };
        let (rules, shadow) = (again("rules", &self.top.rules)?, again("shadow_rules", &self.top.shadow_rules)?);
        self.shadow_rules = shadow;
        if let Some(rules) = rules {
            self.shown.retain(|(key, ..)| !key.starts_with("rules["));
            self.shown.extend(rules.shown());
            self.rules = rules;
        }
        Ok(())
    }

    /// The files of rules, with their stamps from before they were read.
    pub fn rule_files(&self) -> impl Iterator<Item = &Watched> {
        [Some(&self.rules), self.shadow_rules.as_ref()].into_iter().flatten().filter_map(|book| book.file.as_ref())
    }

    fn load_rules(&self, key: &str, file: &str) -> Result<Book, Vec<Problem>> {
        Book::load(self.place(key, file), key, &origin_of(&self.shown, key))
    }

    fn two_places(&self, sheet: &Sheet) -> Problem {
        let origin = origin_of(&self.shown, "rules");
        let message = format!("names a file, and there are rules at {} too; keep one of them", sheet.begins());
        Problem { origin, key: "rules".to_owned(), message }
    }
}
