//! What is said to close a hole stands in what `vestibule proxy-config` prints for that proxy, word for word.

use std::path::Path;

use clap::{Parser, ValueEnum as _};

use super::{Hole, Proxy, lines};
use crate::cli::proxy_config::ProxyConfig;
use crate::cli::proxy_config::names::{FORWARDED, METHODS};
use crate::config::Config;

const PLAIN: &str = "public_url = \"https://app.example.com/auth\"\n[listen]\nresolver = [\"unix:/run/r.sock\"]\n\
                     [[rules]]\nallow = \"any user\"\n";
const EXTRA: &str = "public_url = \"https://app.example.com/auth\"\n[listen]\nresolver = [\"unix:/run/r.sock\"]\n\
                     [headers]\nprefix = \"x-acme-\"\n[headers.extra]\nRemote-User = \"user.id\"\n\
                     X-Forwarded-User = \"user.id\"\n[[rules]]\nallow = \"any user\"\n";

fn config(toml: &str) -> Config {
    Config::read(Some((Path::new("t.toml"), toml)), std::iter::empty()).unwrap()
}

/// Every kind of hole, with every name that the attacks have.
fn every_hole(config: &Config) -> Vec<Hole> {
    let all = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let is_address = |name: &&str| ["X-Forwarded-For", "X-Real-IP"].contains(name);
    let (addresses, described): (Vec<&str>, Vec<&str>) =
        FORWARDED.into_iter().chain(METHODS).chain(["X-Vestibule-Trace"]).partition(is_address);
    vec![
        Hole::Identity(config.identity_header_names()),
        Hole::Underscores,
        Hole::OddSigns,
        Hole::Nominated,
        Hole::NotTold,
        Hole::Unguarded,
        Hole::Believed(all(&described)),
        Hole::Described(all(&described)),
        Hole::Address(all(&addresses)),
        Hole::Upgrade,
        Hole::Path,
        Hole::Rewritten,
        Hole::Bypass,
        Hole::AnyHost,
        Hole::TwoHosts,
        Hole::Cookies,
        Hole::Tossed,
        Hole::Door,
        Hole::Ops,
        Hole::Revoked,
    ]
}

#[test]
fn every_hole_has_a_line_for_every_proxy() {
    let config = config(PLAIN);
    for hole in every_hole(&config) {
        for proxy in Proxy::value_variants() {
            let said = lines(&hole, Some(*proxy), &config);
            assert!(said.iter().all(|line| line.len() > 20 && !line.ends_with(": ")), "{hole:?}: {said:?}");
        }
        assert!(!hole.why().is_empty());
    }
}

#[derive(Parser)]
struct Print {
    #[command(subcommand)]
    proxy: ProxyConfig,
}

/// What is printed for it, and the script that goes with it, without the comments.
fn printed(proxy: Proxy, config: &Config) -> String {
    let app = ["--app", "http://127.0.0.1:3000", "--server-name", "app.example.com", "--tls-cert", "/a.pem"];
    let with_key = [&app[..], &["--tls-key", "/a.key"]].concat();
    let scripts: &[&[&str]] = match proxy {
        Proxy::Haproxy => &[&app, &["--lua"]],
        Proxy::Apache => &[&with_key, &["--lua"]],
        Proxy::Nginx | Proxy::Caddy | Proxy::Envoy => &[&with_key],
    };
    let print = |arguments: &&[&str]| {
        let arguments = [&["print", proxy.command()], *arguments].concat();
        Print::try_parse_from(arguments).unwrap_or_else(|error| panic!("{error}")).proxy.run(config).unwrap()
    };
    let text: String = scripts.iter().map(print).collect();
    let is_said = |line: &&str| !["#", "--"].iter().any(|comment| line.trim_start().starts_with(comment));
    words(&text.lines().filter(is_said).map(|line| format!("{line}\n")).collect::<String>())
}

/// With one blank between words, since columns of a file are set apart by more.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is quoted as a line to have; what is quoted as one to look for, or not to have, is left out: such a clause begins
/// with a word that says so.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut is_warning = false;
    for (index, part) in text.split('`').enumerate() {
        if index % 2 == 1 {
            found.extend((!is_warning).then_some(part));
            continue;
        }
        let clause = part.rsplit([';', ':', '.', '(', ')', '\n']).next().unwrap_or(part);
        is_warning &= clause.len() == part.len();
        let mut clause = clause.split(|c: char| !c.is_alphanumeric());
        is_warning |= clause.any(|word| ["no", "look", "instead"].contains(&word));
    }
    found
}

#[test]
fn what_is_quoted_stands_in_what_is_printed() {
    for toml in [PLAIN, EXTRA] {
        let config = config(toml);
        for proxy in Proxy::value_variants() {
            let file = printed(*proxy, &config);
            let (mut count, mut missing) = (0, Vec::new());
            for hole in every_hole(&config) {
                let line = proxy.line(&hole, &config);
                let quoted: Vec<String> = quoted(&line).into_iter().map(words).collect();
                count += quoted.len();
                missing.extend(quoted.into_iter().filter(|words| !file.contains(words)));
            }
            assert!(
                count > 20 && missing.is_empty(),
                "{proxy:?}: of {count} lines these are printed nowhere: {missing:#?}"
            );
        }
    }
}

#[test]
fn a_line_to_look_for_is_told_from_a_line_to_have() {
    let text = "`a` and `b`, and no `c`, `d` or `e`; `f`; look for `g`: `h`";
    assert_eq!(quoted(text), ["a", "b", "f", "h"]);
}
