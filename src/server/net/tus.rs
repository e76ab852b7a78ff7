//! Uploads: tus 1.0 with the extensions creation, expiration, termination and checksum.
//!
//! A request shows its ticket (`file.ticket`) as a bearer token. `Upload-Metadata` may say `filename` and `kind`
//! (`image`, `audio`, `video`, `file`, which is the default). Refusals carry the spec's code as JSON beside the status.

use std::fmt::Display;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{Stream, stream};
use hallway_protocol::file::{FileId, FileKind};
use hallway_protocol::{ChatError, ErrorCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use ring::digest;

use super::UPLOADS;
use super::body::{Body, Page, bare};
use crate::service::file::{Checksum, Files, NewUpload, Refusal, State};

const VERSION: &str = "1.0.0";
const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");
/// What the protocol says for a sum that does not fit.
const CHECKSUM_MISMATCH: u16 = 460;

/// An answer that ends a request early.
type No = Box<Page>;

/// Whether a path belongs here.
pub(super) fn is_upload(path: &str) -> bool {
    path.strip_prefix(UPLOADS).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers a request of an upload. Bytes that do not come for `silence` end it.
pub(super) async fn serve(files: &Files, silence: Duration, request: Request<Incoming>) -> Page {
    let mut page = match answer(files, silence, request).await {
        Ok(page) => page,
        Err(no) => *no,
    };
    page.headers_mut().insert(RESUMABLE, HeaderValue::from_static(VERSION));
    page
}

async fn answer(files: &Files, silence: Duration, request: Request<Incoming>) -> Result<Page, No> {
    let headers = request.headers();
    let method = match headers.get(OVERRIDE) {
        Some(other) if request.method() == Method::POST => {
            Method::from_bytes(other.as_bytes()).map_err(|_| bad("no such method"))?
        }
        _ => request.method().clone(),
    };
    if method == Method::OPTIONS {
        return Ok(abilities(files));
    }
    if headers.get(RESUMABLE).is_none_or(|version| version != VERSION) {
        let mut page = bare(StatusCode::PRECONDITION_FAILED);
        page.headers_mut().insert("tus-version", HeaderValue::from_static(VERSION));
        return Err(Box::new(page));
    }
    let ticket = bearer(headers).ok_or_else(|| no(Refusal::NoPass))?.to_owned();
    let upload = request.uri().path().strip_prefix(UPLOADS).and_then(|rest| rest.strip_prefix('/'));
    match (method, upload) {
        (Method::POST, None | Some("")) => begin(files, &ticket, headers).await,
        (Method::HEAD | Method::PATCH | Method::DELETE, None | Some("")) | (_, None) => Err(not_so("POST")),
        (method, Some(upload)) => {
            let id: FileId = upload.parse().map_err(|_| no(Refusal::Unknown))?;
            match method {
                Method::HEAD => {
                    let state = files.look(&ticket, id).await.map_err(no)?;
                    Ok(described(StatusCode::OK, state))
                }
                Method::PATCH => append(files, &ticket, id, silence, request).await,
                Method::DELETE => {
                    files.terminate(&ticket, id).await.map_err(no)?;
                    Ok(bare(StatusCode::NO_CONTENT))
                }
                _ => Err(not_so("HEAD, PATCH, DELETE")),
            }
        }
    }
}

fn abilities(files: &Files) -> Page {
    let mut page = bare(StatusCode::NO_CONTENT);
    let headers = page.headers_mut();
    headers.insert("tus-version", HeaderValue::from_static(VERSION));
    headers.insert("tus-extension", HeaderValue::from_static("creation,expiration,termination,checksum"));
    headers.insert("tus-checksum-algorithm", HeaderValue::from_static("sha1,sha256"));
    headers.insert("tus-max-size", HeaderValue::from(files.largest()));
    page
}

async fn begin(files: &Files, ticket: &str, headers: &HeaderMap) -> Result<Page, No> {
    let size = number(headers, LENGTH)?.ok_or_else(|| bad("Upload-Length is missing"))?;
    let new = described_as(headers, size)?;
    let (id, state) = files.begin(ticket, new).await.map_err(no)?;
    let mut page = described(StatusCode::CREATED, state);
    put(&mut page, header::LOCATION, format_args!("{UPLOADS}/{id}"));
    Ok(page)
}

fn described_as(headers: &HeaderMap, size: u64) -> Result<NewUpload, No> {
    let mut new = NewUpload { size, kind: FileKind::default(), name: String::new() };
    let metadata = headers.get(METADATA).map_or(Ok(""), |value| value.to_str());
    let metadata = metadata.map_err(|_| bad("Upload-Metadata is not ASCII"))?;
    for pair in metadata.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let value = || {
            let bytes = STANDARD.decode(value).map_err(|_| bad("Upload-Metadata is not base64"))?;
            String::from_utf8(bytes).map_err(|_| bad("Upload-Metadata is not UTF-8"))
        };
        match key {
            "filename" => new.name = value()?,
            "kind" => new.kind = FileKind::parse(&value()?).ok_or_else(|| bad("no such kind"))?,
            // What somebody else's client says to somebody else's server.
            _ => {}
        }
    }
    Ok(new)
}

async fn append(
    files: &Files,
    ticket: &str,
    id: FileId,
    silence: Duration,
    request: Request<Incoming>,
) -> Result<Page, No> {
    let headers = request.headers();
    let content_type = headers.get(header::CONTENT_TYPE);
    if content_type.is_none_or(|kind| kind != "application/offset+octet-stream") {
        let text = "Content-Type is not application/offset+octet-stream";
        return Err(Box::new(coded(StatusCode::UNSUPPORTED_MEDIA_TYPE, &invalid(text))));
    }
    let offset = number(headers, OFFSET)?.ok_or_else(|| bad("Upload-Offset is missing"))?;
    let checksum = headers.get(CHECKSUM).map(read_checksum).transpose()?;
    let body = arriving(request.into_body(), silence);
    let state = files.append(ticket, id, offset, checksum, body).await.map_err(no)?;
    Ok(described(StatusCode::NO_CONTENT, state))
}

/// What arrives, until it ends, breaks off or is silent for too long.
fn arriving(body: Incoming, silence: Duration) -> impl Stream<Item = Result<Bytes, ()>> + Send + Unpin {
    Box::pin(stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        loop {
            return match tokio::time::timeout(silence, body.frame()).await {
                Ok(None) => None,
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(bytes) => Some((Ok(bytes), Some(body))),
                    // Trailers say nothing here.
                    Err(_) => continue,
                },
                Ok(Some(Err(_))) | Err(_) => Some((Err(()), None)),
            };
        }
    }))
}

fn read_checksum(value: &HeaderValue) -> Result<Checksum, No> {
    let wrong = || bad("Upload-Checksum is not `sha1` or `sha256` with a sum in base64");
    let (name, sum) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(wrong)?;
    let algorithm = match name {
        "sha1" => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        "sha256" => &digest::SHA256,
        _ => return Err(wrong()),
    };
    Ok(Checksum { algorithm, sum: STANDARD.decode(sum).map_err(|_| wrong())? })
}

/// The ticket of a request.
/// The ticket that a request shows.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

fn number(headers: &HeaderMap, name: HeaderName) -> Result<Option<u64>, No> {
    let Some(value) = headers.get(&name) else { return Ok(None) };
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(bad("a number is none")),
    }
}

fn described(status: StatusCode, state: State) -> Page {
    let mut page = bare(status);
    put(&mut page, OFFSET, state.offset);
    if status == StatusCode::OK {
        put(&mut page, LENGTH, state.size);
    }
    let expires = state.expires.and_then(|expires| u64::try_from(expires).ok());
    let expires =
        expires.and_then(|expires| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(expires)));
    if let Some(expires) = expires {
        put(&mut page, EXPIRES, httpdate::fmt_http_date(expires));
    }
    page
}

fn put(page: &mut Page, name: HeaderName, value: impl Display) {
    // Numbers, dates and ids are always good in a header.
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        page.headers_mut().insert(name, value);
    }
}

fn invalid(text: &str) -> ChatError {
    ChatError::new(ErrorCode::InvalidParameter).with_message(text)
}

fn bad(text: &str) -> No {
    Box::new(coded(StatusCode::BAD_REQUEST, &invalid(text)))
}

fn no(refused: Refusal) -> No {
    Box::new(refusal(refused))
}

fn not_so(allowed: &'static str) -> No {
    let mut page = coded(StatusCode::METHOD_NOT_ALLOWED, &invalid("not this method"));
    page.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allowed));
    Box::new(page)
}

/// A refusal with the spec's code in its body.
fn coded(status: StatusCode, error: &ChatError) -> Page {
    let mut page = bare(status);
    page.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *page.body_mut() = Body::Text(Some(serde_json::to_vec(error).unwrap_or_default().into()));
    page
}

/// What a refusal is in HTTP.
pub(super) fn refusal(refusal: Refusal) -> Page {
    let status = match &refusal {
        Refusal::NoPass => {
            let mut page = coded(StatusCode::UNAUTHORIZED, &refusal.error());
            page.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return page;
        }
        Refusal::Offset(offset) => {
            let offset = *offset;
            let mut page = coded(StatusCode::CONFLICT, &refusal.error());
            put(&mut page, OFFSET, offset);
            return page;
        }
        Refusal::Unknown => StatusCode::NOT_FOUND,
        Refusal::Checksum => StatusCode::from_u16(CHECKSUM_MISMATCH).unwrap_or(StatusCode::BAD_REQUEST),
        Refusal::Interrupted => StatusCode::CONFLICT,
        Refusal::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::Full => StatusCode::INSUFFICIENT_STORAGE,
        Refusal::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        Refusal::Rule(error) => status_of(error.code),
    };
    coded(status, &refusal.error())
}

fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::ImageTooLarge
        | ErrorCode::AudioTooLarge
        | ErrorCode::VideoTooLarge
        | ErrorCode::FileTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::ImageFormatUnsupported | ErrorCode::VideoFormatUnsupported => {
            StatusCode::UNSUPPORTED_MEDIA_TYPE
        }
        ErrorCode::RequestsTooFrequent => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::BAD_REQUEST,
    }
}
