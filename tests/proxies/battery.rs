//! What every proxy runs through, as a test of its own each: `envoy_by_grpc::roles_decide_and_the_public_needs_nobody`.

/// A module of tests for each of these proxies.
macro_rules! battery {
    ($($name:ident: $proxy:expr,)+) => { $(
        mod $name {
            use crate::battery::tests;
            use crate::{doctor, faults, forging, passing, paths};

            tests! { $proxy;
                passing::a_person_signs_in_and_is_refused_on_the_next_request_once_that_is_revoked,
                passing::roles_decide_and_the_public_needs_nobody,
                passing::a_megabyte_passes_whole_and_not_at_all,
                passing::a_websocket_opens_for_who_may_pass,
                passing::the_application_gets_its_own_cookies_and_not_ours,
                passing::the_application_sets_its_own_cookies,
                forging::no_identity_header_of_a_client_arrives,
                forging::no_identity_header_arrives_with_another_method,
                forging::no_header_that_describes_another_request_counts,
                forging::a_host_is_one_and_a_credential_is_whole,
                forging::only_a_websocket_may_upgrade,
                paths::nobody_gets_past_the_public_part,
                faults::nobody_passes_while_nobody_can_be_asked,
                faults::nobody_passes_with_an_answer_that_is_none,
            }

            #[test]
            fn the_doctor_finds_nothing_from_outside() {
                let test = stringify!(the_doctor_finds_nothing_from_outside);
                if let Some((site, echo)) = $crate::site::Site::before_an_echo(&$proxy, test) {
                    doctor::it_finds_nothing(&site, echo);
                }
            }
        }
    )+ };
}

macro_rules! tests {
    ($proxy:expr; $($room:ident::$test:ident,)+) => { $(
        #[test]
        fn $test() {
            if let Some(site) = $crate::site::Site::open(&$proxy, stringify!($test)) {
                $room::$test(site);
            }
        }
    )+ };
}

pub(crate) use {battery, tests};
