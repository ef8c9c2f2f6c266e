//! A way between a node and its database on which things go wrong: what passes can be swallowed, held up, delayed,
//! refused and cut. It is what a network does, where the tests have no network of their own.

#[cfg(test)]
mod tests;

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::port;

/// What happens to what comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    /// It goes through.
    Clear,
    /// Nothing arrives and nobody is told: packets are dropped, those of connections that are being made, too. What was
    /// swallowed is gone: a connection that lost a byte stays dead when the sky clears, and does not say so.
    Swallow(Direction),
    /// Nothing arrives, and all of it does when the sky clears: what TCP sends again.
    Hold,
    /// Every message to the database comes later by this.
    Slow(Duration),
    /// There is nobody: connections are refused, those that there are end.
    Refuse,
}

/// Which half of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// What the node says.
    ToDatabase,
    /// What the database says.
    ToNode,
    /// Both.
    Both,
}

/// One node's way to the database.
#[derive(Debug)]
pub struct Forwarder {
    address: SocketAddr,
    sky: Arc<Sky>,
}

/// What all its threads look at.
#[derive(Debug)]
struct Sky {
    state: Mutex<State>,
    is_over: AtomicBool,
}

#[derive(Debug)]
struct State {
    weather: Weather,
    /// The database's unix socket.
    to: PathBuf,
    /// Connections of an older number are cut.
    generation: u64,
}

/// How soon a thread sees that something changed.
const LOOK: Duration = Duration::from_millis(10);

impl Forwarder {
    /// To a unix socket.
    ///
    /// # Panics
    /// When no port is free.
    pub fn to(socket: &Path) -> Self {
        let address = port::free();
        let listener = TcpListener::bind(address).expect("the port was free a moment ago");
        listener.set_nonblocking(true).expect("a socket of our own");
        let state = State { weather: Weather::Clear, to: socket.to_owned(), generation: 0 };
        let sky = Arc::new(Sky { state: Mutex::new(state), is_over: AtomicBool::new(false) });
        let seen = Arc::clone(&sky);
        thread::spawn(move || accept(&listener, &seen));
        Self { address, sky }
    }

    /// Where the node finds it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What happens from now on.
    pub fn set(&self, weather: Weather) {
        self.sky.state().weather = weather;
    }

    /// Ends every connection that there is; both sides are told.
    pub fn cut(&self) {
        self.sky.state().generation += 1;
    }

    /// Leads to another database from now on, as an address that moves does. Connections end.
    pub fn lead_to(&self, socket: &Path) {
        let mut state = self.sky.state();
        socket.clone_into(&mut state.to);
        state.generation += 1;
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.sky.is_over.store(true, Ordering::Relaxed);
    }
}

impl Sky {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` when a connection of this number is cut.
    fn weather(&self, generation: u64) -> Option<Weather> {
        let state = self.state();
        let goes_on = generation == state.generation && !self.is_over.load(Ordering::Relaxed);
        (goes_on && state.weather != Weather::Refuse).then_some(state.weather)
    }
}

fn accept(listener: &TcpListener, sky: &Arc<Sky>) {
    while !sky.is_over.load(Ordering::Relaxed) {
        let Ok((node, _)) = listener.accept() else {
            thread::sleep(LOOK);
            continue;
        };
        let state = sky.state();
        let (generation, to) = (state.generation, state.to.clone());
        drop(state);
        let sky = Arc::clone(sky);
        thread::spawn(move || _ = connect(node, &to, &sky, generation));
    }
}

fn connect(node: TcpStream, to: &Path, sky: &Arc<Sky>, generation: u64) -> io::Result<()> {
    node.set_nonblocking(false)?;
    node.set_nodelay(true)?;
    if sky.weather(generation).is_none() {
        return Ok(());
    }
    let database = UnixStream::connect(to)?;
    node.set_read_timeout(Some(LOOK))?;
    database.set_read_timeout(Some(LOOK))?;
    let (back, forth) = (node.try_clone()?, database.try_clone()?);
    let seen = Arc::clone(sky);
    thread::spawn(move || {
        let mut pump = Pump { sky: seen, generation, direction: Direction::ToNode, is_dead: false };
        pump.run(&mut &database, &mut &back);
        _ = (database.shutdown(Shutdown::Both), back.shutdown(Shutdown::Both));
    });
    let mut pump = Pump { sky: Arc::clone(sky), generation, direction: Direction::ToDatabase, is_dead: false };
    pump.run(&mut &node, &mut &forth);
    _ = (node.shutdown(Shutdown::Both), forth.shutdown(Shutdown::Both));
    Ok(())
}

/// One half of a connection.
struct Pump {
    sky: Arc<Sky>,
    generation: u64,
    direction: Direction,
    /// Something of it was swallowed.
    is_dead: bool,
}

impl Pump {
    fn run(&mut self, from: &mut impl io::Read, to: &mut impl io::Write) {
        let mut bytes = [0; 16 * 1024];
        while let Some(weather) = self.sky.weather(self.generation) {
            if weather == Weather::Hold {
                thread::sleep(LOOK);
                continue;
            }
            let count = match from.read(&mut bytes) {
                // A peer that dies behind a dropped packet cannot say goodbye either.
                Ok(0) if self.swallows() => return self.wait_until_cut(),
                Ok(0) => return,
                Ok(count) => count,
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => continue,
                Err(_) => return,
            };
            if !self.swallows() && !self.delivers(&bytes[..count], to) {
                return;
            }
        }
    }

    /// Whether what came is lost; the weather may have changed while it was waited for.
    fn swallows(&mut self) -> bool {
        if let Some(Weather::Swallow(direction)) = self.sky.weather(self.generation) {
            self.is_dead |= direction == self.direction || direction == Direction::Both;
        }
        self.is_dead
    }

    fn delivers(&self, bytes: &[u8], to: &mut impl io::Write) -> bool {
        let until = crate::wait::Stopwatch::start();
        loop {
            match self.sky.weather(self.generation) {
                None => return false,
                Some(Weather::Hold) => thread::sleep(LOOK),
                Some(Weather::Slow(by)) if self.direction == Direction::ToDatabase && until.elapsed() < by => {
                    thread::sleep(LOOK.min(by));
                }
                Some(Weather::Swallow(_) | Weather::Slow(_) | Weather::Clear | Weather::Refuse) => break,
            }
        }
        to.write_all(bytes).is_ok()
    }

    fn wait_until_cut(&self) {
        while self.sky.weather(self.generation).is_some() {
            thread::sleep(LOOK);
        }
    }
}
