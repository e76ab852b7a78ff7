//! Finding words among 1 000 000 messages, in the local copy and at the server: how soon, and whether what is found is what
//! is there. The truth comes from looking at every text.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hallway_client::search::fold;
use hallway_client::{CacheKey, Client};
use hallway_protocol::message::Payload;
use hallway_protocol::method::{Call, FoundMessages, SearchMessages};
use hallway_protocol::{Message, UserId};
use hallway_server::config::Config;
use hallway_server::server::Server;
use hallway_server::service::core::Caller;
use hallway_server::store::conversation::{self, ConvKind};
use hallway_server::store::message::{Content, MessageKey, MessageRow, insert};
use hallway_server::store::user::{self, NewUser};
use hallway_server::store::{StoreError, Tx, WriteKey};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::Dice;
use zeroize::Zeroizing;

use crate::app::corpus;
use crate::report::{Bound, Figure};
use crate::{block_on, percentile};

/// Pieces of text that are searched for.
const PIECES: usize = 10_000;
/// Characters of a piece at most.
const LONGEST: usize = 6;
const KEY: [u8; 32] = [7; 32];

/// In which conversations, by their places, a piece stands: how often, and when last.
type Truth = HashMap<usize, (u64, i64)>;

/// What is searched for, and where it is.
struct Pieces {
    all: Vec<(String, Truth)>,
    bytes: u64,
}

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    block_on(async {
        println!("search: looking at every text for the truth");
        let pieces = pieces()?;
        let mut figures = client(dir.join("client"), &pieces).await?;
        figures.extend(server(dir.join("server"), &pieces).await?);
        std::fs::remove_dir_all(&dir).doing(dir.display())?;
        Ok(figures)
    })
}

fn text(message: &Message) -> &str {
    match &message.payload {
        Payload::Text(text) => &text.text,
        _ => "",
    }
}

/// Draws pieces from all texts and finds each of them everywhere.
fn pieces() -> Outcome<Pieces> {
    let mut dice = Dice::new(67);
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut bytes = 0;
    for place in 0..corpus::CONVERSATIONS {
        for (turn, message) in corpus::talk(place)?.messages.enumerate() {
            bytes += text(&message).len() as u64;
            if turn % 80 != 3 || known.len() >= PIECES {
                continue;
            }
            let chars: Vec<char> = fold(text(&message)).chars().collect();
            let length = 1 + dice.below(LONGEST);
            let from = dice.below(chars.len().saturating_sub(length).max(1));
            let piece: String = chars.iter().skip(from).take(length).collect();
            let next = known.len();
            known.entry(piece).or_insert(next);
        }
    }
    let mut all: Vec<(String, Truth)> = vec![(String::new(), Truth::new()); known.len()];
    for (piece, place) in &known {
        all[*place].0.clone_from(piece);
    }
    for place in 0..corpus::CONVERSATIONS {
        for message in corpus::talk(place)?.messages {
            let folded = fold(text(&message));
            let ends: Vec<usize> = folded.char_indices().map(|(at, _)| at).chain([folded.len()]).collect();
            let mut seen = HashSet::new();
            for length in 1..=LONGEST {
                for (from, to) in ends.iter().zip(ends.iter().skip(length)) {
                    seen.extend(known.get(&folded[*from..*to]).copied());
                }
            }
            for piece in seen {
                let found = all[piece].1.entry(place).or_insert((0, 0));
                *found = (found.0 + 1, message.time);
            }
        }
    }
    Ok(Pieces { all, bytes })
}

fn asking(piece: &str) -> SearchMessages {
    SearchMessages { keyword_list: vec![piece.to_owned()], ..SearchMessages::default() }
}

/// Compares an answer with the truth: the conversations with the newest hits in their order, each with its count and a
/// message that has the piece.
fn check(piece: &str, truth: &Truth, found: &FoundMessages, place_of: &HashMap<String, usize>) -> Outcome {
    let wrong = |what: &str| {
        let (total, estimate) = (found.total_count, found.is_estimate);
        Failure::new(format!(
            "{piece:?}: {what}; found in {total} (estimate: {estimate}), is in {}",
            truth.len()
        ))
    };
    let mut times: Vec<i64> = truth.values().map(|(_, time)| -time).collect();
    times.sort_unstable();
    if found.is_incomplete || (!found.is_estimate && found.total_count != truth.len() as u64) {
        return Err(wrong("the number of conversations"));
    }
    let list = &found.search_result_list;
    if list.len() != times.len().min(20) {
        return Err(wrong("conversations are missing"));
    }
    for (one, time) in list.iter().zip(times) {
        let hit = one.message_list.first().or(one.newest_message.as_deref());
        let hit = hit.ok_or_else(|| wrong("no message"))?;
        let place = place_of.get(&one.conversation_id.to_string()).ok_or_else(|| wrong("a conversation"))?;
        let (count, _) = truth.get(place).ok_or_else(|| wrong("a false conversation"))?;
        if hit.time != -time || !fold(text(hit)).contains(piece) {
            return Err(wrong("a false hit, or not the newest"));
        }
        if (!one.is_estimate && one.message_count != *count) || one.message_count < *count {
            return Err(wrong("a count"));
        }
    }
    Ok(())
}

fn figures(whom: &str, times: &mut [Duration], index: Option<f64>, method: &str) -> Outcome<Vec<Figure>> {
    let p95 = percentile(times, 0.95).doing("nothing was searched")?;
    let name = format!("Search in 1 000 000 messages, {whom}: first page, p95");
    let mut figures = vec![Figure::new(&name, p95.as_secs_f64() * 1e3, "ms", Bound::AtMost(50.0), method)];
    if let Some(index) = index {
        let name = format!("Index of 1 000 000 messages, {whom}");
        let method = "bytes of its tables on disk, divided by the bytes of all texts";
        figures.push(Figure::new(&name, index, "times the text", Bound::AtMost(1.5), method));
    }
    Ok(figures)
}

const METHOD: &str = "10 000 random pieces of 1 to 6 characters of the texts (45 % Chinese), each searched once in all 500 \
    conversations, after a warm-up of 500; every answer is compared with the truth: nothing missing, nothing false, newest first";

#[allow(clippy::cast_precision_loss)]
async fn client(dir: PathBuf, pieces: &Pieces) -> Outcome<Vec<Figure>> {
    println!("search: writing the local copy");
    let key = || CacheKey::Raw(Zeroizing::new(KEY));
    let index = corpus::write(dir.clone(), key()).await?;
    let client = Client::create(corpus::config(dir, key())).doing("a client")?;
    client.resume(corpus::ME.parse::<UserId>().doing("a user id")?).await.doing("opening the copy")?;
    let mut place_of = HashMap::new();
    for place in 0..corpus::CONVERSATIONS {
        place_of.insert(corpus::conversation(place)?.to_string(), place);
    }
    let mut times = Vec::new();
    for (turn, (piece, truth)) in pieces.all.iter().take(500).chain(&pieces.all).enumerate() {
        let begun = Instant::now();
        let found = client.search_local_messages(&asking(piece)).await.doing("searching")?;
        times.extend((turn >= 500).then(|| begun.elapsed()));
        check(piece, truth, &found, &place_of)?;
    }
    slow(pieces, &times);
    client.destroy().await.doing("closing the copy")?;
    figures("local copy", &mut times, Some(index as f64 / pieces.bytes as f64), METHOD)
}

/// The slowest ones, to be looked into.
fn slow(pieces: &Pieces, times: &[Duration]) {
    let mut slowest: Vec<(&Duration, &str)> =
        times.iter().zip(pieces.all.iter().map(|(piece, _)| piece.as_str())).collect();
    slowest.sort_unstable_by(|a, b| b.cmp(a));
    let p95 = percentile(&mut times.to_vec(), 0.95);
    println!("search: p95 {p95:?}, slowest {:?}", slowest.iter().take(12).collect::<Vec<_>>());
}

async fn server(dir: PathBuf, pieces: &Pieces) -> Outcome<Vec<Figure>> {
    println!("search: filling the server");
    let mut config = Config::default();
    config.server.data_dir = dir;
    config.server.bind = "127.0.0.1:0".into();
    config.tls.mode = hallway_server::config::TlsMode::Off;
    let server = Server::start(config).await.doing("starting the server")?;
    let db = server.service().db().clone();
    let me = account(&db, corpus::ME).await?;
    let mut place_of = HashMap::new();
    for place in 0..corpus::CONVERSATIONS {
        let peer = format!("peer{place}");
        let number = account(&db, &peer).await?;
        place_of.insert(format!("C2C{peer}"), place);
        let mut messages = corpus::talk(place)?.messages.peekable();
        while messages.peek().is_some() {
            let some: Vec<Message> = messages.by_ref().take(5_000).collect();
            let key = WriteKey::from(("fill", place));
            db.write(key, move |tx| fill(tx, me, number, place, &some)).await.doing("filling")?;
        }
    }
    server.service().index_messages().await.doing("writing the index")?;
    let caller = Arc::new(Caller {
        number: me,
        user_id: corpus::ME.parse().doing("a user id")?,
        instance_id: "bench".into(),
        connection: 0,
    });
    let mut times = Vec::new();
    for (turn, (piece, truth)) in pieces.all.iter().take(500).chain(&pieces.all).enumerate() {
        let begun = Instant::now();
        let call = Call::SearchMessages(Box::new(asking(piece)));
        let frame = server.service().answer(Some(Arc::clone(&caller)), 1, call).await.doing("searching")?;
        times.extend((turn >= 500).then(|| begun.elapsed()));
        let mut frame: serde_json::Value = serde_json::from_str(&frame).doing("an answer")?;
        let found = serde_json::from_value(frame["result"].take()).doing("an answer")?;
        check(piece, truth, &found, &place_of)?;
    }
    slow(pieces, &times);
    server.stop().await;
    let method = format!("{METHOD}; SQLite, from the call to the frame of the answer, inside of the server");
    figures("server", &mut times, None, &method)
}

async fn account(db: &hallway_server::store::Db, id: &str) -> Outcome<i64> {
    let new = NewUser {
        user_id: id.parse().doing("a user id")?,
        nick: id.to_owned(),
        password_hash: None,
        is_admin: false,
    };
    let made = db.write(WriteKey::user(0), move |tx| user::create(tx, &new, 0)).await.doing("an account")?;
    made.map(|made| made.number).doing("an account")
}

fn fill(tx: &mut Tx<'_>, me: i64, peer: i64, place: usize, messages: &[Message]) -> Result<(), StoreError> {
    let id = conversation::find_or_create_pair(tx, me, peer, 1)?;
    conversation::add_side(tx, me, id)?;
    conversation::add_side(tx, peer, id)?;
    for message in messages {
        let time = message.time;
        let conv = conversation::take_for_message(tx, id, me, 1, time.saturating_mul(1000))?;
        let conv = conv.ok_or_else(|| StoreError::Statement("no conversation".into()))?;
        debug_assert!(matches!(conv.kind, ConvKind::Pair { .. }));
        let content = Content::new(message.payload.clone());
        let row = MessageRow {
            key: MessageKey { conv: id, seq: conv.seq },
            born: conv.modification,
            changed: None,
            ord: conv.ord,
            sender: if message.from.as_str() == corpus::ME { me } else { peer },
            client_key: (place as i64) << 40 | conv.seq,
            time,
            flags: content.flags(),
            content,
            stored_bytes: 0,
        };
        insert(tx, &row)?;
    }
    Ok(())
}
