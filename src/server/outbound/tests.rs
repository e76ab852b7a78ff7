//! A web that tests make up, and what the server does and does not fetch from it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A request as the made-up web hears it.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub method: String,
    pub path: String,
    /// Names in lower case.
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
}

/// What the made-up web answers.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Said {
    pub fn ok(media: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: 200, headers: vec![("content-type", media.to_owned())], body: body.into() }
    }

    pub fn json(body: &serde_json::Value) -> Self {
        Self::ok("application/json", body.to_string())
    }

    pub fn status(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub fn redirect(to: &str) -> Self {
        Self { status: 302, headers: vec![("location", to.to_owned())], body: Vec::new() }
    }
}

/// A web server on this computer that answers what a function says.
pub(crate) struct Web {
    pub address: SocketAddr,
    pub heard: Arc<Mutex<Vec<Heard>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Web {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Web {
    pub async fn start(answer: impl Fn(&Heard) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (heard, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let list = Arc::clone(&heard);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (list, answer) = (Arc::clone(&list), Arc::clone(&answer));
                tokio::spawn(async move {
                    while let Some(heard) = read(&mut stream).await {
                        list.lock().unwrap().push(heard.clone());
                        let said = answer(&heard);
                        let mut head = format!("HTTP/1.1 {} X\r\n", said.status);
                        for (name, value) in &said.headers {
                            head.push_str(&format!("{name}: {value}\r\n"));
                        }
                        head.push_str(&format!("content-length: {}\r\n\r\n", said.body.len()));
                        if stream.write_all(&[head.as_bytes(), &said.body].concat()).await.is_err() {
                            return;
                        }
                    }
                });
            }
        });
        Self { address, heard, task }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Heard> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, path) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Heard { method, path, headers, body })
}

/// Names and connections that a test makes up. Whatever address is dialled, the same web answers.
#[derive(Default)]
pub(crate) struct MadeUp {
    /// What a name resolves to, one list after the other; the last one stays.
    names: Mutex<HashMap<String, Vec<Vec<IpAddr>>>>,
    pub dialled: Mutex<Vec<SocketAddr>>,
    pub web: Option<SocketAddr>,
}

impl MadeUp {
    pub fn new(web: &Web) -> Self {
        Self { web: Some(web.address), ..Self::default() }
    }

    pub fn name(self, name: &str, answers: &[&[&str]]) -> Self {
        let answers =
            answers.iter().map(|list| list.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        self.names.lock().unwrap().insert(name.to_owned(), answers);
        self
    }
}

impl Network for MadeUp {
    fn resolve(&self, host: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let mut names = self.names.lock().unwrap();
        let found = names
            .get_mut(host)
            .map(|answers| if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() });
        Box::pin(async move { found.ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }

    fn dial(&self, to: SocketAddr) -> BoxFuture<'static, io::Result<TcpStream>> {
        self.dialled.lock().unwrap().push(to);
        let web = self.web.unwrap();
        Box::pin(TcpStream::connect(web))
    }
}

pub(crate) fn outbound(network: Arc<MadeUp>, proxy: Option<&str>) -> Outbound {
    Outbound::with(network, connection::system_trust().unwrap(), proxy.map(|it| it.parse().unwrap()))
}

fn by_person(url: &str) -> Result<Ask, OutboundError> {
    Ok(Ask {
        method: Method::GET,
        url: Url::parse(url)?,
        by: By::Person,
        headers: Vec::new(),
        body: Bytes::new(),
        most: 1000,
        cuts: false,
        media: &[],
        within: Duration::from_secs(20),
    })
}

async fn get(outbound: &Outbound, url: &str) -> Result<Reply, OutboundError> {
    outbound.ask(by_person(url)?).await
}

/// Addresses that nobody may make the server ask. None of them is ever dialled.
const DENIED: [&str; 48] = [
    // this computer and its networks
    "http://127.0.0.1/",
    "http://127.255.255.254/",
    "http://0.0.0.0/",
    "http://0.1.2.3/",
    "http://10.0.0.1/",
    "http://10.255.255.255/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://192.168.255.255/",
    "http://169.254.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.127.255.255/",
    "http://192.0.0.8/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://198.18.0.1/",
    "http://198.19.255.255/",
    "http://198.51.100.7/",
    "http://203.0.113.7/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    // the same in IPv6, and IPv4 inside of IPv6
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b:1::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[ff02::1]/",
    "http://[3fff::1]/",
    "http://[100::1]/",
    // names of such places
    "http://localhost/",
    "http://inside.example/",
    "http://mixed.example/",
    "http://mapped.example/",
    "http://INSIDE.example./",
];

/// Addresses that are none, or that programs read in different ways.
const NONE: [&str; 26] = [
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.0.1.1/",
    "http://010.8.8.8/",
    "http://1.2.3.256/",
    "http://example.org@127.0.0.1/",
    "http://user:secret@example.org/",
    "http://127.0.0.1\\@example.org/",
    "http://example.org\\.inside.example/",
    "http://[::1/",
    "http://[::1]x/",
    "http://[fe80::1%25eth0]/",
    "http://①②⑦.0.0.1/",
    "http://exa mple.org/",
    "http://example.org:0/",
    "http://example.org:+80/",
    "http://example.org:99999/",
    "http:///path",
    "file:///etc/passwd",
    "gopher://example.org/",
    "ftp://example.org/",
    "javascript:alert(1)",
    "//example.org/",
];

/// The rules for addresses that people send: only public ones, however they are written.
#[tokio::test]
async fn nobody_sends_the_server_into_its_own_networks() {
    let web = Web::start(|_| Said::ok("text/plain", "inside")).await;
    let network = Arc::new(
        MadeUp::new(&web)
            .name("localhost", &[&["127.0.0.1", "::1"]])
            .name("inside.example", &[&["10.1.2.3"]])
            .name("mixed.example", &[&["93.184.216.34", "192.168.1.1"]])
            .name("mapped.example", &[&["::ffff:192.168.1.1"]]),
    );
    let outbound = outbound(Arc::clone(&network), None);
    for url in DENIED {
        let error = get(&outbound, url).await.expect_err(url);
        assert!(matches!(error, OutboundError::Forbidden), "{url}: {error}");
    }
    for url in NONE {
        let error = get(&outbound, url).await.expect_err(url);
        assert!(matches!(error, OutboundError::Url(_)), "{url}: {error}");
    }
    for port in [1, 22, 25, 79, 81, 444, 3306, 6379, 8080, 65535] {
        let error = get(&outbound, &format!("http://93.184.216.34:{port}/")).await.unwrap_err();
        assert!(matches!(error, OutboundError::Port), "{port}: {error}");
    }
    assert!(network.dialled.lock().unwrap().is_empty() && web.heard().is_empty());
}

/// A name that points elsewhere a moment after it was checked: the connection goes to the checked address, and the next
/// request is checked anew.
#[tokio::test]
async fn the_checked_address_is_the_one_that_is_asked() {
    let web = Web::start(|_| Said::ok("text/plain", "page")).await;
    let turning: [&[&str]; 2] = [&["93.184.216.34"], &["127.0.0.1"]];
    let network = Arc::new(
        MadeUp::new(&web).name("turning.example", &turning).name("six.example", &[&["2606:2800:220:1::1"]]),
    );
    let outbound = outbound(Arc::clone(&network), None);
    let reply = get(&outbound, "http://turning.example/a").await.unwrap();
    assert_eq!((reply.status, &reply.body[..]), (StatusCode::OK, &b"page"[..]));
    let again = get(&outbound, "http://turning.example/a").await.unwrap_err();
    assert!(matches!(again, OutboundError::Forbidden));
    get(&outbound, "http://six.example:443/").await.unwrap();
    let dialled: Vec<SocketAddr> =
        ["93.184.216.34:80", "[2606:2800:220:1::1]:443"].iter().map(|it| it.parse().unwrap()).collect();
    assert_eq!(*network.dialled.lock().unwrap(), dialled);
    let heard = &web.heard()[0];
    assert_eq!(heard.headers["host"], "turning.example");
    assert!(!heard.headers.contains_key("cookie") && !heard.headers.contains_key("authorization"));
}

/// Redirects are followed three times, each checked; none leads inside, to another port or another protocol.
#[tokio::test]
async fn redirects_are_checked_like_addresses() {
    let web = Web::start(|heard| match heard.path.as_str() {
        "/1" => Said::redirect("/2"),
        "/2" => Said::redirect("//b.example/3"),
        "/3" => Said::redirect("http://a.example/end"),
        "/0" => Said::redirect("/1"),
        "/self" => Said::redirect("/self"),
        "/in" => Said::redirect("http://127.0.0.1/"),
        "/meta" => Said::redirect("http://169.254.169.254/latest"),
        "/name" => Said::redirect("http://inside.example/"),
        "/port" => Said::redirect("http://a.example:8080/"),
        "/file" => Said::redirect("file:///etc/passwd"),
        "/nowhere" => Said::status(302),
        _ => Said::ok("text/plain", "end"),
    })
    .await;
    let network = Arc::new(
        MadeUp::new(&web)
            .name("a.example", &[&["93.184.216.34"]])
            .name("b.example", &[&["93.184.216.35"]])
            .name("inside.example", &[&["10.0.0.1"]]),
    );
    let outbound = outbound(Arc::clone(&network), None);
    let reply = get(&outbound, "http://a.example/1").await.unwrap();
    assert_eq!((&reply.body[..], reply.url.to_string()), (&b"end"[..], "http://a.example/end".to_owned()));
    for (path, wanted) in [
        ("0", "Redirects"),
        ("self", "Redirects"),
        ("nowhere", "Redirects"),
        ("in", "Forbidden"),
        ("meta", "Forbidden"),
        ("name", "Forbidden"),
        ("port", "Port"),
        ("file", "Url"),
    ] {
        let error = get(&outbound, &format!("http://a.example/{path}")).await.unwrap_err();
        assert!(format!("{error:?}").starts_with(wanted), "{path}: {error:?}");
    }
    let public = |to: &SocketAddr| to.ip().to_string().starts_with("93.184.216.3");
    assert!(network.dialled.lock().unwrap().iter().all(public));
}

/// Bytes, types and time are bounded.
#[tokio::test]
async fn answers_are_bounded() {
    let web = Web::start(|heard| match heard.path.as_str() {
        "/long" => Said::ok("text/html; charset=utf-8", vec![b'x'; 1001]),
        "/just" => Said::ok("TEXT/HTML", vec![b'x'; 1000]),
        _ => Said::ok("application/zip", "x"),
    })
    .await;
    let network = Arc::new(MadeUp::new(&web).name("a.example", &[&["93.184.216.34"]]));
    let outbound = outbound(network, None);
    let ask = |path: &str, cuts| Ask {
        cuts,
        media: &["text/html"],
        ..by_person(&format!("http://a.example{path}")).unwrap()
    };
    assert!(matches!(outbound.ask(ask("/long", false)).await, Err(OutboundError::TooLong)));
    assert_eq!(outbound.ask(ask("/long", true)).await.unwrap().body.len(), 1000);
    assert_eq!(outbound.ask(ask("/just", false)).await.unwrap().body.len(), 1000);
    assert!(matches!(outbound.ask(ask("/zip", false)).await, Err(OutboundError::Media)));

    // One who says a byte now and then is not waited for longer than one who says nothing.
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let network = MadeUp { web: Some(slow.local_addr().unwrap()), ..MadeUp::default() };
    let outbound = super::tests::outbound(Arc::new(network), None);
    let drip = tokio::spawn(async move {
        let (mut stream, _) = slow.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let within = Duration::from_millis(300);
    let error =
        outbound.ask(Ask { within, ..by_person("http://93.184.216.34/").unwrap() }).await.unwrap_err();
    assert!(matches!(error, OutboundError::Time), "{error}");
    drip.await.unwrap();
}

/// Through a proxy, what a person named is asked for by its checked address, what the deployer named by its name; this
/// computer is reached without it.
#[tokio::test]
async fn the_proxy_is_told_the_checked_address() {
    let web = Web::start(|heard| match heard.method.as_str() {
        "CONNECT" if heard.path.ends_with(":81") => Said::status(403),
        "CONNECT" => Said::status(200),
        _ => Said::ok("text/plain", "page"),
    })
    .await;
    let network = Arc::new(
        MadeUp::new(&web)
            .name("proxy.example", &[&["10.0.0.9"]])
            .name("a.example", &[&["93.184.216.34"]])
            .name("inside.example", &[&["10.0.0.1"]]),
    );
    let outbound = outbound(Arc::clone(&network), Some("proxy.example:3128"));
    assert_eq!(&get(&outbound, "http://a.example/").await.unwrap().body[..], b"page");
    assert!(matches!(get(&outbound, "http://inside.example/").await, Err(OutboundError::Forbidden)));
    let deployer = |url: &str| Ask { by: By::Deployer, ..by_person("http://x.example").unwrap() }.at(url);
    outbound.ask(deployer("http://only-the-proxy-knows.example:5000/x")).await.unwrap();
    assert!(outbound.ask(deployer("http://a.example:81/")).await.is_err());
    outbound.ask(deployer("http://127.0.0.1:5000/near")).await.unwrap();
    let heard: Vec<String> = web.heard().iter().map(|it| format!("{} {}", it.method, it.path)).collect();
    assert_eq!(
        heard,
        [
            "CONNECT 93.184.216.34:80",
            "GET /",
            "CONNECT only-the-proxy-knows.example:5000",
            "GET /x",
            "CONNECT a.example:81",
            "GET /near"
        ]
    );
    let proxies = network.dialled.lock().unwrap().iter().filter(|to| to.port() == 3128).count();
    assert_eq!(proxies, 3);
}

impl Ask {
    fn at(mut self, url: &str) -> Self {
        self.url = Url::parse(url).unwrap();
        self
    }
}

/// What the deployer named may be anywhere, is asked over kept connections, and is not led elsewhere.
#[tokio::test]
async fn the_deployer_names_any_address() {
    let web = Web::start(|heard| match heard.path.as_str() {
        "/away" => Said::redirect("http://93.184.216.34/"),
        _ => Said::ok("text/plain", heard.body.clone()),
    })
    .await;
    let network = Arc::new(MadeUp::new(&web));
    let outbound = outbound(Arc::clone(&network), None);
    let ask = Ask { by: By::Deployer, method: Method::POST, ..by_person("http://x.example").unwrap() };
    for body in ["one", "two", "three"] {
        let ask = Ask { body: body.into(), ..ask.clone().at(&web.url("/echo")) };
        assert_eq!(outbound.ask(ask).await.unwrap().body, body);
    }
    assert_eq!(network.dialled.lock().unwrap().len(), 1);
    assert_eq!(outbound.ask(ask.at(&web.url("/away"))).await.unwrap().status, StatusCode::FOUND);
}

/// Only a certificate that is trusted, for just this name.
#[tokio::test]
async fn a_certificate_must_be_of_the_host() {
    let made = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let web = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut head = [0; 1024];
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        }
    });
    let network = || {
        let made_up = MadeUp { web: Some(web), ..MadeUp::default() };
        Arc::new(made_up.name("a.example", &[&["93.184.216.34"]]).name("b.example", &[&["93.184.216.34"]]))
    };
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    let trust = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let trusting = Outbound::with(network(), Arc::new(trust), None);
    assert_eq!(&get(&trusting, "https://a.example/").await.unwrap().body[..], b"ok");
    assert!(matches!(get(&trusting, "https://b.example/").await, Err(OutboundError::Io(_))));
    let others = super::tests::outbound(network(), None);
    assert!(matches!(get(&others, "https://a.example/").await, Err(OutboundError::Io(_))));
}
