//! How good a new password is, by zxcvbn's estimate, and its advice.

use zxcvbn::feedback::{Suggestion, Warning};
use zxcvbn::zxcvbn;

use vestibule_gate::account::Password;

/// A password that is too easy to guess, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the password is too easy to guess")]
pub struct TooWeak {
    /// zxcvbn's score, 0 to 4.
    pub score: u8,
    /// What is wrong with it; a name of the texts' catalogue.
    pub warning: Option<&'static str>,
    /// What would help; names of the texts' catalogue.
    pub suggestions: Vec<&'static str>,
}

/// Estimates a password; words that an attacker would try first (name, e-mail address) count as known.
/// Takes up to some tens of milliseconds: not for an async thread.
///
/// # Errors
/// [`TooWeak`] below `min_score`.
pub(crate) fn require(password: &Password, known: &[&str], min_score: u8) -> Result<(), TooWeak> {
    let estimate = zxcvbn(password.expose(), known);
    let score = u8::from(estimate.score());
    if score >= min_score {
        return Ok(());
    }
    let feedback = estimate.feedback();
    Err(TooWeak {
        score,
        warning: feedback.and_then(|feedback| feedback.warning()).map(warning_name),
        suggestions: feedback
            .map(|f| f.suggestions().iter().map(|s| suggestion_name(*s)).collect())
            .unwrap_or_default(),
    })
}

/// All names that [`TooWeak`] can carry: a test of the catalogues walks them.
pub const NAMES: [&str; 26] = [
    "straight-rows",
    "short-patterns",
    "repeats-aaa",
    "repeats-abcabc",
    "this-is-top-10",
    "this-is-top-100",
    "this-is-common",
    "sequences",
    "recent-years",
    "dates",
    "single-word",
    "names",
    "common-names",
    "use-a-few-words",
    "no-need-for-symbols",
    "add-another-word",
    "capitalization",
    "all-uppercase",
    "reversed",
    "substitutions",
    "longer-keyboard-pattern",
    "avoid-repeats",
    "avoid-sequences",
    "avoid-recent-years",
    "avoid-associated-years",
    "avoid-dates",
];

const fn warning_name(warning: Warning) -> &'static str {
    match warning {
        Warning::StraightRowsOfKeysAreEasyToGuess => "straight-rows",
        Warning::ShortKeyboardPatternsAreEasyToGuess => "short-patterns",
        Warning::RepeatsLikeAaaAreEasyToGuess => "repeats-aaa",
        Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => "repeats-abcabc",
        Warning::ThisIsATop10Password => "this-is-top-10",
        Warning::ThisIsATop100Password => "this-is-top-100",
        Warning::ThisIsACommonPassword | Warning::ThisIsSimilarToACommonlyUsedPassword => "this-is-common",
        Warning::SequencesLikeAbcAreEasyToGuess => "sequences",
        Warning::RecentYearsAreEasyToGuess => "recent-years",
        Warning::AWordByItselfIsEasyToGuess => "single-word",
        Warning::DatesAreOftenEasyToGuess => "dates",
        Warning::NamesAndSurnamesByThemselvesAreEasyToGuess => "names",
        Warning::CommonNamesAndSurnamesAreEasyToGuess => "common-names",
    }
}

const fn suggestion_name(suggestion: Suggestion) -> &'static str {
    match suggestion {
        Suggestion::UseAFewWordsAvoidCommonPhrases => "use-a-few-words",
        Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters => "no-need-for-symbols",
        Suggestion::AddAnotherWordOrTwo => "add-another-word",
        Suggestion::CapitalizationDoesntHelpVeryMuch => "capitalization",
        Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => "all-uppercase",
        Suggestion::ReversedWordsArentMuchHarderToGuess => "reversed",
        Suggestion::PredictableSubstitutionsDontHelpVeryMuch => "substitutions",
        Suggestion::UseALongerKeyboardPatternWithMoreTurns => "longer-keyboard-pattern",
        Suggestion::AvoidRepeatedWordsAndCharacters => "avoid-repeats",
        Suggestion::AvoidSequences => "avoid-sequences",
        Suggestion::AvoidRecentYears => "avoid-recent-years",
        Suggestion::AvoidYearsThatAreAssociatedWithYou => "avoid-associated-years",
        Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => "avoid-dates",
    }
}

#[cfg(test)]
mod tests {
    use vestibule_gate::account::Password;

    use super::{NAMES, require};

    #[test]
    fn a_weak_password_gets_advice_and_a_good_one_passes() {
        let weak = |text: &str, known: &[&str]| require(&Password::parse(text).unwrap(), known, 2).unwrap_err();
        assert_eq!(weak("password", &[]).warning, Some("this-is-top-10"));
        assert!(weak("ada.lovelace", &["ada.lovelace@example.com", "ada.lovelace"]).score < 2);
        let named = weak("aaaaaaaaaaaa", &[]);
        assert!(named.warning.iter().chain(&named.suggestions).all(|name| NAMES.contains(name)));
        assert!(require(&Password::parse("quiet harbour lantern").unwrap(), &[], 2).is_ok());
        assert!(require(&Password::parse(&"x7$kQ".repeat(200)).unwrap(), &[], 2).is_ok());
    }
}
