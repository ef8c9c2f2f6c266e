//! How a server is set up, before it is.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use super::Vestibule;
use crate::{port, postgres, program};

/// How a server is set up, before it is.
#[derive(Debug, Clone)]
pub struct Setup {
    pub(super) origin: Option<String>,
    pub(super) path: String,
    pub(super) config: String,
    sockets: String,
    pub(super) environment: Vec<(String, String)>,
    pub(super) program: PathBuf,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            origin: None,
            path: "/auth".to_owned(),
            config: String::new(),
            sockets: "mode=0666".to_owned(),
            environment: Vec::new(),
            program: program::vestibule(),
        }
    }
}

impl Setup {
    /// The origin of `public_url`; the server's own address when it is not set.
    #[must_use]
    pub fn origin(mut self, origin: &str) -> Self {
        self.origin = Some(origin.to_owned());
        self
    }

    /// The path of `public_url`; `/auth` when it is not set.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        path.clone_into(&mut self.path);
        self
    }

    /// Tables of the configuration file besides `[listen]`.
    #[must_use]
    pub fn config(mut self, tables: &str) -> Self {
        self.config.push_str(tables);
        self.config.push('\n');
        self
    }

    /// Who may use the unix sockets, as `[listen]` writes it. Everybody when it is not set: nginx's workers are another
    /// user when the tests run as root.
    #[must_use]
    pub fn sockets(mut self, who: &str) -> Self {
        who.clone_into(&mut self.sockets);
        self
    }

    /// A variable of the environment that the server and the command line run in.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Another version of the binary.
    #[must_use]
    pub fn program(mut self, program: PathBuf) -> Self {
        self.program = program;
        self
    }

    /// Writes the configuration, starts nothing.
    ///
    /// # Panics
    /// When no folder can be made.
    #[must_use]
    pub fn prepare(self) -> Vestibule {
        let folder = tempfile::Builder::new().prefix("vestibule-test-").tempdir().expect("a folder can be made");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("our own folder");
        let mut vestibule = Vestibule { folder, ports: [(); 3].map(|()| port::free()), setup: self, process: None };
        let (place, who) = (vestibule.folder.path(), &vestibule.setup.sockets);
        let unix = |name: &str| format!("unix:{}?{who}", place.join(name).display());
        let [public, resolver, ops] = vestibule.ports;
        let config = format!(
            "public_url = \"{}\"\ndata_dir = \"{}\"\n[listen]\npublic = [\"{public}\", \"{}\"]\n\
             resolver = [\"{resolver}\", \"{}\"]\nops = [\"{ops}\"]\n{}",
            vestibule.url(""),
            vestibule.data_dir().display(),
            unix("public.sock"),
            unix("resolver.sock"),
            vestibule.setup.config,
        );
        fs::write(vestibule.config_file(), config).expect("our own folder");
        if !vestibule.setup.config.contains("[store]") && postgres::is_the_store() {
            vestibule.keep_truth_in(Some(&postgres::shared().url(&vestibule.database())));
        }
        vestibule
    }

    /// Writes the configuration and starts the server.
    #[must_use]
    pub fn start(self) -> Vestibule {
        let mut vestibule = self.prepare();
        vestibule.start();
        vestibule
    }
}
