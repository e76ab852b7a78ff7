//! Reactions and votes in a group of 1 000 people, all there: how soon the last one sees them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hallway_protocol::method::{
    AddMessageReaction, ExtensionWish, RemoveMessageReaction, SendMessage, SetMessageExtensions,
};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::load::LoadServer;

use crate::fanout::{MEMBERS, everybody, last};
use crate::report::{Bound, Figure};
use crate::{block_on, percentile};

const PACED: usize = 200;

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    block_on(async {
        let server = LoadServer::start(&dir, MEMBERS).await?;
        let is_wanted = |text: &str| text.contains("bench message") || text.contains("\"annotations\"");
        let (mut sender, to, mut arrivals) = everybody(&server, is_wanted).await?;
        // Everybody is in the group and listening once a first message has reached them all.
        let message = SendMessage { is_support_extension: true, ..sender.text(&to, 1, "bench message") };
        let sequence = sender.call(&message).await?.message.sequence;
        last(&mut arrivals).await?;

        let (mut reactions, mut votes) = (Vec::with_capacity(PACED), Vec::with_capacity(PACED));
        let mut version = 0;
        for round in 0..PACED {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let (conversation_id, reaction_id) = (to.clone(), "👍".to_owned());
            let start = Instant::now();
            if round % 2 == 0 {
                sender.call(&AddMessageReaction { conversation_id, sequence, reaction_id }).await?;
            } else {
                sender.call(&RemoveMessageReaction { conversation_id, sequence, reaction_id }).await?;
            }
            reactions.push(last(&mut arrivals).await?.duration_since(start));

            tokio::time::sleep(Duration::from_millis(50)).await;
            let vote = ExtensionWish { key: "user1".into(), value: round.to_string(), version };
            let call =
                SetMessageExtensions { conversation_id: to.clone(), sequence, extension_list: vec![vote] };
            let start = Instant::now();
            version = sender.call(&call).await?.annotated.counters.modification;
            votes.push(last(&mut arrivals).await?.duration_since(start));
        }
        server.finish()?;
        let figure = |what: &str, times: &mut Vec<Duration>| {
            let p99 = percentile(times, 0.99).doing("nothing was sent")?;
            let how =
                "from the call to the last of 999 others having the frame, 200 of them, one each 100 ms";
            Outcome::Ok(Figure::new(
                &format!("{what} seen by 1 000 members online: the last one has it, p99"),
                p99.as_secs_f64() * 1e3,
                "ms",
                Bound::AtMost(100.0),
                how,
            ))
        };
        Ok(vec![figure("Reaction", &mut reactions)?, figure("Poll vote", &mut votes)?])
    })
}
