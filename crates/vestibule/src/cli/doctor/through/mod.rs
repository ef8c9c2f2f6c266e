//! `vestibule doctor --through URL`: attacks a set-up that runs, from outside, through its proxy, as a client would. Says
//! what came through, why that is dangerous, and which line of the proxy's configuration closes it.

mod answer;
mod attack;
mod echo;
mod hole;
mod own;
mod remedy;
mod report;
mod seen;
mod target;
mod tls;
mod visitor;

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use url::Url;
use vestibule_ledger::UserRef;

use crate::cli::{House, Said, in_words};
use crate::config::Config;
use crate::control::written::Written;
use attack::Scene;
use own::Own;
use remedy::Proxy;
use report::Report;
use seen::Seen;
use target::Target;
use tls::Trust;
use visitor::{Got, Visitor};

/// How to attack.
#[derive(Debug, clap::Args)]
pub(super) struct Through {
    /// Attack the set-up that answers here, through its proxy. An echo must stand in the application's place: see
    /// `--echo`.
    #[arg(long, value_name = "URL", conflicts_with = "nginx", requires = "who")]
    through: Option<Url>,
    /// Echo requests at this address, in the application's place. Alone: until Ctrl-C, for a doctor elsewhere.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "nginx")]
    echo: Option<SocketAddr>,
    /// Attack as this user, with sessions made for it that are ended with it.
    #[arg(long, value_name = "EMAIL", group = "who", requires = "through")]
    user: Option<Written<UserRef>>,
    /// Attack with this Cookie line, or the session cookie's value alone. The session is left as it is.
    #[arg(long, value_name = "VALUE", group = "who", requires = "through")]
    cookie: Option<String>,
    /// The mark of an echo that was started elsewhere, which has printed it.
    #[arg(long, value_parser = mark)]
    mark: Option<String>,
    /// A path that anybody may see: attacks on guarded paths begin there.
    #[arg(long, value_name = "PATH", default_value = "/public", requires = "through")]
    public: String,
    /// Whose lines to show; the one that says its name in `Server` when it is not given.
    #[arg(long, requires = "through")]
    proxy: Option<Proxy>,
    /// Connect here, whatever the URL's host is.
    #[arg(long, value_name = "ADDRESS", requires = "through")]
    connect: Option<SocketAddr>,
    /// Believe the certificates of this PEM file instead of the system's.
    #[arg(long, value_name = "FILE", requires = "through")]
    ca: Option<PathBuf>,
    /// Believe every certificate.
    #[arg(long, requires = "through", conflicts_with = "ca")]
    insecure: bool,
}

fn mark(text: &str) -> Result<String, String> {
    let is_mark = text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_mark.then(|| text.to_owned()).ok_or_else(|| "a mark is 16 letters and digits or more".to_owned())
}

impl Through {
    pub(super) const fn is_asked_for(&self) -> bool {
        self.through.is_some() || self.echo.is_some()
    }

    pub(super) fn run(&self, house: &House) -> Said {
        match self.attempt(house) {
            Ok(said) => said,
            Err(error) => Said { hint: format!("Not tried: {}", in_words(&error)), could_not: true, ..Said::default() },
        }
    }

    fn attempt(&self, house: &House) -> anyhow::Result<Said> {
        let mark = match &self.mark {
            Some(mark) => mark.clone(),
            None => vestibule_ledger::mark()?,
        };
        let Some(url) = &self.through else {
            let address = self.echo.context("neither --through nor --echo is given")?;
            echo::run(address, &mark)?;
            return Ok(Said::default());
        };
        let config = house.config()?;
        let target = Target::find(url, self.connect, || self.trust().client())?;
        if let Some(address) = self.echo {
            echo::start(address, &mark)?;
        } else if self.mark.is_none() {
            bail!(
                "no echo stands in the application's place; add --echo ADDRESS, or the --mark of one that runs elsewhere"
            );
        }
        self.attack(&config, &target, &mark)
    }

    fn trust(&self) -> Trust {
        match &self.ca {
            Some(file) => Trust::File(file.clone()),
            None if self.insecure => Trust::Anybody,
            None => Trust::System,
        }
    }

    fn attack(&self, config: &Config, target: &Target, mark: &str) -> anyhow::Result<Said> {
        let session = config.cookie_names().session().to_owned();
        let line = |secret: &str| if secret.contains('=') { secret.to_owned() } else { format!("{session}={secret}") };
        let mut own = self.user.as_ref().map(|who| Own::make(config, who)).transpose()?;
        let secret = own.as_ref().and_then(Own::first).or(self.cookie.as_deref()).unwrap_or_default().to_owned();
        let sent = Cell::new(0);
        let signed_in = Visitor { target, mark, cookie: Some(line(&secret)), sent: &sent };
        let stranger = signed_in.with(None);

        let plain = plainly(&signed_in, "a plain request")?;
        let nobody = stranger.get(&[]);
        let proxy = self.proxy.or_else(|| plain.proxy.or_else(|| nobody.answer().and_then(Proxy::of)));
        let second = own.as_ref().and_then(Own::second).map(line);
        let scene = Scene {
            config,
            names: config.identity_header_names(),
            signed_in,
            stranger,
            plain,
            nobody,
            second,
            public: self.public.trim_end_matches('/'),
            is_envoy: proxy == Some(Proxy::Envoy),
        };
        let mut report = Report::default();
        attack::all(&scene, &mut report);
        // Where the second request is not answered as the first, nothing came through for another reason.
        match plainly(&scene.signed_in, "after the attacks, a plain request") {
            Err(error) if report.has_holes() => report.skip(error.to_string()),
            answered => drop(answered?),
        }
        match &mut own {
            Some(own) => {
                own.end()?;
                attack::revoked(&scene, &mut report);
            }
            None => report.skip("whether an ended session still counts: only a session of --user's may be ended"),
        }
        let rounds = sent.get();
        Ok(Said {
            text: report.in_words(proxy, config, rounds, &target.origin()),
            is_wrong: report.has_holes(),
            ..Said::default()
        })
    }
}

/// A request that has nothing wrong with it; why not, and what to do, if it does not reach the echo.
fn plainly(visitor: &Visitor<'_>, which: &str) -> anyhow::Result<Seen> {
    let got = visitor.get(&[]);
    // The call can break off a moment before it is known why.
    let broke_off = matches!(&got, Got::Silent(error) if error.kind() == std::io::ErrorKind::Interrupted);
    if broke_off || own::is_interrupted() {
        bail!("interrupted");
    }
    let why = match &got {
        Got::Reached(seen) => return Ok(seen.clone()),
        Got::Answered(answer) => match answer.status {
            200..=299 => {
                "somebody else than the echo answered: is the application still in its place, or is it an echo with another --mark?"
            }
            302 | 303 | 307 | 401 => {
                "whoever is signed in is sent to sign in: does the proxy pass the cookie on, is the session for this host, and \
                 does Vestibule run?"
            }
            403 => {
                "whoever is signed in may not see this URL: choose another user or another URL that the rules let them see"
            }
            404 => "there is no such place, or it is an echo with another --mark",
            500..=599 => {
                "the proxy reaches Vestibule or the echo not at all: is the echo where the proxy looks for the application?"
            }
            _ => "the proxy refuses a plain request: is the URL's host one that it knows?",
        },
        Got::Silent(_) => "is the URL right, and does the proxy run?",
    };
    Err(anyhow!("{which} of somebody who is signed in did not reach the echo ({}); {why}", got.in_words()))
}
