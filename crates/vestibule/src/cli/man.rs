//! `vestibule man`.

use clap::{Command, CommandFactory as _};

use super::Cli;

/// Print the manual: a page a command, one after the other.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule man > /usr/local/share/man/man1/vestibule.1")]
pub(super) struct Man {}

impl Man {
    #[expect(clippy::unused_self, reason = "each command is a type")]
    pub(super) fn run(self) -> anyhow::Result<String> {
        let mut command = Cli::command().disable_help_subcommand(true);
        // Gives the subcommands their full names.
        command.build();
        let mut out = Vec::new();
        pages(&command, &mut out)?;
        Ok(String::from_utf8(out)?)
    }
}

fn pages(command: &Command, out: &mut Vec<u8>) -> std::io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(out)?;
    command.get_subcommands().try_for_each(|command| pages(command, out))
}
