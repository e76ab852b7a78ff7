//! What a server costs that does nothing, alone and with people connected.

use std::path::PathBuf;
use std::time::Duration;

use hallway_tests::failure::Outcome;
use hallway_tests::load::LoadServer;

use crate::block_on;
use crate::report::{Bound, Figure};

const CONNECTIONS: usize = 5_000;

#[allow(clippy::cast_precision_loss)]
pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    block_on(async {
        let server = LoadServer::start(&dir, CONNECTIONS).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        let alone = server.memory()?.rss;
        let mut people = Vec::with_capacity(CONNECTIONS);
        for index in 0..CONNECTIONS {
            people.push(server.connect(index).await?);
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        let full = server.memory()?.rss;
        drop(people);
        server.finish()?;
        Ok(vec![
            Figure::new(
                "Idle server, memory",
                alone as f64 / 1024.0,
                "MB",
                Bound::AtMost(40.0),
                "resident set 2 s after start, SQLite with 5 000 accounts",
            ),
            Figure::new(
                "Idle connection, memory",
                full.saturating_sub(alone) as f64 / CONNECTIONS as f64,
                "KiB",
                Bound::AtMost(20.0),
                "growth of the resident set with 5 000 people signed in, divided by them; plain WebSocket on loopback",
            ),
        ])
    })
}
