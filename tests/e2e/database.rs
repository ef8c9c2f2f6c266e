//! The connection to a PostgreSQL elsewhere: its certificate is verified, or nothing is said to it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

use vestibule_tests::postgres::Postgres;
use vestibule_tests::server::Setup;
use vestibule_tests::{process, wait};

#[test]
fn a_database_elsewhere_shows_a_certificate_that_is_verified() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("our own folder");
    // Every address of 127.0.0.0/8 is this machine's, and only the first one is known to be: another is elsewhere.
    let net = format!("127.{}.{}", 16 + std::process::id() / 250 % 200, std::process::id() % 250);
    let (address, other) = (format!("{net}.1"), format!("{net}.2"));
    certify(folder.path(), &address);
    let hba = folder.path().join("hba.conf");
    fs::write(&hba, "local all all trust\nhost all all 127.0.0.0/8 trust\n").expect("our own folder");
    let file = |name: &str| folder.path().join(name).display().to_string();
    let listen = format!("listen_addresses={address},{other}");
    let postgres = Postgres::with(&[&listen, &format!("hba_file={}", hba.display())]);
    let ask = |host: &str, more: &str| {
        let mut vestibule = Setup::default().prepare();
        vestibule.keep_truth_in(Some(&format!("postgres://vestibule@{host}/postgres{more}")));
        vestibule.cli(&["user", "list"])
    };
    let trusted = format!("?sslrootcert={}", file("ca.pem"));

    let plain = ask(&address, &trusted);
    assert!(plain.code == 1 && plain.err.contains("TLS"), "a server without TLS: {plain:?}");
    ask(&address, "?sslmode=disable").expect_code(0);

    let cert = format!("ALTER SYSTEM SET ssl_cert_file = '{}'", file("db.pem"));
    let key = format!("ALTER SYSTEM SET ssl_key_file = '{}'", file("db.key"));
    for statement in [&*cert, &key, "ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()"] {
        postgres.sql("postgres", statement).expect_code(0);
    }
    wait::until("it speaks TLS", || (ask(&address, &trusted).code == 0).then_some(()));
    let unknown = ask(&address, "");
    assert!(unknown.code == 1 && unknown.err.contains("UnknownIssuer"), "nobody's certificate: {unknown:?}");
    let wrong = ask(&other, &trusted);
    assert!(wrong.code == 1 && wrong.err.contains("not valid for name"), "somebody else's certificate: {wrong:?}");
}

/// An authority, and a certificate of it for this address.
fn certify(folder: &Path, address: &str) {
    let openssl = |more: &[&str], name: &str| {
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        command.args(["-days", "2", "-subj", &format!("/CN={name}"), "-keyout", &format!("{name}.key")]);
        command.args(["-out", &format!("{name}.pem")]).args(more).current_dir(folder);
        process::run(&mut command, "").expect_code(0);
    };
    openssl(&[], "ca");
    let name = format!("subjectAltName=IP:{address}");
    let leaf = ["-CA", "ca.pem", "-CAkey", "ca.key", "-addext", &name, "-addext", "basicConstraints=critical,CA:FALSE"];
    openssl(&leaf, "db");
    // The database runs as somebody else where the tests run as root, and takes a key of its own user or root alone.
    let key = folder.join("db.key");
    if rustix::process::geteuid().is_root() {
        let nobody = process::run(Command::new("id").args(["-u", "nobody"]), "").expect_code(0);
        chown(&key, nobody.line().parse().ok(), None).expect("root may");
    }
    fs::set_permissions(&key, Permissions::from_mode(0o600)).expect("our own file");
}
