//! `work` groups as an app sees them: making, inviting, changing, leaving.

use std::sync::{Arc, Mutex};

use hallway_client::protocol::conversation::RemindType;
use hallway_client::protocol::group::{Group, MemberRole};
use hallway_client::protocol::message::Payload;
use hallway_client::protocol::method::UpdateGroup;
use hallway_client::protocol::tip::TipType;
use hallway_client::{
    ConversationId, ErrorCode, Event, EventName, GroupId, MessageOptions, NetState, SendOptions,
};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::support::{Device, Engine, TestServer};

use crate::support::*;

fn id_of(place: &ConversationId) -> GroupId {
    match place {
        ConversationId::Group(group) => group.clone(),
        other => panic!("{other} is no group"),
    }
}

async fn members(device: &Device, group: &GroupId) -> Outcome<Vec<(String, MemberRole)>> {
    let list = device.client.get_group_member_list(group).await.doing("the members")?;
    Ok(list.into_iter().map(|it| (it.user_id.to_string(), it.role)).collect())
}

fn rename(group: &GroupId, name: &str) -> UpdateGroup {
    UpdateGroup {
        group_id: group.clone(),
        name: Some(name.into()),
        introduction: None,
        notification: None,
        avatar: None,
        mute_all_members: None,
        join_option: None,
        invite_option: None,
    }
}

/// GRP-70, GRP-71, GRP-72, GRP-74, GRP-76, GRP-130, GMB-42, CONV-58, SES-66: from making a group to leaving it, on every device
/// concerned; the event carries the full list.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_from_making_to_leaving() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let mut ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let mut cem = device(&server, "cem", "cem-desk").await?;
    let told: Arc<Mutex<Vec<Arc<[Group]>>>> = Arc::default();
    let kept = Arc::clone(&told);
    ben.client.on(EventName::GroupListUpdated, move |event| {
        if let Event::GroupListUpdated(list) = event {
            kept.lock().expect("lists").push(Arc::clone(list));
        }
    });
    let names = |list: &[Group]| list.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let last_told = || told.lock().expect("lists").last().map(|list| names(list)).unwrap_or_default();

    let place = group(&ann, &["ben"]).await?;
    let team = id_of(&place);
    assert!(line_of(&ann, &place).await?.is_some(), "in the maker's list at once");
    ben.until("told of the group", SOON, |_| last_told() == ["Team"]).await?;
    assert_eq!(names(&ben.client.get_group_list().await.doing("the groups")?), ["Team"]);
    assert_eq!(
        members(&ben, &team).await?,
        [("ann".into(), MemberRole::Owner), ("ben".into(), MemberRole::Member)]
    );
    let strange = cem.client.get_group_profile(&team).await.map_err(|error| error.code);
    assert_eq!(strange.err(), Some(ErrorCode::NoPermission), "others see nothing of a work group");

    // Any member invites and changes the profile.
    let added = ben.client.add_group_member(&team, vec![cem.user.clone()]).await.doing("inviting")?;
    assert_eq!((added.success_user_id_list.len(), added.group.member_count), (1, 3));
    until_line(&mut cem, &place, "in it", |it| it.group_profile.is_some()).await?;
    let changed = cem.client.update_group_profile(rename(&team, "Crew")).await.doing("renaming")?;
    assert_eq!((changed.name.as_str(), changed.info_sequence), ("Crew", 2));
    ben.until("told of the name", SOON, |_| last_told() == ["Crew"]).await?;
    for device in [&mut ann, &mut cem] {
        until_line(device, &place, "renamed", |it| it.display_name() == "Crew").await?;
        assert_eq!(members(device, &team).await?.len(), 3);
    }
    let profile = ann.client.get_group_profile(&team).await.doing("the profile")?;
    assert_eq!(profile.self_info.map(|it| it.role), Some(MemberRole::Owner));

    // Who leaves keeps what there was, readable only.
    ben.client.quit_group(&team).await.doing("leaving")?;
    until_line(&mut ben, &place, "readonly", |it| it.is_readonly).await?;
    ben.until("told of the end", SOON, |_| last_told().is_empty()).await?;
    assert_eq!(ben.client.get_group_list().await.doing("the groups")?, []);
    let late =
        ben.client.create_text_message(place.clone(), "x", MessageOptions::default()).doing("making")?;
    let refused = ben.client.send_message(late, SendOptions::default()).await;
    assert_eq!(refused.map_err(|error| error.code).err(), Some(ErrorCode::NoPermission));
    until_line(&mut ann, &place, "smaller", |it| {
        it.group_profile.as_ref().is_some_and(|group| group.member_count == 2)
    })
    .await?;
    assert_eq!(members(&ann, &team).await?.len(), 2);
    Ok(())
}

/// OBJ-102, OBJ-70, OBJ-90, GRP-132: when a tip is told, the members and the profile are up to date already.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_up_to_date_when_a_tip_is_told() -> Outcome {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    let team = id_of(&place);
    until_line(&mut ben, &place, "in it", |it| it.group_profile.is_some()).await?;
    assert_eq!(members(&ben, &team).await?.len(), 2, "asked for once, it is kept up to date");
    let cem = "cem".parse().doing("an id")?;
    ann.client.add_group_member(&team, vec![cem]).await.doing("inviting")?;
    let pick = |event: &Event| match event {
        Event::GroupMemberUpdated(group, members) if members[0].user_id.as_str() == "cem" => {
            Some((group.clone(), members.len()))
        }
        _ => None,
    };
    assert_eq!(ben.until_event("the new member", SOON, pick).await?, (team.clone(), 1));
    let pick = |event: &Event| match event {
        Event::MessageReceived(list) => list.first().cloned(),
        _ => None,
    };
    let line = ben.until_event("the tip", SOON, pick).await?;
    ben.net.set_down(true);
    ben.net.cut();
    let Payload::GroupTip(tip) = &line.payload else { panic!("{line:?}") };
    assert_eq!((tip.operation_type, tip.member_count), (TipType::MemberJoin, 3));
    assert_eq!(members(&ben, &team).await?.len(), 3);
    let count =
        line_of(&ben, &place).await?.and_then(|it| it.group_profile.as_ref().map(|it| it.member_count));
    assert_eq!(count, Some(3));
    Ok(())
}

/// GRP-26, GRP-27, GRP-34: what a group knows of its conversation and of one's own side of it, here and without a network; who has taken
/// it off the list learns only when something was last said.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_knows_its_conversation() -> Outcome {
    let server = server().await?;
    let ann = device(&server, "ann", "ann-desk").await?;
    let mut ben = device(&server, "ben", "ben-desk").await?;
    let place = group(&ann, &["ben"]).await?;
    let team = id_of(&place);
    let text = ann.client.create_text_message(place.clone(), "hello", MessageOptions::default());
    let said =
        ann.client.send_message(text.doing("making")?, SendOptions::default()).await.doing("sending")?;
    until_line(&mut ben, &place, "told", |it| it.unread_count == 1).await?;
    ben.client
        .set_message_remind_type(std::slice::from_ref(&place), RemindType::Discard)
        .await
        .doing("muting")?;
    ben.client.set_message_read(&place, None).await.doing("reading")?;
    until_line(&mut ben, &place, "muted", |it| it.message_remind_type == RemindType::Discard).await?;
    let known = |group: &Group| {
        let own = group.self_info.as_ref().expect("a membership");
        let last = group.last_message.as_ref().expect("a last message");
        assert_eq!((own.user_id.as_str(), own.role, own.mute_until), ("ben", MemberRole::Member, 0));
        assert!(own.join_time > 0);
        assert_eq!((own.message_remind_type, own.read_sequence), (RemindType::Discard, said.sequence));
        assert_eq!(group.next_message_seq, said.sequence + 1);
        assert_eq!(last.last_time, said.time);
        assert_eq!(last.message.as_ref().map(|it| &it.id), Some(&said.id));
    };
    known(&ben.client.get_group_profile(&team).await.doing("the profile")?);
    known(&ben.client.get_group_list().await.doing("the groups")?[0]);
    ben.net.set_down(true);
    ben.restart().await?;
    known(&ben.client.get_group_profile(&team).await.doing("the profile")?);

    ben.net.set_down(false);
    ben.until_net(NetState::Connected, SOON).await?;
    ben.until("ready", SOON, |it| it.client.is_ready()).await?;
    ben.client.delete_conversation(&[place], false).await.doing("deleting")?;
    let group = ben.client.get_group_profile(&team).await.doing("the profile")?;
    assert_eq!(group.next_message_seq, said.sequence + 1);
    let own = group.self_info.doing("a membership")?;
    assert_eq!((own.role, own.read_sequence), (MemberRole::Member, said.sequence));
    assert_eq!(group.last_message.map(|it| (it.last_time, it.message)), Some((said.time, None)));
    Ok(())
}
