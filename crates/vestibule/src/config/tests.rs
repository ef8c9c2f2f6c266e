use std::path::Path;

use proptest::prelude::*;

use super::raw::Raw;
use super::section::Field;
use super::{Config, fields};
use crate::listen::ListenAddress;

fn read(text: &str) -> Result<Config, String> {
    let file = Some((Path::new("vestibule.toml"), text));
    Config::read(file, std::iter::empty()).map_err(|problems| problems.to_string())
}

fn refused(text: &str) -> String {
    read(text).expect_err("it was taken")
}

#[test]
fn with_no_file_the_defaults_hold() {
    let config = Config::read(None, std::iter::empty()).unwrap();
    assert_eq!(config.top.public_url.to_string(), "http://localhost:8480");
    assert_eq!(config.session.lifetime.0.seconds(), 52 * 604_800);
    let is_single = |(_, fields): &(&str, Vec<Field>)| fields.iter().filter(|field| !field.key.contains("[]")).count();
    assert_eq!(config.shown.len(), fields().iter().map(is_single).sum::<usize>());
}

#[test]
fn every_message_names_file_line_key_and_what_to_do() {
    assert_eq!(
        refused("[proxies]\ntrusted = [\"127.0.0.1\", \"10.0.0/8\"]\n"),
        "vestibule.toml:2: proxies.trusted[1]: `10.0.0/8` is not a network; write `10.0.0.0/8`"
    );
    assert_eq!(
        refused("\n[session]\nidle_timout = \"1h\"\n"),
        "vestibule.toml:3: session.idle_timout: there is no such setting; did you mean `session.idle_timeout`?"
    );
    assert_eq!(
        refused("public_url = 3"),
        "vestibule.toml:1: public_url: expected a URL such as `https://auth.example.com` or \
         `https://app.example.com/auth`, found 3"
    );
    assert_eq!(
        refused("[signup]\nenabled = \"yes\""),
        "vestibule.toml:2: signup.enabled: expected `true` or `false`, found \"yes\""
    );
    assert!(refused("a = ").starts_with("vestibule.toml:1: line 1: not TOML: "));
    assert!(refused("[password]\nmin_score = 5").contains("password.min_score: 5 is out of range; write 0 to 4"));
}

#[test]
fn an_item_of_a_list_is_named_by_its_own_line() {
    assert_eq!(
        refused("[proxies]\ntrusted = [\n  \"127.0.0.1\",\n  \"::1/129\",\n]\n"),
        "vestibule.toml:4: proxies.trusted[1]: `::1/129` is not a network; write an address or a network such as \
         `10.0.0.0/8` or `fd00::/8`"
    );
}

#[test]
fn an_empty_section_that_is_none_is_refused_too() {
    assert_eq!(
        refused("[sesion]\n"),
        "vestibule.toml:1: sesion: there is no such setting; did you mean the section `[session]`?"
    );
    assert!(read("[session]\n").is_ok());
}

#[test]
fn a_name_that_is_none_gets_the_nearest_one() {
    let none =
        |text: &str| refused(text).split_once("there is no such setting; ").expect("refused as unknown").1.to_owned();
    assert_eq!(none("[session]\nidle_timout = 3"), "did you mean `session.idle_timeout`?");
    assert_eq!(none("[sesion]\nx = 1"), "did you mean the section `[session]`?");
    assert_eq!(none("[signup]\nx = 1.5"), "`[signup]` has `enabled`");
    assert_eq!(none("session = 1"), "`session` is a section: write `[session]`, and its settings below");
    assert_eq!(
        none("[[session]]\nlifetime = \"1h\""),
        "`session` is a section: write `[session]`, and its settings below"
    );
    assert!(none("[[clients]]\nsecret_fil = 1").starts_with("did you mean `clients[].secret_file`?"));
    assert!(none("[[clients]]\nfrobnicate = 1").starts_with("`[[clients]]` has `id`, `kind`"));
    assert!(none("[clients]\nid = \"a\"").starts_with("`clients` is a list of tables: write `[[clients]]`"));
    assert_eq!(none("[client]\nx = 1"), "did you mean the list `[[clients]]`?");
    assert_eq!(none("frobnicate = 1"), "`vestibule config reference` lists them");
}

#[test]
fn a_value_of_a_kind_that_no_setting_has_is_told_what_was_expected() {
    assert_eq!(
        refused("[password]\nmemory_kib = 1.5"),
        "vestibule.toml:2: password.memory_kib: expected a whole number, not negative, found a float"
    );
    for (text, found) in [
        ("[password]\nmemory_kib = 99999999999999999999", "a number that is too large"),
        ("[signup]\nenabled = 2026-11-24", "a datetime"),
        ("[signup.enabled]\nx = 1", "a table"),
        ("[proxies]\ntrusted = [1, 2]", "a list with other things than texts"),
    ] {
        let said = refused(text);
        assert!(said.contains("expected ") && said.ends_with(&format!(", found {found}")), "{said}");
    }
}

#[test]
fn a_variable_that_is_nearly_a_setting_is_refused() {
    let read = |name: &str| {
        Config::read(None, [(name.into(), "1h".into())].into_iter())
            .map(|_| ())
            .map_err(|problems| problems.to_string())
    };
    assert_eq!(read("VESTIBULE__SESSION__LIFETIME"), Ok(()));
    assert!(read("VESTIBULE_SESSION__LIFETIME").unwrap_err().contains("write `VESTIBULE__SESSION__LIFETIME`"));
    assert!(read("VESTIBULE__session__lifetime").unwrap_err().contains("write `VESTIBULE__SESSION__LIFETIME`"));
    // Kubernetes makes such for a service that is called vestibule.
    for other in ["VESTIBULE_CONFIG", "VESTIBULE_PORT", "VESTIBULE_PORT_8480_TCP_ADDR", "VESTIBULES__X"] {
        assert_eq!(read(other), Ok(()), "{other}");
    }
}

#[test]
fn a_relative_path_means_a_file_beside_the_one_it_is_written_in() {
    let data_dir = |path: &str, text: &str, environment: &[(&str, &str)]| {
        let environment = environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Config::read(Some((Path::new(path), text)), environment).expect("sound").data_dir().display().to_string()
    };
    assert_eq!(data_dir("/etc/v/vestibule.toml", "data_dir = \"d\"", &[]), "/etc/v/d");
    assert_eq!(data_dir("/etc/v/vestibule.toml", "", &[]), "/etc/v/vestibule-data");
    assert_eq!(data_dir("/etc/v/vestibule.toml", "data_dir = \"/var/d\"", &[]), "/var/d");
    assert_eq!(data_dir("vestibule.toml", "data_dir = \"d\"", &[]), "d");
    assert_eq!(data_dir("/etc/v/vestibule.toml", "", &[("VESTIBULE__DATA_DIR", "d")]), "d");
    assert_eq!(Config::read(None, std::iter::empty()).unwrap().data_dir(), Path::new("vestibule-data"));
    assert!(refused("data_dir = \"\"").contains("vestibule.toml:1: data_dir: is empty"));
}

#[test]
fn everything_wrong_is_said_at_once() {
    let all = refused("x = 1\n[listen]\npublic = []\n[session]\nlifetime = \"0s\"\n");
    assert_eq!(all.lines().count(), 3, "{all}");
}

#[test]
fn the_environment_wins() {
    let environment = [
        ("VESTIBULE__SESSION__IDLE_TIMEOUT", "1h"),
        ("VESTIBULE__PROXIES__TRUSTED", "10.0.0.0/8, fd00::/8"),
        ("VESTIBULE_CONFIG", "x"),
    ];
    let environment = || environment.iter().map(|(name, value)| ((*name).into(), (*value).into()));
    let file = Some((Path::new("vestibule.toml"), "[session]\nidle_timeout = \"2h\""));
    let config = Config::read(file, environment()).unwrap();
    assert_eq!(config.session.idle_timeout.0.seconds(), 3600);
    assert_eq!(config.proxies.trusted.len(), 2);
    let (_, raw, origin) = config.shown.iter().find(|(key, ..)| key == "session.idle_timeout").unwrap();
    assert_eq!((raw, origin.to_string().as_str()), (&Raw::Text("1h".to_owned()), "VESTIBULE__SESSION__IDLE_TIMEOUT"));
    let unknown = [("VESTIBULE__SESSION__IDEL".into(), "1h".into())];
    assert!(Config::read(None, unknown.into_iter()).is_err());
}

#[test]
fn a_short_lifetime_alone_is_enough() {
    let config = read("[session]\nlifetime = \"1s\"").unwrap();
    assert_eq!(config.session.lifetime.0.seconds(), 1, "the idle timeout that nobody wrote does not stand in its way");
}

#[test]
fn combinations_that_cannot_work_are_refused() {
    for (text, expected) in [
        ("[session]\ncookie_prefix = \"a_\"\n[resolver]\ncache_for = \"1m\"", "cache_key_cookie = \"a_session\""),
        ("[resolver]\ncache_key_cookie = \"x\"", "so write `session`"),
        (
            "public_url = \"https://a.example.com\"\n[login]\nreturn_to = [\"https://b.example.com\"]",
            "sent in a circle",
        ),
        ("public_url = \"https://a.example.com\"\n[session]\ncookie_domain = \"b.example.com\"", "does not cover"),
        ("public_url = \"https://a.co.uk\"\n[session]\ncookie_domain = \"co.uk\"", "is a public suffix"),
        ("[session]\nlifetime = \"1h\"\nidle_timeout = \"2h\"", "longer than session.lifetime"),
        ("[session]\nidle_timeout = \"1s\"", "at least `2s`"),
        ("[listen]\nresolver = [\"127.0.0.1:8480\"]", "is in listen.public too"),
        ("[listen]\nresolver = [\"0.0.0.0:8480\"]", "takes every address, so `127.0.0.1:8480` in listen.public"),
        ("[listen]\nresolver = [\"[::]:8482\"]", "takes every address, so `127.0.0.1:8482` in listen.ops"),
        ("[brand]\nlogo = \"nowhere.png\"", "cannot be read"),
    ] {
        let message = refused(text);
        assert!(message.contains(expected), "{text}: {message}");
    }
    let fine = "public_url = \"https://a.example.com\"\n[session]\ncookie_domain = \"example.com\"\n\
                [login]\nreturn_to = [\"https://b.example.com\", \"https://*.example.com\"]";
    assert!(read(fine).is_ok(), "{:?}", read(fine).err());
}

/// Lines that an operator, or a template with a hole in it, may write.
fn lines() -> impl Strategy<Value = String> {
    let piece = || {
        let known =
            ["[session]", "lifetime", "[proxies]", "trusted", "=", "\"1h\"", "[\"::1\",", "]", "\n", "{", "é", "\t"];
        prop_oneof![4 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => ".{0,8}"]
    };
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_stops_the_reader(text in lines()) {
        if let Err(said) = read(&text) {
            prop_assert!(said.lines().all(|line| !line.is_empty()), "{said:?}");
        }
    }

    #[test]
    fn a_socket_is_read_as_it_is_written(port: u16, host: u128, name in "[a-z0-9._-]{1,40}") {
        for text in [format!("127.0.0.1:{port}"), format!("[{}]:{port}", std::net::Ipv6Addr::from(host)), format!("unix:/{name}")] {
            let shown = ListenAddress::parse(&text).map(|address| address.to_string());
            prop_assert_eq!(shown.as_ref(), Ok(&text));
        }
    }

    #[test]
    fn no_address_stops_the_reader(text in "(unix:)?[/a-z0-9:.?&=%\\[\\]\\PC]{0,40}") {
        if let Ok(address) = ListenAddress::parse(&text)
            && let ListenAddress::Unix(unix) = &address
        {
            prop_assert!(unix.path().is_absolute() && unix.mode() & !0o666 == 0);
        }
    }
}
