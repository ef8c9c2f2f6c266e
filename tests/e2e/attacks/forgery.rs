//! Cross-site requests and login CSRF: only our own pages can send our forms.

use vestibule_tests::server::{PASSWORD, Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

const FORMS: [(&str, &[(&str, &str)]); 10] = [
    ("/login", &[("email", EMAIL), ("password", PASSWORD)]),
    ("/login/guest", &[]),
    ("/signup", &[("name", "N"), ("email", "new@example.com"), ("password", PASSWORD)]),
    ("/logout", &[]),
    ("/settings/name", &[("name", "Eve was here")]),
    ("/settings/email", &[("email", "eve@example.com"), ("current_password", PASSWORD)]),
    ("/settings/password", &[("current_password", PASSWORD), ("new_password", "a new horse and battery")]),
    ("/settings/sessions/revoke", &[("session", "018f6b8e-2f6a-7b1c-9c3d-0123456789ab")]),
    ("/settings/sessions/revoke-others", &[]),
    ("/settings/delete", &[("current_password", PASSWORD)]),
];

fn server() -> Vestibule {
    let vestibule = Setup::default().config("[signup]\nenabled = true\n[anonymous]\nenabled = true").start();
    vestibule.add_user(EMAIL, &["--name", "Ada"]);
    vestibule
}

#[test]
fn no_form_is_taken_from_another_site() {
    let vestibule = server();
    let own = vestibule.origin();
    let look_alike = own.replace("localhost", "localhost.evil.example");
    let other_port = format!("{own}1");
    let https = own.replace("http:", "https:");
    let from: Vec<Vec<(&str, &str)>> = vec![
        vec![],
        vec![("Sec-Fetch-Site", "cross-site")],
        vec![("Sec-Fetch-Site", "same-site")],
        vec![("Sec-Fetch-Site", "none")],
        vec![("Sec-Fetch-Site", "cross-site"), ("Origin", &own)],
        vec![("Sec-Fetch-Site", "Same-Origin")],
        vec![("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "cross-site")],
        vec![("Origin", "null")],
        vec![("Origin", "https://evil.example")],
        vec![("Origin", &look_alike)],
        vec![("Origin", &other_port)],
        vec![("Origin", &https)],
        vec![("Origin", &own), ("Origin", "https://evil.example")],
        vec![("Referer", &own)],
    ];
    let mut ada = vestibule.person();
    ada.sign_in(EMAIL);
    for (form, fields) in FORMS {
        for headers in &from {
            let answer = ada.clone().post_as(form, fields, headers);
            assert_eq!(answer.status, 403, "{form} with {headers:?}: {}", answer.head);
            assert_eq!(answer.header("set-cookie"), None, "{form} with {headers:?}");
        }
    }
    assert!(vestibule.is_live(&ada.session()), "signed out by a stranger");
    let shown = vestibule.cli(&["user", "show", EMAIL]).expect_code(0).out;
    assert!(shown.contains("Ada"), "{shown}");
}

#[test]
fn our_own_pages_are_taken() {
    for headers in [vec![("Sec-Fetch-Site", "same-origin")], vec![("Origin", "OWN")]] {
        let vestibule = server();
        let own = vestibule.origin();
        let headers: Vec<(&str, &str)> = headers
            .into_iter()
            .map(|(name, value)| (name, if value == "OWN" { own.as_str() } else { value }))
            .collect();
        let fields = [("email", EMAIL), ("password", PASSWORD)];
        assert_eq!(vestibule.person().post_as("/login", &fields, &headers).status, 303, "{headers:?}");
    }
}

#[test]
fn a_link_never_signs_out() {
    let vestibule = server();
    let mut ada = vestibule.person();
    let secret = ada.sign_in(EMAIL).session();
    assert_eq!(ada.get("/logout").status, 200);
    assert!(vestibule.is_live(&secret));
}

#[test]
fn nothing_else_than_a_form_is_a_form() {
    let vestibule = server();
    for body in ["{\"email\":\"ada@example.com\"}", "email=ada%40example.com&password=x"] {
        for kind in ["text/plain", "application/json", "multipart/form-data; boundary=x"] {
            let raw = format!(
                "POST /auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n\
                 Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = vestibule_tests::http::exchange(&vestibule.public(), raw.as_bytes());
            assert!((400..500).contains(&answer.status), "{kind}: {}", answer.head);
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
}
