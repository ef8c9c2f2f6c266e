//! Argon2id (RFC 9106) over memory that its thread keeps.
//!
//! The library's own functions ask for 19 MiB each time and give it back in a way that leaves the process five times as
//! large. Kept, it is there once for each hashing thread, and need not be cleared by the system for every password.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// What one thread hashes in. Empty until it is first needed.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    /// So much as these parameters ask for.
    fn blocks(&mut self, params: &Params) -> &mut [Block] {
        let count = params.block_count();
        if self.0.len() < count {
            self.0.resize(count, Block::default());
        }
        &mut self.0[..count]
    }

    /// Gives back what is more than these parameters ask for: a hash from elsewhere may have needed a gigabyte.
    pub(super) fn keep_only(&mut self, params: &Params) {
        if self.0.len() > params.block_count() {
            self.0 = Vec::new();
        }
    }
}

/// Hashes a password, in the PHC string format. `None` when the parameters or the salt cannot be used.
pub(super) fn hash(params: &Params, password: &[u8], salt: &[u8], memory: &mut Memory) -> Option<PasswordHash> {
    let output = output(Version::V0x13, params, password, salt, memory)?;
    Some(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(output),
    })
}

/// Compares a password with a hash, in constant time.
pub(super) fn is_of(hash: &PasswordHash, password: &[u8], memory: &mut Memory) -> bool {
    let version = hash.version.map_or(Some(Version::default()), |version| Version::try_from(version).ok());
    let (Some(version), Ok(params)) = (version, Params::try_from(hash)) else { return false };
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else { return false };
    // The comparison of two outputs is the library's: it takes the same time wherever they differ.
    output(version, &params, password, salt, memory).is_some_and(|output| output == *expected)
}

fn output(version: Version, params: &Params, password: &[u8], salt: &[u8], memory: &mut Memory) -> Option<Output> {
    let argon2 = Argon2::new(Algorithm::Argon2id, version, params.clone());
    let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    argon2.hash_password_into_with_memory(password, salt, &mut output, memory.blocks(params)).ok()?;
    Output::new(&output).ok()
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
    use proptest::prelude::*;

    use super::{Memory, hash, is_of};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        /// Each with memory that others have used before.
        #[test]
        fn the_library_says_the_same(
            password in ".{0,40}",
            salt: [u8; 16],
            costs in proptest::collection::vec((1_u32..5, 1_u32..4, 1_u32..3), 1..4),
        ) {
            let mut memory = Memory::default();
            for (mib, passes, lanes) in costs {
                let params = Params::new(mib * 16, passes, lanes, None).unwrap();
                let library = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
                let ours = hash(&params, password.as_bytes(), &salt, &mut memory).unwrap();
                let theirs = library.hash_password_with_salt(password.as_bytes(), &salt).unwrap();
                prop_assert_eq!(ours.to_string(), theirs.to_string());
                prop_assert!(library.verify_password(password.as_bytes(), &ours).is_ok());
                prop_assert!(is_of(&theirs, password.as_bytes(), &mut memory));
                let other = format!("{password}x");
                prop_assert!(!is_of(&theirs, other.as_bytes(), &mut memory));
            }
        }
    }

    #[test]
    fn only_so_much_is_kept_as_today_s_parameters_ask_for() {
        let (small, large) = (Params::new(64, 1, 1, None).unwrap(), Params::new(128, 1, 1, None).unwrap());
        let mut memory = Memory::default();
        hash(&large, b"password", &[0; 16], &mut memory).unwrap();
        memory.keep_only(&large);
        assert_eq!(memory.0.len(), 128);
        memory.keep_only(&small);
        assert_eq!(memory.0.capacity(), 0);
    }

    #[test]
    fn a_hash_of_the_former_version_is_compared_as_such() {
        let params = Params::new(64, 1, 1, None).unwrap();
        let former = Argon2::new(Algorithm::Argon2id, Version::V0x10, params);
        let former = former.hash_password_with_salt(b"password", &[1; 16]).unwrap();
        assert!(former.to_string().contains("$v=16$"));
        assert!(is_of(&former, b"password", &mut Memory::default()));
    }
}
