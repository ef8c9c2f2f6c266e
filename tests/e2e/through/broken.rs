//! One line of the printed configuration is broken, and the doctor names it.

use super::{RULES, attacked};

/// Breaks it so, and expects exit code 1, and these words in what is found.
#[track_caller]
fn names(rules: &str, change: impl FnOnce(String) -> String, words: &[&str]) {
    let mut before = String::new();
    let attacked = attacked(rules, |config| {
        before.clone_from(&config);
        change(config)
    });
    assert_ne!(before, attacked.site.config, "nothing was broken");
    let said = attacked.finds();
    assert_eq!(said.code, 1, "{}{}", said.out, said.err);
    for words in words {
        assert!(said.out.contains(words), "{words}\n{}", said.out);
    }
    assert!(said.out.matches("WRONG").count() <= 2, "{}", said.out);
}

fn without(config: &str, line: &str) -> String {
    let kept = config.lines().filter(|own| !own.trim_start().starts_with(line));
    kept.map(|line| format!("{line}\n")).collect()
}

#[test]
fn an_identity_header_that_nobody_sets() {
    let line = "proxy_set_header x-authgear-user-roles $vestibule_user_roles;";
    names("", |config| without(&config, line), &[line]);
    names(RULES, |config| without(&config, line), &[line]);
}

#[test]
fn an_added_header_that_nobody_sets() {
    let extra = "[headers.extra]\n\"Remote-User\" = \"user.id\"\n";
    let line = "proxy_set_header Remote-User $vestibule_as_remote_user;";
    names(extra, |config| without(&config, line), &[line]);
}

#[test]
fn names_with_underscores() {
    let on = |config: String| config.replace("underscores_in_headers off", "underscores_in_headers on");
    names("", on, &["`underscores_in_headers off;`", "`X_AUTHGEAR_ASSERTION`"]);
}

#[test]
fn names_with_odd_signs() {
    let off = |config: String| config.replace("ignore_invalid_headers on", "ignore_invalid_headers off");
    names("", off, &["`ignore_invalid_headers on;`", "`x.authgear.assertion`"]);
}

#[test]
fn an_upgrade_to_anything() {
    let passed = |config: String| {
        let config = config.replace(
            "proxy_set_header Upgrade           $vestibule_upgrade;",
            "proxy_set_header Upgrade $http_upgrade;",
        );
        config.replace(
            "proxy_set_header Connection        $vestibule_connection;",
            "proxy_set_header Connection upgrade;",
        )
    };
    names("", passed, &["proxy_set_header Upgrade $vestibule_upgrade;", "h2c"]);
}

#[test]
fn cookies_that_reach_the_application() {
    names(
        "",
        |config| without(&config, "proxy_set_header Cookie $vestibule_app_cookies;"),
        &["`proxy_set_header Cookie $vestibule_app_cookies;`", "`session`"],
    );
}

#[test]
fn nobody_is_asked() {
    let off = |config: String| {
        config
            .replace("    location / {\n", "    location / {\n      auth_request off;\n")
            .replace("http://$vestibule_way", "http://vestibule_app")
    };
    names(
        RULES,
        off,
        &[
            "`auth_request off;`",
            "a stranger reached the application, whom the rules refuse",
            "not told who is signed in",
        ],
    );
}

#[test]
fn rules_that_nobody_asks_for() {
    let resolve = |config: String| config.replace("/_resolver/check/nginx", "/_resolver/resolve");
    names(RULES, resolve, &["proxy_pass http://vestibule_resolver/_resolver/check/nginx;"]);
}

#[test]
fn a_door_that_stands_open() {
    let open = |config: String| {
        let door =
            "location /_resolver/ { auth_request off; proxy_pass http://vestibule_resolver; }\n    location / {\n";
        config.replacen("    location / {\n", door, 1)
    };
    names("", open, &["`/_resolver/resolve` answers from outside", "`internal;`"]);
}

#[test]
fn a_header_that_describes_another_request() {
    let line = "proxy_set_header X-Original-URL \"\";";
    names("", |config| without(&config, line), &[line]);
    let line = "proxy_set_header X-HTTP-Method-Override \"\";";
    names("", |config| without(&config, line), &[line]);
}

#[test]
fn an_address_that_the_client_invents() {
    let line = "proxy_set_header X-Real-IP $remote_addr;";
    names("", |config| without(&config, "proxy_set_header X-Real-IP"), &[line]);
}

#[test]
fn a_client_that_says_what_it_asks_for() {
    let told = |config: String| config.replace("$scheme://$vestibule_host$request_uri;", "$http_x_original_url;");
    let either = |config: String| {
        let map = "map $http_x_original_url $told { default $http_x_original_url; \"\" $scheme://$vestibule_host$request_uri; }\n";
        told(config).replace("$http_x_original_url;\n", "$told;\n").replacen("http {\n", &format!("http {{\n{map}"), 1)
    };
    names(
        RULES,
        either,
        &["`proxy_set_header X-Original-URL $scheme://$vestibule_host$request_uri;`", "X-Original-URL"],
    );
}

#[test]
fn paths_that_two_programs_read_differently() {
    names(
        "",
        |config| without(&config, "if ($vestibule_bad_uri)"),
        &["`if ($vestibule_bad_uri) { return 400; }`", "/public/../admin"],
    );
}

#[test]
fn a_path_that_is_decoded_on_the_way() {
    let decoded = |config: String| {
        config
            .replace("proxy_pass http://$vestibule_way;", "rewrite ^(.*)$ $1 break; proxy_pass http://$vestibule_way;")
    };
    names("", decoded, &["no path and no `/` behind the name", "`/doctor-a`"]);
}

#[test]
fn a_cookie_line_of_which_one_cookie_counts() {
    let one = |config: String| {
        config.replace(
            "proxy_set_header Cookie         $http_cookie;",
            "proxy_set_header Cookie session=$cookie_session;",
        )
    };
    names("", one, &["`proxy_set_header Cookie $http_cookie;`"]);
}

#[test]
fn an_answer_that_is_kept() {
    let kept = |config: String| {
        let cache = "proxy_cache kept; proxy_cache_key $http_cookie; proxy_cache_valid 200 1m; proxy_ignore_headers Cache-Control Expires Vary;";
        let path = "http {\n  proxy_cache_path CACHE keys_zone=kept:1m;\n";
        let config = config.replace("http://$vestibule_way", "http://vestibule_app");
        config.replace("proxy_cache off;", cache).replacen("http {\n", path, 1)
    };
    let folder = tempfile::tempdir().expect("a folder can be made");
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777)).expect("our own");
    let path = folder.path().display().to_string();
    names(
        "",
        |config| kept(config).replace("CACHE", &path),
        &["`proxy_cache off;`", "a session that was ended still counted"],
    );
}
