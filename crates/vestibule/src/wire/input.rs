//! A connection's input buffer: small for the many, larger for the one that sends a long head, never larger than a
//! head may be.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

use super::head::MAX_HEAD;

/// What a connection starts with: a request through a proxy has about 1 KiB.
const SMALL: usize = 4 * 1024;
/// A buffer larger than this is given back when the connection has nothing to say.
const KEPT: usize = 16 * 1024;

/// Bytes that arrived and were not consumed yet. All of `bytes` is initialised, so that reading into it costs nothing.
#[derive(Debug)]
pub(crate) struct Input {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl Input {
    pub(crate) fn new() -> Self {
        Self { bytes: vec![0; SMALL], start: 0, end: 0 }
    }

    /// What is here.
    pub(crate) fn pending(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Removes what was answered.
    pub(crate) fn consume(&mut self, length: usize) {
        self.start = (self.start + length).min(self.end);
        if self.is_empty() {
            self.clear();
        }
    }

    /// Removes up to so many bytes, and returns them. They stay where they are until the next fill.
    pub(crate) fn take(&mut self, most: usize) -> &[u8] {
        let from = self.start;
        self.start = self.end.min(from + most);
        let to = self.start;
        if self.is_empty() {
            self.clear();
        }
        &self.bytes[from..to]
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
    }

    /// Gives a large buffer back. For a connection that is about to wait.
    pub(crate) fn shrink(&mut self) {
        if self.is_empty() && self.bytes.len() > KEPT {
            self.bytes = vec![0; SMALL];
        }
    }

    /// Reads once, behind what is pending; 0 is the end of the stream. Grows when it is full, up to [`MAX_HEAD`].
    pub(crate) fn poll_fill<S: AsyncRead>(
        &mut self,
        stream: Pin<&mut S>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        self.make_room();
        let mut buffer = ReadBuf::new(&mut self.bytes[self.end..]);
        ready!(stream.poll_read(cx, &mut buffer))?;
        let count = buffer.filled().len();
        self.end += count;
        Poll::Ready(Ok(count))
    }

    fn make_room(&mut self) {
        if self.end < self.bytes.len() {
            return;
        }
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        } else if self.bytes.len() < MAX_HEAD {
            self.bytes.resize((self.bytes.len() * 2).min(MAX_HEAD), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::{Input, KEPT, SMALL};
    use crate::wire::head::MAX_HEAD;

    fn fill(input: &mut Input, mut bytes: &[u8]) -> usize {
        let mut cx = Context::from_waker(Waker::noop());
        match input.poll_fill(Pin::new(&mut bytes), &mut cx) {
            Poll::Ready(Ok(count)) => count,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn it_grows_to_the_longest_head_and_no_further_and_shrinks_again() {
        let mut input = Input::new();
        while input.pending().len() < MAX_HEAD {
            assert!(fill(&mut input, &[b'x'; MAX_HEAD]) > 0);
        }
        assert_eq!((input.bytes.len(), fill(&mut input, b"more")), (MAX_HEAD, 0));
        input.consume(MAX_HEAD);
        input.shrink();
        assert!(input.bytes.len() == SMALL && SMALL < KEPT);
    }

    #[test]
    fn what_is_consumed_makes_room_for_the_next() {
        let mut input = Input::new();
        fill(&mut input, &[b'x'; SMALL]);
        input.consume(SMALL - 3);
        assert_eq!(fill(&mut input, b"next"), 4);
        assert_eq!((input.pending(), input.bytes.len()), (&b"xxxnext"[..], SMALL));
    }
}
