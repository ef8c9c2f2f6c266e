//! Secrets stay where they belong: the whole debug log of an end-to-end run, every URL and every error has none.

use vestibule_tests::http::exchange;
use vestibule_tests::postgres;
use vestibule_tests::server::{PASSWORD, Setup, Vestibule};

/// bcrypt (cost 4) of `correct horse battery staple`.
const BCRYPT: &str = "$2b$04$qgrzRuB3JPo2zd4yQCPAceBRPBuwSboGyHiTil2nlrbifBwDvbx/y";
/// What begins every secret, hash and private key (RSA, Ed25519) of ours: not even a part of one may show.
const MARKS: [&str; 7] = ["vbs_", "vbd_", "$argon2", "$2b$", "$2a$", "IBADANBgkqhkiG9w0BAQEFAASC", "MFECAQEwBQYDK2Vw"];

#[test]
fn the_debug_log_of_a_whole_run_has_no_secret() {
    let mut vestibule = Setup::default()
        .config("[signup]\nenabled = true\n[anonymous]\nenabled = true")
        .environment("VESTIBULE__LOG__LEVEL", "trace")
        .start();
    let mut secrets = vec![PASSWORD.to_owned(), WRONG.to_owned(), NEW.to_owned(), SET.to_owned(), BCRYPT.to_owned()];
    secrets.extend(sign_in_and_out(&vestibule));
    secrets.extend(what_an_operator_does(&vestibule));
    let urls = format!("{}&session={}", vestibule_tests::person::encoded(NEW), secrets[5]);
    let mut answers = vec![vestibule.person().get(&format!("/login?password={urls}")).text()];
    for secret in &secrets {
        answers.extend(ask_with(&vestibule, secret));
    }
    let ops = b"GET /metrics HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n";
    answers.push(exchange(&vestibule.ops(), ops).text());
    vestibule.stop();
    secrets.push(installation_key(&vestibule));

    let log = vestibule.log();
    assert!(log.contains("\"TRACE\"") && log.contains("\"path\":\"/auth/settings/password\""), "{log}");
    for text in answers.iter().chain([&log]) {
        let forms =
            |secret: &String| [secret.clone(), vestibule_tests::person::encoded(secret), secret.replace(' ', "+")];
        for form in secrets.iter().flat_map(forms).chain(MARKS.map(str::to_owned)) {
            assert!(!text.contains(&form), "{form:?} is in:\n{}", line_with(text, &form));
        }
    }
}

const WRONG: &str = "a wrong guess 4711";
const NEW: &str = "a new horse and battery";
const SET: &str = "what the operator typed 99";

/// Every way in and out of the pages; returns the secrets that were set on the way.
fn sign_in_and_out(vestibule: &Vestibule) -> Vec<String> {
    vestibule.add_user("ada@example.com", &["--role", "admin"]);
    let mut secrets = vec![vestibule.create_session("ada@example.com")];
    let mut ada = vestibule.person();
    assert_eq!(ada.try_sign_in("ada@example.com", WRONG).status, 422);
    ada.sign_in("ada@example.com");
    secrets.push(ada.session());
    for name in ["device", "same_site_strict"] {
        secrets.push(ada.cookie(name).expect("set at sign-in").to_owned());
    }
    for page in ["/settings", "/settings/sessions", "/settings/password", "/nowhere"] {
        ada.get(page);
    }
    ada.post("/settings/password", &[("current_password", WRONG), ("new_password", NEW)]);
    let changed = ada.post("/settings/password", &[("current_password", PASSWORD), ("new_password", NEW)]);
    assert_eq!(changed.status, 303);
    secrets.push(ada.session());
    let mut guest = vestibule.person();
    guest.post("/login/guest", &[]);
    secrets.push(guest.session());
    let fields = [("name", "G"), ("email", "g@example.com"), ("password", PASSWORD)];
    assert_eq!(guest.post("/signup", &fields).status, 303);
    secrets.push(guest.session());
    ada.post("/logout", &[]);
    secrets
}

/// The commands that are given a secret or make one.
fn what_an_operator_does(vestibule: &Vestibule) -> Vec<String> {
    let file = vestibule.folder().join("users.jsonl");
    let line = |email: &str, hash: &str| format!("{{\"email\":\"{email}\",\"password_hash\":\"{hash}\"}}\n");
    std::fs::write(&file, line("i@example.com", BCRYPT)).expect("our own folder");
    vestibule.cli(&["user", "import", file.to_str().expect("a plain path")]).expect_code(0);
    vestibule.cli(&["keys", "rotate", "--algorithm", "EdDSA"]).expect_code(0);
    std::fs::write(&file, line("j@example.com", &BCRYPT[..40])).expect("our own folder");
    let refused = vestibule.cli(&["user", "import", file.to_str().expect("a plain path")]).expect_code(1);
    assert!(!refused.err.contains(&BCRYPT[..12]), "{refused:?}");
    vestibule.person().sign_in("i@example.com");
    vestibule.cli_with(&["user", "password", "i@example.com", "--password-stdin"], SET).expect_code(0);
    let secret = vestibule.create_session("i@example.com");
    vestibule.cli(&["session", "revoke", "--user", "i@example.com"]).expect_code(0);
    vec![secret]
}

/// Sends a secret in every place where one belongs, and broken; returns the answers.
fn ask_with(vestibule: &Vestibule, secret: &str) -> Vec<String> {
    let cookie = format!("session={secret}");
    let mut answers =
        vec![vestibule.resolve(&[("Cookie", &cookie), ("Authorization", &format!("Bearer {secret}"))]).head];
    answers.push(vestibule.resolve(&[("Authorization", &format!("Basic {secret}"))]).head);
    for (address, path) in [(vestibule.resolver(), "/_resolver/resolve"), (vestibule.public(), "/auth/login")] {
        let broken = format!("GET {path} HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\nbroken\r\n\r\n");
        let answer = exchange(&address, broken.as_bytes());
        answers.push(answer.head.clone() + &answer.text());
    }
    answers
}

/// The installation's key, out of the database's bytes: it stands behind its name.
fn installation_key(vestibule: &Vestibule) -> String {
    if postgres::is_the_store() {
        let key = "SELECT secret FROM keys WHERE name = 'tag'";
        let said = postgres::shared().sql(&vestibule.database(), key).expect_code(0);
        assert_eq!(said.line().len(), 43, "a key of 32 bytes in base64url");
        return said.line().to_owned();
    }
    let bytes = std::fs::read(vestibule.data_dir().join("vestibule.db")).expect("the database");
    let is_key = |text: &[u8]| text.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let found = bytes.windows(46).find(|window| window.starts_with(b"tag") && is_key(&window[3..]));
    String::from_utf8_lossy(&found.expect("a key of 32 bytes in base64url")[3..]).into_owned()
}

#[test]
fn a_secret_is_never_an_argument() {
    let vestibule = Setup::default().prepare();
    // Arguments are in `ps`, in the shell's history and in audit logs: there is no way to write one there.
    for args in [
        &["user", "add", "ada@example.com", "--password", PASSWORD][..],
        &["user", "add", "ada@example.com", "--password-stdin", PASSWORD],
        &["user", "add", "ada@example.com"],
        &["user", "password", "ada@example.com", PASSWORD],
    ] {
        vestibule.cli(args).expect_code(2);
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
    vestibule.create_session("ada@example.com");
    let key = installation_key(&vestibule);
    for args in [
        &["user", "show", "ada@example.com"][..],
        &["user", "show", "ada@example.com", "--json"],
        &["user", "list", "--json"],
        &["session", "list", "ada@example.com"],
        &["keys", "list", "--json"],
        &["keys", "rotate"],
        &["keys", "rotate", "--algorithm", "EdDSA"],
        &["session", "list", "ada@example.com", "--json"],
        &["config", "show"],
        &["proxy-config", "nginx"],
        &["doctor"],
    ] {
        let said = vestibule.cli(args);
        let said = said.out + &said.err;
        assert!(!MARKS.iter().any(|mark| said.contains(mark)), "{args:?}: {said}");
        assert!(!said.contains(PASSWORD) && !said.contains(&key), "{args:?}: {said}");
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
