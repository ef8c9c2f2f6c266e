//! `vestibule completions SHELL`.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Cli;

/// Print the completions of a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule completions bash > /etc/bash_completion.d/vestibule")]
pub(super) struct Completions {
    /// The shell.
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<String> {
        let mut out = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "vestibule", &mut out);
        Ok(String::from_utf8(out)?)
    }
}
