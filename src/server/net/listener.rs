//! Accepts connections, encrypts them, hands them to HTTP, and stops in an orderly way.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tracing::{debug, warn};

use super::connections::Place;
use super::patient::Patient;
use super::{Backend, Node, http};

/// Time for a TLS handshake, and for the head of an HTTP request.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Most bytes of an HTTP head.
const HEAD_BYTES: usize = 16 * 1024;
/// Pause after the system had no place for another connection.
const NO_PLACE_PAUSE: Duration = Duration::from_millis(100);

/// Accepts until `stop` becomes true, then tells all connections and waits for them to end.
pub async fn run<B: Backend>(
    node: Arc<Node<B>>,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            // An error means that the one who could stop us is gone, which is a reason to stop too.
            _ = stop.wait_for(|stop| *stop) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let Some(place) = node.connections.place(node.settings.max_connections) else {
                    debug!("refused a connection: there are too many");
                    continue;
                };
                tokio::spawn(accept(Arc::clone(&node), stream, peer, tls.clone(), place));
            }
            Err(error) => {
                warn!(%error, "cannot accept a connection");
                tokio::time::sleep(NO_PLACE_PAUSE).await;
            }
        }
    }
    drop(listener);
    node.connections.stop();
    if tokio::time::timeout(node.settings.stop_within, node.connections.drained()).await.is_err() {
        warn!("some connections did not end in time");
    }
}

async fn accept<B: Backend>(
    node: Arc<Node<B>>,
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    place: Place,
) {
    // Frames are written when they are complete; waiting for more would only delay them.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    match tls {
        None => talk(node, stream, peer, place).await,
        Some(tls) => match tokio::time::timeout(HEAD_WITHIN, tls.accept(stream)).await {
            Ok(Ok(stream)) => talk(node, stream, peer, place).await,
            Ok(Err(error)) => {
                node.metrics.tls_failures.add_one();
                debug!(%error, "a TLS handshake failed");
            }
            Err(_) => node.metrics.tls_failures.add_one(),
        },
    }
}

async fn talk<B, S>(node: Arc<Node<B>>, stream: S, peer: SocketAddr, place: Place)
where
    B: Backend,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let place = Arc::new(place);
    let stream = Patient::new(stream, node.settings.silence);
    let service =
        service_fn(move |request| http::serve(Arc::clone(&node), peer.ip(), Arc::clone(&place), request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(HEAD_BYTES)
        .max_headers(64)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
    if let Err(error) = served {
        debug!(%error, "an HTTP connection broke");
    }
}
