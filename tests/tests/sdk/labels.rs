//! What a person sets about conversations and about all of them, on two instances of one account.

use hallway_client::do_not_disturb::{Silence, Wish, silence};
use hallway_client::model::ConversationFilter;
use hallway_client::protocol::conversation::RemindType;
use hallway_client::{ErrorCode, Event, NetState};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

/// The conversations that a filter lets through.
async fn filtered(device: &Device, filter: ConversationFilter) -> Outcome<Vec<String>> {
    let list = device.client.get_conversation_list(filter).await.doing("the list")?;
    assert!(list.is_sync_completed);
    Ok(list.conversation_list.iter().map(|it| it.conversation_id.to_string()).collect())
}

async fn in_group(device: &Device, name: &str) -> Outcome<Vec<String>> {
    filtered(device, ConversationFilter { group_name: Some(name.into()), ..Default::default() }).await
}

/// Names of conversation groups that the app is told of.
fn group_names(event: &Event) -> Option<Vec<String>> {
    match event {
        Event::ConversationGroupListUpdated(names) => Some(names.to_vec()),
        _ => None,
    }
}

/// A conversation group that the app is told of, with what is in it.
fn group_content(event: &Event) -> Option<(String, Vec<String>)> {
    match event {
        Event::ConversationInGroupUpdated(name, list) => {
            Some((name.clone(), list.iter().map(|it| it.conversation_id.to_string()).collect()))
        }
        _ => None,
    }
}

/// CONV-33, CONV-60, CONV-110, CONV-111, CONV-112, CONV-113, CONV-114, CONV-115, CONV-122, CONV-123: made on one instance, told and
/// readable on the other, without a network too; errors before anything is asked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conversation_groups_follow_the_user() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    say(&desk, "ben", "one").await?;
    say(&desk, "cem", "two").await?;
    until_listed(&mut lap, "cem", "there", |_| true).await?;
    until_listed(&mut lap, "ben", "there", |_| true).await?;

    let code = |result: hallway_client::Result<_>| result.map_err(|error| error.code).err();
    let refused = desk.client.create_conversation_group(&"x".repeat(33), &[]).await;
    assert_eq!(code(refused), Some(ErrorCode::ConversationGroupNameTooLong));
    let made = desk.client.create_conversation_group("客户", &[with("ben")]).await.doing("making")?;
    assert_eq!(made.success_conversation_id_list, [with("ben")]);
    assert_eq!(lap.until_event("a group", SOON, group_names).await?, ["客户"]);
    let content = lap.until_event("its content", SOON, group_content).await?;
    assert_eq!(content, ("客户".to_owned(), vec!["C2Cben".to_owned()]));
    assert_eq!(listed(&lap, "ben").await?.map(|it| it.conversation_group_list), Some(vec!["客户".into()]));
    assert_eq!(in_group(&lap, "客户").await?, ["C2Cben"]);
    assert_eq!(in_group(&lap, "").await?, ["C2Ccem"], "in none");
    let both = ConversationFilter {
        group_name: Some("客户".into()),
        has_unread_count: true,
        ..ConversationFilter::default()
    };
    assert_eq!(filtered(&lap, both).await?, Vec::<String>::new(), "and unread");
    let no_mark = ConversationFilter { mark_type: Some(3), ..ConversationFilter::default() };
    let refused = lap.client.get_conversation_list(no_mark).await;
    assert_eq!(refused.map_err(|error| error.code).err(), Some(ErrorCode::InvalidParameter));

    desk.client.create_conversation_group("Later", &[]).await.doing("making")?;
    assert_eq!(lap.until_event("another", SOON, group_names).await?, ["客户", "Later"]);
    desk.client.add_conversations_to_group("Later", &[with("cem"), with("ben")]).await.doing("adding")?;
    until_listed(&mut lap, "ben", "in both", |it| it.conversation_group_list == ["客户", "Later"]).await?;
    desk.client.delete_conversations_from_group("客户", &[with("ben")]).await.doing("taking out")?;
    until_listed(&mut lap, "ben", "in one", |it| it.conversation_group_list == ["Later"]).await?;
    let emptied = async |device: &mut Device| {
        loop {
            let (name, content) = device.until_event("emptied", SOON, group_content).await?;
            if name == "客户" && content.is_empty() {
                return Outcome::Ok(());
            }
        }
    };
    desk.client.add_conversations_to_group("客户", &[with("cem")]).await.doing("adding")?;
    desk.client.delete_conversations_from_group("客户", &[with("cem")]).await.doing("taking out")?;
    emptied(&mut lap).await?;

    desk.client.rename_conversation_group("Later", "Soon").await.doing("renaming")?;
    until_listed(&mut lap, "cem", "renamed", |it| it.conversation_group_list == ["Soon"]).await?;
    let unknown = desk.client.rename_conversation_group("Later", "Never").await;
    assert_eq!(unknown.map_err(|error| error.code).err(), Some(ErrorCode::ConversationGroupUnknown));
    desk.client.delete_conversation_group("客户").await.doing("deleting")?;
    until(&mut lap, "without it", async |lap| {
        Ok(lap.client.get_conversation_group_list().doing("the groups")? == ["Soon"])
    })
    .await?;

    lap.net.set_down(true);
    lap.restart().await?;
    assert_eq!(lap.client.get_conversation_group_list().doing("the groups")?, ["Soon"]);
    let offline = ConversationFilter { group_name: Some("Soon".into()), ..ConversationFilter::default() };
    let list = lap.client.get_conversation_list(offline).await.doing("the list")?;
    assert_eq!((list.conversation_list.len(), list.is_sync_completed), (2, false));
    let refused = lap.client.create_conversation_group("offline", &[]).await;
    assert_eq!(code(refused), Some(ErrorCode::NoNetwork));
    Ok(())
}

/// CONV-73, CONV-74, CONV-95, CONV-124: set on one instance, told and in force on the other; ended there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn do_not_disturb_follows_the_user() -> Outcome {
    let server = server().await?;
    let mut desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    let told = |event: &Event| match event {
        Event::AllReceiveMessageOptUpdated(opt) => Some(opt.clone()),
        _ => None,
    };
    assert_eq!(
        desk.client.get_all_receive_message_opt().doing("asking")?.message_remind_type,
        RemindType::AcceptAndNotify
    );
    let wish =
        Wish { start_hour: 0, start_minute: 0, start_second: 0, duration: 48 * 3600, is_repeated: true };
    desk.client.set_all_receive_message_opt(Some(wish)).await.doing("setting")?;
    let opt = lap.until_event("being told", SOON, told).await?;
    assert_eq!(lap.client.get_all_receive_message_opt().doing("asking")?, opt);
    assert_eq!((opt.message_remind_type, opt.is_repeated), (RemindType::AcceptNotNotify, true));
    assert_eq!(opt.end_time - opt.start_time, 48 * 3600);
    assert_eq!(silence(&opt, lap.client.get_server_time() / 1000), Some(Silence::ForEver));
    let wrong = desk.client.set_all_receive_message_opt(Some(Wish { start_hour: 24, ..wish })).await;
    assert_eq!(wrong.map_err(|error| error.code), Err(ErrorCode::InvalidParameter));

    // An instance that was away learns of it, and keeps it without a network.
    lap.net.set_down(true);
    lap.net.cut();
    lap.until_net(NetState::Disconnected, SOON).await?;
    desk.client.set_all_receive_message_opt(None).await.doing("ending")?;
    let opt = desk.until_event("being told", SOON, |event| {
        told(event).filter(|opt| opt.message_remind_type == RemindType::AcceptAndNotify)
    });
    assert_eq!(opt.await?, Default::default());
    lap.restart().await?;
    assert_eq!(
        lap.client.get_all_receive_message_opt().doing("asking")?.message_remind_type,
        RemindType::AcceptNotNotify
    );
    lap.net.set_down(false);
    assert_eq!(lap.until_event("being told", SOON, told).await?, Default::default());
    Ok(())
}

/// SES-53: pin, mark, custom data, conversation groups, remind type and global do-not-disturb, all set on one instance, are on the
/// other, and on one that was signed in only afterwards.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_is_set_is_on_every_own_instance() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben"]).await?;
    let desk = device(&server, "ann", "ann-desk").await?;
    let mut lap = device(&server, "ann", "ann-lap").await?;
    say(&desk, "ben", "one").await?;
    let ben = [with("ben")];
    desk.client.pin_conversation(&ben[0], true).await.doing("pinning")?;
    desk.client.mark_conversation(&ben, 0x1, true).await.doing("marking")?;
    desk.client.set_conversation_custom_data(&ben, "blue").await.doing("keeping data")?;
    desk.client.create_conversation_group("客户", &ben).await.doing("grouping")?;
    desk.client.set_message_remind_type(&ben, RemindType::AcceptNotNotify).await.doing("muting")?;
    let wish =
        Wish { start_hour: 22, start_minute: 0, start_second: 0, duration: 9 * 3600, is_repeated: true };
    desk.client.set_all_receive_message_opt(Some(wish)).await.doing("not being disturbed")?;
    let is_quiet = |device: &Device| {
        let opt = device.client.get_all_receive_message_opt();
        opt.is_ok_and(|opt| opt.is_repeated && opt.end_time - opt.start_time == 9 * 3600)
    };
    let mut late = device(&server, "ann", "ann-late").await?;
    for device in [&mut lap, &mut late] {
        until_listed(device, "ben", "set", |it| {
            it.is_pinned
                && it.mark_list == [1]
                && it.custom_data == "blue"
                && it.conversation_group_list == ["客户"]
                && it.message_remind_type == RemindType::AcceptNotNotify
        })
        .await?;
        device.until("quiet", SOON, is_quiet).await?;
    }
    Ok(())
}
