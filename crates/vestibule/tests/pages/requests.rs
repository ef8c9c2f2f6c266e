//! What every page asks of a request: one reading of its address and of its form, and a clear answer where there is none.

use axum::body::Body;
use http::{Request, StatusCode, header};

use crate::house::{House, Page};

const FORM: &str = "application/x-www-form-urlencoded";

async fn post(house: &House, kind: &str, body: &str) -> Page {
    let request =
        Request::post("/auth/login").header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, kind);
    house.browser().send(request, body.to_owned()).await
}

fn is_a_page_that_says_what_to_do(page: &Page, status: StatusCode) {
    assert_eq!(page.status, status, "{}", page.body);
    assert!(page.body.contains("<h1>") && page.body.contains("Go to the start"), "{}", page.body);
    let headers = page.response.headers();
    assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().expect("ascii").contains("frame-ancestors 'none'"));
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn an_address_that_says_a_thing_twice_is_a_broken_link() {
    let house = House::new().await;
    for address in ["/auth/login?return_to=/a&return_to=/b", "/auth/login?return_to=/a&%72eturn_to=/b", "/auth/?x=%ff"]
    {
        is_a_page_that_says_what_to_do(&house.browser().get(address).await, StatusCode::BAD_REQUEST);
    }
    assert_eq!(house.browser().get("/auth/login?return_to=/a&utm=b").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_with_two_readings_is_refused() {
    let house = House::new().await;
    for body in ["email=a%40example.com&email=b%40example.com", "email=a%40example.com&password=%ff"] {
        is_a_page_that_says_what_to_do(&post(&house, FORM, body).await, StatusCode::BAD_REQUEST);
    }
    for kind in ["application/x-www-form-urlencodedx", "text/plain", "application/json; x-www-form-urlencoded", ""] {
        is_a_page_that_says_what_to_do(&post(&house, kind, "email=a").await, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let spoken = post(&house, "Application/X-WWW-Form-Urlencoded; charset=UTF-8", "email=a").await;
    assert_eq!(spoken.status, StatusCode::UNPROCESSABLE_ENTITY, "the form is read, and the address in it refused");
    is_a_page_that_says_what_to_do(&post(&house, FORM, &"a".repeat(70_000)).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn request_smuggling_a_body_without_a_length_is_refused_with_a_page() {
    let house = House::new().await;
    let request = Request::post("/auth/login").header("sec-fetch-site", "same-origin");
    let request = request.header(header::CONTENT_TYPE, FORM).header(header::TRANSFER_ENCODING, "chunked");
    let page = house.browser().send(request, String::new()).await;
    is_a_page_that_says_what_to_do(&page, StatusCode::BAD_REQUEST);
    assert_eq!(page.response.headers()[header::CONNECTION], "close");
}

#[tokio::test]
async fn a_refusal_is_named_as_in_the_log() {
    let house = House::new().await;
    let id = vestibule::log::RequestId::next();
    let ask = async |accept: &str| {
        let mut request = Request::get("/auth/nowhere").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        request.extensions_mut().insert(id);
        house.ask(request).await
    };
    let page = ask("text/html").await;
    assert!(page.body.contains(&format!("Reference for your administrator: {id}")), "{}", page.body);
    let json = ask("application/json").await;
    assert_eq!(json.body, format!("{{\"error\":\"Not Found\",\"request\":\"{id}\"}}"));
}

#[tokio::test]
async fn the_start_leads_to_the_default_and_never_to_itself() {
    for (public_url, default_url, expected) in [
        ("https://id.example.com/auth", "", "https://id.example.com/auth/settings"),
        ("https://id.example.com/auth", "/", "https://id.example.com/"),
        ("https://id.example.com/auth", "/auth", "/auth/settings"),
        ("https://id.example.com/auth", "https://id.example.com/auth/?a=b", "/auth/settings"),
        ("https://id.example.com", "/", "/settings"),
        ("https://id.example.com", "https://app.example.com/", "https://app.example.com/"),
    ] {
        let login = if default_url.is_empty() { String::new() } else { format!("default_url = \"{default_url}\"") };
        let (house, _) = House::with_ada_at(public_url, &login).await;
        let base = public_url.strip_prefix("https://id.example.com").unwrap();
        let mut browser = house.browser();
        browser.sign_in_at(base).await;
        assert_eq!(browser.get(&format!("{base}/")).await.location, expected, "{public_url} {default_url}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_their_version_only() {
    let house = House::new().await;
    let page = house.browser().get("/auth/login").await.body;
    for (opening, kind) in [
        ("rel=\"stylesheet\" href=\"", "text/css; charset=utf-8"),
        ("<script src=\"", "text/javascript; charset=utf-8"),
        ("type=\"image/svg+xml\" href=\"", "image/svg+xml"),
    ] {
        let address = page.split(opening).nth(1).unwrap().split('"').next().unwrap();
        let (path, version) = address.split_once("?v=").unwrap();
        assert_eq!(version.len(), 16, "{address}");
        for (asked, kept) in [
            (address.to_owned(), "public, max-age=31536000, immutable"),
            (format!("{path}?v=0"), "public, max-age=300"),
            (path.to_owned(), "public, max-age=300"),
        ] {
            let asset = house.browser().get(&asked).await;
            assert_eq!(asset.status, StatusCode::OK);
            assert_eq!(asset.response.headers()[header::CACHE_CONTROL], kept, "{asked}");
            assert_eq!(asset.response.headers()[header::CONTENT_TYPE], kind);
        }
    }
    assert_eq!(house.browser().get("/auth/assets/logo").await.status, StatusCode::NOT_FOUND);
}
