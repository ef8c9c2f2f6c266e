//! `vestibule config check|show|reference`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::table::table;
use super::{House, Said};
use crate::config::advice;
use crate::config::raw::{Origin, Raw};
use crate::config::reference::reference;

#[derive(Debug, clap::Subcommand)]
pub(super) enum ConfigCommand {
    /// Say whether the configuration is sound; name everything that is not.
    #[command(after_help = "Example:\n  vestibule config check --config vestibule.toml")]
    Check,
    /// Show every setting in force and where it was written.
    #[command(after_help = "Example:\n  VESTIBULE__SESSION__IDLE_TIMEOUT=1h vestibule config show")]
    Show {
        /// A JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Print the reference of all settings, in Markdown.
    #[command(after_help = "Example:\n  vestibule config reference > docs/configuration.md")]
    Reference,
}

#[derive(Serialize)]
struct Shown {
    key: String,
    value: Value,
    from: String,
}

impl ConfigCommand {
    pub(super) fn run(self, house: &House) -> anyhow::Result<Said> {
        match self {
            Self::Check => {
                let advice: Vec<String> =
                    advice::on(&house.config()?).iter().map(|advice| format!("note: {advice}")).collect();
                let text = "The configuration is sound.\n".to_owned();
                Ok(Said { text, hint: advice.join("\n"), ..Said::default() })
            }
            Self::Show { json } => show(&house.config()?.shown, json).map(Said::from),
            Self::Reference => Ok(reference().into()),
        }
    }
}

/// A secret is hidden where it is read.
fn show(settings: &[(String, Raw, Origin)], json: bool) -> anyhow::Result<String> {
    if json {
        let shown = |(key, value, origin): &(String, Raw, Origin)| Shown {
            key: key.clone(),
            value: typed(value),
            from: origin.to_string(),
        };
        let shown = settings.iter().map(shown);
        let line = |shown: Shown| serde_json::to_string(&shown).map(|line| line + "\n");
        return Ok(shown.map(line).collect::<Result<String, _>>()?);
    }
    let row = |(key, value, origin): &(String, Raw, Origin)| vec![key.clone(), value.to_string(), origin.to_string()];
    Ok(table(&["SETTING", "VALUE", "FROM"], &settings.iter().map(row).collect::<Vec<_>>()))
}

fn typed(value: &Raw) -> Value {
    match value {
        Raw::Absent => Value::Null,
        Raw::Text(text) | Raw::Written(text) => text.as_str().into(),
        Raw::Number(number) => (*number).into(),
        Raw::Switch(switch) => (*switch).into(),
        Raw::List(items) => items.as_slice().into(),
        Raw::Table(pairs) => {
            pairs.iter().map(|(name, said)| (name.clone(), said.as_str().into())).collect::<Map<_, _>>().into()
        }
        Raw::Other(what) => (*what).into(),
        Raw::Hidden(_) => value.to_string().into(),
    }
}
