//! `work` groups from making to leaving (spec parts 8a and 8b).

use hallway_protocol::event::ServerEvent;
use hallway_protocol::group::{Group, GroupType, InviteOption, JoinOption, MemberRole};
use hallway_protocol::ids::ConversationId;
use hallway_protocol::message::{Message, Payload};
use hallway_protocol::method::{
    AddGroupMembers, ChangeGroupOwner, CreateGroup, DeleteGroupMembers, GetConversation, GetGroup,
    GetGroupMembers, GetRange, QuitGroup, SyncChanges, UpdateGroup,
};
use hallway_protocol::sync::UserItem;
use hallway_protocol::tip::{GroupTip, TipType};

use hallway_protocol::conversation::RemindType;

use super::{Person, World, code, of, on_both_engines};

fn new_group(name: &str, members: &[&Person]) -> CreateGroup {
    CreateGroup {
        name: name.into(),
        member_list: members.iter().map(|person| person.id.clone()).collect(),
        ..CreateGroup::default()
    }
}

fn nothing(group: &Group) -> UpdateGroup {
    UpdateGroup {
        group_id: group.group_id.clone(),
        name: None,
        introduction: None,
        notification: None,
        avatar: None,
        mute_all_members: None,
        join_option: None,
        invite_option: None,
    }
}

fn add(group: &Group, people: &[&Person]) -> AddGroupMembers {
    let user_id_list = people.iter().map(|person| person.id.clone()).collect();
    AddGroupMembers { group_id: group.group_id.clone(), user_id_list }
}

fn remove(group: &Group, people: &[&Person]) -> DeleteGroupMembers {
    let user_id_list = people.iter().map(|person| person.id.clone()).collect();
    DeleteGroupMembers { group_id: group.group_id.clone(), user_id_list, reason: "moved on".into() }
}

fn quit(group: &Group) -> QuitGroup {
    QuitGroup { group_id: group.group_id.clone() }
}

fn tip(message: &Message) -> &GroupTip {
    match &message.payload {
        Payload::GroupTip(tip) => tip,
        other => panic!("{other:?}"),
    }
}

async fn texts(world: &World, person: &Person, group: &Group) -> Vec<String> {
    let call = GetRange { conversation_id: of(group), from_seq: 1, to_seq: u64::MAX, changed_after: 0 };
    let range = world.call(person, call).await.unwrap();
    range
        .messages
        .iter()
        .map(|message| match &message.payload {
            Payload::Text(text) => text.text.clone(),
            other => other.kind().to_owned(),
        })
        .collect()
}

on_both_engines! {
    /// GRP-72, GRP-67, GRP-110, GRP-62: the maker owns it, members are told at once, no line in the chat.
    async fn making_a_group(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let made = world.call(&anna, new_group("Team", &[&ben, &ben, &anna])).await.unwrap();
        let group = made.group;
        assert!(group.group_id.as_str().starts_with("@TGS#"));
        assert_eq!((group.owner_id.as_ref(), group.member_count), (Some(&anna.id), 2));
        assert_eq!((group.join_option, group.invite_option), (JoinOption::DisableApply, Some(InviteOption::FreeAccess)));
        assert_eq!(group.self_info.as_ref().unwrap().role, MemberRole::Owner);

        let frame = ben.next_frame(&of(&group)).await;
        assert_eq!((frame.prev_mod, frame.counters.modification, frame.counters.seq), (0, 1, 0));
        assert!(frame.messages.is_empty());
        assert_eq!(frame.members.len(), 2);
        assert_eq!(frame.group_profile.as_ref().unwrap().name, "Team");
        assert!(frame.group_profile.unwrap().self_info.is_none());
        let own = ben.next_own().await;
        assert!(matches!(&own.entries.first().unwrap().item, UserItem::Conversation(state)
            if state.conversation_id == of(&group) && !state.is_readonly
            && state.message_remind_type == RemindType::AcceptAndNotify));
        let head = world.call(&ben, GetConversation { conversation_id: of(&group) }).await.unwrap();
        assert_eq!(head.group_profile.unwrap().self_info.unwrap().role, MemberRole::Member);
        assert!(head.last_message.is_none());
    }

    /// GRP-72: a repeated call makes one group.
    async fn making_a_group_is_repeatable(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let call = CreateGroup { request_id: "r1".into(), ..new_group("Team", &[]) };
        let (one, two) = tokio::join!(world.call(&anna, call.clone()), world.call(&anna, call.clone()));
        let one = one.unwrap().group;
        assert_eq!(two.unwrap().group.group_id, one.group_id);
        assert_eq!(world.call(&anna, call.clone()).await.unwrap().group.group_id, one.group_id);
        let other = CreateGroup { request_id: "r2".into(), ..call };
        assert_ne!(world.call(&anna, other).await.unwrap().group.group_id, one.group_id);
    }

    /// GRP-1, GRP-2, GRP-3, GRP-4, GRP-7, GRP-8, GRP-9, GRP-21: limits of making, at the limit and past it.
    async fn limits_of_making_a_group(db: Db) {
        let world = World::with(db, |config| {
            for (name, number) in [("work_members", 3), ("members_per_call", 3), ("groups_per_user", 2)] {
                config.limits.overrides.insert(name.into(), number.into());
            }
        })
        .await;
        let anna = world.join("anna").await;
        let (ben, carl, dora) = (world.join("ben").await, world.join("carl").await, world.join("dora").await);
        let limits = anna.signed_in.limits.clone();
        let max = limits.group_name.max as usize;
        assert_eq!(code(world.call(&anna, new_group("", &[])).await), 10004);
        assert_eq!(code(world.call(&anna, new_group(&"名".repeat(max + 1), &[])).await), 10004);
        let long = "x".repeat(limits.group_introduction.max as usize + 1);
        let introduced = CreateGroup { introduction: long.clone(), ..new_group("a", &[]) };
        assert_eq!(code(world.call(&anna, introduced).await), 10004);
        let noticed = CreateGroup { notification: long, ..new_group("a", &[]) };
        assert_eq!(code(world.call(&anna, noticed).await), 10004);
        let public = CreateGroup { group_type: GroupType::Public, ..new_group("a", &[]) };
        assert_eq!(code(world.call(&anna, public).await), 2600);
        let reserved = CreateGroup { group_id: Some("@TGS#x".try_into().unwrap()), ..new_group("a", &[]) };
        assert_eq!(code(world.call(&anna, reserved).await), 2602);
        assert_eq!(code(world.call(&anna, new_group("a", &[&ben, &carl, &dora])).await), 10038);
        let unknown = CreateGroup { member_list: vec!["nobody".parse().unwrap()], ..new_group("a", &[]) };
        assert_eq!(code(world.call(&anna, unknown).await), 10019);
        let many = CreateGroup {
            member_list: (0..4).map(|n| format!("u{n}").parse().unwrap()).collect(),
            ..new_group("a", &[])
        };
        assert_eq!(code(world.call(&anna, many).await), 10005);

        let chosen = |id: &str| CreateGroup { group_id: Some(id.try_into().unwrap()), ..new_group(&"名".repeat(max), &[&ben]) };
        world.call(&anna, chosen("sales")).await.unwrap();
        assert_eq!(code(world.call(&anna, chosen("sales")).await), 10025);
        assert_eq!(code(world.call(&ben, chosen("sales")).await), 10021);
        world.call(&ben, new_group("b", &[&carl])).await.unwrap();
        // Ben is in two groups now: he is left out, and cannot make a third himself.
        let made = world.call(&carl, new_group("c", &[&ben])).await.unwrap();
        assert_eq!(made.over_limit_user_id_list, vec![ben.id.clone()]);
        assert_eq!(made.group.member_count, 1);
        assert_eq!(code(world.call(&ben, new_group("d", &[])).await), 10037);
        let added = world.call(&carl, add(&made.group, &[&ben])).await.unwrap();
        assert_eq!(added.over_limit_user_id_list, vec![ben.id.clone()]);
    }

    /// GRP-74, GRP-41, GRP-42, GRP-54, GRP-29, GRP-112, OBJ-70, OBJ-81, OBJ-85, OBJ-95, OBJ-100, MSG-45: any member of a `work` group changes the profile; all are told
    /// by a line with what changed; options are the owner's and are not told.
    async fn changing_a_group(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        anna.drain(&world).await;
        let rename = UpdateGroup { name: Some("Crew".into()), ..nothing(&group) };
        let now = world.call(&ben, rename.clone()).await.unwrap();
        assert_eq!((now.name.as_str(), now.info_sequence, now.modification), ("Crew", 2, 2));
        let frame = anna.next_frame(&of(&group)).await;
        let line = frame.messages.first().unwrap();
        assert_eq!((frame.prev_mod, line.sequence, line.ord, frame.counters.ord), (1, 1, 0, 0));
        let told = tip(line);
        assert_eq!((told.operation_type, &told.operator_id), (TipType::GroupProfileUpdated, &ben.id));
        let operator = &told.operator_info;
        assert_eq!((operator.nick.as_str(), operator.role), ("BEN", Some(MemberRole::Member)));
        let changed = told.new_group_profile.as_ref().unwrap();
        assert_eq!((changed.group_name.as_deref(), &changed.notification), (Some("Crew"), &None));
        assert_eq!(frame.group_profile.unwrap().name, "Crew");
        // The same again changes nothing and tells nothing.
        assert_eq!(world.call(&ben, rename).await.unwrap().info_sequence, 2);

        let mute = UpdateGroup { mute_all_members: Some(true), ..nothing(&group) };
        assert_eq!(code(world.call(&ben, mute.clone()).await), 10007);
        assert!(world.call(&anna, mute).await.unwrap().mute_all_members);
        let frame = anna.next_frame(&of(&group)).await;
        assert!(frame.messages.is_empty() && frame.group_profile.unwrap().mute_all_members);
        assert_eq!(code(world.call(&ben, world.text(&ben, &of(&group), "x")).await), 10017);
        assert!(world.call(&anna, world.text(&anna, &of(&group), "x")).await.is_ok());

        let open = UpdateGroup { join_option: Some(JoinOption::FreeAccess), ..nothing(&group) };
        assert_eq!(code(world.call(&anna, open).await), 10004);
        assert_eq!(code(world.call(&anna, UpdateGroup { name: Some(String::new()), ..nothing(&group) }).await), 10004);
    }

    /// GRP-20, GRP-21, GRP-23, GRP-24, GRP-25, GRP-28, GRP-30, GRP-43, GRP-71, GMB-20, GMB-21, GMB-22: a group and
    /// a membership as the members see them; others see nothing of a `work` group.
    async fn a_group_as_its_members_see_it(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let before = crate::service::clock::Clock::new(0).now();
        let made = world.call(&anna, new_group("Team", &[&ben])).await.unwrap().group;
        let get = async |who: &Person| {
            world.call(who, GetGroup { group_id: made.group_id.clone() }).await
        };
        let seen = get(&ben).await.unwrap();
        assert_eq!((&seen.group_id, seen.group_type), (&made.group_id, GroupType::Work));
        assert_eq!((seen.owner_id.as_ref(), seen.info_sequence), (Some(&anna.id), 1));
        assert!(seen.create_time >= before && seen.last_info_time == seen.create_time);
        assert_eq!((seen.member_count, seen.max_member_count), (2, anna.signed_in.limits.work_members));
        assert_eq!((seen.join_option, seen.mute_all_members), (JoinOption::DisableApply, false));
        let own = seen.self_info.unwrap();
        assert_eq!((&own.user_id, own.nick.as_str(), own.role), (&ben.id, "BEN", MemberRole::Member));
        assert!(own.join_time >= before && own.name_card.is_empty() && own.mute_until == 0);
        assert_eq!(get(&anna).await.unwrap().self_info.unwrap().role, MemberRole::Owner);
        assert_eq!(code(get(&carl).await), 10007);

        // Only a change of the profile counts as one.
        world.call(&anna, add(&made, &[&carl])).await.unwrap();
        let more = get(&carl).await.unwrap();
        assert_eq!((more.member_count, more.info_sequence), (3, 1));
        world.call(&carl, UpdateGroup { notification: Some("!".into()), ..nothing(&made) }).await.unwrap();
        assert_eq!(get(&ben).await.unwrap().info_sequence, 2);
        let unknown = GetGroup { group_id: "nowhere".try_into().unwrap() };
        assert_eq!(code(world.call(&anna, unknown).await), 10010);
    }

    /// GMB-40, GRP-55: owner first, then by join time, in pages; by role.
    async fn listing_members(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let (ben, carl, dora) = (world.join("ben").await, world.join("carl").await, world.join("dora").await);
        let group = world.group(&carl, &[&anna, &ben, &dora]).await;
        let page = |offset: u64, role: Option<MemberRole>| GetGroupMembers {
            group_id: group.group_id.clone(),
            count: Some(3),
            offset,
            role,
        };
        let first = world.call(&anna, page(0, None)).await.unwrap();
        let ids = |members: &[hallway_protocol::group::Member]| {
            members.iter().map(|member| member.user_id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&first.member_list), ["carl", "anna", "ben"]);
        assert_eq!(first.member_list.first().unwrap().nick, "CARL");
        let last = world.call(&anna, page(first.offset, None)).await.unwrap();
        assert_eq!((ids(&last.member_list), last.offset), (vec!["dora".into()], 0));
        let owners = world.call(&anna, page(0, Some(MemberRole::Owner))).await.unwrap();
        assert_eq!((ids(&owners.member_list), owners.offset), (vec!["carl".into()], 0));
        let erik = world.join("erik").await;
        assert_eq!(code(world.call(&erik, page(0, None)).await), 10007);
    }

    /// GMB-42, GMB-60, GRP-46, GRP-58, GRP-59, GRP-60, GRP-61, GRP-116, OBJ-80, OBJ-82, OBJ-84, OBJ-86, OBJ-90: any member adds; who comes sees nothing from before, all see the
    /// line; who was there already and who is unknown is listed.
    async fn adding_members(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben]).await;
        world.say(&anna, &of(&group), "before").await;
        anna.drain(&world).await;
        let mut call = add(&group, &[&carl, &anna]);
        call.user_id_list.push("nobody".parse().unwrap());
        let added = world.call(&ben, call).await.unwrap();
        assert_eq!(added.success_user_id_list, vec![carl.id.clone()]);
        assert_eq!(added.existed_user_id_list, vec![anna.id.clone()]);
        assert_eq!(added.failure_user_id_list, vec!["nobody".parse().unwrap()]);
        assert_eq!(added.group.member_count, 3);

        let frame = anna.next_frame(&of(&group)).await;
        let line = tip(frame.messages.first().unwrap());
        assert_eq!((line.operation_type, line.group_join_type, line.member_count), (TipType::MemberJoin, 2, 3));
        assert_eq!((&line.user_id_list, &line.operator_id), (&vec![carl.id.clone()], &ben.id));
        assert_eq!(frame.members.first().unwrap().user_id, carl.id);
        assert_eq!(frame.group_profile.unwrap().member_count, 3);
        assert_eq!(carl.next_frame(&of(&group)).await.messages.len(), 1);

        world.say(&anna, &of(&group), "welcome").await;
        assert_eq!(texts(&world, &carl, &group).await, ["group_tip", "welcome"]);
        assert_eq!(texts(&world, &ben, &group).await, ["before", "group_tip", "welcome"]);
        let head = world.call(&carl, GetConversation { conversation_id: of(&group) }).await.unwrap();
        assert_eq!((head.unread_count, head.state.min_seq), (1, 1));
        let nobody = AddGroupMembers { group_id: group.group_id.clone(), user_id_list: vec!["no".parse().unwrap()] };
        assert_eq!(code(world.call(&ben, nobody).await), 10019);
    }

    /// GMB-42, GMB-62, GRP-8, GRP-31: no room for all means none; `disable_invite` leaves inviting to the owner.
    async fn who_may_add_and_how_many(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("work_members".into(), 3.into());
        })
        .await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let (carl, dora) = (world.join("carl").await, world.join("dora").await);
        let group = world.group(&anna, &[&ben]).await;
        assert_eq!(code(world.call(&ben, add(&group, &[&carl, &dora])).await), 10014);
        let closed = UpdateGroup { invite_option: Some(InviteOption::DisableInvite), ..nothing(&group) };
        world.call(&anna, closed).await.unwrap();
        assert_eq!(code(world.call(&ben, add(&group, &[&carl])).await), 10007);
        assert_eq!(world.call(&anna, add(&group, &[&carl])).await.unwrap().group.member_count, 3);
    }

    /// GMB-43, GMB-63, GRP-52, GRP-117, OBJ-83, OBJ-92, CONV-58, CONV-35: the owner removes; who was removed keeps what there was,
    /// sees the line, and nothing after it; nothing arrives there any more.
    async fn removing_members(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben, &carl]).await;
        world.say(&anna, &of(&group), "before").await;
        assert_eq!(code(world.call(&ben, remove(&group, &[&carl])).await), 10007);
        assert_eq!(code(world.call(&anna, remove(&group, &[&anna])).await), 10004);
        ben.drain(&world).await;
        let dora = world.join("dora").await;
        let removed = world.call(&anna, remove(&group, &[&ben, &dora])).await.unwrap();
        assert_eq!((removed.user_id_list, removed.group.member_count), (vec![ben.id.clone()], 2));

        let frame = ben.next_frame(&of(&group)).await;
        let line = tip(frame.messages.first().unwrap());
        assert_eq!(line.operation_type, TipType::MemberKickedOut);
        let who = line.member_list.first().unwrap();
        assert_eq!((&who.user_id, who.nick.as_str(), who.reason.as_str()), (&ben.id, "BEN", "moved on"));
        assert!(frame.members.first().unwrap().gone);
        let own = ben.next_own().await;
        let UserItem::Conversation(state) = &own.entries.first().unwrap().item else { panic!("{own:?}") };
        assert_eq!((state.max_seq, state.is_readonly), (Some(2), true));

        world.say(&anna, &of(&group), "after").await;
        carl.next_frame(&of(&group)).await;
        let is_elsewhere = |event: &ServerEvent| {
            matches!(event, ServerEvent::ConversationFrame(frame) if frame.conversation_id == ConversationId::System)
        };
        assert!(ben.drain(&world).await.iter().all(is_elsewhere), "nothing of the group reaches who was removed");
        assert_eq!(texts(&world, &ben, &group).await, ["before", "group_tip"]);
        let head = world.call(&ben, GetConversation { conversation_id: of(&group) }).await.unwrap();
        assert_eq!((head.counters.seq, head.counters.ord, head.unread_count), (2, 1, 1));
        assert_eq!(head.last_message.unwrap().sequence, 2);
        assert_eq!(code(world.call(&ben, world.text(&ben, &of(&group), "x")).await), 10007);
        assert_eq!(code(world.call(&ben, GetGroup { group_id: group.group_id.clone() }).await), 10007);
        let changes = SyncChanges { conversation_id: of(&group), after_mod: 0, limit: None };
        let changes = world.call(&ben, changes).await.unwrap();
        assert!(changes.members.is_empty() && changes.group_profile.is_none());
        assert_eq!(changes.messages.last().unwrap().sequence, 2);
    }

    /// Coming back opens no hole into the time between: what was written while away stays closed.
    async fn coming_back(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        world.call(&anna, remove(&group, &[&ben])).await.unwrap();
        world.say(&anna, &of(&group), "secret").await;
        world.call(&anna, add(&group, &[&ben])).await.unwrap();
        world.say(&anna, &of(&group), "hello again").await;
        assert_eq!(texts(&world, &ben, &group).await, ["group_tip", "hello again"]);
        let head = world.call(&ben, GetConversation { conversation_id: of(&group) }).await.unwrap();
        assert_eq!((head.unread_count, head.state.is_readonly), (1, false));
        assert!(world.call(&ben, world.text(&ben, &of(&group), "thanks")).await.is_ok());
    }

    /// GRP-76, GRP-48, GRP-69, GRP-68, GRP-118, OBJ-91: members leave, the owner of a `work` group too, which then
    /// has none; with the last member the group ends.
    async fn leaving(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        ben.drain(&world).await;
        world.call(&anna, quit(&group)).await.unwrap();
        let frame = ben.next_frame(&of(&group)).await;
        assert_eq!(tip(frame.messages.first().unwrap()).operation_type, TipType::MemberQuit);
        let profile = frame.group_profile.unwrap();
        assert_eq!((profile.owner_id, profile.member_count), (None, 1));
        assert_eq!(code(world.call(&anna, quit(&group)).await), 10007);
        assert!(world.call(&ben, UpdateGroup { name: Some("Rest".into()), ..nothing(&group) }).await.is_ok());
        let mute = UpdateGroup { mute_all_members: Some(true), ..nothing(&group) };
        assert_eq!(code(world.call(&ben, mute).await), 10007);

        world.call(&ben, quit(&group)).await.unwrap();
        assert_eq!(code(world.call(&ben, world.text(&ben, &of(&group), "x")).await), 10010);
        assert_eq!(texts(&world, &ben, &group).await, ["group_tip", "group_tip", "group_tip"]);
    }

    /// GRP-80, GRP-50, GRP-113: the owner hands over to a member and becomes an ordinary one.
    async fn handing_over(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let group = world.group(&anna, &[&ben]).await;
        let to = |person: &Person| ChangeGroupOwner {
            group_id: group.group_id.clone(),
            new_owner_id: person.id.clone(),
        };
        assert_eq!(code(world.call(&ben, to(&ben)).await), 2681);
        assert_eq!(code(world.call(&anna, to(&anna)).await), 2621);
        assert_eq!(code(world.call(&anna, to(&carl)).await), 2623);
        ben.drain(&world).await;
        let now = world.call(&anna, to(&ben)).await.unwrap();
        assert_eq!(now.owner_id, Some(ben.id.clone()));
        assert_eq!(now.self_info.unwrap().role, MemberRole::Member);
        let frame = ben.next_frame(&of(&group)).await;
        let line = tip(frame.messages.first().unwrap());
        assert_eq!(line.new_group_profile.as_ref().unwrap().owner_id, Some(ben.id.clone()));
        let roles: Vec<_> = frame.members.iter().map(|member| (member.user_id.to_string(), member.role)).collect();
        assert_eq!(roles, [("anna".into(), MemberRole::Member), ("ben".into(), MemberRole::Owner)]);
        assert_eq!(code(world.call(&anna, remove(&group, &[&ben])).await), 10007);
        assert!(world.call(&ben, remove(&group, &[&anna])).await.is_ok());
    }

    /// OBJ-101, CONV-59: lines of the server's own count as nothing, and cannot be recalled.
    async fn tips_do_not_count(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&anna, &[&ben]).await;
        for name in ["One", "Two"] {
            world.call(&anna, UpdateGroup { name: Some(name.into()), ..nothing(&group) }).await.unwrap();
        }
        let head = world.call(&ben, GetConversation { conversation_id: of(&group) }).await.unwrap();
        assert_eq!((head.unread_count, head.counters.seq, head.counters.ord), (0, 2, 0));
        assert_eq!(head.last_message.unwrap().sequence, 2);
        let recall = hallway_protocol::method::RevokeMessage {
            conversation_id: of(&group),
            sequence: 1,
            reason: String::new(),
        };
        assert_eq!(code(world.call(&anna, recall).await), 10032);
        assert!(!ben.drain(&world).await.iter().any(|event| matches!(event, ServerEvent::Resync {})));
    }
}
