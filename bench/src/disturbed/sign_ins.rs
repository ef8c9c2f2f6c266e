//! 200 attempts to sign in a second, many times what one hashing thread can do: right passwords and wrong ones in
//! turn, each to another account and from another address, through the form as a browser sends it.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::atomic::AtomicBool;

use anyhow::{Context as _, ensure};
use sqlx::Connection as _;

use crate::Bench;
use crate::pace::{Load, Question};
use crate::seed;
use crate::server::Place;

use super::disturbance::Achieved;
use super::scene::{LONGEST, Scene};

/// Attempts a second.
const RATE: f64 = 200.0;
/// More than wait for a hash (64), so that there is always one free for an attempt that will be refused.
const CONNECTIONS: usize = 160;
/// Accounts that attempts are made to, from the first number on.
pub(crate) const ACCOUNTS: usize = 1_000;
/// What the limits must be for the hashing to be what stands in the way.
pub(crate) const LIMITS: &str =
    "[limits]\nsign_in_per_account = 1000000\nsign_in_per_device = 1000000\nsign_in_per_address = 1000000\n";

/// Everybody's.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";

/// Attempts until it is stopped, then waits for the queue to be worked off.
pub(super) fn attempt(scene: &Scene<'_>, stop: &AtomicBool) -> anyhow::Result<Achieved> {
    let socket = scene.place.pages();
    let question = Question::Page(&scene.cast.sign_ins);
    let load = Load { socket: &socket, question, rate: Some(RATE), connections: CONNECTIONS };
    let outcome = load.drive(LONGEST, stop)?;
    let known = outcome.statuses.keys().all(|status| [303, 422, 429, 503].contains(status));
    ensure!(known, "a sign-in was answered with {:?}", outcome.statuses);
    Ok(Achieved { count: outcome.answers() as f64, seconds: outcome.seconds, statuses: outcome.statuses })
}

/// Gives the accounts the password, by having one hashed that is everybody's. Nobody may serve the place.
pub(super) fn give_passwords(bench: &Bench<'_>, place: &Place, first: usize) -> anyhow::Result<()> {
    let mut command = place.command(bench.options);
    command.args(["user", "add", "first@example.com", "--password-stdin"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    child.stdin.take().context("the command's input")?.write_all(PASSWORD.as_bytes())?;
    ensure!(child.wait()?.success(), "`vestibule user add` failed");
    bench.runtime.block_on(async {
        let mut sql = seed::connect(&place.database()).await?;
        let update = "UPDATE users SET password_hash = (SELECT password_hash FROM users WHERE email_key = \
                      'first@example.com') WHERE id >= $1 AND id < $2";
        let query = sqlx::query(update).bind(seed::user_id(first)).bind(seed::user_id(first + ACCOUNTS));
        let changed = query.execute(&mut sql).await?.rows_affected();
        ensure!(changed == ACCOUNTS as u64, "{changed} accounts have the password");
        Ok(sql.close().await?)
    })
}

/// The forms, in turn right and wrong.
pub(crate) fn forms(first: usize) -> Vec<String> {
    (0..ACCOUNTS)
        .map(|number| {
            let password = if number % 2 == 0 { PASSWORD } else { "wrong-horse-battery-staple" };
            let body = format!("email=person{}%40example.com&password={password}", first + number);
            format!(
                "POST /login HTTP/1.1\r\nHost: localhost:8480\r\nOrigin: http://localhost:8480\r\nSec-Fetch-Site: \
                 same-origin\r\nX-Forwarded-For: 198.51.{}.{}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\n\r\n{body}",
                number / 250,
                number % 250 + 1,
                body.len()
            )
        })
        .collect()
}
