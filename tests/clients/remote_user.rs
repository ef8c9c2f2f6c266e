//! Radicale, a calendar server that believes `X-Remote-User`: behind nginx with the printed file, and `[headers.extra]`.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;

use vestibule_tests::http::Response;
use vestibule_tests::nginx::{Site, printed};
use vestibule_tests::process::Process;
use vestibule_tests::server::Setup;
use vestibule_tests::{port, skip};

use super::install::radicale;

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.com";
const COLLECTION: &str = "/ada@example.com/holidays/";
/// The name that Radicale believes, as a gateway to WSGI takes others for it, too.
const SPELLINGS: [&str; 5] = ["X-Remote-User", "x-remote-user", "X_Remote_User", "X-Remote_User", "X.Remote.User"];

struct Calendar {
    site: Site,
    _radicale: Process,
}

impl Calendar {
    fn start(mut program: Command) -> Self {
        let (address, app) = (port::free(), port::free());
        let setup = Setup::default()
            .origin(&format!("http://localhost:{}", address.port()))
            .config("[headers.extra]\n\"X-Remote-User\" = \"user.email\"\n\"Remote-Groups\" = \"user.roles\"");
        let site = Site::with(setup, address, |vestibule, _| printed(vestibule, &format!("http://{app}"), address));
        for email in [ADA, BOB] {
            site.vestibule.add_user(email, &["--verified"]);
        }
        let folder = site.vestibule.folder();
        fs::write(folder.join("radicale.conf"), config(folder, app)).expect("our own folder");
        program.arg("--config").arg(folder.join("radicale.conf"));
        let mut radicale = Process::start(&program, &folder.join("radicale.log"));
        radicale.ready(|| TcpStream::connect(app).is_ok());
        Self { site, _radicale: radicale }
    }

    fn session(&self, email: &str) -> String {
        format!("session={}", self.site.vestibule.create_session(email))
    }

    /// Asks for a collection's properties.
    fn properties(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.site.request("PROPFIND", path, &[&[("Depth", "0")], headers].concat(), WHO)
    }
}

/// As its documents write it, for one that is behind a proxy.
fn config(folder: &Path, app: SocketAddr) -> String {
    let folder = folder.display();
    format!(
        "[server]\nhosts = {app}\n[auth]\ntype = http_x_remote_user\n[rights]\ntype = owner_only\n\
         [storage]\nfilesystem_folder = {folder}/collections\n"
    )
}

/// Who Radicale takes somebody for.
const WHO: &str =
    r#"<?xml version="1.0"?><propfind xmlns="DAV:"><prop><current-user-principal/><displayname/></prop></propfind>"#;
const NEW: &str = r#"<?xml version="1.0"?><mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<resourcetype><collection/><C:calendar/></resourcetype><displayname>Holidays</displayname></prop></set></mkcol>"#;

#[test]
fn radicale_lets_in_who_is_signed_in_and_nobody_who_says_so_himself() {
    let test = "radicale_lets_in_who_is_signed_in_and_nobody_who_says_so_himself";
    let program = match radicale() {
        Ok(program) => program,
        Err(reason) => return skip(test, reason),
    };
    let calendar = Calendar::start(program);
    let (ada, bob) = (calendar.session(ADA), calendar.session(BOB));
    let made = calendar.site.request("MKCOL", COLLECTION, &[("Cookie", &ada)], NEW);
    assert_eq!(made.status, 201, "{}{}", made.head, made.text());
    let seen = calendar.properties(COLLECTION, &[("Cookie", &ada)]);
    assert_eq!(seen.status, 207, "{}", seen.text());
    assert!(seen.text().contains("Holidays") && seen.text().contains("/ada%40example.com/"), "{}", seen.text());

    // Others, whatever they call themselves.
    let is_kept_out = |headers: &[(&str, &str)]| {
        let answer = calendar.properties(COLLECTION, headers);
        assert!([400, 401, 403].contains(&answer.status), "{headers:?}: {}{}", answer.head, answer.text());
        assert!(!answer.text().contains("Holidays"), "{headers:?}: {}", answer.text());
    };
    is_kept_out(&[]);
    is_kept_out(&[("Cookie", &bob)]);
    is_kept_out(&[("Authorization", "Basic YWRhQGV4YW1wbGUuY29tOng=")]);
    for name in SPELLINGS {
        is_kept_out(&[(name, ADA)]);
        is_kept_out(&[(name, ADA), (name, ADA)]);
        is_kept_out(&[("Cookie", &bob), (name, ADA)]);
        is_kept_out(&[("Cookie", "session=forged"), (name, ADA)]);
        is_kept_out(&[("Connection", name), (name, ADA)]);
    }
    let own = calendar.properties("/", &[("Cookie", &bob), ("X-Remote-User", ADA)]);
    assert!(own.text().contains("/bob%40example.com/"), "he is who he is: {}", own.text());

    // On the very next request after a sign-out, and with no address that is vouched for.
    calendar.site.vestibule.cli(&["session", "revoke", "--user", ADA]).expect_code(0);
    is_kept_out(&[("Cookie", &ada)]);
    let again = calendar.session(ADA);
    assert_eq!(calendar.properties(COLLECTION, &[("Cookie", &again)]).status, 207);
    calendar.site.vestibule.cli(&["user", "set", ADA, "--verified", "false"]).expect_code(0);
    is_kept_out(&[("Cookie", &again)]);
}
