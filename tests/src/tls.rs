//! https: a certificate that signs itself, and a connection that trusts it and nothing else. openssl does both.

use std::fs;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A certificate and its key, as files.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The certificate.
    pub cert: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

impl Certificate {
    /// Makes one for these host names; `None` where there is no openssl.
    ///
    /// # Panics
    /// When openssl refuses.
    pub fn make(folder: &Path, names: &[&str]) -> Option<Self> {
        let (cert, key) = (folder.join("site certificate.pem"), folder.join("site.key"));
        let names: Vec<String> = names.iter().map(|name| format!("DNS:{name}")).collect();
        let mut openssl = Command::new("openssl");
        openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
        openssl.args(["-subj", "/CN=test", "-days", "2", "-addext", &format!("subjectAltName={}", names.join(","))]);
        openssl.arg("-keyout").arg(&key).arg("-out").arg(&cert);
        let said = openssl.output().ok()?;
        assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
        assert!(fs::metadata(&cert).is_ok() && fs::metadata(&key).is_ok());
        Some(Self { cert, key })
    }
}

/// The stream inside a TLS connection: `openssl s_client` with pipes.
pub(crate) struct Tls {
    client: Child,
    to: ChildStdin,
    from: ChildStdout,
}

impl Tls {
    /// Connects and asks for this host; fails unless the certificate is for it.
    pub(crate) fn connect(address: SocketAddr, host: &str, trusted: &Path) -> io::Result<Self> {
        let mut command = Command::new("openssl");
        command.args(["s_client", "-quiet", "-verify_return_error", "-verify_hostname", host, "-servername", host]);
        command.arg("-CAfile").arg(trusted).args(["-connect", &address.to_string()]);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut client = pipes.spawn()?;
        let gone = || io::Error::other("openssl has no pipes");
        let (to, from) = (client.stdin.take().ok_or_else(gone)?, client.stdout.take().ok_or_else(gone)?);
        Ok(Self { client, to, from })
    }
}

impl Read for Tls {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.from.read(buffer)
    }
}

impl Write for Tls {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        _ = self.client.kill();
        _ = self.client.wait();
    }
}
