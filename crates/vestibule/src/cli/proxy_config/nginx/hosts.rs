//! The `server` blocks: who listens where, by which names, with which certificate, and who is sent to https.

use std::fmt::Write as _;
use std::str::FromStr;

use super::Nginx;
use super::listen::{Listen, NotAListen};
use super::pages;
use crate::cli::proxy_config::indent;
use crate::config::Config;

/// What `--redirect-from` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RedirectFrom {
    /// `none`.
    Nowhere,
    /// Plain http is listened to there.
    At(Listen),
}

impl FromStr for RedirectFrom {
    type Err = NotAListen;

    fn from_str(text: &str) -> Result<Self, NotAListen> {
        if text == "none" { Ok(Self::Nowhere) } else { text.parse().map(Self::At) }
    }
}

/// The hosts that nginx serves.
pub(super) struct Hosts<'a> {
    options: &'a Nginx,
    config: &'a Config,
    listens: Vec<Listen>,
    /// The port where a `listen` names none.
    port: u16,
}

impl<'a> Hosts<'a> {
    pub(super) fn new(options: &'a Nginx, config: &'a Config) -> Self {
        let usual = if options.tls_cert.is_some() { 443 } else { 80 };
        let port = config.top.public_url.url().port().unwrap_or(usual);
        let mut listens = options.listen.clone();
        if listens.is_empty() {
            listens.push(Listen::Tcp(None, Some(port)));
        }
        Self { options, config, listens, port }
    }

    /// The names by which servers are chosen; none where any will do.
    pub(super) fn names(&self) -> Vec<&str> {
        self.app_name().into_iter().chain(self.pages_name()).collect()
    }

    /// Every server of a whole file, with these lines in the application's.
    pub(super) fn all(&self, lines: &str) -> String {
        let name = self.app_name().map_or_else(
            || "server_name _; # EDIT: the application's host name\n".to_owned(),
            |name| format!("server_name {name};\n"),
        );
        let app = format!("{}{name}\n{lines}", self.door(""));
        let refusal = match self.options.server_name {
            None => String::new(),
            Some(_) => block(
                "# Other hosts than those below are nobody's.",
                &format!("{}server_name _;\nreturn 421;\n", self.door(" default_server")),
            ),
        };
        let app = block("# The application's host.", &app);
        let servers = [refusal, app, self.pages_server(), self.redirect(&self.names())];
        servers.into_iter().filter(|server| !server.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// The servers that a snippet needs besides the application's own: those of pages on a host of their own.
    pub(super) fn of_the_pages(&self) -> String {
        match self.pages_name() {
            None => String::new(),
            Some(name) => format!("{}\n{}", self.pages_server(), self.redirect(&[name])),
        }
    }

    fn app_name(&self) -> Option<&str> {
        let url = &self.config.top.public_url;
        let shared = (!url.path().is_empty()).then(|| url.host());
        self.options.server_name.as_ref().map(|name| name.as_str()).or(shared)
    }

    /// The pages' own host, where they do not share one with the application.
    fn pages_name(&self) -> Option<&str> {
        let url = &self.config.top.public_url;
        url.path().is_empty().then(|| url.host())
    }

    fn pages_server(&self) -> String {
        let Some(name) = self.pages_name() else { return String::new() };
        let refuse = "if ($vestibule_bad_uri) { return 400; }\nclient_body_timeout 30s;\n";
        let lines = format!("{}server_name {name};\n\n{refuse}\n{}", self.door(""), pages::on_their_own(self.config));
        block("# Our pages, on a host of their own.", &lines)
    }

    /// Where a server listens, and what it shows there.
    fn door(&self, more: &str) -> String {
        let ssl = if self.options.tls_cert.is_some() { " ssl http2" } else { "" };
        let mut out = String::new();
        if self.config.top.public_url.is_https() && self.options.tls_cert.is_none() {
            out.push_str(
                "# EDIT: public_url is https, so this needs --tls-cert and --tls-key, or a proxy with them before it.\n",
            );
        }
        for listen in &self.listens {
            let _ = writeln!(out, "listen {}{ssl}{more};", listen.words(self.port));
        }
        if let (Some(cert), Some(key)) = (&self.options.tls_cert, &self.options.tls_key) {
            if let [app, pages] = self.names()[..]
                && more.is_empty()
            {
                let _ = writeln!(out, "# The certificate must be for {app} and for {pages}.");
            }
            let _ = write!(out, "ssl_certificate {};\nssl_certificate_key {};\n{TLS}", cert.words(), key.words());
            if more.is_empty() {
                out.push_str(HSTS);
            }
        }
        out
    }

    /// public_url's, which need not be nginx's: a router may stand before it.
    fn port_that_browsers_see(&self) -> Option<u16> {
        let url = &self.config.top.public_url;
        if url.is_https() {
            return url.url().port_or_known_default();
        }
        self.listens.iter().find_map(|listen| listen.port(self.port))
    }

    /// Plain http, which is only sent to https.
    fn redirect(&self, names: &[&str]) -> String {
        let from: Vec<Listen> = match &self.options.redirect_from {
            _ if self.options.tls_cert.is_none() => Vec::new(),
            Some(RedirectFrom::Nowhere) => Vec::new(),
            Some(RedirectFrom::At(listen)) => vec![listen.clone()],
            None => {
                let usual = self.listens.iter().filter(|listen| listen.port(self.port) == Some(443));
                usual.filter_map(|listen| listen.at(80)).collect()
            }
        };
        if from.is_empty() {
            return String::new();
        }
        let listens: String = from.iter().map(|listen| format!("listen {};\n", listen.words(80))).collect();
        let names = if names.is_empty() { "_".to_owned() } else { names.join(" ") };
        let port = self.port_that_browsers_see().filter(|&port| port != 443);
        let port = port.map(|port| format!(":{port}")).unwrap_or_default();
        block(
            "# Plain http is sent to https, and nothing else is done there.",
            &format!("{listens}server_name {names};\nreturn 301 https://$host{port}$request_uri;\n"),
        )
    }
}

fn block(comment: &str, lines: &str) -> String {
    format!("{comment}\nserver {{\n{}}}\n", indent(lines, 2))
}

const TLS: &str = "\
ssl_protocols TLSv1.2 TLSv1.3;
ssl_session_cache shared:vestibule_tls:10m; ssl_session_timeout 1d; ssl_session_tickets off;
";

const HSTS: &str = "\
# HSTS is your decision, so it is not sent: a browser that has seen it does not go to this host over plain http, nor past
# a certificate that has expired, for as long as it says. Begin with a day, end with two years.
# add_header Strict-Transport-Security \"max-age=86400\" always;
";
