//! The store against somebody else's S3 server, which lets in nobody without a good signature
//! (`tests/python/s3_server.py`).

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hallway_protocol::FileId;
use hyper::Method;

use super::object::AHEAD;
use super::*;
use crate::auth::sha256;
use crate::outbound::{Ask, By, Url};

/// Somebody else's S3 server. It ends with this.
pub(crate) struct Moto {
    child: Child,
    pub section: S3Section,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Moto {
    /// None where it is not installed; says loudly so.
    pub async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("HALLWAY_MOTO") else {
            eprintln!("SKIPPED: HALLWAY_MOTO is not set (./dev test sets it)");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/s3_server.py");
        let child = Command::new(Path::new(&program).with_file_name("python3"))
            .arg(script)
            .args([&port.to_string(), "hallway"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let section = S3Section {
            endpoint: format!("http://127.0.0.1:{port}"),
            bucket: "hallway".into(),
            access_key: "testing".into(),
            secret_key: "testing".into(),
            prefix: "files/".into(),
            ..S3Section::default()
        };
        let moto = Self { child, section };
        let deadline = Instant::now() + Duration::from_secs(60);
        while let Err(error) = moto.store().check().await {
            assert!(Instant::now() < deadline, "the S3 server does not start: {error}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(moto)
    }

    pub fn store(&self) -> S3 {
        S3::new(&self.section, Outbound::new(None).unwrap()).unwrap()
    }
}

/// Brings a part by a link, as a client does; the status of the answer.
pub(crate) async fn put(link: &str, body: &[u8]) -> u16 {
    let ask = Ask {
        method: Method::PUT,
        url: Url::parse(link).unwrap(),
        by: By::Deployer,
        headers: Vec::new(),
        body: Bytes::copy_from_slice(body),
        most: 64 * 1024,
        cuts: true,
        media: &[],
        within: Duration::from_secs(60),
    };
    Outbound::new(None).unwrap().ask(ask).await.unwrap().status.as_u16()
}

/// A link takes one part of one object, of one length, from nobody who changes it.
#[tokio::test]
async fn a_link_is_good_for_one_part_of_one_object() {
    let Some(moto) = Moto::start().await else { return };
    let incoming = moto.store().incoming();
    let (id, other) = (FileId::new([1; 16]), FileId::new([2; 16]));
    let attempt = incoming.begin(id).await.unwrap();
    let part = incoming.arrived(id, &attempt, 5).await.unwrap().unwrap().missing[0];
    let link = incoming.link(id, &attempt, part);
    for (from, to) in [
        (id.to_string(), other.to_string()),
        ("partNumber=1".to_owned(), "partNumber=2".to_owned()),
        (attempt.clone(), incoming.begin(other).await.unwrap()),
        ("X-Amz-Expires=900".to_owned(), "X-Amz-Expires=9000".to_owned()),
        ("content-length%3Bhost".to_owned(), "host".to_owned()),
    ] {
        assert!(link.contains(&from), "{link}");
        assert_eq!(put(&link.replace(&from, &to), b"hello").await, 403, "{from}");
    }
    for body in [&b"hell"[..], b"hello!", b""] {
        assert_eq!(put(&link, body).await, 403, "{} bytes", body.len());
    }
    assert_eq!(incoming.arrived(id, &attempt, 5).await.unwrap().unwrap().bytes, 0);
    assert_eq!(put(&link, b"hello").await, 200);
    let arrived = incoming.arrived(id, &attempt, 5).await.unwrap().unwrap();
    assert_eq!((arrived.bytes, arrived.missing.len()), (5, 0));
    incoming.assemble(id, &attempt, &arrived).await.unwrap();
    assert_ne!(put(&link, b"HELLO").await, 200, "it cannot be changed any more");
    assert_eq!(incoming.all().await.unwrap(), [id]);
    assert!(incoming.arrived(id, &attempt, 5).await.unwrap().is_none());

    let hash = sha256(b"hello");
    assert!(incoming.keep(id, hash).await.unwrap());
    assert!(!incoming.keep(id, hash).await.unwrap(), "it is there already");
    assert_eq!(moto.store().open(hash).await.unwrap().size(), 5);
    assert!(incoming.open(id).await.unwrap().is_none());

    let attempt = incoming.begin(other).await.unwrap();
    incoming.discard(other, &attempt).await.unwrap();
    incoming.discard(other, &attempt).await.unwrap();
    assert!(incoming.arrived(other, &attempt, 5).await.unwrap().is_none());
}

/// Contents of one and of several parts come back as they were, in pieces of any size, until they are removed.
#[tokio::test]
async fn what_is_kept_in_a_bucket_can_be_read_again_until_it_is_removed() {
    let Some(moto) = Moto::start().await else { return };
    let store = moto.store();
    store.check().await.unwrap();
    let other = S3Section { bucket: "elsewhere".into(), ..moto.section.clone() };
    assert!(S3::new(&other, Outbound::new(None).unwrap()).unwrap().check().await.is_err());
    let dir = tempfile::tempdir().unwrap();
    let large: Vec<u8> = (0..PART as usize * 2 + 5).map(|n| (n % 251) as u8).collect();
    for content in [&b"hello"[..], &large] {
        let hash = sha256(content);
        assert_eq!(store.open(hash).await.map(|_| ()).unwrap_err().kind(), io::ErrorKind::NotFound);
        for _ in 0..2 {
            let path = dir.path().join("new");
            std::fs::write(&path, content).unwrap();
            store.keep(path.clone(), hash).await.unwrap();
            assert!(!path.exists());
        }
        let open = store.open(hash).await.unwrap();
        assert_eq!(open.size(), content.len() as u64);
        for (offset, most) in [(0, 9), (1, 3), (AHEAD - 1, 7), (0, AHEAD * 3), (content.len() - 1, 5)] {
            let read = Arc::clone(&open).read_at(offset as u64, most).await.unwrap();
            let wanted = content.get(offset..).unwrap_or_default();
            assert!(wanted.starts_with(&read) && (read.is_empty() == wanted.is_empty()), "{offset} {most}");
        }
        let mut all = Vec::new();
        loop {
            let read = Arc::clone(&open).read_at(all.len() as u64, 256 * 1024).await.unwrap();
            if read.is_empty() {
                break;
            }
            all.extend_from_slice(&read);
        }
        assert!(all == content);
        store.remove(hash).await.unwrap();
        store.remove(hash).await.unwrap();
        assert!(store.open(hash).await.is_err());
    }
}
