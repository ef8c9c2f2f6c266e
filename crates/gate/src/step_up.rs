//! Step-up: what is asked of somebody who is signed in already, where what they want is only for those who proved who
//! they are lately, or by certain means (RFC 9470 asks an API's client for the same).

use std::borrow::Cow;

use crate::time::{Span, Timestamp};

/// What is asked, as it arrived beside `return_to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    max_age: Option<u64>,
    amr: Vec<String>,
}

/// How somebody last proved who they are, and how they could do so again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven<'p> {
    /// When; [`Timestamp::NEVER`] for a session that an operator made.
    pub at: Timestamp,
    /// The methods (RFC 8176).
    pub amr: &'p [&'static str],
    /// Whether the account has a password.
    pub has_password: bool,
}

/// What has to happen now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: they have proven it as lately and by the means that are asked for.
    Pass,
    /// They have to prove it once more.
    Prove,
    /// They cannot, and asking them would lead them round and round.
    Refuse(Why),
}

/// Why somebody cannot do what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The account has nothing to prove anything with.
    NoPassword,
    /// A method is asked for that the account does not have.
    NoSuchMethod,
}

impl Demand {
    /// "Prove it now, whenever you did so last."
    pub const NOW: Self = Self { max_age: Some(0), amr: Vec::new() };

    /// Reads `max_age`, in seconds, and `amr`, names separated by spaces. `None`: nothing is asked. A `max_age` that is no
    /// number asks for a proof at once, and a name that nobody knows is of a method that nobody has.
    #[must_use]
    pub fn read(max_age: Option<&str>, amr: Option<&str>) -> Option<Self> {
        let amr: Vec<String> =
            amr.unwrap_or_default().split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let max_age = max_age.map(|text| seconds(text).unwrap_or(0));
        (max_age.is_some() || !amr.is_empty()).then_some(Self { max_age, amr })
    }

    /// The parameters again, for a link or a form that carries them on.
    pub fn pairs(&self) -> impl Iterator<Item = (&'static str, Cow<'_, str>)> {
        let amr = (!self.amr.is_empty()).then(|| ("amr", Cow::Owned(self.amr.join(" "))));
        self.max_age.map(|seconds| ("max_age", Cow::Owned(seconds.to_string()))).into_iter().chain(amr)
    }

    /// Decides what has to happen now. Whoever proves it once more does so by all methods that are asked for: what they
    /// did before is forgotten by it.
    #[must_use]
    pub fn of(&self, proven: &Proven<'_>, now: Timestamp) -> Next {
        let lacks = self.amr.iter().any(|name| !proven.amr.contains(&name.as_str()));
        if !lacks && !self.is_too_old(proven.at, now) {
            return Next::Pass;
        }
        let can_be_given: &[&str] = if proven.has_password { &[PASSWORD] } else { &[] };
        if self.amr.iter().any(|name| !can_be_given.contains(&name.as_str())) {
            Next::Refuse(Why::NoSuchMethod)
        } else if can_be_given.is_empty() {
            Next::Refuse(Why::NoPassword)
        } else {
            Next::Prove
        }
    }

    fn is_too_old(&self, at: Timestamp, now: Timestamp) -> bool {
        let limit = |seconds: u64| Span::from_seconds(i64::try_from(seconds).unwrap_or(i64::MAX));
        self.max_age.is_some_and(|seconds| seconds == 0 || at == Timestamp::NEVER || now.since(at) > limit(seconds))
    }
}

/// The method of a password (RFC 8176 section 2).
const PASSWORD: &str = "pwd";

/// Digits and nothing else: no sign, no blank.
fn seconds(text: &str) -> Option<u64> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Demand, Next, Proven, Why};
    use crate::time::Timestamp;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000_000);
    const HOUR: i64 = 3_600_000;

    fn ada() -> Proven<'static> {
        Proven { at: Timestamp::from_millis(NOW.millis() - HOUR), amr: &["pwd"], has_password: true }
    }

    fn next(max_age: &str, amr: &str, proven: &Proven<'_>) -> Next {
        Demand::read(Some(max_age), Some(amr)).expect("something is asked").of(proven, NOW)
    }

    #[test]
    fn nothing_is_asked_of_whom_nothing_is_asked() {
        assert_eq!(Demand::read(None, None), None);
        assert_eq!(Demand::read(None, Some(" ")), None);
    }

    #[test]
    fn a_proof_counts_as_long_as_max_age_says_and_not_longer() {
        for (max_age, expected) in
            [("3600", Next::Pass), ("3599", Next::Prove), ("86400", Next::Pass), ("0", Next::Prove)]
        {
            assert_eq!(next(max_age, "", &ada()), expected, "{max_age}");
        }
        let now = Proven { at: NOW, ..ada() };
        assert_eq!(next("0", "", &now), Next::Prove, "0 asks always, as in the provider");
    }

    #[test]
    fn a_max_age_that_is_no_number_asks_at_once() {
        let now = Proven { at: NOW, ..ada() };
        for max_age in ["-1", "+300", "300s", "5m", " 300", "3e2", "99999999999999999999999", "\u{0663}", "", "0x10"] {
            assert_eq!(next(max_age, "", &now), Next::Prove, "{max_age:?}");
        }
        assert_eq!(next("18446744073709551615", "", &ada()), Next::Pass, "a long time is no mistake");
    }

    #[test]
    fn an_operators_session_has_proven_nothing() {
        let made = Proven { at: Timestamp::NEVER, amr: &[], ..ada() };
        let now = Timestamp::from_millis(1_700_000_000_000);
        assert_eq!(Demand::read(Some("9999999999"), None).unwrap().of(&made, now), Next::Prove);
        assert_eq!(Demand::read(None, Some("pwd")).unwrap().of(&made, now), Next::Prove);
    }

    #[test]
    fn nobody_is_asked_for_what_they_do_not_have() {
        for amr in ["mfa", "pwd mfa", "otp", "PWD", "pwd,mfa", "x_unheard_of", "pwd\u{a0}"] {
            assert_eq!(next("86400", amr, &ada()), Next::Refuse(Why::NoSuchMethod), "{amr}");
        }
        let bare = Proven { has_password: false, ..ada() };
        assert_eq!(next("60", "", &bare), Next::Refuse(Why::NoPassword));
        assert_eq!(next("86400", "", &bare), Next::Pass, "what was proven counts on");
        let stronger = Proven { amr: &["pwd", "otp", "mfa"], ..ada() };
        assert_eq!(next("86400", "mfa  pwd", &stronger), Next::Pass);
        assert_eq!(
            next("60", "mfa", &stronger),
            Next::Refuse(Why::NoSuchMethod),
            "a password alone would take it away"
        );
    }

    proptest! {
        #[test]
        fn what_is_carried_on_asks_for_the_same(max_age in "[0-9 +-]{0,22}", amr in "[a-z_ ]{0,20}", age in 0..10_000_000_i64) {
            let asked = Demand::read(Some(&max_age), Some(&amr)).expect("something is asked");
            let pairs: Vec<(&str, String)> = asked.pairs().map(|(name, value)| (name, value.into_owned())).collect();
            let get = |name: &str| pairs.iter().find(|(own, _)| *own == name).map(|(_, value)| value.as_str());
            let again = Demand::read(get("max_age"), get("amr"));
            prop_assert_eq!(again.as_ref(), Some(&asked));
            let proven = Proven { at: NOW.minus(crate::time::Span::from_millis(age)), ..ada() };
            prop_assert_eq!(again.unwrap().of(&proven, NOW), asked.of(&proven, NOW));
        }

        /// Whoever has just done what was asked is let through: nobody is asked in a circle.
        #[test]
        fn whoever_has_proven_it_passes(max_age in 1..u64::MAX, amr in "(pwd|mfa|otp| )*", has_password: bool) {
            let asked = Demand::read(Some(&max_age.to_string()), Some(&amr)).expect("something is asked");
            let before = Proven { at: Timestamp::NEVER, amr: &[], has_password };
            if asked.of(&before, NOW) == Next::Prove {
                prop_assert_eq!(asked.of(&Proven { at: NOW, amr: &["pwd"], has_password }, NOW), Next::Pass);
            }
        }
    }
}
