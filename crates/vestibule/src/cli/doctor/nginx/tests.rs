//! What is found, where it is said to be, and what is left alone.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::look;
use crate::cli::doctor::finding::Weight;
use crate::config::Config;

fn config() -> Config {
    Config::read(None, std::iter::empty()).unwrap()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    folder
}

/// What is wrong with the first of these files, without the folder in which they are.
fn wrong_with(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    let found = look(&config(), &folder.path().join(files[0].0));
    let shown = |text: String| text.replace(&format!("{}/", folder.path().display()), "");
    found.iter().filter(|finding| finding.weight == Weight::Wrong).map(|finding| shown(finding.to_string())).collect()
}

fn wrong(text: &str) -> Vec<String> {
    wrong_with(&[("n", text)])
}

/// Lines that set every name.
fn every_name() -> String {
    config().identity_header_names().iter().map(|name| format!("proxy_set_header {name} '';\n")).collect()
}

#[test]
fn one_variable_for_two_addresses_is_named() {
    let text = "http { server {\n location / { set $b http://a; auth_request /_a; }\n location = /_a { internal;\n\
                set $b http://c; }\n } }";
    let found = wrong(text);
    assert!(found.len() == 1 && found[0].contains("n:4: $b is set at n:2 too"), "{found:?}");
    assert!(wrong(&text.replace("set $b http://c", "set $c http://c")).is_empty());
    // Two sites may use one name for their applications, and a server for all of its locations.
    let two = "http { server { location / { set $b http://a; auth_request /_a; } location /_a { set $c http://c; } }\n\
               server { set $b http://d; location / { set $b http://e; } } }";
    assert!(wrong(two).is_empty(), "{:?}", wrong(two));
    let outer = "server { set $b http://a; location / { auth_request /_a; } location =/_a { set $b http://c; } }";
    assert_eq!(wrong(outer).len(), 1);
}

#[test]
fn a_buffer_that_an_answer_does_not_fit_into_is_named() {
    let long = "[headers.extra]\nRemote-User = \"user.id\"";
    let config = Config::read(Some((Path::new("t.toml"), long)), std::iter::empty()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("n");
    let site = |lines: &str| format!("server {{ location / {{ auth_request /_a; }} location = /_a {{ {lines} }} }}");
    for (lines, is_small) in [
        ("", true),
        ("proxy_buffer_size 8k;", true),
        ("proxy_buffer_size 16k;", false),
        ("proxy_buffer_size 1m;", false),
        ("proxy_buffer_size 16384;", false),
    ] {
        std::fs::write(&file, site(lines)).unwrap();
        let found = look(&config, &file).iter().any(|finding| finding.to_string().contains("proxy_buffer_size 16k"));
        assert_eq!(found, is_small, "{lines}");
    }
    assert!(wrong(&site("proxy_buffer_size 4k;")).is_empty(), "without them they are short");
}

#[test]
fn a_header_that_is_forgotten_in_one_location_is_named() {
    let all = every_name();
    assert!(wrong(&format!("server {{ {all} location / {{ proxy_pass http://a; }} }}")).is_empty());
    let dropped = format!("server {{ {all} location / {{ proxy_set_header Host x; proxy_pass http://a; }} }}");
    assert!(wrong(&dropped)[0].contains("user-roles"));
    assert!(wrong("http { underscores_in_headers on; }")[0].contains("n:1: `underscores_in_headers on`"));
    assert!(wrong("http { \"")[0].contains("do not match"));
}

#[test]
fn every_way_to_an_application_is_looked_at() {
    let all = every_name();
    for (pass, param) in [("fastcgi", true), ("uwsgi", true), ("scgi", true), ("grpc", false)] {
        let site = |lines: &str| {
            format!(
                "server {{ {all} location / {{ auth_request /_a;\n{lines} {pass}_pass 127.0.0.1:9; }} location /_a {{ }} }}"
            )
        };
        let found = wrong(&site(""));
        assert!(found.len() == 1 && found[0].contains("user-id") | found[0].contains("USER_ID"), "{pass}: {found:?}");
        let line = |name: String| match param {
            true => format!("{pass}_param HTTP_{} $x if_not_empty;", name.to_uppercase().replace('-', "_")),
            false => format!("{pass}_set_header {name} $x;"),
        };
        let lines: String = config().identity_header_names().into_iter().map(line).collect();
        assert!(wrong(&site(&lines)).is_empty(), "{pass}: {:?}", wrong(&site(&lines)));
    }
}

#[test]
fn a_server_that_asks_nobody_is_left_alone_unless_it_leads_to_the_same_application() {
    let all = every_name();
    let site = |other: &str| {
        format!(
            "http {{ server {{ {all} location / {{ auth_request /_a; proxy_pass http://app; }} location /_a {{ internal; \
             proxy_pass http://v; }} }}\nserver {{ location / {{ proxy_pass http://{other}; }} }} }}"
        )
    };
    assert!(wrong(&site("another")).is_empty());
    assert!(wrong(&site("app"))[0].contains("n:13: a client can send"), "{:?}", wrong(&site("app")));
    // `internal` alone is no excuse: X-Accel-Redirect leads there, too.
    let internal = "server { location / { auth_request /_a; } location /x { internal; proxy_pass http://app; } }";
    assert_eq!(wrong(internal).len(), 1);
}

#[test]
fn an_application_behind_a_map_is_known() {
    let all = every_name();
    let text = format!(
        "http {{ map $said $way {{ volatile; default nobody; 200 app; }}\nserver {{ {all} location / {{ auth_request /_a; proxy_pass \
         http://$way; }} location /_a {{ internal; }} }}\nserver {{ location / {{ proxy_pass http://app; }} }} }}"
    );
    assert!(wrong(&text).len() == 1 && wrong(&text)[0].contains("`http://app`"), "{:?}", wrong(&text));
}

#[test]
fn a_door_that_decides_is_told_what_about_by_nginx() {
    let site = |lines: &str| {
        let text = format!(
            "server {{ error_page 401 = @l; location / {{ auth_request /_a; }} location = /_a {{\n{lines}\n\
             proxy_pass http://v/_resolver/check/nginx; }} }}"
        );
        look_at(&text).into_iter().filter(|line| !line.starts_with("ok")).collect::<Vec<_>>()
    };
    let method = "proxy_set_header X-Original-Method $request_method;";
    let good = format!("{method} proxy_set_header x-original-url $scheme://$host$request_uri;");
    assert!(site(&good).is_empty(), "{:?}", site(&good));
    assert!(site("")[0].contains("without X-Original-Method and X-Original-URL"), "{:?}", site(""));
    for (bad, said) in [("$http_x_original_url", "what the client says"), ("$scheme://$host$uri", "$request_uri")] {
        let found = site(&format!("{method}\nproxy_set_header X-Original-URL {bad};"));
        assert!(found.len() == 1 && found[0].contains(said) && found[0].contains(":3: "), "{found:?}");
    }
    let bare = "server { location / { auth_request /_a; } location = /_a { proxy_set_header X-Original-Method a;\n\
                proxy_set_header X-Original-URL b; set $v http://v/_resolver/check/nginx; proxy_pass $v; } }";
    assert!(look_at(bare)[0].starts_with("note") && look_at(bare)[0].contains("bare"), "{:?}", look_at(bare));
    let named = "location @f { rewrite ^ /_resolver/forward/nginx? break; proxy_pass http://v; }";
    assert!(wrong(named)[0].contains("X-Original-URL"), "{:?}", wrong(named));
}

#[test]
fn rules_that_nobody_asks_for_are_named() {
    let rules = "[[rules]]\nallow = \"any user\"";
    let config = Config::read(Some((Path::new("t.toml"), rules)), std::iter::empty()).unwrap();
    let text = "server { location / { auth_request /_a; }\nlocation = /_a { proxy_pass http://v/_resolver/resolve; } }";
    let folder = folder(&[("n", text)]);
    let found = look(&config, &folder.path().join("n"));
    assert!(found.iter().any(|finding| finding.to_string().contains("n:2: vestibule.toml has rules")), "{found:?}");
    assert!(wrong(text).is_empty(), "without rules");
}

#[test]
fn what_is_set_badly_is_named() {
    let all = every_name();
    let copied = format!("{all}\nproxy_set_header X-Authgear-User-Id $http_x_authgear_user_id;");
    let found = wrong(&copied);
    assert!(found.iter().any(|text| text.contains("is what the client sent")), "{found:?}");
    assert!(found.iter().any(|text| text.contains("sent twice")), "{found:?}");
    let twice = wrong("server { proxy_set_header Host a;\nproxy_set_header host b; }");
    assert!(twice.len() == 1 && twice[0].contains("n:2: host is set at n:1 too"), "{twice:?}");
    let found = look_at("proxy_set_header Upgrade $http_upgrade;");
    assert!(found.iter().any(|text| text.starts_with("note") && text.contains("h2c")), "{found:?}");
}

#[test]
fn a_rewrite_that_could_move_the_question_is_noted() {
    let site = |outer: &str, inner: &str| {
        let text = format!("server {{\n{outer}\nlocation /a {{ {inner} auth_request /_q; }} location = /_q {{ }} }}");
        look_at(&text).into_iter().filter(|line| line.starts_with("note")).collect::<Vec<_>>()
    };
    for outer in ["rewrite ^ /index.php;", "if ($host = x) { rewrite ^/x /y; }"] {
        let found = site(outer, "");
        assert!(found.len() == 1 && found[0].contains(":2: ") && found[0].contains("/_q"), "{found:?}");
    }
    assert!(site("", "rewrite ^/a /b;").is_empty());
}

fn look_at(text: &str) -> Vec<String> {
    let folder = folder(&[("n", text)]);
    look(&config(), &folder.path().join("n")).iter().map(ToString::to_string).collect()
}

#[test]
fn a_cache_or_an_error_page_that_reaches_the_question_is_named() {
    let site = |outer: &str, inner: &str| {
        wrong(&format!(
            "http {{\n{outer}\nserver {{\nlocation / {{ auth_request /_a; }}\nlocation = /_a {{ {inner} proxy_pass http://v; }} }} }}"
        ))
    };
    let key = "proxy_cache_key \"$cookie_session|$http_authorization\";";
    assert!(site("proxy_cache z;", "")[0].contains("n:2: `proxy_cache z` keeps answers of n:5"));
    assert!(site("proxy_cache z; proxy_cache_key $uri;", "")[0].contains("everybody would be the first"));
    assert!(site("proxy_cache z;", "proxy_cache off;").is_empty());
    assert!(site("proxy_cache z;", key).is_empty());
    assert!(site("proxy_ignore_headers Cache-Control;", "").is_empty(), "no cache, no harm");
    let ignored = site("proxy_ignore_headers cache-control;", &format!("proxy_cache z; {key}"));
    assert!(ignored.len() == 1 && ignored[0].contains("n:2: holds at n:5 too"), "{ignored:?}");
    let stale = site("", &format!("proxy_cache z; {key} proxy_cache_use_stale error;"));
    assert!(stale.len() == 1 && stale[0].contains("while nobody can be asked"), "{stale:?}");
    for page in ["error_page 502 =200 /x;", "error_page 500 502 = /x;", "error_page 503 =204 /x;"] {
        assert!(site(page, "").len() == 1, "{page}");
        assert!(site(page, "error_page 599 /_a;").is_empty(), "{page}");
    }
    // A question that is refused goes on to a sign-in page, and only if nginx is told so.
    assert!(site("error_page 401 = @login;", "").is_empty());
    assert_eq!(site("error_page 401 = @login;", "proxy_intercept_errors on;").len(), 1);
    assert!(site("error_page 502 503 /50x.html; error_page 404 =404 /x;", "").is_empty());
}

#[test]
fn includes_are_followed_from_the_folder_of_the_first_file() {
    let files = [
        ("nginx.conf", "http { include mime.types;\n include sites/*.conf; include none/*; }"),
        ("mime.types", "types { text/html html; }"),
        ("sites/b.conf", "server { location / {\n auth_request /_a;\n include parts/app; } location /_a { } }"),
        ("sites/a.conf", "server { underscores_in_headers on; }"),
        ("sites/.hidden.conf", "underscores_in_headers on;"),
        ("sites/other", "underscores_in_headers on;"),
        ("parts/app", "# relative to nginx.conf, not to sites/\n\nproxy_pass http://app;"),
    ];
    let found = wrong_with(&files);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("sites/a.conf:1: `underscores_in_headers on`"), "{found:?}");
    assert!(found[1].contains("parts/app:3: a client can send"), "{found:?}");
}

#[test]
fn an_include_that_cannot_be_followed_is_named() {
    let missing = wrong_with(&[("n", "http {\n include gone.conf; }")]);
    assert!(missing.len() == 1 && missing[0].contains("n:2: gone.conf cannot be read: No such file"), "{missing:?}");
    let first = look(&config(), Path::new("/nowhere/nginx.conf"));
    assert!(first.len() == 1 && first[0].to_string().contains("/nowhere/nginx.conf cannot be read"), "{first:?}");
    let itself = wrong_with(&[("n", "include m;"), ("m", "\ninclude n;")]);
    assert!(itself.len() == 1 && itself[0].contains("m:2: n includes itself"), "{itself:?}");
    let broken = wrong_with(&[("n", "include m;"), ("m", "server {\n")]);
    assert!(broken.len() == 1 && broken[0].contains("m:2: braces"), "{broken:?}");

    let deep: Vec<(String, String)> = (0..40).map(|n| (format!("f{n}"), format!("include f{};", n + 1))).collect();
    let deep: Vec<(&str, &str)> = deep.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let found = wrong_with(&deep);
    assert!(found.len() == 1 && found[0].contains("f15:1: f16 is included 16 files deep"), "{found:?}");
    let wide: Vec<(String, String)> = (0..12).map(|n| (format!("{n}.conf"), "include *.conf;".to_owned())).collect();
    let wide: Vec<(&str, &str)> = wide.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert!(wrong_with(&wide).iter().any(|text| text.contains("more than 1000 files")));
}
