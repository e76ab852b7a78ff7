//! One-to-one messages: how many are acknowledged, and how fast when there are few.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hallway_protocol::ConversationId;
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::load::LoadServer;

use crate::report::{Bound, Figure};
use crate::{block_on, percentile};

const PAIRS: usize = 50;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);
const PACED_PER_SECOND: u32 = 500;

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    block_on(async {
        let server = LoadServer::start(&dir, PAIRS * 2).await?;
        let flood = flood(&server).await?;
        let mut paced = paced(&server).await?;
        server.finish()?;
        let p99 = percentile(&mut paced, 0.99).doing("no message was acknowledged")?;
        Ok(vec![
            Figure::new(
                "Acknowledged one-to-one messages, 50 pairs",
                flood,
                "per second",
                Bound::AtLeast(10_000.0),
                "closed loop: each of 100 people has one message of 60 bytes on its way to the other of the pair, for 10 s; SQLite, fsync before each acknowledgement",
            ),
            Figure::new(
                "Acknowledgement at 500 messages per second, p99",
                p99.as_secs_f64() * 1e3,
                "ms",
                Bound::AtMost(5.0),
                "open loop over 50 connections for 10 s, measured from the moment the message was due",
            ),
        ])
    })
}

fn peer(index: usize) -> ConversationId {
    ConversationId::C2c(LoadServer::user(index ^ 1))
}

const TEXT: &str = "The quick brown fox jumps over the lazy dog, as it does.....";

/// Acknowledgements per second with one message per person on its way.
async fn flood(server: &LoadServer) -> Outcome<f64> {
    let mut people = Vec::new();
    for index in 0..PAIRS * 2 {
        people.push(server.connect(index).await?);
    }
    let start = Instant::now();
    let (from, until) = (start + WARM_UP, start + WARM_UP + MEASURED);
    let senders: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(index, mut raw)| {
            tokio::spawn(async move {
                let (to, mut counted) = (peer(index), 0u64);
                loop {
                    let message = raw.text(&to, 1_700_000_000, TEXT);
                    let answer = raw.exchange(&message).await?;
                    if answer.contains("\"error\"") {
                        return Err(Failure::new(format!("refused: {answer}")));
                    }
                    raw.drop_events();
                    let now = Instant::now();
                    if now >= until {
                        return Ok(counted);
                    }
                    counted += u64::from(now >= from);
                }
            })
        })
        .collect();
    let mut total = 0;
    for sender in senders {
        total += sender.await.doing("a sender")??;
    }
    #[allow(clippy::cast_precision_loss)]
    Ok(total as f64 / MEASURED.as_secs_f64())
}

/// Times of acknowledgement with messages due at a steady pace.
async fn paced(server: &LoadServer) -> Outcome<Vec<Duration>> {
    let mut people = Vec::new();
    for index in 0..PAIRS {
        people.push((index * 2, server.connect(index * 2).await?));
    }
    let start = tokio::time::Instant::now() + Duration::from_millis(100);
    let gap = Duration::from_secs(1) / PACED_PER_SECOND;
    let senders: Vec<_> = people
        .into_iter()
        .enumerate()
        .map(|(turn, (index, mut raw))| {
            tokio::spawn(async move {
                let mut times = Vec::new();
                let to = peer(index);
                let mut due = start + gap * u32::try_from(turn).unwrap_or(0);
                while due < start + MEASURED {
                    tokio::time::sleep_until(due).await;
                    // Other numbers than in the flood: a repeated id would be answered from the log.
                    let message = raw.text(&to, 1_700_000_001, TEXT);
                    raw.exchange(&message).await?;
                    times.push(due.elapsed());
                    due += gap * u32::try_from(PAIRS).unwrap_or(1);
                }
                Outcome::Ok(times)
            })
        })
        .collect();
    let mut all = Vec::new();
    for sender in senders {
        all.extend(sender.await.doing("a sender")??);
    }
    Ok(all)
}
