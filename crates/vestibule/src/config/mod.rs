//! The configuration: a file, over it the environment, under it the defaults. Read at start-up and on SIGHUP only.
//!
//! [`sections`] lists every setting; its doc comments are the reference. What can be wrong with one setting is said
//! where its type is read, what can be wrong with several together in [`soundness`].

pub mod advice;
pub mod appearance;
pub mod clients;
pub mod duration;
mod for_ledger;
mod for_resolver;
pub mod identity;
mod nearest;
pub mod public_url;
pub mod raw;
mod reach;
pub mod reference;
mod relative;
pub mod rules;
pub mod secret;
mod section;
pub mod sections;
mod setting;
mod soundness;
mod source;
mod trace;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::resolver::TraceSecret;
use clients::Clients;
use raw::{Origin, Problem, Problems, Raw};
use rules::Book;
use section::{Field, Section};
use sections::{
    Anonymous, ApiTokens, Brand, Cache, Headers, Keys, Limits, Listen, Log, Login, Password, Proxies, Resolver,
    Session, Signup, Top,
};
use source::{Source, origin_of};
use vestibule_ledger::changes::DeclaredClient;

/// The file that is read when none is named, if it exists.
pub const DEFAULT_FILE: &str = "vestibule.toml";

macro_rules! config {
    ($( $(#[$doc:meta])* $field:ident : $section:ty, )+) => {
        /// Everything that can be set.
        #[derive(Debug, Clone)]
        pub struct Config {
            $( $(#[$doc])* pub $field: $section, )+
            /// Every setting with its value and where it was written, in the order of the reference.
            pub shown: Vec<(String, Raw, Origin)>,
            /// The file that was read.
            pub file: Option<PathBuf>,
            /// What `[[clients]]` comes to, with the hashes of the secrets.
            pub declared: Vec<DeclaredClient>,
            /// Who may make which request.
            pub rules: Book,
            /// Rules that are tried.
            pub shadow_rules: Option<Book>,
            /// The secret of the trace header.
            pub trace: Option<TraceSecret>,
        }

        /// What the reference says of every section and setting.
        fn fields() -> Vec<(&'static str, Vec<Field>)> {
            vec![$( (<$section>::NAME, <$section>::fields()) ),+]
        }

        impl Config {
            fn take(mut source: Source) -> (Self, Source) {
                let config = Self {
                    $( $field: <$section>::take(&mut source), )+
                    shown: Vec::new(),
                    file: None,
                    declared: Vec::new(),
                    rules: Book::default(),
                    shadow_rules: None,
                    trace: None,
                };
                (config, source)
            }
        }
    };
}

config! {
    /// The top of the file.
    top: Top,
    /// `[listen]`
    listen: Listen,
    /// `[headers]`
    headers: Headers,
    /// `[session]`
    session: Session,
    /// `[resolver]`
    resolver: Resolver,
    /// `[cache]`
    cache: Cache,
    /// `[proxies]`
    proxies: Proxies,
    /// `[signup]`
    signup: Signup,
    /// `[anonymous]`
    anonymous: Anonymous,
    /// `[login]`
    login: Login,
    /// `[password]`
    password: Password,
    /// `[limits]`
    limits: Limits,
    /// `[keys]`
    keys: Keys,
    /// `[api_tokens]`
    api_tokens: ApiTokens,
    /// `[[clients]]`
    clients: Clients,
    /// `[brand]`
    brand: Brand,
    /// `[log]`
    log: Log,
}

impl Config {
    /// Reads the named file, or `vestibule.toml` in the working folder if there is one, and the environment.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn load(file: Option<&Path>) -> Result<Self, Problems> {
        let default = Path::new(DEFAULT_FILE);
        let path = file.or_else(|| default.exists().then_some(default));
        let text = match path {
            None => None,
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?),
        };
        Self::read(path.zip(text.as_deref()), std::env::vars_os())
    }

    /// Reads the text of a file and an environment.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn read(
        file: Option<(&Path, &str)>,
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, Problems> {
        let known: Vec<String> = fields().into_iter().flat_map(|(_, fields)| fields).map(|field| field.key).collect();
        let (mut config, source) = Self::take(Source::read(file, environment, &known));
        let (shown, mut problems, sheet) = source.finish();
        config.shown = shown;
        config.file = file.map(|(path, _)| path.to_owned());
        config.place_logo();
        config.read_rules(sheet, &mut problems);
        config.read_trace_secret(&mut problems);
        config.declared = clients::declared(&config, &mut problems);
        soundness::check(&config, &mut |key, message| {
            let origin = origin_of(&config.shown, key.split('[').next().unwrap_or(key));
            problems.push(Problem { origin, key: key.to_owned(), message });
        });
        if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> Problems {
    let origin = Origin::File { path: path.to_owned(), line: 1 };
    let message = match error.kind() {
        std::io::ErrorKind::InvalidData => "is not UTF-8 text; save it as UTF-8".to_owned(),
        _ => format!("cannot be read: {error}; name a file that this user may read with --config"),
    };
    Problems(vec![Problem { origin, key: String::new(), message }])
}

#[cfg(test)]
mod tests;
