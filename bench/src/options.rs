//! What can be said on the command line. Every default is what the bars speak of.

use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};

/// A part of the measurements that can be asked for alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chapter {
    /// A request through nginx, by what nginx asks.
    Doors,
    /// The resolver's own listener, without nginx.
    Direct,
    /// What the number of sessions costs.
    Flat,
    /// Sessions that memory does not know, beside those that it does.
    Cold,
    /// Latency at a fixed rate, while something else goes on.
    Disturbed,
    /// Readers of the table on more threads than one.
    Cores,
    /// A token that was seen before, beside a cookie.
    Tokens,
    /// A resolve with assertions on, beside one without.
    Assertions,
    /// Real proxies with what is printed for them, beside their floors.
    Proxies,
    /// Where the time goes, by perf. Measures nothing that has a bar, so only when it is named.
    Profile,
    /// Other products, which have to be installed first; so only when it is named.
    Peers,
    /// Several nodes on one PostgreSQL, which has to be installed; so only when it is named.
    Cluster,
}

/// In the order in which they are measured.
const CHAPTERS: [(&str, Chapter); 12] = [
    ("doors", Chapter::Doors),
    ("direct", Chapter::Direct),
    ("flat", Chapter::Flat),
    ("cold", Chapter::Cold),
    ("disturbed", Chapter::Disturbed),
    ("cores", Chapter::Cores),
    ("tokens", Chapter::Tokens),
    ("assertions", Chapter::Assertions),
    ("proxies", Chapter::Proxies),
    ("profile", Chapter::Profile),
    ("peers", Chapter::Peers),
    ("cluster", Chapter::Cluster),
];

/// How to measure.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// What to measure, in order.
    pub(crate) chapters: Vec<Chapter>,
    /// Rounds of each measurement, interleaved.
    pub(crate) rounds: usize,
    /// Seconds that a load runs in a round.
    pub(crate) seconds: u64,
    /// Connections of a load.
    pub(crate) connections: usize,
    /// Sessions in the stores of the chapter `flat`, from few to many.
    pub(crate) sessions: Vec<usize>,
    /// The program under test.
    pub(crate) vestibule: PathBuf,
    /// The file that `profile` draws.
    pub(crate) picture: Option<PathBuf>,
    /// The folder with the programs that the chapter `peers` compares with.
    pub(crate) peers: PathBuf,
}

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Measures what a resolve costs, as ratios within one interleaved run.

Usage: vestibule-bench [CHAPTER]... [OPTION VALUE]...

  doors      a request through nginx: Vestibule, another nginx, a server that does nothing, a cache, nothing at all
  direct     the resolver's own listener, with 1, 32 and 1024 connections
  flat       a resolve, its memory and the start, by the number of sessions
  cold       sessions that memory does not know, beside those that it does
  disturbed  latency at a fixed rate, while sign-ins, revocations, a backup, forged cookies go on
  cores      readers of the table on more than one thread
  tokens     a token that was seen before, beside a cookie
  assertions a resolve with assertions on, beside one without
  proxies    each proxy that is installed, with what proxy-config prints, beside the same one asking who does nothing
  profile    where the time of a resolve goes, by perf; only when it is named
  peers      other products, which `make bench-peers` installs; so only when it is named
  cluster    three nodes on one PostgreSQL, as root each in a network of its own; only when it is named

  --rounds N        rounds of each measurement, at least 5 (7)
  --seconds N       seconds of load a round (2)
  --connections N   connections of a load (32)
  --sessions N,N,N  sessions in the stores of `flat` (1000,1000000,10000000)
  --picture FILE    what `profile` draws, as SVG (nothing)
  --vestibule FILE  the program under test (vestibule, beside this program)
  --peers FOLDER    where the other products are (target/peers)

The bench also runs itself as `vestibule-bench null-server SOCKET ADDRESS ANSWER`: the server that does nothing but
answer whatever comes with the bytes of the file ANSWER; and as `null-grpc SOCKET MESSAGE`: the same by gRPC.

Example: make bench, or cargo run --release -p vestibule-bench -- doors --rounds 15
Ends with 0 when every bar is met, 1 when one is missed or nothing could be measured, 2 for wrong usage.
";

impl Options {
    /// Reads the arguments; `None` when help is wanted.
    pub(crate) fn read(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Option<Self>> {
        let beside = std::env::current_exe().context("where this program is")?.with_file_name("vestibule");
        let mut options = Self {
            chapters: Vec::new(),
            rounds: 7,
            seconds: 2,
            connections: 32,
            sessions: vec![1_000, 1_000_000, 10_000_000],
            vestibule: beside,
            picture: None,
            peers: PathBuf::from("target/peers"),
        };
        while let Some(name) = arguments.next() {
            if name == "--help" || name == "-h" {
                return Ok(None);
            }
            if let Some((_, chapter)) = CHAPTERS.iter().find(|(known, _)| *known == name) {
                options.chapters.push(*chapter);
                continue;
            }
            ensure!(name.starts_with("--"), "there is no chapter {name}");
            let value = arguments.next().with_context(|| format!("{name} needs a value"))?;
            let number = || positive(&value).with_context(|| format!("{name} {value}"));
            match name.as_str() {
                "--rounds" => options.rounds = number()?,
                "--seconds" => options.seconds = number()? as u64,
                "--connections" => options.connections = number()?,
                "--sessions" => {
                    let sessions: Option<_> = value.split(',').map(positive).collect();
                    options.sessions = sessions.with_context(|| format!("{name} {value}"))?;
                }
                "--picture" => options.picture = Some(PathBuf::from(value)),
                "--vestibule" => options.vestibule = PathBuf::from(value),
                "--peers" => options.peers = PathBuf::from(value),
                _ => bail!("there is no option {name}"),
            }
        }
        if options.chapters.is_empty() {
            let all = CHAPTERS.iter().map(|(_, chapter)| *chapter);
            let only_when_named =
                |chapter: &Chapter| matches!(chapter, Chapter::Profile | Chapter::Peers | Chapter::Cluster);
            options.chapters = all.filter(|chapter| !only_when_named(chapter)).collect();
        }
        ensure!(options.rounds >= 5, "--rounds must be at least 5, or a median says nothing");
        ensure!(
            options.sessions.len() > 1 && options.sessions.is_sorted(),
            "--sessions must be two numbers or more, the smallest first"
        );
        Ok(Some(options))
    }
}

fn positive(text: &str) -> Option<usize> {
    text.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::{Chapter, Options};

    fn read(line: &str) -> anyhow::Result<Option<Options>> {
        Options::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn nobody_gets_other_products_installed_without_asking() {
        let options = read("").unwrap().unwrap();
        assert!(options.chapters.len() == 9);
        assert!(!options.chapters.contains(&Chapter::Peers) && !options.chapters.contains(&Chapter::Cluster));
        assert_eq!(read("peers --rounds 9").unwrap().unwrap().chapters, [Chapter::Peers]);
    }

    #[test]
    fn nonsense_is_named() {
        for bad in ["--rounds 4", "--sessions 5", "--sessions 9,5", "--sessions a,b", "doorz", "--x 1", "--rounds"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
