//! A command's end of the control socket.

use std::io;
use std::path::Path;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::UnixStream;

use super::Command;
use super::reply::{Refusal, Reply};
use super::socket::{MAX_LINE, Way, is_our_user};

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// There is no socket, or nobody behind it: nothing was done.
    #[error("no server listens on the control socket")]
    NobodyListens,
    /// The socket is another user's: nothing was sent.
    #[error("the control socket belongs to another user")]
    AnotherUser,
    /// The connection ended after the command was sent.
    #[error("the server ended before it answered; look whether it was done")]
    Broken,
    /// The other end is not a server of this version.
    #[error("the server's answer cannot be read; it is of another version: restart it, and look whether it was done")]
    Unreadable,
    /// Anything else.
    #[error("the control socket failed: {0}; look whether it was done")]
    Io(#[from] io::Error),
}

/// Sends a command to the server that has this folder, and waits for what it says.
///
/// # Errors
/// [`SendError`]. Only with [`SendError::NobodyListens`] and [`SendError::AnotherUser`] is it sure that nothing was
/// done.
pub async fn send(data_dir: &Path, command: &Command) -> Result<Result<Reply, Refusal>, SendError> {
    let mut stream = connect(data_dir).await?;
    let mut line = serde_json::to_vec(command).map_err(io::Error::from)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut reply = Vec::new();
    stream.take(MAX_LINE as u64).read_to_end(&mut reply).await?;
    if reply.last() != Some(&b'\n') {
        return Err(SendError::Broken);
    }
    // serde's message would repeat what it read, and that may hold a secret.
    serde_json::from_slice(&reply).map_err(|_| SendError::Unreadable)
}

async fn connect(data_dir: &Path) -> Result<UnixStream, SendError> {
    let way = Way::into(data_dir)?;
    match UnixStream::connect(way.path()).await {
        Ok(stream) if is_our_user(&stream)? => Ok(stream),
        Ok(_) => Err(SendError::AnotherUser),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Err(SendError::NobodyListens)
        }
        Err(error) => Err(error.into()),
    }
}
