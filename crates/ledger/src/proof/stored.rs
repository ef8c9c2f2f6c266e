//! The forms of a stored password hash: ours, and those that people bring from elsewhere. A form is read before a hash
//! is kept, so that nobody is imported who could never sign in, and nobody whose sign-in would stop the machine.

use argon2::Params;
use argon2::password_hash::phc::PasswordHash;
use aws_lc_rs::digest::{SHA512, digest};
use bcrypt::HashParts;
use vestibule_gate::account::Password;

use super::argon2id::{self, Memory};

/// What Authgear writes before a bcrypt hash that was made of the password's SHA-512 digest.
const BCRYPT_OF_SHA512: &str = "$bcrypt-sha512$";

/// Whether a hash from elsewhere is in a form that is verified here, at a cost that this machine survives.
pub(crate) fn is_readable(hash: &str) -> bool {
    Form::read(hash).is_some()
}

/// A hash that can be compared with a password.
pub(super) enum Form<'h> {
    /// Argon2id, with any parameters.
    Argon2id(Box<PasswordHash>),
    /// bcrypt of the password.
    Bcrypt(&'h str),
    /// bcrypt of the 64 bytes of the password's SHA-512 digest, which bcrypt takes whole: zero bytes among them too.
    BcryptOfSha512(&'h str),
}

impl<'h> Form<'h> {
    /// Reads a hash; `None` for any other form, and for costs that this machine would not survive: for Argon2 over
    /// 1 GiB, over 64 passes or lanes; for bcrypt over 16.
    pub(super) fn read(text: &'h str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix(BCRYPT_OF_SHA512) {
            return is_bcrypt(inner).then_some(Self::BcryptOfSha512(inner));
        }
        if is_bcrypt(text) {
            return Some(Self::Bcrypt(text));
        }
        let parsed = PasswordHash::new(text).ok()?;
        let params = Params::try_from(&parsed).ok()?;
        let whole = text.starts_with("$argon2id$") && parsed.hash.is_some() && parsed.salt.is_some();
        let affordable = params.m_cost() <= 1 << 20 && params.t_cost() <= 64 && params.p_cost() <= 64;
        (whole && affordable).then(|| Self::Argon2id(Box::new(parsed)))
    }

    /// Compares it with a password.
    pub(super) fn is_of(&self, password: &Password, memory: &mut Memory) -> bool {
        let password = password.expose().as_bytes();
        match self {
            Self::Argon2id(hash) => argon2id::is_of(hash, password, memory),
            // bcrypt reads 72 bytes; what is longer was cut off where the hash was made, and is here too.
            Self::Bcrypt(hash) => bcrypt::verify(password, hash).unwrap_or(false),
            Self::BcryptOfSha512(hash) => bcrypt::verify(digest(&SHA512, password), hash).unwrap_or(false),
        }
    }

    /// Whether it was made with these parameters, as a new one would be.
    pub(super) fn is_made_with(&self, today: &Params) -> bool {
        let Self::Argon2id(hash) = self else { return false };
        Params::try_from(hash.as_ref()).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (today.m_cost(), today.t_cost(), today.p_cost())
        })
    }
}

fn is_bcrypt(text: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| text.starts_with(prefix))
        && text.parse::<HashParts>().is_ok_and(|parts| (4..=16).contains(&parts.get_cost()))
}

#[cfg(test)]
mod tests {
    use vestibule_gate::account::Password;

    use super::{Form, Memory};

    /// Made with Go's `golang.org/x/crypto/bcrypt` v0.58.0, apart from this implementation and from any server:
    /// `s := sha512.Sum512([]byte(password)); h, _ := bcrypt.GenerateFromPassword(s[:], cost)`, and
    /// `"$bcrypt-sha512$" + string(h)`. The digests of the third and the fourth password begin with the bytes `00 2f`
    /// and `e8 00`: an implementation that stops at a zero byte takes many passwords for the same.
    const FROM_GO: [(&str, &str); 5] = [
        ("correct horse battery staple", "$bcrypt-sha512$$2a$04$B4YpeF1/OAtKw8bzVIAnbOBGiTv.Vbh8kjYMFiQ3xaRonyt5koH5C"),
        ("correct horse battery staple", "$bcrypt-sha512$$2a$10$oX0sydTY2.z6E6XriTTza.hzOaX.4Oc.yq1CDserlpAIQ/0iGwH0S"),
        ("quiet harbour 82", "$bcrypt-sha512$$2a$04$uTGRCUskhe8s5fymNAftKeF8SdzAVmmHFSV03PmwHhBdF3q/nD72a"),
        ("quiet harbour 230", "$bcrypt-sha512$$2a$04$843kwMzjTBDtBUxNPtW1JuihBAWR1TEt08RMcirV73W2cUmGp5Dzy"),
        (
            "lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern \
             lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern lantern ",
            "$bcrypt-sha512$$2a$04$CTIcZkHpAcijTROhuRjjy.yTaWt1zWEY0AmC0uhNlvjKNiDcUXhv.",
        ),
    ];

    #[test]
    fn authgear_s_hashes_open_to_their_password_and_to_no_other() {
        for (password, hash) in FROM_GO {
            let form = Form::read(hash).expect(hash);
            assert!(form.is_of(&Password::parse(password).unwrap(), &mut Memory::default()), "{hash}");
            // The 73rd byte and those behind it count, unlike in plain bcrypt.
            let other = format!("{}x", password.strip_suffix(' ').unwrap_or(password));
            assert!(!form.is_of(&Password::parse(&other).unwrap(), &mut Memory::default()), "{hash}");
            let plain = hash.strip_prefix("$bcrypt-sha512$").unwrap();
            assert!(
                !Form::read(plain).expect(plain).is_of(&Password::parse(password).unwrap(), &mut Memory::default()),
                "{plain}"
            );
        }
        let [.., (_, zero), (_, other), _] = FROM_GO;
        assert!(
            !Form::read(zero).unwrap().is_of(&Password::parse("quiet harbour 230").unwrap(), &mut Memory::default())
        );
        assert!(
            !Form::read(other).unwrap().is_of(&Password::parse("quiet harbour 82").unwrap(), &mut Memory::default())
        );
    }

    #[test]
    fn a_hash_that_would_stop_the_machine_is_not_taken_over() {
        let salt_and_hash = "c29tZXNhbHRzYWx0$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI";
        let bcrypt = "QOTj8FUYdGhkEbGOO5nHPeW1.GqwtvPtxgEBVt1SbiWz8yUXmS5Da";
        assert_eq!(bcrypt.len(), 53);
        let readable = |text: &str| Form::read(text).is_some();
        assert!(readable(&format!("$argon2id$v=19$m=65536,t=3,p=4${salt_and_hash}")));
        assert!(readable(&format!("$2b$12${bcrypt}")) && readable(&format!("$bcrypt-sha512$$2a$12${bcrypt}")));
        for bad in [
            format!("$argon2id$v=19$m=4294967295,t=3,p=4${salt_and_hash}"),
            format!("$argon2id$v=19$m=65536,t=3000,p=4${salt_and_hash}"),
            format!("$argon2i$v=19$m=65536,t=3,p=4${salt_and_hash}"),
            "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ".to_owned(),
            format!("$2b$31${bcrypt}"),
            format!("$bcrypt-sha512$$2a$17${bcrypt}"),
            format!("$bcrypt-sha512$$bcrypt-sha512$$2a$12${bcrypt}"),
            format!("$bcrypt-sha512$$argon2id$v=19$m=65536,t=3,p=4${salt_and_hash}"),
            "$bcrypt-sha512$".to_owned(),
            // Of the right length, and nothing that a password could ever be compared with.
            format!("$2b$12${}", "!".repeat(53)),
            format!("$2b$12${}\u{e9}", &bcrypt[..51]),
            "$2b$10$short".to_owned(),
            "plain".to_owned(),
            String::new(),
        ] {
            assert!(!readable(&bad), "{bad}");
        }
    }
}
