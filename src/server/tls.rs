//! Encryption of connections: rustls with an own certificate or the deployer's.
//!
//! The own one is made on the first start and kept in the data directory. Nobody vouches for it; instead its
//! SHA-256 fingerprint is part of every invite link and the client pins it, which is as good as an authority
//! and needs none.

use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::auth::{hex, sha256};
use crate::config::{Tls, TlsMode};

/// File names in the data directory.
const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "certificate.key.pem";

/// Why the server cannot encrypt.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written, or holds something else.
    #[error("{file}: {reason}", file = file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Making the own certificate failed.
    #[error("making a certificate: {0}")]
    Make(#[from] rcgen::Error),
    /// Certificate and key do not go together, or are of a kind that is not supported.
    #[error("certificate and key: {0}")]
    Use(#[from] rustls::Error),
}

/// A certificate ready for use.
pub struct Identity {
    /// For accepting connections.
    pub config: Arc<ServerConfig>,
    /// SHA-256 of the certificate in DER form, 64 lower-case hex digits.
    pub fingerprint: String,
    /// The certificate is the server's own, so clients must pin its fingerprint.
    pub is_own: bool,
}

/// Loads the certificate that `tls` asks for, making an own one in `data_dir` if there is none yet.
/// `names`: host names and addresses to write into an own certificate. `None` when TLS is off.
pub fn identity(tls: &Tls, data_dir: &Path, names: &[String]) -> Result<Option<Identity>, TlsError> {
    let (certificate, key, is_own) = match tls.mode {
        TlsMode::Off => return Ok(None),
        TlsMode::Files => (tls.certificate.clone(), tls.key.clone(), false),
        TlsMode::Auto => {
            let (certificate, key) = (data_dir.join(CERTIFICATE), data_dir.join(KEY));
            if !certificate.exists() || !key.exists() {
                make(&certificate, &key, names)?;
            }
            (certificate, key, true)
        }
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&certificate)
        .and_then(Iterator::collect)
        .map_err(|error| TlsError::File { file: certificate.clone(), reason: error.to_string() })?;
    let fingerprint = chain.first().map(|leaf| fingerprint(leaf)).ok_or_else(|| TlsError::File {
        file: certificate.clone(),
        reason: "holds no certificate".to_owned(),
    })?;
    let key = PrivateKeyDer::from_pem_file(&key)
        .map_err(|error| TlsError::File { file: key.clone(), reason: error.to_string() })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Some(Identity { config: Arc::new(config), fingerprint, is_own }))
}

/// SHA-256 of a certificate in DER form, as invite links carry it.
pub fn fingerprint(certificate: &CertificateDer<'_>) -> String {
    hex(&sha256(certificate))
}

/// Makes a certificate that never has to be renewed: trust comes from the fingerprint, and a new certificate
/// would void every invite link and every client's pin.
fn make(certificate: &Path, key: &Path, names: &[String]) -> Result<(), TlsError> {
    let mut names: Vec<String> = names.to_vec();
    for always in ["localhost", "127.0.0.1", "::1"] {
        if !names.iter().any(|name| name == always) {
            names.push(always.to_owned());
        }
    }
    let mut params = rcgen::CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, "Hallway");
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2120, 1, 1);
    let pair = rcgen::KeyPair::generate()?;
    let made = params.self_signed(&pair)?;
    // The key first: a certificate without its key would be used for good.
    write(key, &pair.serialize_pem(), true)?;
    write(certificate, &made.pem(), false)
}

/// Writes whole or not at all; `private`: readable by the owner only.
fn write(file: &Path, text: &str, private: bool) -> Result<(), TlsError> {
    let failed = |error: std::io::Error| TlsError::File { file: file.to_owned(), reason: error.to_string() };
    let fresh = file.with_extension("new");
    let _ = std::fs::remove_file(&fresh);
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if private { 0o600 } else { 0o644 });
    let mut out = options.open(&fresh).map_err(failed)?;
    out.write_all(text.as_bytes()).and_then(|()| out.sync_all()).map_err(failed)?;
    std::fs::rename(&fresh, file).map_err(failed)
}

/// Host names and addresses of `host:port` texts, without ports and wildcards, for an own certificate.
pub fn names_of<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    addresses
        .into_iter()
        .filter_map(|address| address.rsplit_once(':'))
        .map(|(host, _)| host.trim_matches(['[', ']']).to_owned())
        .filter(|host| !host.is_empty() && !host.parse::<IpAddr>().is_ok_and(|ip| ip.is_unspecified()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auto() -> Tls {
        Tls::default()
    }

    #[test]
    fn the_own_certificate_is_made_once_and_its_key_is_private() {
        let dir = tempfile::tempdir().unwrap();
        let first = identity(&auto(), dir.path(), &["chat.example.org".into()]).unwrap().unwrap();
        assert!(first.is_own);
        assert_eq!(first.fingerprint.len(), 64);
        let again = identity(&auto(), dir.path(), &[]).unwrap().unwrap();
        assert_eq!(again.fingerprint, first.fingerprint);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(dir.path().join(KEY)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let pem = std::fs::read(dir.path().join(CERTIFICATE)).unwrap();
        let der = CertificateDer::from_pem_slice(&pem).unwrap();
        assert_eq!(fingerprint(&der), first.fingerprint);
    }

    #[test]
    fn given_files_are_used_and_missing_ones_named() {
        let dir = tempfile::tempdir().unwrap();
        let own = identity(&auto(), dir.path(), &[]).unwrap().unwrap();
        let files = Tls {
            mode: TlsMode::Files,
            certificate: dir.path().join(CERTIFICATE),
            key: dir.path().join(KEY),
        };
        let given = identity(&files, dir.path(), &[]).unwrap().unwrap();
        assert_eq!((given.fingerprint, given.is_own), (own.fingerprint, false));
        let missing = Tls { key: dir.path().join("none.pem"), ..files };
        let error = identity(&missing, dir.path(), &[]).err().unwrap().to_string();
        assert!(error.contains("none.pem"), "{error}");
        assert!(identity(&Tls { mode: TlsMode::Off, ..auto() }, dir.path(), &[]).unwrap().is_none());
    }

    #[test]
    fn names_come_from_addresses() {
        let names = names_of(["0.0.0.0:7290", "chat.example.org:443", "[2001:db8::1]:7290", "", "[::]:1"]);
        assert_eq!(names, ["chat.example.org", "2001:db8::1"]);
    }
}
