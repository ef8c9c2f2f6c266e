//! Real proxies before the built binary, each with exactly the configuration that `vestibule proxy-config` prints.
//! `scripts/test-proxies` installs them; one that is not there is skipped, and says so.

mod envoy;
