//! Binding: what is refused, what is replaced, what mode and owner a socket file has, what is left behind.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{ListenAddress, Listener, Peer, Stream};

fn unix(path: &Path, options: &str) -> ListenAddress {
    ListenAddress::parse(&format!("unix:{}{options}", path.display())).expect("an address")
}

fn refused(address: &ListenAddress) -> String {
    Listener::bind("listen.public[0]", address).expect_err("refused").to_string()
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_key() {
    let first = Listener::bind("listen.public[0]", &ListenAddress::parse("127.0.0.1:0").unwrap()).unwrap();
    let taken = ListenAddress::parse(&first.tcp_address().unwrap().to_string()).unwrap();
    let message = refused(&taken);
    assert_eq!(
        message,
        format!("listen.public[0]: {taken} is in use by another program; stop that one or choose another port")
    );
    assert!(refused(&ListenAddress::parse("192.0.2.1:0").unwrap()).contains("not an address of this machine"));
}

#[tokio::test]
async fn a_socket_file_has_its_mode_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.sock");
    let listener = Listener::bind("listen.resolver[0]", &unix(&path, "?mode=0600")).unwrap();
    let file = fs::symlink_metadata(&path).unwrap();
    assert!(file.file_type().is_socket());
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary name is left");
    let mut client = tokio::net::UnixStream::connect(&path).await.unwrap();
    let accepted = listener.accept().await.unwrap();
    assert_eq!(accepted.peer(), Peer::Unix);
    let mut stream = accepted.stream().unwrap();
    stream.write_all(b"x").await.unwrap();
    assert_eq!(client.read_u8().await.unwrap(), b'x');
    drop(listener);
    assert!(!path.exists());
}

#[tokio::test]
async fn a_socket_is_never_taken_from_a_server_that_answers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.sock");
    let _first = Listener::bind("listen.resolver[0]", &unix(&path, "")).unwrap();
    assert!(refused(&unix(&path, "")).contains("answers there"));
    assert!(path.exists());
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_another_file_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "the standard library leaves it, as a crash would");
    let inode = fs::symlink_metadata(&path).unwrap().ino();
    let listener = Listener::bind("listen.resolver[0]", &unix(&path, "")).unwrap();
    let now = fs::symlink_metadata(&path).unwrap();
    assert_eq!(now.permissions().mode() & 0o777, 0o660);
    drop(listener);
    assert!(!path.exists() && inode > 0);
    fs::write(&path, "a letter").unwrap();
    assert!(refused(&unix(&path, "")).contains("is not a socket"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "a letter");
}

#[tokio::test]
async fn a_successor_s_socket_is_not_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.sock");
    let first = Listener::bind("listen.resolver[0]", &unix(&path, "")).unwrap();
    fs::remove_file(&path).unwrap();
    let _second = Listener::bind("listen.resolver[0]", &unix(&path, "")).unwrap();
    drop(first);
    assert!(path.exists());
}

#[tokio::test]
async fn what_cannot_be_is_said() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refused(&unix(&folder.path().join("missing/v.sock"), "")).contains("folder that does not exist"));
    assert!(refused(&unix(&folder.path().join("x".repeat(120)), "")).contains("too long"));
    let unknown = unix(&folder.path().join("v.sock"), "?group=no-such-group-here");
    assert!(refused(&unknown).contains("`no-such-group-here`, which does not exist"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

/// A connection of ours, and its client.
async fn pair() -> (Stream, tokio::net::UnixStream, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("v.sock");
    let listener = Listener::bind("listen.resolver[0]", &unix(&path, "")).unwrap();
    let (client, accepted) = tokio::join!(tokio::net::UnixStream::connect(&path), listener.accept());
    (accepted.unwrap().stream().unwrap(), client.unwrap(), folder)
}

#[tokio::test]
async fn a_stream_waits_for_bytes_and_knows_its_end() {
    let (mut stream, mut client, _folder) = pair().await;
    let mut buffer = [0; 8];
    for _ in 0..3 {
        let read = stream.read(&mut buffer);
        let (count, sent) = tokio::join!(read, async {
            tokio::task::yield_now().await;
            client.write_all(b"abc").await
        });
        sent.unwrap();
        assert_eq!((count.unwrap(), &buffer[..3]), (3, &b"abc"[..]));
    }
    client.write_all(b"last").await.unwrap();
    drop(client);
    assert_eq!(stream.read(&mut buffer).await.unwrap(), 4);
    assert_eq!(stream.read(&mut buffer).await.unwrap(), 0);
}

#[tokio::test]
async fn a_full_stream_waits_for_room() {
    const MUCH: usize = 4 << 20;
    let (mut stream, mut client, _folder) = pair().await;
    let writing = tokio::spawn(async move {
        for _ in 0..3 {
            stream.write_all(&vec![b'x'; MUCH]).await.unwrap();
        }
        stream.shutdown().await.unwrap();
        stream
    });
    let mut all = Vec::new();
    client.read_to_end(&mut all).await.unwrap();
    assert_eq!(all.len(), 3 * MUCH);
    client.write_all(b"y").await.unwrap();
    assert_eq!(writing.await.unwrap().read_u8().await.unwrap(), b'y', "the other way is open still");
}

#[tokio::test]
async fn whoever_waits_before_a_door_that_closes_is_let_in_and_nobody_behind_them() {
    let listener = Listener::bind("listen.public[0]", &ListenAddress::parse("127.0.0.1:0").unwrap()).unwrap();
    let address = listener.tcp_address().unwrap();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(tokio::net::TcpStream::connect(address).await.unwrap());
    }
    listener.closer().close();
    for _ in 0..3 {
        assert!(listener.accept().await.is_some());
    }
    assert!(listener.accept().await.is_none());
    drop(listener);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "refused, so that a proxy asks another node");
}
