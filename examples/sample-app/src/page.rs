//! The pages: plain HTML in strings, with everything that came from outside escaped.
//! The style stands in the page, so that the whole application is one small program.

use axum::http::HeaderName;
use axum::http::header;
use axum::response::Html;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::visitor::Visitor;

/// Where Vestibule's pages are, as the browser sees them.
pub(crate) struct Links {
    /// The sign-in page.
    pub(crate) sign_in: String,
    /// The sign-out page.
    pub(crate) sign_out: String,
    /// The account page.
    pub(crate) settings: String,
}

/// A page is different for everybody, so nobody may keep it.
type Page = ([(HeaderName, &'static str); 2], Html<String>);

/// The front page, for somebody or nobody.
pub(crate) fn home(visitor: Option<&Visitor>, links: &Links) -> Page {
    let Some(visitor) = visitor else {
        let body = format!(
            "<h1>You are not signed in</h1>\
             <p>This application has no login of its own. It reads who you are from request headers, and this \
             request carried none.</p>\
             <p><a class=\"button\" href=\"{}\">Sign in</a></p>\
             <p class=\"quiet\">Or try the <a href=\"/private\">private page</a>: it will say no.</p>{SPA}",
            sign_in(links, "/")
        );
        return page("You are not signed in", None, links, &body);
    };
    let who = if visitor.anonymous { "You are a guest" } else { "You are signed in" };
    let rows: String = visitor
        .headers
        .iter()
        .map(|(name, value)| format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), escaped(value)))
        .collect();
    let body = format!(
        "<h1>{who}</h1><p>The proxy says so: these are the identity headers of this very request.</p>\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Identity headers\"><table>\
         <thead><tr><th scope=\"col\">Header</th><th scope=\"col\">Value</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>\
         <p class=\"quiet\">Now look at the <a href=\"/private\">private page</a>, or at the \
         <a href=\"/admin\">one for administrators</a>.</p>{SPA}"
    );
    page(who, Some(visitor), links, &body)
}

const SPA: &str = "<p class=\"quiet\">The same with a token instead of a cookie: the <a href=\"/spa/\">single-page application</a>.</p>";

/// What only somebody sees.
pub(crate) fn private(visitor: &Visitor, links: &Links) -> Page {
    let body = format!(
        "<h1>The private page</h1><p>You may see this because you are somebody: the user \
         <code>{}</code>.</p>",
        escaped(&visitor.user_id)
    );
    page("The private page", Some(visitor), links, &body)
}

/// What only the role `admin` sees.
pub(crate) fn admin(visitor: &Visitor, links: &Links) -> Page {
    let body = format!(
        "<h1>The page for administrators</h1><p>You may see this because your roles are \
         <code>{}</code>.</p>",
        escaped(&visitor.roles.join(", "))
    );
    page("The page for administrators", Some(visitor), links, &body)
}

/// 401: nobody asks for what somebody may see.
pub(crate) fn sign_in_first(path: &str, links: &Links) -> Page {
    let body = format!(
        "<h1>Sign in first</h1><p>This page is for people who are signed in.</p>\
         <p><a class=\"button\" href=\"{}\">Sign in</a></p>",
        sign_in(links, path)
    );
    page("Sign in first", None, links, &body)
}

/// 403: somebody asks for what they may not see.
pub(crate) fn not_for_you(visitor: &Visitor, links: &Links) -> Page {
    let body = "<h1>Not for you</h1><p>This page is for people with the role <code>admin</code>.</p>";
    page("Not for you", Some(visitor), links, body)
}

/// 404.
pub(crate) fn missing(visitor: Option<&Visitor>, links: &Links) -> Page {
    page("No such page", visitor, links, "<h1>No such page</h1><p><a href=\"/\">Back to the start</a></p>")
}

fn sign_in(links: &Links, back_to: &str) -> String {
    let back_to = utf8_percent_encode(back_to, NON_ALPHANUMERIC);
    format!("{}?return_to={back_to}", escaped(&links.sign_in))
}

fn page(title: &str, visitor: Option<&Visitor>, links: &Links, body: &str) -> Page {
    let navigation = match visitor {
        Some(_) => format!(
            "<a href=\"{}\">Your account</a> <a href=\"{}?return_to=%2F\">Sign out</a>",
            escaped(&links.settings),
            escaped(&links.sign_out)
        ),
        None => format!("<a href=\"{}\">Sign in</a>", sign_in(links, "/")),
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} - Sample application</title><style>{STYLE}</style></head><body>\
         <header><nav aria-label=\"Main\"><a class=\"name\" href=\"/\">Sample application</a>\
         <span>{navigation}</span></nav></header><main>{body}</main></body></html>\n"
    );
    ([(header::CACHE_CONTROL, "no-store"), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], Html(html))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// Of every page, and of the single-page application.
pub(crate) const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1d2733; --soft: #51606f; --paper: #f4f6f8; --card: #fff; --line: #d5dce3; --accent: #0b6b57; --on: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #e8edf2; --soft: #a9b6c3; --paper: #12181e; --card: #1b242d; --line: #33404c; --accent: #5fd0b3; --on: #06231b } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
header { background: var(--card); border-bottom: 1px solid var(--line) }
nav, main { max-width: 46rem; margin: 0 auto; padding: 1rem }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; justify-content: space-between }
nav span { display: flex; gap: 1.25rem }
.name { font-weight: 700; color: inherit; text-decoration: none }
main { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; margin-top: 2rem; padding: 1rem 2rem 2rem }
a { color: var(--accent); text-underline-offset: .2em }
a:focus-visible, button:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
.button { font: inherit; border: 0; cursor: pointer; display: inline-block; background: var(--accent); color: var(--on); padding: .6rem 1.4rem; border-radius: .5rem; text-decoration: none; font-weight: 600 }
.quiet { color: var(--soft) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); font-family: ui-monospace, monospace; font-weight: 400; overflow-wrap: anywhere }
thead th { color: var(--soft); font-family: inherit; font-weight: 600 }
tbody th { color: var(--soft); white-space: nowrap }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
@media (max-width: 34rem) { main { padding: .5rem 1.1rem 1.5rem; margin: 1rem } }
";

#[cfg(test)]
mod tests {
    use super::{Links, home, sign_in_first};
    use crate::visitor::Visitor;

    fn links() -> Links {
        Links { sign_in: "/auth/login".into(), sign_out: "/auth/logout".into(), settings: "/auth/settings".into() }
    }

    #[test]
    fn what_came_from_outside_is_escaped() {
        let visitor = Visitor {
            user_id: "id".into(),
            anonymous: false,
            roles: vec![],
            headers: vec![("x-test".into(), "<script>alert('1')</script>".into())],
        };
        let (_, html) = home(Some(&visitor), &links());
        assert!(html.0.contains("&lt;script&gt;alert(&#39;1&#39;)") && !html.0.contains("<script"));
    }

    #[test]
    fn the_way_back_is_one_parameter() {
        let (_, html) = sign_in_first("/private&x=\"><b>", &links());
        assert!(html.0.contains("return_to=%2Fprivate%26x%3D%22%3E%3Cb%3E\""));
    }
}
