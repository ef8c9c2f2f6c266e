//! The question whether a request may pass, and what is made of the answer. `forward_auth` is a short form of this, and
//! is not used: in some versions it leaves the application a header of the client's where the answer has none (see
//! docs/proxies/caddy.md).

use std::fmt::Write as _;

use super::{said, upstream};
use crate::cli::proxy_config::indent;
use crate::cli::proxy_config::reach::Reach;
use crate::config::Config;

/// The lines that ask, and those that take our cookies out.
pub(super) fn all(config: &Config, resolver: &Reach) -> String {
    let mut copied = String::new();
    for (index, name) in config.identity_header_names().iter().enumerate() {
        let name = canonical(name);
        let value = format!("{{http.reverse_proxy.header.{name}}}");
        let _ = writeln!(
            copied,
            "@says_{index} vars_regexp says_{index} {value} ^[^<]\nrequest_header @says_{index} {name} {value}"
        );
    }
    let cookies = config.cookie_names();
    let cookies = cookies.all().join("|");
    let answers = ANSWERS.replace("{copied}", &indent(&copied, 2));
    let inner = format!("{QUESTION}{}{TRANSPORT}{answers}", said(config));
    format!(
        "\n# 5. Everything else is the application's, and Vestibule is asked about each request. Beside GET, the words are what\n\
         # forward_auth says too.\nreverse_proxy {} {{\n{}}}\n{}",
        upstream(resolver),
        indent(&inner, 2),
        COOKIES.replace("{cookies}", &cookies)
    )
}

/// As Caddy writes the names of an answer's headers.
fn canonical(name: &str) -> String {
    let mut is_first = true;
    name.chars()
        .map(|c| {
            let c = if is_first { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
            is_first = c == '-';
            c
        })
        .collect()
}

const QUESTION: &str = "\
method GET
rewrite /_resolver/forward/forwarded?
header_up X-Forwarded-Method {http.request.method}
header_up X-Forwarded-Uri {http.request.uri}
header_up -Connection
header_up -Upgrade
header_up -Expect
header_up -Range
header_up -If-*
header_up -Content-*
header_up -Accept-Encoding
";

const TRANSPORT: &str = "\
# Who answers late has not answered.
transport http {
  dial_timeout 500ms
  response_header_timeout 1500ms
  compression off
  keepalive 60s
  keepalive_idle_conns_per_host 64
}
";

const ANSWERS: &str = r#"# 200 without a body is the one answer with which somebody passes. What it does not say is not set: 2.6 would set the
# placeholder's own text, or `<nil>`.
@passes {
  status 200
  header Content-Length 0
}
handle_response @passes {
{copied}}
# A refusal: the client is told these lines of it, and no others.
@refusal status 302 400 401 403 429
handle_response @refusal {
  copy_response_headers {
    include Location WWW-Authenticate Retry-After Cache-Control
  }
  respond "" {http.reverse_proxy.status_code}
}
# BEWARE: an answer that no line takes would be the client's, and without this one that is any.
handle_response {
  respond 503
}
"#;

const COOKIES: &str = r"
# Our cookies are for us alone. (`$none` names no group: it stands for nothing, which 2.6 does not take as a word.)
request_header Cookie `(^|;)[ \t]*({cookies})[ \t]*=[^;]*` $none
request_header Cookie `^[; \t]+` $none
@no_cookie not header_regexp no_cookie Cookie .
request_header @no_cookie -Cookie
";
