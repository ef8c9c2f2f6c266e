//! The pages over plain HTTP: where they lead, what their cookies look like, and what an operator can change on them.

use std::fs;

use vestibule_tests::http::Response;
use vestibule_tests::server::{PASSWORD, Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

fn with_ada(setup: Setup) -> Vestibule {
    let vestibule = setup.start();
    vestibule.add_user(EMAIL, &["--name", "Ada"]);
    vestibule
}

fn cookie<'r>(answer: &'r Response, name: &str) -> &'r str {
    let start = format!("{name}=");
    let is_set = |cookie: &&str| cookie.starts_with(&start) && !cookie.to_lowercase().contains("max-age=0");
    answer.headers.iter().map(|(_, value)| value.as_str()).find(is_set).expect("the cookie is set")
}

#[test]
fn the_session_cookie_is_as_the_contract_says() {
    let vestibule = with_ada(Setup::default());
    let answer = vestibule.person().try_sign_in(EMAIL, PASSWORD);
    let session = cookie(&answer, "session").to_lowercase();
    for part in ["; httponly", "; samesite=lax", "; path=/", "; max-age=31449600"] {
        assert!(session.contains(part), "no {part} in {session}");
    }
    assert!(!session.contains("secure") && !session.contains("domain"), "{session}");
    let strict = cookie(&answer, "same_site_strict").to_lowercase();
    assert!(strict.contains("; samesite=strict") && strict.contains("; httponly"), "{strict}");
    assert!(!strict.starts_with("same_site_strict=true"), "a bare `true` could be tossed: {strict}");
    assert!(cookie(&answer, "device").to_lowercase().contains("; httponly"));
}

#[test]
fn the_cookies_follow_the_configuration() {
    let config = "[session]\ncookie_domain = \"example.com\"\nuse_session_cookie = true\ncookie_prefix = \"p_\"";
    let vestibule = with_ada(Setup::default().origin("https://auth.example.com").config(config));
    let answer = vestibule.person().try_sign_in(EMAIL, PASSWORD);
    let session = cookie(&answer, "p_session").to_lowercase();
    assert!(session.contains("; secure") && session.contains("; domain=example.com"), "{session}");
    assert!(!session.contains("max-age") && !session.contains("expires"), "{session}");
    assert!(cookie(&answer, "p_same_site_strict").to_lowercase().contains("; secure"));
}

#[test]
fn people_are_sent_where_they_belong() {
    let vestibule = with_ada(Setup::default());
    let leads = |answer: Response| {
        assert!([302, 303, 307].contains(&answer.status), "{}", answer.head);
        answer.header("location").unwrap_or_default().replace(&vestibule.origin(), "")
    };
    let mut nobody = vestibule.person();
    assert!(leads(nobody.get("/")).starts_with("/auth/login"));
    assert!(leads(nobody.get("/settings/password")).starts_with("/auth/login?return_to="));
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    assert_eq!(leads(ada.get("/")), "/auth/settings");
    let change = ada.get("/.well-known/change-password");
    assert_eq!(change.status, 302);
    assert_eq!(leads(change), "/auth/settings/password");
    // Password managers probe one of these to see whether a 404 is one.
    assert_eq!(ada.get("/.well-known/resource-that-should-not-exist").status, 404);
}

#[test]
fn a_visit_that_needs_a_sign_in_goes_on_after_it() {
    let vestibule = with_ada(Setup::default());
    let mut ada = vestibule.person();
    let sent = ada.get("/settings/password");
    let to_login = sent.header("location").unwrap().replace(&vestibule.origin(), "").replacen("/auth", "", 1);
    let page = ada.get(&to_login).text();
    let return_to = page.split("name=\"return_to\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let return_to = return_to.expect("the form keeps the way back").replace("&#x2f;", "/").replace("&#47;", "/");
    let answer = ada.post("/login", &[("email", EMAIL), ("password", PASSWORD), ("return_to", &return_to)]);
    assert!(answer.header("location").unwrap().ends_with("/auth/settings/password"), "{}", answer.head);
}

#[test]
fn every_status_has_a_page_that_says_what_to_do() {
    let vestibule = with_ada(Setup::default());
    let mut somebody = vestibule.person();
    let cross_site = somebody.post_as("/login", &[("email", EMAIL)], &[("Sec-Fetch-Site", "cross-site")]);
    let wrong_method = somebody.post("/settings", &[]);
    for (answer, status) in [(somebody.get("/nowhere"), 404), (cross_site, 403), (wrong_method, 405)] {
        assert_eq!(answer.status, status, "{}", answer.head);
        let text = answer.text();
        assert!(text.contains("<h1>") && text.contains("href=\"/auth/"), "{status}: {text}");
        assert!(answer.header("content-type").unwrap_or_default().starts_with("text/html"));
    }
}

#[test]
fn the_operator_chooses_name_logo_and_colour() {
    let setup = Setup::default();
    let folder = tempfile::tempdir().unwrap();
    let logo = folder.path().join("logo.svg");
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"><script>alert(1)</script></svg>";
    fs::write(&logo, svg).unwrap();
    let brand = format!("[brand]\nname = \"Acme & <Sons>\"\nlogo = \"{}\"\naccent = \"#a01040\"", logo.display());
    let vestibule = setup.config(&brand).start();
    let page = vestibule.person().get("/login").text();
    assert!(page.contains("Acme &amp; &lt;Sons&gt;") || page.contains("Acme &#38; &#60;Sons&#62;"), "{page}");
    let shown = vestibule.person().get("/assets/logo");
    assert_eq!((shown.status, shown.text()), (200, svg.to_owned()));
    assert_eq!(shown.header("content-type"), Some("image/svg+xml"));
    assert!(shown.header("content-security-policy").is_some(), "a logo is a document of our origin, too");
    let style = vestibule.person().get("/assets/app.css");
    assert_eq!(style.status, 200);
    assert!(style.text().contains("#a01040") || page.contains("#a01040"), "the colour is nowhere");
}

#[test]
fn texts_come_in_the_language_that_is_asked_for() {
    let vestibule = Setup::default().start();
    let language = |accept: &str| {
        let mut person = vestibule.person();
        person.headers.push(("Accept-Language".to_owned(), accept.to_owned()));
        let page = person.get("/login").text();
        page.split("<html lang=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    };
    for (accept, shown) in [
        ("de", "de"),
        ("de-CH, en;q=0.5", "de"),
        ("fr, de;q=0.2, en;q=0.9", "en"),
        ("fr", "en"),
        ("", "en"),
        ("*", "en"),
        ("de;q=0, en;q=0.1", "en"),
        (&"x,".repeat(5000), "en"),
    ] {
        assert_eq!(language(accept), shown, "{}", &accept[..accept.len().min(40)]);
    }
}

#[test]
fn a_doubled_session_cookie_is_named_on_the_page() {
    let vestibule = with_ada(Setup::default());
    let mut ada = vestibule.person();
    ada.headers.push(("Cookie".to_owned(), "session=one; session=two".to_owned()));
    let page = ada.get("/login").text();
    assert!(page.contains("role=\"alert\"") && page.contains("session"), "{page}");
}

#[test]
fn public_url_without_a_path_works_as_well() {
    let vestibule = with_ada(Setup::default().path(""));
    let mut ada = vestibule.person();
    assert!(ada.get("/login").text().contains("action=\"/login"));
    ada.sign_in(EMAIL);
    assert_eq!(ada.get("/settings").status, 200);
    assert_eq!(ada.get("/_resolver/resolve").status, 404);
}
