//! An nginx that is there already, as Debian installs it, with a site of its own into which the snippet goes.

use std::fs;

use vestibule_tests::nginx::{Site, printed_with};
use vestibule_tests::person::Person;
use vestibule_tests::port;
use vestibule_tests::server::Setup;

/// What the site has around the snippet.
#[derive(Default)]
pub(super) struct Existing {
    /// In `http`, before everything.
    pub(super) http: String,
    /// In the application's `server`, before the snippet.
    pub(super) server: String,
    /// Another server on the same address, before the application's.
    pub(super) neighbour: String,
}

/// That nginx with the snippet in it: one part in `conf.d`, the other included in the server. `shared` for pages under a
/// path of the application's host, or else on a host of their own.
pub(super) fn site(setup: Setup, shared: bool, existing: &Existing) -> Site {
    let address = port::free();
    let setup = if shared {
        setup.origin(&format!("http://app.example.test:{}", address.port()))
    } else {
        setup.origin(&format!("http://auth.example.test:{}", address.port())).path("")
    };
    let setup = setup.config("[session]\ncookie_domain = \"example.test\"");
    Site::with(setup, address, |vestibule, app| {
        let folder = vestibule.folder();
        let listen = address.to_string();
        let write = |name: &str, text: &str| fs::write(folder.join(name), text).expect("our own folder");
        let mut options = vec!["--app", app, "--snippet=http"];
        if !shared {
            options.extend(["--listen", &listen]);
        }
        fs::create_dir_all(folder.join("conf.d")).expect("our own folder");
        let http = printed_with(vestibule, &options);
        write(
            "conf.d/vestibule.conf",
            &http.replace("/var/lib/nginx/vestibule", &folder.join("cache").display().to_string()),
        );
        write("vestibule-server.conf", &printed_with(vestibule, &["--app", app, "--snippet=server"]));
        let Existing { http, server, neighbour } = existing;
        let folder = folder.display();
        format!(
            "worker_processes 1;\nevents {{ worker_connections 768; }}\nhttp {{\n  sendfile on; tcp_nopush on;\n  \
             types_hash_max_size 2048;\n  default_type application/octet-stream;\n  gzip on;\n  {http}\n  \
             include {folder}/conf.d/*.conf;\n  {neighbour}\n  server {{\n    listen {address};\n    \
             server_name app.example.test;\n    {server}\n    include {folder}/vestibule-server.conf;\n    \
             location /api/ {{ proxy_pass {app}; }}\n  }}\n}}\n"
        )
        .replace("LISTEN", &listen)
        .replace("FOLDER", &folder.to_string())
    })
}

/// The application's host.
pub(super) fn host(site: &Site) -> String {
    format!("app.example.test:{}", site.address.port())
}

/// Somebody at the pages.
pub(super) fn person(site: &Site, shared: bool) -> Person {
    Person::new(site.proxy(), &site.vestibule.origin(), if shared { "/auth" } else { "" })
}
