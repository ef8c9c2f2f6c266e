//! The proxies: what each is asked by, where its program is, and how it is started with what is printed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::options::Options;

use super::site::Plan;

/// A proxy with one way of asking.
pub(super) struct Entry {
    pub(super) name: &'static str,
    /// How it asks.
    pub(super) asks: Asks,
    /// The program, where it is installed.
    pub(super) program: fn(&Options) -> Option<PathBuf>,
    /// Prints its files, and says how it is started in the foreground.
    pub(super) command: fn(&Plan<'_>) -> anyhow::Result<Command>,
}

/// How a proxy asks.
pub(super) enum Asks {
    /// Over HTTP: the question's line and headers, but for the cookie. Its answer is what the floor says.
    OverHttp(&'static str),
    /// gRPC `ext_authz`.
    ByGrpc,
}

const CHECK: Asks = Asks::OverHttp(
    "/_resolver/check/nginx HTTP/1.1\r\nX-Original-Method: GET\r\nX-Original-URL: http://localhost:8080/",
);
const FORWARD: Asks = Asks::OverHttp(
    "/_resolver/forward/forwarded HTTP/1.1\r\nX-Forwarded-Method: GET\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: \
     localhost:8080\r\nX-Forwarded-Uri: /",
);
const ENVOY: Asks = Asks::OverHttp("/_resolver/forward/envoy/ HTTP/1.1\r\nX-Forwarded-Proto: http");

/// All of them.
pub(super) const ALL: [Entry; 7] = [
    Entry { name: "nginx", asks: CHECK, program: |_| debian("nginx"), command: nginx },
    Entry { name: "HAProxy", asks: FORWARD, program: |_| debian("haproxy"), command: haproxy },
    Entry { name: "Apache", asks: FORWARD, program: |_| debian("apache2"), command: apache },
    Entry { name: "Envoy over HTTP", asks: ENVOY, program: envoy, command: |plan| envoys(plan, &[]) },
    Entry { name: "Envoy by gRPC", asks: Asks::ByGrpc, program: envoy, command: |plan| envoys(plan, &["--grpc"]) },
    Entry { name: "Caddy", asks: FORWARD, program: |_| there("/usr/bin/caddy".into()), command: caddy },
    Entry { name: "Traefik", asks: FORWARD, program: traefik, command: by_traefik },
];

fn there(program: PathBuf) -> Option<PathBuf> {
    Some(program).filter(|program| program.is_file())
}

fn traefik(options: &Options) -> Option<PathBuf> {
    there(options.peers.join("traefik/traefik"))
}

fn debian(name: &str) -> Option<PathBuf> {
    there(Path::new("/usr/sbin").join(name))
}

fn envoy(options: &Options) -> Option<PathBuf> {
    there(options.peers.join("envoy/envoy/_bin/envoy"))
}

fn nginx(plan: &Plan<'_>) -> anyhow::Result<Command> {
    let file = plan.print("nginx.conf", &["nginx", "--server-name", "localhost", "--run-dir", plan.folder_name()?])?;
    let mut command = Command::new(plan.program);
    command.arg("-p").arg(plan.folder).arg("-c").arg(file).args(["-g", "daemon off;", "-e", "stderr"]);
    Ok(command)
}

fn haproxy(plan: &Plan<'_>) -> anyhow::Result<Command> {
    let script = plan.print_alone("vestibule.lua", &["haproxy", "--lua"])?;
    // Only root can become somebody else.
    let user = if rustix::process::geteuid().is_root() { "haproxy" } else { "none" };
    let file = plan.print("haproxy.cfg", &["haproxy", "--lua-file", &script, "--user", user])?;
    let mut command = Command::new(plan.program);
    command.arg("-db").arg("-f").arg(file);
    Ok(command)
}

fn apache(plan: &Plan<'_>) -> anyhow::Result<Command> {
    let script = plan.print_alone("vestibule.lua", &["apache", "--lua"])?;
    let file = plan.print("apache2.conf", &["apache", "--lua-file", &script, "--run-dir", plan.folder_name()?])?;
    let mut command = Command::new(plan.program);
    command.arg("-f").arg(file).args(["-D", "FOREGROUND"]);
    Ok(command)
}

fn envoys(plan: &Plan<'_>, more: &[&str]) -> anyhow::Result<Command> {
    let file = plan.print("envoy.yaml", &[&["envoy"], more].concat())?;
    let mut command = Command::new(plan.program);
    command.arg("-c").arg(file).args(["--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]);
    Ok(command)
}

fn caddy(plan: &Plan<'_>) -> anyhow::Result<Command> {
    let file = plan.print("Caddyfile", &["caddy"])?;
    let mut command = Command::new(plan.program);
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    // It writes down what it was told last, in its own folders.
    command.env("HOME", plan.folder).env("XDG_CONFIG_HOME", plan.folder).env("XDG_DATA_HOME", plan.folder);
    Ok(command)
}

fn by_traefik(plan: &Plan<'_>) -> anyhow::Result<Command> {
    let dynamic = plan.print_for_app("vestibule.yml", &["traefik"])?;
    let file = plan.print_for_door("traefik.yml", &["traefik", "--static", "--file", &dynamic])?;
    let mut command = Command::new(plan.program);
    command.arg("--configfile").arg(file);
    Ok(command)
}
