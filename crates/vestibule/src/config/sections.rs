//! The settings, section by section. The doc comments are the reference in `docs/configuration.md`.

use vestibule_gate::claims::CookiePrefix;
use vestibule_gate::grant::return_to::AllowedOrigin;
use vestibule_gate::verdict::HeaderPrefix;

use super::appearance::{Accent, LogFormat, LogLevel};
use super::duration::Duration;
use super::network::Network;
use super::public_url::PublicUrl;
use super::raw::Raw;
use super::section::section;
use crate::listen::ListenAddress;

fn text(text: &str) -> Raw {
    Raw::Text(text.to_owned())
}

fn list(items: &[&str]) -> Raw {
    Raw::List(items.iter().map(|item| (*item).to_owned()).collect())
}

section! {
    /// The top of the file.
    Top in "" {
        /// Where people reach the pages. It may carry a path, where Vestibule shares a host name with applications; the proxy passes the path on unchanged.
        public_url: PublicUrl = text("http://localhost:8480"),
        /// The folder of the database and the control socket. Made with mode 0700. A relative path starts at the file's own folder.
        data_dir: String = text("vestibule-data"),
    }
}

section! {
    /// Where Vestibule listens. Each is a list; `unix:/path?mode=0660&group=www-data` lets nginx's worker in.
    Listen in "listen" {
        /// The pages.
        public: Vec<ListenAddress> = list(&["127.0.0.1:8480"]),
        /// The resolver: for proxies only. Never let the internet reach it.
        resolver: Vec<ListenAddress> = list(&["127.0.0.1:8481"]),
        /// Health and metrics.
        ops: Vec<ListenAddress> = list(&["127.0.0.1:8482"]),
    }
}

section! {
    /// The headers that applications read.
    Headers in "headers" {
        /// What stands before each name. Print the proxy's configuration anew after a change.
        prefix: HeaderPrefix = text(HeaderPrefix::default().as_str()),
    }
}

section! {
    /// How long people stay signed in, and the cookie that says so.
    Session in "session" {
        /// From sign-in to the end, used or not. The absolute limit always wins.
        lifetime: Duration = text("52w"),
        /// From the last use to the end. At least 2s, at most `lifetime`; with a shorter `lifetime` and this not set, `lifetime` holds.
        idle_timeout: Duration = text("30d"),
        /// What stands before each cookie name. Print the proxy's configuration anew after a change.
        cookie_prefix: CookiePrefix = text(""),
        /// The domain whose hosts all get the cookie, such as `example.com`. Not set: only `public_url`'s own host does.
        cookie_domain: Option<String> = Raw::Absent,
        /// Whether the browser forgets the cookie when it is closed.
        use_session_cookie: bool = Raw::Switch(false),
    }
}

section! {
    /// How the resolver answers, and what it lets a proxy keep.
    Resolver in "resolver" {
        /// How long a proxy may reuse a valid answer. **Gives up instant revocation for that long**; not set: no answer may be kept.
        cache_for: Option<Duration> = Raw::Absent,
        /// The full name of the cookie in the proxy's cache key; needed with `cache_for` and a cookie prefix.
        cache_key_cookie: Option<String> = Raw::Absent,
        /// Threads that answer, 1 to 64. Not set: half of the processors, at most 8; one keeps up with several nginx workers.
        threads: Option<u32> = Raw::Absent,
    }
}

section! {
    /// The live table.
    Cache in "cache" {
        /// Sessions held in memory, about 250 bytes each. 1000 to 1000000000.
        sessions: u32 = Raw::Number(1_000_000),
    }
}

section! {
    /// Who may say where a request came from.
    Proxies in "proxies" {
        /// Addresses and networks whose `X-Forwarded-For` is believed. Unix sockets are trusted; loopback is not special.
        trusted: Vec<Network> = list(&[]),
    }
}

section! {
    /// Opening accounts.
    Signup in "signup" {
        /// Whether people may open accounts themselves.
        enabled: bool = Raw::Switch(false),
    }
}

section! {
    /// Guests.
    Anonymous in "anonymous" {
        /// Whether the sign-in page offers to continue as a guest.
        enabled: bool = Raw::Switch(false),
        /// A guest who is not seen for this long is deleted.
        purge_after: Duration = text("30d"),
    }
}

section! {
    /// Where people go after signing in.
    Login in "login" {
        /// Origins, besides `public_url`'s, that `return_to` may lead to.
        return_to: Vec<AllowedOrigin> = list(&[]),
        /// Where to go when nothing else was asked for, and where `/` leads who is signed in; a path or a URL. Not set: the
        /// account page.
        default_url: Option<String> = Raw::Absent,
    }
}

section! {
    /// What a password must be, and what hashing one costs (Argon2id; the defaults are OWASP's).
    Password in "password" {
        /// The least strength of a new password by zxcvbn, 0 to 4; also of one that an operator sets.
        min_score: u32 = Raw::Number(2),
        /// Memory a hash, in KiB. 64 to 1048576.
        memory_kib: u32 = Raw::Number(19_456),
        /// Passes. 1 to 64.
        iterations: u32 = Raw::Number(2),
        /// Lanes. 1 to 64.
        parallelism: u32 = Raw::Number(1),
        /// Threads that hash, with low priority. 1 to 64.
        threads: u32 = Raw::Number(1),
        /// Hashes that may wait; one more is told to come back. 1 to 10000.
        queue: u32 = Raw::Number(64),
    }
}

section! {
    /// How much may be tried in a window before somebody has to wait. IPv6 addresses count by /64.
    Limits in "limits" {
        /// The window of the sign-in limits.
        sign_in_window: Duration = text("15m"),
        /// Failed sign-ins to one account, from browsers that have not signed in to it before. 1 to 1000000.
        sign_in_per_account: u32 = Raw::Number(10),
        /// Failed sign-ins to one account from one browser that has. 1 to 1000000.
        sign_in_per_device: u32 = Raw::Number(10),
        /// Failed sign-ins from one address. 1 to 1000000.
        sign_in_per_address: u32 = Raw::Number(60),
        /// Wrong current passwords of one signed-in user. 1 to 1000000.
        confirm_per_user: u32 = Raw::Number(10),
        /// The window of the limits on new accounts.
        sign_up_window: Duration = text("1h"),
        /// Attempts at new accounts from one address. 1 to 1000000.
        sign_up_per_address: u32 = Raw::Number(20),
        /// New guests from one address. 1 to 1000000.
        guest_per_address: u32 = Raw::Number(20),
    }
}

section! {
    /// How the pages look.
    Brand in "brand" {
        /// The product's name, in titles and headings. 1 to 60 characters.
        name: String = text("Vestibule"),
        /// A logo: a PNG, SVG, JPEG or WebP file of at most 1 MiB. A relative path starts at the file's own folder.
        logo: Option<String> = Raw::Absent,
        /// The accent colour. Text on it, and its variant for dark pages, are derived so that they can be read.
        accent: Accent = text("#2b5fd9"),
    }
}

section! {
    /// What is logged.
    Log in "log" {
        /// The least important kind of line that is logged.
        level: LogLevel = text("info"),
        /// `auto` is `human` on a terminal and `json` elsewhere.
        format: LogFormat = text("auto"),
    }
}
