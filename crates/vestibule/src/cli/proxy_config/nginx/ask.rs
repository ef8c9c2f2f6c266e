//! What nginx asks Vestibule, where it asks, and what becomes of the answer.

use std::fmt::Write as _;

use super::Nginx;
use super::server::variables;
use crate::cli::proxy_config::indent;
use crate::config::Config;

/// A question to Vestibule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Ask {
    /// May this request pass? The rules decide, before the application hears of it.
    Check,
    /// Who is it? Nobody is refused: the application decides.
    Resolve,
}

impl Ask {
    /// Whoever has written rules wants them to hold.
    pub(super) fn usual(config: &Config) -> Self {
        if config.has_rules() { Self::Check } else { Self::Resolve }
    }

    /// What the head of a printed file says of it.
    pub(super) fn told(self, config: &Config) -> &'static str {
        match (self, Self::usual(config)) {
            (Self::Check, _) => {
                "# It asks whether a request may pass: the rules of vestibule.toml decide. With `--ask resolve` nobody is refused.\n"
            }
            (Self::Resolve, Self::Resolve) => {
                "# It asks who somebody is and refuses nobody: the application decides. With `--ask check`, which is printed anyway\n\
                 # once vestibule.toml has rules, those decide.\n"
            }
            (Self::Resolve, Self::Check) => {
                "# It asks who somebody is and refuses nobody. BEWARE: vestibule.toml has rules, and nobody asks for them here.\n"
            }
        }
    }
}

/// What else is taken from the answer, besides who it is: each with nginx's name for it.
pub(super) fn taken(ask: Ask, config: &Config) -> Vec<(&'static str, &'static str)> {
    let mut taken = vec![("$vestibule_said", "$upstream_status"), ("$vestibule_length", UPSTREAM_LENGTH)];
    if ask == Ask::Check {
        taken.push(("$vestibule_challenge", "$upstream_http_www_authenticate"));
        taken.extend(config.trace.is_some().then_some(("$vestibule_trace", "$upstream_http_x_vestibule_trace")));
    }
    taken
}

const UPSTREAM_LENGTH: &str = "$upstream_http_content_length";

/// The maps that read the answer.
pub(super) fn maps(ask: Ask, config: &Config) -> String {
    let mut out = String::from(YES);
    if config.resolver.cache_for.is_some() && ask == Ask::Resolve {
        out.push_str("  \" 0\" vestibule_app; # from the cache\n");
    }
    out.push_str("}\n");
    if ask == Ask::Check {
        out.push_str(LACKING);
    }
    out
}

const YES: &str = "\
# Only this is a yes: 200 and nothing behind it. nginx would take every 2xx for one, and what is no HTTP at all.
map \"$vestibule_said $vestibule_length\" $vestibule_way {
  volatile;
  default vestibule_nobody;
  \"~^(.* )?200 0$\" vestibule_app;
";

const LACKING: &str = "\
# nginx hands on the challenge of a 401 by itself, but not that of a 403, which says what a token lacks.
map $vestibule_said $vestibule_lacks { volatile; default \"\"; \"~^(.* )?403$\" $vestibule_challenge; }
";

/// What makes a whole server ask; nothing where a location asks for itself.
pub(super) fn everywhere(ask: Ask, config: &Config) -> String {
    if ask == Ask::Resolve {
        return String::new();
    }
    let traced = "add_header X-Vestibule-Trace $vestibule_trace always;\n";
    format!("\n{EVERYWHERE}{}", if config.trace.is_some() { traced } else { "" })
}

const EVERYWHERE: &str = "\
# Every location of this server is asked about, and passes only whom the rules let pass. What needs nobody belongs into
# the rules too (`allow = \"anyone\"`), rather than into a location with `auth_request off`: what nginx thinks is
# public, and what the application thinks is, can differ.
auth_request /_vestibule;
error_page 401 = @vestibule_refused;
add_header WWW-Authenticate $vestibule_lacks always;
";

/// The inner locations.
pub(super) fn locations(options: &Nginx, config: &Config) -> String {
    match options.asks(config) {
        Ask::Resolve => location(&format!("= {QUESTION}"), RESOLVE, "resolve", &(common(config) + &cache(config))),
        Ask::Check => {
            let question = question(options, config);
            let check = question.clone() + &common(config) + NO_CACHE;
            let refused = format!("{question}{NAVIGATION}{}{NO_CACHE}{}", common(config), hidden(config));
            format!(
                "{}\n{}",
                location(&format!("= {QUESTION}"), CHECK, "check/nginx", &check),
                location("@vestibule_refused", REFUSED, "", &refused)
            )
        }
    }
}

fn location(matching: &str, (comment, begins): (&str, &str), door: &str, lines: &str) -> String {
    let inside = indent(&format!("{}{ALLOWED}{lines}", begins.replace("{door}", door)), 2);
    format!("{comment}location {matching} {{\n{inside}}}\n")
}

/// Where nginx asks; in the text below, too.
pub(super) const QUESTION: &str = "/_vestibule";

const RESOLVE: (&str, &str) = (
    "\
# Asks who it is. Only nginx itself comes in here. Nothing of the client's request is passed on but what is named, over
# connections that are kept. No answer in time, or any but 200, and nobody gets to the application.
",
    INSIDE,
);

const CHECK: (&str, &str) = (
    "\
# Asks whether it may pass. Only nginx itself comes in here. Nothing of the client's request is passed on but what is
# named, over connections that are kept. No answer in time, or any but 200, and nobody gets to the application.
",
    INSIDE,
);

const INSIDE: &str = "\
internal;
auth_request off;
proxy_pass http://vestibule_resolver/_resolver/{door};
";

const REFUSED: (&str, &str) = (
    "\
# Somebody must sign in, or prove anew who they are. A browser that shows a page is sent to the sign-in page, which leads
# back to what was asked for; Vestibule writes that address, since nginx cannot encode one. What a script, an image, a
# WebSocket or a program had asked for is answered 401.
",
    "\
auth_request off;
# What is no GET is no page. And what nginx refused by itself is not ours to explain.
if ($request_method != GET) { return 401; }
if ($vestibule_said !~ \"401$\") { return 401; }
rewrite ^ /_resolver/forward/nginx? break;
proxy_pass http://vestibule_resolver;
proxy_redirect off;
",
);

const ALLOWED: &str = "\
proxy_http_version 1.1;
proxy_pass_request_body    off;
proxy_pass_request_headers off;
proxy_set_header Host           vestibule;
proxy_set_header Connection     \"\";
proxy_set_header Content-Length \"\";
proxy_set_header Cookie         $http_cookie;
proxy_set_header Authorization  $http_authorization;
";

/// What is asked about.
fn question(options: &Nginx, config: &Config) -> String {
    // Without a certificate nginx cannot know that browsers come by https to a proxy before it.
    let is_hidden = config.top.public_url.is_https() && options.tls_cert.is_none() && options.snippet.is_none();
    let scheme = if is_hidden { "https" } else { "$scheme" };
    let mut out = format!(
        "# What is asked about: as it came, never as nginx or the client would have it.\n\
         proxy_set_header X-Original-Method $request_method;\n\
         proxy_set_header X-Original-URL    {scheme}://$vestibule_host$request_uri;\n\
         proxy_set_header X-Forwarded-For   $remote_addr;\n"
    );
    if config.trace.is_some() {
        out.push_str(
            "# [resolver] trace_secret: whoever knows it is told why.\n\
             proxy_set_header X-Vestibule-Trace $http_x_vestibule_trace;\n",
        );
    }
    out
}

const NAVIGATION: &str = "\
# By these Vestibule knows a browser that shows a page.
proxy_set_header Sec-Fetch-Mode    $http_sec_fetch_mode;
proxy_set_header Sec-Fetch-Dest    $http_sec_fetch_dest;
proxy_set_header Accept            $http_accept;
proxy_set_header X-Requested-With  $http_x_requested_with;
proxy_set_header Upgrade           $vestibule_upgrade;
";

/// Patience and room, and what must not reach in from further out.
fn common(config: &Config) -> String {
    // The head of an answer fits into 4,000 bytes, or with headers of the operator's or an assertion into 12,000.
    let size = if config.identity_headers().are_long() { 16 } else { 8 };
    let twice = 2 * size;
    format!("proxy_buffer_size {size}k; proxy_buffers 4 {size}k; proxy_busy_buffers_size {twice}k;\n{PATIENCE}")
}

const PATIENCE: &str = "\
proxy_connect_timeout 1s; proxy_send_timeout 2s; proxy_read_timeout 2s;
# What a block further out has set must not reach in here: with a cache that keeps what we forbid to keep, everybody
# would be the first who came; with an error_page that answers 200, everybody would get in while nobody can be asked.
proxy_method GET; proxy_set_body \"\"; proxy_store off; proxy_intercept_errors off; error_page 599 /_vestibule;
proxy_ignore_headers X-Accel-Redirect X-Accel-Expires;
";

fn cache(config: &Config) -> String {
    match config.resolver.cache_for {
        None => NO_CACHE.to_owned(),
        Some(_) => format!(
            "# [resolver] cache_for: a valid answer is reused for so long, and so is one that was revoked meanwhile.\n\
             # Only answers that say so are kept; there must be no proxy_cache_valid here.\n\
             proxy_cache vestibule; proxy_cache_key \"$cookie_{}|$http_authorization\"; proxy_cache_use_stale off;\n",
            config.cookie_names().session()
        ),
    }
}

const NO_CACHE: &str = "proxy_cache off;\n";

/// What the browser is not told: the challenge twice, and who it is, should that have changed since the first question.
fn hidden(config: &Config) -> String {
    let mut out =
        String::from("# nginx has these from the first question; and who somebody is is for the application.\n");
    let traced = config.trace.is_some().then_some("X-Vestibule-Trace");
    for name in std::iter::once("WWW-Authenticate").chain(traced) {
        let _ = writeln!(out, "proxy_hide_header {name};");
    }
    for (name, _) in variables(config) {
        let _ = writeln!(out, "proxy_hide_header {name};");
    }
    out
}
