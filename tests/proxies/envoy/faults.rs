//! Who cannot be asked lets nobody pass.

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixListener;
use std::time::Duration;

use rustix::process::Signal;
use vestibule_tests::wait::measured;

use super::site::{Asks, each};

#[test]
fn nobody_passes_while_nobody_can_be_asked() {
    each("envoy: down", |mut site| {
        let cookie = site.cookie_of("ada@example.com", &[]);
        let lines = [("Cookie", cookie.as_str())];
        assert_eq!(site.get("/a", &lines).status, 200);
        site.vestibule.process().stop();
        let ((reached, answer), took) = measured(|| site.reaches(|| site.get("/a", &lines)));
        site.vestibule.process().signal(Signal::CONT);
        assert!(!reached && answer.status == 503, "too slow: {} {}", answer.head, site.story());
        assert!(took < Duration::from_secs(5), "{took:?}");
        site.vestibule.kill();
        for path in ["/a", "/public/a"] {
            let (reached, answer) = site.reaches(|| site.get(path, &lines));
            assert!(!reached && answer.status == 503, "down: {} {}", answer.head, site.story());
        }
    });
}

#[test]
fn nobody_passes_with_an_answer_that_is_none() {
    let rubbish: [&[u8]; 7] = [
        b"",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 206 Partial Content\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
        // A preface of HTTP/2, and headers of an answer that nobody had asked for.
        b"\0\0\0\x04\0\0\0\0\0\0\0\x01\x01\x04\0\0\0\x01\x88",
    ];
    each("envoy: rubbish", |mut site| {
        let cookie = site.cookie_of("ada@example.com", &[]);
        site.vestibule.kill();
        let socket = site.asked_at();
        for said in rubbish {
            let _ = fs::remove_file(&socket);
            let listener = UnixListener::bind(&socket).expect("our own folder");
            let (stop, stopped) = std::sync::mpsc::channel::<()>();
            let server = std::thread::spawn(move || {
                listener.set_nonblocking(true).expect("a socket");
                while stopped.try_recv().is_err() {
                    let Ok((mut stream, _)) = listener.accept() else {
                        std::thread::sleep(Duration::from_millis(5));
                        continue;
                    };
                    let _ = stream.set_nonblocking(false);
                    let _ = stream.set_read_timeout(Some(Duration::from_millis(100)));
                    let _ = stream.read(&mut [0; 4096]);
                    let _ = stream.write_all(said);
                }
            });
            let (reached, answer) = site.reaches(|| site.get("/a", &[("Cookie", &cookie)]));
            assert!(!reached, "{:?} {said:?}", site.asks);
            let passed_on = site.asks == Asks::OverHttp && matches!(answer.status, 204 | 206);
            assert!(answer.status >= 400 || passed_on, "{said:?} {}", answer.head);
            stop.send(()).expect("it runs");
            server.join().expect("no panic");
        }
    });
}
