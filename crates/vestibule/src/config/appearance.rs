//! Settings of looks: the accent colour, and what log lines look like.

use super::setting::text_setting;

/// A colour, `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// Red, green and blue, 0 to 255.
    pub rgb: [u8; 3],
}

text_setting!(Accent, "a colour such as `#2b5fd9`", |text: &str| {
    let refused = || format!("`{text}` is not a colour; write `#` and six hexadecimal digits such as `#2b5fd9`");
    let digits =
        text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()));
    let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(refused)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Ok::<_, String>(Accent { rgb: [red, green, blue] })
});

/// The least important kind of line that is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Something failed.
    Error,
    /// Something needs an eye.
    Warn,
    /// What the operator wants to know.
    Info,
    /// Each request.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

text_setting!(LogLevel, "`error`, `warn`, `info`, `debug` or `trace`", |text: &str| {
    let levels = [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];
    let level = levels.into_iter().find(|level| level.as_str() == text);
    level.ok_or_else(|| format!("`{text}` is not a log level; write `error`, `warn`, `info`, `debug` or `trace`"))
});

/// What a log line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Human on a terminal, JSON elsewhere.
    Auto,
    /// A line for people.
    Human,
    /// A JSON object a line.
    Json,
}

text_setting!(LogFormat, "`auto`, `human` or `json`", |text: &str| match text {
    "auto" => Ok(LogFormat::Auto),
    "human" => Ok(LogFormat::Human),
    "json" => Ok(LogFormat::Json),
    _ => Err(format!("`{text}` is not a log format; write `auto`, `human` or `json`")),
});
