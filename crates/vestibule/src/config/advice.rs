//! What works and deserves an eye all the same: what a sound configuration gives up, and for what.

use super::Config;
use super::raw::Problem;
use super::reach;
use super::source::origin_of;
use crate::listen::ListenAddress;

/// What an operator should know about this configuration.
#[must_use]
pub fn on(config: &Config) -> Vec<Problem> {
    let mut advice = Vec::new();
    let mut say = |key: &str, message: String| {
        let origin = origin_of(&config.shown, key);
        advice.push(Problem { origin, key: key.to_owned(), message });
    };
    if let Some(cache_for) = config.resolver.cache_for {
        let seconds = cache_for.0.seconds();
        say(
            "resolver.cache_for",
            format!(
                "whoever signs out or is revoked may be let in for {seconds} more seconds; leave it out if you can"
            ),
        );
    }
    if !config.top.public_url.is_https() && !is_local(config.top.public_url.host()) {
        say(
            "public_url",
            "is http, so that passwords and sessions can be read on the way; serve it by https".to_owned(),
        );
    }
    listeners(config, &mut say);
    if let Some(network) = config.proxies.trusted.iter().find(|network| network.is_everybody()) {
        say("proxies.trusted", format!("`{network}` believes everybody's X-Forwarded-For; name your proxies only"));
    }
    advice.extend(reach::advice(config));
    advice
}

fn listeners(config: &Config, say: &mut dyn FnMut(&str, String)) {
    let lists = [
        ("listen.public", &config.listen.public),
        ("listen.resolver", &config.listen.resolver),
        ("listen.ext_authz", &config.listen.ext_authz),
        ("listen.ops", &config.listen.ops),
    ];
    for (key, addresses) in lists {
        for address in addresses {
            match address {
                ListenAddress::Unix(unix) if unix.lets_everybody_in() => say(
                    key,
                    format!(
                        "`{address}` lets every user of this machine in; write `mode=0660&group=www-data` if you can"
                    ),
                ),
                ListenAddress::Tcp(tcp) if key != "listen.public" && !tcp.ip().is_loopback() => say(
                    key,
                    format!("`{address}` can be reached from other machines; only proxies and operators should"),
                ),
                ListenAddress::Unix(_) | ListenAddress::Tcp(_) => {}
            }
        }
    }
}

/// Whether a host is this machine, to a browser on it.
fn is_local(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || host.ends_with(".localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::on;
    use crate::config::Config;

    fn advice(text: &str) -> Vec<String> {
        let config = Config::read(Some((Path::new("v.toml"), text)), std::iter::empty()).expect("sound");
        on(&config).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_defaults_need_no_advice() {
        assert_eq!(advice(""), [""; 0]);
    }

    #[test]
    fn what_is_given_up_is_said() {
        let text = "public_url = \"http://auth.example.com\"\n[listen]\nresolver = [\"unix:/run/v?mode=0666\"]\n\
                    ops = [\"0.0.0.0:1\"]\n[resolver]\ncache_for = \"1m\"\n[proxies]\ntrusted = [\"::/0\"]";
        let said = advice(text);
        assert_eq!(said.len(), 5, "{said:#?}");
        assert!(said[0].starts_with("v.toml:6: resolver.cache_for: "), "{said:#?}");
    }
}
