//! One revocation, timed: from its acknowledgement by one node to the first refusal by each of the others.

use std::os::unix::net::UnixStream;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};

use crate::disturbed::operator::revoke_session;
use crate::pace::Latencies;
use crate::server::{cookie, request, say};
use crate::walker::stopwatch;

use super::scene::{Node, Scene};

/// Between an answer and the next question, so that the question costs the machine little. It is what the result is exact to.
const PAUSE: Duration = Duration::from_micros(200);
/// A session that is answered yes for longer is not revoked at all.
const PATIENCE: Duration = Duration::from_secs(10);

/// What many have shown, in nanoseconds.
pub(super) struct Delays {
    /// On each of the other nodes.
    pub(super) each: Latencies,
    /// On the last of them.
    pub(super) last: Latencies,
    /// How many there were.
    pub(super) revocations: usize,
}

impl Delays {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { each: Latencies::new(), last: Latencies::new(), revocations: 0 }
    }

    fn add(&mut self, delays: &[Duration]) {
        let nanoseconds = |delay: &Duration| delay.as_nanos() as u64;
        delays.iter().for_each(|delay| self.each.record(nanoseconds(delay)));
        delays.iter().max().into_iter().for_each(|delay| self.last.record(nanoseconds(delay)));
        self.revocations += 1;
    }

    /// A line of the table.
    pub(super) fn line(&self, when: &str) -> String {
        let all = |of: &Latencies| {
            format!("{:>8.2} {:>8.2} {:>8.2} {:>8.2}", of.within(0.5), of.within(0.99), of.within(0.999), of.longest())
        };
        format!("{when:<12} {:>6}   {}   {}", self.revocations, all(&self.each), all(&self.last))
    }
}

/// Times so many, one after the other, `pace` between them, each taken by the next node.
pub(super) fn time(scene: &Scene<'_>, count: usize, pace: Duration, delays: &mut Delays) -> anyhow::Result<()> {
    let begin = stopwatch();
    for turn in 0..count {
        thread::sleep((pace * u32::try_from(turn)?).saturating_sub(begin.elapsed()));
        delays.add(&one(scene, turn % scene.nodes.len())?);
    }
    Ok(())
}

fn one(scene: &Scene<'_>, taker: usize) -> anyhow::Result<Vec<Duration>> {
    let number = scene.take()?;
    let question = request("GET", &cookie(scene.cast.secrets[number].expose()));
    let others: Vec<&Node> =
        scene.nodes.iter().enumerate().filter(|(node, _)| *node != taker).map(|(_, node)| node).collect();
    let ready = Barrier::new(others.len() + 1);
    thread::scope(|scope| {
        let watches: Vec<_> = others
            .iter()
            .map(|node| {
                let (ready, question) = (&ready, &question);
                scope.spawn(move || watch(node, question, ready))
            })
            .collect();
        ready.wait();
        let revoked = revoke_session(&scene.nodes[taker].place.control(), number);
        let acknowledged = stopwatch();
        let refused: Vec<_> = watches.into_iter().map(|watch| watch.join()).collect();
        revoked?;
        let since = |refused: Instant| refused.saturating_duration_since(acknowledged);
        refused.into_iter().map(|refused| Ok(since(refused.ok().context("a watch has panicked")??))).collect()
    })
}

/// Asks until the answer is no; says when it came.
fn watch(node: &Node, question: &str, ready: &Barrier) -> anyhow::Result<Instant> {
    let opened = open(node, question);
    // Whoever waits would wait for ever.
    ready.wait();
    let mut stream = opened?;
    let begin = stopwatch();
    loop {
        if !is_live(&mut stream, question)? {
            return Ok(stopwatch());
        }
        ensure!(begin.elapsed() < PATIENCE, "a revoked session is answered yes after {PATIENCE:?}");
        thread::sleep(PAUSE);
    }
}

/// A connection on which the answer was yes.
fn open(node: &Node, question: &str) -> anyhow::Result<UnixStream> {
    let mut stream = UnixStream::connect(node.place.resolver())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    ensure!(is_live(&mut stream, question)?, "a session is refused that nobody has revoked");
    Ok(stream)
}

/// Asks once.
pub(super) fn is_live(stream: &mut UnixStream, question: &str) -> anyhow::Result<bool> {
    let head = say(stream, question)?;
    ensure!(head.starts_with("HTTP/1.1 200 "), "not a verdict:\n{head}");
    Ok(head.contains(": true\r\n"))
}
