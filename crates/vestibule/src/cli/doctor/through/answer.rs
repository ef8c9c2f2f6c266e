//! What came back, read leniently: the doctor wants to know what a proxy does, not whether it does it well.

use std::io::{self, Read};

/// No answer that matters is longer.
const LONGEST: usize = 1024 * 1024;

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    /// The status of the last head: 100 is passed over.
    pub(super) status: u16,
    /// Names as they came, with their values.
    pub(super) headers: Vec<(String, String)>,
    /// The body, without its framing.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The first value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads one.
///
/// # Errors
/// When nothing came that is an answer.
pub(super) fn read(stream: &mut impl Read) -> io::Result<Answer> {
    let mut unread = Vec::new();
    loop {
        let length = head_length(stream, &mut unread)?;
        let head: Vec<u8> = unread.drain(..length).collect();
        let (status, headers) = parse(&head)?;
        let mut answer = Answer { status, headers, body: Vec::new() };
        if matches!(status, 100 | 102..=199) {
            continue;
        }
        if !matches!(status, 101 | 204 | 304) {
            answer.body = body(stream, unread, &answer)?;
        }
        return Ok(answer);
    }
}

fn head_length(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<usize> {
    loop {
        if let Some(at) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
            return Ok(at + 4);
        }
        if more(stream, unread)? == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the connection was closed without an answer"));
        }
    }
}

fn parse(head: &[u8]) -> io::Result<(u16, Vec<(String, String)>)> {
    let mut slots = [httparse::EMPTY_HEADER; 128];
    let mut read = httparse::Response::new(&mut slots);
    let whole = read.parse(head).map_err(|error| io::Error::other(format!("that is no HTTP answer: {error}")))?;
    let status = read.code.filter(|_| whole.is_complete()).ok_or_else(|| io::Error::other("that is no HTTP answer"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let headers = read.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect();
    Ok((status, headers))
}

fn body(stream: &mut impl Read, mut unread: Vec<u8>, answer: &Answer) -> io::Result<Vec<u8>> {
    let is_chunked =
        answer.header("transfer-encoding").is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    let announced = answer.header("content-length").and_then(|value| value.trim().parse::<usize>().ok());
    loop {
        if is_chunked {
            if let Some(whole) = unchunked(&unread) {
                return Ok(whole);
            }
        } else if let Some(length) = announced.filter(|length| unread.len() >= *length) {
            unread.truncate(length);
            return Ok(unread);
        }
        // Some close TLS without a word behind the last byte.
        match more(stream, &mut unread) {
            Ok(0) => return Ok(unread),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(unread),
            Err(error) => return Err(error),
        }
    }
}

fn more(stream: &mut impl Read, unread: &mut Vec<u8>) -> io::Result<usize> {
    if unread.len() > LONGEST {
        return Err(io::Error::other("the answer is too long"));
    }
    let mut buffer = [0; 8192];
    let length = stream.read(&mut buffer)?;
    unread.extend_from_slice(buffer.get(..length).unwrap_or_default());
    Ok(length)
}

/// The whole body, if the last chunk is there.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(rest.get(..end)?).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        let data = rest.get(end + 2..)?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(data.get(..size)?);
        rest = data.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn bodies_of_every_framing_are_read() {
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcx",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\r\n\r\nabc",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        ] {
            let answer = read(&mut text.as_bytes()).unwrap();
            assert_eq!((answer.status, answer.body), (200, b"abc".to_vec()), "{text}");
        }
        for text in ["", "HTTP/1.1 200 OK\r\n", "rubbish\r\n\r\n"] {
            assert!(read(&mut text.as_bytes()).is_err(), "{text}");
        }
    }
}
