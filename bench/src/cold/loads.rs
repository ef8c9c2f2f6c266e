//! How often the store was read for a credential, as the server counts it.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use anyhow::Context as _;

use crate::server::Place;

/// The count since the start.
pub(super) fn read(place: &Place) -> anyhow::Result<f64> {
    let mut stream = UnixStream::connect(place.ops()).context("connecting to the metrics")?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let count = text.lines().find_map(|line| line.strip_prefix("vestibule_store_loads_total "));
    // Not there before the first read.
    Ok(count.map_or(Ok(0.0), |count| count.trim().parse())?)
}
