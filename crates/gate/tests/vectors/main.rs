//! Every vector of `tests/vectors`, decided without a door: read in each dialect, found, judged. The doors run through
//! them on their own; where both agree with the files, no door says anything else than another.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod configuration;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use vestibule_gate::account::{EmailAddress, Roles};
use vestibule_gate::decide::Reach;
use vestibule_gate::id::UserId;
use vestibule_gate::original::{self, Original, Own, Unreadable, describe, navigates};
use vestibule_gate::rules::{Rules, Ruling, Who};
use vestibule_gate::time::{Span, Timestamp};
use vestibule_gate::verdict::{Facts, Grant, SessionKind};
use vestibule_tests::vectors::{Dialect, Question, Somebody, Suite, Vector, Verdict, people, suites};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Whether credentials in odd shapes are what the suite is about: only doors have secrets.
fn is_for_doors(vector: &Vector) -> bool {
    vector.headers.iter().any(|(name, _)| name == "Cookie" || name == "Authorization")
}

#[test]
fn every_vector_has_its_verdict_in_every_dialect() {
    let (people, mut asked) = (people(), 0);
    for suite in suites() {
        let rules = configuration::rules(&suite);
        for vector in suite.vectors.iter().filter(|vector| !is_for_doors(vector)) {
            for dialect in Dialect::ALL {
                let Some(question) = vector.question(dialect, &people, &BTreeMap::new()) else { continue };
                check(&suite, vector, &rules, dialect, &question, &people);
                asked += 1;
            }
        }
    }
    assert!(asked > 400, "only {asked} questions were asked");
}

#[track_caller]
fn check(
    suite: &Suite,
    vector: &Vector,
    rules: &Rules,
    dialect: Dialect,
    question: &Question,
    people: &BTreeMap<String, Somebody>,
) {
    let place = format!("{}: {} ({})", suite.topic, vector.name, dialect.name());
    let headers = || question.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    if !matches!(vector.verdict, Verdict::Unreadable) {
        assert_eq!(navigates(vector.method.as_bytes(), headers()), vector.navigates, "{place}: navigates");
    }
    let original = read(dialect, question, rules);
    let original = match (&original, vector.verdict) {
        (Err(_), Verdict::Unreadable) => return,
        (Ok(original), Verdict::Unreadable) => panic!("{place}: it was read as {original:?}"),
        (Ok(original), _) => original,
        (Err(why), _) => panic!("{place}: {why}"),
    };
    let found = rules.find(original);
    if let Some(name) = &vector.rule {
        assert_eq!(found.rule().and_then(|rule| rule.name.as_deref()), Some(name.as_str()), "{place}");
    }
    let known = vector.who.as_ref().map(|who| Known::of(who, &people[who]));
    let counts = known.as_ref().filter(|known| found.reach() == Reach::Any || known.facts.grant.is_whole);
    let address = vector.address.as_ref().and_then(|list| list.rsplit(", ").next()?.parse::<IpAddr>().ok());
    let ruling = found.judge_as(counts.map(Known::who).as_ref(), address, NOW);
    says(vector, &ruling, &place);
    if ruling == Ruling::Permit {
        assert_eq!(counts.map_or("nobody", |known| known.name.as_str()), vector.told(), "{place}");
    }
}

#[track_caller]
fn says(vector: &Vector, ruling: &Ruling, place: &str) {
    match (vector.verdict, ruling) {
        (Verdict::Permit, Ruling::Permit) | (Verdict::SignIn, Ruling::SignIn) => {}
        (Verdict::Refuse, Ruling::Refuse(why)) => {
            assert_eq!(why.missing_scopes().as_deref(), vector.scopes.as_deref(), "{place}");
        }
        (Verdict::StepUp, Ruling::StepUp(step_up)) => {
            let expected = vector.step_up.clone().unwrap_or_default();
            let max_age = step_up.max_age.map(|age| u64::try_from(age.seconds()).unwrap());
            assert_eq!(max_age, expected.max_age, "{place}");
            assert_eq!(step_up.amr.iter().map(|amr| (**amr).to_owned()).collect::<Vec<_>>(), expected.amr, "{place}");
        }
        (expected, ruling) => panic!("{place}: {expected:?} was expected, but {ruling}"),
    }
}

fn read<'q>(dialect: Dialect, question: &'q Question, rules: &Rules) -> Result<Original<'q>, Unreadable> {
    let dialect = match dialect {
        Dialect::Nginx => original::Dialect::Nginx,
        Dialect::Forwarded => original::Dialect::Forwarded,
        Dialect::Envoy => original::Dialect::Envoy,
    };
    let own = Own { method: question.method.as_bytes(), target: question.behind.as_bytes() };
    let headers = question.headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    Original::read(&describe(dialect, own, headers)?, rules.policies())
}

/// Somebody of `people.toml`, as the store would know them.
struct Known {
    name: String,
    user: UserId,
    email: Option<String>,
    facts: Facts,
    authenticated_at: Timestamp,
}

impl Known {
    fn of(name: &str, somebody: &Somebody) -> Self {
        let email = somebody.email.as_ref().filter(|_| somebody.verified);
        let grant = somebody.token.as_ref().map_or_else(Grant::cookie, |token| Grant {
            kind: SessionKind::Token,
            client: Some(token.client.as_str().into()),
            scope: token.scopes.join(" ").into(),
            is_whole: token.whole,
        });
        let facts = Facts {
            anonymous: somebody.anonymous,
            verified: somebody.verified,
            can_reauthenticate: !somebody.anonymous,
            roles: Roles::parse(somebody.roles.iter().map(String::as_str)).unwrap(),
            amr: somebody.amr.iter().map(|amr| &*amr.clone().leak()).collect(),
            acr: None,
            grant,
            profile: None,
        };
        let ago = Span::from_seconds(i64::try_from(somebody.authenticated_ago).unwrap());
        Self {
            name: name.to_owned(),
            user: UserId::parse("018f4e8a-0000-7000-8000-000000000001").unwrap(),
            email: email.map(|email| EmailAddress::parse(email).unwrap().key().to_owned()),
            facts,
            authenticated_at: NOW.minus(ago),
        }
    }

    fn who(&self) -> Who<'_> {
        Who {
            user: self.user,
            email: self.email.as_deref(),
            facts: &self.facts,
            authenticated_at: self.authenticated_at,
        }
    }
}

#[test]
fn every_vector_has_a_name_of_its_own() {
    for suite in suites() {
        let names: BTreeSet<&str> = suite.vectors.iter().map(|vector| vector.name.as_str()).collect();
        assert_eq!(names.len(), suite.vectors.len(), "{}: two vectors have one name", suite.topic);
    }
}
