//! What a type must know to be a setting: how it is written, what was expected when it cannot be read, how it is shown.

use super::raw::Raw;

/// Why a value is none, in words that go behind the key.
pub(super) struct Wrong {
    /// Which item of a list is meant, if one is.
    pub item: Option<usize>,
    /// What is wrong, and what to write.
    pub message: String,
}

impl From<String> for Wrong {
    fn from(message: String) -> Self {
        Self { item: None, message }
    }
}

/// The value of a setting.
pub(super) trait Setting: Sized {
    /// What the reference and every message say: "a duration such as `30m`".
    const EXPECTED: &'static str;
    /// Whether the file writes a list of it.
    const IS_LIST: bool = false;
    /// Whether nobody is shown what was written.
    const IS_SECRET: bool = false;

    /// Reads a value.
    ///
    /// # Errors
    /// Why it is none.
    fn read(raw: &Raw) -> Result<Self, Wrong>;
}

/// "expected X, found Y".
pub(super) fn unexpected<T: Setting>(raw: &Raw) -> Wrong {
    format!("expected {}, found {raw}", T::EXPECTED).into()
}

impl Setting for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn read(raw: &Raw) -> Result<Self, Wrong> {
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

    fn read(raw: &Raw) -> Result<Self, Wrong> {
        match raw {
            Raw::Text(text) if !text.chars().any(char::is_control) => Ok(text.clone()),
            other => Err(unexpected::<Self>(other)),
        }
    }
}

impl Setting for u32 {
    const EXPECTED: &'static str = "a whole number, not negative";

    fn read(raw: &Raw) -> Result<Self, Wrong> {
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
    const IS_SECRET: bool = T::IS_SECRET;

    fn read(raw: &Raw) -> Result<Self, Wrong> {
        match raw {
            Raw::Absent => Ok(None),
            present => T::read(present).map(Some),
        }
    }
}

impl<T: Setting> Setting for Vec<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const IS_LIST: bool = true;

    fn read(raw: &Raw) -> Result<Self, Wrong> {
        let items = match raw {
            Raw::List(items) => items.clone(),
            // The environment has no lists: commas part the items there.
            Raw::Text(text) => {
                text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
            }
            other => return Err(format!("expected a list, each item {}, found {other}", T::EXPECTED).into()),
        };
        let read = |(index, item): (usize, String)| {
            T::read(&Raw::Text(item)).map_err(|wrong| Wrong { item: Some(index), message: wrong.message })
        };
        items.into_iter().enumerate().map(read).collect()
    }
}

/// Makes a setting of a type that is parsed from text.
macro_rules! text_setting {
    ($type:ty, $expected:literal, $parse:expr) => {
        impl $crate::config::setting::Setting for $type {
            const EXPECTED: &'static str = $expected;

            fn read(raw: &$crate::config::raw::Raw) -> Result<Self, $crate::config::setting::Wrong> {
                match raw {
                    $crate::config::raw::Raw::Text(text) => {
                        $parse(text.as_str()).map_err(|error| error.to_string().into())
                    }
                    other => Err($crate::config::setting::unexpected::<Self>(other)),
                }
            }
        }
    };
}
pub(super) use text_setting;

text_setting!(
    vestibule_gate::network::Network,
    "an address or a network, such as `10.0.0.5` or `10.0.0.0/8`",
    vestibule_gate::network::Network::parse
);
text_setting!(vestibule_gate::token::jwt::SigningAlgorithm, "`RS256`, `ES256` or `EdDSA`", Self::parse);
text_setting!(
    vestibule_gate::grant::ClientId,
    "1 to 64 of A-Z, a-z, 0-9, `.`, `_`, `~` and `-`",
    vestibule_gate::grant::ClientId::parse
);
text_setting!(
    vestibule_gate::grant::ClientKind,
    "`spa`, `web`, `native`, `confidential`, `third-party` or `machine`",
    client_kind
);
text_setting!(vestibule_gate::verdict::HeaderPrefix, "a prefix of header names, such as `x-acme-`", Self::parse);
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

fn client_kind(text: &str) -> Result<vestibule_gate::grant::ClientKind, String> {
    use vestibule_gate::grant::ClientKind;
    let read = ClientKind::parse(text);
    read.ok_or_else(|| format!("expected {}, found {text:?}", <ClientKind as Setting>::EXPECTED))
}
