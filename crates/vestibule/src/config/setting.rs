//! What a type must know to be a setting: how it is written, what was expected when it cannot be read, how it is shown.

use super::raw::Raw;

/// The value of a setting.
pub(super) trait Setting: Sized {
    /// What the reference and every message say: "a duration such as `30m`".
    const EXPECTED: &'static str;

    /// Reads a value.
    ///
    /// # Errors
    /// Why it is none, in words that go behind the key.
    fn read(raw: &Raw) -> Result<Self, String>;
}

/// "expected X, found Y".
pub(super) fn unexpected<T: Setting>(raw: &Raw) -> String {
    format!("expected {}, found {raw}", T::EXPECTED)
}

impl Setting for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn read(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Switch(switch) => Ok(*switch),
            Raw::Text(text) if text == "true" => Ok(true),
            Raw::Text(text) if text == "false" => Ok(false),
            other => Err(unexpected::<Self>(other)),
        }
    }
}

impl Setting for String {
    const EXPECTED: &'static str = "a text";

    fn read(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Text(text) if !text.chars().any(char::is_control) => Ok(text.clone()),
            other => Err(unexpected::<Self>(other)),
        }
    }
}

impl Setting for u32 {
    const EXPECTED: &'static str = "a whole number, not negative";

    fn read(raw: &Raw) -> Result<Self, String> {
        let number = match raw {
            Raw::Number(number) => Self::try_from(*number).ok(),
            Raw::Text(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| unexpected::<Self>(raw))
    }
}

impl<T: Setting> Setting for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(raw: &Raw) -> Result<Self, String> {
        match raw {
            Raw::Absent => Ok(None),
            present => T::read(present).map(Some),
        }
    }
}

impl<T: Setting> Setting for Vec<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(raw: &Raw) -> Result<Self, String> {
        let items = match raw {
            Raw::List(items) => items.clone(),
            // The environment has no lists: commas part the items there.
            Raw::Text(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
            other => return Err(format!("expected a list, each item {}, found {other}", T::EXPECTED)),
        };
        let read =
            |(index, item): (usize, String)| T::read(&Raw::Text(item)).map_err(|why| format!("[{index}]: {why}"));
        items.into_iter().enumerate().map(read).collect()
    }
}

/// Makes a setting of a type that is parsed from text.
macro_rules! text_setting {
    ($type:ty, $expected:literal, $parse:expr) => {
        impl $crate::config::setting::Setting for $type {
            const EXPECTED: &'static str = $expected;

            fn read(raw: &$crate::config::raw::Raw) -> Result<Self, String> {
                match raw {
                    $crate::config::raw::Raw::Text(text) => $parse(text.as_str()).map_err(|error| error.to_string()),
                    other => Err($crate::config::setting::unexpected::<Self>(other)),
                }
            }
        }
    };
}
pub(super) use text_setting;

text_setting!(vestibule_gate::verdict::HeaderPrefix, "a prefix of header names, such as `x-authgear-`", Self::parse);
text_setting!(vestibule_gate::claims::CookiePrefix, "a prefix of cookie names, such as `acme_`", Self::parse);
text_setting!(
    vestibule_gate::grant::return_to::AllowedOrigin,
    "an origin, such as `https://app.example.com` or `https://*.example.com`",
    Self::parse
);
text_setting!(
    crate::listen::ListenAddress,
    "an address such as `127.0.0.1:8480`, `[::1]:8480` or `unix:/run/vestibule/resolver.sock?mode=0660&group=www-data`",
    Self::parse
);
