//! Only a person's browser that asks for a page is sent to sign in.

use super::super::navigates;

fn asks(method: &str, headers: &[(&str, &str)]) -> bool {
    navigates(method.as_bytes(), headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())))
}

const CHROME: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

#[test]
fn a_browser_that_navigates_is_sent_to_sign_in() {
    for headers in [
        &[("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Accept", CHROME)][..],
        &[("sec-fetch-mode", "navigate")],
        &[("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")],
        &[("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "object")],
        &[("Sec-Fetch-Dest", "document")],
        &[("Accept", CHROME)],
        &[("Accept", "application/json, Text/HTML;q=0.1")],
        &[("Accept", "application/json"), ("Accept", "text/html")],
    ] {
        assert!(asks("GET", headers), "{headers:?}");
    }
}

#[test]
fn a_script_an_image_or_a_program_gets_401() {
    for headers in [
        &[][..],
        &[("Accept", "*/*")],
        &[("Accept", "application/json")],
        &[("Accept", "text/html;q=0, */*")],
        &[("Accept", "text/html; q=0.000")],
        &[("Accept", "text/htmlx, x-text/html, text/html2")],
        &[("Accept", CHROME), ("X-Requested-With", "XMLHttpRequest")],
        &[("Accept", CHROME), ("Sec-Fetch-Mode", "cors")],
        &[("Accept", CHROME), ("Sec-Fetch-Mode", "no-cors"), ("Sec-Fetch-Dest", "image")],
        &[("Accept", CHROME), ("Sec-Fetch-Mode", "same-origin"), ("Sec-Fetch-Dest", "empty")],
        &[("Accept", CHROME), ("Sec-Fetch-Dest", "image")],
        &[("Sec-Fetch-Mode", "websocket"), ("Upgrade", "websocket")],
        &[("Sec-Fetch-Mode", "navigate"), ("Upgrade", "websocket")],
        &[("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Mode", "cors")],
        &[("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Mode", "navigate")],
        &[("Sec-Fetch-Mode", "navigate, navigate")],
        &[("Sec_Fetch_Mode", "navigate")],
        &[("Accept", CHROME), ("Upgrade", "")],
    ] {
        assert!(!asks("GET", headers), "{headers:?}");
    }
    for method in ["POST", "HEAD", "OPTIONS", "get", ""] {
        assert!(!asks(method, &[("Sec-Fetch-Mode", "navigate"), ("Accept", CHROME)]), "{method}");
    }
}
