//! Attacks on the pages, each under its name.

use http::{Request, StatusCode, header};

use crate::house::{House, ORIGIN, PASSWORD};

const PAGES: [&str; 5] = ["/auth/login", "/auth/signup", "/auth/logout", "/auth/nowhere", "/nowhere"];

#[tokio::test]
async fn clickjacking_and_sniffing_every_page_has_its_headers() {
    let house = House::new().await;
    for path in PAGES {
        let page = house.browser().get(path).await;
        let value = |name: &str| page.response.headers()[name].to_str().unwrap().to_owned();
        assert!(value("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!value("content-security-policy").contains("unsafe"), "{path}");
        assert_eq!(value("referrer-policy"), "same-origin", "{path}");
        assert_eq!(value("cache-control"), "no-store", "{path}");
        assert_eq!(value("x-content-type-options"), "nosniff", "{path}");
        assert!(!page.body.contains("style=") && !page.body.contains("onclick"), "{path}");
    }
}

#[tokio::test]
async fn login_csrf_a_cross_site_post_is_refused_and_changes_nothing() {
    let (house, _) = House::with_ada().await;
    let body = format!("email=ada%40example.com&password={}", PASSWORD.replace(' ', "+"));
    for lines in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "null")],
        &[("origin", "https://evil.example")],
        &[("origin", "https://id.example.com.evil.example")],
    ] {
        let mut request =
            Request::post("/auth/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in lines {
            request = request.header(*name, *value);
        }
        let page = house.browser().send(request, body.clone()).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{lines:?}");
        assert!(!page.response.headers().contains_key(header::SET_COOKIE), "{lines:?}");
    }
    let request = Request::post("/auth/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let page = house.browser().send(request.header("origin", ORIGIN), body).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn script_injection_what_people_type_is_shown_and_not_run() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    let evil = "\"><script>alert(1)</script>";
    let fields = [("email", evil), ("password", "not the one"), ("return_to", evil), ("name", evil)];
    for path in ["/auth/login", "/auth/signup"] {
        let page = browser.post(path, &fields).await;
        assert!(!page.body.contains("<script>alert"), "{path}");
        assert!(page.body.contains("Acme &#38; &#60;Sons&#62;"), "{path}: the operator's name is text too");
    }
    browser.sign_in().await;
    browser.post("/auth/settings/name", &[("name", evil)]).await;
    let page = browser.get("/auth/settings").await;
    assert!(page.body.contains("alert(1)") && !page.body.contains("<script>alert"), "{}", page.body);
}

#[tokio::test]
async fn open_redirect_attempts_lead_to_the_account() {
    let (house, _) = House::with_ada().await;
    for evil in [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "https://id.example.com@evil.example/",
        "https://id.example.com./",
        "/\t/evil.example",
        "javascript:alert(1)",
        "https://evilapp.example.com",
        "http://app.example.com/",
        "https://app.example.com.evil.example",
        "\u{a0}//evil.example",
    ] {
        let fields = [("email", "ada@example.com"), ("password", PASSWORD), ("return_to", evil)];
        let page = house.browser().post("/auth/login", &fields).await;
        assert_eq!(page.location, "https://id.example.com/auth/settings", "{evil:?}");
    }
}

#[tokio::test]
async fn session_fixation_a_sign_in_never_keeps_the_secret_that_came_with_it() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.cookies.push(("session".to_owned(), "vbs_planted".to_owned()));
    browser.sign_in().await;
    let first = browser.cookie("session").unwrap().to_owned();
    assert!(first.len() == 52 && first != "vbs_planted");
    browser.sign_in().await;
    assert_ne!(browser.cookie("session").unwrap(), first);
}

#[tokio::test]
async fn cookie_tossing_the_page_says_which_cookie_to_delete() {
    let (house, _) = House::with_ada().await;
    let mut browser = house.browser();
    browser.cookies.push(("session".to_owned(), "a".to_owned()));
    browser.cookies.push(("session".to_owned(), "b".to_owned()));
    assert!(browser.get("/auth/login").await.body.contains("two different cookies named “session”"));
}

#[tokio::test]
async fn request_smuggling_a_page_takes_one_length_and_no_other_end() {
    let house = House::new().await;
    let chunked = Request::post("/auth/login").header(header::TRANSFER_ENCODING, "chunked");
    let page = house.browser().send(chunked.header(header::CONTENT_LENGTH, "3"), String::new()).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(page.response.headers()[header::CONNECTION], "close");
}

#[tokio::test]
async fn a_large_or_doubled_form_is_refused() {
    let house = House::new().await;
    let large = "x".repeat(70_000);
    assert_eq!(house.browser().post("/auth/login", &[("email", &large)]).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let doubled = [("email", "a@example.com"), ("email", "b@example.com")];
    assert_eq!(house.browser().post("/auth/login", &doubled).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn wrong_methods_and_paths_have_pages() {
    let house = House::new().await;
    let page = house.browser().get("/auth/settings/name").await;
    assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(page.response.headers().contains_key(header::ALLOW));
    let page = house.browser().get("/_resolver/resolve").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.body.contains("There is no such page"));
    let json = Request::get("/auth/nowhere").header(header::ACCEPT, "application/json");
    let page = house.browser().send(json, String::new()).await;
    assert_eq!(page.body, "{\"error\":\"Not Found\",\"request\":null}");
}
