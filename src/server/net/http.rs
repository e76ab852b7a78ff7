//! The pages that are not the WebSocket, and the way into it.
//!
//! `/ws` upgrades; `/healthz` says whether the server can work; `/metrics` has the figures, for this computer
//! or for who shows the token; `/files` and `/download/…` carry files (`tus`, `download`), `/stickers/…`
//! the pictures of stickers.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tracing::debug;

use super::allowance::Allowance;
use super::body::{Body, Page, page};
use super::connections::Place;
use super::{Backend, DOWNLOADS, Node, STICKERS, connection, download, sticker, tus};
use crate::auth::same;

/// Read buffer of an idle connection. The library's own default would be 128 KiB each.
const READ_BUFFER: usize = 2 * 1024;
/// Answers that are ready together are written together up to this size.
const WRITE_BUFFER: usize = 16 * 1024;
/// How long the database may take to answer a health check.
const HEALTH_WITHIN: Duration = Duration::from_secs(2);

/// Answers one request.
pub(super) async fn serve<B: Backend>(
    node: Arc<Node<B>>,
    peer: IpAddr,
    place: Arc<Place>,
    request: Request<Incoming>,
) -> Result<Page, Infallible> {
    let is_get = request.method() == Method::GET;
    let is_head = request.method() == Method::HEAD;
    Ok(match request.uri().path() {
        "/ws" if is_get => upgrade(node, peer, place, request),
        "/healthz" if is_get => health(&node).await,
        "/metrics" if is_get => metrics(&node, peer, request.headers()),
        path if tus::is_upload(path) => match node.backend.files() {
            Some(files) => tus::serve(files, node.settings.silence, request).await,
            None => page(StatusCode::NOT_FOUND, "nothing here\n"),
        },
        path if is_get || is_head => {
            let headers = request.headers();
            match (node.backend.files(), node.backend.stickers()) {
                (Some(files), _) if let Some(link) = path.strip_prefix(DOWNLOADS) => {
                    download::serve(files, request.method(), headers, link).await
                }
                (Some(files), Some(stickers)) if let Some(sha256) = path.strip_prefix(STICKERS) => {
                    sticker::serve(files, stickers, headers, sha256, is_head).await
                }
                _ => nowhere(path),
            }
        }
        path => nowhere(path),
    })
}

fn nowhere(path: &str) -> Page {
    match path {
        "/ws" | "/healthz" | "/metrics" => page(StatusCode::METHOD_NOT_ALLOWED, "only GET\n"),
        _ => page(StatusCode::NOT_FOUND, "nothing here\n"),
    }
}

async fn health<B: Backend>(node: &Node<B>) -> Page {
    match tokio::time::timeout(HEALTH_WITHIN, node.backend.health()).await {
        Ok(Ok(())) => page(StatusCode::OK, "ok\n"),
        Ok(Err(reason)) => {
            tracing::warn!(reason, "not healthy");
            page(StatusCode::SERVICE_UNAVAILABLE, "not ok\n")
        }
        Err(_) => page(StatusCode::SERVICE_UNAVAILABLE, "too slow\n"),
    }
}

fn metrics<B: Backend>(node: &Node<B>, peer: IpAddr, headers: &HeaderMap) -> Page {
    let token = node.settings.metrics_token.expose();
    let shown =
        headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    let may = !token.is_empty() && shown.is_some_and(|shown| same(shown, token.as_bytes()));
    // Who comes through a proxy on this computer is not on this computer.
    let is_forwarded = headers.contains_key(header::FORWARDED) || headers.contains_key("x-forwarded-for");
    if may || (peer.to_canonical().is_loopback() && !is_forwarded) {
        let mut figures = node.metrics.render();
        node.backend.write_figures(&mut figures);
        page(StatusCode::OK, figures)
    } else {
        page(StatusCode::FORBIDDEN, "not from here\n")
    }
}

/// Whether `name` lists `wanted` among its comma-separated words.
fn lists(headers: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case(wanted))
}

fn upgrade<B: Backend>(
    node: Arc<Node<B>>,
    peer: IpAddr,
    place: Arc<Place>,
    request: Request<Incoming>,
) -> Page {
    let headers = request.headers();
    let asks = lists(headers, header::CONNECTION, "upgrade") && lists(headers, header::UPGRADE, "websocket");
    let version = headers.get(header::SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    let accept = headers.get(header::SEC_WEBSOCKET_KEY).map(|key| derive_accept_key(key.as_bytes()));
    let Some(accept) = accept.filter(|_| asks && version).and_then(|key| HeaderValue::from_str(&key).ok())
    else {
        let mut page = page(StatusCode::UPGRADE_REQUIRED, "this is a WebSocket\n");
        page.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        return page;
    };
    tokio::spawn(async move {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(WRITE_BUFFER)
            .max_message_size(Some(node.settings.frame_bytes))
            .max_frame_size(Some(node.settings.frame_bytes));
        match hyper::upgrade::on(request).await {
            Ok(io) => {
                let io = Allowance::stranger(TokioIo::new(io));
                let socket = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
                connection::run(node, peer, socket).await;
                drop(place);
            }
            Err(error) => debug!(%error, "the upgrade failed"),
        }
    });
    let mut page = Response::new(Body::empty());
    *page.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = page.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    page
}
