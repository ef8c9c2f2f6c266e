//! The addresses and names of verified users, which live beside their sessions only when somebody needs them.

use vestibule_gate::table::Forget;
use vestibule_gate::verdict::Profile;

use super::*;
use crate::user::UserRef;

impl House {
    /// Reloads with or without addresses and names.
    fn with_profiles(&self, profiles: bool) {
        self.ledger.reload(Settings { profiles, ..(*self.ledger.settings()).clone() });
    }

    async fn profile(&self, secret: &Secret) -> Option<Profile> {
        self.ask(secret).await.identity().expect("a live session").facts().profile.clone()
    }
}

#[tokio::test]
async fn addresses_are_in_memory_only_when_somebody_needs_them_and_then_of_everybody() {
    let (house, _) = House::with_ada().await;
    let session = house.sign_in(browser()).await.unwrap().secret;
    assert_eq!(house.profile(&session).await, None);
    house.with_profiles(true);
    let profile = house.profile(&session).await.expect("read again at once");
    assert_eq!(profile.email.unwrap().key(), "ada@example.com");
    assert_eq!(profile.name.as_str(), "Ada");
    house.with_profiles(false);
    assert_eq!(house.profile(&session).await, None);
}

#[tokio::test]
async fn an_address_that_nobody_has_verified_is_told_to_nobody() {
    let (house, ada) = House::with_ada().await;
    house.with_profiles(true);
    let session = house.sign_in(browser()).await.unwrap().secret;
    assert!(house.profile(&session).await.is_some());
    let set = SetUser { verified: Some(false), ..SetUser::default() };
    set_user(&house.ledger, &UserRef::Id(ada), set).await.unwrap();
    assert_eq!(house.profile(&session).await, None);
}

#[tokio::test]
async fn a_new_name_or_address_shows_in_the_next_answer() {
    let (house, ada) = House::with_ada().await;
    house.with_profiles(true);
    let session = house.sign_in(browser()).await.unwrap().secret;
    assert_eq!(house.profile(&session).await.unwrap().name.as_str(), "Ada");
    change_name(&house.ledger, ada, DisplayName::parse("Ada King").unwrap()).await.unwrap();
    assert_eq!(house.profile(&session).await.unwrap().name.as_str(), "Ada King");
    let change = |to: &str| change_email(&house.ledger, ada, Some(password(PASSWORD)), email(to));
    change("ADA@example.com").await.unwrap();
    assert_eq!(house.profile(&session).await.unwrap().email.unwrap().shown(), "ADA@example.com");
    change("king@example.com").await.unwrap();
    assert_eq!(house.profile(&session).await, None, "the new one is not verified");
}

#[tokio::test]
async fn a_read_that_began_without_addresses_does_not_end_with_them_missing() {
    let (house, _) = House::with_ada().await;
    let session = house.sign_in(browser()).await.unwrap().secret;
    for profiles in [true, false, true, false, true] {
        house.ledger.live().table().forget(Forget::All);
        let reading = async { house.profile(&session).await };
        let (_, ()) = tokio::join!(reading, async { house.with_profiles(profiles) });
        assert_eq!(house.profile(&session).await.is_some(), profiles);
    }
}
