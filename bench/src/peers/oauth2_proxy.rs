//! oauth2-proxy, with its sessions in cookies and in Redis, each as its documents configure it and in its best light.
//!
//! The sessions are real: somebody signs in at an OpenID provider, and oauth2-proxy keeps the tokens.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::front::{free_port, start_on};
use crate::Bench;
use crate::process::Process;

use super::browser::Browser;
use super::door::{Dialect, Door};
use super::provider::{CLIENT, Provider, USER};
use super::redis::Redis;

/// What is different between two of them.
struct Manner {
    name: &'static str,
    what: &'static str,
    /// Sessions are in Redis, and not in cookies.
    in_redis: bool,
    /// A log line for each request, which is the default; and nginx without `keepalive`, as in its documents.
    as_documented: bool,
}

const MANNERS: [Manner; 4] = [
    Manner { name: "proxy_cookie", what: "oauth2-proxy, cookie", in_redis: false, as_documented: false },
    Manner { name: "proxy_redis", what: "oauth2-proxy, Redis", in_redis: true, as_documented: false },
    Manner {
        name: "documented_cookie",
        what: "oauth2-proxy, cookie, documented",
        in_redis: false,
        as_documented: true,
    },
    Manner { name: "documented_redis", what: "oauth2-proxy, Redis, documented", in_redis: true, as_documented: true },
];

/// Four of them, and the header lines that present the session in each store.
pub(super) struct Proxies {
    redis: Redis,
    running: Vec<(Process, u16)>,
    dialect: Dialect,
    cookie: String,
    ticket: String,
}

impl Proxies {
    /// Starts them and signs in, once with each store. Those with one store have its key and the store in common, so
    /// a session of one is a session of the other.
    pub(super) fn start(bench: &Bench<'_>) -> anyhow::Result<Self> {
        let program = installed(&bench.options.peers, "oauth2-proxy")?;
        let redis = Redis::start(&bench.folder.join("redis"))?;
        let ports = (0..MANNERS.len()).map(|_| free_port()).collect::<anyhow::Result<Vec<u16>>>()?;
        let callbacks: Vec<String> = ports.iter().map(|port| callback(*port)).collect();
        let program_of_provider = installed(&bench.options.peers, "openid-provider/server")?;
        let provider = Provider::start(&program_of_provider, &bench.folder.join("provider.log"), &callbacks)?;
        let mut running = Vec::new();
        for (manner, port) in MANNERS.iter().zip(&ports) {
            let mut command = manner.command(&program, *port, provider.issuer(), &redis);
            let log = bench.folder.join(manner.name).with_extension("log");
            running.push((start_on(*port, &mut command, &log)?, *port));
        }
        let cookie = sign_in(ports[0], &provider)?;
        let ticket = sign_in(ports[1], &provider)?;
        // Nobody asks the provider again before a refresh, which the default leaves out.
        provider.end()?;
        let dialect = Dialect {
            path: "/oauth2/auth",
            told: &[
                "proxy_set_header Host $host;",
                "proxy_set_header X-Real-IP $remote_addr;",
                "proxy_set_header X-Forwarded-Uri $request_uri;",
            ],
            answer: ["x-auth-request-user", "x-auth-request-email"].map(str::to_owned).to_vec(),
            stranger: "401",
        };
        Ok(Self { redis, running, dialect, cookie, ticket })
    }

    /// A door for each.
    pub(super) fn doors(&self) -> Vec<Door<'_>> {
        let doors = MANNERS.iter().zip(&self.running).map(|(manner, (process, port))| Door {
            name: manner.name,
            what: manner.what,
            address: format!("127.0.0.1:{port}"),
            kept: !manner.as_documented,
            dialect: &self.dialect,
            cookie: if manner.in_redis { &self.ticket } else { &self.cookie },
            user: USER,
            authenticator: process,
            store: manner.in_redis.then(|| self.redis.process()),
        });
        doors.collect()
    }
}

impl Manner {
    fn command(&self, program: &Path, port: u16, issuer: &str, redis: &Redis) -> Command {
        let mut command = Command::new(program);
        // A variable of the caller's (OAUTH2_PROXY_..., GOGC) must not change what is measured.
        command.env_clear();
        command.args(["--provider=oidc", "--email-domain=*", "--skip-provider-button", "--cookie-secure=false"]);
        command.args(["--reverse-proxy", "--trusted-proxy-ip=127.0.0.1/32", "--set-xauthrequest"]);
        command.arg(format!("--cookie-secret={}", "k".repeat(32)));
        command.arg(format!("--client-id={}", CLIENT.0)).arg(format!("--client-secret={}", CLIENT.1));
        command.arg(format!("--oidc-issuer-url={issuer}")).arg(format!("--redirect-url={}", callback(port)));
        command.arg(format!("--http-address=127.0.0.1:{port}"));
        if self.in_redis {
            command.arg("--session-store-type=redis").arg(format!("--redis-connection-url={}", redis.url()));
        }
        if !self.as_documented {
            command.arg("--request-logging=false");
        }
        command
    }
}

/// Signs in and returns the header line that presents the session.
fn sign_in(port: u16, provider: &Provider) -> anyhow::Result<String> {
    let mut browser = Browser::default();
    let form = browser.visit(&format!("http://127.0.0.1:{port}/oauth2/start?rd=/oauth2/auth"), None)?;
    let end = provider.sign_in(&mut browser, &form)?;
    ensure!(end.status == "202", "signing in at oauth2-proxy does not lead to a yes: {end:?}");
    Ok(browser.cookie_line())
}

fn callback(port: u16) -> String {
    format!("http://127.0.0.1:{port}/oauth2/callback")
}

/// A program that `make bench-peers` has installed.
fn installed(folder: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let program = folder.join(name);
    let program = program.canonicalize();
    program.with_context(|| format!("{}/{name} is not there; `make bench-peers` installs it", folder.display()))
}
