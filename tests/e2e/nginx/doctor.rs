//! `vestibule doctor --nginx FILE`: finds nothing in what we print, and what is wrong in what others have.

use std::fs;

use vestibule_tests::nginx::{PUBLISHED, printed_with};
use vestibule_tests::server::{Setup, Vestibule};

use super::existing::{self, Existing};

/// What doctor says of a file, beside that it is well.
fn wrong(vestibule: &Vestibule, config: &str) -> Vec<String> {
    let file = vestibule.folder().join("nginx.conf");
    fs::write(&file, config).expect("our own folder");
    let said = vestibule.cli(&["doctor", "--nginx", file.to_str().expect("UTF-8")]);
    let folder = vestibule.folder().display().to_string();
    let about =
        |line: &&str| !line.starts_with("ok") && line.contains(&format!("{folder}/")) && line.contains(".conf:");
    said.out.lines().filter(about).map(|line| line.replace(&format!("{folder}/"), "")).collect()
}

#[test]
fn doctor_finds_nothing_in_what_is_printed() {
    let shapes: [(&str, &str, &[&str]); 8] = [
        ("/auth", "", &["--app", "http://127.0.0.1:1"]),
        (
            "",
            "[session]\ncookie_domain = \"localhost\"\n[resolver]\ncache_for = \"10s\"",
            &["--server-name", "app.localhost"],
        ),
        ("/auth", "[headers]\nprefix = \"x-acme-\"", &["--tls-cert", "/c", "--tls-key", "/k"]),
        ("/auth", "", &["--snippet=server"]),
        ("/auth", "[[rules]]\nallow = \"any user\"", &["--app", "http://127.0.0.1:1"]),
        ("/auth", "[headers.extra]\nRemote-User = \"user.id\"", &["--ask", "check", "--snippet"]),
        (
            "",
            "[session]\ncookie_domain = \"localhost\"\n[[rules]]\nallow = \"any user\"",
            &["--server-name", "app.localhost"],
        ),
        ("", "[[rules]]\nallow = \"any user\"", &["--server-name", "app.localhost", "--snippet=server"]),
    ];
    for (path, config, options) in shapes {
        let vestibule = Setup::default().origin("http://localhost:8080").path(path).config(config).prepare();
        assert_eq!(wrong(&vestibule, &printed_with(&vestibule, options)), [""; 0], "{options:?}");
    }
}

#[test]
fn doctor_finds_nothing_in_a_site_with_the_snippet_in_it() {
    for shared in [true, false] {
        let site = existing::site(Setup::default(), shared, &Existing::default());
        assert_eq!(wrong(&site.vestibule, &site.config), [""; 0]);
    }
}

#[test]
fn doctor_names_the_mistake_and_the_hole_of_the_published_file() {
    let vestibule = Setup::default().prepare();
    let found = wrong(&vestibule, PUBLISHED);
    assert!(
        found.len() == 1 && found[0].contains("nginx.conf:6: a client can send x-authgear-user-can-reauthenticate"),
        "{found:?}"
    );
    let found = wrong(&vestibule, &PUBLISHED.replace("$authgear", "$backend"));
    assert!(found.len() == 2 && found[0].contains("nginx.conf:24: $backend is set at nginx.conf:5 too"), "{found:?}");
}

#[test]
fn doctor_follows_includes_and_names_the_file_that_is_wrong() {
    let neighbour = "server { listen LISTEN default_server; underscores_in_headers on; return 404; }".to_owned();
    let server = "proxy_set_header Host $host; include FOLDER/php.conf;".to_owned();
    let site = existing::site(Setup::default(), true, &Existing { neighbour, ..Existing::default() });
    let folder = site.vestibule.folder();
    fs::write(folder.join("php.conf"), "location ~ \\.php$ {\n  fastcgi_pass 127.0.0.1:9;\n}\n").expect("ours");
    let config =
        site.config.replace("server_name app.example.test;", &format!("server_name app.example.test; {server}"));
    let found = wrong(&site.vestibule, &config.replace("FOLDER", &folder.display().to_string()));
    let has = |text: &str| assert!(found.iter().any(|line| line.contains(text)), "{text}: {found:#?}");
    assert_eq!(found.len(), 3, "{found:#?}");
    has("`underscores_in_headers on`");
    has("php.conf:2: a client can send HTTP_X_AUTHGEAR_SESSION_VALID");
    has("vestibule-server.conf:");
    has("Host is set at nginx.conf:");

    let found = wrong(&site.vestibule, "http {\n  include gone.conf;\n}");
    assert!(found.len() == 1 && found[0].contains("nginx.conf:2: gone.conf cannot be read"), "{found:?}");
}
