//! Who may pass passes, and is told apart from who may not.

use vestibule_tests::http::Connection;

use crate::site::Site;

const NAVIGATES: (&str, &str) = ("Sec-Fetch-Mode", "navigate");
const FETCHES: (&str, &str) = ("Sec-Fetch-Mode", "cors");

pub(crate) fn a_person_signs_in_and_is_refused_on_the_next_request_once_that_is_revoked(site: Site) {
    site.vestibule.add_user("ada@example.com", &["--role", "staff"]);
    let asked = format!("http://localhost:{}/a?b=c&d=%2F", site.address.port());
    let (reached, answer) = site.reaches(|| {
        let host = format!("localhost:{}", site.address.port());
        site.get("/a?b=c&d=%2F", &[("Host", &host), NAVIGATES])
    });
    assert!(!reached && answer.status == 302, "{} {}", answer.head, site.story());
    let encoded = asked.replace(':', "%3A").replace('/', "%2F").replace('?', "%3F").replace('&', "%26");
    let encoded = encoded.replace('=', "%3D").replace("d%3D%2F", "d%3D%252F");
    assert!(answer.header("location").is_some_and(|to| to.ends_with(&encoded)), "{} {encoded}", answer.head);
    assert_eq!(site.get("/a", &[FETCHES]).status, 401);
    let mut person = site.person();
    person.sign_in("ada@example.com");
    let cookie = format!("session={}", person.session());
    assert_eq!(site.get("/a?b", &[("Cookie", &cookie)]).status, 200, "{}", site.story());
    let told = site.backend.last();
    assert!(told.head.starts_with("GET /a?b HTTP/1.1"), "{}", told.head);
    assert_eq!(told.identity("user-roles"), Some("staff"));
    assert_eq!(told.identity("session-valid"), Some("true"));
    site.vestibule.cli(&["session", "revoke", "--user", "ada@example.com"]).expect_code(0);
    let (reached, answer) = site.reaches(|| site.get("/a", &[("Cookie", &cookie), FETCHES]));
    assert!(!reached && answer.status == 401, "{}", answer.head);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    assert_eq!(answer.identities(), []);
}

pub(crate) fn roles_decide_and_the_public_needs_nobody(site: Site) {
    let staff = site.cookie_of("ada@example.com", &["staff"]);
    let other = site.cookie_of("bob@example.com", &[]);
    for (path, cookie, status) in [
        ("/admin", Some(&staff), 200),
        ("/admin/x", Some(&other), 403),
        ("/admin/x", None, 401),
        ("/public/x", None, 200),
        ("/x", Some(&other), 200),
        ("/x", None, 401),
    ] {
        let lines: Vec<(&str, &str)> = cookie.iter().map(|cookie| ("Cookie", cookie.as_str())).collect();
        let (reached, answer) = site.reaches(|| site.get(path, &lines));
        assert_eq!((answer.status, reached), (status, status == 200), "{path} {cookie:?} {}", site.story());
    }
    assert_eq!(site.backend.last().head.split(' ').nth(1), Some("/x"));
}

pub(crate) fn a_megabyte_passes_whole_and_not_at_all(site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let body = vec![b'x'; 1 << 20];
    let length = body.len().to_string();
    let answer = site.ask("POST /a", &[("Cookie", &cookie), ("Content-Length", &length)], &body);
    assert_eq!(answer.status, 200, "{}", site.story());
    assert_eq!(site.backend.last().body_bytes, body.len());
    let mut stranger = Connection::open(&site.door()).expect("the proxy listens");
    stranger
        .send(format!("POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n").as_bytes())
        .expect("the proxy listens");
    // A proxy may close while we still send.
    let _ = stranger.send(&body);
    let (reached, answer) = site.reaches(|| stranger.receive(false));
    assert!(!reached);
    assert!(answer.is_err() || answer.is_ok_and(|answer| answer.status == 401));
}

pub(crate) fn a_websocket_opens_for_who_may_pass(site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let open = |cookie: &str| {
        let mut client = Connection::open(&site.door()).expect("the proxy listens");
        let head = format!("GET /ws HTTP/1.1\r\nHost: localhost\r\n{cookie}{upgrade}\r\n");
        client.send(head.as_bytes()).expect("the proxy listens");
        let status = client.receive(false).expect("the proxy listens").status;
        (client, status)
    };
    let (mut client, status) = open(&format!("Cookie: {cookie}\r\n"));
    assert_eq!(status, 101, "{}", site.story());
    assert_eq!(site.backend.last().identity("session-valid"), Some("true"));
    client.send(b"ping").expect("the proxy listens");
    assert_eq!(client.exactly(4).expect("the proxy listens"), b"ping");
    let (reached, (_, status)) = site.reaches(|| open(""));
    assert!(!reached && status == 401);
}

pub(crate) fn the_application_gets_its_own_cookies_and_not_ours(site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let lines = format!("theme=dark; {cookie}; device=x; last=a=b");
    assert_eq!(site.get("/a", &[("Cookie", &lines)]).status, 200, "{}", site.story());
    if !site.proxy.takes_our_cookies_out {
        assert_eq!(site.backend.last().all("cookie"), [lines]);
        return;
    }
    assert_eq!(site.backend.last().all("cookie"), ["theme=dark; last=a=b"]);
    assert_eq!(site.get("/a", &[("Cookie", &cookie)]).status, 200);
    assert_eq!(site.backend.last().all("cookie"), [""; 0]);
}

pub(crate) fn the_application_sets_its_own_cookies(site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let answer = site.get("/sets-cookies", &[("Cookie", &cookie)]);
    assert_eq!(answer.status, 200, "{}", site.story());
    let set: Vec<&str> = answer.all("set-cookie").collect();
    assert_eq!(set, ["theme=dark; Path=/", "basket=7; Path=/shop; HttpOnly"]);
}
