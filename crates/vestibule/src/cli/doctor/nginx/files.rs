//! A configuration with everything that it includes, as nginx reads it: relative names begin in the folder of the first
//! file, `*`, `?` and `[...]` are patterns, and a pattern may match nothing.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::statements::{Item, items};
use super::tree::{Place, Statement, Tree};

/// Includes in includes. nginx has no bound; nobody has so many on purpose.
const DEPTH: usize = 16;
/// Files in all: a folder whose files include the folder is read again and again.
const FILES: usize = 1000;

/// Reads a file and what it includes. What cannot be read is a problem of the tree, not the end.
pub(super) fn read(file: &Path) -> Tree {
    let folder = file.parent().unwrap_or(Path::new("")).to_owned();
    let mut reader = Reader { folder, open: Vec::new(), files: 0, blocks: 0, tree: Tree::default() };
    reader.file(file, None, &[]);
    reader.tree.files = reader.files;
    reader.tree
}

struct Reader {
    folder: PathBuf,
    /// The files that are being read, the first one first.
    open: Vec<Rc<Path>>,
    files: usize,
    blocks: usize,
    tree: Tree,
}

impl Reader {
    /// Reads a file into a block; `from` is where it is included.
    fn file(&mut self, path: &Path, from: Option<&Place>, block: &[usize]) {
        let path: Rc<Path> = path.into();
        let here = from.cloned().unwrap_or_else(|| Place { file: Rc::clone(&path), line: 1 });
        let refusal = if self.open.contains(&path) {
            Some(format!("{} includes itself", path.display()))
        } else if self.open.len() >= DEPTH {
            Some(format!("{} is included {DEPTH} files deep; nothing behind it was read", path.display()))
        } else if self.files >= FILES {
            Some(format!("more than {FILES} files are included; not all were read"))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return self.tree.problem(here, refusal);
        }
        let text = match std::fs::read(&*path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => return self.tree.problem(here, format!("{} cannot be read: {error}", path.display())),
        };
        self.files += 1;
        match items(&text) {
            Ok(items) => {
                self.open.push(Rc::clone(&path));
                self.items(items, &path, block);
                self.open.pop();
            }
            Err(line) => {
                let place = Place { file: path, line };
                self.tree.problem(place, "braces or quotes do not match from here on; `nginx -t` says more".to_owned());
            }
        }
    }

    fn items(&mut self, items: Vec<Item>, path: &Rc<Path>, outer: &[usize]) {
        let mut block = outer.to_vec();
        for item in items {
            match item {
                Item::Close => drop(block.pop()),
                Item::Statement { line, words, opens } => {
                    let place = Place { file: Rc::clone(path), line };
                    if let ([name, pattern], false) = (&words[..], opens)
                        && name == "include"
                    {
                        self.include(pattern, &place, &block);
                        continue;
                    }
                    self.blocks += usize::from(opens);
                    let opened = opens.then_some(self.blocks);
                    self.tree.push(Statement { place, block: block.clone(), words, opens: opened });
                    block.extend(opened);
                }
            }
        }
    }

    fn include(&mut self, pattern: &str, place: &Place, block: &[usize]) {
        let path = self.folder.join(pattern);
        if !pattern.contains(['*', '?', '[']) {
            return self.file(&path, Some(place), block);
        }
        // As nginx has it: sorted, and a `*` does not stand for a dot at the beginning of a name.
        let options = glob::MatchOptions { require_literal_leading_dot: true, ..Default::default() };
        match path.to_str().map(|path| glob::glob_with(path, options)) {
            Some(Ok(found)) => {
                let mut found: Vec<PathBuf> = found.flatten().collect();
                found.sort();
                found.iter().for_each(|path| self.file(path, Some(place), block));
            }
            Some(Err(_)) | None => {
                self.tree.problem(place.clone(), format!("`{pattern}` is not a pattern that can be followed"));
            }
        }
    }
}
