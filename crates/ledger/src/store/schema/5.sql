-- What nodes that share a database count together: attempts that have a limit. Nobody writes it where the store is a file:
-- one node counts in memory.
CREATE TABLE attempts (
    key      TEXT PRIMARY KEY,             -- what is counted, as a tag: no address and no name can be read from it
    began_at BIGINT NOT NULL,              -- when its window began, by the database's clock, in milliseconds
    tries    BIGINT NOT NULL
);

CREATE INDEX attempts_by_time ON attempts (began_at);
