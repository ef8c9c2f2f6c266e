//! Many who ask at once for one session that memory does not know: the store is read once for all of them.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use crate::report::Report;
use crate::server::{Place, cookie, request};

/// How many ask at once.
const AT_ONCE: usize = 16;
/// For how many sessions, one after the other.
const SESSIONS: usize = 500;

/// Has some of these asked for by many at once, and counts the reads.
pub(super) fn measure(place: &Place, cold: &[String], report: &mut Report) -> anyhow::Result<()> {
    let connect = |_| {
        let stream = UnixStream::connect(place.resolver()).context("connecting to the resolver")?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(stream)
    };
    let mut streams = (0..AT_ONCE).map(connect).collect::<anyhow::Result<Vec<_>>>()?;
    let before = super::loads(place)?;
    let sessions = &cold[..SESSIONS.min(cold.len())];
    for secret in sessions {
        let request = request("GET", &cookie(secret));
        for stream in &mut streams {
            stream.write_all(request.as_bytes())?;
        }
        for stream in &mut streams {
            hear_yes(stream)?;
        }
    }
    let reads = super::loads(place)? - before;
    let line = format!(
        "reads of the store for {} cold sessions, each asked for by {AT_ONCE} at once: {reads} (bar: one each)",
        sessions.len()
    );
    report.bar(reads == sessions.len() as f64, line);
    Ok(())
}

fn hear_yes(stream: &mut UnixStream) -> anyhow::Result<()> {
    let mut answer = Vec::new();
    let mut bytes = [0; 4096];
    while !answer.ends_with(b"\r\n\r\n") {
        let read = stream.read(&mut bytes)?;
        ensure!(read > 0, "the resolver has closed a connection");
        answer.extend_from_slice(&bytes[..read]);
    }
    let head = String::from_utf8_lossy(&answer);
    ensure!(head.starts_with("HTTP/1.1 200 ") && head.contains(": true\r\n"), "not a yes:\n{head}");
    Ok(())
}
