//! Why a request that a proxy describes is not read: a variant a cause, in words for the operator's log and for
//! `vestibule explain`. A client is told nothing of them: 400 on forward, 403 on check.

use super::policies::Line;

/// There is no one reading of what was asked, so nobody may have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unreadable {
    /// A header that the dialect needs is not there.
    #[error("the proxy sent no `{0}`: this door reads it and nothing in its place")]
    Missing(&'static str),
    /// A header that the dialect needs is there twice: two programs take different ones.
    #[error("`{0}` came more than once: the proxy must replace a client's, not add to it")]
    Repeated(&'static str),
    /// More than [`super::MAX_BYTES`].
    #[error("`{0}` is longer than 16 KiB")]
    TooLong(&'static str),
    /// `X-Original-URL` is no absolute URL.
    #[error("`X-Original-URL` is not `scheme://host/path`: write `$scheme://$host$request_uri` in nginx")]
    NotAbsolute,
    /// Not a token of upper-case letters, digits and marks.
    #[error("the method is not a word of up to 32 upper-case letters: some applications would read `get` as `GET`")]
    Method,
    /// Neither http nor https.
    #[error("the scheme is neither `http` nor `https`")]
    Scheme,
    /// No host at all.
    #[error("the host is empty")]
    NoHost,
    /// Several hosts, such as Envoy makes of two `Host` headers.
    #[error("the host is a list: a client sent two of them")]
    HostList,
    /// `somebody@host`.
    #[error("the host has user-info (`@`)")]
    UserInfo,
    /// Not a number from 1 to 65535 without leading zeros.
    #[error("the host's port is not a number from 1 to 65535")]
    Port,
    /// Neither a name of letters, digits, `-` and `_`, nor an address in its one spelling.
    #[error("the host is neither a name of letters, digits, `-`, `_` and `.` nor an IP address in its usual form")]
    HostName,
    /// `*`, an absolute URL, or nothing.
    #[error("the path does not start with `/`")]
    NotAPath,
    /// More than [`super::path::MAX_BYTES`].
    #[error("the path is longer than 8 KiB")]
    PathTooLong,
    /// `.` or `..`, in any spelling that some program would read so.
    #[error("the path has a segment `.` or `..`, in this or another reading")]
    DotSegment,
    /// `//` at the beginning: many programs read a host there.
    #[error("the path begins with `//`, in this or another reading: some applications would read a host there")]
    LeadingSlashes,
    /// `\` or `%5c`.
    #[error("the path has `\\` or `%5c`, which is a `/` for some applications")]
    Backslash,
    /// A control byte, raw or encoded (`%00`, `%0a`), or a space.
    #[error("the path has a control character or a space; `%00` to `%1f` and `%7f` count, too")]
    Control,
    /// A raw byte above 0x7e.
    #[error("the path has a byte that is not ASCII: it must come percent-encoded")]
    NotAscii,
    /// `%` without two hexadecimal digits.
    #[error("the path has a `%` without two hexadecimal digits")]
    BadPercent,
    /// `#`, anywhere (ATK12).
    #[error("there is a `#` in the path or the query: no browser sends one, and programs cut there or do not")]
    Fragment,
    /// One of the lines that `[paths]` can relax.
    #[error("the path has {0}; `[paths]` can allow it for this host (`allow = [\"{name}\"]`)", name = .0.as_str())]
    Line(Line),
    /// More ways to read it than anybody would look at.
    #[error("the path can be read in more than {max} ways", max = super::readings::MAX)]
    TooManyReadings,
    /// The query has control bytes or is not UTF-8.
    #[error("the query has a control byte, a space or bytes that are not UTF-8")]
    Query,
}
