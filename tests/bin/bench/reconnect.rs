//! Everybody comes back at once, with messages missed.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use hallway_protocol::ConversationId;
use hallway_protocol::method::{SyncChanges, SyncHeads, SyncUser};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::load::LoadServer;

use crate::block_on;
use crate::report::{Bound, Figure};

const CLIENTS: usize = 1_000;
const MISSED: u64 = 100;

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    block_on(async {
        let server = Arc::new(LoadServer::start(&dir, CLIENTS * 2).await?);
        // The second thousand writes while the first is away: 100 messages each.
        let writers: Vec<_> = (0..CLIENTS)
            .map(|index| {
                let server = Arc::clone(&server);
                tokio::spawn(async move {
                    let mut raw = server.connect(CLIENTS + index).await?;
                    let to = ConversationId::C2c(LoadServer::user(index));
                    for _ in 0..MISSED {
                        let message = raw.text(&to, 1_700_000_000, "One of the messages somebody missed");
                        raw.call(&message).await?;
                    }
                    Outcome::Ok(())
                })
            })
            .collect();
        for writer in writers {
            writer.await.doing("a writer")??;
        }
        let start = Instant::now();
        let returning: Vec<_> = (0..CLIENTS)
            .map(|index| {
                let server = Arc::clone(&server);
                tokio::spawn(async move { catch_up(&server, index).await })
            })
            .collect();
        for client in returning {
            client.await.doing("a client")??;
        }
        let took = start.elapsed();
        Arc::into_inner(server).doing("somebody still uses the server")?.finish()?;
        Ok(vec![Figure::new(
            "1 000 clients reconnect with 100 missed messages each: all caught up",
            took.as_secs_f64(),
            "s",
            Bound::AtMost(5.0),
            "all connect at the same moment, sign in, and fetch own log, heads and changes until they have every message",
        )])
    })
}

async fn catch_up(server: &LoadServer, index: usize) -> Outcome {
    let mut raw = server.connect(index).await?;
    raw.call(&SyncUser { epoch: String::new(), after: 0, limit: None }).await?;
    let heads = raw.call(&SyncHeads { since: 0, cursor: None, limit: None }).await?;
    let mut had = 0;
    for head in heads.heads {
        let mut after_mod = 0;
        loop {
            let changes = raw
                .call(&SyncChanges { conversation_id: head.conversation_id.clone(), after_mod, limit: None })
                .await?;
            had += changes.messages.len() as u64;
            after_mod = changes.up_to;
            if !changes.more {
                break;
            }
        }
    }
    if had == MISSED { Ok(()) } else { Err(Failure::new(format!("{had} of {MISSED} messages came"))) }
}
