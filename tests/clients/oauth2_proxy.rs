//! oauth2-proxy, as scripts/bench-peers builds it: it lets somebody in, refreshes, and signs out.

use std::net::TcpStream;
use std::process::Command;

use vestibule_tests::oauth::{Application, Page, browse};
use vestibule_tests::person::{Person, encoded};
use vestibule_tests::process::Process;
use vestibule_tests::program::target;
use vestibule_tests::{port, skip, wait};

use super::{EMAIL, server};

#[test]
fn oauth2_proxy_signs_in_refreshes_and_signs_out() {
    let program = target().join("peers/oauth2-proxy");
    if !program.exists() {
        let reason = "it needs target/peers/oauth2-proxy, which `make bench-peers` builds with Go";
        return skip("oauth2_proxy_signs_in_refreshes_and_signs_out", reason);
    }
    let vestibule = server();
    let address = port::free();
    let origin = format!("http://localhost:{}", address.port());
    let (callback, out) = (format!("{origin}/oauth2/callback"), format!("{origin}/out"));
    let more = ["--redirect-uri", &callback, "--post-logout-redirect-uri", &out];
    let application = Application::register(&vestibule, "proxy", "confidential", &more);
    let folder = tempfile::Builder::new().prefix("vestibule-oauth2-proxy-").tempdir().expect("a folder can be made");
    let mut command = Command::new(program);
    command.args(["--provider=oidc", "--client-id=proxy", "--email-domain=*", "--upstream=static://200"]);
    command.args(["--cookie-secure=false", "--cookie-secret=0123456789abcdef0123456789abcdef", "--cookie-refresh=1s"]);
    command.args(["--code-challenge-method=S256", "--skip-provider-button=true", "--set-xauthrequest=true"]);
    command.args(["--pass-access-token=true", "--scope=openid email profile offline_access"]);
    command.arg(format!("--whitelist-domain=localhost:{}", address.port()));
    command.arg(format!("--whitelist-domain=localhost:{}", vestibule.origin().rsplit(':').next().unwrap_or_default()));
    command.arg(format!("--oidc-issuer-url={}", vestibule.url("")));
    command.arg(format!("--client-secret={}", application.secret.as_deref().expect("a secret")));
    command.args([format!("--redirect-url={callback}"), format!("--http-address={address}")]);
    let mut proxy = Process::start(&command, &folder.path().join("proxy.log"));
    proxy.ready(|| TcpStream::connect(address).is_ok());

    let (mut here, mut there) = (Person::new(address.into(), &origin, ""), vestibule.person());
    let sign_in = |here: &mut Person, there: &mut Person| {
        let away = here.get_path("/oauth2/start?rd=%2Fpage");
        let first = there.open(away.header("location").unwrap_or_else(|| panic!("{}{}", away.head, proxy.log())));
        let (back, pages) = browse(there, EMAIL, first);
        assert_eq!(pages, [Page::SignIn]);
        let landed = here.open(&back);
        assert_eq!(landed.header("location"), Some("/page"), "{}{}", landed.head, proxy.log());
    };
    sign_in(&mut here, &mut there);
    let answer = here.get_path("/oauth2/auth");
    assert_eq!(answer.status, 202, "{}", answer.head);
    assert_eq!(answer.header("x-auth-request-email"), Some(EMAIL));
    let token = answer.header("x-auth-request-access-token").expect("an access token").to_owned();
    wait::until("it refreshes, a second later", || {
        let answer = here.get_path("/oauth2/auth");
        assert_eq!(answer.status, 202, "{}{}", answer.head, proxy.log());
        (answer.header("x-auth-request-access-token") != Some(token.as_str())).then_some(())
    });

    // It keeps the ID token to itself, so that we ask.
    let end = vestibule.url(&format!("/oauth2/end_session?client_id=proxy&post_logout_redirect_uri={}", encoded(&out)));
    let leave = here.get_path(&format!("/oauth2/sign_out?rd={}", encoded(&end)));
    there.drop_cookie("same_site_strict");
    let first = there.open(leave.header("location").expect("the way to sign out"));
    assert_eq!(browse(&mut there, EMAIL, first), (out, vec![Page::SignOut]));
    assert_eq!(here.get_path("/oauth2/auth").status, 401);
    sign_in(&mut here, &mut there);
}
