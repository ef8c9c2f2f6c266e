//! The command line: a file a command. A command returns what it has to print, so that nothing is printed by halves;
//! it exits with 0 when it is done, 1 when it was refused or failed (or `doctor` found something), 2 when it was used
//! wrongly, 3 when it was done and `--wait` waited in vain for a node to know.

mod backup;
mod client;
mod cluster;
mod completions;
mod config;
mod doctor;
mod explain;
mod keys;
mod man;
mod proxy_config;
mod reply;
mod rules;
mod serve;
mod session;
mod store;
mod table;
mod token;
mod user;
mod wait;

use std::cell::RefCell;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::wait::Wait;
use crate::config::Config;
use crate::config::appearance::{LogFormat, LogLevel};
use crate::control::{Command, Reply, reach};

/// Forward authentication in one binary: log in here, and every application behind the proxy knows who you are.
#[derive(Debug, Parser)]
#[command(name = "vestibule", version, max_term_width = 100)]
#[command(after_help = "Example:\n  vestibule serve --config /etc/vestibule/vestibule.toml")]
struct Cli {
    /// The configuration file; `vestibule.toml` in the working folder, if there is one, when it is not named.
    #[arg(long, global = true, env = "VESTIBULE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Subcommands,
}

#[derive(Debug, Subcommand)]
enum Subcommands {
    Serve(serve::Serve),
    /// Look at the configuration.
    #[command(subcommand, after_help = "Example:\n  vestibule config show")]
    Config(config::ConfigCommand),
    /// Add, show and change users.
    #[command(subcommand, after_help = "Example:\n  vestibule user list")]
    User(user::UserCommand),
    /// Make, show and end sessions.
    #[command(subcommand, after_help = "Example:\n  vestibule session list ada@example.com")]
    Session(session::SessionCommand),
    /// Register the applications that people sign in to, and the programs that have tokens of their own.
    #[command(subcommand, after_help = "Example:\n  vestibule client list")]
    Client(client::ClientCommand),
    /// Make, show and revoke API tokens, for machines and scripts.
    #[command(subcommand, after_help = "Example:\n  vestibule token list")]
    Token(token::TokenCommand),
    /// Show, replace and retire the keys that tokens are signed with.
    #[command(subcommand, after_help = "Example:\n  vestibule keys list")]
    Keys(keys::KeysCommand),
    /// Look at the rules for requests, and try them.
    #[command(subcommand, after_help = "Example:\n  vestibule rules check")]
    Rules(rules::RulesCommand),
    Explain(explain::Explain),
    /// Look at the nodes that share a PostgreSQL.
    #[command(subcommand, after_help = "Example:\n  vestibule cluster status")]
    Cluster(cluster::ClusterCommand),
    /// Print the configuration of a proxy.
    #[command(subcommand)]
    ProxyConfig(proxy_config::ProxyConfig),
    Doctor(doctor::Doctor),
    Backup(backup::Backup),
    /// Bring the database up to date, or move it to another one.
    #[command(subcommand, after_help = "Example:\n  vestibule store migrate")]
    Store(store::StoreCommand),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and the version come this way too, with 0.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match obey(cli) {
        Ok(said) => print(&said),
        Err(error) => {
            eprintln!("{}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}

/// What failed, and why: each cause once, since some sentences name theirs already.
fn in_words(error: &anyhow::Error) -> String {
    let add = |said: String, cause: String| if said.contains(&cause) { said } else { format!("{said}: {cause}") };
    error.chain().map(ToString::to_string).reduce(add).unwrap_or_default()
}

/// What a command has to say.
#[derive(Debug, Default)]
struct Said {
    /// For standard output, with its line ends.
    text: String,
    /// A hint for people, on standard error.
    hint: String,
    /// It looked, and found something wrong.
    is_wrong: bool,
    /// It could not look, as a command that was used wrongly.
    could_not: bool,
    /// It was done, and not every node knows.
    not_everywhere: bool,
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self { text, ..Self::default() }
    }
}

fn print(said: &Said) -> ExitCode {
    let mut out = io::stdout().lock();
    let printed = out.write_all(said.text.as_bytes()).and_then(|()| out.flush());
    if !said.hint.is_empty() {
        eprintln!("{}", said.hint);
    }
    match printed {
        // Whoever closes the pipe has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("cannot print: {error}");
            ExitCode::FAILURE
        }
        _ if said.not_everywhere => ExitCode::from(3),
        _ if said.could_not => ExitCode::from(2),
        _ if said.is_wrong => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

fn obey(cli: Cli) -> anyhow::Result<Said> {
    let house = House { file: cli.config, late: RefCell::default() };
    let mut said = answer(cli.command, &house)?;
    let late = house.late.take();
    if !late.is_empty() {
        said.hint = [std::mem::take(&mut said.hint), late]
            .into_iter()
            .filter(|hint| !hint.is_empty())
            .collect::<Vec<_>>()
            .join("\n");
        said.not_everywhere = true;
    }
    Ok(said)
}

fn answer(command: Subcommands, house: &House) -> anyhow::Result<Said> {
    let text = match command {
        Subcommands::Serve(command) => command.run(house),
        Subcommands::Config(command) => return command.run(house),
        Subcommands::User(command) => command.run(house),
        Subcommands::Session(command) => command.run(house),
        Subcommands::Client(command) => return command.run(house),
        Subcommands::Token(command) => return command.run(house),
        Subcommands::Keys(command) => command.run(house),
        Subcommands::Rules(command) => return command.run(house),
        Subcommands::Explain(command) => command.run(house),
        Subcommands::Cluster(command) => return command.run(house),
        Subcommands::ProxyConfig(command) => command.run(&house.config()?),
        Subcommands::Doctor(command) => return Ok(command.run(house)),
        Subcommands::Backup(command) => command.run(house),
        Subcommands::Store(command) => return command.run(house),
        Subcommands::Completions(command) => command.run(),
        Subcommands::Man(command) => command.run(),
    };
    text.map(Said::from)
}

/// The installation that a command is about.
struct House {
    file: Option<PathBuf>,
    /// Who does not know yet what was changed.
    late: RefCell<String>,
}

impl House {
    fn config(&self) -> anyhow::Result<Config> {
        Ok(Config::load(self.file.as_deref())?)
    }

    /// Has a command performed, by the server if it runs, and otherwise here.
    fn ask(&self, command: Command) -> anyhow::Result<Reply> {
        ask(&self.config()?, command)
    }

    /// The same with a change, which may be waited for.
    fn change(&self, command: Command, wait: Wait) -> anyhow::Result<Reply> {
        match self.ask(wait.around(command))? {
            Reply::NotEverywhere(reply, late) => {
                *self.late.borrow_mut() = late;
                Ok(*reply)
            }
            reply => Ok(reply),
        }
    }
}

fn ask(config: &Config, command: Command) -> anyhow::Result<Reply> {
    // What a command that changes something has to say beside its answer: impersonation, a store that fails.
    let _ = crate::log::start(LogLevel::Warn, LogFormat::Human);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(reach::reach(&config.for_ledger(), command))?)
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory as _};

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_has_an_example() {
        fn look(command: &Command, path: &str) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Example") && help.contains(path), "`{path}` has no example");
            for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
                look(command, &format!("{path} {}", command.get_name()));
            }
        }
        look(&Cli::command(), "vestibule");
    }
}
