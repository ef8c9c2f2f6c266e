//! The secret of the trace header: written, or in a file.

use super::Config;
use super::raw::Problem;
use super::source::origin_of;
use crate::resolver::TraceSecret;

impl Config {
    /// Reads the secret. The messages do not repeat it.
    pub(super) fn read_trace_secret(&mut self, problems: &mut Vec<Problem>) {
        let resolver = &self.resolver;
        let (key, secret) = match (&resolver.trace_secret, &resolver.trace_secret_file) {
            (None, None) => return,
            (Some(_), Some(_)) => {
                ("resolver.trace_secret_file", Err("is set beside resolver.trace_secret; write one of them".to_owned()))
            }
            (Some(secret), None) => ("resolver.trace_secret", Ok(secret.expose().to_owned())),
            (None, Some(file)) => ("resolver.trace_secret_file", read(&self.place("resolver.trace_secret_file", file))),
        };
        match secret.and_then(|secret| sound(&secret)) {
            Ok(secret) => self.trace = Some(secret),
            Err(message) => {
                problems.push(Problem { origin: origin_of(&self.shown, key), key: key.to_owned(), message });
            }
        }
    }
}

fn read(file: &std::path::Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        format!("`{}` cannot be read: {error}; name a file that this user may read", file.display())
    })?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn sound(secret: &str) -> Result<TraceSecret, String> {
    if LENGTHS.contains(&secret.len()) && secret.bytes().all(|b| b.is_ascii_graphic()) {
        return Ok(TraceSecret::new(secret));
    }
    Err(format!(
        "is not a secret of {} to {} characters of ASCII without spaces, such as `openssl rand -hex 32` prints",
        LENGTHS.start(),
        LENGTHS.end()
    ))
}

/// Short ones can be guessed; a header has no room for longer ones.
const LENGTHS: std::ops::RangeInclusive<usize> = 32..=1024;

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::Config;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn read(folder: &Path, keys: &str) -> Result<Config, String> {
        let text = format!("[resolver]\n{keys}\n");
        let read = Config::read(Some((&folder.join("v.toml"), &text)), std::iter::empty());
        read.map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_trace_has_a_long_secret_in_one_place_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join("secret"), text).unwrap();
        assert!(read(folder.path(), "").unwrap().trace.is_none());
        let written = read(folder.path(), &format!("trace_secret = \"{SECRET}\"")).unwrap();
        write(&format!("{SECRET}\n"));
        let of_file = read(folder.path(), "trace_secret_file = \"secret\"").unwrap();
        assert!(written.trace.is_some() && written.trace == of_file.trace);
        let (.., shown, _) = written.shown.iter().find(|(key, ..)| key == "resolver.trace_secret").unwrap();
        assert_eq!(shown.to_string(), "(hidden)");
        let both = format!("trace_secret = \"{SECRET}\"\ntrace_secret_file = \"secret\"");
        assert!(read(folder.path(), &both).unwrap_err().contains("resolver.trace_secret_file: is set beside"));
        let spaced = "trace_secret = \"a horse in a text, long as it may be\"";
        let said = read(folder.path(), spaced).unwrap_err();
        assert!(said.contains("v.toml:2: resolver.trace_secret: is not a secret") && !said.contains("horse"), "{said}");
        write("a short horse");
        let said = read(folder.path(), "trace_secret_file = \"secret\"").unwrap_err();
        assert!(said.contains("trace_secret_file: is not a secret") && !said.contains("horse"), "{said}");
        assert!(read(folder.path(), "trace_secret_file = \"none\"").unwrap_err().contains("cannot be read"));
    }
}
