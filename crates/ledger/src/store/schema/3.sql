-- Several nodes on one database: what each change has made untrue, in the order of the commits, and who is there.

-- The number of the newest entry of the feed. A row and not a sequence: the change that holds it is the only one that is
-- open, so that the numbers are in the order of the commits, and a change that is rolled back leaves none out.
CREATE TABLE feed_head (
    one    BIGINT PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO feed_head (one, number) VALUES (1, 0);

CREATE TABLE feed (
    number       BIGINT PRIMARY KEY,
    node         TEXT   NOT NULL,          -- who has made the change, and knows
    said         TEXT   NOT NULL,          -- ledger/src/feed/said.rs
    committed_at BIGINT NOT NULL           -- by that node's clock
);

CREATE INDEX feed_by_time ON feed (committed_at);

CREATE TABLE nodes (
    id         TEXT PRIMARY KEY,           -- of a process
    name       TEXT   NOT NULL,
    version    TEXT   NOT NULL,
    started_at BIGINT NOT NULL,            -- by the node's clock
    seen_at    BIGINT NOT NULL,            -- by the database's clock, in milliseconds
    applied    BIGINT NOT NULL             -- the newest entry of the feed that it has obeyed
);
