//! How a client knows that a server is the right one: by the fingerprint of its certificate, or by the
//! authorities this computer trusts, which include a company's own.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::ClientConfig;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// SHA-256 of a certificate in DER form.
pub(super) type Fingerprint = [u8; 32];

/// Reads 64 hex digits.
pub(super) fn parse_pin(text: &str) -> Option<Fingerprint> {
    let mut pin = Fingerprint::default();
    if text.len() != 2 * pin.len() || !text.is_ascii() {
        return None;
    }
    for (byte, digits) in pin.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(pin)
}

/// 64 lower-case hex digits.
pub(super) fn hex(fingerprint: &Fingerprint) -> String {
    fingerprint.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    let digest = ring::digest::digest(&ring::digest::SHA256, certificate);
    let mut fingerprint = Fingerprint::default();
    fingerprint.copy_from_slice(digest.as_ref());
    fingerprint
}

/// The client's side of the encryption for one server; keeps tickets, so that coming back is cheap.
pub(super) struct Trust {
    /// For `tokio_rustls`.
    pub config: Arc<ClientConfig>,
    check: Arc<Check>,
}

impl Trust {
    /// Trusts the certificate with this fingerprint alone, or without one the authorities of this computer.
    pub fn new(pin: Option<Fingerprint>) -> Result<Self, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let rule = match pin {
            Some(pin) => Rule::Pin(pin),
            None => Rule::Authorities(Verifier::new(Arc::clone(&provider))?),
        };
        let check = Arc::new(Check { rule, provider: Arc::clone(&provider), refused: Mutex::default() });
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&check) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), check })
    }

    /// Fingerprint of the certificate that was refused last, so that a person can compare and accept it.
    pub fn refused(&self) -> Option<Fingerprint> {
        self.check.refused.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[derive(Debug)]
enum Rule {
    Pin(Fingerprint),
    Authorities(Verifier),
}

#[derive(Debug)]
struct Check {
    rule: Rule,
    provider: Arc<CryptoProvider>,
    refused: Mutex<Option<Fingerprint>>,
}

impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = fingerprint(end_entity);
        let result = match &self.rule {
            // A pinned certificate needs no name and no date: it is this one and no other.
            Rule::Pin(pin) if *pin == shown => Ok(ServerCertVerified::assertion()),
            Rule::Pin(_) => Err(CertificateError::ApplicationVerificationFailure.into()),
            Rule::Authorities(verifier) => {
                verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            }
        };
        if result.is_err() {
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        }
        result
    }

    // The signatures prove that the server holds the key of the certificate; without them a pin would prove
    // nothing, since certificates are public.

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
