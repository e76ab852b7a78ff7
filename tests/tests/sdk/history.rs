//! Reading back: pages of history from any place, in both directions.

use std::time::Duration;

use hallway_client::model::{Direction, HistoryPage, HopStart};
use hallway_client::{ErrorCode, NetState, SendOptions};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

/// Enough for three pages.
const COUNT: u64 = 207;

async fn hop(
    device: &Device,
    start: Option<HopStart>,
    direction: Direction,
    count: Option<u32>,
) -> Result<HistoryPage, ErrorCode> {
    let page = device.client.get_message_list_hopping(&with("ann"), start, direction, count).await;
    page.map_err(|error| error.code)
}

/// First and last place of a page, how many messages it has, and where the next one starts.
fn ends(page: &HistoryPage) -> (u64, u64, usize, Option<u64>) {
    let place = |message: Option<&hallway_client::Message>| message.map_or(0, |it| it.sequence);
    let list = &page.message_list;
    assert!(list.windows(2).all(|pair| pair[0].sequence < pair[1].sequence), "oldest first");
    assert_eq!(page.is_completed, page.next_message_seq.is_none());
    (place(list.first()), place(list.last()), list.len(), page.next_message_seq)
}

/// All pages from `start` on, as places in the order they came.
async fn all(device: &Device, start: u64, direction: Direction) -> Outcome<Vec<u64>> {
    let (mut places, mut next) = (Vec::new(), Some(start));
    while let Some(start) = next {
        let page = hop(device, Some(HopStart::Sequence(start)), direction, None).await.doing("a page")?;
        let list = page.message_list.iter().map(|it| it.sequence);
        match direction {
            Direction::Newer => places.extend(list),
            Direction::Older => places.extend(list.rev()),
        }
        next = page.next_message_seq;
    }
    Ok(places)
}

/// MSG-66, MSG-4, MSG-65: a new installation jumps into the middle of a long conversation and reads on both ways, the start
/// included, without a gap and nothing twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_is_read_both_ways_from_any_place() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let before = ann.client.get_server_time() / 1000;
    for number in 1..COUNT {
        let message = text_for(&ann, "ben", &number.to_string())?;
        ann.client.enqueue_message(message, SendOptions::default()).await.doing("queueing")?;
    }
    let last = say(&ann, "ben", "last").await?;
    assert_eq!(last.sequence, COUNT);
    let mut ben = device(&server, "ben", "ben-desk").await?;
    until_listed(&mut ben, "ann", "told of all", |it| it.seq == COUNT).await?;

    let at = |place| Some(HopStart::Sequence(place));
    let page = hop(&ben, at(50), Direction::Newer, Some(10)).await.doing("newer")?;
    assert_eq!(ends(&page), (50, 59, 10, Some(60)));
    let page = hop(&ben, at(49), Direction::Older, Some(10)).await.doing("older")?;
    assert_eq!(ends(&page), (40, 49, 10, Some(39)));
    assert_eq!(all(&ben, 60, Direction::Newer).await?, (60..=COUNT).collect::<Vec<_>>());
    assert_eq!(all(&ben, 39, Direction::Older).await?, (1..=39).rev().collect::<Vec<_>>());

    // Without a start: from the newest backwards; of newer ones there are none.
    let most = ben.client.limits().history_page;
    let page = hop(&ben, None, Direction::Older, None).await.doing("older")?;
    assert_eq!(
        ends(&page),
        (COUNT - u64::from(most) + 1, COUNT, most as usize, Some(COUNT - u64::from(most)))
    );
    assert_eq!(ends(&hop(&ben, None, Direction::Newer, None).await.doing("newer")?), (0, 0, 0, None));

    // By time: what was sent up to then, or from then on.
    let time = |time| Some(HopStart::Time(time));
    let page = hop(&ben, time(before), Direction::Newer, Some(3)).await.doing("newer")?;
    assert_eq!(ends(&page), (1, 3, 3, Some(4)));
    let page = hop(&ben, time(last.time), Direction::Older, Some(3)).await.doing("older")?;
    assert_eq!(ends(&page), (COUNT - 2, COUNT, 3, Some(COUNT - 3)));
    let page = hop(&ben, time(before - 1), Direction::Older, None).await.doing("older")?;
    assert_eq!(ends(&page), (0, 0, 0, None));
    let page = hop(&ben, time(last.time + 1), Direction::Newer, None).await.doing("newer")?;
    assert_eq!(ends(&page), (0, 0, 0, None));

    for (start, count) in
        [(at(0), None), (time(0), None), (time(-1), None), (at(1), Some(0)), (at(1), Some(most + 1))]
    {
        assert_eq!(hop(&ben, start, Direction::Newer, count).await, Err(ErrorCode::InvalidParameter));
    }

    // What has been read is here without a network.
    ben.net.set_down(true);
    ben.net.cut();
    ben.until_net(NetState::Disconnected, SOON).await?;
    let page = hop(&ben, at(100), Direction::Older, Some(10)).await.doing("offline")?;
    assert_eq!(ends(&page), (91, 100, 10, Some(90)));
    assert_eq!(hop(&ben, time(before), Direction::Newer, None).await, Err(ErrorCode::NoNetwork));
    Ok(())
}

/// MSG-66, MSG-62: what was deleted leaves no short page behind, and without a network a page ends where the local copy does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_full_where_messages_were_deleted() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut sent = Vec::new();
    for number in 1..=120 {
        sent.push(say(&ann, "ben", &number.to_string()).await?);
    }
    let mut ben = device(&server, "ben", "ben-desk").await?;
    until_listed(&mut ben, "ann", "told of all", |it| it.seq == 120).await?;
    // Far from where the newest ones are fetched ahead.
    let page = hop(&ben, Some(HopStart::Sequence(1)), Direction::Newer, Some(20)).await.doing("a page")?;
    assert_eq!(ends(&page), (1, 20, 20, Some(21)));
    ben.client.delete_message(&page.message_list[2..12]).await.doing("deleting")?;
    let page = hop(&ben, Some(HopStart::Sequence(1)), Direction::Newer, Some(10)).await.doing("a page")?;
    assert_eq!(ends(&page), (1, 20, 10, Some(21)));
    Ok(())
}

/// MSG-5: what the deployment keeps no longer is on no instance once it hears of the conversation again, and is not unread; on both
/// engines.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_history_goes_from_every_instance() -> Outcome {
    for engine in [Engine::Sqlite, Engine::Postgres].into_iter().filter(|engine| engine.is_there()) {
        let server = TestServer::start_with(engine, &["ann", "ben"], |config| {
            config.limits.overrides.insert("history_days".into(), 7.into());
        })
        .await?;
        let mut ann = device(&server, "ann", "ann-desk").await?;
        let mut ben = device(&server, "ben", "ben-desk").await?;
        say(&ann, "ben", "old").await?;
        say(&ann, "ben", "as old").await?;
        until_listed(&mut ben, "ann", "counting two", |it| it.unread_count == 2).await?;
        until_shown(&mut ben, "ann", &["old", "as old"]).await?;
        server.put_clock_forward(Duration::from_secs(8 * 86_400));
        server.remove_old_history().await?;
        say(&ann, "ben", "new").await?;
        until_shown(&mut ben, "ann", &["new"]).await?;
        until_listed(&mut ben, "ann", "counting one", |it| it.unread_count == 1).await?;
        until_shown(&mut ann, "ben", &["new"]).await?;
        let mut late = device(&server, "ben", "ben-lap").await?;
        until_shown(&mut late, "ann", &["new"]).await?;
        until_listed(&mut late, "ann", "counting one", |it| it.unread_count == 1).await?;
        // Gone from the disk, too.
        ben.net.set_down(true);
        ben.restart().await?;
        assert_eq!(shown(&ben, "ann").await?, ["new"]);
    }
    Ok(())
}
