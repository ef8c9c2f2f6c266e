//! Tests of the reading of request heads.
