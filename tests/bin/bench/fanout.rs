//! A group of 1 000 people, all there: how soon the last one has a message, and what it costs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hallway_protocol::ConversationId;
use hallway_protocol::method::CreateGroup;
use hallway_tests::failure::{Outcome, While};
use hallway_tests::load::{LoadServer, Raw};
use tokio::sync::mpsc;

use crate::report::{Bound, Figure};
use crate::{block_on, percentile};

/// How many are in the group.
pub const MEMBERS: usize = 1_000;
const PACED: usize = 200;
const MESSAGES: usize = 1_000;

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    block_on(async {
        let server = LoadServer::start(&dir, MEMBERS).await?;
        let (mut sender, to, mut arrivals) =
            everybody(&server, |text| text.contains("bench message")).await?;
        // Everybody is in the group and listening once a first message has reached them all.
        let message = sender.text(&to, 1, "bench message");
        sender.call(&message).await?;
        last(&mut arrivals).await?;

        let mut times = Vec::with_capacity(PACED);
        for _ in 0..PACED {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let message = sender.text(&to, 1, "bench message");
            let start = Instant::now();
            sender.call(&message).await?;
            times.push(last(&mut arrivals).await?.duration_since(start));
        }
        let before = server.cpu()?;
        for _ in 0..MESSAGES {
            let message = sender.text(&to, 2, "bench message");
            sender.call(&message).await?;
            last(&mut arrivals).await?;
        }
        let cost = server.cpu()?.saturating_sub(before);
        server.finish()?;
        let p99 = percentile(&mut times, 0.99).doing("nothing was sent")?;
        Ok(vec![
            Figure::new(
                "Message to 1 000 members online: the last one has it, p99",
                p99.as_secs_f64() * 1e3,
                "ms",
                Bound::AtMost(40.0),
                "from the call of the sender to the last of 999 receivers having the frame, 200 messages, one each 50 ms",
            ),
            Figure::new(
                "Processor time of the server for 1 000 messages to 1 000 members",
                cost.as_secs_f64(),
                "s",
                Bound::AtMost(15.0),
                "user and system time of the process over 1 000 messages sent one after the other",
            ),
        ])
    })
}

/// A group of everybody, all of them connected: the connection of the first, the group, and when each of the others gets
/// something that `is_wanted`.
pub async fn everybody(
    server: &LoadServer,
    is_wanted: fn(&str) -> bool,
) -> Outcome<(Raw, ConversationId, mpsc::UnboundedReceiver<Instant>)> {
    let mut sender = server.connect(0).await?;
    let mut receivers = Vec::new();
    for index in 1..MEMBERS {
        receivers.push(server.connect(index).await?);
    }
    let group = sender
        .call(&CreateGroup {
            name: "Everybody".into(),
            member_list: (1..MEMBERS).map(LoadServer::user).collect(),
            request_id: "bench".into(),
            ..CreateGroup::default()
        })
        .await?;
    let (arrived, arrivals) = mpsc::unbounded_channel();
    let arrived = Arc::new(arrived);
    for mut raw in receivers {
        let arrived = Arc::clone(&arrived);
        tokio::spawn(async move {
            while let Ok(text) = raw.event().await {
                if is_wanted(&text) && arrived.send(Instant::now()).is_err() {
                    return;
                }
            }
        });
    }
    Ok((sender, ConversationId::Group(group.group.group_id), arrivals))
}

/// Waits until everybody but the sender has what was sent; when the last one had it.
pub async fn last(arrivals: &mut mpsc::UnboundedReceiver<Instant>) -> Outcome<Instant> {
    let mut latest = None;
    for _ in 1..MEMBERS {
        let at = tokio::time::timeout(Duration::from_secs(10), arrivals.recv())
            .await
            .doing("waiting for a member to get the message")?
            .doing("all receivers are gone")?;
        latest = latest.max(Some(at));
    }
    latest.doing("nobody received anything")
}
