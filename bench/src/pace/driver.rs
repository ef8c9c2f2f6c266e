//! The loop behind a load: one thread, one epoll, a timer among its descriptors.
//!
//! The timer is a timerfd, which the kernel fires on the microsecond; a time-out of epoll is late by the thread's timer
//! slack, 50 microseconds. It is set only when nothing is due, so at a high rate it is rarely set at all.

use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use rustix::buffer::spare_capacity;
use rustix::event::epoll;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use rustix::time::{timerfd_create, timerfd_settime};

use super::question::Speaker;
use super::schedule::{Next, Schedule};
use super::{Latencies, Load, Outcome};
use crate::walker::stopwatch;

/// Drives a load to its end.
pub(super) fn drive(load: &Load<'_>, longest: Duration, stop: &AtomicBool) -> anyhow::Result<Outcome> {
    let mut driver = Driver::new(load, longest)?;
    driver.run(stop)?;
    Ok(driver.outcome)
}

struct Driver<'l> {
    socket: &'l Path,
    speaker: Speaker<'l>,
    schedule: Schedule,
    connections: Vec<Connection>,
    /// The connections that wait for nothing. The one that was used last is used next, as a proxy does it.
    free: Vec<usize>,
    epoll: OwnedFd,
    timer: OwnedFd,
    /// When the timer fires, or has fired.
    timer_at: u64,
    begin: Instant,
    outcome: Outcome,
    request: Vec<u8>,
    events: Vec<epoll::Event>,
}

struct Connection {
    stream: UnixStream,
    answer: Box<[u8]>,
    length: usize,
    due: u64,
}

fn connect(socket: &Path, epoll: &OwnedFd, number: usize) -> anyhow::Result<UnixStream> {
    let stream = UnixStream::connect(socket).context("connecting to be served")?;
    stream.set_nonblocking(true)?;
    epoll::add(epoll, &stream, epoll::EventData::new_u64(number as u64), epoll::EventFlags::IN)?;
    Ok(stream)
}

/// The longest answer that is read: a page with its forms has some 10,000 bytes.
const ANSWER: usize = 64 * 1024;
/// What the timer is called among the connections' numbers.
const TIMER: u64 = u64::MAX;

impl<'l> Driver<'l> {
    fn new(load: &Load<'l>, longest: Duration) -> anyhow::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &timer, epoll::EventData::new_u64(TIMER), epoll::EventFlags::IN)?;
        let mut connections = Vec::new();
        for number in 0..load.connections {
            let stream = connect(load.socket, &epoll, number)?;
            connections.push(Connection { stream, answer: vec![0; ANSWER].into(), length: 0, due: 0 });
        }
        let (latencies, lateness) = (Latencies::new(), Latencies::new());
        Ok(Self {
            socket: load.socket,
            speaker: Speaker::new(load.question),
            schedule: Schedule::new(load.rate, longest.as_nanos() as u64),
            free: (0..connections.len()).collect(),
            connections,
            epoll,
            timer,
            timer_at: 0,
            begin: stopwatch(),
            outcome: Outcome { seconds: 0.0, latencies, lateness, statuses: Default::default() },
            request: Vec::new(),
            events: Vec::with_capacity(64),
        })
    }

    fn run(&mut self, stop: &AtomicBool) -> anyhow::Result<()> {
        loop {
            if stop.load(Ordering::Relaxed) {
                self.schedule.end_at(self.now());
            }
            match self.send_what_is_due()? {
                Next::Wait(at) => self.set_timer(at)?,
                // Nothing can be sent before an answer has arrived, or nothing will be.
                Next::Due(_) => {}
                Next::Over if self.free.len() == self.connections.len() => return Ok(()),
                Next::Over => {}
            }
            self.receive()?;
        }
    }

    /// Sends while something is due and a connection is free, and says what comes next.
    fn send_what_is_due(&mut self) -> anyhow::Result<Next> {
        loop {
            let now = self.now();
            let next = self.schedule.next(now);
            let Next::Due(due) = next else { return Ok(next) };
            let Some(number) = self.free.pop() else { return Ok(next) };
            self.speaker.ask(self.schedule.count(), &mut self.request);
            let connection = &mut self.connections[number];
            connection.due = due;
            // Some hundred bytes always fit into the buffer of a connection on which nothing is under way.
            connection.stream.write_all(&self.request).context("sending a request")?;
            self.schedule.sent();
            self.outcome.seconds = now as f64 / 1e9;
            self.outcome.lateness.record(now - due);
        }
    }

    /// Waits for answers or the timer, and reads what has arrived.
    fn receive(&mut self) -> anyhow::Result<()> {
        let patience = Timespec { tv_sec: 30, tv_nsec: 0 };
        self.events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&patience)) {
            Ok(0) => bail!("no answer in 30 seconds"),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for index in 0..self.events.len() {
            let number = self.events[index].data.u64();
            if number == TIMER {
                // So that it is not reported again until it is set again.
                let _ = rustix::io::read(&self.timer, &mut [0_u8; 8]);
                self.timer_at = 0;
            } else {
                self.read(number as usize)?;
            }
        }
        Ok(())
    }

    fn read(&mut self, number: usize) -> anyhow::Result<()> {
        let now = self.now();
        let connection = &mut self.connections[number];
        match connection.stream.read(&mut connection.answer[connection.length..]) {
            Ok(0) => bail!("a connection was closed, or an answer is too long"),
            Ok(read) => connection.length += read,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error).context("waiting for an answer"),
        }
        let Some(heard) = self.speaker.heard(&connection.answer[..connection.length])? else { return Ok(()) };
        ensure!(!self.free.contains(&number), "an answer that nobody asked for");
        connection.length = 0;
        self.outcome.latencies.record(now - connection.due);
        if heard.closes {
            // The one that is dropped here leaves the epoll by itself.
            connection.stream = connect(self.socket, &self.epoll, number)?;
        }
        *self.outcome.statuses.entry(heard.status).or_default() += 1;
        self.free.push(number);
        Ok(())
    }

    fn set_timer(&mut self, at: u64) -> anyhow::Result<()> {
        if self.timer_at == at {
            return Ok(());
        }
        self.timer_at = at;
        // A nanosecond at least: none at all would turn the timer off.
        let wait = Duration::from_nanos(at.saturating_sub(self.now()).max(1));
        let it_value = Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value };
        timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
        Ok(())
    }

    fn now(&self) -> u64 {
        self.begin.elapsed().as_nanos() as u64
    }
}
