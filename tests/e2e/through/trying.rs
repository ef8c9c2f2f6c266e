//! What cannot be tried is said, with exit code 2; and a cookie of somebody's own is left as it is.

use super::{RULES, attacked};

#[test]
fn what_cannot_be_tried_is_said() {
    let attacked = attacked(RULES, |config| config);
    for (args, words) in [
        (&["--user", "nobody@example.com"][..], "no such user"),
        (&["--cookie", "rubbish"], "sent to sign in"),
        (&["--user", "ada@example.com", "--echo", "127.0.0.1:1"], "cannot be used multiple times"),
        (&[], "required"),
    ] {
        let said = attacked.doctor(args);
        assert_eq!(said.code, 2, "{}{}", said.out, said.err);
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let url = format!("http://localhost:{}/", attacked.site.address.port());
    let vestibule = &attacked.site.vestibule;
    for (args, words) in [
        (&["--mark", "0123456789abcdef"][..], "is the echo where the proxy looks for the application?"),
        (&[], "no echo stands in the application's place"),
        (&["--connect", "127.0.0.1:1", "--mark", "0123456789abcdef"], "does the proxy run?"),
    ] {
        let said = vestibule.cli(&[&["doctor", "--through", &url, "--user", "ada@example.com"], args].concat());
        assert_eq!(said.code, 2, "{}{}", said.out, said.err);
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
    let left = vestibule.cli(&["session", "list", "ada@example.com", "--json"]).expect_code(0);
    assert_eq!(left.out, "", "a session was left behind");
}

#[test]
fn somebodys_own_cookie_is_left_as_it_is() {
    let attacked = attacked("", |config| config);
    let secret = attacked.site.vestibule.create_session("ada@example.com");
    let said = attacked.doctor(&["--cookie", &secret]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    assert!(said.out.contains("not tried: whether an ended session still counts"), "{}", said.out);
    let left = attacked.site.vestibule.cli(&["session", "list", "ada@example.com", "--json"]).expect_code(0);
    assert_eq!(left.out.lines().count(), 1, "{}", left.out);
}
