//! A connection's socket on an event loop, which is told when bytes arrive and, only while the client takes none, when
//! there is room for more.
//!
//! Tokio's own streams always ask for both. The kernel then wakes a unix socket's owner each time the proxy reads an
//! answer, for nothing: a resolve was woken for twice.

use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use socket2::Socket;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};

/// A connected socket.
#[derive(Debug)]
pub struct Stream {
    socket: AsyncFd<Socket>,
    /// A second descriptor of it, while a write waits.
    full: Option<AsyncFd<Socket>>,
}

impl Stream {
    /// Puts a socket, which must not block, on the event loop that this runs on.
    ///
    /// # Errors
    /// When the loop takes no more.
    pub(super) fn new(socket: Socket) -> io::Result<Self> {
        Ok(Self { socket: watch(socket, Interest::READABLE)?, full: None })
    }
}

/// Has the event loop that this runs on watch a socket, which must not block.
#[expect(
    deprecated,
    reason = "its successor is `unsafe`, for types that may close their descriptor; a `Socket` owns its own to its end"
)]
pub(super) fn watch(socket: Socket, interest: Interest) -> io::Result<AsyncFd<Socket>> {
    AsyncFd::with_interest(socket, interest)
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.socket.poll_read_ready(cx))?;
            let room = buffer.initialize_unfilled();
            let most = room.len();
            match self.socket.get_ref().read(room) {
                Ok(count) => {
                    // The kernel gave all that it had, and says when there is more. The end of the stream stays known.
                    if count > 0 && count < most {
                        ready.clear_ready();
                    }
                    buffer.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.socket.get_ref().write(bytes) {
                Ok(count) => {
                    self.full = None;
                    return Poll::Ready(Ok(count));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let full = match self.full.take() {
                        Some(full) => full,
                        None => {
                            let second = self.socket.get_ref().try_clone()?;
                            watch(second, Interest::WRITABLE)?
                        }
                    };
                    let full = self.full.insert(full);
                    ready!(full.poll_write_ready(cx))?.clear_ready();
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.socket.get_ref().shutdown(Shutdown::Write))
    }
}
