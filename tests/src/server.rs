//! The server under test: `vestibule serve` with a configuration and a data folder of its own, and the command line
//! on the same configuration.

mod setup;

pub use setup::Setup;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use tempfile::TempDir;

use crate::http::{Address, Response, exchange, try_exchange};
use crate::person::Person;
use crate::process::{self, Process, Said};

/// A server, running or not.
#[derive(Debug)]
pub struct Vestibule {
    folder: TempDir,
    ports: [SocketAddr; 3],
    setup: Setup,
    process: Option<Process>,
}

impl Vestibule {
    /// The name of its database, where the tests run on PostgreSQL: each has one of its own.
    pub fn database(&self) -> String {
        format!("port{}", self.ports[0].port())
    }

    /// Keeps its truth in this PostgreSQL from the next start on, or in a file of its own.
    pub fn keep_truth_in(&mut self, url: Option<&str>) {
        self.setup.environment.retain(|(name, _)| name != STORE_URL);
        self.setup.environment.extend(url.map(|url| (STORE_URL.to_owned(), url.to_owned())));
    }

    /// Starts it and waits until it is ready.
    pub fn start(&mut self) {
        let ops = self.ops();
        let mut process = Process::start(&self.command(&["serve"]), &self.folder.path().join("server.log"));
        process.ready(|| {
            try_exchange(&ops, b"GET /readyz HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
                .is_ok_and(|answer| answer.status == 200)
        });
        self.process = Some(process);
    }

    /// Asks it to end, as systemd does, and checks that it ends well.
    ///
    /// # Panics
    /// When it does not.
    pub fn stop(&mut self) {
        let mut process = self.process.take().expect("the server runs");
        process.signal(Signal::TERM);
        let status = process.ended();
        assert!(status.success(), "ended with {status}: {}", process.log());
    }

    /// Has another version of the binary started from the next start on.
    pub fn becomes(&mut self, program: PathBuf) {
        self.setup.program = program;
    }

    /// Kills it without a warning.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// The running server.
    ///
    /// # Panics
    /// When it does not run.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the server runs")
    }

    /// Everything that it logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("server.log")).unwrap_or_default()
    }

    /// A command of the binary on this configuration.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.setup.program);
        command.arg("--config").arg(self.config_file()).args(args).current_dir(self.folder.path());
        command.env("VESTIBULE__LOG__LEVEL", "debug");
        command.envs(self.setup.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What its commands have in their environment.
    pub fn environment(&self) -> &[(String, String)] {
        &self.setup.environment
    }

    /// Runs a command to its end.
    pub fn cli(&self, args: &[&str]) -> Said {
        self.cli_with(args, "")
    }

    /// Runs a command to its end with text on standard input.
    pub fn cli_with(&self, args: &[&str], input: &str) -> Said {
        process::run(&mut self.command(args), input)
    }

    /// Adds a user with [`PASSWORD`].
    pub fn add_user(&self, email: &str, more: &[&str]) {
        let args = [&["user", "add", email], more, &["--password-stdin"]].concat();
        self.cli_with(&args, &format!("{PASSWORD}\n")).expect_code(0);
    }

    /// Registers a public client.
    pub fn add_client(&self, id: &str, kind: &str, redirect_uris: &[&str], post_logout_redirect_uris: &[&str]) {
        let mut args = vec!["client", "add", id, "--kind", kind];
        redirect_uris.iter().for_each(|uri| args.extend(["--redirect-uri", uri]));
        post_logout_redirect_uris.iter().for_each(|uri| args.extend(["--post-logout-redirect-uri", uri]));
        self.cli(&args).expect_code(0);
    }

    /// The secret of a new session of a user, made by the operator.
    pub fn create_session(&self, email: &str) -> String {
        self.cli(&["session", "create", email]).expect_code(0).line().to_owned()
    }

    /// Asks the resolver who sends these headers.
    #[track_caller]
    pub fn resolve(&self, headers: &[(&str, &str)]) -> Response {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!("GET /_resolver/resolve HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{lines}\r\n");
        exchange(&self.resolver_unix(), request.as_bytes())
    }

    /// Asks the resolver about one `session` cookie and says whether the answer is an identity.
    #[track_caller]
    pub fn is_live(&self, session: &str) -> bool {
        let answer = self.resolve(&[("Cookie", &format!("session={session}"))]);
        assert_eq!(answer.status, 200, "{}", answer.head);
        answer.identity("session-valid") == Some("true")
    }

    /// Somebody with a browser of their own, at the public listener.
    pub fn person(&self) -> Person {
        Person::new(self.public(), &self.origin(), &self.setup.path)
    }

    /// The public listener.
    pub fn public(&self) -> Address {
        self.ports[0].into()
    }

    /// The public listener's unix socket.
    pub fn public_unix(&self) -> Address {
        Address::Unix(self.folder.path().join("public.sock"))
    }

    /// The resolver over TCP.
    pub fn resolver(&self) -> Address {
        self.ports[1].into()
    }

    /// The resolver over a unix socket.
    pub fn resolver_unix(&self) -> Address {
        Address::Unix(self.folder.path().join("resolver.sock"))
    }

    /// The listener for operators.
    pub fn ops(&self) -> Address {
        self.ports[2].into()
    }

    /// The origin of `public_url`.
    pub fn origin(&self) -> String {
        self.setup.origin.clone().unwrap_or_else(|| format!("http://localhost:{}", self.ports[0].port()))
    }

    /// The URL of a page.
    pub fn url(&self, page: &str) -> String {
        format!("{}{}{page}", self.origin(), self.setup.path)
    }

    /// The data folder.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder of the test: configuration, sockets, log.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.folder.path().join("vestibule.toml")
    }
}

const STORE_URL: &str = "VESTIBULE__STORE__URL";
/// The password of every user of the tests.
pub const PASSWORD: &str = "correct horse battery staple";
