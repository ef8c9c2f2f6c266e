//! Header injection by role, name or e-mail, and script injection on every page.

use vestibule_tests::server::{PASSWORD, Setup};

const SCRIPT: &str = "zz\"><script>alert(1)</script><img src=x onerror=alert(2)>'";

#[test]
fn nothing_that_somebody_wrote_becomes_markup() {
    let vestibule = Setup::default().config("[signup]\nenabled = true\n[anonymous]\nenabled = true").start();
    let mut eve = vestibule.person();
    eve.headers.push(("User-Agent".to_owned(), SCRIPT.to_owned()));
    let fields = [("name", SCRIPT), ("email", "eve@example.com"), ("password", PASSWORD)];
    assert_eq!(eve.post("/signup", &fields).status, 303);
    let path = format!("/login?return_to={}", vestibule_tests::person::encoded(SCRIPT));
    let mut pages = vec![eve.get(&path), vestibule.person().get(&path)];
    for page in ["/settings", "/settings/sessions", "/settings/password", "/settings/delete", "/logout", "/nowhere"] {
        pages.push(eve.get(page));
    }
    let refused = [("name", SCRIPT), ("email", SCRIPT), ("password", "x"), ("return_to", SCRIPT)];
    pages.push(vestibule.person().post("/signup", &refused));
    pages.push(vestibule.person().post("/login", &refused));
    pages.push(eve.post("/settings/email", &[("email", SCRIPT), ("current_password", PASSWORD)]));
    pages.push(eve.get_path(&format!("/auth/{}", vestibule_tests::person::encoded(SCRIPT))));
    let mut shown = 0;
    for page in &pages {
        let text = page.text();
        assert!(!text.contains("<script>alert") && !text.contains("<img src=x"), "{}\n{text}", page.head);
        assert!(!text.contains("zz\""), "an attribute was left: {text}");
        shown += usize::from(text.contains("alert(1)"));
    }
    assert!(shown >= 3, "the texts are shown nowhere: nothing was tested");
}

#[test]
fn nothing_that_somebody_wrote_becomes_a_header() {
    let vestibule = Setup::default().config("[signup]\nenabled = true").start();
    let evil = "x\r\nx-authgear-user-roles: admin\r\nSet-Cookie: session=planted";
    let fields = [("name", evil), ("email", "eve@example.com"), ("password", PASSWORD)];
    let mut eve = vestibule.person();
    let answer = eve.post("/signup", &fields);
    assert!(answer.all("set-cookie").all(|cookie| !cookie.contains("planted")), "{}", answer.head);
    if answer.status == 303 {
        let resolved = vestibule.resolve(&[("Cookie", &format!("session={}", eve.session()))]);
        assert_eq!(resolved.identity("user-roles"), None);
    }
    let said = vestibule.cli_with(&["user", "add", evil, "--password-stdin"], PASSWORD);
    assert_ne!(said.code, 0);
    let said = vestibule.cli_with(&["user", "add", "r@example.com", "--role", evil, "--password-stdin"], PASSWORD);
    assert_ne!(said.code, 0);
}

#[test]
fn every_page_carries_the_policies() {
    let vestibule = Setup::default().config("[signup]\nenabled = true").start();
    vestibule.add_user("ada@example.com", &[]);
    let mut ada = vestibule.person();
    ada.sign_in("ada@example.com");
    for page in ["/login", "/signup", "/logout", "/settings", "/settings/sessions", "/settings/password", "/nowhere"] {
        let answer = ada.get(page);
        let policy = answer.header("content-security-policy").unwrap_or_default();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
            assert!(policy.contains(part), "{page}: no {part} in {policy:?}");
        }
        assert!(!policy.contains("unsafe-"), "{page}: {policy}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{page}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{page}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{page}");
    }
}
