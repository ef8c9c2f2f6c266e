//! What can be written in a rule, in a table of its `allow`, and in `[paths."host"]`: names for the reader, words for the
//! reference and for messages.

/// A key, and what the reference says of it.
pub(super) struct Key {
    pub name: &'static str,
    /// What may be written, for the reference and for messages.
    pub takes: &'static str,
    pub doc: &'static str,
}

const fn key(name: &'static str, takes: &'static str, doc: &'static str) -> Key {
    Key { name, takes, doc }
}

pub(super) const RULE: [Key; 5] = [
    key("name", "a text of 1 to 60 characters", "What logs, `vestibule explain` and tests call it. Each name once."),
    key(
        "hosts",
        "a list of hosts, such as `[\"app.example.com\", \"*.example.com\"]`",
        "The hosts that it is for, without port; `*.` stands for every host below one. Not set: every host that no other \
         rule names. Of all rules only those count that name a host most specifically: exactly, else by the longest `*.`.",
    ),
    key(
        "paths",
        "a list of paths, such as `[\"/admin/**\", \"/users/*/edit\"]`",
        "The paths that it is for: exact, `*` for one whole segment, `/**` at the end for a path and all below it. \
         Percent-encoded only where it must be. Not set: every path.",
    ),
    key(
        "methods",
        "a list of methods in capitals, such as `[\"GET\", \"POST\"]`",
        "The methods that it is for. `GET` includes `HEAD`. Not set: every method.",
    ),
    key(
        "allow",
        "`\"anyone\"`, `\"any user\"`, a table of conditions, or a list of such tables",
        "Who may pass; needed. `\"any user\"` includes guests. A table lets pass whoever meets all its conditions, a list \
         whoever passes one of its tables.",
    ),
];

pub(super) const CONDITIONS: [Key; 10] = [
    key(
        "users",
        "a list of user ids or e-mail addresses",
        "The user is one of these. An address counts only for the user who has it verified.",
    ),
    key("any_role", "a list of roles", "The user has one of these roles."),
    key("all_roles", "a list of roles", "The user has all of these roles."),
    key("verified", "`true`", "The user owns a verified address."),
    key("anonymous", "`true` or `false`", "`true`: the user is a guest. `false`, and not set: the user is none."),
    key(
        "amr",
        "a list of `pwd`, `otp`, `sms`, `hwk`, `mfa` and words that begin with `x_`",
        "The user signed in with all of these methods. Asks for a step-up if nothing else is missing.",
    ),
    key(
        "max_age",
        "a duration of at least a second, such as `5m`",
        "The user authenticated at most this long ago. Asks for a step-up if nothing else is missing.",
    ),
    key(
        "scopes",
        "a list of scopes",
        "The request has a token that carries all of these. With this or `clients`, tokens count that do not speak for \
         their user as a whole.",
    ),
    key("clients", "a list of client ids", "The request has a token that was issued to one of these clients."),
    key(
        "networks",
        "a list of addresses and networks, such as `[\"10.0.0.0/8\"]`",
        "The request comes from one of these. The address is the right-most one of `X-Forwarded-For` that is not in \
         `proxies.trusted`.",
    ),
];

pub(super) const PATHS: [Key; 2] = [
    key(
        "allow",
        "a list of `;`, `//`, `%2e`, `%2f`, `%25`, `%23`, `%3b`, `%3f` and `%80`",
        "What paths of this host may have although programs read it in different ways. A path with one of these passes \
         only if the same rule decides all its readings. Allow what the application needs and nothing else.",
    ),
    key(
        "case",
        "`\"sensitive\"` or `\"insensitive\"`",
        "Whether the application tells `/ADMIN` from `/admin`. Not set: a path that differs only in case from one that a \
         rule restricts is refused.",
    ),
];
