//! A PostgreSQL of the bench's own, with its defaults: what it says is committed is on the disk.

use std::fs::{self, Permissions};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::leftovers::{Leftover, note};
use crate::process::Process;

/// Who it runs as where the bench runs as root, whom it refuses.
const NOBODY: &str = "nobody";
/// The bench's own account, whose statements are not counted.
const BENCH: &str = "bench";
/// The nodes' account, and their database.
pub(super) const NODES: &str = "vestibule";

/// A running PostgreSQL.
#[derive(Debug)]
pub(super) struct Postgres {
    folder: PathBuf,
    address: SocketAddr,
    process: Option<Process>,
}

impl Postgres {
    /// Makes it and starts it.
    pub(super) fn start(address: IpAddr) -> anyhow::Result<Self> {
        // Not in the bench's folder, which nobody else may enter.
        let folder = tempfile::Builder::new().prefix("vbpg.").tempdir().context("making a folder")?.keep();
        note(Leftover::Folder(folder.clone()));
        fs::set_permissions(&folder, Permissions::from_mode(0o777))?;
        let mut init = as_nobody(&program("initdb")?);
        init.arg("-D").arg(folder.join("data")).args([
            "-U",
            BENCH,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]);
        let made = init.current_dir("/").output().context("starting initdb")?;
        ensure!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let trusts = format!("local all all trust\nhost all all {address}/24 trust\n");
        fs::write(folder.join("data/pg_hba.conf"), trusts)?;
        let address = SocketAddr::new(address, TcpListener::bind((address, 0))?.local_addr()?.port());
        let mut postgres = Self { folder, address, process: None };
        postgres.run()?;
        Ok(postgres)
    }

    fn run(&mut self) -> anyhow::Result<()> {
        let mut command = as_nobody(&program("postgres")?);
        command.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder).current_dir("/");
        let port = self.address.port();
        for setting in [
            format!("listen_addresses={}", self.address.ip()),
            format!("port={port}"),
            "shared_preload_libraries=pg_stat_statements".to_owned(),
        ] {
            command.arg("-c").arg(setting);
        }
        let socket = self.folder.join(format!(".s.PGSQL.{port}"));
        let log = self.folder.join("log");
        let ready = || {
            let mut asks = Command::new("pg_isready");
            asks.args(["-q", "-p", &port.to_string(), "-h"]).arg(&self.folder);
            socket.exists() && asks.status().is_ok_and(|status| status.success())
        };
        self.process = Some(Process::start_until(&mut command, &log, ready)?);
        Ok(())
    }

    /// Its process, with those of its connections.
    pub(super) fn process(&self) -> anyhow::Result<&Process> {
        self.process.as_ref().context("PostgreSQL runs")
    }

    /// A connection of the bench's own, which is not counted.
    pub(super) async fn connect(&self, database: &str) -> anyhow::Result<PgConnection> {
        let options = PgConnectOptions::new_without_pgpass()
            .host(&self.folder.display().to_string())
            .port(self.address.port())
            .username(BENCH)
            .database(database);
        PgConnection::connect_with(&options).await.context("connecting to PostgreSQL")
    }

    /// Makes the nodes' account and database.
    pub(super) async fn prepare(&self) -> anyhow::Result<()> {
        let mut sql = self.connect("postgres").await?;
        sqlx::query("CREATE ROLE vestibule LOGIN").execute(&mut sql).await?;
        sqlx::query("CREATE DATABASE vestibule OWNER vestibule").execute(&mut sql).await?;
        sql.close().await?;
        let mut sql = self.connect(NODES).await?;
        sqlx::query("CREATE EXTENSION pg_stat_statements").execute(&mut sql).await?;
        Ok(sql.close().await?)
    }

    /// Where the nodes find it.
    pub(super) fn url(&self) -> String {
        format!("postgres://{NODES}@{}/{NODES}?sslmode=disable", self.address)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // By the signal of Ctrl-C it does not wait for its clients.
        let _ = self.process.take().map(Process::interrupt);
    }
}

fn as_nobody(program: &Path) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--clear-groups", "--"]).arg(program);
    command
}

/// A program of the newest PostgreSQL; Debian keeps them out of the path.
fn program(name: &str) -> anyhow::Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin").join(name)).collect();
    found.retain(|program| program.exists());
    found.sort();
    found.pop().with_context(|| format!("there is no {name}: install Debian's package postgresql"))
}
