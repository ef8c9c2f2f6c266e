//! Open redirect: `return_to` leads to our own origin or to one that the operator listed, and nowhere else.

use vestibule_tests::person::encoded;
use vestibule_tests::server::{PASSWORD, Setup, Vestibule};

const EMAIL: &str = "ada@example.com";

fn server() -> Vestibule {
    let setup = Setup::default().origin("https://auth.example.com").config(
        "[session]\ncookie_domain = \"example.com\"\n\
         [login]\nreturn_to = [\"https://app.example.com\", \"https://*.apps.example.com\"]\ndefault_url = \"/home\"",
    );
    let vestibule = setup.start();
    vestibule.add_user(EMAIL, &[]);
    vestibule
}

fn lands(vestibule: &Vestibule, return_to: &str) -> String {
    let fields = [("email", EMAIL), ("password", PASSWORD), ("return_to", return_to)];
    let answer = vestibule.person().post("/login", &fields);
    assert_eq!(answer.status, 303, "{return_to:?}: {}", answer.head);
    answer.header("location").unwrap_or_default().to_owned()
}

#[test]
fn nobody_is_sent_to_a_stranger() {
    let vestibule = server();
    let home = lands(&vestibule, "");
    assert!(home == "/home" || home == "https://auth.example.com/home", "{home}");
    for evil in [
        "https://evil.example/",
        "http://evil.example",
        "//evil.example/",
        "///evil.example/",
        "////evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "\t//evil.example",
        "/%09/evil.example",
        "/%5cevil.example",
        "/%2f/evil.example",
        " //evil.example",
        "%20//evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https:\\\\evil.example",
        "https://app.example.com@evil.example/",
        "https://app.example.com:443@evil.example/",
        "https://evil.example\\@app.example.com/",
        "https://evil.example#@app.example.com/",
        "https://app.example.com.evil.example/",
        "https://app.example.com.",
        "https://app.example.com./",
        "https://notapp.example.com/",
        "https://xapp.example.com/",
        "https://apps.example.com/",
        "https://x.apps.example.com.evil.example/",
        "https://evilapps.example.com/",
        "http://app.example.com/",
        "http://auth.example.com/",
        "https://app.example.com:8443/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "https://app.example.com%00.evil.example/",
        "https://app.example.com%2eevil.example/",
        "https://\u{2024}app.example.com/",
        "https://evil\u{3002}example/",
        "/\u{2f}/evil.example",
        "https://user@app.example.com/",
        "https://user:pass@app.example.com/",
    ] {
        let landed = lands(&vestibule, evil);
        let decoy = landed.starts_with("/%") || landed.starts_with("https://auth.example.com/%");
        assert!(landed == home || decoy, "{evil:?} leads to {landed}");
        assert!(!landed.contains('\t') && !landed.contains('\\') && !landed.starts_with("//"), "{landed}");
    }
}

#[test]
fn people_are_sent_where_the_operator_allows() {
    let vestibule = server();
    for (asked, landed) in [
        ("/deep/page?x=1&y=2", "/deep/page?x=1&y=2"),
        ("https://auth.example.com/deep", "/deep"),
        ("https://app.example.com/x?y=z", "https://app.example.com/x?y=z"),
        ("https://APP.example.com:443/x", "https://app.example.com/x"),
        ("https://one.apps.example.com/", "https://one.apps.example.com/"),
    ] {
        let at = lands(&vestibule, asked);
        assert!(at == landed || at == format!("https://auth.example.com{landed}"), "{asked} leads to {at}");
    }
}

#[test]
fn a_line_end_in_return_to_splits_no_answer() {
    let vestibule = server();
    for evil in ["/x\r\nSet-Cookie: session=planted", "/x%0d%0aSet-Cookie:%20session=planted", "/x\nX: y"] {
        let fields = [("email", EMAIL), ("password", PASSWORD), ("return_to", evil)];
        let answer = vestibule.person().post("/login", &fields);
        assert!(answer.all("set-cookie").all(|cookie| !cookie.contains("planted")), "{}", answer.head);
        assert_eq!(answer.header("x"), None);
    }
}

#[test]
fn the_parameter_has_no_other_name() {
    let vestibule = server();
    for name in ["rd", "redirect", "redirect_uri", "next", "url", "x_return_to", "Return_To"] {
        let fields = [("email", EMAIL), ("password", PASSWORD), (name, "https://app.example.com/")];
        let answer = vestibule.person().post("/login", &fields);
        assert!(!answer.header("location").unwrap_or_default().contains("app."), "{name}: {}", answer.head);
    }
}

#[test]
fn the_page_lets_its_form_lead_where_it_will_be_sent_and_nowhere_else() {
    let vestibule = server();
    let action = |return_to: &str| {
        let page = vestibule.person().get(&format!("/login?return_to={}", encoded(return_to)));
        let policy = page.header("content-security-policy").unwrap_or_default().to_owned();
        policy.split(';').find(|part| part.trim().starts_with("form-action")).unwrap_or_default().trim().to_owned()
    };
    assert_eq!(action("/x"), "form-action 'self'");
    assert_eq!(action("https://evil.example/"), "form-action 'self'");
    assert_eq!(action("https://app.example.com/x;script-src%20*"), "form-action 'self' https://app.example.com");
}
