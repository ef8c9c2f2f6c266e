//! `vestibule proxy-config traefik`: Traefik's dynamic configuration, and the static one that goes with it.

mod pages;
mod routers;

use std::fmt::Write as _;

use anyhow::bail;

use super::app::App;
use super::envoy::{ask, yaml};
use super::indent;
use super::names::{FORWARDED, METHODS, folded};
use super::reach::Reach;
use super::web::{Door, HostName, PlainPath, advice};
use crate::config::Config;

/// Print a configuration for Traefik that is made from the present one of Vestibule.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config traefik --static > /etc/traefik/traefik.yml\n  vestibule proxy-config traefik --app http://127.0.0.1:3000 \\\n    --server-name app.example.com \\\n    --tls-cert /etc/ssl/app.pem --tls-key /etc/ssl/app.key \\\n    > /etc/traefik/vestibule.yml"
)]
pub(in crate::cli) struct Traefik {
    /// The application: `http://127.0.0.1:3000` or `https://app.internal`.
    #[arg(long, value_name = "URL")]
    app: Option<App>,
    /// The application's host name; other hosts get 404. When it is not given: public_url's host where the pages are
    /// under a path, and any host where they have one of their own.
    #[arg(long, value_name = "NAME")]
    server_name: Option<HostName>,
    /// The certificate, with its chain.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PlainPath>,
    /// The certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PlainPath>,
    /// Print the static configuration: where Traefik listens, and what it refuses there.
    #[arg(long, conflicts_with_all = ["app", "server_name", "tls_cert", "tls_key"])]
    r#static: bool,
    /// With --static: where Traefik listens, a port or an address with one. public_url's port when it is not given, or
    /// else that of its scheme.
    #[arg(long, value_name = "ADDRESS", requires = "static")]
    listen: Option<Door>,
    /// With --static: where the dynamic configuration is.
    #[arg(long, value_name = "FILE", default_value = "/etc/traefik/vestibule.yml")]
    file: PlainPath,
}

impl Traefik {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        if self.r#static {
            return Ok(self.entry_point(config));
        }
        let pages = Reach::over_tcp("listen.public", &config.listen.public)?;
        let resolver = Reach::over_tcp("listen.resolver", &config.listen.resolver)?;
        let (Reach::Tcp(pages_at), Reach::Tcp(asked_at)) = (&pages, &resolver) else {
            bail!("Traefik reaches no socket file");
        };
        let app = self.application(config)?;
        let mut head = HEAD.to_owned();
        // The pages are reached in the same way. A socket file, which that would advise, Traefik cannot use.
        head.push_str(&resolver.advice(config).replace(" Better: a unix socket.", ""));
        head.push_str(&advice(config, self.app_host(config), self.tls_cert.is_some()));
        if self.app.is_none() {
            head.push_str("# EDIT: the application's address, at the end.\n");
        }
        let asks = middlewares(config, &format!("http://{asked_at}/_resolver/forward/forwarded"));
        let services = [("application", app), ("vestibule-pages", format!("http://{pages_at}"))];
        let services: String = services.iter().map(|(name, url)| service(name, url)).collect();
        let http = format!(
            "routers:\n{}middlewares:\n{}services:\n{}",
            indent(&routers::all(&self, config), 2),
            indent(&(asks + &pages::middlewares(config)), 2),
            indent(&services, 2),
        );
        let mut out = format!("{head}http:\n{}", indent(&http, 2));
        if let (Some(cert), Some(key)) = (&self.tls_cert, &self.tls_key) {
            let (cert, key) = (yaml::quoted(cert.as_str()), yaml::quoted(key.as_str()));
            let _ = write!(out, "tls:\n  certificates:\n    - certFile: {cert}\n      keyFile: {key}\n");
        }
        Ok(out)
    }

    /// The application's host; any when there is none.
    fn app_host<'a>(&'a self, config: &'a Config) -> Option<&'a str> {
        let url = &config.top.public_url;
        let shared = (!url.path().is_empty()).then(|| url.host());
        self.server_name.as_ref().map(HostName::as_str).or(shared)
    }

    /// The application's URL, unless the options cannot work.
    fn application(&self, config: &Config) -> anyhow::Result<String> {
        let url = &config.top.public_url;
        let name = self.server_name.as_ref().map(HostName::as_str);
        if let Some(name) = name.filter(|&name| name == url.host() && url.path().is_empty()) {
            bail!(
                "--server-name: {name} is the host of public_url too, which has no path: Traefik could not tell the pages \
                 from the application; give the pages a path (public_url = \"{url}/auth\") or a host of their own"
            );
        }
        match &self.app {
            None => Ok("http://127.0.0.1:9".to_owned()),
            Some(app) if app.address.starts_with("unix:") => {
                bail!("--app: Traefik reaches no socket file; write `http://127.0.0.1:3000`")
            }
            Some(app) => Ok(format!("{}://{}", app.scheme, app.address)),
        }
    }

    fn entry_point(&self, config: &Config) -> String {
        let door = self.listen.unwrap_or_else(|| Door::usual(config, config.top.public_url.is_https()));
        STATIC.replace("{address}", &yaml::quoted(&door.words(""))).replace("{file}", &yaml::quoted(self.file.as_str()))
    }
}

/// Those that ask, and those that delete.
fn middlewares(config: &Config, address: &str) -> String {
    // What Traefik sets itself, from the connection, is not deleted: the application would not get it.
    let own = [
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "X-Forwarded-Server",
        "X-Real-IP",
    ];
    let others = FORWARDED.into_iter().filter(|name| !own.contains(name));
    let deleted: String = others
        .chain(METHODS)
        .chain(["X-Vestibule-Trace", "X-Envoy-Auth-Headers-To-Remove"])
        .map(|name| format!("{name}: \"\"\n"))
        .collect();
    let read = ask::READ.iter().filter(|name| !name.starts_with("x-forwarded-"));
    let asks = FORWARD_AUTH
        .replace("{address}", &yaml::quoted(address))
        .replace("{names}", &yaml::quoted(&format!("(?i){}", folded(config))))
        .replace("{read}", &indent(&yaml::list(read), 4));
    format!("{DELETES}{}{UPGRADES}{asks}", indent(&deleted, 6))
}

fn service(name: &str, url: &str) -> String {
    format!("{name}:\n  loadBalancer:\n    servers:\n      - url: {}\n", yaml::quoted(url))
}

const HEAD: &str = "\
# Traefik before Vestibule and an application: the dynamic configuration. Made by `vestibule proxy-config traefik`: print it
# anew after a change of public_url, [listen] or [headers]. It needs what `--static` prints. Tried with Traefik
# 3.7.13; it needs 3.7.12 or newer. What each part is for, and what Traefik cannot do: docs/proxies/traefik.md.
";

const STATIC: &str = "\
# Traefik's static configuration. Made by `vestibule proxy-config traefik --static`. Needs Traefik 3.7.12 or newer.
entryPoints:
  vestibule:
    address: {address}
    forwardedHeaders:
      insecure: false
    http:
      # `X_Authgear_User_Id` and `X.Authgear.User.Id` are the same name as ours for CGI, WSGI and PHP.
      aliasHeadersStrategy: delete
      # One reading of every path: dot segments and `//` are resolved before anybody is asked, and these are refused.
      sanitizePath: true
      encodedCharacters:
        allowEncodedSlash: false
        allowEncodedBackSlash: false
        allowEncodedNullCharacter: false
        allowEncodedSemicolon: false
        allowEncodedPercent: false
        allowEncodedQuestionMark: false
        allowEncodedHash: false
providers:
  file:
    filename: {file}
log:
  level: ERROR
";

const DELETES: &str = "\
# Headers by which some frameworks route or trust or make a POST a DELETE, and the one by which Vestibule is asked for its
# reasons: an empty value deletes.
vestibule-deletes:
  headers:
    customRequestHeaders:
";

const UPGRADES: &str = "\
# Only a WebSocket may upgrade: on an HTTP/2 connection that is smuggled through, nobody would be asked again. And nobody
# nominates headers in Connection for Traefik to drop, such as the ones that say who somebody is.
vestibule-no-upgrade:
  headers:
    customRequestHeaders:
      Connection: \"\"
      Upgrade: \"\"
vestibule-websocket:
  headers:
    customRequestHeaders:
      Connection: \"Upgrade\"
      Upgrade: \"websocket\"
";

const FORWARD_AUTH: &str = "\
vestibule:
  forwardAuth:
    address: {address}
    # Traefik says what was asked for; a client does not. Say it: where it is not set, some are let through.
    trustForwardHeader: false
    maxResponseBodySize: 65536
    # Every header of a client's with such a name is deleted, whether the answer has it or not; then the answer's are set.
    authResponseHeadersRegex: {names}
    # What Vestibule reads.
    authRequestHeaders:
{read}";

#[cfg(test)]
mod tests;
