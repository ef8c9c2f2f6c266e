//! `--wait`: a change is told when every node knows it.

use crate::config::duration::Duration;
use crate::control::Command;

/// Whether to wait.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Wait {
    /// Wait until every live node has said that it knows, for `10s` or as long as is written. When one has not in that
    /// time, its name is printed and the exit code is 3; the change is made all the same.
    #[arg(long, value_name = "DURATION", num_args = 0..=1, require_equals = true, default_missing_value = "10s", value_parser = Duration::parse)]
    wait: Option<Duration>,
}

impl Wait {
    /// The command with its waiting.
    pub(super) fn around(self, command: Command) -> Command {
        match self.wait {
            None => command,
            Some(at_most) => Command::AndWait { command: Box::new(command), at_most: at_most.0 },
        }
    }
}
