//! Which rule decides.

use super::{asked, compile, policy, rule};
use crate::original::{Case, Line};
use crate::rules::{Rules, Ruling, Why};
use crate::time::Timestamp;

/// The rule that decides, or why none does.
fn decides(rules: &Rules, request: &str) -> Result<usize, Why> {
    let found = rules.find(&asked(rules, request));
    match (found.index(), found.judge(None, None, Timestamp::NEVER)) {
        (Some(index), _) => Ok(index),
        (None, Ruling::Refuse(why)) => Err(why),
        (None, ruling) => panic!("{ruling:?}"),
    }
}

#[track_caller]
fn check(rules: &Rules, expected: &[(&str, Result<usize, Why>)]) {
    for (request, expected) in expected {
        assert_eq!(decides(rules, request), *expected, "{request}");
    }
}

#[test]
fn the_first_that_fits_decides() {
    let rules = compile(&["GET /a/b", "/a/*", "POST /a/b/c anyone", "/a/** anyone", "DELETE"]);
    check(
        &rules,
        &[
            ("GET x.example/a/b", Ok(0)),
            ("HEAD x.example/a/b", Ok(0)),
            ("POST x.example/a/b", Ok(1)),
            ("POST x.example/a/b/c", Ok(2)),
            ("GET x.example/a/b/c", Ok(3)),
            ("GET x.example/a", Ok(3)),
            ("DELETE x.example/b", Ok(4)),
            ("GET x.example/b", Err(Why::NoRule)),
        ],
    );
}

#[test]
fn all_below_is_the_path_itself_and_its_slash_and_what_follows() {
    let rules = compile(&["/admin/**", "/one/*", "/exact", "/slash/"]);
    for fits in ["/admin", "/admin/", "/admin/a", "/admin/a/b/c/", "/one/a", "/exact", "/slash/"] {
        assert!(decides(&rules, &format!("GET x.example{fits}")).is_ok(), "{fits}");
    }
    for other in
        ["/", "/admins", "/administration/a", "/a/admin", "/one", "/one/", "/one/a/", "/one/a/b", "/exact/", "/slash"]
    {
        assert_eq!(decides(&rules, &format!("GET x.example{other}")), Err(Why::NoRule), "{other}");
    }
}

#[test]
fn the_query_is_no_path() {
    let rules = compile(&["/public anyone"]);
    assert_eq!(decides(&rules, "GET x.example/public?/admin"), Ok(0));
    assert_eq!(decides(&rules, "GET x.example/admin?/public"), Err(Why::NoRule));
}

#[test]
fn the_most_specific_host_decides_alone() {
    let rules = compile(&[
        "anyone",
        "*.example.com /b",
        "*.a.example.com /c",
        "a.example.com /d",
        "b.example.com *.example.com /e",
    ]);
    check(
        &rules,
        &[
            ("GET other.example/x", Ok(0)),
            ("GET example.com/x", Ok(0)),
            ("GET z.example.com/b", Ok(1)),
            ("GET y.z.example.com/e", Ok(4)),
            ("GET b.example.com/e", Ok(4)),
            ("GET b.example.com/b", Err(Why::NoRule)),
            ("GET x.a.example.com/c", Ok(2)),
            ("GET x.a.example.com/b", Err(Why::NoRule)),
            ("GET A.Example.com./d", Ok(3)),
            ("GET a.example.com:8443/d", Ok(3)),
            ("GET a.example.com/x", Err(Why::NoRule)),
        ],
    );
    assert!(rules.names_host("z.example.com") && !rules.names_host("example.com"));
}

/// Without a word on case: the application may be Express or IIS, which serve `/ADMIN` as `/admin`.
#[test]
fn a_path_that_differs_only_in_case_from_a_restricted_one_is_refused() {
    let rules = compile(&["/admin/**", "/Open/** anyone", "/** anyone"]);
    check(
        &rules,
        &[
            ("GET x.example/admin/a", Ok(0)),
            ("GET x.example/ADMIN/a", Err(Why::Case)),
            ("GET x.example/adm%49n", Err(Why::Case)),
            ("GET x.example/open/a", Ok(2)),
            ("GET x.example/Open/a", Ok(1)),
            ("GET x.example/OTHER", Ok(2)),
        ],
    );
    // Nobody is kept out by a rule that allows the same.
    let rules = compile(&["/a", "/**"]);
    check(&rules, &[("GET x.example/A", Ok(1)), ("GET x.example/a", Ok(0))]);
}

#[test]
fn letters_of_other_alphabets_have_cases_too() {
    let rules = compile(&["/b%C3%BCro/**", "/kasse", "/** anyone"]);
    check(
        &rules,
        &[
            ("GET x.example/b%c3%bcro/a", Ok(0)),
            ("GET x.example/B%C3%9Cro/a", Err(Why::Case)),
            ("GET x.example/%E2%84%AAasse", Err(Why::Case)),
        ],
    );
}

#[test]
fn case_can_be_said_for_a_host() {
    let policies = [policy("s.example", Case::Sensitive, &[]), policy("i.example", Case::Insensitive, &[])];
    let rules = ["s.example i.example /admin/**", "s.example i.example /** anyone"];
    let rules = Rules::compile(rules.map(rule).to_vec(), policies.into_iter().collect()).unwrap();
    check(
        &rules,
        &[
            ("GET s.example/admin", Ok(0)),
            ("GET s.example/ADMIN", Ok(1)),
            ("GET i.example/ADMIN", Ok(0)),
            ("GET i.example/other", Ok(1)),
        ],
    );
}

/// `[paths]` lets `%2f` and `;` through, and programs read them in two ways.
#[test]
fn a_relaxed_path_passes_only_if_one_rule_decides_all_its_readings() {
    let policies = [policy("x.example", Case::Unset, &[Line::EncodedSlash, Line::Semicolon])];
    let rules = ["x.example /admin/**", "x.example /public/** anyone", "x.example /** anyone"];
    let rules = Rules::compile(rules.map(rule).to_vec(), policies.into_iter().collect()).unwrap();
    check(
        &rules,
        &[
            ("GET x.example/public/a%2fb", Ok(1)),
            ("GET x.example/public/a;b", Ok(1)),
            ("GET x.example/admin%2fa", Err(Why::Readings)),
            ("GET x.example/admin;x/a", Err(Why::Readings)),
            ("GET x.example/ADMIN;x/a", Err(Why::Readings)),
            ("GET x.example/public%2fa", Err(Why::Readings)),
        ],
    );
}

#[test]
fn without_rules_any_user_passes_who_is_no_guest() {
    let rules = Rules::none();
    let found = rules.find(&asked(&rules, "GET x.example/a"));
    assert_eq!(found.judge(None, None, Timestamp::NEVER), Ruling::SignIn);
    assert!(found.rule().is_none());
}
