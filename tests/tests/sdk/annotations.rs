//! Reactions, extensions, receipts and pins, as the apps of those concerned have them.

use hallway_client::protocol::annotation::Extension;
use hallway_client::protocol::method::ReadFilter;
use hallway_client::{ConversationId, ErrorCode, Event, GroupId, Message, MessageOptions, SendOptions};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

async fn start(engine: Engine) -> Outcome<TestServer> {
    TestServer::start(engine, &["ann", "ben", "cem"]).await
}

/// Sends a text with options and returns it as stored.
async fn send(from: &Device, to: &ConversationId, options: MessageOptions) -> Outcome<Message> {
    let message = from.client.create_text_message(to.clone(), "what do you say?", options).doing("making")?;
    from.client.send_message(message, SendOptions::default()).await.doing("sending")
}

/// The message with this id in a device's local copy, once it is there.
async fn until_here(device: &mut Device, id: &hallway_client::MessageId) -> Outcome<Message> {
    until(device, "given the message", async |it| Ok(find(it, id).await?.is_some())).await?;
    find(device, id).await?.doing("the message is gone")
}

async fn find(device: &Device, id: &hallway_client::MessageId) -> Outcome<Option<Message>> {
    device.client.find_message(id).await.doing("looking a message up")
}

/// The reactions a device shows on a message: which, how many, own, and who is named.
async fn reactions(device: &Device, id: &hallway_client::MessageId) -> Outcome<Vec<(String, u32, bool)>> {
    let message = find(device, id).await?.doing("no message")?;
    let one = |it: &hallway_client::protocol::message::Reaction| {
        (it.reaction_id.clone(), it.total_user_count, it.reacted_by_myself)
    };
    Ok(message.reactions.iter().map(one).collect())
}

async fn until_reactions(
    device: &mut Device,
    id: &hallway_client::MessageId,
    wanted: &[(&str, u32, bool)],
) -> Outcome {
    let wanted: Vec<_> = wanted.iter().map(|(what, count, own)| ((*what).to_owned(), *count, *own)).collect();
    let result = until(device, "", async |it| Ok(reactions(it, id).await? == wanted)).await;
    match result {
        Ok(()) => Ok(()),
        Err(_) => Err(Failure::new(format!(
            "{} shows {:?}, not {wanted:?}",
            device.name,
            reactions(device, id).await?
        ))),
    }
}

fn group_id(id: &ConversationId) -> GroupId {
    match id {
        ConversationId::Group(group) => group.clone(),
        other => panic!("{other} is no group"),
    }
}

async fn reacting(engine: Engine) -> Outcome {
    if !engine.is_there() {
        return Ok(());
    }
    let server = start(engine).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut other = device(&server, "ann", "ann-laptop").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    let sent = send(&ben, &place, MessageOptions::default()).await;
    // Ben may not have heard of the group yet.
    let sent = match sent {
        Ok(sent) => sent,
        Err(_) => {
            until_line(&mut ben, &place, "told of the group", |_| true).await?;
            send(&ben, &place, MessageOptions::default()).await?
        }
    };
    let here = until_here(&mut ann, &sent.id).await?;
    ann.client.add_message_reaction(&here, "👍").await.doing("reacting")?;
    assert_eq!(reactions(&ann, &sent.id).await?, [("👍".to_owned(), 1, true)]);
    let told = ben
        .until_event("a reaction", SOON, |event| match event {
            Event::MessageReactionsUpdated(of, list) => Some((of.clone(), list.to_vec())),
            _ => None,
        })
        .await?;
    assert_eq!((told.0.message_id, told.0.sequence), (sent.id.clone(), sent.sequence));
    let [reaction] = told.1.as_slice() else { panic!("{:?}", told.1) };
    assert_eq!((reaction.total_user_count, reaction.reacted_by_myself), (1, false));
    assert_eq!(reaction.partial_user_list[0].user_id, ann.user);
    until_reactions(&mut other, &sent.id, &[("👍", 1, true)]).await?;
    until_reactions(&mut ben, &sent.id, &[("👍", 1, false)]).await?;

    let again = ann.client.add_message_reaction(&here, "👍").await;
    assert_eq!(again.map_err(|error| error.code), Err(ErrorCode::ReactionExists));
    let foreign = ben.client.remove_message_reaction(&sent, "👍").await;
    assert_eq!(foreign.map_err(|error| error.code), Err(ErrorCode::ReactionNotOwn));
    ben.client.add_message_reaction(&sent, "👍").await.doing("reacting")?;
    ben.client.add_message_reaction(&sent, "a").await.doing("reacting")?;
    until_reactions(&mut ann, &sent.id, &[("👍", 2, true), ("a", 1, false)]).await?;
    let all = ann.client.get_all_user_list_of_message_reaction(&here, "👍", 0, 100).await.doing("asking")?;
    let names: Vec<_> = all.user_list.iter().map(|user| user.user_id.as_str()).collect();
    assert_eq!((names.as_slice(), all.next_seq, all.is_completed), (&["ann", "ben"][..], 0, true));
    let asked =
        ann.client.get_message_reactions(std::slice::from_ref(&here), Some(1)).await.doing("asking")?;
    assert_eq!(asked[0].reaction_list[0].partial_user_list.len(), 1);
    let many = vec![here.clone(); 31];
    assert!(ann.client.get_message_reactions(&many, None).await.is_err());
    assert!(ann.client.get_message_reactions(&many[..30], None).await.is_ok());

    ann.client.remove_message_reaction(&here, "👍").await.doing("taking back")?;
    until_reactions(&mut ben, &sent.id, &[("👍", 1, true), ("a", 1, true)]).await?;
    // A new device has them with the history.
    let mut late = device(&server, "ben", "ben-new").await?;
    late.client.get_message_list(&place, None).await.doing("history")?;
    until_reactions(&mut late, &sent.id, &[("👍", 1, true), ("a", 1, true)]).await?;
    // And so has everybody without the server.
    ann.net.set_down(true);
    ann.restart().await?;
    assert_eq!(reactions(&ann, &sent.id).await?, [("👍".to_owned(), 1, false), ("a".to_owned(), 1, false)]);
    Ok(())
}

/// MSG-80, MSG-81, MSG-82, MSG-83, MSG-97, MSG-12, OBJ-49: reactions are seen by everybody live, from the history and without a
/// network, each knows which are their own, and who gave them is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reactions_are_seen_by_everybody() -> Outcome {
    reacting(Engine::Sqlite).await
}

/// The same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reactions_are_seen_by_everybody_on_postgres() -> Outcome {
    reacting(Engine::Postgres).await
}

/// R2: a reaction given without a network shows at once, outlives the program, and reaches the others later; one that was
/// taken back before that never was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reaction_without_a_network_is_not_lost() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let sent = say(&ben, "ann", "hello").await?;
    let here = until_here(&mut ann, &sent.id).await?;
    ann.net.set_down(true);
    ann.until("offline", SOON, |it| it.client.net_state() != hallway_client::NetState::Connected).await?;
    ann.client.add_message_reaction(&here, "👍").await.doing("reacting")?;
    ann.client.add_message_reaction(&here, "👎").await.doing("reacting")?;
    ann.client.remove_message_reaction(&here, "👎").await.doing("taking back")?;
    let shown = [("👍".to_owned(), 1, true)];
    assert_eq!(reactions(&ann, &sent.id).await?, shown);
    let again = ann.client.add_message_reaction(&here, "👍").await;
    assert_eq!(again.map_err(|error| error.code), Err(ErrorCode::ReactionExists));
    ann.restart().await?;
    assert_eq!(reactions(&ann, &sent.id).await?, shown);
    ann.net.set_down(false);
    until_reactions(&mut ben, &sent.id, &[("👍", 1, false)]).await?;
    until_reactions(&mut ann, &sent.id, &[("👍", 1, true)]).await
}

/// R2: the server has the reaction, but its answer was lost; what is taken back then is taken back there too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reaction_whose_answer_was_lost_can_be_taken_back() -> Outcome {
    let server = server().await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let sent = say(&ben, "ann", "hello").await?;
    let here = until_here(&mut ann, &sent.id).await?;
    // The answer is as long on its way as the question was.
    ann.net.set_delay(std::time::Duration::from_secs(2));
    let lose = async {
        let seen = until_reactions(&mut ben, &sent.id, &[("👍", 1, false)]).await;
        ann.net.set_down(true);
        seen
    };
    let (given, seen) = tokio::join!(ann.client.add_message_reaction(&here, "👍"), lose);
    given.doing("reacting")?;
    seen?;
    ann.net.set_delay(std::time::Duration::ZERO);
    ann.client.remove_message_reaction(&here, "👍").await.doing("taking back")?;
    ann.net.set_down(false);
    until_reactions(&mut ben, &sent.id, &[]).await?;
    until_reactions(&mut ann, &sent.id, &[]).await
}

async fn polling(engine: Engine) -> Outcome {
    if !engine.is_there() {
        return Ok(());
    }
    let server = start(engine).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    let options = MessageOptions { is_support_extension: true, ..MessageOptions::default() };
    let poll = send(&ann, &place, options).await?;
    let here = until_here(&mut ben, &poll.id).await?;
    let vote = |key: &str, value: &str| vec![Extension { key: key.into(), value: value.into() }];
    let done = ben.client.set_message_extensions(&here, vote("ben", "yes")).await.doing("voting")?;
    assert_eq!((done[0].code, done[0].value.as_str()), (None, "yes"));
    let (of, list) = ann
        .until_event("a vote", SOON, |event| match event {
            Event::MessageExtensionsUpdated(of, list) => Some((of.clone(), list.to_vec())),
            _ => None,
        })
        .await?;
    assert_eq!((of.message_id, list), (poll.id.clone(), vote("ben", "yes")));
    let seen = find(&ann, &poll.id).await?.doing("no message")?;
    assert_eq!(seen.extensions, vote("ben", "yes"), "drawn with the message");

    // Both write one key; the one whose view is older is told, and then it can.
    ann.net.set_delay(std::time::Duration::from_millis(700));
    ben.client.set_message_extensions(&here, vote("title", "Lunch")).await.doing("writing")?;
    let late = ann.client.set_message_extensions(&poll, vote("title", "Dinner")).await.doing("writing")?;
    ann.net.set_delay(std::time::Duration::ZERO);
    assert_eq!((late[0].code, late[0].value.as_str()), (Some(ErrorCode::ExtensionConflict), "Lunch"));
    let again = ann.client.set_message_extensions(&poll, vote("title", "Dinner")).await.doing("writing")?;
    assert_eq!(again[0].code, None);
    until(&mut ben, "told of the new title", async |it| {
        let all =
            it.client.get_message_extensions(&here, Some(&["title".to_owned()])).await.doing("asking")?;
        Ok(all == vote("title", "Dinner"))
    })
    .await?;

    ben.client.delete_message_extensions(&here, Some(vec!["ben".into()])).await.doing("removing")?;
    let gone = ann
        .until_event("a removed key", SOON, |event| match event {
            Event::MessageExtensionsDeleted(of, keys) => Some((of.message_id.clone(), keys.to_vec())),
            _ => None,
        })
        .await?;
    assert_eq!(gone, (poll.id.clone(), vec!["ben".to_owned()]));
    ann.net.set_down(true);
    ann.restart().await?;
    let kept = ann.client.get_message_extensions(&poll, None).await.doing("asking")?;
    assert_eq!(kept, vote("title", "Dinner"), "from the local copy alone");
    let plain = say(&ben, "ann", "plain").await?;
    let refused = ben.client.set_message_extensions(&plain, vote("a", "b")).await;
    assert_eq!(refused.map_err(|error| error.code), Err(ErrorCode::StateNotAllowed));
    Ok(())
}

/// MSG-75, MSG-76, MSG-77, MSG-78, MSG-95, MSG-96: a vote is seen by everybody at once and stays without a network; of two
/// who write one key the second is told what is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_is_live_for_all() -> Outcome {
    polling(Engine::Sqlite).await
}

/// The same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_is_live_for_all_on_postgres() -> Outcome {
    polling(Engine::Postgres).await
}

async fn acknowledging(engine: Engine) -> Outcome {
    if !engine.is_there() {
        return Ok(());
    }
    let server = start(engine).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let wanted = || MessageOptions { need_read_receipt: true, ..MessageOptions::default() };
    let sent = send(&ann, &with("ben"), wanted()).await?;
    assert_eq!(sent.read_receipt_info.and_then(|info| info.is_peer_read), Some(false));
    let here = until_here(&mut ben, &sent.id).await?;
    ben.client.send_message_read_receipt(std::slice::from_ref(&here)).await.doing("acknowledging")?;
    let receipt = async |device: &mut Device| {
        device
            .until_event("a receipt", SOON, |event| match event {
                Event::MessageReadReceiptReceived(list) => Some(list[0].clone()),
                _ => None,
            })
            .await
    };
    let told = receipt(&mut ann).await?;
    assert_eq!((told.of.message_id, told.info.is_peer_read), (sent.id.clone(), Some(true)));
    let seen = find(&ann, &sent.id).await?.doing("no message")?;
    assert_eq!(seen.read_receipt_info, Some(told.info), "the cached message is updated before");
    let again = ben.client.send_message_read_receipt(std::slice::from_ref(&here)).await;
    assert_eq!(again.map_err(|error| error.code), Err(ErrorCode::NoReceiptNeeded));
    assert_eq!(
        line_of(&ben, &with("ann")).await?.doing("a line")?.unread_count,
        1,
        "unread is something else"
    );

    let place = group(&ann, &["ben", "cem"]).await?;
    let sent = send(&ann, &place, wanted()).await?;
    let counts = |info: Option<hallway_client::protocol::message::ReadReceiptInfo>| {
        info.map(|info| (info.read_count, info.unread_count))
    };
    assert_eq!(counts(sent.read_receipt_info), Some((Some(0), Some(2))));
    let here = until_here(&mut ben, &sent.id).await?;
    ben.client.send_message_read_receipt(&[here]).await.doing("acknowledging")?;
    receipt(&mut ann).await?;
    let list = ann.client.get_message_read_receipt_list(std::slice::from_ref(&sent)).await.doing("asking")?;
    assert_eq!(counts(list[0].read_receipt_info), Some((Some(1), Some(1))));
    let mut members = Vec::new();
    for filter in [ReadFilter::Read, ReadFilter::Unread] {
        let page = ann.client.get_group_message_read_member_list(&sent, filter, "", None).await;
        members.push(page.doing("asking")?.user_id_list);
    }
    assert_eq!(members, [vec![ben.user.clone()], vec!["cem".parse().doing("an id")?]]);
    let plain = send(&ann, &place, MessageOptions::default()).await?;
    let none = ann.client.get_message_read_receipt_list(std::slice::from_ref(&plain)).await;
    assert_eq!(none.map_err(|error| error.code), Err(ErrorCode::NoReceiptData));
    Ok(())
}

/// MSG-85, MSG-86, MSG-87, MSG-88, MSG-94, MSG-6, OBJ-42, OBJ-43: the sender is told who has read a message that wants it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sender_learns_who_has_read() -> Outcome {
    acknowledging(Engine::Sqlite).await
}

/// The same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sender_learns_who_has_read_on_postgres() -> Outcome {
    acknowledging(Engine::Postgres).await
}

async fn pinning(engine: Engine) -> Outcome {
    if !engine.is_there() {
        return Ok(());
    }
    let server = start(engine).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    let (first, second) = (
        send(&ann, &place, MessageOptions::default()).await?,
        send(&ann, &place, MessageOptions::default()).await?,
    );
    until_here(&mut ben, &second.id).await?;
    let group_id = group_id(&place);
    ben.client.pin_group_message(&group_id, &first, true).await.doing("pinning")?;
    let change = async |device: &mut Device| {
        device
            .until_event("a pin", SOON, |event| match event {
                Event::PinnedGroupMessageUpdated(change) => Some(change.clone()),
                _ => None,
            })
            .await
    };
    let told = change(&mut ann).await?;
    assert_eq!((&told.group_id, &told.of.message_id, told.is_pinned), (&group_id, &first.id, true));
    assert_eq!(
        (&told.operator_info.user_id, told.message.map(|it| it.id)),
        (&ben.user, Some(first.id.clone()))
    );
    ann.client.pin_group_message(&group_id, &second, true).await.doing("pinning")?;
    let pinned = async |device: &Device| {
        let list = device.client.get_pinned_group_message_list(&group_id).await.doing("asking")?;
        Outcome::Ok(
            list.into_iter().map(|it| (it.message.id, it.pin.operator_info.user_id)).collect::<Vec<_>>(),
        )
    };
    let both = vec![(second.id.clone(), ann.user.clone()), (first.id.clone(), ben.user.clone())];
    assert_eq!(pinned(&ben).await?, both);
    ann.net.set_down(true);
    ann.restart().await?;
    assert_eq!(pinned(&ann).await?, both, "also without a network");
    ann.net.set_down(false);
    ann.until_ready().await?;
    ann.client.revoke_message(&second, "").await.doing("recalling")?;
    let mut told = change(&mut ben).await?;
    while told.is_pinned {
        told = change(&mut ben).await?;
    }
    assert_eq!((told.of.message_id, &told.operator_info.user_id), (second.id, &ann.user));
    assert_eq!(pinned(&ben).await?, both[1..]);
    Ok(())
}

/// MSG-68, MSG-69, MSG-98: any member pins; all are told who did it; recalled messages are pinned no more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn group_messages_are_pinned() -> Outcome {
    pinning(Engine::Sqlite).await
}

/// The same on PostgreSQL.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn group_messages_are_pinned_on_postgres() -> Outcome {
    pinning(Engine::Postgres).await
}
