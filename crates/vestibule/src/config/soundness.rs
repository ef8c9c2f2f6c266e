//! Settings that are well written each and cannot work together, or lie outside what works.

use std::net::SocketAddr;
use std::path::Path;

use vestibule_gate::claims::cacheable::{CacheKey, CacheKeyError};
use vestibule_gate::time::Span;
use vestibule_gate::verdict::IdentityHeaders;

use super::Config;
use super::raw::Origin;
use super::source::origin_of;
use crate::listen::ListenAddress;
use crate::listen::unix::MAX_PATH;

/// A place to say what is wrong: the key to change, and in what way.
type Say<'s> = &'s mut dyn FnMut(&str, String);

const LOGO_ENDINGS: [&str; 5] = ["png", "svg", "jpg", "jpeg", "webp"];
const MAX_LOGO: u64 = 1 << 20;
/// A node that is silent for longer than 30 seconds is waited for by nobody (`cluster::LIVE`): until then it must have
/// stopped believing its memory.
const MAX_STALENESS: Span = Span::from_seconds(20);
/// Others fetch all published keys, and look through them.
const MOST_KEYS: i64 = 8;
/// What `listen/unix.rs` needs beside the path itself: the dots and digits of its temporary name.
const MAX_SOCKET_PATH: usize = MAX_PATH - 10;

pub(super) fn check(config: &Config, say: Say<'_>) {
    ranges(config, say);
    folder(config, say);
    listeners(config, say);
    caching(config, say);
    cookie_domain(config, say);
    return_to(config, say);
    keys(config, say);
    identity(config, say);
    logo(config, say);
}

fn ranges(config: &Config, say: Say<'_>) {
    let password = &config.password;
    for (key, value, least, most) in [
        ("cache.sessions", config.cache.sessions, 1000, 1_000_000_000),
        ("store.readers", config.store.readers, 1, 1000),
        ("store.writers", config.store.writers, 1, 1000),
        ("password.min_score", password.min_score, 0, 4),
        ("password.memory_kib", password.memory_kib, 64, 1 << 20),
        ("password.iterations", password.iterations, 1, 64),
        ("password.parallelism", password.parallelism, 1, 64),
        ("resolver.threads", config.resolver.threads.unwrap_or(1), 1, 64),
        ("password.threads", password.threads, 1, 64),
        ("password.queue", password.queue, 1, 10_000),
        ("limits.sign_in_per_account", config.limits.sign_in_per_account, 1, 1_000_000),
        ("limits.sign_in_per_device", config.limits.sign_in_per_device, 1, 1_000_000),
        ("limits.sign_in_per_address", config.limits.sign_in_per_address, 1, 1_000_000),
        ("limits.confirm_per_user", config.limits.confirm_per_user, 1, 1_000_000),
        ("limits.sign_up_per_address", config.limits.sign_up_per_address, 1, 1_000_000),
        ("limits.guest_per_address", config.limits.guest_per_address, 1, 1_000_000),
    ] {
        if !(least..=most).contains(&value) {
            say(key, format!("{value} is out of range; write {least} to {most}"));
        }
    }
    if config.cluster.max_staleness.0.is_some_and(|staleness| staleness > MAX_STALENESS) {
        say(
            "cluster.max_staleness",
            "is longer than others wait for a node that is silent; write at most `20s`".to_owned(),
        );
    }
    if password.memory_kib < 8 * password.parallelism {
        say("password.memory_kib", format!("Argon2 needs 8 KiB a lane; write at least {}", 8 * password.parallelism));
    }
    if config.session.idle_timeout.0 < Span::from_seconds(2) {
        say("session.idle_timeout", "activity is written behind, so an idle timeout is at least `2s`".to_owned());
    }
    // The default may be longer than a short lifetime, which then simply wins.
    let is_written = origin_of(&config.shown, "session.idle_timeout") != Origin::Default;
    if is_written && config.session.idle_timeout.0 > config.session.lifetime.0 {
        say(
            "session.idle_timeout",
            "is longer than session.lifetime, which always wins; write at most that".to_owned(),
        );
    }
    if config.brand.name.trim().is_empty() || config.brand.name.chars().count() > 60 {
        say("brand.name", "expected 1 to 60 characters".to_owned());
    }
}

fn folder(config: &Config, say: Say<'_>) {
    if config.top.data_dir.is_empty() {
        say("data_dir", "is empty; name a folder, such as `/var/lib/vestibule`".to_owned());
    }
}

fn listeners(config: &Config, say: Say<'_>) {
    let lists = [
        ("listen.public", &config.listen.public),
        ("listen.resolver", &config.listen.resolver),
        ("listen.ext_authz", &config.listen.ext_authz),
        ("listen.ops", &config.listen.ops),
    ];
    let mut seen: Vec<(&str, &ListenAddress)> = Vec::new();
    for (key, addresses) in lists {
        if addresses.is_empty() && matches!(key, "listen.public" | "listen.resolver") {
            say(key, "is empty; name at least one address".to_owned());
        }
        for address in addresses {
            // Port 0 asks the system for a free one.
            let any_port = matches!(address, ListenAddress::Tcp(tcp) if tcp.port() == 0);
            if let Some((other, _)) = seen.iter().find(|(_, taken)| *taken == address && !any_port) {
                say(key, format!("`{address}` is in {other} too; each listener needs an address of its own"));
            }
            if let Some((other, taken)) = seen.iter().find(|(_, taken)| overlap(taken, address)) {
                let (wide, narrow, of) =
                    if is_everywhere(taken) { (*taken, address, key) } else { (address, *taken, *other) };
                say(
                    key,
                    format!("`{wide}` takes every address, so `{narrow}` in {of} would have none; choose another port"),
                );
            }
            if let ListenAddress::Unix(unix) = address
                && unix.path().as_os_str().len() > MAX_SOCKET_PATH
            {
                say(key, format!("`{address}` is too long for a unix socket; write at most {MAX_SOCKET_PATH} bytes"));
            }
            seen.push((key, address));
        }
    }
}

/// Whether one of two different addresses is every address of the machine, at the other's port.
fn overlap(one: &ListenAddress, other: &ListenAddress) -> bool {
    let (ListenAddress::Tcp(a), ListenAddress::Tcp(b)) = (one, other) else { return false };
    // `[::]` takes IPv4 too, unless the system is set up otherwise.
    let covers =
        |wide: &SocketAddr, narrow: &SocketAddr| wide.ip().is_unspecified() && (wide.is_ipv6() || narrow.is_ipv4());
    a != b && a.port() == b.port() && a.port() != 0 && (covers(a, b) || covers(b, a))
}

fn is_everywhere(address: &ListenAddress) -> bool {
    matches!(address, ListenAddress::Tcp(tcp) if tcp.ip().is_unspecified())
}

fn caching(config: &Config, say: Say<'_>) {
    let written = config.resolver.cache_key_cookie.as_deref();
    match CacheKey::new(&config.cookie_names(), written) {
        Err(error @ CacheKeyError::Other(_)) => say("resolver.cache_key_cookie", error.to_string()),
        Err(CacheKeyError::Missing(name)) if config.resolver.cache_for.is_some() => say(
            "resolver.cache_for",
            format!(
                "with the cookie prefix, the published cache key `$cookie_session` is empty, so everybody would share one \
                 entry; use `$cookie_{name}` in the proxy's key, as the printed configuration does, and write \
                 `cache_key_cookie = \"{name}\"`"
            ),
        ),
        Err(error @ CacheKeyError::Unspeakable(_)) if config.resolver.cache_for.is_some() => {
            say("session.cookie_prefix", error.to_string());
        }
        Err(CacheKeyError::Missing(_) | CacheKeyError::Unspeakable(_)) | Ok(_) => {}
    }
}

fn cookie_domain(config: &Config, say: Say<'_>) {
    let Some(domain) = &config.session.cookie_domain else { return };
    let host = config.top.public_url.host();
    let bare = !domain.starts_with('.')
        && *domain == domain.to_lowercase()
        && domain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.')
        && domain.parse::<std::net::IpAddr>().is_err();
    if !bare {
        say(
            "session.cookie_domain",
            format!("`{domain}` is not a domain; write it in lower case without a leading dot, such as `example.com`"),
        );
    } else if !covers(domain, host) {
        say(
            "session.cookie_domain",
            format!("`{domain}` does not cover public_url's host `{host}`; browsers would drop the cookie"),
        );
    } else if psl::suffix_str(domain).is_some_and(|suffix| suffix == domain) && domain != "localhost" {
        say(
            "session.cookie_domain",
            format!("`{domain}` is a public suffix; browsers take no cookie for it; write your own domain"),
        );
    }
}

pub(super) fn covers(domain: &str, host: &str) -> bool {
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

fn return_to(config: &Config, say: Say<'_>) {
    let own = config.top.public_url.host();
    for (index, origin) in config.login.return_to.iter().enumerate() {
        let reached = match &config.session.cookie_domain {
            Some(domain) => covers(domain, origin.host()),
            None => !origin.is_wildcard() && origin.host() == own,
        };
        if !reached {
            let cookie = config.session.cookie_domain.as_deref().unwrap_or(own);
            say(
                &format!("login.return_to[{index}]"),
                format!(
                    "`{}`: the session cookie of `{cookie}` does not reach that host, so people would be sent in a \
                     circle; set session.cookie_domain to a domain that covers both",
                    origin.as_str()
                ),
            );
        }
        if config.top.public_url.is_https() && origin.as_str().starts_with("http:") {
            say(
                &format!("login.return_to[{index}]"),
                format!(
                    "`{}` is http, and the cookie of an https public_url is not sent there; write https",
                    origin.as_str()
                ),
            );
        }
    }
    if let Some(url) = &config.login.default_url
        && !config.top.public_url.url().join(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
    {
        say("login.default_url", format!("`{url}` is not a path or a URL; write `/` or `https://app.example.com/`"));
    }
}

fn keys(config: &Config, say: Say<'_>) {
    let keys = &config.keys;
    if keys.secret.is_some() && keys.secret_file.is_some() {
        say("keys.secret_file", "is set beside keys.secret; write one of them".to_owned());
    }
    let Some(rotate_every) = keys.rotate_every.0 else { return };
    if rotate_every < keys.publish_before.0 {
        say("keys.rotate_every", "is shorter than keys.publish_before; write at least that".to_owned());
    }
    if keys.keep_for.0.millis() / MOST_KEYS > rotate_every.millis() {
        say(
            "keys.keep_for",
            format!("would publish more than {MOST_KEYS} keys at once; write less, or a longer keys.rotate_every"),
        );
    }
}

fn identity(config: &Config, say: Say<'_>) {
    let headers = &config.headers;
    if let Err((index, error)) =
        IdentityHeaders::new(headers.prefix.clone(), headers.extra.0.clone(), headers.assertion)
    {
        say(&format!("headers.extra[{index}]"), error.to_string());
    }
    let is_good =
        |audience: &str| (1..=255).contains(&audience.len()) && audience.bytes().all(|b| b.is_ascii_graphic());
    match &headers.assertion_audience {
        None if headers.assertion => say(
            "headers.assertion",
            "needs `assertion_audience`: what the application is to find in `aud`, such as its host `app.example.com`"
                .to_owned(),
        ),
        Some(audience) if !is_good(audience) => say(
            "headers.assertion_audience",
            "expected 1 to 255 characters of ASCII without spaces, such as `app.example.com`".to_owned(),
        ),
        // A program that checks access tokens only by issuer and audience would take one for the other.
        Some(audience) if *audience == config.top.public_url.to_string() => say(
            "headers.assertion_audience",
            "is public_url, which is the audience of access tokens; write the application's host, such as \
             `app.example.com`"
                .to_owned(),
        ),
        Some(_) | None => {}
    }
}

fn logo(config: &Config, say: Say<'_>) {
    let Some(logo) = &config.brand.logo else { return };
    let ending = Path::new(logo).extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
    if !ending.is_some_and(|ending| LOGO_ENDINGS.contains(&ending.as_str())) {
        say("brand.logo", format!("`{logo}` is not a .png, .svg, .jpg, .jpeg or .webp file"));
        return;
    }
    match std::fs::metadata(logo) {
        Ok(file) if file.is_file() && file.len() <= MAX_LOGO => {}
        Ok(_) => say("brand.logo", format!("`{logo}` is not a file of at most 1 MiB")),
        Err(error) => say("brand.logo", format!("`{logo}` cannot be read: {error}")),
    }
}
