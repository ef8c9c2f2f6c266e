//! One request and its answer with no connection around them: bytes in, bytes out.
//!
//! What memory knows is answered here, without waiting and without an allocation. `bench/` counts the instructions of
//! exactly this function, and `make test` fails when they grow.

use super::resolve::{Clock, Question, Resolver};
use crate::ops::resolves::Outcome;
use crate::wire::answer::{self, After, Status};
use crate::wire::head::{Head, Slots, Version};

/// What came of the bytes that are there.
#[derive(Debug)]
pub enum Exchange<'b> {
    /// The head has not all arrived.
    Unfinished,
    /// The answer is in the output.
    Answered(Answered),
    /// Memory does not know: the store has to be asked, by [`Resolver::exchange_by_the_store`].
    Open(Box<Open<'b>>),
}

/// An answer that waits in the output, and what is to become of the connection behind it.
#[derive(Debug, Clone, Copy)]
pub struct Answered {
    /// How it came out.
    pub outcome: Outcome,
    /// Whether another request may come.
    pub after: After,
    /// How many bytes the request had.
    pub length: usize,
    /// Whether a body was announced, which nobody reads.
    pub body_announced: bool,
}

/// A question that memory cannot answer.
#[derive(Debug)]
pub struct Open<'b> {
    question: Question<'b>,
    request: Request,
}

/// What a request says about its connection.
#[derive(Debug, Clone, Copy)]
struct Request {
    version: Version,
    keep_alive: bool,
    body_announced: bool,
    length: usize,
}

impl Request {
    const fn of(head: &Head<'_, '_>) -> Self {
        Self {
            version: head.version,
            // A body that was announced is not waited for, so nobody knows where the next request begins.
            keep_alive: head.keep_alive && !head.body_announced,
            body_announced: head.body_announced,
            length: head.length,
        }
    }

    fn after(self, closing: bool) -> After {
        After::wanted(self.version, self.keep_alive, closing)
    }

    const fn answered(self, outcome: Outcome, after: After) -> Answered {
        Answered { outcome, after, length: self.length, body_announced: self.body_announced }
    }
}

impl Resolver {
    /// Answers the request at the beginning of `pending` from memory: appends a whole answer to `out`, or nothing.
    /// `closing`: the connection is to end behind it, whatever the request wants.
    ///
    /// # Errors
    /// The status of a head that is refused; nothing was appended.
    pub fn exchange<'b>(
        &self,
        pending: &'b [u8],
        closing: bool,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Exchange<'b>, Status> {
        // The room for 256 headers is on the stack: this is no `async` function, whose every task would have it.
        let mut slots = Slots::default();
        let Some(head) = Head::read(pending, &mut slots)? else { return Ok(Exchange::Unfinished) };
        let request = Request::of(&head);
        let after = request.after(closing);
        let outcome = match self.question(&head) {
            Ok(question) => match self.answer_from_memory(&question, after, clock, out) {
                Some(outcome) => outcome,
                None => return Ok(Exchange::Open(Box::new(Open { question, request }))),
            },
            Err(status) => {
                answer::bare(out, status, after, clock.date, clock.now);
                Outcome::Declined
            }
        };
        Ok(Exchange::Answered(request.answered(outcome, after)))
    }

    /// Answers what memory could not.
    pub async fn exchange_by_the_store(
        &self,
        open: &Open<'_>,
        closing: bool,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Answered {
        let after = open.request.after(closing);
        open.request.answered(self.answer_from_store(&open.question, after, clock, out).await, after)
    }
}
