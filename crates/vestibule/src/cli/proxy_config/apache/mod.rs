//! `vestibule proxy-config apache`: a complete configuration of Apache httpd, and the Lua script by which it asks.

mod lua;
mod pages;
mod site;

pub(in crate::cli) use site::REFUSALS;

use anyhow::bail;

use super::app::App;
use super::reach::Reach;
use super::web::{Door, HostName, PlainPath, advice};
use crate::config::Config;
use crate::listen::ListenAddress;

/// Print a configuration for Apache httpd that is made from the present one of Vestibule, or the script that goes with it.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vestibule proxy-config apache --lua > /etc/apache2/vestibule.lua\n  vestibule proxy-config apache --app http://127.0.0.1:3000 \\\n    --server-name app.example.com --tls-cert /etc/ssl/app.pem --tls-key /etc/ssl/app.key \\\n    > /etc/apache2/apache2.conf\n\nInto an Apache that is there already:\n  vestibule proxy-config apache --app http://127.0.0.1:3000 --snippet \\\n    > /etc/apache2/sites-available/vestibule.conf"
)]
pub(in crate::cli) struct Apache {
    /// The application: `http://127.0.0.1:3000`, `https://app.internal` or `http://unix:/run/app.sock`.
    #[arg(long, value_name = "URL")]
    app: Option<App>,
    /// Where Apache listens: a port, or an address with one; repeat it for more. public_url's port when it is not given,
    /// or else 443 with a certificate and 80 without.
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<Door>,
    /// The application's host name; other hosts are refused. When it is not given: public_url's host where the pages are
    /// under a path, and any host where they have one of their own.
    #[arg(long, value_name = "NAME")]
    server_name: Option<HostName>,
    /// The certificate, with its chain.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PlainPath>,
    /// The certificate's key.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PlainPath>,
    /// Print the Lua script, which is a file of its own.
    #[arg(long, conflicts_with_all = ["app", "listen", "server_name", "tls_cert", "lua_file", "snippet", "run_dir"])]
    lua: bool,
    /// Where the Lua script is.
    #[arg(long, value_name = "FILE", default_value = "/etc/apache2/vestibule.lua")]
    lua_file: PlainPath,
    /// Only what goes into an Apache that is there: the virtual hosts, for `sites-available`.
    #[arg(long)]
    snippet: bool,
    /// A folder that exists, for Apache's pid, logs and locks; lets a user without rights run it.
    #[arg(long, value_name = "FOLDER", conflicts_with = "snippet")]
    run_dir: Option<PlainPath>,
}

impl Apache {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<String> {
        let pages = Reach::nearest("listen.public", &config.listen.public)?;
        let resolver = Reach::nearest("listen.resolver", &config.listen.resolver)?;
        if self.lua {
            return Ok(lua::script(config, &resolver, &pages::origin(&pages)));
        }
        self.fits(config)?;
        let app_host = self.app_host(config);
        let mut head = HEAD.to_owned();
        head.push_str(&resolver.advice(config));
        if pages != resolver {
            head.push_str(&pages.advice(config));
        }
        head.push_str(&advice(config, app_host, self.tls_cert.is_some()));
        for (option, file) in [("--tls-cert", &self.tls_cert), ("--tls-key", &self.tls_key)] {
            head.extend(file.iter().map(|file| file.advice(option)));
        }
        let sites = site::all(&self, config, &pages);
        if self.snippet {
            return Ok(format!("{head}{SNIPPET}\n{sites}"));
        }
        Ok(format!("{head}\n{}\n{sites}", self.main(config)))
    }

    fn app_host<'a>(&'a self, config: &'a Config) -> Option<&'a str> {
        let url = &config.top.public_url;
        let shared = (!url.path().is_empty()).then(|| url.host());
        self.server_name.as_ref().map(HostName::as_str).or(shared)
    }

    fn doors(&self, config: &Config) -> Vec<Door> {
        if self.listen.is_empty() { vec![Door::usual(config, self.tls_cert.is_some())] } else { self.listen.clone() }
    }

    /// Refuses options that cannot work, or would change nothing, since somebody believes that they do.
    fn fits(&self, config: &Config) -> anyhow::Result<()> {
        let url = &config.top.public_url;
        let name = self.server_name.as_ref().map(HostName::as_str);
        if let Some(name) = name.filter(|&name| name == url.host() && url.path().is_empty()) {
            bail!(
                "--server-name: {name} is the host of public_url too, which has no path: Apache could not tell the pages from \
                 the application; give the pages a path (public_url = \"{url}/auth\") or a host of their own"
            );
        }
        Ok(())
    }

    /// What a whole file has before its virtual hosts.
    fn main(&self, config: &Config) -> String {
        let run = self.run_dir.as_ref().map(PlainPath::as_str);
        let folder = run.unwrap_or("/var/run/apache2");
        let log = run.unwrap_or("/var/log/apache2");
        let with_tls = self.tls_cert.is_some();
        let to_https = self.app.as_ref().is_some_and(|app| app.scheme == "https");
        let modules: String = MODULES
            .iter()
            .chain(with_tls.then_some(&"http2"))
            .chain((with_tls || to_https).then_some(["socache_shmcb", "ssl"].iter()).into_iter().flatten())
            .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
            .collect();
        let listens = self.doors(config).into_iter().flat_map(|door| [Some(door), door.plain().filter(|_| with_tls)]);
        let listens: String =
            listens.flatten().map(|door| format!("Listen {}\n", door.words("*").trim_start_matches("*:"))).collect();
        format!(
            "ServerRoot \"{folder}\"\nDefaultRuntimeDir \"{folder}\"\nPidFile \"{folder}/apache2.pid\"\n\
             ErrorLog \"{log}/error.log\"\nServerName localhost\nServerTokens Prod\nMutex \"file:{folder}\" default\n\
             # The sockets' group: Apache must be in it. Without rights of root these two lines do nothing.\n\
             User www-data\nGroup {}\n{modules}{listens}",
            group(config)
        )
    }
}

/// The group that is let in at our sockets.
fn group(config: &Config) -> &str {
    let sockets = config.listen.resolver.iter().chain(&config.listen.public);
    let mut groups = sockets.filter_map(|address| match address {
        ListenAddress::Unix(unix) => unix.group(),
        ListenAddress::Tcp(_) => None,
    });
    groups.next().unwrap_or("www-data")
}

const HEAD: &str = "\
# Apache httpd before Vestibule and an application. Made by `vestibule proxy-config apache`: print it anew, and the script
# that `--lua` prints, after a change of public_url, [listen], [headers] or [session] cookie_prefix. It needs Debian's
# packages apache2 and lua-socket. Tried with Apache 2.4.71.
";

const SNIPPET: &str = "\
# Into an Apache that is there:
#   a2enmod headers http2 lua proxy proxy_http reqtimeout rewrite setenvif ssl && a2ensite vestibule && apachectl configtest
# It has no other virtual host for these names, and `Listen` lines for these ports.
";

const MODULES: [&str; 11] = [
    "mpm_event",
    "authn_core",
    "authz_core",
    "env",
    "headers",
    "setenvif",
    "rewrite",
    "proxy",
    "proxy_http",
    "lua",
    "reqtimeout",
];

#[cfg(test)]
mod tests;
