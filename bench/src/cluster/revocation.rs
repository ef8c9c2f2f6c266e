//! One revocation, timed: from its acknowledgement by one node to the first refusal by each of the others.

use std::os::unix::net::UnixStream;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use crate::pace::Latencies;
use crate::server::{cookie, request, say};
use crate::walker::stopwatch;

use super::scene::{Node, Scene};
use super::traffic::ended;

/// Between an answer and the next question, so that the question costs the machine little. It is what the result is exact to.
const PAUSE: Duration = Duration::from_micros(200);
/// Nothing is timed after that.
const LONGEST: Duration = Duration::from_secs(60);
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
    /// How many more were not acknowledged.
    pub(super) failed: usize,
}

impl Delays {
    /// None yet.
    pub(super) fn new() -> Self {
        Self { each: Latencies::new(), last: Latencies::new(), revocations: 0, failed: 0 }
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
        let failed =
            if self.failed > 0 { format!("   ({} more not acknowledged)", self.failed) } else { String::new() };
        format!("{when:<12} {:>6}   {}   {}{failed}", self.revocations, all(&self.each), all(&self.last))
    }
}

/// Times so many, one after the other, `pace` between them, each taken by the next node; fewer where that takes much
/// longer than it should.
pub(super) fn time(scene: &Scene<'_>, count: usize, pace: Duration, delays: &mut Delays) -> anyhow::Result<()> {
    let begin = stopwatch();
    for turn in 0..count {
        if begin.elapsed() > LONGEST {
            break;
        }
        thread::sleep((pace * u32::try_from(turn)?).saturating_sub(begin.elapsed()));
        match one(scene, turn % scene.nodes.len())? {
            Some(of_each) => delays.add(&of_each),
            None => delays.failed += 1,
        }
    }
    Ok(())
}

/// On each of the other nodes; `None` when it was not acknowledged.
fn one(scene: &Scene<'_>, taker: usize) -> anyhow::Result<Option<Vec<Duration>>> {
    let number = scene.take()?;
    let question = request("GET", &cookie(scene.cast.secrets[number].expose()));
    let others = scene.nodes.iter().enumerate().filter(|(node, _)| *node != taker);
    let others: Vec<&Node> = others.map(|(_, node)| node).collect();
    let (ready, is_over) = (Barrier::new(others.len() + 1), AtomicBool::new(false));
    let watching = |node: &Node| watch(node, &question, &ready, &is_over);
    let (acknowledged, refused): (Instant, Vec<Option<Instant>>) = thread::scope(|scope| {
        let watching = &watching;
        let watches: Vec<_> = others.iter().map(|node| scope.spawn(move || watching(node))).collect();
        ready.wait();
        let revoked = scene.nodes[taker].revoke(number);
        let acknowledged = stopwatch();
        is_over.store(!matches!(revoked, Ok(true)), Ordering::Relaxed);
        let refused = watches.into_iter().map(ended).collect::<anyhow::Result<_>>()?;
        revoked?;
        anyhow::Ok((acknowledged, refused))
    })?;
    if is_over.load(Ordering::Relaxed) {
        return Ok(None);
    }
    Ok(refused.into_iter().map(|refused| Some(refused?.saturating_duration_since(acknowledged))).collect())
}

/// Asks until the answer is no; says when it came. `None` when nothing is to be expected any more.
fn watch(node: &Node, question: &str, ready: &Barrier, is_over: &AtomicBool) -> anyhow::Result<Option<Instant>> {
    let opened = open(node, question);
    // Whoever waits would wait for ever.
    ready.wait();
    let mut stream = opened?;
    let begin = stopwatch();
    while !is_over.load(Ordering::Relaxed) {
        if is_live(&mut stream, question)? == Some(false) {
            return Ok(Some(stopwatch()));
        }
        ensure!(begin.elapsed() < PATIENCE, "a revoked session is answered yes after {PATIENCE:?}");
        thread::sleep(PAUSE);
    }
    Ok(None)
}

/// A connection on which the answer was yes.
fn open(node: &Node, question: &str) -> anyhow::Result<UnixStream> {
    let mut stream = UnixStream::connect(node.place.resolver())?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let begin = stopwatch();
    loop {
        match is_live(&mut stream, question)? {
            Some(true) => return Ok(stream),
            Some(false) => bail!("a session is refused that nobody has revoked"),
            None => ensure!(begin.elapsed() < PATIENCE, "nothing but 503 for {PATIENCE:?}"),
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Asks once. `None` for a 503, by which nobody is let in and nothing is said.
pub(super) fn is_live(stream: &mut UnixStream, question: &str) -> anyhow::Result<Option<bool>> {
    let head = say(stream, question)?;
    if head.starts_with("HTTP/1.1 503 ") {
        return Ok(None);
    }
    ensure!(head.starts_with("HTTP/1.1 200 "), "not a verdict:\n{head}");
    Ok(Some(head.contains(": true\r\n")))
}
