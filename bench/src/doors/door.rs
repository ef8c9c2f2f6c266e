//! The ways to the picture.

use self::Asks::{Cache, Nobody, Server};
use self::Way::{Tcp, TcpClosing, Unix};
use crate::answering::Who;

/// A way to the picture.
pub(super) struct Door {
    /// Its name in the table, in the URL and in the bars.
    pub(super) letter: char,
    /// Its line in the table.
    pub(super) what: &'static str,
    /// Whom nginx asks.
    pub(super) asks: Asks,
}

/// Whom nginx asks before it lets somebody see the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nobody.
    Nobody,
    /// Its own cache, which has asked once.
    Cache,
    /// A server.
    Server(Who, Way),
}

/// How nginx asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Over a unix socket, on a kept connection.
    Unix,
    /// Over TCP, on a kept connection.
    Tcp,
    /// Over TCP, on a new connection each time, with HTTP/1.0: an nginx that is told nothing else.
    TcpClosing,
}

/// Those that a bar compares are neighbours, so that they see the same machine.
#[rustfmt::skip]
pub(super) const DOORS: [Door; 9] = [
    Door { letter: 'n', what: "a server that does nothing", asks: Server(Who::Null, Unix) },
    Door { letter: 'a', what: "Vestibule, uncached", asks: Server(Who::Vestibule, Unix) },
    Door { letter: 'b', what: "another nginx, return 200", asks: Server(Who::Floor, Unix) },
    Door { letter: 'c', what: "nginx's proxy_cache, a hit", asks: Cache },
    Door { letter: 'd', what: "no authentication", asks: Nobody },
    Door { letter: 'e', what: "Vestibule, TCP", asks: Server(Who::Vestibule, Tcp) },
    Door { letter: 'f', what: "return 200, TCP", asks: Server(Who::Floor, Tcp) },
    Door { letter: 'g', what: "Vestibule, TCP, 1.0, close", asks: Server(Who::Vestibule, TcpClosing) },
    Door { letter: 'h', what: "return 200, TCP, 1.0, close", asks: Server(Who::Floor, TcpClosing) },
];

/// The place of a door among [`DOORS`].
pub(super) const fn place(letter: char) -> usize {
    let mut place = 0;
    while DOORS[place].letter != letter {
        place += 1;
    }
    place
}

#[cfg(test)]
mod tests {
    use super::{DOORS, place};

    #[test]
    fn each_door_is_found_by_a_letter_of_its_own() {
        for (number, door) in DOORS.iter().enumerate() {
            assert_eq!(place(door.letter), number, "{}", door.letter);
        }
    }
}
