//! Who cannot be asked lets nobody pass.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixListener;
use std::time::Duration;

use rustix::process::Signal;
use vestibule_tests::wait::measured;

use crate::site::Site;

pub(crate) fn nobody_passes_while_nobody_can_be_asked(mut site: Site) {
    let cookie = site.cookie_of("ada@example.com", &[]);
    let lines = [("Cookie", cookie.as_str())];
    assert_eq!(site.get("/a", &lines).status, 200);
    site.vestibule.process().stop();
    let ((reached, answer), took) = measured(|| site.reaches(|| site.get("/a", &lines)));
    site.vestibule.process().signal(Signal::CONT);
    assert!(!reached && site.proxy.unasked.contains(&answer.status), "too slow: {} {}", answer.head, site.story());
    assert!(took < Duration::from_secs(5), "{took:?}");
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
    let socket = site.asked_at();
    for said in rubbish {
        let _ = fs::remove_file(&socket);
        let listener = UnixListener::bind(&socket).expect("our own folder");
        // Some proxies work as another user when the tests run as root.
        fs::set_permissions(&socket, Permissions::from_mode(0o777)).expect("our own socket");
        let (stop, stopped) = std::sync::mpsc::channel::<()>();
        let server = std::thread::spawn(move || {
            listener.set_nonblocking(true).expect("a socket");
            let mut asked = 0;
            while stopped.try_recv().is_err() {
                let Ok((mut stream, _)) = listener.accept() else {
                    std::thread::sleep(Duration::from_millis(5));
                    continue;
                };
                asked += 1;
                let _ = stream.set_nonblocking(false);
                let _ = stream.set_read_timeout(Some(Duration::from_millis(100)));
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(said);
            }
            asked
        });
        let (reached, answer) = site.reaches(|| site.get("/a", &[("Cookie", &cookie)]));
        assert!(!reached, "{said:?}");
        let passed_on = site.proxy.passes_on.contains(&answer.status);
        assert!(answer.status >= 400 || passed_on, "{said:?} {}", answer.head);
        stop.send(()).expect("it runs");
        assert!(server.join().expect("no panic") > 0, "nobody was asked");
    }
}
