//! What is copied, in the order in which tables refer to each other.

/// A table.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Conditions, one after the other: where rows refer to rows of the same table, those come first that refer to none.
    pub(super) parts: &'static [&'static str],
}

const fn whole(name: &'static str) -> Table {
    Table { name, parts: &["1 = 1"] }
}

/// Every table that is copied. A test holds it against the schema.
pub(super) const TABLES: [Table; 13] = [
    whole("keys"),
    whole("signing_keys"),
    whole("users"),
    whole("clients"),
    whole("client_secrets"),
    // What a person's session at our pages has brought forth refers to it, and nothing to that.
    Table { name: "sessions", parts: &["parent_id IS NULL", "parent_id IS NOT NULL"] },
    whole("credentials"),
    whole("refresh_tokens"),
    whole("authorization_codes"),
    whole("consents"),
    whole("one_time"),
    // Numbers go on from where they were.
    whole("feed_head"),
    whole("feed"),
];

/// What is not copied: the schema, which each store has by itself; who runs on the store; the note of the copy; and how often
/// something was tried in the last minutes, which one node alone counts in memory.
#[cfg(test)]
pub(super) const LEFT_OUT: [&str; 4] = ["schema_version", "nodes", "unfinished_copy", "attempts"];
