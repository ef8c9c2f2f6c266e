//! One run of wrk, and what it counted.

use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::options::Options;

/// What wrk counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// Requests that were answered with 200.
    pub(crate) requests: f64,
    /// Those in a second.
    pub(crate) rate: f64,
}

/// Loads a URL with a cookie. Anything but an answer 200 for each request is an error: a door that refuses is fast.
pub(crate) fn load(options: &Options, url: &str, cookie: &str) -> anyhow::Result<Load> {
    let output = command(options, url, cookie).output().context("starting wrk (Debian's package wrk)")?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk failed: {text}{}", String::from_utf8_lossy(&output.stderr));
    let wrong = text.lines().find(|line| line.contains("Non-2xx") || line.contains("Socket errors"));
    ensure!(wrong.is_none(), "{url}: {}", wrong.unwrap_or_default().trim());
    let rate = text.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    let requests = text.lines().find_map(|line| line.trim().split_once(" requests in "));
    let unreadable = || format!("wrk says no count: {text}");
    Ok(Load {
        requests: requests.with_context(unreadable)?.0.parse()?,
        rate: rate.with_context(unreadable)?.trim().parse()?,
    })
}

/// The command as it can be typed, but for the secret.
pub(crate) fn shown(options: &Options, url: &str) -> String {
    format!("wrk {} -H 'Cookie: session=SECRET' {url}", amount(options).join(" "))
}

fn command(options: &Options, url: &str, cookie: &str) -> Command {
    let mut command = Command::new("wrk");
    command.args(amount(options)).args(["-H", cookie.trim_end(), url]);
    command
}

fn amount(options: &Options) -> [String; 3] {
    ["-t1".to_owned(), format!("-c{}", options.connections), format!("-d{}s", options.seconds)]
}
