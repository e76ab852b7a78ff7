//! What people write is readable in no file of the client and in no log, and the password in no file at all.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use hallway_client::protocol::conversation::Draft;
use hallway_client::protocol::link::InviteLink;
use hallway_client::protocol::session::{Credential, DeviceClass};
use hallway_client::{
    CacheKey, Client, Config, ConversationId, Event, LogLevel, MessageOptions, SendOptions, ServerAddress,
    UserId,
};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::process::{Program, program};
use zeroize::Zeroizing;

/// Nothing else contains these.
const WORDS: [&str; 4] = [
    "quetzalcoatlus-sent-7f3a",
    "quetzalcoatlus-unsent-91bc",
    "quetzalcoatlus-draft-44d0",
    "quetzalcoatlus-edit-e2e2",
];
const PASSWORD: &str = "correct-horse-battery-5d1e";
const WRONG_PASSWORD: &str = "wrong-horse-battery-5d1e";

const SOON: Duration = Duration::from_secs(30);

/// Everything that the SDK logs in this process, at its most talkative.
fn client_log() -> &'static Path {
    static LOG: OnceLock<PathBuf> = OnceLock::new();
    LOG.get_or_init(|| {
        Client::set_log_level(LogLevel::Everything);
        let path = std::env::temp_dir().join(format!("hallway-client-{}.log", std::process::id()));
        let file = fs::File::create(&path).expect("the temporary directory can be written to");
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(std::sync::Mutex::new(file));
        subscriber.init();
        path
    })
}

/// A server program with its own certificate, talkative, on a directory of its own.
fn start_server(dir: &Path) -> Outcome<(Program, InviteLink)> {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).doing("finding a port")?.port();
    let config = dir.join("server.toml");
    let text = format!(
        "[server]\nbind = \"127.0.0.1:{port}\"\ndata_dir = {:?}\n[log]\nlevel = \"trace\"\n",
        dir.join("server")
    );
    fs::write(&config, text).doing(config.display())?;
    let mut command = Command::new(program("hallway-server")?);
    command.arg("--config").arg(&config);
    let server = Program::start(&mut command, &dir.join("server.log"))?;
    let link = server.line("how the first person signs in", SOON, |line| {
        let start = line.find(InviteLink::PREFIX)?;
        line[start..].split_whitespace().next()?.parse().ok()
    })?;
    Ok((server, link))
}

fn client(dir: &Path, server: &ServerAddress, app_id: u32) -> Outcome<Client> {
    let config = Config {
        app_id,
        server: server.clone(),
        data_dir: dir.to_owned(),
        cache_key: CacheKey::Passphrase(Zeroizing::new("a passphrase of its own".to_owned())),
        device_class: DeviceClass::Desktop,
        client_version: "hallway-tests".into(),
        send_timeout: None,
    };
    Client::create(config).doing("making a client")
}

/// Files under `dir` that contain one of `words`.
fn found(dir: &Path, words: &[&str]) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    if dir.is_dir() {
        for entry in fs::read_dir(dir).doing(dir.display())? {
            found.extend(self::found(&entry.doing(dir.display())?.path(), words)?);
        }
    } else if dir.is_file() {
        let bytes = fs::read(dir).doing(dir.display())?;
        for word in words {
            // Also as Windows and some databases would write it.
            let wide: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            for form in [word.as_bytes(), &wide] {
                if bytes.windows(form.len()).any(|part| part == form) {
                    found.push(format!("{word} in {}", dir.display()));
                }
            }
        }
    }
    Ok(found)
}

fn nothing(dir: &Path, words: &[&str]) -> Outcome {
    let found = found(dir, words)?;
    if found.is_empty() { Ok(()) } else { Err(Failure::new(found.join("\n"))) }
}

/// SES-20: local copy, outbox, drafts and logs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_and_passwords_are_readable_nowhere() -> Outcome {
    let log = client_log();
    let dir = tempfile::Builder::new().prefix("hallway-secrets-").tempdir().doing("making a directory")?;
    let (server, link) = start_server(dir.path())?;
    let address = ServerAddress::from(link.clone());
    let ann: UserId = "ann".parse().doing("a user id")?;
    let info = Client::server_info(&address).await.doing("asking what the server is")?;
    Client::join(&address, &link.token, &ann, "Ann", PASSWORD).await.doing("joining")?;
    let data = dir.path().join("client");
    fs::create_dir_all(&data).doing(data.display())?;
    let first = client(&data, &address, info.app_id)?;
    let wrong = first.login(ann.clone(), Credential::Password(WRONG_PASSWORD.into())).await;
    assert!(wrong.is_err());
    drop(first);

    let one = client(&data, &address, info.app_id)?;
    let mut events = one.subscribe();
    one.login(ann.clone(), Credential::Password(PASSWORD.into())).await.doing("signing in")?;
    while !one.is_ready() {
        let event = tokio::time::timeout(SOON, events.recv()).await.doing("waiting for ready")?;
        assert!(!matches!(event.doing("events")?, Event::KickedOut(_)));
    }
    // Nobody else is there: a group of one is enough to write in.
    let group = hallway_client::protocol::method::CreateGroup {
        name: "alone".into(),
        request_id: "alone".into(),
        ..Default::default()
    };
    let group = one.create_group(group).await.doing("making a group")?.group.group_id;
    let place = ConversationId::Group(group);
    let sent = one.create_text_message(place.clone(), WORDS[0], MessageOptions::default()).doing("making")?;
    let sent = one.send_message(sent, SendOptions::default()).await.doing("sending")?;
    one.modify_message(&sent, WORDS[3], Vec::new()).await.doing("changing")?;
    let again =
        one.create_text_message(place.clone(), WORDS[0], MessageOptions::default()).doing("making")?;
    let again = one.send_message(again, SendOptions::default()).await.doing("sending")?;
    let draft = Draft {
        conversation_id: place.clone(),
        draft_text: WORDS[2].into(),
        reply_to: None,
        time_ms: one.get_server_time(),
    };
    one.set_conversation_draft(draft).await.doing("keeping a draft")?;
    server.stop(SOON)?;
    let unsent = one.create_text_message(place, WORDS[1], MessageOptions::default()).doing("making")?;
    one.enqueue_message(unsent, SendOptions::default()).await.doing("queueing")?;

    // While it is open, with its journals, and after it is closed.
    nothing(&data, &[&WORDS[..], &[PASSWORD, WRONG_PASSWORD]].concat())?;
    one.close().await.doing("ending")?;
    nothing(&data, &[&WORDS[..], &[PASSWORD, WRONG_PASSWORD]].concat())?;
    nothing(&dir.path().join("server.log"), &[&WORDS[..], &[PASSWORD, WRONG_PASSWORD]].concat())?;
    nothing(log, &[&WORDS[..], &[PASSWORD, WRONG_PASSWORD]].concat())?;
    nothing(&dir.path().join("server"), &[PASSWORD, WRONG_PASSWORD])?;

    // The search is able to find: the server keeps words as they are, and the logs are not empty.
    assert!(!found(&dir.path().join("server"), &WORDS[..1])?.is_empty());
    assert!(fs::metadata(log).doing("the log")?.len() > 0);
    // And it was all there: the same key opens the copy and shows it.
    let two = client(&data, &address, info.app_id)?;
    two.resume(ann).await.doing("opening the local copy")?;
    let kept = two.find_message(&again.id).await.doing("looking for the message")?;
    assert!(kept.is_some());
    two.close().await.doing("ending")?;
    fs::remove_file(log).doing("removing the log")
}
