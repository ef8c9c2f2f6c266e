//! Secrets stay where they belong: the whole debug log of an end-to-end run, every URL and every error has none.

use vestibule_tests::http::exchange;
use vestibule_tests::server::{PASSWORD, Setup};

#[test]
fn the_debug_log_of_a_whole_run_has_no_secret() {
    let mut vestibule = Setup::default()
        .config("[signup]\nenabled = true\n[anonymous]\nenabled = true")
        .environment("VESTIBULE__LOG__LEVEL", "trace")
        .start();
    let wrong = "a wrong guess 4711";
    let new = "a new horse and battery";
    vestibule.add_user("ada@example.com", &["--role", "admin"]);
    let mut secrets = vec![PASSWORD.to_owned(), wrong.to_owned(), new.to_owned()];
    secrets.push(vestibule.create_session("ada@example.com"));
    let mut ada = vestibule.person();
    assert_eq!(ada.try_sign_in("ada@example.com", wrong).status, 422);
    ada.sign_in("ada@example.com");
    secrets.push(ada.session());
    secrets
        .extend(["device", "same_site_strict"].iter().map(|name| ada.cookie(name).expect("set at sign-in").to_owned()));
    for page in ["/settings", "/settings/sessions", "/settings/password", "/nowhere"] {
        ada.get(page);
    }
    ada.post("/settings/password", &[("current_password", wrong), ("new_password", new)]);
    let changed = ada.post("/settings/password", &[("current_password", PASSWORD), ("new_password", new)]);
    assert_eq!(changed.status, 303);
    secrets.push(ada.session());
    let mut guest = vestibule.person();
    guest.post("/login/guest", &[]);
    secrets.push(guest.session());
    let fields = [("name", "G"), ("email", "g@example.com"), ("password", PASSWORD)];
    assert_eq!(guest.post("/signup", &fields).status, 303);
    secrets.push(guest.session());
    for secret in &secrets {
        vestibule.resolve(&[("Cookie", &format!("session={secret}")), ("Authorization", &format!("Bearer {secret}"))]);
        let broken =
            format!("GET /_resolver/resolve HTTP/1.1\r\nHost: a\r\nCookie: session={secret}\r\nbroken\r\n\r\n");
        exchange(&vestibule.resolver(), broken.as_bytes());
        let broken = format!("GET /auth/login HTTP/1.1\r\nHost: a\r\nCookie: session={secret}\r\nbroken\r\n\r\n");
        exchange(&vestibule.public(), broken.as_bytes());
    }
    vestibule.cli(&["session", "revoke", "--user", "ada@example.com"]).expect_code(0);
    ada.post("/logout", &[]);
    vestibule.stop();

    let log = vestibule.log();
    assert!(log.lines().count() > 10, "the log is nearly empty: nothing was tested\n{log}");
    for secret in &secrets {
        for form in [secret.clone(), vestibule_tests::person::encoded(secret), secret.replace(' ', "+")] {
            assert!(!log.contains(&form), "the log has {form:?}:\n{}", line_with(&log, &form));
        }
    }
}

#[test]
fn no_command_says_a_password_back() {
    let vestibule = Setup::default().prepare();
    let secret = "short 1";
    for args in
        [&["user", "add", "ada@example.com", "--password-stdin"][..], &["user", "add", "bad", "--password-stdin"]]
    {
        let said = vestibule.cli_with(args, secret);
        assert_ne!(said.code, 0);
        assert!(!format!("{}{}", said.out, said.err).contains(secret), "{said:?}");
    }
    vestibule.add_user("ada@example.com", &[]);
    for args in [&["user", "show", "ada@example.com"][..], &["user", "list", "--json"], &["config", "show"]] {
        let said = vestibule.cli(args).expect_code(0);
        assert!(!said.out.contains("$argon2") && !said.out.contains(PASSWORD), "{said:?}");
    }
}

#[test]
fn no_url_carries_a_secret() {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let mut ada = vestibule.person();
    let answer = ada.try_sign_in("ada@example.com", PASSWORD);
    let location = answer.header("location").unwrap_or_default().to_owned();
    let secret = ada.session();
    assert!(!location.contains(&secret) && !location.contains("vbs_"), "{location}");
    for page in ["/settings", "/settings/sessions", "/logout"] {
        let text = ada.get(page).text();
        assert!(!text.contains("vbs_"), "{page} shows the secret");
    }
    // A form sent by GET by mistake: the page is shown and nobody is signed in.
    let mut other = vestibule.person();
    let query = format!("/login?email=ada%40example.com&password={}", vestibule_tests::person::encoded(PASSWORD));
    let page = other.get(&query);
    assert_eq!((page.status, other.cookie("session")), (200, None));
    assert!(!page.text().contains(PASSWORD));
    assert!(!vestibule.log().contains(&vestibule_tests::person::encoded(PASSWORD)), "the log has the query");
}

fn line_with(log: &str, part: &str) -> String {
    log.lines().filter(|line| line.contains(part)).take(3).collect::<Vec<_>>().join("\n")
}
