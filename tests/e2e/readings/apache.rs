//! Apache's `r->uri`: by which it chooses what is protected, and which a `ProxyPass` without `nocanon` sends on.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use vestibule_tests::process::Process;
use vestibule_tests::{port, skip};

use super::{compare, shown_by};

const MODULES: &str = "/usr/lib/apache2/modules";

#[test]
fn apache_reads_the_path_that_the_rules_have_seen() {
    if !Path::new(MODULES).join("mod_headers.so").exists() {
        return skip("apache_reads_the_path_that_the_rules_have_seen", "it needs Debian's apache2");
    }
    let address = port::free();
    let folder = tempfile::Builder::new().prefix("vestibule-apache-").tempdir().expect("a folder can be made");
    fs::create_dir(folder.path().join("www")).expect("our own folder");
    let root = folder.path().display();
    let user = if rustix::process::geteuid().is_root() { "User www-data\nGroup www-data\n" } else { "" };
    let modules: String = ["mpm_event", "authz_core", "headers"]
        .iter()
        .map(|name| format!("LoadModule {name}_module {MODULES}/mod_{name}.so\n"))
        .collect();
    // A 404 shows its reading, too: there is no file.
    let config = format!(
        "{modules}{user}ServerRoot {root}\nDefaultRuntimeDir {root}\nListen {address}\nServerName any\n\
         PidFile {root}/apache.pid\nErrorLog {root}/apache.log\nDocumentRoot {root}/www\n\
         Header always set X-Reading \"expr=<%{{REQUEST_URI}}>\"\n"
    );
    let file = folder.path().join("apache.conf");
    fs::write(&file, config).expect("our own folder");
    let mut command = Command::new("apache2");
    command.arg("-X").arg("-f").arg(&file);
    let mut apache = Process::start(&command, &folder.path().join("apache.out"));
    apache.ready(|| TcpStream::connect(address).is_ok());
    compare("Apache", |target| shown_by(&address.into(), target));
}
