//! The server is killed under load again and again. No acknowledged sign-out, revocation, password change or new
//! account is lost, and start-up after it just works.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use vestibule_tests::person::Person;
use vestibule_tests::process::{self, Process};
use vestibule_tests::program;
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
        let mut workers: Vec<_> = people
            .into_iter()
            .enumerate()
            .map(|(worker, person)| thread::spawn(move || work(&person, &format!("r{round}w{worker}"))))
            .collect();
        let is_over = Arc::new(AtomicBool::new(false));
        let operator = Operator {
            config: vestibule.config_file(),
            environment: vestibule.environment().to_vec(),
            is_over: Arc::clone(&is_over),
        };
        workers.push(thread::spawn(move || operator.work(&format!("r{round}o"))));
        // Not a wait for something: how long the load runs before the kill, a little different each time.
        thread::sleep(Duration::from_millis(400 + u64::from(round) * 170));
        vestibule.kill();
        // Commands go on while no server runs, and while the next one starts.
        vestibule.start();
        is_over.store(true, Ordering::Relaxed);
        for worker in workers {
            let new = worker.join().unwrap();
            told.accounts.extend(new.accounts);
            told.dead.extend(new.dead);
        }
        check(&vestibule, &told);
    }
    let by_operator = told.accounts.iter().filter(|(email, _)| email[..3].contains('o')).count();
    assert!(told.accounts.len() > 20 && told.dead.len() > 20, "hardly any load: {} accounts", told.accounts.len());
    assert!(by_operator > 10, "hardly any commands: {by_operator} accounts");
}

#[test]
fn a_server_that_is_killed_while_it_starts_starts_the_next_time() {
    let mut vestibule = Setup::default().prepare();
    for pause in 0..25 {
        let mut process = Process::start(&vestibule.command(&["serve"]), &vestibule.folder().join("killed.log"));
        thread::sleep(Duration::from_millis(pause * 5));
        process.kill();
    }
    vestibule.start();
    vestibule.add_user("ada@example.com", &[]);
    vestibule.person().sign_in("ada@example.com");
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

/// Somebody at the command line, who types on whether the server runs or not.
struct Operator {
    config: PathBuf,
    environment: Vec<(String, String)>,
    is_over: Arc<AtomicBool>,
}

impl Operator {
    fn work(&self, name: &str) -> Acknowledged {
        let mut told = Acknowledged::default();
        for n in 0.. {
            if self.is_over.load(Ordering::Relaxed) {
                break;
            }
            // What the kill cut off was not acknowledged: on with the next.
            self.one(&format!("{name}n{n}@example.com"), &mut told);
        }
        told
    }

    fn one(&self, email: &str, told: &mut Acknowledged) -> Option<()> {
        self.does(&["user", "add", email, "--password-stdin"], PASSWORD)?;
        told.accounts.push((email.to_owned(), Some(PASSWORD)));
        let secret = self.does(&["session", "create", email], "")?.trim_end().to_owned();
        let list = self.does(&["session", "list", email, "--json"], "")?;
        let id = list.lines().next().and_then(|line| serde_json::from_str::<Value>(line).ok())?["id"].clone();
        self.does(&["session", "revoke", id.as_str()?], "")?;
        told.dead.push(secret);

        let secret = self.does(&["session", "create", email], "")?.trim_end().to_owned();
        let account = told.accounts.last_mut()?;
        account.1 = None;
        self.does(&["user", "password", email, "--password-stdin"], NEW_PASSWORD)?;
        account.1 = Some(NEW_PASSWORD);
        told.dead.push(secret);
        Some(())
    }

    /// What a command printed; `None` when it was not done.
    fn does(&self, args: &[&str], input: &str) -> Option<String> {
        let mut command = Command::new(program::vestibule());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let said = process::run(command.arg("--config").arg(&self.config).args(args), input);
        (said.code == 0).then_some(said.out)
    }
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
