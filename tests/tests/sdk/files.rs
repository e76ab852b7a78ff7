//! Files behind messages, from one device to another: in order, over lost connections, kills and restarts, never twice.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hallway_client::model::{Around, TimelineItem};
use hallway_client::protocol::FileId;
use hallway_client::protocol::message::Payload;
use hallway_client::{Event, FileSource, Message, MessageOptions, SaveTo, SendOptions, UploadPlugin, UserId};
use hallway_protocol::file::FileKind;
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::process::{Program, program};
use hallway_tests::support::{Device, Dice, Engine, TestServer};

use crate::support::*;

pub const MIB: u64 = 1024 * 1024;

/// A file of so many bytes that nothing can make shorter.
pub fn file(dir: &Path, name: &str, bytes: u64) -> Outcome<(PathBuf, Vec<u8>)> {
    static SEED: AtomicU64 = AtomicU64::new(1);
    let mut dice = Dice::new(SEED.fetch_add(1, Ordering::Relaxed));
    let mut content = Vec::new();
    while (content.len() as u64) < bytes {
        content.extend(dice.roll().to_le_bytes());
    }
    content.truncate(usize::try_from(bytes).doing("a size")?);
    let path = dir.join(name);
    std::fs::write(&path, &content).doing(path.display())?;
    Ok((path, content))
}

/// Puts a file in the outbox.
pub async fn queue_file(from: &Device, to: &str, path: &Path) -> Outcome<Message> {
    let message = from.client.create_file_message(with(to), path, MessageOptions::default()).await;
    let message = message.doing("making a message with a file")?;
    from.client.enqueue_message(message.clone(), SendOptions::default()).await.doing("queueing")?;
    Ok(message)
}

/// The file of a message.
pub fn file_of(message: &Message) -> Outcome<FileId> {
    match &message.payload {
        Payload::File(file) => file.uuid.parse().doing("a file id"),
        other => Err(Failure::new(format!("no file but {other:?}"))),
    }
}

/// Waits for the newest message of a conversation to be a file, and fetches it.
pub async fn arrived(device: &mut Device, peer: &str, count: usize) -> Outcome<(Message, Vec<u8>)> {
    let is_there = async |device: &Device| Ok(device.latest(&with(peer), 100).await?.len() >= count);
    until(device, "told of the file", is_there).await?;
    let messages = device.latest(&with(peer), 100).await?;
    let message = messages.into_iter().find(|it| matches!(it.payload, Payload::File(_))).doing("a file")?;
    let target = device.dir().join("fetched.bin");
    device
        .client
        .download_file(&message, file_of(&message)?, SaveTo::Path(target.clone()), |_, _| {})
        .await
        .doing("fetching the file")?;
    let bytes = std::fs::read(&target).doing(target.display())?;
    std::fs::remove_file(target).doing("removing it")?;
    Ok((message, bytes))
}

pub fn same(found: &[u8], wanted: &[u8]) -> Outcome {
    if found == wanted {
        Ok(())
    } else {
        Err(Failure::new(format!("{} bytes came, not the {} that were sent", found.len(), wanted.len())))
    }
}

/// OBJ-48, OBJ-64, MSG-18, MSG-27, MSG-37, SES-19: a file goes to the other one in its turn among the messages, with progress from
/// the first byte to the last.
async fn sent_in_turn(engine: Engine) -> Outcome {
    if !engine.is_there() {
        return Ok(());
    }
    let server = TestServer::start(engine, &["ann", "ben"]).await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let (path, content) = file(server.dir(), "计划 plan.bin", 3 * MIB + 7)?;
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    ann.client.on(hallway_client::EventName::UploadProgress, {
        let seen = seen.clone();
        move |event| {
            if let Event::UploadProgress { sent, total, .. } = event {
                seen.lock().expect("nobody panics").push((*sent, *total));
            }
        }
    });
    let queued = queue_file(&ann, "ben", &path).await?;
    say(&ann, "ben", "after it").await?;
    let (message, bytes) = arrived(&mut ben, "ann", 2).await?;
    same(&bytes, &content)?;
    assert_eq!((message.id, message.sequence), (queued.id.clone(), 1));
    let Payload::File(told) = &message.payload else { return Err(Failure::new("no file")) };
    assert_eq!((told.file_name.as_str(), told.file_size), ("计划 plan.bin", content.len() as u64));
    assert_eq!(told.file_url, format!("file/{}", told.uuid));
    until_shown(&mut ann, "ben", &["<file>", "after it"]).await?;
    let seen = seen.lock().expect("nobody panics").clone();
    let whole = content.len() as u64;
    assert_eq!((seen.first(), seen.last()), (Some(&(0, whole)), Some(&(whole, whole))));
    assert!(seen.is_sorted() && ann.client.upload_progress(&queued.id).is_none());

    // MSG-31: sent on without uploading it again.
    let before = ann.net.file_bytes();
    let mut forward = text_for(&ann, "ben", "x")?;
    forward.payload = message.payload.clone();
    ann.client.send_message(forward, SendOptions::default()).await.doing("sending it on")?;
    assert_eq!(ann.net.file_bytes(), before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_sent_in_its_turn_on_sqlite() -> Outcome {
    sent_in_turn(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_sent_in_its_turn_on_postgres() -> Outcome {
    sent_in_turn(Engine::Postgres).await
}

/// PLUS-3: a connection that is lost in the middle, and a restart of the app, cost no byte twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_after_a_lost_connection_and_a_restart() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let (path, content) = file(server.dir(), "big.bin", 12 * MIB)?;
    ann.net.set_files_until(Some(4 * MIB));
    queue_file(&ann, "ben", &path).await?;
    ann.net.until_stalled().await;
    ann.net.cut();
    ann.net.set_files_until(Some(8 * MIB));
    ann.net.until_stalled().await;
    ann.restart().await?;
    ann.net.set_files_until(None);
    let (_, bytes) = arrived(&mut ben, "ann", 1).await?;
    same(&bytes, &content)?;
    let passed = ann.net.file_bytes();
    // What was in pipes and buffers when they were cut is sent again, megabytes at most.
    assert!(passed < 12 * MIB + 6 * MIB, "{passed} bytes for an upload of {}", content.len());
    Ok(())
}

/// A stopped upload lets others go first, stays stopped over a restart, and goes on when it is told to; one that is taken back
/// is gone at the server too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_are_stopped_continued_and_taken_back() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let (path, content) = file(server.dir(), "big.bin", 6 * MIB)?;
    ann.net.set_files_until(Some(2 * MIB));
    let queued = queue_file(&ann, "ben", &path).await?;
    ann.net.until_stalled().await;
    ann.client.pause_upload(&queued.id).await.doing("stopping it")?;
    let again = ann.client.pause_upload(&queued.id).await.map_err(|error| error.code.code());
    assert_eq!(again, Err(2905));
    say(&ann, "ben", "meanwhile").await?;
    ann.restart().await?;
    ann.until_ready().await?;
    ann.net.set_files_until(None);
    say(&ann, "ben", "and then").await?;
    until_shown(&mut ben, "ann", &["meanwhile", "and then"]).await?;
    ann.client.resume_upload(&queued.id).await.doing("going on")?;
    let (message, bytes) = arrived(&mut ben, "ann", 3).await?;
    same(&bytes, &content)?;
    assert_eq!((message.id, message.sequence), (queued.id, 3));

    let partial = server.dir().join("server/files/partial");
    let mark = ann.net.file_bytes() + 2 * MIB;
    ann.net.set_files_until(Some(mark));
    let queued = queue_file(&ann, "ben", &path).await?;
    ann.net.until_stalled().await;
    ann.client.cancel_message(&queued.id).await.doing("taking it back")?;
    ann.net.set_files_until(None);
    until_shown(&mut ann, "ben", &["meanwhile", "and then", "<file>"]).await?;
    let is_gone = || std::fs::read_dir(&partial).is_ok_and(|mut entries| entries.next().is_none());
    for _ in 0..2_000 {
        if is_gone() {
            return Ok(());
        }
        // The server tells nobody that it has forgotten.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err(Failure::new("the server keeps an upload that was taken back"))
}

/// A download that is stopped goes on where it stopped; what is on the disk under the name is whole and right.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_download_goes_on_where_it_stopped() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let (path, content) = file(server.dir(), "big.bin", 32 * MIB)?;
    queue_file(&ann, "ben", &path).await?;
    until(&mut ben, "told", async |ben| Ok(ben.latest(&with("ann"), 9).await?.len() == 1)).await?;
    let message = ben.latest(&with("ann"), 1).await?.pop().doing("a message")?;
    let id = file_of(&message)?;
    let target = ben.dir().join("saved.bin");
    ben.net.set_files_until(Some(24 * MIB));
    {
        let stopped = ben.client.download_file(&message, id, SaveTo::Path(target.clone()), |_, _| {});
        tokio::select! {
            result = stopped => return Err(Failure::new(format!("it ended: {result:?}"))),
            () = ben.net.until_stalled() => {}
        }
    }
    assert!(!target.exists());
    let mut beside = std::fs::read_dir(ben.dir()).doing("the directory")?.flatten().map(|entry| entry.path());
    let part =
        beside.find(|path| path.extension().is_some_and(|it| it == "part")).doing("what has arrived")?;
    ben.net.set_files_until(None);
    let mut first = None;
    ben.client
        .download_file(&message, id, SaveTo::Path(target.clone()), |here, whole| {
            first.get_or_insert(here);
            assert_eq!(whole, 32 * MIB);
        })
        .await
        .doing("going on")?;
    same(&std::fs::read(&target).doing("the file")?, &content)?;
    // What was in pipes and buffers came for nothing.
    assert!(first.is_some_and(|first| first > 4 * MIB), "went on from {first:?}");
    assert!(ben.net.file_bytes() < (32 + 20) * MIB, "{}", ben.net.file_bytes());

    // First bytes of something else are noticed, and thrown away.
    std::fs::write(part, vec![0; 1000]).doing("a wrong part")?;
    let wrong = ben.client.download_file(&message, id, SaveTo::Path(target.clone()), |_, _| {}).await;
    assert_eq!(wrong.map_err(|error| error.code.code()), Err(2903));
    ben.client
        .download_file(&message, id, SaveTo::Path(target.clone()), |_, _| {})
        .await
        .doing("once more")?;
    same(&std::fs::read(&target).doing("the file")?, &content)
}

/// MSG-22, MSG-23, MSG-24, MSG-27, OBJ-6, OBJ-9: what cannot be sent is refused when it is made; at the limit it can. SES-19: without
/// a plugin such a message fails with 2040, and can be sent again with one (MSG-60).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_is_told_at_once() -> Outcome {
    let server = TestServer::start_with(Engine::Sqlite, &["ann", "ben"], |config| {
        config.limits.overrides.insert("file_bytes".into(), 1000.into());
        config.limits.overrides.insert("image_bytes".into(), 500.into());
    })
    .await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let client = ann.client.clone();
    let made = async |path: &Path| {
        let made = client.create_file_message(with("ben"), path, MessageOptions::default()).await;
        made.map_err(|error| error.code.code())
    };
    let (exact, content) = file(server.dir(), "exact.bin", 1000)?;
    assert_eq!(made(&file(server.dir(), "large.bin", 1001)?.0).await.err(), Some(2402));
    assert_eq!(made(&file(server.dir(), "empty.bin", 0)?.0).await.err(), Some(2108));
    assert_eq!(made(&server.dir().join("nowhere")).await.err(), Some(2401));
    assert_eq!(made(server.dir()).await.err(), Some(2401));
    let image = async |source: FileSource| {
        let made = client.create_image_message(with("ben"), source, false, MessageOptions::default()).await;
        made.map_err(|error| error.code.code())
    };
    let png = crate::media::png(9, 9)?;
    let sized = |bytes: usize| {
        let content = [png.as_slice(), &vec![0; bytes - png.len()]].concat();
        FileSource::Bytes { name: "a.png".into(), bytes: content.into() }
    };
    assert_eq!(image(exact.as_path().into()).await.err(), Some(2253));
    let (other, _) = file(server.dir(), "other.png", 400)?;
    assert_eq!(image(other.into()).await.err(), Some(2252));
    let picture = image(sized(500)).await.map_err(|code| Failure::new(format!("a picture is {code}")))?;
    assert_eq!(image(sized(501)).await.err(), Some(2253));
    assert_eq!(image(server.dir().join("nowhere.png").into()).await.err(), Some(2251));
    let empty = FileSource::Bytes { name: "a.png".into(), bytes: Vec::new().into() };
    assert_eq!(image(empty).await.err(), Some(2108));
    let film = async |path: &Path| {
        let made = client.create_video_message(with("ben"), path, MessageOptions::default()).await;
        made.map_err(|error| error.code.code()).err()
    };
    assert_eq!(film(&exact).await, Some(2352));
    assert_eq!(film(&server.dir().join("nowhere.mp4")).await, Some(2401));

    client.register_upload_plugin(None);
    let queued = queue_file(&ann, "ben", &exact).await?;
    until_shown(&mut ann, "ben", &["[<file>: 2040]"]).await?;
    let tus = std::sync::Arc::new(hallway_client::TusPlugin);
    assert_eq!((tus.name(), FileKind::File.as_str()), ("tus", "file"));
    client.register_upload_plugin(Some(tus));
    client.resend_message(&queued.id).await.doing("sending it again")?;
    client.send_message(picture, SendOptions::default()).await.doing("sending a picture")?;
    until_shown(&mut ben, "ann", &["<file>", "<image>"]).await?;
    let (_, bytes) = arrived(&mut ben, "ann", 2).await?;
    same(&bytes, &content)?;

    // A file that is gone when its turn comes.
    ann.net.set_down(true);
    let (gone, _) = file(server.dir(), "gone.bin", 10)?;
    queue_file(&ann, "ben", &gone).await?;
    std::fs::remove_file(gone).doing("removing it")?;
    ann.net.set_down(false);
    client.wake();
    until_shown(&mut ann, "ben", &["<file>", "<image>", "[<file>: 2401]"]).await
}

/// kill -9 of the client in the middle: the next one goes on, and the message arrives once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_client_goes_on_with_its_upload() -> Outcome {
    let server = server().await?;
    let mut ben = device(&server, "ben", "b").await?;
    let net = hallway_tests::support::Net::start(server.address(), Dice::new(1)).await?;
    let (path, content) = file(server.dir(), "big.bin", 12 * MIB)?;
    let dir = server.dir().join("killed");
    std::fs::create_dir_all(&dir).doing(dir.display())?;
    let ann: UserId = "ann".parse().doing("a user id")?;
    let sig = server.user_sig(&ann)?;
    let start = |what: &Path| {
        let mut command = Command::new(program("crash_client")?);
        command.arg(what).arg(net.address().to_string()).arg(&dir).arg(&sig).args(["0", "C2Cben"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().doing("starting a client")
    };
    net.set_files_until(Some(6 * MIB));
    let mut client = start(&path)?;
    net.until_stalled().await;
    client.kill().doing("killing the client")?;
    client.wait().doing("waiting for its end")?;
    net.set_files_until(None);
    let mut client = start(Path::new("drain"))?;
    let (_, bytes) = arrived(&mut ben, "ann", 1).await?;
    same(&bytes, &content)?;
    let ended =
        tokio::task::spawn_blocking(move || client.wait()).await.doing("waiting")?.doing("waiting")?;
    assert!(ended.success());
    assert_eq!(ben.latest(&with("ann"), 9).await?.len(), 1);
    assert!(net.file_bytes() < 12 * MIB + 4 * MIB, "{}", net.file_bytes());
    Ok(())
}

/// kill -9 of the server in the middle: what it had acknowledged is there, and the upload goes on. Encrypted, and with the
/// certificate pinned, like everything else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_has_what_it_acknowledged() -> Outcome {
    let dir = tempfile::tempdir().doing("a directory")?;
    let listener = TcpListener::bind("127.0.0.1:0").doing("finding a free port")?;
    let address = listener.local_addr().doing("finding a free port")?;
    drop(listener);
    let config = dir.path().join("server.toml");
    let data = dir.path().join("server");
    let text = format!(
        "[server]\nbind = \"{address}\"\ndata_dir = {data:?}\n[accounts]\napp_id = {}\n\
         password_cost = {{ memory_kib = 64, passes = 1 }}\n",
        hallway_tests::support::APP_ID
    );
    std::fs::write(&config, text).doing(config.display())?;
    let start = || {
        let mut command = Command::new(program("hallway-server")?);
        command.arg("--config").arg(&config);
        let program = Program::start(&mut command, &dir.path().join("server.log"))?;
        program.line("where it listens", SOON, |line| line.contains("listens on").then_some(()))?;
        Ok::<_, Failure>(program)
    };
    let running = start()?;
    let link = running.line("an invitation", SOON, |line| {
        let start = line.find("hallway://join/")?;
        line.get(start..)?.split_whitespace().next().map(str::to_owned)
    })?;
    let link: hallway_protocol::link::InviteLink = link.parse().doing("reading the link")?;
    let password = "correct horse battery";
    let net = hallway_tests::support::Net::start(address, Dice::new(1)).await?;
    let to = hallway_client::ServerAddress {
        address: net.address().to_string(),
        pin: link.pin.clone(),
        ..Default::default()
    };
    let open = |user: &str| -> Outcome<_> {
        let config = hallway_client::Config {
            app_id: hallway_tests::support::APP_ID,
            server: to.clone(),
            data_dir: dir.path().join(user),
            cache_key: hallway_client::CacheKey::Raw(hallway_tests::support::CACHE_KEY.into()),
            device_class: Default::default(),
            client_version: "hallway-tests".into(),
            send_timeout: None,
        };
        hallway_client::Client::create(config).doing("making a client")
    };
    let ann = sign_in(open("ann")?, &to, &link.token, "ann", password).await?;
    let token = ann.create_invite(false).await.doing("inviting")?.link;
    let token: hallway_protocol::link::InviteLink = token.parse().doing("reading the link")?;
    let ben = sign_in(open("ben")?, &to, &token.token, "ben", password).await?;

    let (path, content) = file(dir.path(), "big.bin", 48 * MIB)?;
    net.set_files_until(Some(40 * MIB));
    let message = ann.create_file_message(with("ben"), path.as_path(), MessageOptions::default()).await;
    let message = message.doing("making")?;
    let mut told = ben.subscribe();
    ann.enqueue_message(message, SendOptions::default()).await.doing("queueing")?;
    net.until_stalled().await;
    running.kill()?;
    let running = start()?;
    net.set_files_until(None);
    ann.wake();
    ben.wake();
    let message = loop {
        match tokio::time::timeout(SOON, told.recv()).await.doing("nothing came")?.doing("events")? {
            Event::MessageReceived(messages) => break messages.first().cloned().doing("a message")?,
            _ => continue,
        }
    };
    let target = dir.path().join("fetched.bin");
    ben.download_file(&message, file_of(&message)?, SaveTo::Path(target.clone()), |_, _| {})
        .await
        .doing("fetching")?;
    same(&std::fs::read(&target).doing("the file")?, &content)?;
    // Up and down once, and the last checkpoint to the kill once more.
    assert!(net.file_bytes() < (48 + 48 + 14) * MIB, "{}", net.file_bytes());
    let timeline = ben.timeline(&with("ann"), Around::Latest, 9, 0).await.doing("a timeline")?;
    assert_eq!(timeline.items.iter().filter(|item| matches!(item, TimelineItem::Message(_))).count(), 1);
    for client in [ann, ben] {
        client.close().await.doing("closing")?;
    }
    running.stop(SOON).map(drop)
}

/// Joins with an invitation and waits until everything is there.
async fn sign_in(
    client: hallway_client::Client,
    to: &hallway_client::ServerAddress,
    token: &str,
    user: &str,
    password: &str,
) -> Outcome<hallway_client::Client> {
    use hallway_client::protocol::session::Credential;
    let user: UserId = user.parse().doing("a user id")?;
    hallway_client::Client::join(to, token, &user, "", password).await.doing("joining")?;
    let mut events = client.subscribe();
    client.login(user, Credential::Password(password.into())).await.doing("signing in")?;
    while !client.is_ready() {
        tokio::time::timeout(SOON, events.recv()).await.doing("not ready")?.doing("events")?;
    }
    Ok(client)
}
