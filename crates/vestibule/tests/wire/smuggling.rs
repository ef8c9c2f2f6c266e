//! Request smuggling on our own listener: what two programs could read differently is refused, and nothing behind it
//! is read as a request.

use crate::house::House;

const REFUSED: &str = "HTTP/1.1 400 Bad Request\nContent-Length: 0\nCache-Control: no-store\nConnection: close\n\n";
const BEHIND: &str = "GET /resolve HTTP/1.1\r\nHost: smuggled\r\n\r\n";

/// Each of these lines, in a request of this version, is refused, and what stands behind the head is not answered.
async fn refused(version: &str, lines: &[&str]) {
    let house = House::open().await;
    for line in lines {
        let request = format!("GET /resolve HTTP/{version}\r\nHost: any\r\n{line}\r\nX: y\r\n\r\n{BEHIND}");
        assert_eq!(house.last_words(&request).await, REFUSED, "{line:?}");
    }
}

#[tokio::test]
async fn cl_te_is_refused() {
    let both = [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Content-Length: 0\r\nTransfer-Encoding: chunked",
    ];
    refused("1.1", &both).await;
    refused("1.0", &both).await;
}

#[tokio::test]
async fn two_lengths_are_refused() {
    let lines =
        ["Content-Length: 5\r\nContent-Length: 5", "Content-Length: 0\r\ncontent-length: 6", "Content-Length: 5, 5"];
    refused("1.1", &lines).await;
    refused("1.0", &lines).await;
}

#[tokio::test]
async fn a_length_that_is_no_number_is_refused() {
    let lines = [
        "Content-Length:",
        "Content-Length: +5",
        "Content-Length: -1",
        "Content-Length: 0x5",
        "Content-Length: 5 5",
        "Content-Length: 5;",
        "Content-Length: 18446744073709551616",
        "Content-Length: 1e3",
    ];
    refused("1.1", &lines).await;
}

#[tokio::test]
async fn odd_transfer_codings_are_refused() {
    let lines = [
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: \"chunked\"",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding:",
        "Transfer-Encoding: \u{b}chunked",
    ];
    refused("1.1", &lines).await;
    refused("1.0", &["Transfer-Encoding: chunked"]).await;
}

#[tokio::test]
async fn obs_fold_and_blanks_before_a_colon_are_refused() {
    let lines = [
        "A: b\r\n c: d",
        "A: b\r\n\tContent-Length: 5",
        "Content-Length : 5",
        "Transfer-Encoding\t: chunked",
        " A: b",
        ": no name",
        "no colon",
        "A B: c",
        "\u{e9}: c",
    ];
    refused("1.1", &lines).await;
}

#[tokio::test]
async fn bare_cr_and_nul_are_refused() {
    refused("1.1", &["A: b\rContent-Length: 5", "A: b\r\rC: d", "A: \0", "A\0: b", "A: b\u{7f}", "A: \u{1}"]).await;
}

#[tokio::test]
async fn a_bare_lf_never_makes_two_readings() {
    refused("1.1", &["A: b\nContent-Length: 5", "A: b\n\r\nGET /resolve HTTP/1.1"]).await;
    let house = House::open().await;
    for whole in [
        "GET /resolve HTTP/1.1\nHost: any\n\n",
        "GET /resolve HTTP/1.1\r\nHost: any\n\r\n",
        "GET /resolve HTTP/1.1\r\nHost: any\r\n\n",
        "\nGET /resolve HTTP/1.1\r\nHost: any\r\n\r\n",
        "GET /resolve HTTP/1.1\nHost: any\r\n\r\n",
    ] {
        assert_eq!(house.last_words(format!("{whole}{BEHIND}")).await, REFUSED, "{whole:?}");
    }
}

#[tokio::test]
async fn one_host_line_and_no_more() {
    refused("1.1", &["Host: other", "host:"]).await;
    refused("1.0", &["Host: other"]).await;
    let house = House::open().await;
    assert_eq!(house.last_words("GET /resolve HTTP/1.1\r\nX: y\r\n\r\n").await, REFUSED);
}

#[tokio::test]
async fn a_request_line_has_one_form() {
    let house = House::open().await;
    for line in [
        "GET  /resolve HTTP/1.1",
        "GET /resolve  HTTP/1.1",
        "GET\t/resolve HTTP/1.1",
        "GET /res olve HTTP/1.1",
        "GET /resolve HTTP/1.1 ",
        "GET /resolve http/1.1",
        "GET /resolve HTTP/1.10",
        "GET /resolve HTTP/11",
        "GET /resolve",
        " GET /resolve HTTP/1.1",
        "GE(T /resolve HTTP/1.1",
        "GET  HTTP/1.1",
    ] {
        assert_eq!(house.last_words(format!("{line}\r\nHost: any\r\n\r\n{BEHIND}")).await, REFUSED, "{line:?}");
    }
    for version in ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/3.0"] {
        let answer = house.last_words(format!("GET /resolve {version}\r\nHost: any\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 505 HTTP Version Not Supported\n"), "{version} {answer}");
    }
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    assert!(house.last_words(preface).await.starts_with("HTTP/1.1 505 "));
    // A target in another encoding than UTF-8 has no reading.
    assert_eq!(house.last_words(b"GET /resolve?\xff HTTP/1.1\r\nHost: any\r\n\r\n").await, REFUSED);
}

#[tokio::test]
async fn what_was_asked_before_a_refusal_is_answered() {
    let house = House::open().await;
    let answers = house.last_words(format!("{BEHIND}GET /resolve HTTP/1.1\r\nHost : any\r\n\r\n{BEHIND}")).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 1);
    assert!(answers.ends_with(REFUSED), "{answers}");
}
