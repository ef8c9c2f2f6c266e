//! https towards the set-up that is attacked: whose certificates are believed.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Whose certificates are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trust {
    /// Those that this machine believes.
    System,
    /// Those that this file's certificates have signed, or are.
    File(PathBuf),
    /// Anybody's.
    Anybody,
}

/// Where systems keep the certificates that they believe.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

impl Trust {
    /// A client that speaks HTTP/1.1 alone.
    pub(super) fn client(&self) -> anyhow::Result<ClientConfig> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder =
            ClientConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions()?;
        let mut config = match self {
            Self::System => {
                let bundle = BUNDLES.iter().map(Path::new).find(|file| file.exists());
                let bundle = bundle.ok_or_else(|| {
                    anyhow!("this machine has no list of certificates; install ca-certificates, or name one with --ca")
                })?;
                builder.with_root_certificates(roots(bundle)?).with_no_client_auth()
            }
            Self::File(file) => {
                let (certificates, roots) = (certificates(file)?, Arc::new(roots(file)?));
                let signed = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build()?;
                let verifier = Arc::new(Known { provider, only: Some((certificates, signed)) });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
            Self::Anybody => {
                let verifier = Arc::new(Known { provider, only: None });
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

fn certificates(file: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let read =
        CertificateDer::pem_file_iter(file).with_context(|| format!("--ca: {} cannot be read", file.display()))?;
    Ok(read.flatten().collect())
}

fn roots(file: &Path) -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(certificates(file)?);
    if added == 0 {
        bail!("--ca: {} has no certificate in it; name a PEM file", file.display());
    }
    Ok(roots)
}

/// Believes these certificates themselves and what they have signed; or, with `--insecure`, every one. Who listens in
/// then could only read what a session of the doctor's own is for.
struct Known {
    provider: Arc<CryptoProvider>,
    only: Option<(Vec<CertificateDer<'static>>, Arc<WebPkiServerVerifier>)>,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known")
    }
}

impl ServerCertVerifier for Known {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.only {
            // One that signs itself is nobody's but its own.
            Some((own, signed)) if !own.iter().any(|own| own == certificate) => {
                signed.verify_server_cert(certificate, chain, name, stapled, now)
            }
            _ => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
