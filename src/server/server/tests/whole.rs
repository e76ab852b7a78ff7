//! Starting, stopping and starting again; certificates.

use super::*;
use rustls::pki_types::{ServerName, UnixTime};
use std::sync::Mutex;
use tokio::net::TcpStream;

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused() {
    let live = Live::start().await;
    let error = Server::start(live.config.clone()).await.err().unwrap();
    assert!(matches!(error, StartError::Place(PlaceError::InUse { .. })), "{error}");
    let taken = Config {
        server: crate::config::Server {
            bind: live.handle.addr().to_string(),
            data_dir: live.config.server.data_dir.join("other"),
            ..live.config.server.clone()
        },
        ..live.config.clone()
    };
    let error = Server::start(taken).await.err().unwrap().to_string();
    assert!(error.starts_with("cannot listen on 127.0.0.1:"), "{error}");
}

#[tokio::test]
async fn sessions_and_accounts_survive_a_restart() {
    let live = Live::start().await;
    live.join("anna").await;
    let (mut anna, answer) = live.signed_in("anna", "one").await;
    let Live { handle, config, _dir, _rows } = live;
    let stopping = tokio::spawn(handle.stop());
    assert_eq!(anna.next().await["params"]["name"], "closing");
    assert_eq!(anna.close_code().await, 1001);
    drop(anna);
    stopping.await.unwrap();
    let handle = Server::start(config.clone()).await.unwrap();
    let live = Live { handle, config, _dir, _rows };
    assert!(live.handle.first_invite().await.unwrap().is_none());
    let (_, again) = live.signed_in_by("anna", "one", json!({"token": answer["token"]})).await;
    assert_eq!((&again["user_number"], &again["epoch"]), (&answer["user_number"], &answer["epoch"]));
}

#[tokio::test]
async fn dropping_the_handle_stops_the_server() {
    let live = Live::start().await;
    let mut raw = live.raw().await;
    let (config, _dir) = (live.config.clone(), live._dir);
    drop(live.handle);
    assert_eq!(raw.next().await["params"]["name"], "closing");
    drop((config, raw));
}

/// The own certificate's fingerprint is in the link, and is that of the certificate which the server shows.
#[tokio::test]
async fn the_invite_link_pins_the_certificate() {
    let live = Live::start_with(|config| config.tls.mode = TlsMode::Auto).await;
    let link: InviteLink = live.handle.first_invite().await.unwrap().unwrap().parse().unwrap();
    assert!(!link.plain);
    assert_eq!(link.pin.as_deref(), live.handle.fingerprint());
    let seen = Arc::new(Seen::default());
    let mut config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&seen) as _)
            .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = TcpStream::connect(live.handle.addr()).await.unwrap();
    let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    assert_eq!(seen.0.lock().unwrap().as_deref(), link.pin.as_deref());
    let mut raw = Raw::over(stream).await;
    assert!(raw.call(1, "account.join", join(&link.token, "anna")).await["result"].is_object());
    // Plain text on the encrypted port gets nowhere.
    let plain = TcpStream::connect(live.handle.addr()).await.unwrap();
    assert!(tokio_tungstenite::client_async("ws://x/ws", plain).await.is_err());
}

#[test]
fn plain_text_is_refused_beyond_loopback() {
    let mut config = Config::default();
    config.server.bind = "0.0.0.0:0".into();
    config.tls.mode = TlsMode::Off;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(Server::start(config)).err().unwrap();
    assert!(error.to_string().starts_with("tls.mode: `off`"), "{error}");
}

/// Accepts every certificate and notes its fingerprint.
#[derive(Debug, Default)]
struct Seen(Mutex<Option<String>>);

impl rustls::client::danger::ServerCertVerifier for Seen {
    fn verify_server_cert(
        &self,
        certificate: &rustls::pki_types::CertificateDer<'_>,
        _: &[rustls::pki_types::CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<rustls::client::danger::ServerCertVerified, rustls::Error> {
        *self.0.lock().unwrap() = Some(tls::fingerprint(certificate));
        Ok(rustls::client::danger::ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &rustls::pki_types::CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &rustls::pki_types::CertificateDer<'_>,
        signed: &rustls::DigitallySignedStruct,
    ) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<rustls::SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
