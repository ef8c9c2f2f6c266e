//! The edge of a session, behind the nginx that is printed for rules: what of a page is under way when it ends gets a
//! clean answer, and the sign-in that follows lands on the page. `tests/browser` does the same in Chromium.

use std::sync::Barrier;
use std::thread;

use vestibule_tests::http::Response;
use vestibule_tests::nginx::Site;
use vestibule_tests::server::{PASSWORD, Setup};

const EMAIL: &str = "ada@example.com";

/// What one page asks for, and how a browser says so.
const PARTS: [(&str, &[(&str, &str)]); 5] = [
    ("/shop?order=7&from=%2Fa", &[("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")]),
    ("/shop.js", &[("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "script")]),
    ("/cup.png", &[("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")]),
    ("/api/basket", &[("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")]),
    // Over plain http a browser says no more than this.
    ("/api/stock", &[("Accept", "application/json")]),
];

fn site() -> Site {
    let site = Site::printed(Setup::default().config("[[rules]]\nallow = \"any user\""));
    site.vestibule.add_user(EMAIL, &[]);
    site
}

/// Where a browser that was sent to sign in comes out.
#[track_caller]
fn lands(site: &Site, to: &str, ended: Option<&str>) -> String {
    let mut ada = site.person();
    ended.into_iter().for_each(|secret| ada.set_cookie("session", secret));
    let mut page = ada.open(to);
    // The page clears a cookie that is worth nothing, and comes again.
    if let Some(again) = page.header("location").filter(|_| page.status == 303).map(str::to_owned) {
        page = ada.open(&again);
    }
    assert_eq!(page.status, 200, "{to} {}", page.head);
    let text = page.text();
    let return_to = vestibule_tests::oauth::hidden(&text, "return_to").expect("the form remembers the page");
    let answer = ada.post("/login", &[("email", EMAIL), ("password", PASSWORD), ("return_to", &return_to)]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let landed = answer.header("location").expect("a way on").to_owned();
    assert_eq!(ada.open(&landed).status, 200);
    landed
}

#[test]
fn forty_requests_of_a_page_get_clean_answers_when_its_session_ends_and_sign_in_lands_on_the_page() {
    let site = site();
    let cookie = format!("session={}", site.vestibule.create_session(EMAIL));
    let begin = Barrier::new(41);
    let answers: Vec<(usize, Vec<Response>)> = thread::scope(|scope| {
        let asking: Vec<_> = (0..40)
            .map(|n| {
                let (site, begin, cookie) = (&site, &begin, cookie.as_str());
                scope.spawn(move || {
                    let (path, headers) = PARTS[n % PARTS.len()];
                    let headers = [headers, &[("Cookie", cookie)]].concat();
                    begin.wait();
                    (n % PARTS.len(), (0..6).map(|_| site.get(path, &headers)).collect())
                })
            })
            .collect();
        begin.wait();
        site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
        asking.into_iter().map(|asked| asked.join().expect("a thread that asks")).collect()
    });
    let mut places = Vec::new();
    for (part, answers) in &answers {
        let no = if *part == 0 { 302 } else { 401 };
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert!(statuses.iter().all(|status| [200, no].contains(status)), "{part}: {statuses:?}");
        assert!(statuses.is_sorted_by_key(|status| *status != 200), "dead and alive again: {statuses:?}");
        places.extend(answers.iter().filter_map(|answer| answer.header("location")).map(str::to_owned));
    }
    for (path, headers) in PARTS {
        let late = site.get(path, &[headers, &[("Cookie", &cookie)]].concat());
        assert_eq!(late.status, if path.starts_with("/shop?") { 302 } else { 401 });
        places.extend(late.header("location").map(str::to_owned));
    }
    places.dedup();
    assert_eq!(places.len(), 1, "{places:?}");
    let origin = format!("http://localhost:{}", site.address.port());
    assert_eq!(lands(&site, &places[0], None), format!("{origin}{}", PARTS[0].0));
}

#[test]
fn two_tabs_that_sign_in_at_once_both_land_on_their_pages() {
    let site = site();
    for _ in 0..5 {
        // Both still have the cookie of the session that has just ended.
        let ended = site.vestibule.create_session(EMAIL);
        site.vestibule.cli(&["session", "revoke", "--user", EMAIL]).expect_code(0);
        let cookie = format!("session={ended}");
        let tabs = ["/one?a=b", "/two"].map(|path| {
            let sent = site.get(path, &[PARTS[0].1, &[("Cookie", &cookie)]].concat());
            (path, sent.header("location").expect("a page goes to sign in").to_owned())
        });
        thread::scope(|scope| {
            let (site, ended) = (&site, &ended);
            let tabs = tabs.map(|(path, to)| (path, scope.spawn(move || lands(site, &to, Some(ended)))));
            for (path, tab) in tabs {
                let landed = tab.join().expect("a tab");
                assert!(landed.ends_with(path), "{landed}");
            }
        });
    }
}
