//! Hosts of rules at which signing in does not help a browser: the cookie does not reach them, or nobody is led back there.
//!
//! Advice and no error: whoever presents tokens needs neither.

use vestibule_gate::grant::return_to::AllowedOrigin;
use vestibule_gate::original::HostPattern;
use vestibule_gate::rules::Allow;

use super::Config;
use super::raw::Problem;
use super::soundness::covers;

/// What to say of them, once for each host.
pub(super) fn advice(config: &Config) -> Vec<Problem> {
    let book = &config.rules;
    let mut seen: Vec<&HostPattern> = Vec::new();
    let mut advice = Vec::new();
    for (index, (rule, place)) in book.rules.rules().iter().zip(&book.places).enumerate() {
        for host in rule.hosts.iter().filter(|_| is_for_browsers(&rule.allow)) {
            if seen.contains(&host) {
                continue;
            }
            seen.push(host);
            if let Some(message) = of_host(config, host) {
                advice.push(Problem { origin: place.clone(), key: format!("rules[{index}].hosts"), message });
            }
        }
    }
    advice
}

/// Whether it lets anybody pass by a session.
fn is_for_browsers(allow: &Allow) -> bool {
    let alternatives = allow.alternatives();
    allow.restricts() && (alternatives.is_empty() || alternatives.iter().any(|all| !all.takes_limited_tokens()))
}

fn of_host(config: &Config, host: &HostPattern) -> Option<String> {
    let own = config.top.public_url.host();
    let is_reached = match (host, config.session.cookie_domain.as_deref()) {
        (HostPattern::Exact(name), Some(domain)) => covers(domain, name),
        (HostPattern::Below(suffix), Some(domain)) => covers(domain, suffix),
        (HostPattern::Exact(name), None) => **name == *own,
        (HostPattern::Below(_), None) => false,
    };
    if !is_reached {
        let cookie = config.session.cookie_domain.as_deref().unwrap_or(own);
        return Some(format!(
            "the session cookie of `{cookie}` does not reach `{host}`, so whoever signs in is asked to sign in again; set \
             session.cookie_domain to a domain that covers both, or leave it if tokens are all that is presented there"
        ));
    }
    let is_allowed = |origin: &AllowedOrigin| match host {
        HostPattern::Exact(name) if origin.is_wildcard() => **name != *origin.host() && covers(origin.host(), name),
        HostPattern::Exact(name) => **name == *origin.host(),
        HostPattern::Below(suffix) => origin.is_wildcard() && covers(origin.host(), suffix),
    };
    let is_own = matches!(host, HostPattern::Exact(name) if **name == *own);
    (!is_own && !config.login.return_to.iter().any(is_allowed)).then(|| {
        format!(
            "nothing in login.return_to leads back to `{host}`, so whoever signs in for it ends up elsewhere; add \
             `{}://{host}`",
            if config.top.public_url.is_https() { "https" } else { "http" }
        )
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{Config, advice};

    fn said(head: &str, rules: &str) -> Vec<String> {
        let text = format!("public_url = \"https://id.example.com\"\n{head}\n{rules}");
        let config = Config::read(Some((Path::new("v.toml"), &text)), std::iter::empty()).expect("sound");
        advice::on(&config).iter().map(ToString::to_string).collect()
    }

    fn rule(host: &str, allow: &str) -> String {
        format!("[[rules]]\nhosts = [\"{host}\"]\nallow = {allow}\n")
    }

    #[test]
    fn a_host_that_the_cookie_does_not_reach_is_named() {
        let heard = said("", &rule("app.example.com", "\"any user\""));
        assert_eq!(heard.len(), 1, "{heard:#?}");
        assert!(heard[0].starts_with("v.toml:3: rules[0].hosts: the session cookie of `id.example.com`"), "{heard:#?}");
        assert_eq!(said("", &rule("*.example.com", "{ any_role = [\"a\"] }")).len(), 1);
    }

    #[test]
    fn a_host_that_nobody_is_led_back_to_is_named() {
        let domain = "[session]\ncookie_domain = \"example.com\"\n";
        let heard = said(domain, &rule("app.example.com", "\"any user\""));
        assert!(heard.len() == 1 && heard[0].contains("add `https://app.example.com`"), "{heard:#?}");
        for allowed in ["https://app.example.com", "https://app.example.com:8443", "https://*.example.com"] {
            let head = format!("{domain}[login]\nreturn_to = [\"{allowed}\"]");
            assert_eq!(said(&head, &rule("app.example.com", "\"any user\"")), [""; 0], "{allowed}");
        }
    }

    #[test]
    fn nothing_is_said_where_no_browser_signs_in() {
        assert_eq!(said("", &rule("id.example.com", "\"any user\"")), [""; 0]);
        assert_eq!(said("", &rule("app.example.com", "\"anyone\"")), [""; 0]);
        assert_eq!(said("", &rule("api.example.net", "{ scopes = [\"a\"] }")), [""; 0]);
        assert_eq!(said("", &rule("api.example.net", "{ clients = [\"a\"] }")), [""; 0]);
    }
}
