//! A token that was seen before, beside a cookie: a request through the same nginx with each, in turns.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use crate::Bench;
use crate::front::Front;
use crate::quantity::Quantity;
use crate::report::{Report, microseconds};
use crate::server::Place;
use crate::turns::Seen;

/// What is presented.
const WHAT: [&str; 3] = ["a session cookie", "an opaque token", "a JWT, signed with RS256"];

/// Measures all three.
pub(crate) fn measure(bench: &Bench<'_>, report: &mut Report) -> anyhow::Result<()> {
    let (place, secrets) = bench.seeded("vestibule", 1_000)?;
    place.configure("[anonymous]\nenabled = true\n")?;
    let server = place.serve(bench.options)?;
    let front = Front::start(&bench.folder.join("front"), &[&place])?;
    let api = run(bench, &place, &["token", "create", "--service", "bench"])?.trim().to_owned();
    let lines = [
        format!("Cookie: session={}\r\n", secrets[0].expose()),
        format!("Authorization: Bearer {api}\r\n"),
        format!("Authorization: Bearer {}\r\n", jwt(bench, &place)?),
    ];
    let seconds = Duration::from_secs(bench.options.seconds);
    let mut seen: [Seen; 3] = Default::default();
    for line in &lines {
        Seen::default().round(&server, &front.socket(0), line, seconds)?;
    }
    for round in 0..bench.options.rounds {
        for turn in 0..lines.len() {
            let number = (turn + round) % lines.len();
            seen[number].round(&server, &front.socket(0), &lines[number], seconds)?;
        }
    }
    say(&seen, &lines, report);
    front.process.kill()?;
    server.kill()
}

fn say(seen: &[Seen; 3], lines: &[String; 3], report: &mut Report) {
    report.heading("what is presented, through one worker of nginx, each seen before".to_owned());
    for ((one, what), line) in seen.iter().zip(WHAT).zip(lines) {
        report.line(format!(
            "{what:<26}{:>5} bytes   {:.0} requests a second, {:.3} of the first; {:.2} us of the server's processor time",
            line.len(),
            Quantity::new(one.rates.clone()),
            Quantity::ratio(&one.rates, &seen[0].rates),
            microseconds(&one.spent),
        ));
    }
    for (one, what) in seen.iter().zip(WHAT).skip(1) {
        let ratio = Quantity::ratio(&one.rates, &seen[0].rates);
        report.bar(ratio.median() >= 0.95, format!("{what}, by a session cookie: {ratio:.3} (bar: at least 0.95)"));
    }
}

fn run(bench: &Bench<'_>, place: &Place, args: &[&str]) -> anyhow::Result<String> {
    let output = place.command(bench.options).args(args).output()?;
    ensure!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

/// An access token of a guest, which is the shortest way to one.
fn jwt(bench: &Bench<'_>, place: &Place) -> anyhow::Result<String> {
    let uri = "http://localhost:9/callback";
    run(bench, place, &["client", "add", "app", "--kind", "spa", "--redirect-uri", uri, "--jwt-access-tokens"])?;
    let body = r#"{"client_id":"app","session_type":"refresh_token"}"#;
    let mut stream = UnixStream::connect(place.pages())?;
    write!(
        stream,
        "POST /api/anonymous_user/signup HTTP/1.1\r\nHost: localhost:8480\r\nConnection: close\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("an answer")?;
    let answer: Value = serde_json::from_str(body).with_context(|| format!("no tokens: {body}"))?;
    let token = answer["result"]["access_token"].as_str().with_context(|| format!("no access token: {body}"))?;
    Ok(token.to_owned())
}
