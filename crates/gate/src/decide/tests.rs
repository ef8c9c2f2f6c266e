use super::{Outcome, Reach, decide};
use crate::account::Roles;
use crate::claims::{Claims, CookieNames, CookiePrefix};
use crate::id::{SessionId, UserId};
use crate::keys::Keys;
use crate::table::{Forget, JustRead, Limits, SessionRow, Table};
use crate::time::{Span, Timestamp};
use crate::token::opaque::{Secret, SecretKind, TagKey};
use crate::verdict::{Facts, Grant, HeaderNames, HeaderPrefix};

mod tokens;

struct House {
    table: Table,
    keys: Keys,
    names: CookieNames,
}

impl House {
    fn new() -> Self {
        let limits = Limits { idle_timeout: Span::from_seconds(100), write_interval: Span::from_seconds(10) };
        Self {
            table: Table::new(100, HeaderPrefix::default(), limits),
            keys: Keys::new(TagKey::new(&[3; 32])),
            names: CookieNames::new(&CookiePrefix::default()),
        }
    }

    fn secret(&self, n: u8) -> String {
        Secret::seal(SecretKind::Session, &[n; 24], self.keys.tag()).expose().to_owned()
    }

    /// A live session of a user; returns its secret.
    fn live(&self, n: u8, user: u128) -> String {
        self.live_as(SecretKind::Session, n, user, Grant::cookie())
    }

    /// A live credential of a kind, and what it was given for.
    fn live_as(&self, kind: SecretKind, n: u8, user: u128, grant: Grant) -> String {
        let row = SessionRow {
            id: SessionId::from_uuid(uuid::Uuid::from_u128(u128::from(n) + 1)),
            user: UserId::from_uuid(uuid::Uuid::from_u128(user)),
            authenticated_at: Timestamp::from_millis(1_700_000_000_123),
            last_seen: Timestamp::from_millis(0),
            expires_at: Timestamp::from_millis(500_000),
            facts: Facts {
                anonymous: false,
                verified: true,
                can_reauthenticate: true,
                roles: Roles::parse(["admin"]).unwrap(),
                amr: vec!["pwd"],
                acr: None,
                grant,
                profile: None,
            },
        };
        let secret = Secret::seal(kind, &[n; 24], self.keys.tag());
        self.table.fill(self.table.ticket(), secret.hash(), Some(row)).unwrap();
        secret.expose().to_owned()
    }

    /// The answer's lines; `None` when the store would have to be asked.
    fn ask(&self, headers: &[(&str, &str)], seconds: i64) -> Option<String> {
        let claims = Claims::read(headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes())), &self.names);
        match decide(&claims, &self.table, &self.keys, Timestamp::from_millis(seconds * 1000), Reach::Whole) {
            Outcome::Need(_) => None,
            Outcome::Answer(verdict) => {
                let mut out = Vec::new();
                verdict.write_headers(&HeaderNames::new(&HeaderPrefix::default().into()), None, &mut out);
                Some(String::from_utf8(out).unwrap())
            }
        }
    }

    fn user(&self, headers: &[(&str, &str)]) -> Option<u128> {
        let answer = self.ask(headers, 1).expect("nothing is unknown");
        let line = answer.lines().find_map(|line| line.strip_prefix("x-authgear-user-id: ")).map(str::to_owned);
        line.map(|id| uuid::Uuid::parse_str(&id).unwrap().as_u128())
    }
}

const INVALID: &str = "x-authgear-session-valid: false\r\n";

#[test]
fn a_live_session_gets_every_row_of_the_contract() {
    let house = House::new();
    let cookie = format!("a=b; session={}", house.live(1, 0xabc));
    assert_eq!(
        house.ask(&[("cookie", &cookie)], 1).unwrap(),
        "x-authgear-session-valid: true\r\n\
         x-authgear-user-id: 00000000-0000-0000-0000-000000000abc\r\n\
         x-authgear-user-anonymous: false\r\n\
         x-authgear-user-verified: true\r\n\
         x-authgear-user-can-reauthenticate: true\r\n\
         x-authgear-user-roles: admin\r\n\
         x-authgear-session-amr: pwd\r\n\
         x-authgear-session-authenticated-at: 1700000000\r\n"
    );
}

#[test]
fn no_credential_and_a_worthless_one_are_two_answers() {
    let house = House::new();
    for none in [&[][..], &[("cookie", "a=b")], &[("authorization", "Basic YTpi")]] {
        assert_eq!(house.ask(none, 1).unwrap(), "", "{none:?}");
    }
    let other_key = Secret::seal(SecretKind::Session, &[1; 24], &TagKey::new(&[4; 32])).expose().to_owned();
    for worthless in ["session=", "session=x", "app_session=x", "app_access_token=x", &format!("session={other_key}")] {
        assert_eq!(house.ask(&[("cookie", worthless)], 1).unwrap(), INVALID, "{worthless:?}");
    }
    for bearer in ["Bearer x", "bearer", "Bearer a,b"] {
        assert_eq!(house.ask(&[("authorization", bearer)], 1).unwrap(), INVALID, "{bearer:?}");
    }
}

#[test]
fn a_made_up_secret_asks_nobody_and_a_tagged_one_does_once() {
    let house = House::new();
    assert_eq!(house.ask(&[("cookie", &format!("session=vbs_{}", "A".repeat(48)))], 1).unwrap(), INVALID);
    let cookie = format!("session={}", house.secret(9));
    assert_eq!(house.ask(&[("cookie", &cookie)], 1), None);
    house
        .table
        .fill(house.table.ticket(), crate::token::opaque::TokenHash::of(house.secret(9).as_bytes()), None)
        .unwrap();
    assert_eq!(house.ask(&[("cookie", &cookie)], 1).unwrap(), INVALID);
}

#[test]
fn a_secret_counts_only_under_the_name_of_its_kind() {
    let house = House::new();
    let secret = house.live(1, 7);
    assert_eq!(house.user(&[("cookie", &format!("app_session={secret}"))]), None);
    assert_eq!(house.user(&[("cookie", &format!("app_access_token={secret}"))]), None);
    assert_eq!(house.user(&[("authorization", &format!("Bearer {secret}"))]), None);
    // An invalid credential of an earlier source does not stop the search.
    let both = format!("app_session=x; session={secret}");
    assert_eq!(house.user(&[("cookie", &both), ("authorization", "Bearer x")]), Some(7));
}

#[test]
fn cookie_tossing_two_live_sessions_are_nobody() {
    let house = House::new();
    let (mine, theirs) = (house.live(1, 7), house.live(2, 8));
    let same_user = house.live(3, 7);
    assert_eq!(house.user(&[("cookie", &format!("session={mine}; session={theirs}"))]), None);
    assert_eq!(house.user(&[("cookie", &format!("session={mine}; session={same_user}"))]), None);
    assert_eq!(house.user(&[("cookie", &format!("session={theirs}")), ("cookie", &format!("session={mine}"))]), None);
    // A dead duplicate does not lock an honest person out.
    assert_eq!(house.user(&[("cookie", &format!("session=dead; session={mine}"))]), Some(7));
    assert_eq!(house.user(&[("cookie", &format!("session={mine}; session={mine}"))]), Some(7));
}

#[test]
fn more_than_eight_candidates_are_nobody() {
    let house = House::new();
    let mine = house.live(1, 7);
    let seven: String = (0..7).map(|n| format!("session={n}; ")).collect();
    assert_eq!(house.user(&[("cookie", &format!("{seven}session={mine}"))]), Some(7));
    assert_eq!(house.user(&[("cookie", &format!("{seven}session=8; session={mine}"))]), None);
}

#[test]
fn a_session_ends_at_its_limit_and_when_idle() {
    let house = House::new();
    let cookie = format!("session={}", house.live(1, 7));
    assert_ne!(house.ask(&[("cookie", &cookie)], 99).unwrap(), INVALID, "within the idle timeout, and counts as use");
    assert_ne!(house.ask(&[("cookie", &cookie)], 198).unwrap(), INVALID);
    assert_eq!(house.ask(&[("cookie", &cookie)], 298).unwrap(), INVALID, "idle for 100 seconds");
    let busy = format!("session={}", house.live(2, 7));
    for seconds in (0..500).step_by(50) {
        assert_ne!(house.ask(&[("cookie", &busy)], seconds).unwrap(), INVALID, "{seconds}");
    }
    assert_eq!(house.ask(&[("cookie", &busy)], 500).unwrap(), INVALID, "the absolute limit always wins");
}

#[test]
fn forgotten_means_asked_again() {
    let house = House::new();
    let cookie = format!("session={}", house.live(1, 7));
    assert!(house.ask(&[("cookie", &cookie)], 1).is_some());
    house.table.forget(Forget::All);
    assert_eq!(house.ask(&[("cookie", &cookie)], 1), None);
}

#[test]
fn a_session_that_nobody_has_used_here_is_asked_for_again_where_others_may_have() {
    let mut house = House::new();
    house.table = house.table.shared();
    let secret = house.live(1, 1);
    let cookie = format!("session={secret}");
    let headers = [(&b"cookie"[..], cookie.as_bytes())];
    let claims = Claims::read(headers.into_iter(), &house.names);
    let over = Timestamp::from_millis(100_000);
    let needs = |now| matches!(decide(&claims, &house.table, &house.keys, now, Reach::Whole), Outcome::Need(_));
    assert!(needs(over), "somebody else may know of a use");
    assert_eq!(house.table.len(), 0, "it was let go");
    house.live(1, 1);
    let just_read = decide(&claims, &JustRead(&house.table), &house.keys, over, Reach::Whole);
    assert!(matches!(just_read, Outcome::Answer(verdict) if verdict.identity().is_none()), "and asked for once");
    assert!(!needs(Timestamp::from_millis(500_000)), "behind its end nobody can have used it");
}
