//! An application behind FastCGI: nginx's `proxy_set_header` does nothing there, and `fastcgi_param` does what the
//! documents and `doctor` say that it does.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use vestibule_tests::server::Setup;

use super::existing::{self, Existing};
use super::forging::SUFFIXES;

/// Parameters of a request, in order.
type Params = Vec<(String, String)>;

/// A FastCGI application that tells what it was told. Its thread ends with the test program.
fn application() -> (String, Receiver<Params>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address").to_string();
    let (told, seen) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            _ = serve(stream, &told);
        }
    });
    (address, seen)
}

fn serve(mut stream: TcpStream, told: &Sender<Params>) -> io::Result<()> {
    let mut params = Vec::new();
    loop {
        let mut head = [0; 8];
        stream.read_exact(&mut head)?;
        let mut content = vec![0; usize::from(u16::from_be_bytes([head[4], head[5]])) + usize::from(head[6])];
        stream.read_exact(&mut content)?;
        content.truncate(content.len() - usize::from(head[6]));
        match head[1] {
            PARAMS => params.extend(content),
            STDIN if content.is_empty() => break,
            _ => {}
        }
    }
    _ = told.send(pairs(&params));
    let body = b"Content-Type: text/plain\r\n\r\nfastcgi";
    stream.write_all(&[1, STDOUT, 0, 1, 0, u8::try_from(body.len()).unwrap_or_default(), 0, 0])?;
    stream.write_all(body)?;
    stream.write_all(&[1, STDOUT, 0, 1, 0, 0, 0, 0, 1, END, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
}

const END: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;

fn pairs(mut bytes: &[u8]) -> Params {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (name, rest) = length(bytes);
        let (value, rest) = length(rest);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        found.push((text(&rest[..name]), text(&rest[name..name + value])));
        bytes = &rest[name + value..];
    }
    found
}

/// A length is one byte, or four with the highest bit set.
fn length(bytes: &[u8]) -> (usize, &[u8]) {
    match bytes {
        [long @ 128..=255, b, c, d, rest @ ..] => {
            (usize::try_from(u32::from_be_bytes([long & 127, *b, *c, *d])).unwrap_or_default(), rest)
        }
        [short, rest @ ..] => (usize::from(*short), rest),
        [] => (0, bytes),
    }
}

fn about_identity(params: &Params) -> Params {
    params.iter().filter(|(name, _)| name.starts_with("HTTP_X_AUTHGEAR_") || name == "HTTP_COOKIE").cloned().collect()
}

#[test]
fn a_fastcgi_application_is_told_what_its_location_says() {
    let (address, seen) = application();
    let param = |suffix: &str| {
        let name = suffix.to_uppercase().replace('-', "_");
        format!("fastcgi_param HTTP_X_AUTHGEAR_{name} $vestibule_{} if_not_empty;", suffix.replace('-', "_"))
    };
    let lines: String = SUFFIXES.iter().map(|suffix| param(suffix)).collect();
    let server = format!(
        "location ~ \\.php$ {{ auth_request /_vestibule; fastcgi_pass {address}; {lines} \
         fastcgi_param HTTP_COOKIE $vestibule_app_cookies if_not_empty; }}\n\
         location ~ \\.bad$ {{ auth_request /_vestibule; fastcgi_pass {address}; }}"
    );
    let site = existing::site(Setup::default(), true, &Existing { server, ..Existing::default() });
    site.vestibule.add_user("ada@example.com", &["--role", "editor"]);
    let secret = site.vestibule.create_session("ada@example.com");
    let cookie = format!("a=1; session={secret}");
    let ask = |path: &str, headers: &[(&str, &str)]| {
        let answer = site.get_of(&existing::host(&site), path, headers);
        assert_eq!(answer.status, 200, "{}", site.nginx.errors());
        about_identity(&seen.recv().expect("the application was asked"))
    };
    let honest = ask("/x.php", &[("Cookie", &cookie)]);
    let has = |params: &Params, name: &str, value: &str| params.contains(&(name.to_owned(), value.to_owned()));
    assert!(has(&honest, "HTTP_X_AUTHGEAR_USER_ROLES", "editor") && has(&honest, "HTTP_COOKIE", "a=1"), "{honest:?}");
    assert!(honest.iter().all(|(_, value)| !value.contains(&secret)), "{honest:?}");
    for suffix in SUFFIXES {
        for name in [format!("x-authgear-{suffix}"), format!("X_Authgear_{}", suffix.replace('-', "_"))] {
            let forged = ask("/x.php", &[("Cookie", &cookie), (&name, "forged"), (&name, "forged")]);
            assert_eq!(forged, honest, "{name}");
            assert_eq!(ask("/x.php", &[(&name, "forged")]), [], "{name}: a stranger is somebody");
        }
    }
    // Not a promise but the reason for the lines: without them, the server's own do nothing.
    let hole = ask("/x.bad", &[("x-authgear-user-roles", "admin")]);
    assert!(has(&hole, "HTTP_X_AUTHGEAR_USER_ROLES", "admin"), "nginx has learnt: mend the comment: {hole:?}");
}
