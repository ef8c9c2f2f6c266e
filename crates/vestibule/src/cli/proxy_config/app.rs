//! The application behind the proxy, as `--app` names it.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// Where the application is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct App {
    /// `http` or `https`.
    pub(super) scheme: &'static str,
    /// `127.0.0.1:3000` or `unix:/run/app.sock`.
    pub(super) address: String,
    /// The name in its certificate.
    pub(super) host: String,
}

/// Why that cannot be an application.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAnApp(String);

impl fmt::Display for NotAnApp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = "is not the address of an application; write `http://127.0.0.1:3000`, `https://app.internal` or \
                   `http://unix:/run/app.sock`, without a path: nginx would send the application decoded paths";
        write!(f, "`{}` {why}", self.0)
    }
}

impl std::error::Error for NotAnApp {}

impl FromStr for App {
    type Err = NotAnApp;

    fn from_str(text: &str) -> Result<Self, NotAnApp> {
        let refused = || NotAnApp(text.to_owned());
        if let Some(path) = text.strip_prefix("http://unix:") {
            let plain = |b: u8| b.is_ascii_graphic() && !b"\"'\\;{}$:#".contains(&b);
            let usable = path.starts_with('/') && path.bytes().all(plain);
            let app = Self { scheme: "http", address: format!("unix:{path}"), host: "localhost".to_owned() };
            return if usable { Ok(app) } else { Err(refused()) };
        }
        let url = Url::parse(text).map_err(|_| refused())?;
        let scheme = match url.scheme() {
            "http" => "http",
            "https" => "https",
            _ => return Err(refused()),
        };
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nobody = url.username().is_empty() && url.password().is_none();
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return Err(refused()) };
        // What the URL reader lets a host have is wider than what nginx reads as one word.
        let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b));
        if !(bare && nobody && plain) {
            return Err(refused());
        }
        Ok(Self { scheme, address: format!("{host}:{port}"), host: host.to_owned() })
    }
}
