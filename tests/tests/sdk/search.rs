//! Searching through the SDK: at the server, without it, and wherever it can be done.

use hallway_client::model::Around;
use hallway_client::protocol::method::{FoundMessages, KeywordMatch, SearchMessages};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

fn asking(words: &[&str]) -> SearchMessages {
    SearchMessages {
        keyword_list: words.iter().map(|word| (*word).to_owned()).collect(),
        keyword_list_match_type: KeywordMatch::And,
        ..SearchMessages::default()
    }
}

/// What was found, without what may differ: cursors.
fn shape(found: &FoundMessages) -> Vec<(String, u64, Vec<u64>, Option<u64>)> {
    let of = |it: &hallway_client::protocol::method::FoundInConversation| {
        let list = it.message_list.iter().map(|message| message.sequence).collect();
        let newest = it.newest_message.as_ref().map(|message| message.sequence);
        (it.conversation_id.to_string(), it.message_count, list, newest)
    };
    found.search_result_list.iter().map(of).collect()
}

async fn both(device: &Device, search: &SearchMessages) -> Outcome<FoundMessages> {
    let here = device.client.search_local_messages(search).await.doing("searching here")?;
    let there = device.client.search_messages(search).await.doing("searching there")?;
    assert_eq!(shape(&here), shape(&there), "{search:?}");
    assert_eq!(here.total_count, there.total_count);
    Ok(there)
}

/// PLUS-7, MSG-67: the same hits offline and at the server, in any script; the app's one call goes on without a network.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_found_with_and_without_the_server() -> Outcome {
    for engine in [Engine::Sqlite, Engine::Postgres].into_iter().filter(|engine| engine.is_there()) {
        let server = TestServer::start(engine, &["ann", "ben", "cleo"]).await?;
        let mut ann = device(&server, "ann", "a").await?;
        let mut ben = device(&server, "ben", "b").await?;
        for words in ["會議在三樓", "call db-01.prod.example.com", "the 会议 is over", "Café"] {
            say(&ann, "ben", words).await?;
        }
        say(&ann, "cleo", "no 会议 today").await?;
        until_shown(
            &mut ben,
            "ann",
            &["會議在三樓", "call db-01.prod.example.com", "the 会议 is over", "Café"],
        )
        .await?;
        ann.client.timeline(&with("ben"), Around::Latest, 50, 0).await.doing("reading")?;
        let everywhere = both(&ann, &asking(&["会议"])).await?;
        assert_eq!(everywhere.total_count, 2);
        for words in [&["議"][..], &["PROD.ex"], &["cafe\u{301}"], &["is", "會議"], &["otter"], &["o"]] {
            both(&ann, &asking(words)).await?;
            both(&ann, &SearchMessages { conversation_id: Some(with("ben")), ..asking(words) }).await?;
        }
        let before = ann.client.search_messages(&asking(&["会议"])).await.doing("searching")?;
        ann.net.set_down(true);
        ann.restart().await?;
        let offline = ann.client.search_messages(&asking(&["会议"])).await.doing("searching offline")?;
        assert_eq!(shape(&before), shape(&offline));
    }
    Ok(())
}

/// MSG-9, MSG-67: the third search of the server within a second is 2996; nothing to look for is 6017; without a
/// network 2805.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_is_asked_twice_a_second() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let ann = device(&server, "ann", "a").await?;
    let code = async |search: &SearchMessages| {
        ann.client.search_cloud_messages(search).await.err().map(|error| error.code.code())
    };
    assert_eq!(code(&asking(&[])).await, Some(6017));
    assert_eq!(code(&asking(&["a", "b", "c", "d", "e", "f"])).await, Some(6017));
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(code(&asking(&["x"])).await);
    }
    assert_eq!(codes, [None, None, Some(2996)]);
    // The app's call waits instead.
    ann.client.search_messages(&asking(&["x"])).await.doing("searching")?;
    Ok(())
}
