//! A real nginx with a configuration that a test gives it, or the two that matter: the one published for Authgear,
//! and the one that `vestibule proxy-config nginx` prints.

use std::fs::{self, Permissions};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::backend::Backend;
use crate::http::{Address, Response, exchange};
use crate::person::Person;
use crate::port;
use crate::process::{self, Process, Said};
use crate::server::{Setup, Vestibule};

/// A running nginx.
#[derive(Debug)]
pub struct Nginx {
    folder: TempDir,
    process: Process,
}

impl Nginx {
    /// Starts nginx and waits until it listens there.
    ///
    /// # Panics
    /// When nginx refuses the configuration; with nginx's words.
    pub fn start(config: &str, listens: SocketAddr) -> Self {
        let folder = tempfile::Builder::new().prefix("vestibule-nginx-").tempdir().expect("a folder can be made");
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("our own folder");
        let file = folder.path().join("nginx.conf");
        fs::write(&file, in_our_own_folder(config, folder.path())).expect("our own folder");
        let errors = folder.path().join("error.log");
        let mut globals = String::from("daemon off;");
        for (directive, line) in [
            ("pid ", format!("pid {};", folder.path().join("nginx.pid").display())),
            ("error_log ", format!("error_log {} info;", errors.display())),
        ] {
            if !config.lines().any(|own| own.starts_with(directive)) {
                globals.push_str(&line);
            }
        }
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&file).arg("-g").arg(globals).arg("-e").arg(&errors);
        let mut process = Process::start(&command, &folder.path().join("nginx.log"));
        process.ready(|| TcpStream::connect(listens).is_ok());
        Self { folder, process }
    }

    /// What `nginx -t` says of a configuration, and whether it takes it.
    ///
    /// # Panics
    /// When there is no nginx.
    pub fn check(config: &str) -> Said {
        let folder = tempfile::Builder::new().prefix("vestibule-nginx-").tempdir().expect("a folder can be made");
        let file = folder.path().join("nginx.conf");
        fs::write(&file, in_our_own_folder(config, folder.path())).expect("our own folder");
        let globals = format!("pid {};", folder.path().join("nginx.pid").display());
        let mut command = Command::new("nginx");
        command.args(["-t", "-e", "/dev/null", "-g", &globals, "-p"]).arg(folder.path()).arg("-c").arg(&file);
        process::run(&mut command, "")
    }

    /// nginx's error log.
    pub fn errors(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("error.log")).unwrap_or_default();
        format!("{log}{}", self.process.log())
    }
}

/// The configuration, unchanged for root. Debian's nginx keeps its log and what it puts aside in folders of root's:
/// for anybody else those that the configuration does not name are moved into the test's.
fn in_our_own_folder(config: &str, folder: &Path) -> String {
    if rustix::process::geteuid().is_root() {
        return config.to_owned();
    }
    let mut lines = String::new();
    for directive in ["access_log", "client_body_temp_path", "proxy_temp_path", "fastcgi_temp_path"]
        .into_iter()
        .chain(["uwsgi_temp_path", "scgi_temp_path"])
        .filter(|directive| !config.lines().any(|line| line.trim_start().starts_with(directive)))
    {
        lines += &format!("  {directive} {}/{directive};\n", folder.display());
    }
    let own = format!("{}/", folder.display());
    config.replacen("http {\n", &format!("http {{\n{lines}"), 1).replace("/var/lib/nginx/", &own)
}

/// Vestibule, nginx before it, and an application behind nginx.
pub struct Site {
    /// The server.
    pub vestibule: Vestibule,
    /// The witness.
    pub backend: Backend,
    /// The proxy.
    pub nginx: Nginx,
    /// Where the proxy listens.
    pub address: SocketAddr,
    /// The proxy's configuration.
    pub config: String,
}

impl Site {
    /// Behind the configuration that the binary prints.
    pub fn printed(setup: Setup) -> Self {
        let address = port::free();
        let setup = setup.origin(&format!("http://localhost:{}", address.port()));
        Self::with(setup, address, |vestibule, app| printed(vestibule, app, address))
    }

    /// Behind the configuration that is made for this server and the application at this URL. Something of it must
    /// listen at the address.
    pub fn with(setup: Setup, address: SocketAddr, make: impl FnOnce(&Vestibule, &str) -> String) -> Self {
        Self::before(Backend::start(), setup, address, make)
    }

    /// As [`Self::with`], before this application.
    pub fn before(
        backend: Backend,
        setup: Setup,
        address: SocketAddr,
        make: impl FnOnce(&Vestibule, &str) -> String,
    ) -> Self {
        let mut vestibule = setup.prepare();
        let config = make(&vestibule, &backend.url());
        vestibule.start();
        let nginx = Nginx::start(&config, address);
        Self { vestibule, backend, nginx, address, config }
    }

    /// Behind the published configuration, which has no place for our pages: they are at their own listener.
    pub fn published(setup: Setup, cached: bool) -> Self {
        Self::published_with(setup, cached, |config| config)
    }

    /// Behind the published configuration as somebody has changed it.
    pub fn published_with(setup: Setup, cached: bool, change: impl FnOnce(String) -> String) -> Self {
        let address = port::free();
        let vestibule = setup.start();
        let backend = Backend::start();
        let cache = vestibule.folder().join("cache");
        let resolver = format!("http://{}", vestibule.resolver());
        let mut config = PUBLISHED
            .replace("http://www.mycompany.com", &backend.url())
            .replace("https://mycompany.authgearapps.com", &resolver)
            .replace("/tmp/cache", &cache.display().to_string())
            .replace("server {", &format!("server {{\n    listen {address};"));
        if !cached {
            config = config.lines().filter(|line| !line.contains("proxy_cache")).collect::<Vec<_>>().join("\n");
        }
        let config = format!("events {{}}\n{}", change(config));
        let nginx = Nginx::start(&config, address);
        Self { vestibule, backend, nginx, address, config }
    }

    /// The proxy.
    pub fn proxy(&self) -> Address {
        self.address.into()
    }

    /// Somebody who comes through the proxy.
    pub fn person(&self) -> Person {
        Person::new(self.proxy(), &self.vestibule.origin(), "/auth")
    }

    /// Sends a GET with these headers through the proxy.
    #[track_caller]
    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        // A client that nominates a header in Connection writes its own Connection line.
        let close = if lines.contains("Connection:") { "" } else { "Connection: close\r\n" };
        let host = format!("localhost:{}", self.address.port());
        exchange(&self.proxy(), format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{close}{lines}\r\n").as_bytes())
    }

    /// Sends a request with a body through the proxy.
    #[track_caller]
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let (host, length) = (format!("localhost:{}", self.address.port()), body.len());
        let head = format!("Host: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{lines}");
        exchange(&self.proxy(), format!("{method} {path} HTTP/1.1\r\n{head}\r\n{body}").as_bytes())
    }

    /// Sends a GET for a host of this nginx.
    #[track_caller]
    pub fn get_of(&self, host: &str, path: &str, headers: &[(&str, &str)]) -> Response {
        let lines: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n");
        exchange(&self.proxy(), request.as_bytes())
    }

    /// What the application was told about somebody with this `Cookie` line: the user id, if any.
    #[track_caller]
    pub fn user_seen_for(&self, cookie: &str) -> Option<String> {
        let answer = self.get("/", &[("Cookie", cookie)]);
        assert_eq!(answer.status, 200, "{}\n{}", answer.head, self.nginx.errors());
        self.backend.last().identity("user-id").map(str::to_owned)
    }
}

/// What `vestibule proxy-config nginx` prints with these options.
pub fn printed_with(vestibule: &Vestibule, options: &[&str]) -> String {
    vestibule.cli(&[&["proxy-config", "nginx"], options].concat()).expect_code(0).out
}

/// What `vestibule proxy-config nginx` prints for an application.
pub fn printed(vestibule: &Vestibule, app: &str, listen: SocketAddr) -> String {
    printed_with(vestibule, &["--app", app, "--listen", &listen.to_string()])
}

/// The configuration that Authgear publishes, with its one mistake mended: there both variables have one name, and the
/// application would never be asked. Tests change addresses only, and leave the caching lines in or out.
pub const PUBLISHED: &str = r#"http {
  proxy_cache_path /tmp/cache keys_zone=auth_cache:10m;
  server {
    location / {
      set $backend http://www.mycompany.com;
      proxy_pass $backend;
      proxy_set_header Host $host;
      auth_request /_auth;
      auth_request_set $x_authgear_session_valid $upstream_http_x_authgear_session_valid;
      auth_request_set $x_authgear_user_id $upstream_http_x_authgear_user_id;
      auth_request_set $x_authgear_user_anonymous $upstream_http_x_authgear_user_anonymous;
      auth_request_set $x_authgear_user_verified $upstream_http_x_authgear_user_verified;
      auth_request_set $x_authgear_session_acr $upstream_http_x_authgear_session_acr;
      auth_request_set $x_authgear_session_amr $upstream_http_x_authgear_session_amr;
      proxy_set_header x-authgear-session-valid $x_authgear_session_valid;
      proxy_set_header x-authgear-user-id $x_authgear_user_id;
      proxy_set_header x-authgear-user-anonymous $x_authgear_user_anonymous;
      proxy_set_header x-authgear-user-verified $x_authgear_user_verified;
      proxy_set_header x-authgear-session-acr $x_authgear_session_acr;
      proxy_set_header x-authgear-session-amr $x_authgear_session_amr;
    }
    location = /_auth {
      internal;
      set $authgear https://mycompany.authgearapps.com/_resolver/resolve;
      proxy_pass $authgear;
      proxy_pass_request_body off;
      proxy_set_header Content-Length "";
      proxy_cache auth_cache;
      proxy_cache_key "$cookie_session|$http_authorization";
      proxy_cache_valid 200 10m;
    }
  }
}
"#;
