//! The virtual hosts: what is refused and removed before anybody is asked, the question, and the way to the application.

use std::fmt::Write as _;

use super::{Apache, pages};
use crate::cli::proxy_config::app::App;
use crate::cli::proxy_config::indent;
use crate::cli::proxy_config::names::{FORWARDED, METHODS, folded};
use crate::cli::proxy_config::reach::Reach;
use crate::cli::proxy_config::web::{Door, PlainPath};
use crate::config::Config;

/// Every virtual host. The first is whoever comes by a name that no other has.
pub(super) fn all(options: &Apache, config: &Config, reach: &Reach) -> String {
    let url = &config.top.public_url;
    let doors = options.doors(config);
    let door = |comment: &str, name: &str, lines: &str| {
        let addresses: Vec<String> = doors.iter().map(|door| door.words("*")).collect();
        let tls = tls(options);
        host(comment, &addresses, &format!("ServerName {name}\n{tls}\n{lines}"))
    };
    let gate = gate(config);
    let shares = !url.path().is_empty();
    let pages_here = if shares { pages::under_a_path(config, reach) + "\n" } else { String::new() };
    let app = format!("{gate}\n{pages_here}{}", application(options));
    let name = options.app_host(config).unwrap_or("application.invalid");
    let comment = match options.app_host(config) {
        Some(_) => "# The application's host.",
        None => "# The application's host. EDIT: its name, below.",
    };
    let mut hosts = Vec::new();
    if options.app_host(config).is_some() {
        // What is read before `Host` is read comes from the first virtual host.
        let lines = format!("{READING}{NOBODY}");
        hosts.push(door("# Other hosts than those below are nobody's.", "nobody.invalid", &lines));
    }
    hosts.push(door(comment, name, &app));
    if !shares {
        let lines = format!("{gate}\n{}", pages::on_their_own(reach));
        hosts.push(door("# Our pages, on a host of their own.", url.host(), &lines));
    }
    hosts.extend(to_https(options, &doors));
    hosts.join("\n")
}

const NOBODY: &str = "\nRewriteEngine On\nRewriteRule \"^\" \"-\" [R=421,L]\n";

fn host(comment: &str, addresses: &[String], lines: &str) -> String {
    format!("{comment}\n<VirtualHost {}>\n{}</VirtualHost>\n", addresses.join(" "), indent(lines, 2))
}

/// Plain http is sent to https where that is at its usual port.
fn to_https(options: &Apache, doors: &[Door]) -> Option<String> {
    options.tls_cert.as_ref()?;
    let plain: Vec<String> = doors.iter().filter_map(|door| door.plain()).map(|door| door.words("*")).collect();
    let lines = "RewriteEngine On\nRewriteRule \"^\" \"https://%{SERVER_NAME}%{REQUEST_URI}\" [R=301,L,NE]\n";
    (!plain.is_empty()).then(|| host("# Plain http is sent to https, and nothing else is done there.", &plain, lines))
}

fn tls(options: &Apache) -> String {
    let (Some(cert), Some(key)) = (&options.tls_cert, &options.tls_key) else { return String::new() };
    let (cert, key) = (PlainPath::as_str(cert), PlainPath::as_str(key));
    format!(
        "SSLEngine On\nSSLCertificateFile \"{cert}\"\nSSLCertificateKeyFile \"{key}\"\n\
         SSLProtocol -all +TLSv1.2 +TLSv1.3\nProtocols h2 http/1.1\n"
    )
}

/// What holds for whoever is behind this host.
fn gate(config: &Config) -> String {
    let mut out = READING.to_owned();
    out.push_str(&REFUSALS.replace("{folded}", &folded(config)));
    out.push_str(
        "\n# Only we say who somebody is. Each name is deleted before anything else happens (that is what `early` means), and the\n\
         # script sets what we answered. So are headers by which some frameworks route or trust or make a POST a DELETE, and\n\
         # the one by which Vestibule is asked for its reasons.\n",
    );
    let scheme = if config.top.public_url.is_https() { "https" } else { "http" };
    let mut unset = |name: &str| _ = writeln!(out, "RequestHeader unset {name} early");
    config.identity_header_names().iter().for_each(|name| unset(name));
    FORWARDED.into_iter().chain(METHODS).chain(MORE).for_each(unset);
    let _ = writeln!(
        out,
        "# Apache adds X-Forwarded-For and X-Forwarded-Host itself. public_url is {scheme}.\n\
         RequestHeader set X-Forwarded-Proto {scheme} early\n\
         RequestHeader set X-Real-IP \"expr=%{{REMOTE_ADDR}}\""
    );
    out
}

const READING: &str = "\
# One reading of every request.
HttpProtocolOptions Strict LenientMethods Require1.0
TraceEnable Off
ProxyRequests Off
ProxyPreserveHost On
UseCanonicalName Off
# `%2f` in a path is neither decoded nor hidden from us: we decide, by [paths].
AllowEncodedSlashes NoDecode
# Room for large cookies. The largest upload: raise it for an application that takes larger ones. Who sends slowly is not
# waited for.
LimitRequestLine 32768
LimitRequestFieldSize 32768
LimitRequestBody 10485760
RequestReadTimeout header=15-30,MinRate=500 body=30,MinRate=500
";

/// What is refused before anybody is asked, with `{folded}` for the names that are one of ours.
pub(in crate::cli) const REFUSALS: &str = "
# Refused before anybody is asked, with 400:
RewriteEngine On
# - what is no path; dot segments, backslashes and zero bytes, encoded ones too; `#`, which no browser sends;
RewriteCond \"%{THE_REQUEST}\" \"^\\S+ ([^/]|[^? ]*(\\x5c|%5c|%00|(/|%2f)(\\.|%2e)(\\.|%2e)?(/|%2f|[? ]|$)))\" [NC,OR]
RewriteCond \"%{THE_REQUEST}\" \"#\" [OR]
# - a Connection header that names more than the connection: Apache would drop what it names, also what we have set;
RewriteCond \"%{HTTP:Connection}\" \"!^([, \\t]|close|keep-alive|upgrade|te|http2-settings)*$\" [NC,OR]
# - a name that PHP, CGI or WSGI would read as one of ours: `X_Authgear_User_Id`. (What Apache can only delete by its one
#   spelling is deleted below.)
RewriteCond \"%{ENV:vestibule_forged}\" \"=1\"
RewriteRule \"^\" \"-\" [R=400,L]
SetEnvIfNoCase \"{folded}\" \".+\" vestibule_forged=1
";

const MORE: [&str; 4] = ["X-Vestibule-Trace", "X-Envoy-Auth-Headers-To-Remove", "HTTP2-Settings", "Proxy-Connection"];

/// The question, and the way to the application.
fn application(options: &Apache) -> String {
    let (app, before) = match &options.app {
        None => ("http://127.0.0.1:9".to_owned(), "# EDIT: the application's address.\n"),
        Some(app) => (place(app), certificate(app)),
    };
    format!(
        "# Everything that does not go to our pages is asked about, and fails closed. BEWARE: `Satisfy Any` or a `<Location>`\n\
         # with a LuaHookAccessChecker of its own takes this out.\n\
         <Location \"/\">\n  LuaHookAccessChecker \"{}\" check\n  Require all granted\n</Location>\n\
         # `nocanon`: the application gets the path that we have judged, byte for byte. Only a WebSocket may upgrade.\n\
         {before}ProxyPass \"/\" \"{app}/\" nocanon upgrade=websocket retry=0 connectiontimeout=5 timeout=60\n",
        options.lua_file.as_str()
    )
}

fn place(app: &App) -> String {
    match app.address.strip_prefix("unix:") {
        Some(path) => format!("unix:{path}|http://localhost"),
        None => format!("{}://{}", app.scheme, app.address),
    }
}

fn certificate(app: &App) -> &'static str {
    if app.scheme != "https" {
        return "";
    }
    "SSLProxyEngine On\nSSLProxyVerify require\nSSLProxyCheckPeerName On\n\
     SSLProxyCACertificateFile \"/etc/ssl/certs/ca-certificates.crt\"\n"
}
