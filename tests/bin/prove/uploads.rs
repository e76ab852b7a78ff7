//! Client and server that are killed while a file goes up, again and again: each file whose message was in the outbox
//! arrives, once, byte for byte.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hallway_client::model::{Around, TimelineItem};
use hallway_client::protocol::session::{Credential, DeviceClass};
use hallway_client::{CacheKey, Client, Config, ConversationId, Message, SaveTo, ServerAddress, UserId};
use hallway_protocol::message::Payload;
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::process::{program, target_dir};
use hallway_tests::support::{APP_ID, CACHE_KEY, Dice};
use zeroize::Zeroizing;

use crate::server::Proof;

/// More than one checkpoint of the server.
const SIZE: usize = 40 * 1024 * 1024;
/// How long a file may take to go on to its end.
const DRAIN: Duration = Duration::from_secs(120);

/// Kills one of the two, or both, `rounds` times and says what was seen.
pub async fn run(rounds: usize, mut dice: Dice) -> Outcome<String> {
    let dir = target_dir().join("prove").join("uploads");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).doing(dir.display())?;
    let proof = Proof::prepare(dir.clone(), &["ann", "ben"]).await?;
    let mut server = proof.launch()?;
    let ben = open(&proof, &dir.join("ben")).await?;
    let (mut sent, mut killed) = (BTreeMap::new(), [0, 0]);
    for round in 0..rounds {
        let (name, content) = (format!("round-{round}.bin"), content(&mut dice));
        let path = dir.join(&name);
        std::fs::write(&path, &content).doing(path.display())?;
        let log = dir.join(format!("client-{round}.out"));
        let mut client = start(&proof, &path, &log)?;
        tokio::time::sleep(Duration::from_millis(dice.roll() % 600)).await;
        if dice.percent(50) {
            server.kill()?;
            server = proof.launch()?;
            killed[1] += 1;
            tokio::time::sleep(Duration::from_millis(dice.roll() % 300)).await;
        }
        client.kill().doing("killing the client")?;
        client.wait().doing("waiting for the client")?;
        killed[0] += 1;
        let said = std::fs::read_to_string(&log).doing(log.display())?;
        if said.lines().any(|line| line == "taken") {
            sent.insert(name.clone(), content);
        }
        let mut client = start(&proof, Path::new("drain"), &log)?;
        let end = tokio::task::spawn_blocking(move || client.wait());
        let end = tokio::time::timeout(DRAIN, end).await.doing("an upload does not go on to its end")?;
        if !end.doing("waiting")?.doing("waiting")?.success() {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            return Err(Failure::new(format!("the client could not send what was left:\n{said}")));
        }
        check(&ben, &dir, &name, sent.remove(&name).as_deref()).await?;
        std::fs::remove_file(&path).doing(path.display())?;
    }
    ben.close().await.doing("ending")?;
    server.stop(Duration::from_secs(20))?;
    let [clients, servers] = killed;
    Ok(format!(
        "uploads: client killed {clients} times and server {servers} times while files of {} MiB went up: none missing, none \
         twice, none damaged",
        SIZE >> 20
    ))
}

fn content(dice: &mut Dice) -> Vec<u8> {
    let mut content = Vec::with_capacity(SIZE);
    while content.len() < SIZE {
        content.extend(dice.roll().to_le_bytes());
    }
    content
}

/// Ann's client, made to be killed.
fn start(proof: &Proof, what: &Path, log: &Path) -> Outcome<Child> {
    let out = File::options().create(true).append(true).open(log).doing(log.display())?;
    let errors = out.try_clone().doing(log.display())?;
    let dir = log.with_file_name("ann");
    std::fs::create_dir_all(&dir).doing(dir.display())?;
    let ann: UserId = "ann".parse().doing("a user id")?;
    Command::new(program("crash_client")?)
        .arg(what)
        .arg(proof.address.to_string())
        .arg(&dir)
        .arg(proof.credential(&ann)?)
        .args(["0", "C2Cben"])
        .stdin(Stdio::null())
        // A file, not a pipe: what was written before death is there.
        .stdout(out)
        .stderr(errors)
        .spawn()
        .doing("starting the client")
}

/// Ben's client.
async fn open(proof: &Proof, dir: &Path) -> Outcome<Client> {
    std::fs::create_dir_all(dir).doing(dir.display())?;
    let config = Config {
        app_id: APP_ID,
        server: ServerAddress { address: proof.address.to_string(), plain: true, ..ServerAddress::default() },
        data_dir: PathBuf::from(dir),
        cache_key: CacheKey::Raw(Zeroizing::new(CACHE_KEY)),
        device_class: DeviceClass::Desktop,
        client_version: "hallway-tests".into(),
        send_timeout: None,
    };
    let client = Client::create(config).doing("making a client")?;
    let ben: UserId = "ben".parse().doing("a user id")?;
    let credential = Credential::UserSig(proof.credential(&ben)?);
    client.login(ben, credential).await.doing("signing in")?;
    Ok(client)
}

/// A file is with Ben as it was sent, once; one that was perhaps never taken may be missing.
async fn check(ben: &Client, dir: &Path, name: &str, wanted: Option<&[u8]>) -> Outcome {
    let mut events = ben.subscribe();
    ben.wake();
    let message = loop {
        let mut found = named(ben, name).await?;
        if found.len() > 1 {
            return Err(Failure::new(format!("{name} is there {} times", found.len())));
        }
        match (found.pop(), wanted) {
            (Some(message), Some(_)) => break message,
            (_, None) => return Ok(()),
            (None, Some(_)) => {}
        }
        tokio::time::timeout(DRAIN, events.recv()).await.doing(format_args!("{name} does not arrive"))?.ok();
    };
    let Payload::File(file) = &message.payload else { return Err(Failure::new("no file")) };
    let (id, target) = (file.uuid.parse().doing("a file id")?, dir.join("fetched.bin"));
    ben.download_file(&message, id, SaveTo::Path(target.clone()), |_, _| {})
        .await
        .doing(format_args!("fetching {name}"))?;
    let found = std::fs::read(&target).doing(target.display())?;
    if wanted.is_some_and(|wanted| wanted != found) {
        return Err(Failure::new(format!("{name} is damaged")));
    }
    std::fs::remove_file(&target).doing(target.display())
}

/// Messages with a file of this name.
async fn named(client: &Client, name: &str) -> Outcome<Vec<Message>> {
    let ann = ConversationId::C2c("ann".parse().doing("a user id")?);
    let timeline = client.timeline(&ann, Around::Latest, 1_000, 0).await.doing("looking")?;
    let is_it = |message: &Message| matches!(&message.payload, Payload::File(file) if file.file_name == name);
    let messages = timeline.items.into_iter().filter_map(|item| match item {
        TimelineItem::Message(message) => Some((*message).clone()),
        _ => None,
    });
    Ok(messages.filter(is_it).collect())
}
