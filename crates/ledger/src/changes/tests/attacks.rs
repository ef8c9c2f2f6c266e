//! Changes that somebody makes who should not, or not so often, or no longer.

use super::*;

#[tokio::test]
async fn an_address_that_is_limited_cannot_have_its_attempts_forgotten() {
    let (house, _) = House::with_ada().await;
    let here = || Browser { address: Some([192, 0, 2, 1].into()), ..browser() };
    for _ in 0..5 {
        assert!(matches!(house.try_password("not the password", here()).await, Err(LogInError::Wrong)));
    }
    // Behind the 50th each is refused, and costs whoever sends it nothing.
    for number in 0..100_200 {
        let email = email(&format!("nobody-{number}@example.com"));
        let _ = log_in(&house.ledger, LogIn { email, password: password("guess"), browser: here() }).await;
    }
    let elsewhere = Browser { address: Some([192, 0, 2, 2].into()), ..browser() };
    for (browser, whose) in [(elsewhere, "the account's"), (here(), "the address's")] {
        let outcome = house.try_password("not the password", browser).await;
        assert!(matches!(outcome, Err(LogInError::Limited(_))), "{whose} attempts were forgotten: {outcome:?}");
    }
}
