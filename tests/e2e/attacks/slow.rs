//! Slow and stuck clients: they are dropped, and nobody else waits for them.

use vestibule_tests::http::Connection;
use vestibule_tests::server::Setup;
use vestibule_tests::wait;

#[test]
fn two_hundred_stuck_clients_slow_nobody_down() {
    let vestibule = Setup::default().start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    let mut stuck = Vec::new();
    for address in [vestibule.resolver(), vestibule.resolver_unix(), vestibule.public()] {
        for n in 0..70 {
            let mut client = Connection::open(&address).unwrap();
            let part: &[u8] = match n % 3 {
                0 => b"",
                1 => b"GET /_resolver/res",
                _ => b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nemail=",
            };
            client.send(part).unwrap();
            stuck.push(client);
        }
    }
    let (live, took) = wait::measured(|| (0..100).all(|_| vestibule.is_live(&secret)));
    assert!(live);
    assert!(took.as_secs() < 5, "100 resolves beside {} stuck clients took {took:?}", stuck.len());
    assert_eq!(vestibule.person().get("/login").status, 200);
}

#[test]
fn a_flood_of_sign_ins_slows_no_resolve() {
    let setup = Setup::default().config(
        "[password]\nmemory_kib = 32768\niterations = 3\nqueue = 4\n\
         [limits]\nsign_in_per_account = 100000\nsign_in_per_address = 100000",
    );
    let vestibule = setup.start();
    vestibule.add_user("ada@example.com", &[]);
    let secret = vestibule.create_session("ada@example.com");
    std::thread::scope(|scope| {
        let flood: Vec<_> = (0..24)
            .map(|n| {
                scope.spawn({
                    let mut person = vestibule.person();
                    move || person.try_sign_in(&format!("x{n}@example.com"), "a guess")
                })
            })
            .collect();
        let (live, took) = wait::measured(|| (0..50).all(|_| vestibule.is_live(&secret)));
        assert!(live);
        assert!(took.as_secs() < 5, "50 resolves during a flood took {took:?}");
        let answers: Vec<_> = flood.into_iter().map(|thread| thread.join().unwrap()).collect();
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert!(statuses.iter().all(|status| [422, 503].contains(status)), "{statuses:?}");
        let refused = answers.iter().find(|answer| answer.status == 503).expect("a queue of 4 never filled up");
        assert!(refused.header("retry-after").is_some(), "{}", refused.head);
    });
}
