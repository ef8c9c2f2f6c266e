//! Log lines: for people on a terminal, JSON elsewhere, on standard error. Sentences with fields; never a secret, never
//! a whole header, never a query.

use std::fmt;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry, fmt as lines, reload};

use crate::config::appearance::{LogFormat, LogLevel};

/// Changes what is logged while the program runs.
#[derive(Clone)]
pub struct Logging(reload::Handle<Targets, Registry>);

/// Starts logging. Once a process; later calls, as in tests, change nothing.
#[must_use]
pub fn start(level: LogLevel, format: LogFormat) -> Logging {
    let (filter, handle) = reload::Layer::new(filter(level));
    let terminal = std::io::stderr().is_terminal();
    let human = match format {
        LogFormat::Human => true,
        LogFormat::Json => false,
        LogFormat::Auto => terminal,
    };
    let layer = lines::layer().with_writer(std::io::stderr);
    let layer = if human {
        layer.with_target(false).with_ansi(terminal).boxed()
    } else {
        layer.json().flatten_event(true).with_ansi(false).boxed()
    };
    // The filter is a layer of its own and not the filter of that one: whatever asks whether it would be heard and then
    // says nothing, as sqlx does on our threads, makes such a filter drop the next line.
    // Refused when somebody has started before; that one goes on.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
    Logging(handle)
}

impl Logging {
    /// Logs from this level on.
    pub fn set_level(&self, level: LogLevel) {
        // Fails only when nobody logs any more.
        let _ = self.0.reload(filter(level));
    }
}

/// Ours at the level that was asked for. The libraries' lines are for their developers, and some of them hold what was
/// read from the network, so theirs begin at warnings whatever is asked for.
fn filter(level: LogLevel) -> Targets {
    let ours = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    // A prefix: it covers `vestibule_gate` and `vestibule_ledger` too.
    Targets::new().with_default(LevelFilter::WARN.min(ours)).with_target("vestibule", ours)
}

/// Names one request in the log lines that it causes, and on its error page. Says nothing to anybody else: it counts up
/// from the start of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId(u64);

static NEXT: AtomicU64 = AtomicU64::new(1);

impl RequestId {
    /// One that this process has not used.
    #[must_use]
    pub fn next() -> Self {
        // The process's number keeps apart what two processes log into one place.
        Self(u64::from(std::process::id()) << 40 | (NEXT.fetch_add(1, Ordering::Relaxed) & 0xff_ffff_ffff))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.0 >> 40, self.0 & 0xff_ffff_ffff)
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::{RequestId, filter};
    use crate::config::appearance::LogLevel;

    #[test]
    fn libraries_are_never_asked_for_more_than_warnings() {
        let trace = filter(LogLevel::Trace);
        for target in ["vestibule", "vestibule::resolver", "vestibule_ledger::jobs", "vestibule_gate"] {
            assert!(trace.would_enable(target, &Level::TRACE), "{target}");
        }
        for target in ["hyper", "sqlx::query", "h2"] {
            assert!(!trace.would_enable(target, &Level::INFO) && trace.would_enable(target, &Level::WARN), "{target}");
        }
        assert!(!filter(LogLevel::Error).would_enable("hyper", &Level::WARN));
    }

    #[test]
    fn no_two_requests_share_a_name() {
        assert_ne!(RequestId::next().to_string(), RequestId::next().to_string());
    }
}
