//! Whatever identity header a client sends itself, in whatever spelling, none reaches the application through the
//! printed configuration, and the true ones are not lost either.

use vestibule_tests::PREFIX;
use vestibule_tests::nginx::Site;
use vestibule_tests::server::Setup;

/// The contract's closed list.
pub(super) const SUFFIXES: [&str; 11] = [
    "session-valid",
    "user-id",
    "user-anonymous",
    "user-verified",
    "user-can-reauthenticate",
    "user-roles",
    "session-amr",
    "session-acr",
    "session-authenticated-at",
    "oauth-client-id",
    "assertion",
];

#[test]
fn no_identity_header_of_a_stranger_arrives() {
    let site = Site::printed(Setup::default());
    attack(&site, None);
}

#[test]
fn no_identity_header_of_somebody_who_is_signed_in_arrives() {
    let site = Site::printed(Setup::default());
    site.vestibule.add_user("ada@example.com", &["--role", "editor"]);
    attack(&site, Some(&format!("session={}", site.vestibule.create_session("ada@example.com"))));
}

fn attack(site: &Site, cookie: Option<&str>) {
    let own: Vec<(&str, &str)> = cookie.iter().map(|cookie| ("Cookie", *cookie)).collect();
    site.get("/", &own);
    let honest = told(site);
    for suffix in SUFFIXES {
        for name in spellings(suffix) {
            for extra in modes(&name) {
                let mut headers = own.clone();
                headers.extend(extra.iter().map(|(name, value)| (name.as_str(), value.as_str())));
                let before = site.backend.seen().len();
                let answer = site.get("/", &headers);
                // Refusing the request is as good as cleaning it.
                if site.backend.seen().len() == before {
                    assert!((400..500).contains(&answer.status), "{extra:?}: {}", answer.head);
                    continue;
                }
                assert_eq!(told(site), honest, "{extra:?} changed what the application was told");
                assert!(!site.backend.last().head.contains("forged"), "{extra:?}: {}", site.backend.last().head);
            }
        }
    }
}

fn told(site: &Site) -> Vec<(String, String)> {
    site.backend.last().identity_like().iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn spellings(suffix: &str) -> Vec<String> {
    let name = format!("{PREFIX}{suffix}");
    let title: String = name.split('-').map(|part| part[..1].to_uppercase() + &part[1..]).collect::<Vec<_>>().join("-");
    vec![
        title,
        name.to_uppercase(),
        name.replace('-', "_"),
        format!("{PREFIX}{}", suffix.replace('-', "_")),
        name.replacen('-', "_", 1),
        name.replace('-', "."),
        name,
    ]
}

fn modes(name: &str) -> [Vec<(String, String)>; 4] {
    let line = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    [
        vec![line(name, "forged")],
        vec![line(name, "forged"), line(name, "forged too")],
        vec![line("Connection", name), line(name, "forged"), line("Connection", "close")],
        vec![line("Connection", &format!("close, {name}")), line(name, "forged")],
    ]
}
