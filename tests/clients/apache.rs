//! Debian's mod_auth_openidc in Apache: a protected page, a refresh before each request, and its logout.

use std::fs::{self, Permissions};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use vestibule_tests::http::Response;
use vestibule_tests::oauth::{Application, Page, browse};
use vestibule_tests::person::{Person, encoded};
use vestibule_tests::process::Process;
use vestibule_tests::{port, skip};

use super::{EMAIL, server};

const MODULES: &str = "/usr/lib/apache2/modules";

#[test]
fn mod_auth_openidc_signs_in_refreshes_and_signs_out() {
    if !Path::new(MODULES).join("mod_auth_openidc.so").exists() {
        let reason = "it needs Debian's apache2 and libapache2-mod-auth-openidc";
        return skip("mod_auth_openidc_signs_in_refreshes_and_signs_out", reason);
    }
    let vestibule = server();
    let address = port::free();
    let origin = format!("http://localhost:{}", address.port());
    let (callback, out) = (format!("{origin}/secure/redirect_uri"), format!("{origin}/out"));
    let more = ["--redirect-uri", &callback, "--post-logout-redirect-uri", &out];
    let application = Application::register(&vestibule, "apache", "confidential", &more);
    let folder = tempfile::Builder::new().prefix("vestibule-apache-").tempdir().expect("a folder can be made");
    let issuer = vestibule.url("");
    let config = config(folder.path(), &origin, &issuer, application.secret.as_deref().expect("a secret"));
    let _apache = start(folder.path(), &config, address);

    let (mut here, mut there) = (Person::new(address.into(), &origin, ""), vestibule.person());
    // Whatever does not ask for a page is not sent to sign in.
    here.headers.push(("Accept".to_owned(), "text/html".to_owned()));
    let page = through(&mut here, &mut there, "/secure/", &[Page::SignIn]);
    assert_eq!(page.status, 200, "{}", page.head);
    assert_eq!(page.header("x-remote-user"), Some(EMAIL));
    assert_eq!(page.header("x-claim-name"), Some("Ada"));
    let token = page.header("x-access-token").expect("an access token").to_owned();

    let again = here.get_path("/secure/");
    assert_eq!(again.status, 200, "{}", again.head);
    assert_ne!(again.header("x-access-token"), Some(token.as_str()), "it has not refreshed");

    let leave = here.get_path(&format!("/secure/redirect_uri?logout={}", encoded(&out)));
    there.drop_cookie("same_site_strict");
    let first = there.open(leave.header("location").expect("the way to sign out"));
    assert_eq!(browse(&mut there, EMAIL, first), (out, vec![]), "the ID token in the address is proof enough");
    through(&mut here, &mut there, "/secure/", &[Page::SignIn]);
}

/// Opens a protected page in a browser that is in two places, and checks what was shown on the way.
#[track_caller]
fn through(here: &mut Person, there: &mut Person, path: &str, shown: &[Page]) -> Response {
    let away = here.get_path(path);
    let first = there.open(away.header("location").unwrap_or_else(|| panic!("{}{}", away.head, away.text())));
    let (back, pages) = browse(there, EMAIL, first);
    assert_eq!(pages, shown);
    let landed = here.open(&back);
    here.open(landed.header("location").unwrap_or_else(|| panic!("{}{}", landed.head, landed.text())))
}

fn start(folder: &Path, config: &str, address: std::net::SocketAddr) -> Process {
    fs::set_permissions(folder, Permissions::from_mode(0o755)).expect("our own folder");
    fs::create_dir_all(folder.join("www/secure")).expect("our own folder");
    fs::write(folder.join("www/secure/index.html"), "secret\n").expect("our own folder");
    fs::write(folder.join("apache.conf"), config).expect("our own folder");
    let mut command = Command::new("apache2");
    command.arg("-X").arg("-f").arg(folder.join("apache.conf"));
    let mut process = Process::start(&command, &folder.join("apache.log"));
    process.ready(|| TcpStream::connect(address).is_ok());
    process
}

/// What its documents recommend, and answer headers that show what an application behind it would be told.
fn config(folder: &Path, origin: &str, issuer: &str, secret: &str) -> String {
    let names = ["mpm_event", "authn_core", "authz_core", "authz_user", "headers", "dir", "auth_openidc"];
    let modules: String =
        names.iter().map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n")).collect();
    let port = origin.rsplit(':').next().unwrap_or_default();
    let user = if rustix::process::geteuid().is_root() { "User www-data\nGroup www-data\n" } else { "" };
    let folder = folder.display();
    format!(
        r#"{modules}{user}ServerRoot {folder}
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
ServerName localhost
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
DocumentRoot {folder}/www
DirectoryIndex index.html
UseCanonicalName Off
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID apache
OIDCClientSecret {secret}
OIDCRedirectURI {origin}/secure/redirect_uri
OIDCCryptoPassphrase a-passphrase-of-this-test
OIDCPKCEMethod S256
OIDCScope "openid email profile offline_access"
OIDCRemoteUserClaim email
OIDCRefreshAccessTokenBeforeExpiry 1800
<Location /secure>
  AuthType openid-connect
  Require valid-user
  Header always set X-Remote-User "expr=%{{REMOTE_USER}}"
  Header always set X-Claim-Name "%{{OIDC_CLAIM_name}}e"
  Header always set X-Access-Token "%{{OIDC_access_token}}e"
</Location>
"#
    )
}
