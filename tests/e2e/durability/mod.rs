//! What was acknowledged is true for ever: through `kill -9` under load, and on a full disk.

mod crash;
mod full_disk;
