//! Searching the local copy: what is stored, changed and removed, in the index or not yet, and from before there was one.

use hallway_protocol::method::{MessageKind, SearchMessages};
use hallway_protocol::{ErrorCode, Message};
use serde_json::json;
use zeroize::Zeroizing;

use super::super::conv::Conv;
use super::super::messages::{self, Messages};
use super::super::{Cache, schema};
use super::*;
use crate::sync::log::Rows;
use crate::sync::{Ranges, Stretch};

fn key() -> Zeroizing<[u8; 32]> {
    Zeroizing::new([3; 32])
}

fn message(conv: &str, seq: u64, modification: u64, payload: serde_json::Value) -> Message {
    let mut message = json!({
        "id": format!("7-1700000000-{seq}"), "conversation_id": conv, "from": if seq.is_multiple_of(2) { "ben" } else { "ann" },
        "time": 1_700_000_000 + seq, "sequence": seq, "mod": modification, "ord": seq,
    });
    message.as_object_mut().unwrap().extend(payload.as_object().unwrap().clone());
    serde_json::from_value(message).unwrap()
}

fn text(text: &str) -> serde_json::Value {
    json!({ "kind": "text", "payload": { "text": text } })
}

fn conversation(db: &Connection, id: &str, seq: u64) -> CacheResult<Conv> {
    let mut conv = Conv::new(id.parse().unwrap());
    conv.counters.seq = seq;
    conv.changed_at = 1;
    conv.save(db)?;
    Ok(conv)
}

fn asking(words: &[&str]) -> SearchMessages {
    let keyword_list = words.iter().map(|word| (*word).to_owned()).collect();
    SearchMessages { keyword_list, ..SearchMessages::default() }
}

fn found(db: &Connection, call: &SearchMessages) -> CacheResult<FoundMessages> {
    search(db, &Request::read(call, 1_800_000_000).unwrap(), call.conversation_id.as_ref())
}

/// Places of what is found in a conversation, page after page.
fn places(db: &Connection, call: &SearchMessages, id: &str) -> CacheResult<Vec<u64>> {
    let mut call = SearchMessages { conversation_id: Some(id.parse().unwrap()), ..call.clone() };
    let mut all = Vec::new();
    loop {
        let found = found(db, &call)?;
        assert!(!found.is_estimate && !found.is_incomplete);
        let list = found.search_result_list.into_iter().next();
        all.extend(list.iter().flat_map(|list| &list.message_list).map(|message| message.sequence));
        if found.cursor.is_none() {
            assert_eq!(all.len() as u64, found.total_count);
            return Ok(all);
        }
        call.cursor = found.cursor;
    }
}

fn tend_all(db: &Connection) -> CacheResult<()> {
    while tend(db)? {}
    Ok(())
}

/// Runs `test` with everything fresh, and with everything in the index.
async fn either_way(fill: fn(&Connection) -> CacheResult<()>, test: fn(&Connection) -> CacheResult<()>) {
    for is_indexed in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let cache = Cache::open(&dir.path().join("cache.db"), &key()).unwrap();
        let job = cache.write(move |db| {
            fill(db)?;
            if is_indexed {
                // More than can stay fresh.
                let padding = conversation(db, "C2Cpadding", 600)?;
                let mut rows = Messages::new(db, padding.key, 1);
                for seq in 1..=600 {
                    rows.merge(message("C2Cpadding", seq, seq, text("~")))?;
                }
                tend_all(db)?;
            }
            test(db)
        });
        job.await.unwrap();
    }
}

/// MSG-67, PLUS-7: words of every kind that has any; kinds, senders and times; never stickers; newest first.
#[tokio::test]
async fn each_kind_is_found_by_its_words() {
    fn fill(db: &Connection) -> CacheResult<()> {
        let conv = conversation(db, "C2Cann", 10)?;
        let mut rows = Messages::new(db, conv.key, 1);
        for (seq, payload) in (1..).zip([
            text("今天下午開會議，地點在三樓"),
            text("Please restart db-01.prod.example.com at Noon"),
            json!({ "kind": "file", "payload": { "uuid": "u", "file_name": "Ｑ3 Report.PDF", "file_url": "f", "file_size": 1 } }),
            json!({ "kind": "custom", "payload": { "data": "hidden-data", "description": "午餐投票", "extension": "" } }),
            json!({ "kind": "location", "payload": { "description": "Main Station", "longitude": 13.25, "latitude": 52.5 } }),
            json!({ "kind": "merger", "payload": { "title": "Chat record", "abstract_list": ["anna: the otter"] } }),
            json!({ "kind": "face", "payload": { "index": 1, "data": "otter" } }),
            json!({ "kind": "image", "payload": { "uuid": "otter", "image_format": 1 } }),
            text("report"),
            text("会"),
        ]) {
            rows.merge(message("C2Cann", seq, seq, payload))?;
        }
        Ok(())
    }
    fn test(db: &Connection) -> CacheResult<()> {
        for (word, expected) in [
            ("会议", vec![1]),
            ("會", vec![10, 1]),
            ("三楼", vec![1]),
            ("DB-01.PROD", vec![2]),
            ("example.com at", vec![2]),
            ("report", vec![9, 3]),
            ("q3", vec![3]),
            ("午餐", vec![4]),
            ("hidden-data", vec![]),
            ("52.5", vec![5]),
            ("station", vec![5]),
            ("otter", vec![6]),
            ("o", vec![9, 6, 5, 3, 2]),
        ] {
            assert_eq!(places(db, &asking(&[word]), "C2Cann")?, expected, "{word}");
        }
        let of = |kinds: &[MessageKind]| SearchMessages { message_type_list: kinds.to_vec(), ..asking(&[]) };
        assert_eq!(places(db, &of(&[MessageKind::Image]), "C2Cann")?, [8]);
        assert_eq!(places(db, &of(&[MessageKind::Image, MessageKind::File]), "C2Cann")?, [8, 3]);
        let from_ben =
            |words| SearchMessages { sender_user_id_list: vec!["ben".parse().unwrap()], ..asking(words) };
        assert_eq!(places(db, &from_ben(&["会"]), "C2Cann")?, [10]);
        assert_eq!(places(db, &from_ben(&[]), "C2Cann")?, [10, 8, 6, 4, 2]);
        assert_eq!(places(db, &asking(&["会议", "report"]), "C2Cann")?, [9, 3, 1]);
        let all = hallway_protocol::method::KeywordMatch::And;
        let both = SearchMessages { keyword_list_match_type: all, ..asking(&["restart", "noon"]) };
        assert_eq!(places(db, &both, "C2Cann")?, [2]);
        let early = SearchMessages { time_position: 1_700_000_005, time_period: 3, ..asking(&["o"]) };
        assert_eq!(places(db, &early, "C2Cann")?, [5, 3, 2]);
        Ok(())
    }
    either_way(fill, test).await;
}

/// PLUS-7: a change is found as it is now; what was recalled, deleted, cleared or taken away is not found.
#[tokio::test]
async fn what_is_no_more_is_not_found() {
    fn fill(db: &Connection) -> CacheResult<()> {
        let conv = conversation(db, "C2Cann", 700)?;
        let mut rows = Messages::new(db, conv.key, 1);
        for seq in 1..=700 {
            rows.merge(message("C2Cann", seq, seq, text("the otter")))?;
        }
        Ok(())
    }
    fn test(db: &Connection) -> CacheResult<()> {
        let conv = conv::all(db)?.into_iter().find(|conv| conv.id == "C2Cann".parse().unwrap()).unwrap();
        let count = |word: &str| {
            let call = SearchMessages { conversation_id: Some(conv.id.clone()), ..asking(&[word]) };
            found(db, &call).map(|found| found.total_count)
        };
        assert_eq!((count("otter")?, count("the")?, count("marten")?), (700, 700, 0));
        let mut rows = Messages::new(db, conv.key, 1);
        rows.merge(message("C2Cann", 700, 701, text("a marten")))?;
        rows.merge(message("C2Cann", 699, 702, json!({ "kind": "revoked", "payload": {} })))?;
        assert_eq!((count("otter")?, count("the")?, count("marten")?), (698, 698, 1));
        messages::hide(
            db,
            conv.key,
            &serde_json::from_value(json!({
                "conversation_id": "C2Cann", "sequence": 698, "id": "7-1700000000-698",
            }))
            .unwrap(),
            true,
        )?;
        messages::delete(db, conv.key, 1, 300)?;
        assert_eq!((count("otter")?, count("the")?), (397, 397));
        tend_all(db)?;
        assert_eq!((count("otter")?, count("the")?, count("marten")?), (397, 397, 1));
        // Too much has changed: what lies outside of the known stretches is let go.
        let known = Ranges::new(vec![Stretch { from: 400, to: 500, as_of: None }]);
        Messages::new(db, conv.key, 1).keep_only(&known, 650)?;
        assert_eq!(count("otter")?, 101 + 47, "701 and 702 changed later, 651 to 697 were written later");
        tend_all(db)?;
        assert_eq!((count("otter")?, count("the")?, count("marten")?), (148, 148, 1));
        Messages::new(db, conv.key, 1).merge(message("C2Cann", 5, 800, text("the marten")))?;
        assert_eq!((count("otter")?, count("the")?, count("marten")?), (148, 149, 2));
        conv::delete(db, &conv)?;
        assert_eq!(count("otter")?, 0);
        Ok(())
    }
    either_way(fill, test).await;
}

/// MSG-67: of all conversations each is named once, with its count; the one hit comes along, of several the newest.
#[tokio::test]
async fn all_conversations_are_grouped_and_paged() {
    fn fill(db: &Connection) -> CacheResult<()> {
        for (number, id) in ["C2Cann", "C2Cben", "GROUPteam"].into_iter().enumerate() {
            let conv = conversation(db, id, 40)?;
            let mut rows = Messages::new(db, conv.key, 1);
            for seq in 1..=40 - number as u64 {
                let words = if seq > 38 || (number == 1 && seq > 30) { "deadline moved" } else { "nothing" };
                rows.merge(message(id, seq, seq, text(words)))?;
            }
        }
        Ok(())
    }
    fn test(db: &Connection) -> CacheResult<()> {
        let mut call = SearchMessages { count: Some(2), ..asking(&["line mov"]) };
        let first = found(db, &call)?;
        let shape = |found: &FoundMessages| -> Vec<(String, u64, usize, Option<u64>)> {
            let of = |it: &hallway_protocol::method::FoundInConversation| {
                let newest = it.newest_message.as_ref().map(|message| message.sequence);
                (it.conversation_id.to_string(), it.message_count, it.message_list.len(), newest)
            };
            found.search_result_list.iter().map(of).collect()
        };
        assert_eq!(first.total_count, 2);
        assert_eq!(shape(&first), [("C2Cann".into(), 2, 0, Some(40)), ("C2Cben".into(), 9, 0, Some(39))]);
        assert_eq!(first.cursor, None);
        call.keyword_list = vec!["NOTHING".into()];
        let first = found(db, &call)?;
        assert_eq!((first.total_count, first.search_result_list.len()), (3, 2));
        call.cursor = first.cursor;
        assert_eq!(shape(&found(db, &call)?), [("C2Cben".into(), 30, 0, Some(30))]);
        call = SearchMessages { time_position: 1_700_000_031, ..asking(&["deadline"]) };
        assert_eq!(shape(&found(db, &call)?), [("C2Cben".into(), 1, 1, None)]);
        Ok(())
    }
    either_way(fill, test).await;
}

/// A copy from before there was an index gets one, bit by bit, while nothing else is to be done.
#[tokio::test]
async fn an_older_copy_is_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cache.db");
    {
        let mut db = schema::open(&path, &key()).unwrap();
        schema::migrate(&mut db).unwrap();
        let conv = conversation(&db, "C2Cann", 5_000).unwrap();
        let transaction = db.transaction().unwrap();
        let mut rows = Messages::new(&transaction, conv.key, 1);
        for seq in 1..=5_000 {
            rows.merge(message("C2Cann", seq, seq, text(&format!("number {seq}")))).unwrap();
        }
        transaction.commit().unwrap();
        let before_index = "DROP TABLE search_fresh; DROP TABLE search_state; DROP TABLE search_segment;
            DROP TABLE search_page; DROP TABLE search_block; DROP TABLE annotation; DROP TABLE wish;
            DROP TABLE combined; PRAGMA user_version = 5";
        db.execute_batch(before_index).unwrap();
        schema::migrate(&mut db).unwrap();
        let call =
            SearchMessages { conversation_id: Some("C2Cann".parse().unwrap()), ..asking(&["number 123"]) };
        assert!(found(&db, &call).unwrap().is_incomplete, "it says so while it is at it");
        // Interrupted, and begun again by another run of the program.
        assert!(tend(&db).unwrap());
    }
    let cache = Cache::open(&path, &key()).unwrap();
    let is_left = |db: &Connection| {
        Ok(db.query_row("SELECT count(*) FROM search_fresh", [], |row| row.get::<_, i64>(0))?)
    };
    // Nobody asks for it: the thread that writes does it by itself, between the looks at how far it is.
    while cache.write(is_left).await.unwrap() > FRESH {
        tokio::task::yield_now().await;
    }
    let expected: Vec<u64> = [123, 1230].into_iter().chain(1231..1240).rev().collect();
    let got = cache.read(|db| places(db, &asking(&["number 123"]), "C2Cann")).await.unwrap();
    assert_eq!(got.len(), expected.len());
    assert_eq!(got[..10], [1239, 1238, 1237, 1236, 1235, 1234, 1233, 1232, 1231, 1230]);
}

/// R7: what people type in Latin letters, in 200 ways.
#[tokio::test]
async fn parts_of_latin_words_are_found() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::open(&dir.path().join("cache.db"), &key()).unwrap();
    cache
        .write(|db| {
            let subjects = [
                "Please look at ticket OPS-4711 before lunch",
                "Re: JIRA-9 / ABC-123: login fails",
                "ssh deploy@web-03.eu-central.example.com",
                "see https://git.example.org/team/app/-/merge_requests/42?tab=diff#note_7",
                "the file is /var/log/nginx/access.log.1",
                "C:\\Users\\Anna\\Documents\\report_final.docx",
                "mail anna.lind+news@mail.example.co.uk about it",
                "fn parse_user_id(text: &str) -> Result<UserId>",
                "HTTPServerFactory.createInstance() throws NullPointerException",
                "we're re-using the well-known pre-production set-up",
                "v2.13.0-rc.1+build.5",
                "192.168.10.254:8443",
                "fe80::1ff:fe23:4567:890a",
                "SELECT * FROM orders WHERE id = 17;",
                "kubectl -n prod get pods",
                "Größe: 12½ Maße, naïve façade",
                "meeting-room_B.12",
                "e\u{301}clair",
                "running runs ran",
                "x",
            ];
            let conv = conversation(db, "C2Cann", 2_000)?;
            let mut rows = Messages::new(db, conv.key, 1);
            for (seq, subject) in (1..).zip(subjects.iter().cycle().take(2_000)) {
                rows.merge(message("C2Cann", seq, seq, text(subject)))?;
            }
            tend_all(db)?;
            let mut cases: Vec<String> = [
                "OPS-4711",
                "ops-4",
                "4711",
                "PS-47",
                "jira-9",
                "ABC-123:",
                "web-03",
                "web-03.eu-central.example.com",
                "eu-central",
                ".example.",
                "deploy@web",
                "merge_requests/42",
                "tab=diff",
                "#note_7",
                "git.example.org/team",
                "https://git",
                "/var/log/nginx",
                "access.log",
                "log.1",
                "Users\\Anna",
                "final.docx",
                "report_final",
                "anna.lind+news@mail.example.co.uk",
                "lind+news",
                "@mail.example",
                "co.uk",
                "parse_user_id",
                "user_id",
                "&str",
                "-> Result",
                "result<userid>",
                "ServerFactory",
                "httpserver",
                "createinstance()",
                "NullPointer",
                "re-using",
                "well-known",
                "pre-production",
                "set-up",
                "we're",
                "2.13.0-rc.1",
                "+build.5",
                "192.168.10",
                "10.254:8443",
                "fe80::",
                "4567:890a",
                "* from",
                "id = 17;",
                "-n prod",
                "kubectl",
                "größe",
                "MASSE",
                "facade\u{327}".trim_end_matches('\u{327}'),
                "naïve",
                "room_b",
                "B.12",
                "éclair",
                "ran",
                "runs",
                "x",
                "X",
                "1",
                "-",
                "/",
                "o",
                "er",
                " l",
            ]
            .iter()
            .map(|case| (*case).to_owned())
            .collect();
            for (place, subject) in subjects.iter().enumerate() {
                let chars: Vec<char> = subject.chars().collect();
                for step in 0..7 {
                    let from = (place * 5 + step * 3) % chars.len();
                    let piece: String = chars[from..(from + 1 + step * 2).min(chars.len())].iter().collect();
                    cases.push(if step % 2 == 0 { piece.to_uppercase() } else { piece });
                }
            }
            assert!(cases.len() >= 200);
            for case in cases.iter().filter(|case| !hallway_search::fold(case).is_empty()) {
                let word = hallway_search::fold(case);
                let has =
                    subjects.iter().filter(|subject| hallway_search::fold(subject).contains(&word)).count()
                        as u64;
                let call = SearchMessages { conversation_id: Some(conv.id.clone()), ..asking(&[case]) };
                let found = found(db, &call)?;
                assert_eq!((found.total_count, found.is_estimate), (has * 100, false), "{case}");
                let list =
                    found.search_result_list.first().map(|it| it.message_list.clone()).unwrap_or_default();
                assert!(list.len() == 20.min(has as usize * 100), "{case}");
            }
            // No stemming: "running" is not "run".
            let call = SearchMessages { conversation_id: Some(conv.id), ..asking(&["runningly"]) };
            assert_eq!(found_count(db, &call)?, 0);
            Ok(())
        })
        .await
        .unwrap();
}

fn found_count(db: &Connection, call: &SearchMessages) -> CacheResult<u64> {
    found(db, call).map(|found| found.total_count)
}

/// MSG-67: nothing to look for is 6017.
#[test]
fn a_search_for_nothing_is_refused() {
    assert_eq!(Request::read(&asking(&[]), 0).err(), Some(ErrorCode::InvalidParameter));
}
