-- Times are milliseconds since 1970 (UTC); ids are lower-case UUIDs; hashes are base64url of SHA-256; 0 and 1 are no and yes.

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT,                   -- as typed; NULL for a guest
    email_key     TEXT UNIQUE,            -- the normal form (gate/account/email.rs)
    name          TEXT   NOT NULL,
    roles         TEXT   NOT NULL,        -- comma-separated, sorted
    verified      BIGINT NOT NULL,
    disabled      BIGINT NOT NULL,
    anonymous     BIGINT NOT NULL,
    password_hash TEXT,                   -- PHC string or bcrypt; NULL: cannot sign in by password
    created_at    BIGINT NOT NULL,
    last_seen_at  BIGINT
);

CREATE INDEX users_guests ON users (anonymous, last_seen_at);

CREATE TABLE sessions (
    id               TEXT PRIMARY KEY,
    user_id          TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind             TEXT   NOT NULL,     -- 'cookie'; tokens come later
    parent_id        TEXT   REFERENCES sessions (id) ON DELETE CASCADE,
    created_at       BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,     -- 0: never, an operator made it
    last_seen_at     BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    amr              TEXT   NOT NULL,     -- space-separated
    acr              TEXT,
    user_agent       TEXT   NOT NULL,
    address          TEXT,
    created_by       TEXT   NOT NULL      -- 'login' or 'cli'
);

CREATE INDEX sessions_of_user ON sessions (user_id);
CREATE INDEX sessions_of_parent ON sessions (parent_id);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX sessions_by_use ON sessions (last_seen_at);

-- What a client can present, and the session it stands for.
CREATE TABLE credentials (
    hash       TEXT PRIMARY KEY,
    session_id TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL
);

CREATE INDEX credentials_of_session ON credentials (session_id);

-- Keys of this installation, base64url.
CREATE TABLE keys (
    name       TEXT PRIMARY KEY,
    secret     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
