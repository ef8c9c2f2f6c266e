//! How many instructions a resolve takes, from a request's bytes to its answer's, by how it comes out.
//!
//! Counted by valgrind's callgrind, so that a busy machine changes nothing: the same program, compiled by the same
//! compiler, counts the same to a few instructions. `make test` runs this and fails when a number here is exceeded by
//! more than 5 %; a change that needs more, or does with less, changes the number and says why.
//!
//! What is not counted: the system calls, the event loop, the clock. And valgrind does not know the processor's own
//! instructions for SHA-256, so that each secret costs some 2,000 instructions more here than in life, and a JWT of 600
//! bytes nine times that.

#![expect(missing_docs, reason = "what the macros make of a benchmark has none")]

mod house;

use std::hint::black_box;

use gungraun::prelude::*;
use gungraun::{Callgrind, EventKind};
use house::Ready;

/// What each took when it was last looked at, compiled by Rust 1.95 for x86-64.
mod numbers {
    pub(super) const LIVE_COOKIE: u64 = 5_795;
    pub(super) const LIVE_COOKIE_WITH_ASSERTION: u64 = 7_000;
    pub(super) const LIVE_TOKEN: u64 = 5_875;
    pub(super) const LIVE_JWT: u64 = 23_561;
    pub(super) const NOBODY: u64 = 2_572;
    pub(super) const FORGED: u64 = 11_891;
    pub(super) const EXPIRED: u64 = 5_319;
    pub(super) const TOKEN_SHAPED_BEARER: u64 = 4_230;
    pub(super) const FORTY_OTHER_COOKIES: u64 = 12_553;
    pub(super) const EIGHT_KIB_OF_OTHER_HEADERS: u64 = 30_893;
    pub(super) const CHECK_WITH_TEN_RULES: u64 = 14_720;
    /// Within 15 % of the one above, or look-ups have become slower with the number of rules.
    pub(super) const CHECK_WITH_TEN_THOUSAND_RULES: u64 = 14_720;
}

/// May be exceeded by 5 %.
fn at_most(number: u64) -> LibraryBenchmarkConfig {
    LibraryBenchmarkConfig::default()
        .tool(Callgrind::default().hard_limits([(EventKind::Ir, number + number / 20)]))
        .clone()
}

#[library_benchmark]
#[bench::live_cookie(args = (Ready::live_cookie()), config = at_most(numbers::LIVE_COOKIE))]
#[bench::live_cookie_with_assertion(
    args = (Ready::live_cookie_with_assertion()),
    config = at_most(numbers::LIVE_COOKIE_WITH_ASSERTION)
)]
#[bench::live_token(args = (Ready::live_token()), config = at_most(numbers::LIVE_TOKEN))]
#[bench::live_jwt(args = (Ready::live_jwt()), config = at_most(numbers::LIVE_JWT))]
#[bench::nobody(args = (Ready::nobody()), config = at_most(numbers::NOBODY))]
#[bench::forged(args = (Ready::forged()), config = at_most(numbers::FORGED))]
#[bench::expired(args = (Ready::expired()), config = at_most(numbers::EXPIRED))]
#[bench::token_shaped_bearer(args = (Ready::token_shaped_bearer()), config = at_most(numbers::TOKEN_SHAPED_BEARER))]
#[bench::forty_other_cookies(args = (Ready::forty_other_cookies()), config = at_most(numbers::FORTY_OTHER_COOKIES))]
#[bench::eight_kib_of_other_headers(
    args = (Ready::eight_kib_of_other_headers()),
    config = at_most(numbers::EIGHT_KIB_OF_OTHER_HEADERS)
)]
#[bench::check_with_ten_rules(args = (Ready::may_pass(10)), config = at_most(numbers::CHECK_WITH_TEN_RULES))]
#[bench::check_with_ten_thousand_rules(
    args = (Ready::may_pass(10_000)),
    config = at_most(numbers::CHECK_WITH_TEN_THOUSAND_RULES)
)]
fn resolve(mut ready: Ready) -> Ready {
    black_box(&mut ready).exchange();
    // Returned, so that what takes it down is not counted.
    ready
}

library_benchmark_group!(name = resolves, benchmarks = resolve);
main!(library_benchmark_groups = resolves);
