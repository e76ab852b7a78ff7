//! Conversation groups and do-not-disturb: private, counted one change at a time, on all instances of their owner.

use futures_util::future::join_all;
use hallway_protocol::conversation::{AllReceiveMessageOpt, ConversationGroup, RemindType};
use hallway_protocol::method::{
    ConversationGroupChange, ConversationsUpdated, CreateConversationGroup, DeleteConversationGroup,
    DeleteConversations, GetConversation, QuitGroup, RenameConversationGroup, SetAllReceiveMessageOpt,
    SyncUser, UpdateConversations,
};
use hallway_protocol::sync::UserItem;

use super::*;
use crate::store::conv_group;

fn create(name: &str, ids: &[&ConversationId]) -> CreateConversationGroup {
    let conversation_id_list = ids.iter().map(|id| (*id).clone()).collect();
    CreateConversationGroup { group_name: name.into(), conversation_id_list }
}

fn delete(name: &str) -> DeleteConversationGroup {
    DeleteConversationGroup { group_name: name.into() }
}

fn rename(old: &str, new: &str) -> RenameConversationGroup {
    RenameConversationGroup { old_name: old.into(), new_name: new.into() }
}

fn change(name: &str, ids: &[&ConversationId], is_in: bool) -> UpdateConversations {
    UpdateConversations {
        conversation_id_list: ids.iter().map(|id| (*id).clone()).collect(),
        conversation_group: Some(ConversationGroupChange { group_name: name.into(), is_in }),
        ..UpdateConversations::default()
    }
}

const NONE: [i32; 0] = [];

/// The codes of what was not done.
fn failed(done: Result<ConversationsUpdated, ChatError>) -> Vec<i32> {
    done.unwrap().failure_conversation_id_list.iter().map(|failure| failure.code.code()).collect()
}

/// What a new installation learns from the own log, the last state of each object.
async fn log(world: &World, person: &Person) -> Vec<UserItem> {
    let params = SyncUser { epoch: String::new(), after: 0, limit: None };
    world.call(person, params).await.unwrap().entries.into_iter().map(|entry| entry.item).collect()
}

async fn groups(world: &World, person: &Person) -> Vec<ConversationGroup> {
    let items = log(world, person).await.into_iter();
    let lists = items.filter_map(|item| match item {
        UserItem::ConversationGroups(groups) => Some(groups),
        _ => None,
    });
    lists.last().unwrap_or_default()
}

async fn names(world: &World, person: &Person) -> Vec<String> {
    groups(world, person).await.into_iter().map(|group| group.name).collect()
}

/// The names of the groups a conversation is in.
async fn of_conversation(world: &World, person: &Person, id: &ConversationId) -> Vec<String> {
    let state = world.call(person, GetConversation { conversation_id: id.clone() }).await.unwrap().state;
    let all = groups(world, person).await.into_iter();
    all.filter(|group| state.conversation_groups.contains(&group.number)).map(|group| group.name).collect()
}

async fn told(person: &Person) -> UserItem {
    person.next_own().await.entries.into_iter().next().unwrap().item
}

on_both_engines! {
    /// CONV-33, CONV-110, CONV-111, CONV-112, CONV-113, CONV-114, CONV-115: made, filled, renamed, deleted, in order of
    /// creation; for nobody else; told to all own instances.
    async fn groups_of_conversations(db: Db) {
        let world = World::new(db).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let second = world.sign_in("anna", "second").await;
        let team = of(&world.group(&anna, &[&ben]).await);
        second.drain(&world).await;
        let nobody = "C2Cnobody".parse().unwrap();

        let made = world.call(&anna, create("Work", &[&with(&ben), &nobody, &team])).await.unwrap();
        assert_eq!(made.success_conversation_id_list, [with(&ben), team.clone()]);
        assert_eq!(failed(Ok(made)), [2501]);
        assert_eq!(failed(world.call(&anna, create("客户", &[])).await), NONE);
        assert_eq!(names(&world, &anna).await, ["Work", "客户"]);
        let UserItem::ConversationGroups(list) = told(&second).await else { panic!("the list comes first") };
        let [work] = list.as_slice() else { panic!("{list:?}") };
        let UserItem::Conversation(state) = told(&second).await else { panic!("then what is in it") };
        assert_eq!((state.conversation_id, state.conversation_groups), (with(&ben), vec![work.number]));
        assert_eq!(names(&world, &ben).await, Vec::<String>::new());

        // Also with somebody new; a conversation may be in several.
        assert_eq!(failed(world.call(&anna, change("客户", &[&with(&carl), &team], true)).await), NONE);
        assert_eq!(of_conversation(&world, &anna, &team).await, ["Work", "客户"]);
        assert_eq!(of_conversation(&world, &anna, &with(&carl)).await, ["客户"]);
        // The same again is no change.
        second.drain(&world).await;
        assert_eq!(failed(world.call(&anna, change("客户", &[&team], true)).await), NONE);
        assert_eq!(failed(world.call(&anna, change("客户", &[&with(&ben)], false)).await), NONE);
        assert!(second.drain(&world).await.is_empty());
        assert_eq!(failed(world.call(&anna, change("Work", &[&team], false)).await), NONE);
        assert_eq!(of_conversation(&world, &anna, &team).await, ["客户"]);

        world.call(&anna, rename("Work", "Later")).await.unwrap();
        assert_eq!(names(&world, &anna).await, ["Later", "客户"], "in order of creation");
        assert_eq!(of_conversation(&world, &anna, &with(&ben)).await, ["Later"]);
        world.call(&anna, delete("Later")).await.unwrap();
        assert_eq!(names(&world, &anna).await, ["客户"]);
        world.call(&anna, create("Later", &[])).await.unwrap();
        assert_eq!(of_conversation(&world, &anna, &with(&ben)).await, Vec::<String>::new(), "not the old one");
        // CONV-62: deleting the conversation takes it out.
        let gone = DeleteConversations { conversation_id_list: vec![with(&carl)], clear_history_message: false };
        world.call(&anna, gone).await.unwrap();
        assert_eq!(of_conversation(&world, &anna, &with(&carl)).await, Vec::<String>::new());
    }

    /// CONV-3, CONV-6, CONV-7, CONV-132, CONV-133: names, numbers and rights; each limit and one past it.
    async fn limits_of_groups(db: Db) {
        let world = World::new(db).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let team = world.group(&anna, &[&ben]).await;
        assert_eq!(code(world.call(&ben, create("", &[])).await), 51011);
        assert_eq!(code(world.call(&ben, create("  ", &[])).await), 51011);
        assert_eq!(code(world.call(&ben, create(&"x".repeat(33), &[])).await), 51011);
        let long = "x".repeat(32);
        assert_eq!(failed(world.call(&ben, create(&long, &[])).await), NONE);
        assert_eq!(code(world.call(&ben, create(&long, &[])).await), 6017, "there is one");
        for number in 2..=20 {
            assert_eq!(failed(world.call(&ben, create(&number.to_string(), &[])).await), NONE);
        }
        assert_eq!(code(world.call(&ben, create("one more", &[])).await), 51010);

        assert_eq!(code(world.call(&ben, rename("2", "3")).await), 6017);
        assert_eq!(code(world.call(&ben, rename("2", &"x".repeat(33))).await), 51011);
        world.call(&ben, rename("2", "2")).await.unwrap();
        for result in [
            world.call(&ben, rename("none", "new")).await.map(drop),
            world.call(&ben, delete("none")).await.map(drop),
            world.call(&ben, change("none", &[&with(&anna)], true)).await.map(drop),
            world.call(&ben, change("none", &[&with(&anna)], false)).await.map(drop),
        ] {
            assert_eq!(code(result), 51009);
        }
        let anna_101 = vec![with(&anna); 101];
        let many: Vec<&ConversationId> = anna_101.iter().collect();
        assert_eq!(code(world.call(&anna, create("many", &many)).await), 51006);
        assert_eq!(names(&world, &anna).await, Vec::<String>::new());
        assert_eq!(code(world.call(&ben, change("3", &many, true)).await), 51006);
        assert_eq!(code(world.call(&ben, change("3", &[], true)).await), 51006);

        // A group may be taken out after leaving, not put in.
        let team_id = of(&team);
        world.call(&ben, change("3", &[&team_id], true)).await.unwrap();
        world.call(&ben, QuitGroup { group_id: team.group_id.clone() }).await.unwrap();
        assert_eq!(failed(world.call(&ben, change("4", &[&team_id], true)).await), [51007]);
        assert_eq!(failed(world.call(&ben, change("3", &[&team_id], false)).await), NONE);

        // 999 others are in it already.
        let (user, number) = (ben.number, groups(&world, &ben).await.last().unwrap().number.cast_signed());
        let filled = world.service.db().write(WriteKey::user(user), move |tx| {
            (1..1000).try_for_each(|other| conv_group::put_of(tx, user, 1_000_000 + other, &[number]))
        });
        filled.await.map_err(|error: StoreError| error).unwrap();
        assert_eq!(failed(world.call(&ben, change("20", &[&with(&anna)], true)).await), NONE);
        let carl = world.join("carl").await;
        assert_eq!(failed(world.call(&ben, change("20", &[&with(&carl)], true)).await), [51008]);
    }

    /// CONV-4, CONV-6: what is done at once is counted one by one, whichever writer does it.
    async fn limits_hold_for_what_is_done_at_once(db: Db) {
        const MOST: u32 = 3;
        let world = World::with(db, |config| {
            config.limits.overrides.insert("pinned_conversations".into(), i64::from(MOST).into());
        })
        .await;
        let anna = world.join("anna").await;
        let mut others = Vec::new();
        for number in 0..24 {
            let name = format!("other-{number}");
            world.account(&name, false).await;
            others.push(ConversationId::C2c(name.parse().unwrap()));
        }
        let pins = others.iter().map(|other| {
            let (conversation_id_list, is_pinned) = (vec![other.clone()], Some(true));
            world.call(&anna, UpdateConversations { conversation_id_list, is_pinned, ..Default::default() })
        });
        let done = join_all(pins).await.into_iter().filter(|done| {
            done.as_ref().unwrap().failure_conversation_id_list.is_empty()
        });
        assert_eq!(done.count(), MOST as usize);
        let names: Vec<_> = (0..24).map(|number| number.to_string()).collect();
        let made = join_all(names.iter().map(|name| world.call(&anna, create(name, &[])))).await;
        assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 20);
    }

    /// CONV-73, CONV-124, CONV-135: stored for the user and told to all instances; off is the default; what makes no sense is
    /// refused.
    async fn do_not_disturb(db: Db) {
        let world = World::new(db).await;
        let anna = world.join("anna").await;
        let second = world.sign_in("anna", "second").await;
        let on = AllReceiveMessageOpt {
            message_remind_type: RemindType::AcceptNotNotify,
            start_time: 1_700_000_000,
            end_time: 1_700_003_600,
            is_repeated: true,
            time_zone: "Asia/Shanghai".into(),
        };
        let set = |opt: &AllReceiveMessageOpt| SetAllReceiveMessageOpt { opt: opt.clone() };
        world.call(&anna, set(&on)).await.unwrap();
        assert_eq!(told(&second).await, UserItem::AllReceiveMessageOpt(on.clone()));
        assert!(log(&world, &second).await.contains(&UserItem::AllReceiveMessageOpt(on.clone())));
        second.drain(&world).await;
        world.call(&anna, set(&on)).await.unwrap();
        assert!(second.drain(&world).await.is_empty(), "the same again is no change");
        for wrong in [
            AllReceiveMessageOpt { end_time: on.start_time, ..on.clone() },
            AllReceiveMessageOpt { end_time: on.start_time - 1, ..on.clone() },
            AllReceiveMessageOpt { start_time: -1, ..on.clone() },
            AllReceiveMessageOpt { message_remind_type: RemindType::Discard, ..on.clone() },
            AllReceiveMessageOpt { time_zone: "x".repeat(65), ..on.clone() },
        ] {
            assert_eq!(code(world.call(&anna, set(&wrong)).await), 6017, "{wrong:?}");
        }
        let off = AllReceiveMessageOpt { message_remind_type: RemindType::AcceptAndNotify, ..on };
        world.call(&anna, set(&off)).await.unwrap();
        assert_eq!(told(&second).await, UserItem::AllReceiveMessageOpt(AllReceiveMessageOpt::default()));
    }

    /// CONV-73, CONV-135: where the deployer has switched it off.
    async fn do_not_disturb_switched_off(db: Db) {
        let world = World::with(db, |config| {
            config.limits.overrides.insert("do_not_disturb".into(), false.into());
        })
        .await;
        let anna = world.join("anna").await;
        assert!(!anna.signed_in.limits.do_not_disturb);
        let set = SetAllReceiveMessageOpt { opt: AllReceiveMessageOpt::default() };
        assert_eq!(code(world.call(&anna, set).await), 72011);
    }
}
