//! The configuration that Authgear publishes works by changing the addresses, with and without its caching lines.

use vestibule_tests::http::{Response, exchange};
use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

fn both(test: impl Fn(Site)) {
    for cached in [false, true] {
        test(Site::published(Setup::default(), cached));
    }
}

#[test]
fn the_application_knows_who_signed_in_until_they_sign_out() {
    both(|site| {
        site.vestibule.add_user("ada@example.com", &["--verified"]);
        assert_eq!(site.user_seen_for("theme=dark"), None);

        let mut ada = site.vestibule.person();
        let cookie = format!("session={}", ada.sign_in("ada@example.com").session());
        assert!(site.user_seen_for(&cookie).is_some());
        let seen = site.backend.last();
        assert_eq!(seen.identity("session-valid"), Some("true"));
        assert_eq!(seen.identity("user-anonymous"), Some("false"));
        assert_eq!(seen.identity("user-verified"), Some("true"));
        assert_eq!(seen.identity("session-amr"), Some("pwd"));

        assert_eq!(ada.post("/logout", &[]).status, 303);
        assert_eq!(site.user_seen_for(&cookie), None, "signed out: the very next request");
        assert_eq!(site.backend.last().identity("session-valid"), Some("false"));
    });
}

#[test]
fn revoked_by_the_operator_on_the_very_next_request() {
    both(|site| {
        site.vestibule.add_user("ada@example.com", &[]);
        let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
        assert!(site.user_seen_for(&cookie).is_some());
        site.vestibule.cli(&["session", "revoke", "--user", "ada@example.com"]).expect_code(0);
        assert_eq!(site.user_seen_for(&cookie), None);
    });
}

#[test]
fn a_request_without_credentials_carries_no_identity() {
    both(|site| {
        site.get("/", &[]);
        assert_eq!(site.backend.last().identity_like(), []);
    });
}

#[test]
fn nobody_reaches_the_application_while_nobody_can_be_asked() {
    both(|mut site| {
        site.vestibule.add_user("ada@example.com", &[]);
        let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
        assert!(site.user_seen_for(&cookie).is_some());
        let reached = site.backend.seen().len();

        site.vestibule.process().stop();
        site.vestibule.kill();
        assert_eq!(site.get("/", &[("Cookie", &cookie)]).status, 500);
        assert_eq!(site.backend.seen().len(), reached);
    });
}

#[test]
fn a_megabyte_passes_whole() {
    both(|site| {
        let answer = post(&site, 1 << 20);
        assert_eq!(answer.status, 200, "{}", site.nginx.errors());
        assert_eq!(site.backend.last().body_bytes, 1 << 20);
    });
}

/// nginx's default buffer holds 4 kB; a longer answer is a 500 for everybody with such a user.
#[test]
fn the_longest_answer_fits_the_default_buffer() {
    let site = Site::published(Setup::default(), true);
    let roles: Vec<String> = (0..22).map(|n| format!("{n:02}{}", "r".repeat(62))).collect();
    let options: Vec<&str> = roles.iter().flat_map(|role| ["--role", role.as_str()]).collect();
    site.vestibule.add_user("ada@example.com", &options);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    assert!(site.user_seen_for(&cookie).is_some(), "{}", site.nginx.errors());
    let answer = site.vestibule.resolve(&[("Cookie", &cookie)]);
    assert_eq!(answer.identity("user-roles"), Some(roles.join(",").as_str()), "never cut short");
    assert!(answer.head.len() < 4000, "{}", answer.head.len());
}

/// Not a promise of ours but the reason for the printed configuration: nginx deletes only the names that are listed.
#[test]
fn the_published_file_has_the_hole_that_the_documents_name() {
    let site = Site::published(Setup::default(), false);
    site.get("/", &[("x-authgear-user-roles", "admin"), ("x-authgear-user-id", "forged")]);
    let seen = site.backend.last();
    assert_eq!(seen.identity("user-roles"), Some("admin"), "the published file has learnt: mend the documents");
    assert_eq!(seen.identity("user-id"), None);
}

/// The mistake of the published form, which our documents name: nginx's subrequests share variables with the request.
#[test]
fn one_name_for_two_variables_and_the_application_is_never_asked() {
    let site = Site::published_with(Setup::default(), false, |config| config.replace("$authgear", "$backend"));
    site.vestibule.add_user("ada@example.com", &[]);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    let answer = site.get("/", &[("Cookie", &cookie)]);
    assert!(site.backend.seen().is_empty(), "the published file has learnt: mend the documents");
    assert_eq!((answer.status, answer.text().as_str()), (200, ""), "{}", answer.head);
    assert_eq!(answer.identity("session-valid"), Some("true"), "the browser gets what the application should");
}

fn post(site: &Site, size: usize) -> Response {
    let head = format!("POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\nContent-Length: {size}\r\n\r\n");
    exchange(&site.proxy(), &[head.into_bytes(), vec![b'x'; size]].concat())
}
