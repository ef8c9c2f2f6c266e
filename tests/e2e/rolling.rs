//! Nodes that share a PostgreSQL are replaced one by one, behind a real nginx, while people sign in and out: no sign-in is
//! lost, no sign-out is forgotten, and nobody sees an error.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use vestibule_tests::backend::Backend;
use vestibule_tests::http::Address;
use vestibule_tests::nginx::{self, Nginx};
use vestibule_tests::person::Person;
use vestibule_tests::server::{PASSWORD, Setup, Vestibule};
use vestibule_tests::wait::Stopwatch;
use vestibule_tests::{port, postgres, program, skip};

const NODES: usize = 3;
const PEOPLE: usize = 3;
/// Between two things that a person does: a machine that is busy with other tests must not be what is tested.
const PAUSE: Duration = Duration::from_millis(20);
/// For how long a node may not know of a sign-out: `[cluster] max_staleness`, as it is by itself.
const STALENESS: Duration = Duration::from_secs(2);

const CONFIG: &str = "[password]\nmemory_kib = 64\niterations = 1\n\
    [limits]\nsign_in_per_address = 1000000\nsign_in_per_account = 1000000\nsign_in_per_device = 1000000";

/// Nodes on one database, with nginx before them and an application behind it.
struct Cluster {
    nodes: Vec<Vestibule>,
    nginx: Nginx,
    address: SocketAddr,
    origin: String,
}

impl Cluster {
    fn start(program: PathBuf) -> Self {
        let address = port::free();
        let origin = format!("http://localhost:{}", address.port());
        let url = postgres::shared().url(&format!("rolling{}", address.port()));
        let setup = Setup::default()
            .program(program)
            .origin(&origin)
            .config(CONFIG)
            .config(&format!("[store]\nurl = \"{url}\""));
        let nodes: Vec<Vestibule> = (0..NODES).map(|_| setup.clone().start()).collect();
        let nginx = Nginx::start(&nginx_before(&nodes, address, &Backend::start().url()), address);
        Self { nodes, nginx, address, origin }
    }

    /// What went wrong, in the words of those to whom it did.
    fn said(&self) -> String {
        let mut said = self.nginx.errors();
        for node in &self.nodes {
            let log = node.log();
            log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR")).for_each(|line| {
                writeln!(said, "{}: {line}", node.public()).expect("a text");
            });
        }
        said
    }

    fn person(&self) -> Person {
        Person::new(self.address.into(), &self.origin, "/auth")
    }
}

/// What `proxy-config nginx` prints, with every node in its two upstreams, as docs/operations/cluster.md says; but a node
/// that failed is asked again after two seconds and not five.
fn nginx_before(nodes: &[Vestibule], listen: SocketAddr, application: &str) -> String {
    let printed = nginx::printed(&nodes[0], application, listen);
    let upstream = |name: &str, address: fn(&Vestibule) -> Address, keepalive: usize| {
        let servers: String =
            nodes.iter().map(|node| format!("    server {} max_fails=1 fail_timeout=2s;\n", address(node))).collect();
        format!("  upstream {name} {{\n{servers}    keepalive {keepalive};\n  }}\n")
    };
    let line = |line: &str| {
        if line.contains("upstream vestibule_resolver ") {
            upstream("vestibule_resolver", Vestibule::resolver, 32)
        } else if line.contains("upstream vestibule_pages ") {
            upstream("vestibule_pages", Vestibule::public, 8)
        } else if line.contains("proxy_set_header x-authgear-session-valid ") {
            // So that each answer says what the application was told.
            format!("{line}\n    add_header Seen-Valid $vestibule_session_valid always;\n")
        } else {
            format!("{line}\n")
        }
    };
    printed.lines().map(line).collect()
}

/// What one person has done, and what they have seen that nobody should.
#[derive(Default)]
struct Story {
    sign_ins: usize,
    asked: usize,
    /// Sessions that were signed out of, when the answer had come.
    ended: Vec<(String, Stopwatch)>,
    /// Sessions that go on.
    open: Vec<String>,
    wrong: Vec<String>,
}

/// Whether nginx lets this session through to the application as somebody's; and what else it may have answered.
fn is_let_in(person: &Person, session: &str, story: &mut Story) -> Option<bool> {
    let mut visitor = person.clone();
    visitor.set_cookie("session", session);
    story.asked += 1;
    match visitor.try_get_page("/") {
        Ok(answer) if answer.status == 200 => Some(answer.header("seen-valid") == Some("true")),
        Ok(answer) => {
            story.wrong.push(format!("the application: {}", answer.head));
            None
        }
        Err(error) => {
            story.wrong.push(format!("the application: {error}"));
            None
        }
    }
}

/// Signs in and out until it is told to stop.
fn live(person: &Person, email: &str, is_over: &AtomicBool) -> Story {
    let mut story = Story::default();
    while !is_over.load(Ordering::Relaxed) {
        thread::sleep(PAUSE);
        let mut somebody = person.clone();
        let fields = [("email", email), ("password", PASSWORD)];
        let Some(()) = done(somebody.try_post("/login", &fields), "a sign-in", &mut story) else { continue };
        story.sign_ins += 1;
        let session = somebody.session();
        if is_let_in(person, &session, &mut story) == Some(false) {
            story.wrong.push("a sign-in was lost: the next request was nobody's".to_owned());
        }
        if story.sign_ins % 4 == 0 {
            story.open.push(session);
            continue;
        }
        let Some(()) = done(somebody.try_post("/logout", &[]), "a sign-out", &mut story) else { continue };
        story.ended.push((session, Stopwatch::start()));
        let known: Vec<String> = story
            .ended
            .iter()
            .rev()
            .filter(|(_, ago)| ago.elapsed() > STALENESS)
            .take(2)
            .map(|(old, _)| old.clone())
            .collect();
        for old in known {
            if is_let_in(person, &old, &mut story) == Some(true) {
                story.wrong.push("a sign-out was forgotten".to_owned());
            }
        }
    }
    story
}

fn done(answer: std::io::Result<vestibule_tests::http::Response>, what: &str, story: &mut Story) -> Option<()> {
    match answer {
        Ok(answer) if answer.status == 303 => Some(()),
        Ok(answer) => {
            story.wrong.push(format!("{what}: {}", answer.head));
            None
        }
        Err(error) => {
            story.wrong.push(format!("{what}: {error}"));
            None
        }
    }
}

#[test]
fn nodes_are_replaced_one_by_one_and_nobody_sees_it() {
    let program = program::vestibule();
    replaced(program.clone(), &[program.clone(), program]);
}

/// Forwards, as every upgrade goes, and back, as one that was regretted does.
#[test]
fn the_version_before_is_replaced_node_by_node_and_comes_back_and_nobody_sees_it() {
    let Some(before) = program::before() else {
        return skip("the version before is replaced", "VESTIBULE_BEFORE names no program; scripts/before builds one");
    };
    replaced(before.clone(), &[program::vestibule(), before]);
}

/// Begins with one version, and replaces every node by each of the others.
fn replaced(program: PathBuf, by: &[PathBuf]) {
    let mut cluster = Cluster::start(program);
    for n in 0..PEOPLE {
        cluster.nodes[n % NODES].add_user(&format!("p{n}@example.com"), &[]);
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let people: Vec<_> = (0..PEOPLE)
        .map(|n| {
            let (person, is_over) = (cluster.person(), Arc::clone(&is_over));
            thread::spawn(move || live(&person, &format!("p{n}@example.com"), &is_over))
        })
        .collect();
    for program in by {
        for node in &mut cluster.nodes {
            node.stop();
            node.becomes(program.clone());
            node.start();
            // nginx asks it again when `fail_timeout` is over; the next one goes only then, as an operator would wait.
            thread::sleep(Duration::from_millis(2_500));
        }
    }
    is_over.store(true, Ordering::Relaxed);
    let stories: Vec<Story> =
        people.into_iter().map(|person| person.join().expect("a person who does not panic")).collect();
    let sum = |count: fn(&Story) -> usize| stories.iter().map(count).sum::<usize>();
    let (sign_ins, sign_outs, asked) = (sum(|s| s.sign_ins), sum(|s| s.ended.len()), sum(|s| s.asked));
    let wrong: Vec<&String> = stories.iter().flat_map(|story| &story.wrong).collect();
    println!(
        "{sign_ins} sign-ins, {sign_outs} sign-outs and {asked} requests of the application; {} went wrong",
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}\n{}", cluster.said());
    assert!(sign_ins > 100 && sign_outs > 50, "hardly anybody was there: {sign_ins}, {sign_outs}");
    thread::sleep(STALENESS);
    for node in &cluster.nodes {
        for story in &stories {
            assert!(story.open.iter().rev().take(30).all(|session| node.is_live(session)), "a sign-in was lost");
            assert!(
                !story.ended.iter().rev().take(30).any(|(session, _)| node.is_live(session)),
                "a sign-out was forgotten"
            );
        }
    }
}
