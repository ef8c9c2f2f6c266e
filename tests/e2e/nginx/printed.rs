//! The configuration that `vestibule proxy-config nginx` prints: one host for the pages and the application.

use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

const NAMES: [&str; 7] = [
    "session-valid",
    "user-id",
    "user-anonymous",
    "user-verified",
    "user-can-reauthenticate",
    "session-amr",
    "session-authenticated-at",
];

#[test]
fn the_application_knows_who_signed_in_until_they_sign_out() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &["--role", "admin", "--role", "editor"]);
    let mut ada = site.person();
    assert_eq!(ada.get_path("/").status, 200);
    assert_eq!(site.backend.last().identity_like(), [], "nobody is signed in");

    let page = ada.get("/login");
    assert_eq!(page.status, 200, "the pages are behind the same proxy");
    assert!(page.text().contains("action=\"/auth/login"), "the form stays under public_url's path");
    ada.sign_in("ada@example.com");
    ada.get_path("/");
    let seen = site.backend.last();
    for name in NAMES {
        assert!(seen.identity(name).is_some(), "{name} does not arrive: {}", seen.head);
    }
    assert_eq!(seen.identity("user-roles"), Some("admin,editor"));
    assert_eq!(seen.identity("user-id").map(str::len), Some(36));

    let secret = ada.session();
    assert_eq!(ada.post("/logout", &[]).status, 303);
    assert_eq!(ada.cookie("session"), None, "the cookie is cleared");
    assert_eq!(site.user_seen_for(&format!("session={secret}")), None, "and worth nothing to who kept it");
}

#[test]
fn what_an_operator_changes_shows_on_the_very_next_request() {
    let site = Site::printed(Setup::default());
    let vestibule = &site.vestibule;
    vestibule.add_user("ada@example.com", &[]);
    let cookie = format!("session={}", vestibule.create_session("ada@example.com"));
    let seen = |name: &str| {
        site.get("/", &[("Cookie", &cookie)]);
        site.backend.last().identity(name).map(str::to_owned)
    };
    assert_eq!(seen("user-roles"), None);
    vestibule.cli(&["user", "set", "ada@example.com", "--role", "b", "--role", "a"]).expect_code(0);
    assert_eq!(seen("user-roles").as_deref(), Some("a,b"));
    vestibule.cli(&["user", "set", "ada@example.com", "--no-roles"]).expect_code(0);
    assert_eq!(seen("user-roles"), None);
    assert_eq!(seen("user-verified").as_deref(), Some("false"));
    vestibule.cli(&["user", "set", "ada@example.com", "--verified", "true"]).expect_code(0);
    assert_eq!(seen("user-verified").as_deref(), Some("true"));
    vestibule.cli(&["user", "disable", "ada@example.com"]).expect_code(0);
    assert_eq!(seen("user-id"), None);
    vestibule.cli(&["user", "enable", "ada@example.com"]).expect_code(0);
    assert_eq!(seen("user-id"), None, "enabling brings no session back");
}

#[test]
fn nobody_reaches_the_application_while_nobody_can_be_asked() {
    let mut site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    assert!(site.user_seen_for(&cookie).is_some());
    let reached = site.backend.seen().len();
    site.vestibule.kill();
    assert_eq!(site.get("/", &[("Cookie", &cookie)]).status, 500);
    assert_eq!(site.get("/", &[]).status, 500);
    assert_eq!(site.backend.seen().len(), reached);
    site.vestibule.start();
    assert!(site.user_seen_for(&cookie).is_some(), "and all is well when it is back");
}

#[test]
fn another_prefix_is_used_everywhere() {
    let site = Site::printed(Setup::default().config("[headers]\nprefix = \"x-acme-\""));
    site.vestibule.add_user("ada@example.com", &[]);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    site.get("/", &[("Cookie", &cookie), ("x-acme-user-roles", "admin")]);
    let seen = site.backend.last();
    assert_eq!(seen.all("x-acme-session-valid"), ["true"]);
    assert_eq!(seen.all("x-acme-user-roles"), [""; 0]);
    assert_eq!(seen.identity_like(), []);
}

#[test]
fn a_cookie_prefix_is_used_everywhere() {
    let site = Site::printed(Setup::default().config("[session]\ncookie_prefix = \"acme_\""));
    site.vestibule.add_user("ada@example.com", &[]);
    let mut ada = site.person();
    assert_eq!(ada.try_sign_in("ada@example.com", vestibule_tests::server::PASSWORD).status, 303);
    let secret = ada.cookie("acme_session").expect("the prefixed cookie").to_owned();
    ada.get_path("/");
    let seen = site.backend.last();
    assert_eq!(seen.identity("session-valid"), Some("true"));
    assert!(!seen.head.contains(&secret), "the application got the secret: {}", seen.head);
    assert_eq!(site.user_seen_for(&format!("session={secret}")), None, "without the prefix it is another cookie");
}

/// Debian's nginx works as `www-data` when its file says so, and as `nobody` when it does not.
#[test]
fn nginx_started_by_root_is_let_in_by_its_group() {
    if !rustix::process::geteuid().is_root() {
        return vestibule_tests::skip("nginx_started_by_root_is_let_in_by_its_group", "only root can be root");
    }
    let site = Site::printed(Setup::default().sockets("mode=0660&group=www-data"));
    assert_eq!(site.person().get("/login").status, 200, "{}", site.nginx.errors());
    assert_eq!(site.get("/", &[]).status, 200, "{}", site.nginx.errors());
}
