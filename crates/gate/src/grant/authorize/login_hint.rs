//! `login_hint`: who is about to sign in. OpenID leaves its form open; Authgear's clients put small requests into it.

use super::super::parameters::Parameters;
use super::presented::Presented;

/// What every hint of Authgear's clients begins with.
const AUTHGEAR: &str = "https://authgear.com/login_hint?";

/// Who is about to sign in, as the client says. Proves nothing, except by the secrets in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginHint {
    /// Opens a page for the person who a token session belongs to.
    AppSessionToken(Presented),
    /// A guest who wants an account.
    Anonymous {
        /// Names the guest, once.
        promotion_code: Presented,
    },
    /// A login name to begin with.
    LoginId {
        /// An e-mail address, as it was sent.
        email: Option<String>,
        /// A phone number, as it was sent.
        phone: Option<String>,
        /// A user name, as it was sent.
        username: Option<String>,
        /// Whether nobody else may sign in.
        enforce: bool,
    },
    /// Anything else: at best the text for a field.
    Other(String),
}

impl LoginHint {
    /// Reads a hint. What has no meaning to us is no error: a client cannot know what a server takes
    /// (OpenID Connect Core section 3.1.2.1).
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self::read_authgear(text).unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    fn read_authgear(text: &str) -> Option<Self> {
        let parameters = Parameters::parse(text.strip_prefix(AUTHGEAR)?.as_bytes()).ok()?;
        let owned = |name| parameters.get(name).map(str::to_owned);
        let secret = |name| parameters.get(name).map(Presented::new);
        match parameters.get("type")? {
            "app_session_token" => secret("app_session_token").map(Self::AppSessionToken),
            "anonymous" => secret("promotion_code").map(|promotion_code| Self::Anonymous { promotion_code }),
            "login_id" => {
                let (email, phone, username) = (owned("email"), owned("phone"), owned("username"));
                let enforce = parameters.get("enforce") == Some("true");
                let says_somebody = email.is_some() || phone.is_some() || username.is_some();
                says_somebody.then_some(Self::LoginId { email, phone, username, enforce })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LoginHint, Presented};

    fn read(rest: &str) -> LoginHint {
        LoginHint::read(&format!("https://authgear.com/login_hint?{rest}"))
    }

    #[test]
    fn what_authgear_s_clients_send_is_understood() {
        let token = LoginHint::AppSessionToken(Presented::new("vbo_x"));
        assert_eq!(read("type=app_session_token&app_session_token=vbo_x"), token);
        assert_eq!(read("app_session_token=vbo%5Fx&type=app_session_token"), token);
        let guest = LoginHint::Anonymous { promotion_code: Presented::new("vbo_y") };
        assert_eq!(read("type=anonymous&promotion_code=vbo_y"), guest);
        let email = Some("ada@example.com".to_owned());
        let login_id = LoginHint::LoginId { email, phone: None, username: None, enforce: true };
        assert_eq!(read("type=login_id&email=ada%40example.com&enforce=true"), login_id);
    }

    /// The conformance suite's `login-hint` sends an address.
    #[test]
    fn what_nobody_understands_is_no_error() {
        for other in [
            "buffy@id.example.com",
            "",
            "https://authgear.com/login_hint",
            "https://authgear.com/login_hint?",
            "https://authgear.com/login_hint?type=app_session_token",
            "https://authgear.com/login_hint?type=app_session_token&app_session_token=",
            "https://authgear.com/login_hint?type=app_session_token&app_session_token=a&app_session_token=b",
            "https://authgear.com/login_hint?type=login_id",
            "https://authgear.com/login_hint?type=x&email=a",
            "https://authgear.com/login_hint?type=login_id&email=%ff",
            "http://authgear.com/login_hint?type=anonymous&promotion_code=x",
        ] {
            assert_eq!(LoginHint::read(other), LoginHint::Other(other.to_owned()));
        }
    }

    #[test]
    fn a_secret_in_a_hint_is_not_printed() {
        for hint in ["type=app_session_token&app_session_token=vbo_x", "type=anonymous&promotion_code=vbo_x"] {
            assert!(!format!("{:?}", read(hint)).contains("vbo_x"));
        }
    }

    proptest! {
        #[test]
        fn every_hint_is_read(text in "(https://authgear\\.com/login_hint\\?)?(type=[a-z_]{0,17})?[ -~]{0,40}") {
            if let LoginHint::Other(kept) = LoginHint::read(&text) {
                prop_assert_eq!(kept, text);
            }
        }
    }
}
