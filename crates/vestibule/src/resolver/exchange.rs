//! One request and its answer with no connection around them: bytes in, bytes out.
//!
//! What memory knows is answered here, without waiting and without an allocation. `bench/` counts the instructions of
//! exactly this function, and `make test` fails when they grow.

use super::door::Door;
use super::may_pass::{MayPass, say_no};
use super::resolve::{Clock, Question, Resolver};
use crate::listen::Peer;
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
    asked: Asked<'b>,
    request: Request,
}

/// What is asked.
#[derive(Debug)]
enum Asked<'b> {
    Who(Question<'b>),
    MayPass(MayPass<'b>),
}

/// The connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Who is at its other end.
    pub peer: Peer,
    /// It is to end behind the answer, whatever the request wants.
    pub closing: bool,
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
    ///
    /// # Errors
    /// The status of a head that is refused; nothing was appended.
    pub fn exchange<'b>(
        &self,
        pending: &'b [u8],
        caller: Caller,
        clock: Clock<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Exchange<'b>, Status> {
        // The room for 256 headers is on the stack: this is no `async` function, whose every task would have it.
        let mut slots = Slots::default();
        let Some(head) = Head::read(pending, &mut slots)? else { return Ok(Exchange::Unfinished) };
        let request = Request::of(&head);
        let after = request.after(caller.closing);
        let open = |asked| Exchange::Open(Box::new(Open { asked, request }));
        let declined = |status, clock: Clock<'_>, out: &mut Vec<u8>| {
            answer::bare(out, status, after, clock.date, clock.now);
            Outcome::Declined
        };
        let outcome = match Door::of(&head) {
            Some(Door::Resolve) => match self.question(&head) {
                Ok(question) => match self.answer_from_memory(&question, after, clock, out) {
                    Some(outcome) => outcome,
                    None => return Ok(open(Asked::Who(question))),
                },
                Err(status) => declined(status, clock, out),
            },
            Some(Door::MayPass(terms)) => match self.may_pass(&head, terms, caller.peer) {
                Ok(question) => match self.pass_from_memory(&question, after, clock, out) {
                    Some(outcome) => outcome,
                    None => return Ok(open(Asked::MayPass(question))),
                },
                Err(denial) => say_no(&denial, after, clock, out),
            },
            None => declined(Status::NotFound, clock, out),
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
        let outcome = match &open.asked {
            Asked::Who(question) => self.answer_from_store(question, after, clock, out).await,
            Asked::MayPass(question) => self.pass_from_store(question, after, clock, out).await,
        };
        open.request.answered(outcome, after)
    }
}
