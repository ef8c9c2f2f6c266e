-- Tokens: clients, what they were granted, and what stands for it. Lists are separated by one space.

CREATE TABLE clients (
    id                     TEXT PRIMARY KEY,
    name                   TEXT   NOT NULL,
    kind                   TEXT   NOT NULL,     -- spa, web, native, confidential, third-party, machine
    declared               BIGINT NOT NULL,     -- 1: by the configuration file, which wins over commands
    redirect_uris          TEXT   NOT NULL,
    post_logout_uris       TEXT   NOT NULL,
    scopes                 TEXT   NOT NULL,     -- of its own, beside those that everybody may ask for
    full_access            BIGINT NOT NULL,
    pkce_required          BIGINT NOT NULL,
    jwt_access_tokens      BIGINT NOT NULL,
    rotates_refresh_tokens BIGINT NOT NULL,
    access_token_lifetime  BIGINT NOT NULL,     -- milliseconds
    refresh_token_lifetime BIGINT,              -- milliseconds; NULL: as long as a session
    client_uri             TEXT,
    policy_uri             TEXT,
    tos_uri                TEXT,
    service_id             TEXT REFERENCES users (id) ON DELETE SET NULL, -- whom client_credentials tokens speak for
    created_at             BIGINT NOT NULL
);

-- At most two live ones a client, so that a secret can be rotated without a moment in which none works.
CREATE TABLE client_secrets (
    hash       TEXT PRIMARY KEY,
    client_id  TEXT   NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT                            -- NULL: until it is replaced
);

CREATE INDEX client_secrets_of_client ON client_secrets (client_id);

-- A service is a user that never signs in: an API token or a machine client speaks for it.
ALTER TABLE users ADD COLUMN service BIGINT NOT NULL DEFAULT 0;
-- Further standard claims (gate/account/profile.rs), a JSON object of texts.
ALTER TABLE users ADD COLUMN profile TEXT NOT NULL DEFAULT '{}';
ALTER TABLE users ADD COLUMN updated_at BIGINT;           -- NULL: never since it was made

-- kind: 'cookie' a browser at our pages; 'token' a client's grant; 'api' an API token.
ALTER TABLE sessions ADD COLUMN client_id TEXT REFERENCES clients (id) ON DELETE CASCADE;
ALTER TABLE sessions ADD COLUMN scope TEXT NOT NULL DEFAULT '';
-- What its owner calls it: the name of an API token.
ALTER TABLE sessions ADD COLUMN label TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN claims TEXT;                -- the claims parameter, as asked

CREATE INDEX sessions_of_client ON sessions (client_id);

-- kind: 'session', 'access', 'api', 'app_session'. An access token of the form of a JWT is known by its jti.
ALTER TABLE credentials ADD COLUMN kind TEXT NOT NULL DEFAULT 'session';
ALTER TABLE credentials ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN audience TEXT;          -- NULL: ours
ALTER TABLE credentials ADD COLUMN expires_at BIGINT;      -- NULL: with its session
ALTER TABLE credentials ADD COLUMN refresh_hash TEXT;      -- the refresh token that it was issued with
ALTER TABLE credentials ADD COLUMN used_at BIGINT;         -- first use of an access token

CREATE INDEX credentials_by_end ON credentials (expires_at);
CREATE INDEX credentials_of_refresh ON credentials (refresh_hash);

-- The chain of a grant's refresh tokens: the newest one has not been rotated.
CREATE TABLE refresh_tokens (
    hash        TEXT PRIMARY KEY,
    session_id  TEXT   NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    created_at  BIGINT NOT NULL,
    rotated_at  BIGINT,
    rotations   BIGINT NOT NULL DEFAULT 0        -- how many successors it has had: the last one is the living one
);

CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

CREATE TABLE authorization_codes (
    hash             TEXT PRIMARY KEY,
    client_id        TEXT   NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    user_id          TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    parent_id        TEXT REFERENCES sessions (id) ON DELETE CASCADE,  -- the cookie session, with single sign-on
    purpose          TEXT   NOT NULL,            -- 'code' or 'settings-action'
    redirect_uri     TEXT,                       -- NULL: the request named none
    scope            TEXT   NOT NULL,
    challenge        TEXT,                       -- PKCE, S256
    nonce            TEXT,
    claims           TEXT,                       -- the claims parameter, as asked
    auth_time_asked  BIGINT NOT NULL,
    amr              TEXT   NOT NULL,
    authenticated_at BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,
    session_id       TEXT                        -- what it was redeemed for; a replay ends that
);

CREATE INDEX authorization_codes_of_user ON authorization_codes (user_id);
CREATE INDEX authorization_codes_by_end ON authorization_codes (expires_at);

-- What a person has allowed a third party's client.
CREATE TABLE consents (
    user_id      TEXT   NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    client_id    TEXT   NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    scope        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);

-- Secrets that are good for one use and a few minutes: sign-ins that were made for one authorization request
-- ('authentication'), app session tokens, promotion codes, challenges.
CREATE TABLE one_time (
    hash             TEXT PRIMARY KEY,
    purpose          TEXT   NOT NULL,
    user_id          TEXT REFERENCES users (id) ON DELETE CASCADE,
    session_id       TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    bound_to         TEXT   NOT NULL,            -- a hash of what it was made for
    amr              TEXT   NOT NULL,
    authenticated_at BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL
);

CREATE INDEX one_time_by_end ON one_time (expires_at);
CREATE INDEX one_time_of_user ON one_time (user_id);

-- What tokens are signed with. A retired key stays as a line of history, without its private half.
CREATE TABLE signing_keys (
    kid         TEXT PRIMARY KEY,
    algorithm   TEXT   NOT NULL,          -- as `alg` in tokens
    private_key TEXT   NOT NULL,          -- PKCS #8, base64url; sealed: nonce, ciphertext and tag (signing/seal.rs)
    is_sealed   BIGINT NOT NULL,
    state       TEXT   NOT NULL,          -- 'published' or 'retired'; which of the published signs, the times say
    created_at  BIGINT NOT NULL,
    signs_from  BIGINT NOT NULL,
    retired_at  BIGINT
);
