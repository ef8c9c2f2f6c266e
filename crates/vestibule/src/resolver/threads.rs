//! The resolver's own threads: each has an event loop of its own, and a connection stays on one.
//!
//! A resolve is a few microseconds of work between two system calls. Threads that share their work, as those of the
//! pages do, wake each other for it, and that cost more than the resolve itself (`make bench` shows it); and a burst of
//! sign-ins would stand in its way. The first thread lets connections in, and gives each to the thread that has fewest.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

use crate::listen::{Accepted, Stream};

/// More are of no use: one answers several times what an nginx worker can ask.
const MOST: usize = 8;

/// The threads. They end when this is dropped, and what they serve with them.
#[derive(Debug)]
pub struct Threads {
    loops: Loops,
    _end: watch::Sender<()>,
}

/// The threads' event loops. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Loops(Arc<[Loop]>);

#[derive(Debug)]
struct Loop {
    handle: Handle,
    connections: Arc<AtomicUsize>,
}

impl Threads {
    /// Starts so many; `None` for half of the processors, at least 1 and at most 8: the other half is the proxy's.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(count: Option<u32>) -> io::Result<Self> {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        let count = count.map_or_else(|| (processors() / 2).clamp(1, MOST), |count| count as usize);
        let (end, ended) = watch::channel(());
        let loops = (0..count).map(|number| Loop::start(number, ended.clone())).collect::<io::Result<_>>()?;
        Ok(Self { loops: Loops(loops), _end: end })
    }

    /// Their event loops.
    #[must_use]
    pub const fn loops(&self) -> &Loops {
        &self.loops
    }
}

impl Loop {
    fn start(number: usize, mut ended: watch::Receiver<()>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let run = move || {
            // Nothing is ever sent: it ends with an error, when the sender goes.
            let _ = runtime.block_on(ended.changed());
        };
        std::thread::Builder::new().name(format!("resolver-{number}")).spawn(run)?;
        Ok(Self { handle, connections: Arc::default() })
    }
}

impl Loops {
    /// The loop that lets connections in: listeners have to be bound within it.
    #[must_use]
    pub fn first(&self) -> &Handle {
        &self.0[0].handle
    }

    /// Has a connection served on the loop with the fewest.
    pub fn spawn<F>(&self, accepted: Accepted, serve: impl FnOnce(Stream) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        // The first of those with the fewest: a single connection stays where it was accepted.
        let fewest = self.0.iter().min_by_key(|thread| thread.connections.load(Ordering::Relaxed));
        let Some(thread) = fewest else { return };
        let place = Place::take(&thread.connections);
        thread.handle.spawn(async move {
            let _place = place;
            match accepted.stream() {
                Ok(stream) => serve(stream).await,
                Err(error) => tracing::error!(%error, "a connection cannot be watched"),
            }
        });
    }
}

/// A connection's place on a thread, free again however the connection ends.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(connections: &Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(connections))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::Threads;
    use crate::listen::{ListenAddress, Listener, Stream};

    /// The name of the thread that answered each connection.
    async fn served_by(threads: &Threads, connections: usize) -> Vec<String> {
        let (say, said) = mpsc::channel();
        let loops = threads.loops().clone();
        let listener = {
            let _on_the_loop_that_accepts = loops.first().enter();
            Listener::bind("listen.resolver[0]", &ListenAddress::parse("127.0.0.1:0").unwrap()).unwrap()
        };
        let address = listener.tcp_address().unwrap();
        threads.loops().first().spawn(async move {
            loop {
                let say = say.clone();
                loops.spawn(listener.accept().await.unwrap(), async move |mut stream: Stream| {
                    assert_eq!(stream.read_u8().await.unwrap(), b'x');
                    say.send(std::thread::current().name().unwrap().to_owned()).unwrap();
                    std::future::pending::<()>().await;
                });
            }
        });
        let mut talks = Vec::new();
        for _ in 0..connections {
            let mut talk = tokio::net::TcpStream::connect(address).await.unwrap();
            talk.write_u8(b'x').await.unwrap();
            talks.push(talk);
        }
        let names = (0..connections).map(|_| said.recv_timeout(Duration::from_secs(20)).unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn connections_are_spread_and_each_stays_where_it_is() {
        let threads = Threads::start(Some(3)).unwrap();
        let expected = ["resolver-0", "resolver-0", "resolver-1", "resolver-1", "resolver-2", "resolver-2"];
        assert_eq!(served_by(&threads, 6).await, expected);
    }

    #[tokio::test]
    async fn one_thread_serves_all() {
        let threads = Threads::start(Some(1)).unwrap();
        assert_eq!(served_by(&threads, 3).await, ["resolver-0"; 3]);
    }
}
