//! Everybody is signed out at once: a hundred thousand sessions, which every node has in memory.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use sqlx::{Connection as _, Row as _};

use crate::report::Report;
use crate::server::{cookie, request};
use crate::walker::stopwatch;

use super::postgres::NODES;
use super::revocation::is_live;
use super::scene::{MASS, Node, Scene};
use super::statements::Statements;
use super::traffic::ended;

/// Sessions that are asked for in turns on each of the other nodes while it happens.
const WATCHED: usize = 64;

/// Ends all of them on the first node; then asks every node for each.
pub(super) fn measure(scene: &Scene<'_>, report: &mut Report) -> anyhow::Result<()> {
    scene.warm(scene.mass())?;
    let stored = count(scene, "SELECT count(*) FROM sessions")?;
    let rows = count(scene, "SELECT number FROM feed_head")?;
    Statements::reset(scene)?;
    let begin = stopwatch();
    let (acknowledged, last) = thread::scope(|scope| {
        let watches: Vec<_> = scene.nodes[1..].iter().map(|node| scope.spawn(|| watch(scene, node))).collect();
        thread::sleep(Duration::from_millis(100));
        let begin = stopwatch();
        revoke_all(&scene.nodes[0].place.control(), stored)?;
        let acknowledged = stopwatch();
        let refused = watches.into_iter().map(ended).collect::<anyhow::Result<Vec<Instant>>>()?;
        let last = refused.into_iter().max().context("other nodes")?;
        anyhow::Ok((acknowledged - begin, last.saturating_duration_since(acknowledged)))
    })?;
    let statements = Statements::read(scene)?;
    let rows = count(scene, "SELECT number FROM feed_head")? - rows;
    let seconds = begin.elapsed().as_secs_f64();
    let (wrong, asked, took) = ask_for_all(scene)?;
    report.heading(format!(
        "everybody is signed out: {stored} sessions in the store, {MASS} of them in every node's memory"
    ));
    report.line(format!("to the acknowledgement: {:.0} ms", acknowledged.as_secs_f64() * 1e3));
    report.line(format!("from there to the last refusal of the other nodes: {:.2} ms", last.as_secs_f64() * 1e3));
    report.line(format!(
        "statements: {:.0} of the change, {:.0} by which the nodes hear of it (in {seconds:.1} s); rows of the feed: {rows}",
        statements.of_changes(),
        statements.of_the_feed()
    ));
    report.line(format!(
        "then {asked} of those sessions asked for on all nodes, from the store: {:.0} a second",
        asked as f64 / took
    ));
    report.bar(wrong == 0, format!("a session of {MASS} that any node still takes: {wrong} (bar: none)"));
    let last = last.as_secs_f64() * 1e3;
    report.bar(
        last <= 100.0,
        format!("the last refusal of other nodes after everybody was signed out: {last:.2} ms (bar: at most 100)"),
    );
    Ok(())
}

/// Asks for some sessions in turns until one is refused.
fn watch(scene: &Scene<'_>, node: &Node) -> anyhow::Result<Instant> {
    let mut stream = UnixStream::connect(node.place.resolver())?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let begin = stopwatch();
    let watched = &scene.cast.secrets[scene.mass()][..WATCHED];
    for secret in watched.iter().cycle() {
        if is_live(&mut stream, &request("GET", &cookie(secret.expose())))? == Some(false) {
            // All at once: what is forgotten is everything.
            return Ok(stopwatch());
        }
        ensure!(begin.elapsed() < Duration::from_secs(60), "nobody is signed out");
        thread::sleep(Duration::from_micros(200));
    }
    unreachable!("the turns have no end")
}

fn revoke_all(control: &Path, stored: i64) -> anyhow::Result<()> {
    let mut stream = UnixStream::connect(control).context("connecting to the control socket")?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.write_all(b"{\"revoke_sessions\":\"all\"}\n")?;
    let mut reply = String::new();
    stream.read_to_string(&mut reply)?;
    ensure!(reply.contains(&format!("\"ended\":{stored}")), "{stored} sessions were not revoked but: {reply}");
    Ok(())
}

/// How many are still taken, how many were asked for, and how long that took.
fn ask_for_all(scene: &Scene<'_>) -> anyhow::Result<(usize, usize, f64)> {
    let begin = stopwatch();
    let secrets = &scene.cast.secrets[scene.mass()];
    let one = |node: &Node, part: usize| {
        let mut stream = UnixStream::connect(node.place.resolver())?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut wrong = 0;
        for secret in secrets.iter().skip(part).step_by(PARTS) {
            let answer = is_live(&mut stream, &request("GET", &cookie(secret.expose())))?;
            wrong += usize::from(answer == Some(true));
        }
        Ok(wrong)
    };
    let one = &one;
    let wrong: Vec<usize> = thread::scope(|scope| {
        let all = scene.nodes.iter().flat_map(|node| (0..PARTS).map(move |part| (node, part)));
        let all: Vec<_> = all.map(|(node, part)| scope.spawn(move || one(node, part))).collect();
        all.into_iter().map(ended).collect::<anyhow::Result<_>>()
    })?;
    Ok((wrong.iter().sum(), secrets.len() * scene.nodes.len(), begin.elapsed().as_secs_f64()))
}

/// Connections to each node.
const PARTS: usize = 8;

fn count(scene: &Scene<'_>, query: &'static str) -> anyhow::Result<i64> {
    scene.bench.runtime.block_on(async {
        let mut sql = scene.postgres.connect(NODES).await?;
        let count = sqlx::query(query).fetch_one(&mut sql).await?.try_get(0)?;
        sql.close().await?;
        Ok(count)
    })
}
