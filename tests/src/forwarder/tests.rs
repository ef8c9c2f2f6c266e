use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixListener;
use std::thread;
use std::time::Duration;

use super::{Direction, Forwarder, Weather};
use crate::wait::measured;

/// A way to somebody who says everything again.
fn echo(folder: &tempfile::TempDir) -> Forwarder {
    let socket = folder.path().join("s");
    let listener = UnixListener::bind(&socket).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut byte = [0];
                while stream.read(&mut byte).is_ok_and(|count| count == 1) {
                    stream.write_all(&byte).unwrap();
                }
            });
        }
    });
    Forwarder::to(&socket)
}

fn connected(way: &Forwarder) -> TcpStream {
    let stream = TcpStream::connect(way.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    stream
}

/// `Some(true)`: the echo came; `Some(false)`: nothing did; `None`: the connection has ended.
fn hears(stream: &mut TcpStream) -> Option<bool> {
    let mut byte = [0];
    stream.write_all(b"x").ok()?;
    match stream.read(&mut byte) {
        Ok(0) => None,
        Ok(_) => Some(true),
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => Some(false),
        Err(_) => None,
    }
}

#[test]
fn what_is_swallowed_is_gone_and_so_is_its_connection() {
    let folder = tempfile::tempdir().unwrap();
    let way = echo(&folder);
    for direction in [Direction::Both, Direction::ToDatabase, Direction::ToNode] {
        let mut old = connected(&way);
        assert_eq!(hears(&mut old), Some(true));
        way.set(Weather::Swallow(direction));
        assert_eq!(hears(&mut old), Some(false), "{direction:?}");
        assert_eq!(hears(&mut connected(&way)), Some(false), "{direction:?}");
        way.set(Weather::Clear);
        assert_eq!(hears(&mut old), Some(false), "{direction:?}: it was lost");
        assert_eq!(hears(&mut connected(&way)), Some(true), "{direction:?}");
    }
}

#[test]
fn what_is_held_arrives_later() {
    let folder = tempfile::tempdir().unwrap();
    let way = echo(&folder);
    let mut stream = connected(&way);
    assert_eq!(hears(&mut stream), Some(true));
    way.set(Weather::Hold);
    assert_eq!(hears(&mut stream), Some(false));
    way.set(Weather::Clear);
    assert_eq!(stream.read(&mut [0]).unwrap(), 1);
}

#[test]
fn a_way_can_be_slow_cut_and_refused() {
    let folder = tempfile::tempdir().unwrap();
    let way = echo(&folder);
    let mut stream = connected(&way);
    way.set(Weather::Slow(Duration::from_millis(150)));
    let (heard, took) = measured(|| hears(&mut stream));
    assert_eq!(heard, Some(true));
    assert!(took >= Duration::from_millis(150), "{took:?}");
    way.set(Weather::Clear);
    way.cut();
    crate::wait::until("it is cut", || hears(&mut stream).is_none().then_some(()));
    assert_eq!(hears(&mut connected(&way)), Some(true));
    way.set(Weather::Refuse);
    assert_eq!(hears(&mut connected(&way)), None);
}
