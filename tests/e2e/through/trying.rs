//! What cannot be tried is said, with exit code 2; and a cookie of somebody's own is left as it is.

use rustix::process::Signal;
use vestibule_tests::process::Process;
use vestibule_tests::wait;

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

#[test]
fn a_proxy_that_lets_nothing_through_at_all_is_no_sound_one() {
    let once = |config: String| {
        let limit = "http {\n  limit_req_zone $server_name zone=once:1m rate=1r/m;\n";
        let inside = "    location / {\n      limit_req zone=once;\n";
        config.replacen("http {\n", limit, 1).replace("    location / {\n", inside)
    };
    let said = attacked("", once).finds();
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.err.contains("after the attacks, a plain request"), "{}", said.err);
}

#[test]
fn an_echo_elsewhere_is_known_by_its_mark_and_tells_strangers_nothing() {
    let attacked = attacked("", |config| config);
    let (mark, echo) = ("0123456789abcdef", attacked.echo.to_string());
    let log = attacked.site.vestibule.folder().join("echo.log");
    let echoing = attacked.site.vestibule.command(&["doctor", "--echo", &echo, "--mark", mark]);
    let mut process = Process::start(&echoing, &log);
    process.ready(|| std::net::TcpStream::connect(attacked.echo).is_ok());
    let answer = attacked.site.get("/", &[("Cookie", "theme=dark")]);
    assert!(answer.status == 404 && !answer.text().contains("theme"), "{}", answer.head);

    let (url, to) = (format!("http://localhost:{}/", attacked.site.address.port()), attacked.site.address.to_string());
    let doctor = |mark: &str| {
        let args = ["doctor", "--through", &url, "--connect", &to, "--user", "ada@example.com", "--mark", mark];
        attacked.site.vestibule.cli(&args)
    };
    let said = doctor(mark);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let said = doctor("fedcba9876543210");
    assert!(said.code == 2 && said.err.contains("an echo with another --mark"), "{}{}", said.out, said.err);
    assert!(process.log().contains(&format!("--mark {mark}")), "{}", process.log());
}

#[test]
fn whoever_stops_the_doctor_leaves_no_session_behind() {
    // Slow enough to be stopped on the way: twenty requests a second, of hundreds.
    let slow = |config: String| {
        let limit = "http {\n  limit_req_zone $server_name zone=slow:1m rate=20r/s;\n";
        let inside = "    location / {\n      limit_req zone=slow burst=1000;\n";
        config.replacen("http {\n", limit, 1).replace("    location / {\n", inside)
    };
    let attacked = attacked(RULES, slow);
    let vestibule = &attacked.site.vestibule;
    let sessions = || {
        let list = vestibule.cli(&["session", "list", "ada@example.com", "--json"]).expect_code(0);
        list.out.lines().count()
    };
    let (url, echo) = (format!("http://localhost:{}/", attacked.site.address.port()), attacked.echo.to_string());
    let to = attacked.site.address.to_string();
    let doctor = ["doctor", "--through", &url, "--connect", &to, "--echo", &echo, "--user", "ada@example.com"];
    for signal in [Signal::INT, Signal::TERM] {
        let log = vestibule.folder().join(format!("doctor-{signal:?}.log"));
        let mut process = Process::start(&vestibule.command(&doctor), &log);
        wait::until("the doctor has its sessions", || (sessions() == 2).then_some(()));
        process.signal(signal);
        assert_eq!(process.ended().code(), Some(2), "{}", process.log());
        assert!(process.log().contains("interrupted"), "{}", process.log());
        assert_eq!(sessions(), 0, "{}", process.log());
    }
}
