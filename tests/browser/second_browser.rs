//! Two browsers of one person: what one ends, the other notices on its very next request.

use vestibule_tests::browser::Browser;

use super::{sign_in, site, told};

#[test]
fn a_session_is_revoked_from_a_second_browser() {
    let site = site();
    let (here, there) = (Browser::start(), Browser::start());
    sign_in(&here, &site);
    sign_in(&there, &site);
    assert!(told(&there, &site, "user-id").is_some());
    here.open(&site.vestibule.url("/settings/sessions"));
    assert_eq!(here.script("return document.querySelectorAll('.sessions li').length"), 2, "{}", here.text());
    assert_eq!(here.script("return document.querySelectorAll('.sessions .mark').length"), 1, "this device is marked");
    let name = here.text_of("form[action$='/settings/sessions/revoke'] button");
    assert!(name.contains("Chrom") && name.contains("Linux"), "the button does not name the device: {name}");
    here.submit("form[action$='/settings/sessions/revoke'] button");
    assert_eq!(told(&there, &site, "user-id"), None, "on the very next request");
    assert!(told(&here, &site, "user-id").is_some());
    there.open(&site.vestibule.url("/settings"));
    assert!(there.url().contains("/login"), "{}", there.url());
}

#[test]
fn everywhere_else_is_signed_out_by_one_button() {
    let site = site();
    let (here, there) = (Browser::start(), Browser::start());
    sign_in(&there, &site);
    sign_in(&here, &site);
    here.open(&site.vestibule.url("/settings/sessions"));
    here.submit("form[action$='/settings/sessions/revoke-others'] button");
    assert_eq!(told(&there, &site, "user-id"), None);
    assert!(told(&here, &site, "user-id").is_some());
}
