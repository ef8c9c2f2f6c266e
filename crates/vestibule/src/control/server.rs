//! The running server's end of the control socket: one line of JSON in, one out, from our own user only.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::explain::explain;
use super::socket::{MAX_LINE, Way, is_our_user};
use super::{Command, Refusal, perform};
use crate::resolver::Resolver;

/// How long a command may take to say what it wants. It has it ready before it connects.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long the commands under way may take when the server ends.
const DRAIN: Duration = Duration::from_secs(5);
/// Commands at once; one more waits.
const AT_ONCE: usize = 16;

/// Serves commands until `stop` is true or gone, then lets those under way end. Returns after that: close the ledger
/// later.
///
/// # Errors
/// When the socket cannot be made.
pub async fn serve(resolver: Arc<Resolver>, data_dir: PathBuf, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    let way = Way::into(&data_dir)?;
    let listener = bind(&way)?;
    let mut commands = JoinSet::new();
    loop {
        tokio::select! {
            () = told(&mut stop) => break,
            Some(_) = commands.join_next(), if !commands.is_empty() => {}
            accepted = listener.accept(), if commands.len() < AT_ONCE => match accepted {
                Ok((stream, _)) => drop(commands.spawn(answer(Arc::clone(&resolver), stream))),
                Err(error) => {
                    tracing::error!(%error, "cannot accept a command; trying again");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    drop(listener);
    // A command that finds no socket waits for the folder's lock.
    let _ = std::fs::remove_file(way.path());
    let drained = tokio::time::timeout(DRAIN, async { while commands.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!("a command was cut off: it took too long to end");
    }
    Ok(())
}

/// Waits for `true`, or for nobody to be left who could say it.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

fn bind(way: &Way) -> io::Result<UnixListener> {
    let path = way.path();
    // Whoever left it there is gone: the folder's lock is ours.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&path)?;
    // Nobody else comes this far meanwhile: the folder has mode 0700.
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn answer(resolver: Arc<Resolver>, stream: UnixStream) {
    match is_our_user(&stream) {
        Ok(true) => {}
        Ok(false) | Err(_) => return tracing::warn!("another user's command was refused"),
    }
    if let Err(error) = exchange(&resolver, stream).await {
        tracing::warn!(%error, "a command went away");
    }
}

async fn exchange(resolver: &Resolver, mut stream: UnixStream) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut line = Vec::new();
    let mut read = BufReader::new(read.take(MAX_LINE as u64));
    tokio::time::timeout(PATIENCE, read.read_until(b'\n', &mut line)).await??;
    // serde's message would repeat what it read, and that may hold a password.
    let result = match serde_json::from_slice::<Command>(&line) {
        Ok(Command::Explain(question)) => explain(resolver, &question).await,
        Ok(command) => perform(resolver.ledger(), command).await,
        Err(_) => {
            Err(Refusal("the server does not know this command; it is of another version: restart it".to_owned()))
        }
    };
    let mut reply = serde_json::to_vec(&result)?;
    reply.push(b'\n');
    write.write_all(&reply).await
}
