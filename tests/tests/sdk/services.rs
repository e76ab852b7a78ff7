//! What a deployment offers on top of messages, as two people have it: translation, voice to text, moderation and previews of
//! links, by programs of this computer and by a web that the tests make up.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use hallway_client::model::{Around, TimelineItem};
use hallway_client::{Event, FileSource, Message, MessageOptions, SendOptions};
use hallway_server::config::{TranslationProvider, VoiceProvider, WordsAction};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::*;

/// Whether programs are there; says loudly if not.
fn are_there(programs: &[&str]) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |name: &&&str| !std::env::split_paths(&paths).any(|dir| dir.join(name).is_file());
    let missing: Vec<_> = programs.iter().filter(is_there).collect();
    if !missing.is_empty() {
        eprintln!("SKIPPED: {missing:?} not installed (./dev test installs them)");
    }
    missing.is_empty()
}

/// What a made-up web answers to a path and a body: type and content.
type Answer = Arc<dyn Fn(&str, &[u8]) -> (&'static str, Vec<u8>) + Send + Sync>;

/// A web that is made up: every host of it, for whoever takes it for a proxy.
struct Web {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Web {
    async fn start(
        answer: impl Fn(&str, &[u8]) -> (&'static str, Vec<u8>) + Send + Sync + 'static,
    ) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await.doing("listening")?;
        let address = listener.local_addr().doing("listening")?;
        let answer: Answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                // Whoever breaks off is not waited for.
                tokio::spawn(serve(socket, Arc::clone(&answer)));
            }
        });
        Ok(Self { address, task })
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Answers one request after the other; `CONNECT` leads here again, whatever it names.
async fn serve(socket: TcpStream, answer: Answer) -> io::Result<()> {
    let mut socket = BufReader::new(socket);
    loop {
        let (mut first, mut length) = (String::new(), 0);
        if socket.read_line(&mut first).await? == 0 {
            return Ok(());
        }
        loop {
            let mut line = String::new();
            socket.read_line(&mut line).await?;
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(bytes) = line.strip_prefix("content-length:") {
                length = bytes.trim().parse().map_err(io::Error::other)?;
            }
        }
        if first.starts_with("CONNECT ") {
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            continue;
        }
        let mut body = vec![0; length];
        socket.read_exact(&mut body).await?;
        let (media, content) = answer(first.split(' ').nth(1).unwrap_or_default(), &body);
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n", content.len());
        socket.write_all(head.as_bytes()).await?;
        socket.write_all(&content).await?;
    }
}

/// A hook of moderation that answers with what was said last, and what it was asked.
struct Hook {
    web: Web,
    says: Arc<Mutex<Value>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Hook {
    async fn start() -> Outcome<Self> {
        let says = Arc::new(Mutex::new(json!({ "action": "deliver" })));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (saying, asking) = (Arc::clone(&says), Arc::clone(&asked));
        let web = Web::start(move |_, body| {
            asking.lock().expect("nobody panics").extend(serde_json::from_slice::<Value>(body));
            ("application/json", saying.lock().expect("nobody panics").to_string().into_bytes())
        })
        .await?;
        Ok(Self { web, says, asked })
    }

    fn say(&self, answer: Value) {
        *self.says.lock().expect("nobody panics") = answer;
    }

    fn asked(&self) -> usize {
        self.asked.lock().expect("nobody panics").len()
    }
}

/// The next messages that the app is told to have changed.
async fn modified(device: &mut Device) -> Outcome<Message> {
    let pick = |event: &Event| match event {
        Event::MessageModified(messages) => messages.first().cloned(),
        _ => None,
    };
    device.until_event("a change", SOON, pick).await
}

fn code<T>(result: Result<T, hallway_client::ChatError>) -> Option<i32> {
    result.err().map(|error| error.code.code())
}

/// MSG-13, MSG-70: what the other one has written is read in one's own language; where nothing is set, 2117.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_read_in_another_language() -> Outcome {
    if !are_there(&["apertium"]) {
        return Ok(());
    }
    let server = TestServer::start_with(Engine::Sqlite, &["ann", "ben"], |config| {
        config.translation.provider = TranslationProvider::Apertium;
    })
    .await?;
    let ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    say(&ann, "ben", "The house is red").await?;
    say(&ann, "ben", "12:30 🍜").await?;
    until_shown(&mut ben, "ann", &["The house is red", "12:30 🍜"]).await?;
    assert!(ben.client.services().translate_to.iter().any(|language| language == "es"));
    let texts = shown(&ben, "ann").await?;
    let translated = ben.client.translate_text(texts, "auto", "es").await.doing("translating")?;
    assert_eq!(translated, ["La casa es roja", "12:30 🍜"]);
    // What everybody sees is what was written.
    assert_eq!(shown(&ben, "ann").await?, ["The house is red", "12:30 🍜"]);
    assert_eq!(code(ben.client.translate_text(vec!["x".into(); 21], "en", "es").await), Some(6017));
    assert_eq!(code(ben.client.translate_text(vec!["hello".into()], "en", "hi").await), Some(2117));

    let without = self::server().await?;
    let cem = device(&without, "ann", "c").await?;
    assert!(cem.client.services().translate_to.is_empty());
    assert_eq!(code(cem.client.translate_text(vec!["hello".into()], "en", "es").await), Some(2117));
    Ok(())
}

/// Somebody says "one two three four five".
fn speech(dir: &Path) -> Outcome<std::path::PathBuf> {
    let (spoken, plain) = (dir.join("spoken.wav"), dir.join("plain.wav"));
    let run = |command: &mut Command| {
        let status = command.status().doing("speaking")?;
        status.success().then_some(()).doing("speaking")
    };
    run(Command::new("flite").args(["-voice", "slt", "-t", "one two three four five", "-o"]).arg(&spoken))?;
    run(Command::new("sox").arg(&spoken).args(["-r", "16000", "-c", "1", "-b", "16"]).arg(&plain))?;
    Ok(plain)
}

/// MSG-71: the other one reads what was said; what is not sent, and where nothing is set, is 2118; what is no sound, 2119.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voice_message_is_read() -> Outcome {
    if !are_there(&["pocketsphinx_continuous", "flite", "sox"]) {
        return Ok(());
    }
    let server = TestServer::start_with(Engine::Sqlite, &["ann", "ben"], |config| {
        config.voice_to_text.provider = VoiceProvider::Pocketsphinx;
    })
    .await?;
    let ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    assert_eq!(ben.client.services().voice_to_text, ["en-US"]);
    let (to, options) = (with("ben"), MessageOptions::default());
    let plain = speech(server.dir())?;
    let spoken = ann.client.create_audio_message(to.clone(), plain.as_path(), 2_000, options.clone()).await;
    let spoken = spoken.doing("making a sound")?;
    assert_eq!(code(ann.client.convert_voice_to_text(&spoken, "").await), Some(2118), "it is not sent");
    ann.client.send_message(spoken, SendOptions::default()).await.doing("sending a sound")?;
    let noise = FileSource::Bytes { name: "noise".into(), bytes: b"no sound at all".as_slice().into() };
    let noise = ann.client.create_audio_message(to, noise, 1_000, options).await.doing("making noise")?;
    ann.client.send_message(noise, SendOptions::default()).await.doing("sending noise")?;
    until_shown(&mut ben, "ann", &["<audio>", "<audio>"]).await?;
    let came = ben.latest(&with("ann"), 2).await?;
    let [spoken, noise] = came.as_slice() else { return Err(Failure::new("two sounds")) };
    let words = ben.client.convert_voice_to_text(spoken, "en-US").await.doing("reading it")?;
    assert!(words.contains("three") && words.contains("four"), "{words}");
    assert_eq!(code(ben.client.convert_voice_to_text(noise, "").await), Some(2119));
    Ok(())
}

/// MSG-47, MSG-100: a word of the list is refused with 80001 and stands there as not sent; nobody else hears of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_not_be_said_is_told_to_its_sender() -> Outcome {
    let lists = tempfile::tempdir().doing("a directory")?;
    let words = lists.path().join("words");
    std::fs::write(&words, "damn\n坏话\n").doing(words.display())?;
    let server = TestServer::start_with(Engine::Sqlite, &["ann", "ben"], |config| {
        config.moderation.words = words;
    })
    .await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let refused = ann.client.send_message(text_for(&ann, "ben", "Damn it")?, SendOptions::default()).await;
    assert_eq!(code(refused), Some(80001));
    until_shown(&mut ann, "ben", &["[Damn it: 80001]"]).await?;
    say(&ann, "ben", "a dam").await?;
    until_shown(&mut ben, "ann", &["a dam"]).await?;
    // MSG-60: sent again it is refused again, and stands there once.
    let timeline = ann.client.timeline(&with("ben"), Around::Latest, 9, 0).await.doing("looking")?;
    let refused = timeline.items.iter().find_map(|item| match item {
        TimelineItem::Outgoing(message, Some(_)) => Some(message.id.clone()),
        _ => None,
    });
    ann.client.resend_message(&refused.doing("what was refused")?).await.doing("sending it again")?;
    // Its turn comes after that.
    say(&ann, "ben", "and then").await?;
    until_shown(&mut ben, "ann", &["a dam", "and then"]).await?;
    let lines = shown(&ann, "ben").await?;
    assert_eq!(lines.iter().filter(|line| *line == "[Damn it: 80001]").count(), 1, "{lines:?}");
    assert_eq!(lines.len(), 3, "{lines:?}");
    Ok(())
}

/// MSG-48, MSG-100, OBJ-41: a hook's other words are what both see, and the sender's app is told that its message was changed;
/// its refusal carries its own code; a sound is delivered first and marked as risky then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hook_changes_refuses_and_marks() -> Outcome {
    let hook = Hook::start().await?;
    let url = format!("http://{}/check", hook.web.address);
    let server = TestServer::start_with(Engine::Sqlite, &["ann", "ben"], |config| {
        config.moderation.hook = url;
        config.moderation.words_action = WordsAction::Replace;
    })
    .await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    hook.say(json!({ "action": "replace", "kind": "text", "payload": { "text": "kind words" } }));
    let sent = say(&ann, "ben", "rude words").await?;
    assert!(text_of(&sent) == "kind words" && sent.is_modified(), "{sent:?}");
    let changed = modified(&mut ann).await?;
    assert_eq!((text_of(&changed).as_str(), &changed.id), ("kind words", &sent.id));
    until_shown(&mut ann, "ben", &["kind words"]).await?;
    until_shown(&mut ben, "ann", &["kind words"]).await?;

    hook.say(json!({ "action": "refuse", "code": 120_007, "message": "not here" }));
    let refused = ann.client.send_message(text_for(&ann, "ben", "x")?, SendOptions::default()).await;
    let refused = refused.err().doing("it is sent")?;
    assert_eq!((refused.code.code(), refused.message.as_str()), (120_007, "not here"));
    until_shown(&mut ann, "ben", &["kind words", "[x: 120007]"]).await?;

    hook.say(json!({ "action": "flag" }));
    let asked = hook.asked();
    let sound = FileSource::Bytes { name: "a.ogg".into(), bytes: b"OggS, and so on".as_slice().into() };
    let sound = ann.client.create_audio_message(with("ben"), sound, 1_000, MessageOptions::default()).await;
    let sent =
        ann.client.send_message(sound.doing("a sound")?, SendOptions::default()).await.doing("sending")?;
    assert!(!sent.has_risk_content);
    for device in [&mut ann, &mut ben] {
        let marked = modified(device).await?;
        assert!(marked.has_risk_content && marked.id == sent.id, "{marked:?}");
    }
    assert!(hook.asked() > asked);
    let kept = ben.latest(&with("ann"), 1).await?.pop().doing("the sound")?;
    assert!(kept.has_risk_content, "also after a look into the local copy");
    Ok(())
}

const PAGE: &str = "<title>The menu</title><meta property=og:site_name content=Café><meta name=description content='What \
                    there is'><meta property=og:image content=/dish.png>";

/// A link gets its preview a moment later, for both; its picture comes from the own server; the sender can take it off. Nothing
/// in the own network is ever asked, and without the switch nothing at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_previewed() -> Outcome {
    let picture = crate::media::png(64, 48)?;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (listening, dish) = (Arc::clone(&heard), picture.clone());
    let web = Web::start(move |path, _| {
        listening.lock().expect("nobody panics").push(path.to_owned());
        if path == "/dish.png" { ("image/png", dish.clone()) } else { ("text/html", PAGE.into()) }
    })
    .await?;
    let proxy = web.address.to_string();
    let with_previews = |enabled: bool| {
        let proxy = proxy.clone();
        TestServer::start_with(Engine::Sqlite, &["ann", "ben"], move |config| {
            config.link_previews.enabled = enabled;
            config.outbound.proxy = proxy;
        })
    };
    let server = with_previews(true).await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    assert!(ann.client.services().link_previews);
    say(&ann, "ben", "mine: http://127.0.0.1/secret http://10.0.0.1/").await?;
    let sent = say(&ann, "ben", "look: http://93.184.216.34/menu").await?;
    assert!(sent.link_preview.is_none());
    let mut seen = Vec::new();
    for device in [&mut ann, &mut ben] {
        let changed = modified(device).await?;
        assert_eq!(changed.id, sent.id);
        seen.push(changed.link_preview.doing("a preview")?);
    }
    let preview = seen.pop().doing("Ben's")?;
    assert_eq!(seen.pop().as_ref(), Some(&preview), "both see the same");
    assert_eq!(
        (
            preview.url.as_str(),
            preview.site_name.as_str(),
            preview.title.as_str(),
            preview.description.as_str()
        ),
        ("http://93.184.216.34/menu", "Café", "The menu", "What there is")
    );
    let image = preview.image.doing("its picture")?;
    assert_eq!((image.width, image.height), (64, 48));
    let came = ben.latest(&with("ann"), 1).await?.pop().doing("the message")?;
    let bytes = ben.client.load_file(&came, &image.uuid.url()).await.doing("the picture")?;
    assert_eq!(&*bytes, &picture[..]);
    assert_eq!(*heard.lock().expect("nobody panics"), ["/menu", "/dish.png"], "nothing else was asked");

    assert_eq!(code(ben.client.remove_link_preview(&came).await), Some(10007));
    let without = ann.client.remove_link_preview(&sent).await.doing("taking it off")?;
    assert!(without.link_preview.is_none());
    assert!(modified(&mut ben).await?.link_preview.is_none());

    let silent = with_previews(false).await?;
    let cem = device(&silent, "ann", "c").await?;
    assert!(!cem.client.services().link_previews);
    say(&cem, "ben", "look: http://93.184.216.34/other").await?;
    assert_eq!(heard.lock().expect("nobody panics").len(), 2);
    Ok(())
}
