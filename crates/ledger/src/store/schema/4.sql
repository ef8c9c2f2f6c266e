-- Programs of several versions on one store, and a store that is being filled from another one.

-- The oldest schema whose programs can use the store as it is now; NULL in what was written before there was this column.
ALTER TABLE schema_version ADD COLUMN serves BIGINT;

-- The newest schema that the node's program knows: what is taken away waits until no node needs it.
ALTER TABLE nodes ADD COLUMN knows BIGINT NOT NULL DEFAULT 3;

-- A row while this store is the target of a copy that is not finished, with how far it is.
CREATE TABLE unfinished_copy (
    one        BIGINT PRIMARY KEY,
    source     TEXT   NOT NULL,            -- which installation: a hash of its key
    name       TEXT   NOT NULL,            -- where that is, for people
    schema     BIGINT NOT NULL,            -- of both
    began_at   BIGINT NOT NULL,
    at_table   TEXT   NOT NULL,            -- the table that is being copied, and its part
    at_part    BIGINT NOT NULL,
    after      TEXT   NOT NULL             -- the key of the last row that is here, a JSON list; empty before the first one
);
