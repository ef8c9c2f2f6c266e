//! A plain application: Python's server of files, which decodes and then resolves dots, and its WSGI, which decodes.

use std::collections::BTreeMap;
use std::process::Command;

use vestibule_tests::process::run;
use vestibule_tests::skip;

use super::{compare, targets};

/// Reads targets as JSON strings, a line each, and writes what the two make of them.
const PROGRAM: &str = r#"
import http.server, json, sys, urllib.parse
class Files(http.server.SimpleHTTPRequestHandler):
    def __init__(self):
        self.directory = "/root-of-files"
for line in sys.stdin:
    target = json.loads(line)
    file = Files().translate_path(target)[len("/root-of-files"):]
    wsgi = urllib.parse.unquote(target.split("?", 1)[0])
    # It looks for a slash at the end before it decodes, and for a file that makes no difference.
    if wsgi.endswith("/") and not file.endswith("/"):
        file += "/"
    print(json.dumps([file, wsgi]))
"#;

#[test]
fn a_plain_application_reads_the_path_that_the_rules_have_seen() {
    let mut python = Command::new("python3");
    python.args(["-c", PROGRAM]);
    if Command::new("python3").arg("--version").output().is_err() {
        return skip("a_plain_application_reads_the_path_that_the_rules_have_seen", "it needs python3");
    }
    let targets: Vec<String> = targets().into_iter().collect();
    let lines: String = targets.iter().map(|target| serde_json::json!(target).to_string() + "\n").collect();
    let said = run(&mut python, &lines).expect_code(0).out;
    let pairs: Vec<[String; 2]> = said.lines().map(|line| serde_json::from_str(line).expect("a pair")).collect();
    assert_eq!(pairs.len(), targets.len());
    for (index, program) in ["Python's server of files", "Python's WSGI"].into_iter().enumerate() {
        let read: BTreeMap<&str, &str> =
            targets.iter().zip(&pairs).map(|(target, pair)| (target.as_str(), pair[index].as_str())).collect();
        compare(program, |target| read.get(target).map(|found| (*found).to_owned()));
    }
}
