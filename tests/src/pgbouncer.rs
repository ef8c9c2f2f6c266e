//! PgBouncer before a PostgreSQL: a pooler, as companies have one.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use tempfile::TempDir;

use crate::port;
use crate::postgres::{self, Postgres};
use crate::process::Process;

/// Where Debian puts it.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// A running pooler.
#[derive(Debug)]
pub struct PgBouncer {
    /// Where it listens.
    pub address: SocketAddr,
    _process: Process,
    _folder: TempDir,
}

impl PgBouncer {
    /// Before this PostgreSQL's database `vestibule`, in a mode such as `transaction`; `None` where it is not installed.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(before: &Postgres, mode: &str) -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            return None;
        }
        let (folder, address) = (postgres::folder(), port::free());
        let socket = before.socket();
        let database = socket.parent().expect("a socket lies in a folder").display().to_string();
        let config = format!(
            "[databases]\nvestibule = host={database} dbname=vestibule user=vestibule\n[pgbouncer]\n\
             listen_addr = {}\nlisten_port = {}\nunix_socket_dir =\nauth_type = any\npool_mode = {mode}\n",
            address.ip(),
            address.port()
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, config).expect("our own folder");
        let mut command = std::process::Command::new(PROGRAM);
        command.arg(&file).current_dir("/");
        let log = folder.path().join("log");
        let mut process = Process::start_as(postgres::nobody(), &command, &log);
        process.ready(|| fs::read_to_string(&log).is_ok_and(|log| log.contains("process up")));
        Some(Self { address, _process: process, _folder: folder })
    }

    /// The URL of the database.
    pub fn url(&self) -> String {
        format!("postgres://vestibule@{}/vestibule", self.address)
    }
}
