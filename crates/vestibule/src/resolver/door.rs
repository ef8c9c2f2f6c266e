//! The paths of the resolver's listener: which door a request stands before, and what the path says of the question.

use vestibule_gate::original::Dialect;

use crate::wire::head::Head;

/// A door of the resolver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door<'b> {
    /// "Who is this?"
    Resolve,
    /// "May this request pass?"
    MayPass(Terms<'b>),
}

/// "May this request pass?", as the path asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms<'b> {
    /// Whether the proxy hands a refusal to the browser.
    pub manner: Manner,
    /// How the proxy describes the request.
    pub dialect: Dialect,
    /// What stands behind the door's own path: for Envoy the path and query that were asked for.
    pub rest: &'b [u8],
}

/// What becomes of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// The proxy looks at its status alone.
    Check,
    /// The proxy hands it to the browser.
    Forward,
}

impl<'b> Door<'b> {
    /// The door that a request stands before, whatever its query; `None` for another path.
    #[must_use]
    pub fn of(head: &Head<'_, 'b>) -> Option<Self> {
        match head.path()? {
            "/_resolver/resolve" | "/resolve" => Some(Self::Resolve),
            path => {
                let rest = path.strip_prefix("/_resolver/")?;
                let (manner, rest) = rest.split_once('/')?;
                let manner = match manner {
                    "check" => Manner::Check,
                    "forward" => Manner::Forward,
                    _ => return None,
                };
                let (dialect, rest) = match rest {
                    "nginx" => (Dialect::Nginx, &b""[..]),
                    "forwarded" => (Dialect::Forwarded, &b""[..]),
                    _ => (Dialect::Envoy, behind_the_door(head.target)?.as_bytes()),
                };
                Some(Self::MayPass(Terms { manner, dialect, rest }))
            }
        }
    }
}

/// Path and query behind Envoy's doors, as they arrived. Envoy asks with a path, never with a whole URL.
fn behind_the_door(target: &str) -> Option<&str> {
    let rest = target.strip_prefix("/_resolver/")?;
    let rest = rest.strip_prefix("check").or_else(|| rest.strip_prefix("forward"))?;
    rest.strip_prefix("/envoy").filter(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use vestibule_gate::original::Dialect;

    use super::{Door, Manner, Terms};
    use crate::wire::head::{Head, Slots};

    fn door(target: &str) -> Option<(Manner, Dialect, String)> {
        let request = format!("GET {target} HTTP/1.1\r\nHost: any\r\n\r\n");
        let mut slots = Slots::default();
        match Door::of(&Head::read(request.as_bytes(), &mut slots).unwrap().unwrap())? {
            Door::Resolve => panic!("{target}"),
            Door::MayPass(Terms { manner, dialect, rest }) => {
                Some((manner, dialect, String::from_utf8(rest.to_vec()).unwrap()))
            }
        }
    }

    #[test]
    fn the_path_names_the_manner_and_the_dialect() {
        let said = |manner, dialect, rest: &str| Some((manner, dialect, rest.to_owned()));
        assert_eq!(door("/_resolver/check/nginx"), said(Manner::Check, Dialect::Nginx, ""));
        // Caddy appends the original query.
        assert_eq!(door("/_resolver/forward/forwarded?a=/b"), said(Manner::Forward, Dialect::Forwarded, ""));
        assert_eq!(door("/_resolver/check/envoy/a//b?c#d"), said(Manner::Check, Dialect::Envoy, "/a//b?c#d"));
        assert_eq!(door("/_resolver/forward/envoy/"), said(Manner::Forward, Dialect::Envoy, "/"));
        for nobody in [
            "/_resolver/check",
            "/_resolver/check/",
            "/_resolver/check/nginx/",
            "/_resolver/Check/nginx",
            "/_resolver/check/envoy",
            "/_resolver/check/envoy?/a",
            "/_resolver/check/envoyx/a",
            "/_resolver//check/nginx",
            "http://any/_resolver/check/envoy/a",
            "/check/nginx",
        ] {
            assert_eq!(door(nobody), None, "{nobody}");
        }
    }
}
