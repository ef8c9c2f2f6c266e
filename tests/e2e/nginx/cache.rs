//! `cache_for` with nginx's cache keyed on `$cookie_session|$http_authorization`: whatever two people send, nobody gets
//! the identity of the other. nginx finds `$cookie_session` in any case, also after a `,`, and takes the first.

use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

struct Two {
    site: Site,
    victim: String,
    victim_id: String,
    attacker: String,
}

fn two() -> Two {
    let site = Site::published(Setup::default().config("[resolver]\ncache_for = \"10m\""), true);
    site.vestibule.add_user("victim@example.com", &[]);
    site.vestibule.add_user("attacker@example.com", &[]);
    let victim = site.vestibule.create_session("victim@example.com");
    let attacker = site.vestibule.create_session("attacker@example.com");
    let answer = site.vestibule.resolve(&[("Cookie", &format!("session={victim}"))]);
    let victim_id = answer.identity("user-id").expect("a live session").to_owned();
    Two { site, victim, victim_id, attacker }
}

#[test]
fn an_honest_answer_is_cached_and_that_is_what_it_costs() {
    let two = two();
    let cookie = format!("session={}", two.victim);
    assert_eq!(two.site.user_seen_for(&cookie).as_ref(), Some(&two.victim_id));
    two.site.vestibule.cli(&["session", "revoke", "--all"]).expect_code(0);
    assert_eq!(two.site.user_seen_for(&cookie).as_ref(), Some(&two.victim_id), "nothing was cached: nothing is tested");
    let answer = two.site.vestibule.resolve(&[("Cookie", &cookie)]);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn a_tossed_cookie_never_stores_a_victim_under_a_known_key() {
    let two = two();
    let (v, site) = (&two.victim, &two.site);
    for known in ["known", "", two.attacker.as_str(), "vbs_known"] {
        let lines = [
            format!("Session={known}; session={v}"),
            format!("SESSION={known}; session={v}"),
            format!("x=a,session={known}; session={v}"),
            format!("x=a, session={known}; session={v}"),
            format!("session ={known}; session={v}"),
            format!("session={known}; session={v}"),
            format!("session={v}; session={known}"),
            format!("session={v}; Session={known}"),
            format!("session; session={v}"),
            format!("session=; session={v}"),
            format!("xsession={known}; session={v}"),
            format!("\tsession={known}; session={v}"),
            format!("session=\"{known}\"; session={v}"),
            format!("a=b; session={v},session={known}"),
        ];
        for line in lines {
            site.get("/", &[("Cookie", &line)]);
            assert_not_the_victim(&two, known, &line);
        }
        for pair in
            [[format!("session={known}"), format!("session={v}")], [format!("session={v}"), format!("a={known}")]]
        {
            site.get("/", &[("Cookie", &pair[0]), ("Cookie", &pair[1])]);
            assert_not_the_victim(&two, known, &pair.join(" | "));
        }
    }
}

/// What anybody could send who knows the value that the victim was made to send.
fn assert_not_the_victim(two: &Two, known: &str, line: &str) {
    for cookie in
        [format!("session={known}"), format!("Session={known}"), format!("x=a,session={known}"), "a=b".to_owned()]
    {
        let seen = two.site.user_seen_for(&cookie);
        assert_ne!(seen.as_ref(), Some(&two.victim_id), "after {line:?}, {cookie:?} is the victim");
    }
    two.site.get("/", &[]);
    assert_eq!(two.site.backend.last().identity("user-id"), None, "after {line:?}, nobody is somebody");
}

#[test]
fn a_bearer_never_stores_a_victim_under_a_known_key() {
    let two = two();
    for bearer in ["Bearer known", "bearer known", "Bearer a, Bearer b", "Basic a2V5"] {
        let own = format!("session={}", two.victim);
        two.site.get("/", &[("Cookie", &own), ("Authorization", bearer)]);
        two.site.get("/", &[("Authorization", bearer)]);
        assert_eq!(two.site.backend.last().identity("user-id"), None, "{bearer}");
        two.site.get("/", &[("Cookie", &format!("session={}", two.attacker)), ("Authorization", bearer)]);
        assert_ne!(two.site.backend.last().identity("user-id"), Some(two.victim_id.as_str()), "{bearer}");
    }
}

#[test]
fn a_cookie_prefix_without_its_key_is_refused_at_the_start() {
    let config = "[resolver]\ncache_for = \"10m\"\n[session]\ncookie_prefix = \"acme_\"";
    let vestibule = Setup::default().config(config).prepare();
    let said = vestibule.cli(&["config", "check"]).expect_code(1);
    assert!(said.err.contains("cache_key_cookie"), "{}", said.err);
    assert_eq!(vestibule.cli(&["serve"]).code, 1);
}

#[test]
fn with_a_cookie_prefix_the_rule_speaks_of_that_name() {
    let config = "[resolver]\ncache_for = \"10m\"\ncache_key_cookie = \"acme_session\"\n\
                  [session]\ncookie_prefix = \"acme_\"";
    let vestibule = Setup::default().config(config).start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    let control = |line: &str| {
        let answer = vestibule.resolve(&[("Cookie", line)]);
        answer.header("cache-control").unwrap_or_default().to_owned()
    };
    assert_eq!(control(&format!("acme_session={secret}")), "max-age=600");
    assert_eq!(control(&format!("Acme_Session=known; acme_session={secret}")), "no-store");
    assert_eq!(control(&format!("x=a,acme_session=known; acme_session={secret}")), "no-store");
    assert_eq!(control(&format!("acme_session ={secret}")), "no-store");
}
