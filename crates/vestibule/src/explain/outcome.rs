//! The four things that a door can answer.

use std::fmt;

use serde::{Deserialize, Serialize};
use vestibule_gate::rules::Ruling;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// 200.
    #[serde(rename = "pass")]
    Pass,
    /// 401, or 302 for a browser that shows a page.
    #[serde(rename = "sign in")]
    SignIn,
    /// 401 with what to prove (RFC 9470), or 302.
    #[serde(rename = "step up")]
    StepUp,
    /// 403; 400 at `forward` when the request cannot be read.
    #[serde(rename = "refuse")]
    Refuse,
}

impl Outcome {
    /// What a ruling comes to.
    #[must_use]
    pub const fn of(ruling: &Ruling) -> Self {
        match ruling {
            Ruling::Permit => Self::Pass,
            Ruling::SignIn => Self::SignIn,
            Ruling::StepUp(_) => Self::StepUp,
            Ruling::Refuse(_) => Self::Refuse,
        }
    }

    /// The status for a program.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Pass => 200,
            Self::SignIn | Self::StepUp => 401,
            Self::Refuse => 403,
        }
    }
}

impl fmt::Display for Outcome {
    /// As a table of `vestibule rules test` has it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::SignIn => "sign in",
            Self::StepUp => "step up",
            Self::Refuse => "refuse",
        })
    }
}
