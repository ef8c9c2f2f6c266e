//! nginx's `$uri`: by which it chooses a location, and which a `proxy_pass` with a path sends on.

use vestibule_tests::nginx::Nginx;
use vestibule_tests::port;

use super::{compare, shown_by};

#[test]
fn nginx_reads_the_path_that_the_rules_have_seen() {
    for merges in ["on", "off"] {
        let address = port::free();
        let config = format!(
            "events {{}}\nhttp {{\n  access_log off;\n  server {{\n    listen {address};\n    merge_slashes {merges};\n    \
             location / {{ add_header X-Reading \"<$uri>\"; return 200; }}\n  }}\n}}\n"
        );
        let _nginx = Nginx::start(&config, address);
        compare(&format!("nginx, merge_slashes {merges},"), |target| shown_by(&address.into(), target));
    }
}
