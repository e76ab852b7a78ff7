//! Connections over real sockets: who is trusted, who is refused, and what the app is told.

use std::net::SocketAddr;
use std::sync::Arc;

use hallway_protocol::{ChatError, ErrorCode};
use rustls::ServerConfig;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{ConnectError, Connector, TransportConfig, connect};
use crate::config::ServerAddress;

/// Shows a certificate whatever key goes with it.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

struct Made {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

fn make() -> Made {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    Made { certificate: made.cert.der().clone(), key }
}

fn pin(made: &Made) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, &made.certificate);
    digest.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

/// A server that upgrades one connection after the other.
async fn serve(certificate: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let shows = Shows(Arc::new(CertifiedKey::new(vec![certificate], any_supported_type(&key).unwrap())));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(shows));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(socket).await
                    && let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await
                {
                    while let Some(Ok(_)) = futures_util::StreamExt::next(&mut socket).await {}
                }
            });
        }
    });
    address
}

fn at(address: SocketAddr, pin: Option<String>) -> ServerAddress {
    ServerAddress { address: address.to_string(), pin, ..ServerAddress::default() }
}

async fn refused(server: &ServerAddress) -> ConnectError {
    connect(server, &TransportConfig::default()).await.expect_err("it must not be trusted")
}

#[tokio::test]
async fn the_pinned_certificate_is_trusted_and_no_other() {
    let (own, other) = (make(), make());
    let wanted = pin(&own);
    let address = serve(own.certificate.clone(), own.key.clone_key()).await;
    let connector = Connector::new(&at(address, Some(wanted.clone())), TransportConfig::default()).unwrap();
    for _ in 0..2 {
        let link = connector.connect().await.unwrap();
        assert!(link.rpc().is_open());
        link.close().await;
    }

    let error = refused(&at(address, Some(pin(&other)))).await;
    let shown = wanted.to_ascii_lowercase();
    assert_eq!(error, ConnectError::OtherCertificate { shown: shown.clone() });
    assert!(!error.is_passing());
    let error = ChatError::from(error);
    assert_eq!(error.code, ErrorCode::NetworkError);
    let data = error.data.unwrap();
    assert_eq!((&data["reason"], &data["certificate"]), (&"other_certificate".into(), &shown.into()));
}

/// SES-10: the proxy finds the server, whose name means nothing here, and sees encrypted bytes only.
#[tokio::test]
async fn a_proxy_leads_to_the_server() {
    let own = make();
    let far = serve(own.certificate.clone(), own.key.clone_key()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = listener.local_addr().unwrap();
    let asked = tokio::spawn(async move {
        let (mut near, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(near.read_u8().await.unwrap());
        }
        let mut server = TcpStream::connect(far).await.unwrap();
        near.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut near, &mut server).await;
        String::from_utf8(head).unwrap()
    });
    let through = |proxy: String| ServerAddress {
        address: "chat.example.invalid:7290".into(),
        pin: Some(pin(&own)),
        proxy_server: Some(proxy),
        ..ServerAddress::default()
    };
    let link = connect(&through(format!("http://{proxy}")), &TransportConfig::default()).await.unwrap();
    assert!(link.rpc().is_open());
    link.close().await;
    assert!(asked.await.unwrap().starts_with("CONNECT chat.example.invalid:7290 HTTP/1.1\r\n"));
    assert_eq!(refused(&through("socks5://proxy:1080".into())).await, ConnectError::ProxyAddress);
}

/// A certificate is public: who copies it without its key must not pass for the server.
#[tokio::test]
async fn the_pinned_certificate_without_its_key_is_refused() {
    let (own, thief) = (make(), make());
    let address = serve(own.certificate.clone(), thief.key).await;
    let error = refused(&at(address, Some(pin(&own)))).await;
    assert!(!matches!(error, ConnectError::OtherCertificate { .. }), "{error:?}");
}

#[tokio::test]
async fn without_a_pin_an_own_certificate_is_shown_to_the_person() {
    let own = make();
    let address = serve(own.certificate.clone(), own.key.clone_key()).await;
    match refused(&at(address, None)).await {
        ConnectError::Untrusted { shown, .. } => assert_eq!(shown, pin(&own).to_ascii_lowercase()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn plain_text_stays_on_this_computer() {
    for far in ["chat.example.org:7290", "10.0.0.1:7290", "[2001:db8::1]:7290"] {
        let server = ServerAddress { address: far.into(), plain: true, ..ServerAddress::default() };
        let error = Connector::new(&server, TransportConfig::default()).err().unwrap();
        assert_eq!((error.code(), error), (ErrorCode::InvalidParameter, ConnectError::Plain));
    }
    // A server that speaks plain text does not make a client do so that was told to encrypt.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        socket.write_all(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").await.unwrap();
        socket
    });
    let error = refused(&at(address, None)).await;
    assert!(matches!(error, ConnectError::NotHallway(_)), "{error:?}");
    server.await.unwrap();
}

#[tokio::test]
async fn what_is_not_there_and_what_is_something_else_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = |address: SocketAddr| ServerAddress {
        address: address.to_string(),
        plain: true,
        ..ServerAddress::default()
    };
    let server = tokio::spawn(async move {
        for status in ["404 Not Found", "503 Service Unavailable"] {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            tokio::io::AsyncReadExt::read(&mut socket, &mut request).await.unwrap();
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let error = refused(&plain(address)).await;
    assert!(matches!(error, ConnectError::NotHallway(_)), "{error:?}");
    assert!(!error.is_passing());
    let error = refused(&plain(address)).await;
    assert!(matches!(error, ConnectError::Unreachable(_)), "{error:?}");
    assert!(error.is_passing());
    server.await.unwrap();
    let error = refused(&plain(address)).await;
    assert!(matches!(error, ConnectError::Unreachable(_)), "{error:?}");
    let nowhere = ServerAddress { address: "nowhere.invalid:1".into(), ..ServerAddress::default() };
    let error = connect(&nowhere, &TransportConfig::default()).await.unwrap_err();
    assert!(matches!(error, ConnectError::NoNetwork(_) | ConnectError::Timeout), "{error:?}");
    for bad in ["nonsense", "host:0"] {
        let server = ServerAddress { address: bad.into(), ..ServerAddress::default() };
        assert_eq!(refused(&server).await, ConnectError::Address);
    }
    let server =
        ServerAddress { address: "host:1".into(), pin: Some("12".into()), ..ServerAddress::default() };
    assert_eq!(refused(&server).await, ConnectError::Address);
}
