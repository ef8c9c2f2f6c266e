//! Who cannot be asked lets nobody pass.

use std::fs::{self, Permissions};
use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::time::Duration;

use rustix::process::Signal;
use vestibule_tests::http::Address;
use vestibule_tests::wait::measured;

use crate::site::Site;

pub(crate) fn nobody_passes_while_nobody_can_be_asked(mut site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let lines = [("Cookie", cookie.as_str())];
    assert_eq!(site.get("/a", &lines).status, 200);
    site.vestibule.process().stop();
    let ((reached, answer), took) = measured(|| site.reaches(|| site.try_get("/a", &lines)));
    site.vestibule.process().signal(Signal::CONT);
    match answer {
        Ok(answer) => {
            let is_refused = !reached && site.proxy.unasked.contains(&answer.status);
            assert!(is_refused, "too slow: {} {}", answer.head, site.story());
            assert!(took < Duration::from_secs(5), "{took:?}");
        }
        Err(_) => assert!(!reached && site.proxy.waits_long, "{}", site.story()),
    }
    site.vestibule.kill();
    for path in ["/a", "/public/a"] {
        let (reached, answer) = site.reaches(|| site.get(path, &lines));
        assert!(!reached && site.proxy.unasked.contains(&answer.status), "down: {} {}", answer.head, site.story());
    }
}

pub(crate) fn nobody_passes_with_an_answer_that_is_none(mut site: Site) {
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
    let cookie = site.cookie_of("ada@example.com", &[]);
    site.vestibule.kill();
    let door = site.asked_at();
    for said in rubbish {
        let listener = Listener::at(&door);
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let server = std::thread::spawn(move || {
            let mut asked = 0;
            while stopped.try_recv().is_err() {
                match listener.answer(said) {
                    Ok(()) => asked += 1,
                    Err(_) => std::thread::sleep(Duration::from_millis(5)),
                }
            }
            asked
        });
        let (reached, answer) = site.reaches(|| site.get("/a", &[("Cookie", &cookie)]));
        let is_yes = site.proxy.passes.iter().any(|status| said.starts_with(format!("HTTP/1.1 {status} ").as_bytes()));
        assert_eq!(reached, is_yes, "{said:?}");
        let passed_on = site.proxy.passes_on.contains(&answer.status);
        assert!(is_yes || answer.status >= 400 || passed_on, "{said:?} {}", answer.head);
        stop.send(()).expect("it runs");
        assert!(server.join().expect("no panic") > 0, "nobody was asked");
    }
}

/// Somebody else where Vestibule was.
enum Listener {
    Unix(UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    fn at(door: &Address) -> Self {
        match door {
            Address::Unix(socket) => {
                let _ = fs::remove_file(socket);
                let listener = UnixListener::bind(socket).expect("our own folder");
                // Some proxies work as another user when the tests run as root.
                fs::set_permissions(socket, Permissions::from_mode(0o777)).expect("our own socket");
                listener.set_nonblocking(true).expect("a socket");
                Self::Unix(listener)
            }
            Address::Tcp(address) => {
                let listener = TcpListener::bind(address).expect("the server is gone");
                listener.set_nonblocking(true).expect("a socket");
                Self::Tcp(listener)
            }
            Address::Tls(..) => panic!("Vestibule does not listen with TLS"),
        }
    }

    /// Answers whoever has come; an error when nobody has.
    fn answer(&self, said: &[u8]) -> io::Result<()> {
        let patience = Some(Duration::from_millis(100));
        match self {
            Self::Unix(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(patience)?;
                exchange(stream, said);
            }
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_nonblocking(false)?;
                stream.set_read_timeout(patience)?;
                exchange(stream, said);
            }
        }
        Ok(())
    }
}

fn exchange(mut stream: impl Read + Write, said: &[u8]) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(said);
}
