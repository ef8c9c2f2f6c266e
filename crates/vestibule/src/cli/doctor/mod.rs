//! `vestibule doctor`: looks at everything that can be wrong around a sound binary, changes nothing of it, and says
//! what, where, and what to do. A file a place to look at.

mod finding;
mod folder;
mod listeners;
mod nginx;
mod store;
mod through;

use std::path::PathBuf;

use super::{House, Said};
use crate::config::raw::Problem;
use crate::config::{Config, advice};
use finding::{Finding, Weight};

/// Look for what is wrong: configuration, data folder, store, clock, sockets, and with `--nginx` the proxy's file. With
/// `--through` attack a set-up that runs, from outside, as a client would.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vestibule doctor\n  vestibule doctor --nginx /etc/nginx/nginx.conf\n\n\
    From outside, with an echo in the application's place:\n  \
    vestibule doctor --through https://app.example.com/ \\\n    \
      --user ada@example.com --echo 127.0.0.1:3000\n\n\
    Exit code 1 when something is wrong, a note alone is none;\n\
    2 when it could not be tried.")]
pub(super) struct Doctor {
    /// A configuration of nginx, to be read too, with what it includes: relative names begin in its folder.
    #[arg(long, value_name = "FILE")]
    nginx: Option<PathBuf>,
    #[command(flatten)]
    through: through::Through,
}

impl Doctor {
    pub(super) fn run(self, house: &House) -> Said {
        if self.through.is_asked_for() {
            return self.through.run(house);
        }
        let findings = match Config::load(house.file.as_deref()) {
            Ok(config) => self.look(&config),
            Err(problems) => problems.0.iter().map(|problem| place(Finding::wrong, problem)).collect(),
        };
        let wrong = findings.iter().filter(|finding| finding.weight == Weight::Wrong).count();
        let lines: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
        let end = match wrong {
            0 => "Nothing is wrong.\n".to_owned(),
            1 => "One thing is wrong.\n".to_owned(),
            wrong => format!("{wrong} things are wrong.\n"),
        };
        Said { text: lines + &end, is_wrong: wrong > 0, ..Said::default() }
    }

    fn look(&self, config: &Config) -> Vec<Finding> {
        let mut findings = vec![Finding::fine("the configuration is sound")];
        findings.extend(advice::on(config).iter().map(|advice| place(Finding::note, advice)));
        findings.push(cookies(config));
        findings.extend(folder::look(&config.data_dir()));
        let (store, server) = store::look(config);
        findings.extend(store);
        findings.extend(listeners::look(config, server.is_some()));
        if let Some(file) = &self.nginx {
            findings.extend(nginx::look(config, file));
        }
        findings
    }
}

fn place(make: fn(String, String) -> Finding, problem: &Problem) -> Finding {
    let said = problem.to_string();
    let text = problem.message.clone();
    let place = said.strip_suffix(&text).unwrap_or_default().trim_end_matches(": ").to_owned();
    make(place, text)
}

/// Soundness and advice have said what does not fit; this says what holds.
fn cookies(config: &Config) -> Finding {
    let public_url = &config.top.public_url;
    let reach = match &config.session.cookie_domain {
        Some(domain) => format!("`{domain}` and every host below it"),
        None => format!("`{}` alone", public_url.host()),
    };
    let secure = if public_url.is_https() { "by https only" } else { "by http, as public_url says" };
    let name = config.cookie_names().session().to_owned();
    Finding::fine(format!("the cookie `{name}` goes to {reach}, {secure}"))
}
