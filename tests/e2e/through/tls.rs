//! The same over https, for whom the doctor is told to believe.

use vestibule_tests::nginx::{Site, printed_with};
use vestibule_tests::port;
use vestibule_tests::server::Setup;
use vestibule_tests::tls::Certificate;

#[test]
fn https_is_believed_as_it_is_told() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let Some(made) = Certificate::make(folder.path(), &["localhost"]) else {
        vestibule_tests::skip("https_is_believed_as_it_is_told", "there is no openssl");
        return;
    };
    let (cert, key) = (made.cert.to_str().expect("UTF-8"), made.key.to_str().expect("UTF-8"));
    let (address, echo) = (port::free(), port::free());
    let setup = Setup::default().origin(&format!("https://localhost:{}", address.port()));
    let site = Site::with(setup, address, |vestibule, _| {
        let (app, listen) = (format!("http://{echo}"), address.to_string());
        let tls = ["--tls-cert", cert, "--tls-key", key, "--redirect-from", "none"];
        printed_with(vestibule, &[&["--app", &app, "--listen", &listen], &tls[..]].concat())
    });
    site.vestibule.add_user("ada@example.com", &[]);
    let (url, echo, to) = (format!("https://localhost:{}/", address.port()), echo.to_string(), address.to_string());
    let args = ["doctor", "--through", &url, "--connect", &to, "--echo", &echo, "--user", "ada@example.com"];
    let doctor = |more: &[&str]| site.vestibule.cli(&[&args[..], more].concat());
    for more in [&["--insecure"][..], &["--ca", cert]] {
        let said = doctor(more);
        assert_eq!(said.code, 0, "{more:?} {}{}", said.out, said.err);
    }
    let said = doctor(&[]);
    assert!(said.code == 2 && said.err.contains("ertificate"), "{}{}", said.out, said.err);
}
