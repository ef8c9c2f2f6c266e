//! A file of rules: what is refused is refused in words, and what is taken decides what it names.

use std::net::IpAddr;
use std::path::Path;

use vestibule::config::rules::{Book, compile_text};
use vestibule::explain::asked;
use vestibule_gate::rules::{Rule, Ruling};
use vestibule_gate::time::Timestamp;

/// The text of a file.
pub(crate) fn file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match compile_text(Path::new("rules.toml"), text) {
        Err(problems) => {
            assert!(!problems.0.is_empty(), "refused for nothing");
            for problem in &problems.0 {
                assert!(problem.to_string().starts_with("rules.toml:") && !problem.message.is_empty(), "{problem}");
            }
        }
        Ok(book) => {
            assert!(!book.places.is_empty() && book.places.len() == book.rules.rules().len(), "each has its place");
            for (index, rule) in book.rules.rules().iter().enumerate() {
                shown_and_read_again(rule);
                decides_what_it_names(&book, index, rule);
            }
        }
    }
}

/// What is shown of `allow` can be written so.
fn shown_and_read_again(rule: &Rule) {
    let shown = rule.allow.to_string();
    // Other letters than ASCII are shown as Rust escapes them.
    if shown.is_ascii() {
        let again = compile_text(Path::new("rules.toml"), &format!("[[rules]]\nallow = {shown}\n"));
        let again = again.unwrap_or_else(|problems| panic!("{shown}: {problems}"));
        assert_eq!(again.rules.rules()[0].allow, rule.allow, "{shown}");
    }
}

/// A request that fits a rule of an exact host is decided by it or by an earlier one, or is refused; and nobody passes who
/// is kept out.
fn decides_what_it_names(book: &Book, index: usize, rule: &Rule) {
    let client = Some(IpAddr::from([192, 0, 2, 7]));
    let everything = || vec!["/x".to_owned()];
    let paths: Vec<String> = rule.paths.iter().map(|path| path.as_str().replace("**", "x").replace('*', "y")).collect();
    let paths = if paths.is_empty() { everything() } else { paths };
    let method = rule.methods.first().map_or("GET", |method| method.as_str());
    for host in rule.hosts.iter().map(ToString::to_string).filter(|host| !host.starts_with('*')) {
        for path in &paths {
            let url = format!("https://{host}{path}");
            let Ok(original) = asked(method, &url, book.rules.policies()) else { continue };
            let found = book.rules.find(&original);
            let ruling = found.judge(None, client, Timestamp::from_millis(0));
            match found.rule() {
                Some(decides) => {
                    assert!(found.index().is_some_and(|decides| decides <= index), "{url} is not decided by {rule}");
                    assert!(ruling != Ruling::Permit || !decides.allow.restricts(), "nobody passes at {url}");
                }
                None => assert!(matches!(ruling, Ruling::Refuse(_)), "{url}: {ruling}"),
            }
        }
    }
}
