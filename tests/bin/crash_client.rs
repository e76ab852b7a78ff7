//! A client that is made to be killed: it takes messages into its outbox as fast as it can and says so, line by
//! line. `./dev prove crash` and `./dev prove uploads` start it.
//!
//! `crash_client write|drain|PATH ADDRESS FOLDER CREDENTIAL NEXT CONVERSATION…`; `drain` writes nothing and ends when
//! the outbox is empty; a path is a file that is sent to the first conversation.
#![allow(clippy::print_stdout)] // a program whose output is its result

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hallway_client::model::{Around, TimelineItem};
use hallway_client::protocol::session::{Credential, DeviceClass};
use hallway_client::{
    CacheKey, Client, Config, ConversationId, ErrorCode, MessageOptions, SendOptions, ServerAddress, UserId,
};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::{APP_ID, CACHE_KEY};
use zeroize::Zeroizing;

/// Messages one life takes at most.
const MOST: u64 = 60;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, address, dir, sig, next, places @ ..] = arguments.as_slice() else {
        return Err(Failure::new("write|drain ADDRESS FOLDER CREDENTIAL NEXT CONVERSATION…"));
    };
    let next: u64 = next.parse().doing("a number")?;
    let places: Vec<ConversationId> =
        places.iter().map(|place| place.parse()).collect::<Result<_, _>>().doing("conversations")?;
    let config = Config {
        app_id: APP_ID,
        server: ServerAddress { address: address.clone(), plain: true, ..ServerAddress::default() },
        data_dir: PathBuf::from(dir),
        cache_key: CacheKey::Raw(Zeroizing::new(CACHE_KEY)),
        device_class: DeviceClass::Desktop,
        client_version: "hallway-tests".into(),
        send_timeout: None,
    };
    let client = Client::create(config).doing("making a client")?;
    let ann: UserId = "ann".parse().doing("a user id")?;
    if let Err(error) = client.resume(ann.clone()).await {
        say(&format!("note {error}"))?;
        // The first time, or the one before died before it had signed in.
        while let Err(error) = client.login(ann.clone(), Credential::UserSig(sig.clone())).await {
            say(&format!("note {error}"))?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    // What the life before left.
    say(&format!("waiting {}", waiting(&client, &places).await?))?;
    match what.as_str() {
        "write" => write(&client, &places, next).await,
        "drain" => drain(&client, &places).await,
        path => upload(&client, &places, Path::new(path)).await,
    }
}

async fn upload(client: &Client, places: &[ConversationId], path: &Path) -> Outcome {
    let place = places.first().doing("a conversation")?;
    let options = MessageOptions::default();
    let message = client.create_file_message(place.clone(), path, options).await.doing("making")?;
    client.enqueue_message(message, SendOptions::default()).await.doing("queueing")?;
    say("taken")?;
    // To be killed.
    std::future::pending().await
}

async fn write(client: &Client, places: &[ConversationId], next: u64) -> Outcome {
    for number in next..next + MOST {
        let place = &places[usize::try_from(number).unwrap_or_default() % places.len()];
        let text = format!("number-{number}");
        say(&format!("try {text}"))?;
        let message =
            client.create_text_message(place.clone(), &text, MessageOptions::default()).doing("making")?;
        match client.enqueue_message(message, SendOptions::default()).await {
            // As full as it gets (SES-6).
            Err(error) if error.code == ErrorCode::OfflineQueueFull => break,
            result => result.doing("queueing")?,
        }
        say(&format!("taken {place} {text}"))?;
    }
    // To be killed.
    std::future::pending().await
}

async fn drain(client: &Client, places: &[ConversationId]) -> Outcome {
    let mut events = client.subscribe();
    client.wake();
    while waiting(client, places).await? > 0 {
        // Something is told with every message that goes out.
        let _ = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
    }
    client.close().await.doing("ending")
}

/// How many messages wait in the outbox.
async fn waiting(client: &Client, places: &[ConversationId]) -> Outcome<usize> {
    let mut count = 0;
    for place in places {
        let timeline = client.timeline(place, Around::Latest, 100_000, 0).await.doing("looking")?;
        for item in &timeline.items {
            match item {
                TimelineItem::Outgoing(_, None) => count += 1,
                TimelineItem::Outgoing(message, Some(error)) => {
                    return Err(Failure::new(format!("{} was refused: {error}", message.id)));
                }
                _ => {}
            }
        }
    }
    Ok(count)
}

fn say(line: &str) -> Outcome {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).doing("printing")
}
