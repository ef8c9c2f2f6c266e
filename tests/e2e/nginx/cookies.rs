//! The application never gets our cookies: whoever can read a session could replay it at its neighbours.

use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

#[test]
fn our_cookies_are_taken_out_and_the_others_stay() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let mut ada = site.person();
    ada.sign_in("ada@example.com");
    let secret = ada.session();
    let strict = ada.cookie("same_site_strict").expect("set at sign-in").to_owned();
    let device = ada.cookie("device").expect("set at sign-in").to_owned();
    for line in [
        format!("session={secret}"),
        format!("a=1; session={secret}; b=2"),
        format!("a=1; b=2; session={secret}"),
        format!("session={secret}; a=1; b=2"),
        format!("a=1;session={secret};b=2"),
        format!("a=1;  session={secret} ; b=2"),
        format!("session={secret}; session={secret}"),
        format!("session={secret}; a=1; session={secret}; b=2; session={secret}"),
        format!("same_site_strict={strict}; session={secret}; device={device}"),
        format!("session={secret}; same_site_strict={strict}; a=1; device={device}; b=2"),
    ] {
        let answer = site.get("/", &[("Cookie", &line)]);
        assert_eq!(answer.status, 200, "{line}");
        let seen = site.backend.last();
        assert!(seen.identity("user-id").is_some(), "{line}: the resolver did not see it");
        for gone in [&secret, &strict, &device] {
            assert!(!seen.head.contains(gone.as_str()), "{line}: the application got\n{}", seen.head);
        }
        if line.contains("a=1") {
            let cookies = seen.all("cookie").join("; ");
            assert!(cookies.contains("a=1") && cookies.contains("b=2"), "{line}: the others are lost: {cookies}");
        }
    }
}

#[test]
fn our_cookie_among_forty_others_is_taken_out_and_they_stay() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let secret = site.vestibule.create_session("ada@example.com");
    let mut others: Vec<String> = (0..40).map(|number| format!("c{number}={}", "v".repeat(40 + number))).collect();
    // What browsers keep and send: bytes outside of ASCII, quotes, `=` in values, no name at all.
    others.extend(["n=Zo\u{eb}", "q=\"a; b\"", "e=a=b==", "nameless"].map(str::to_owned));
    let whole = others.join("; ");
    for at in [0, 1, 20, 43, 44] {
        let mut line = others.clone();
        line.insert(at, format!("session={secret}"));
        let answer = site.get("/", &[("Cookie", &line.join("; "))]);
        assert_eq!(answer.status, 200, "{at}: {}", site.nginx.errors());
        let seen = site.backend.last();
        assert!(seen.identity("user-id").is_some(), "{at}: the resolver did not see it");
        assert_eq!(seen.all("cookie"), [whole.as_str()], "{at}");
    }
}

/// Browsers send few runs of ours; whoever sends more than nginx's maps take out sends no cookies at all.
#[test]
fn many_scattered_cookies_of_ours_never_reach_the_application() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let secret = site.vestibule.create_session("ada@example.com");
    for runs in 1..12 {
        let line: Vec<String> = (0..runs).map(|run| format!("c{run}=1; session={secret};device={secret}")).collect();
        assert_eq!(site.get("/", &[("Cookie", &line.join("; "))]).status, 200);
        assert!(!site.backend.last().head.contains(&secret), "{runs}: {}", site.backend.last().head);
    }
    for padding in
        [";".repeat(25_000), format!(";{}", " ".repeat(25_000)), "x=1;".repeat(6_000), "session=;".repeat(3_000)]
    {
        assert_eq!(site.get("/", &[("Cookie", &format!("{padding}session={secret}"))]).status, 200);
        assert!(!site.backend.last().head.contains(&secret), "{:.40}", padding);
    }
}

#[test]
fn cookies_that_only_look_like_ours_stay() {
    let site = Site::printed(Setup::default());
    let line = "mysession=1; session_id=2; xsession=3; x-session=4; devices=5";
    site.get("/", &[("Cookie", line)]);
    assert_eq!(site.backend.last().all("cookie"), [line]);
}

#[test]
fn two_cookie_lines_do_not_smuggle_a_secret_to_the_application() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let secret = site.vestibule.create_session("ada@example.com");
    let ours = format!("session={secret}");
    for lines in [["a=1", ours.as_str()], [ours.as_str(), "a=1"], [ours.as_str(), ours.as_str()]] {
        site.get("/", &[("Cookie", lines[0]), ("Cookie", lines[1])]);
        assert!(!site.backend.last().head.contains(&secret), "{lines:?}: {}", site.backend.last().head);
    }
}

#[test]
fn the_application_sets_its_own_cookies_as_before() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &[]);
    let cookie = format!("session={}", site.vestibule.create_session("ada@example.com"));
    let answer = site.get("/", &[("Cookie", &cookie)]);
    assert_eq!(answer.header("set-cookie"), None, "a resolve sets no cookie");
}
