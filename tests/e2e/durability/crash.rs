//! The server is killed under load again and again. No acknowledged sign-out, revocation, password change or new
//! account is lost, and start-up after it just works.

use std::thread;
use std::time::Duration;

use vestibule_tests::person::Person;
use vestibule_tests::server::{PASSWORD, Setup, Vestibule};

const ROUNDS: u32 = 6;
const WORKERS: u32 = 4;
const NEW_PASSWORD: &str = "a new horse and battery";

/// What one worker was told has happened.
#[derive(Default)]
struct Acknowledged {
    /// Addresses of accounts, with the password that is right, where that is known.
    accounts: Vec<(String, Option<&'static str>)>,
    /// Secrets that were ended by a sign-out, a revocation or a password change.
    dead: Vec<String>,
}

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let mut vestibule = Setup::default()
        .config(
            "[signup]\nenabled = true\n[password]\nmemory_kib = 64\niterations = 1\n\
             [limits]\nsign_up_per_address = 1000000\nsign_in_per_address = 1000000",
        )
        .start();
    let mut told = Acknowledged::default();
    for round in 0..ROUNDS {
        let people: Vec<Person> = (0..WORKERS).map(|_| vestibule.person()).collect();
        let workers: Vec<_> = people
            .into_iter()
            .enumerate()
            .map(|(worker, person)| thread::spawn(move || work(&person, &format!("r{round}w{worker}"))))
            .collect();
        // Not a wait for something: how long the load runs before the kill, a little different each time.
        thread::sleep(Duration::from_millis(400 + u64::from(round) * 170));
        vestibule.kill();
        for worker in workers {
            let new = worker.join().unwrap();
            told.accounts.extend(new.accounts);
            told.dead.extend(new.dead);
        }
        vestibule.start();
        check(&vestibule, &told);
    }
    assert!(told.accounts.len() > 20 && told.dead.len() > 20, "hardly any load: {} accounts", told.accounts.len());
}

/// Until the server is gone: opens accounts, signs out, signs in, revokes, changes passwords.
fn work(somebody: &Person, name: &str) -> Acknowledged {
    let mut told = Acknowledged::default();
    for n in 0.. {
        if one(somebody, &format!("{name}n{n}@example.com"), &mut told).is_none() {
            break;
        }
    }
    told
}

/// `None` when the server is gone.
fn one(somebody: &Person, email: &str, told: &mut Acknowledged) -> Option<()> {
    let done = |answer: std::io::Result<vestibule_tests::http::Response>| {
        let answer = answer.ok()?;
        assert_eq!(answer.status, 303, "{email}: {}{}", answer.head, answer.text());
        Some(())
    };
    let credentials = [("email", email), ("password", PASSWORD)];
    let mut first = somebody.clone();
    done(first.try_post("/signup", &[("name", "N"), credentials[0], credentials[1]]))?;
    told.accounts.push((email.to_owned(), Some(PASSWORD)));

    let secret = first.session();
    done(first.try_post("/logout", &[]))?;
    told.dead.push(secret);

    let (mut here, mut there) = (somebody.clone(), somebody.clone());
    done(here.try_post("/login", &credentials))?;
    done(there.try_post("/login", &credentials))?;
    done(here.try_post("/settings/sessions/revoke-others", &[]))?;
    told.dead.push(there.session());

    done(there.try_post("/login", &credentials))?;
    let account = told.accounts.last_mut()?;
    account.1 = None; // until the answer is there, either password may be the right one
    done(here.try_post("/settings/password", &[("current_password", PASSWORD), ("new_password", NEW_PASSWORD)]))?;
    account.1 = Some(NEW_PASSWORD);
    told.dead.push(there.session());
    Some(())
}

fn check(vestibule: &Vestibule, told: &Acknowledged) {
    for secret in &told.dead {
        assert!(!vestibule.is_live(secret), "an acknowledged end was lost");
    }
    // The newest are those that the kill could have hit; older ones were checked in their round.
    for (email, password) in told.accounts.iter().rev().take(60) {
        let mut owner = vestibule.person();
        let works = |password| owner.clone().try_sign_in(email, password).status == 303;
        match password {
            Some(password) => assert!(works(password), "{email}: an acknowledged account or password was lost"),
            None => assert!([PASSWORD, NEW_PASSWORD].into_iter().any(works), "{email}: no password works"),
        }
        owner.get("/login");
    }
}
