-- What nodes that share a database count together: attempts that have a limit. Nobody writes it where the store is a file:
-- one node counts in memory.
CREATE TABLE attempts (
    key      TEXT PRIMARY KEY,             -- what is counted, as a tag: no address and no name can be read from it
    began_at BIGINT NOT NULL,              -- when its window began, by the database's clock, in milliseconds
    tries    BIGINT NOT NULL
);

CREATE INDEX attempts_by_time ON attempts (began_at);

-- What goes with a session is found without reading the whole table.
CREATE INDEX one_time_of_session ON one_time (session_id);
CREATE INDEX authorization_codes_of_parent ON authorization_codes (parent_id);
