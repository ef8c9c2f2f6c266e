//! Sessions that memory does not know, many at once.

use vestibule_gate::decide::Reach;
use vestibule_gate::table::Forget;
use vestibule_gate::token::opaque::{SecretKind, TagKey};

use super::*;
use crate::store::query;
use crate::user::UserRef;

/// So many users with a session each, none of them in memory.
async fn strangers(house: &House, count: usize) -> Vec<(UserId, Secret)> {
    let mut all = Vec::new();
    for number in 0..count {
        let user = NewUser { email: email(&format!("person{number}@example.com")), ..ada() };
        let id = add_user(&house.ledger, user, None).await.unwrap();
        all.push((id, create_session(&house.ledger, &UserRef::Id(id)).await.unwrap()));
    }
    house.ledger.live().table().forget(Forget::All);
    all
}

/// Who each is, all of them asked for at once, and each by so many; `None` where there is no answer, or nobody.
async fn ask_at_once(house: &House, secrets: &[&Secret], askers: usize) -> Vec<Vec<Option<UserId>>> {
    let ask = |secret: &Secret| {
        let (ledger, cookie) = (house.ledger.clone(), format!("session={}", secret.expose()));
        tokio::spawn(async move {
            let headers = [(&b"cookie"[..], cookie.as_bytes())];
            let claims = Claims::read(headers.into_iter(), &ledger.settings().cookies);
            let verdict = ledger.live().answer(&claims, ledger.now(), Reach::Whole).await.ok()?;
            verdict.identity().map(|identity| identity.user())
        })
    };
    let asked: Vec<Vec<_>> = secrets.iter().map(|secret| (0..askers).map(|_| ask(secret)).collect()).collect();
    let mut answers = Vec::new();
    for askers in asked {
        let mut of_one = Vec::new();
        for asker in askers {
            of_one.push(asker.await.unwrap());
        }
        answers.push(of_one);
    }
    answers
}

fn secrets(strangers: &[(UserId, Secret)]) -> Vec<&Secret> {
    strangers.iter().map(|(_, secret)| secret).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_cold_sessions_at_once_are_each_their_own() {
    let house = House::new().await;
    let strangers = strangers(&house, 50).await;
    let answers = ask_at_once(&house, &secrets(&strangers), 3).await;
    for ((id, _), answers) in strangers.iter().zip(answers) {
        assert_eq!(answers, [Some(*id); 3]);
    }
    assert_eq!(house.ledger.live().loads_under_way(), 0);
    assert_eq!(house.ledger.live().sessions_in_memory(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_read_is_nobody_else_s_fault() {
    let house = House::new().await;
    let strangers = strangers(&house, 12).await;
    let mut sql = house.ledger.store().write().await.unwrap();
    query("UPDATE sessions SET amr = 'a method of tomorrow' WHERE user_id = $1")
        .bind(strangers[5].0.to_string())
        .execute(&mut sql)
        .await
        .unwrap();
    sql.commit().await.unwrap();
    let answers = ask_at_once(&house, &secrets(&strangers), 1).await;
    for (number, ((id, _), answers)) in strangers.iter().zip(answers).enumerate() {
        assert_eq!(answers, [(number != 5).then_some(*id)], "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_we_have_sealed_and_ended_is_dead_among_the_living() {
    let house = House::new().await;
    let strangers = strangers(&house, 7).await;
    let ended = Secret::seal(SecretKind::Session, &[9; 24], house.ledger.tag_key());
    let foreign = Secret::seal(SecretKind::Session, &[9; 24], &TagKey::new(&[9; 32]));
    let mut secrets = secrets(&strangers);
    secrets.extend([&ended, &foreign]);
    let answers = ask_at_once(&house, &secrets, 2).await;
    let live: Vec<bool> = answers.iter().map(|two| two.iter().all(Option::is_some)).collect();
    assert_eq!(live, [true, true, true, true, true, true, true, false, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_signed_out_in_several_steps_and_nobody_is_left() {
    let house = House::new().await;
    for count in [1, 2, 5] {
        let strangers = strangers(&house, count).await;
        for (_, secret) in &strangers {
            assert!(house.is_live(secret).await);
        }
        assert_eq!(revoke(&house.ledger, Which::All).await.unwrap(), count as u64);
        for (id, secret) in &strangers {
            assert!(!house.is_live(secret).await);
            delete_user(&house.ledger, &UserRef::Id(*id)).await.unwrap();
        }
    }
}
