//! What is asked of somebody who is signed in already, in the query of `/login`.

use url::form_urlencoded;
use vestibule_gate::step_up::{Demand, Next, Proven};
use vestibule_gate::time::Timestamp;

/// `max_age` and `amr`: carried on they ask for the same, a stranger to the pages is let through by nothing, and who has
/// proven what they were asked for is not asked again.
pub(crate) fn demand(bytes: &[u8]) {
    let read = |query: &[u8]| {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
        let get = |name: &str| pairs.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        Demand::read(get("max_age"), get("amr"))
    };
    let Some(asked) = read(bytes) else { return };
    let carried = form_urlencoded::Serializer::new(String::new()).extend_pairs(asked.pairs()).finish();
    assert_eq!(read(carried.as_bytes()).as_ref(), Some(&asked));
    let now = Timestamp::from_millis(1_800_000_000_000);
    let never = Proven { at: Timestamp::NEVER, amr: &[], has_password: true };
    let next = asked.of(&never, now);
    assert_ne!(next, Next::Pass, "nothing was proven");
    let again = asked.of(&Proven { at: now, amr: &["pwd"], ..never }, now);
    let always = asked.pairs().any(|(name, value)| name == "max_age" && value == "0");
    assert!(next != Next::Prove || always || again == Next::Pass, "asked in a circle");
}
