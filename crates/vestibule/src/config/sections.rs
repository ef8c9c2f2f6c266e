//! The settings, section by section. The doc comments are the reference in `docs/configuration.md`.

mod shared;

use vestibule_gate::claims::CookiePrefix;
use vestibule_gate::grant::return_to::AllowedOrigin;
use vestibule_gate::grant::{ClientId, ClientKind};
use vestibule_gate::token::jwt::SigningAlgorithm;
use vestibule_gate::verdict::HeaderPrefix;
use vestibule_ledger::settings::AssertionBind;

use super::appearance::{Accent, LogFormat, LogLevel};
use super::duration::{Duration, DurationOrNever};
use super::identity::{AssertionAlgorithm, ExtraHeaders};
use super::public_url::PublicUrl;
use super::raw::Raw;
use super::secret::Secret;
use super::section::section;
use crate::listen::ListenAddress;
use vestibule_gate::network::Network;

pub use shared::{Cluster, Store};

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
        /// A file with `[[rules]]` and `[paths."host"]`, in place of those in this file ([rules.md](rules.md)). Read again when it changes, and on SIGHUP; one that is not sound is refused, and the rules in force stay. A relative path starts at the file's own folder.
        rules: Option<String> = Raw::Absent,
        /// A file with rules that are tried: what they would refuse is logged, and passes. Read again as `rules` is.
        shadow_rules: Option<String> = Raw::Absent,
    }
}

section! {
    /// Where Vestibule listens. Each is a list; `unix:/path?mode=0660&group=www-data` lets nginx's worker in.
    Listen in "listen" {
        /// The pages.
        public: Vec<ListenAddress> = list(&["127.0.0.1:8480"]),
        /// The resolver: for proxies only. Never let the internet reach it.
        resolver: Vec<ListenAddress> = list(&["127.0.0.1:8481"]),
        /// Envoy's gRPC `ext_authz` (v3), for Envoy and what is made of it. Whoever asks must be a unix socket or in `[proxies] trusted`; everybody else is denied. Never let the internet reach it.
        ext_authz: Vec<ListenAddress> = list(&[]),
        /// Health and metrics.
        ops: Vec<ListenAddress> = list(&["127.0.0.1:8482"]),
    }
}

section! {
    /// The headers that applications read. All of it takes a restart, and the proxy's configuration printed anew: what a
    /// proxy does not set or delete, a client can send.
    Headers in "headers" {
        /// What stands before each name. Takes a restart; print the proxy's configuration anew after a change.
        prefix: HeaderPrefix = text(HeaderPrefix::default().as_str()),
        /// Whether each answer carries a signed statement of who it is, which an application can check by itself: `assertion` behind the prefix. See [assertion.md](assertion.md). Takes a restart; print the proxy's configuration anew after a change.
        assertion: bool = Raw::Switch(false),
        /// Who is to believe an assertion that the resolve door gives: its `aud`, such as `app.example.com`. Needed with `assertion`. The doors that know what host is asked for say that host.
        assertion_audience: Option<String> = Raw::Absent,
        /// How assertions are signed: `ES256`, which every library checks, or `EdDSA`. The key is one of its own unless `[keys] algorithm` is the same, is replaced like the others, and is published with them.
        assertion_algorithm: AssertionAlgorithm = text("ES256"),
        /// What an assertion speaks of. `session`: the session, for some minutes. `request`: one request, by its method and path; the doors that know them sign each time, and the resolve door, which does not, gives none.
        assertion_bind: AssertionBind = text("session"),
        /// Headers under further names, for applications that expect them: what each says is one of `user.id`, `user.email`, `user.name`, `user.roles`, `user.anonymous`, `user.verified`, `session.amr`, `session.acr`, `session.authenticated_at` and `oauth.client_id`. As a section of its own, `[headers.extra]`, with a line for each. See [remote-user.md](remote-user.md). Takes a restart; print the proxy's configuration anew after a change.
        extra: ExtraHeaders = Raw::Table(Vec::new()),
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
        /// Who sends this in `X-Vestibule-Trace` to a door that decides is told why, in a header of that name ([rules.md](rules.md#why-was-that)). At least 32 characters of ASCII without spaces, best from `openssl rand -hex 32`. Not set: nobody is.
        trace_secret: Option<Secret> = Raw::Absent,
        /// A file that holds the secret, instead of `trace_secret`. Read again on SIGHUP. A relative path starts at the file's own folder.
        trace_secret_file: Option<String> = Raw::Absent,
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
        /// The window of the sign-in limits. Nodes that share a PostgreSQL count together ([operations/across-nodes.md](operations/across-nodes.md)).
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
    /// What tokens are signed with. Keys are made at the first start and kept in the database.
    Keys in "keys" {
        /// How new keys sign: `RS256`, which every OpenID client reads, `ES256` or `EdDSA`. After a change a new key is published, and signs when `publish_before` is over.
        algorithm: SigningAlgorithm = text("RS256"),
        /// What private keys are encrypted with in the database and in backups. At least 32 characters, best from `openssl rand -base64 32`; keys that are there are encrypted at the next start. **Without it the server does not start again**: keep it where the backups are not. Not set: they are in the clear.
        secret: Option<Secret> = Raw::Absent,
        /// A file that holds the secret, instead of `secret`. A relative path starts at the file's own folder.
        secret_file: Option<String> = Raw::Absent,
        /// How long a new key is published before it signs, so that whoever keeps the published keys knows it by then. With several nodes longer where it is too short for the slowest of them ([operations/across-nodes.md](operations/across-nodes.md)).
        publish_before: Duration = text("1h"),
        /// How long a key is published that signs no more. Longer than any token lives.
        keep_for: Duration = text("1d"),
        /// How long a key signs before a new one is made. `0`: until `vestibule keys rotate`.
        rotate_every: DurationOrNever = text("90d"),
    }
}

section! {
    /// Tokens that people make for their scripts.
    ApiTokens in "api_tokens" {
        /// Whether people may make API tokens for themselves, on a page of their account. Operators always can: `vestibule token create`. Those that are there go on when it is turned off.
        enabled: bool = Raw::Switch(false),
    }
}

section! {
    /// An application that people sign in to, or a program that has tokens of its own.
    ClientTable in "clients[]" {
        /// What it sends as `client_id`. Always needed. A table for each client: what is declared here wins over `vestibule client`, which does not change it, and is deleted with its tokens when it is taken out.
        id: Option<ClientId> = Raw::Absent,
        /// What it is. `spa`: a page that holds tokens. `web`: a page that lives by the session cookie. `native`: an application on a device. `confidential`: a server of yours. `third-party`: somebody else's server; people are asked first. `machine`: a program that speaks for itself. Always needed.
        kind: Option<ClientKind> = Raw::Absent,
        /// What pages call it. Not set: its id.
        name: Option<String> = Raw::Absent,
        /// Where people may be sent after signing in, compared byte for byte. Every kind but `machine` needs one.
        redirect_uris: Vec<String> = list(&[]),
        /// Where people may be sent after signing out.
        post_logout_redirect_uris: Vec<String> = list(&[]),
        /// Scopes of its own, beside those that everybody may ask for.
        scopes: Vec<String> = list(&[]),
        /// Whether a confidential client may ask for everything that the person can do. Public ones always may, third parties and machines never.
        full_access: bool = Raw::Switch(false),
        /// Whether access tokens are JWTs, which others can read and check, and not opaque.
        jwt_access_tokens: bool = Raw::Switch(false),
        /// Whether it has to use PKCE. Only a confidential or third-party client can do without.
        pkce: bool = Raw::Switch(true),
        /// Whether every refresh gives a new refresh token. Not set: for public clients.
        rotate_refresh_tokens: Option<bool> = Raw::Absent,
        /// How long an access token lives. `1s` to `1d`.
        access_token_lifetime: Duration = text("30m"),
        /// How long a refresh token lives. Not set: as long as the session.
        refresh_token_lifetime: Option<Duration> = Raw::Absent,
        /// Its home page, for the page that asks for consent.
        client_uri: Option<String> = Raw::Absent,
        /// Its privacy policy, for that page.
        policy_uri: Option<String> = Raw::Absent,
        /// Its terms, for that page.
        tos_uri: Option<String> = Raw::Absent,
        /// A file with its secret: 32 to 1024 characters of ASCII without spaces; a line end behind them does not count. For confidential, third-party and machine clients, which need one. With another secret in it, the one before ends at the next reload. A relative path starts at the file's own folder.
        secret_file: Option<String> = Raw::Absent,
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
