//! Reads a configuration of nginx, and finds what makes it unsafe before Vestibule. Knows the mistake of the file that
//! is published for Authgear: one variable for two addresses, which subrequests share, so that the application is never
//! asked.

mod statements;

use std::collections::BTreeMap;
use std::path::Path;

use self::statements::{Statement, statements};
use super::finding::Finding;
use crate::config::Config;

/// What there is to say of the text of this file.
pub(super) fn look(config: &Config, file: &Path, text: &str) -> Vec<Finding> {
    let all = match statements(text) {
        Ok(all) => all,
        Err(line) => {
            let place = format!("{}:{line}", file.display());
            return vec![Finding::wrong(place, "braces or quotes do not match from here on; `nginx -t` says more")];
        }
    };
    let mut findings: Vec<(usize, String)> = shared_variables(&all);
    findings.extend(switches(&all));
    findings.extend(identity(config, &all));
    let place = |line| format!("{}:{line}", file.display());
    let mut findings: Vec<Finding> =
        findings.into_iter().map(|(line, text)| Finding::wrong(place(line), text)).collect();
    if findings.is_empty() {
        findings.push(Finding::fine(format!("{} handles every identity header", file.display())));
    }
    findings
}

/// A variable that is `set` in two places: a subrequest sets it for the request that it belongs to.
fn shared_variables(all: &[Statement]) -> Vec<(usize, String)> {
    let mut set: BTreeMap<&str, Vec<&Statement>> = BTreeMap::new();
    for statement in all.iter().filter(|statement| statement.name() == "set") {
        set.entry(statement.word(1)).or_default().push(statement);
    }
    let asks = all.iter().any(|statement| statement.name() == "auth_request");
    let shared = set.into_iter().filter(|(_, places)| asks && places.iter().any(|at| at.block != places[0].block));
    shared
        .map(|(variable, places)| {
            let line = places.last().map_or(1, |place| place.line);
            let words = format!(
                "{variable} is set on line {} too, and a subrequest of auth_request shares variables with the request: \
                 the application would never be asked; give the two variables two names",
                places[0].line
            );
            (line, words)
        })
        .collect()
}

fn switches(all: &[Statement]) -> Vec<(usize, String)> {
    let bad = |statement: &&Statement| {
        matches!(
            (statement.name(), statement.word(1)),
            ("underscores_in_headers", "on") | ("ignore_invalid_headers", "off")
        )
    };
    let words = |statement: &Statement| {
        let text = format!(
            "`{} {}` lets names such as `X_User_Id` through, which applications read as identity headers; remove the line",
            statement.name(),
            statement.word(1)
        );
        (statement.line, text)
    };
    all.iter().filter(bad).map(words).collect()
}

/// Every way to an application must set or delete every name. nginx takes the `proxy_set_header` lines of the innermost
/// block that has any, and none from further out.
fn identity(config: &Config, all: &[Statement]) -> Vec<(usize, String)> {
    let names: Vec<String> = config.headers.prefix.names().collect();
    let mut findings = Vec::new();
    for pass in all.iter().filter(|statement| statement.name() == "proxy_pass") {
        let in_block = |block: &[usize]| {
            let here =
                all.iter().filter(|statement| statement.name() == "proxy_set_header" && statement.block == block);
            here.map(|statement| statement.word(1).to_ascii_lowercase()).collect::<Vec<_>>()
        };
        let set = (0..=pass.block.len()).rev().map(|depth| in_block(&pass.block[..depth])).find(|set| !set.is_empty());
        let set = set.unwrap_or_default();
        let at_our_own_door = |statement: &Statement| {
            statement.block == pass.block
                && (statement.name() == "internal"
                    || (statement.name() == "proxy_pass_request_headers" && statement.word(1) == "off"))
        };
        let missing: Vec<&str> = names.iter().filter(|name| !set.contains(name)).map(String::as_str).collect();
        if missing.is_empty() || all.iter().any(at_our_own_door) {
            continue;
        }
        let text = format!(
            "a client can send {} itself, and it reaches `{}`; set or delete every name here, as `vestibule proxy-config \
             nginx` prints it",
            missing.join(", "),
            pass.word(1)
        );
        findings.push((pass.line, text));
    }
    findings
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::look;
    use crate::cli::doctor::finding::Weight;
    use crate::config::Config;

    fn wrong(text: &str) -> Vec<String> {
        let config = Config::read(None, std::iter::empty()).unwrap();
        let found = look(&config, Path::new("n"), text);
        found.iter().filter(|finding| finding.weight == Weight::Wrong).map(ToString::to_string).collect()
    }

    #[test]
    fn one_variable_for_two_addresses_is_named() {
        let text = "http { server {\n location / { set $b http://a; auth_request /_a; }\n location = /_a { internal;\n\
                    set $b http://c; }\n } }";
        let found = wrong(text);
        assert!(found.len() == 1 && found[0].contains("n:4") && found[0].contains("$b is set on line 2"), "{found:?}");
        assert!(wrong(&text.replace("set $b http://c", "set $c http://c")).is_empty());
    }

    #[test]
    fn a_header_that_is_forgotten_in_one_location_is_named() {
        let config = Config::read(None, std::iter::empty()).unwrap();
        let all: String = config.headers.prefix.names().map(|name| format!("proxy_set_header {name} '';\n")).collect();
        assert!(wrong(&format!("server {{ {all} location / {{ proxy_pass http://a; }} }}")).is_empty());
        let dropped = format!("server {{ {all} location / {{ proxy_set_header Host x; proxy_pass http://a; }} }}");
        assert!(wrong(&dropped)[0].contains("user-roles"));
        assert!(wrong("http { underscores_in_headers on; }")[0].contains("underscores_in_headers"));
        assert!(wrong("http { \"")[0].contains("do not match"));
    }
}
