//! Every number of `Limits` that a call can meet: allowed at the limit, refused one past it. Those that belong to one
//! call's rules stand with the tests of that call.

use hallway_protocol::group::Group;
use hallway_protocol::limits::Preset;
use hallway_protocol::message::{MergerPayload, Payload, Quote, SimplifiedMessage};
use hallway_protocol::method::{
    AddGroupMembers, CreateGroup, DeleteConversations, DeleteGroupMembers, DeleteMessages, GetGroupMembers,
    GetRange, GetUsers, ListInstances, ModifyMessage, RevokeMessage, SearchUsers, SendMessage, UpdateGroup,
    UpdateProfile,
};
use hallway_protocol::session::{Credential, DeviceClass};
use hallway_protocol::{Limits, UserId};

use super::*;

/// The preset `staff` with these numbers instead.
async fn world(db: Db, numbers: &[(&str, i64)]) -> World {
    World::with(db, |config| {
        for (name, number) in numbers {
            config.limits.overrides.insert((*name).into(), (*number).into());
        }
    })
    .await
}

fn update(group: &Group, change: impl FnOnce(&mut UpdateGroup)) -> UpdateGroup {
    let mut call: UpdateGroup =
        serde_json::from_value(serde_json::json!({"group_id": group.group_id})).unwrap();
    change(&mut call);
    call
}

fn nobody(count: usize) -> Vec<UserId> {
    (0..count).map(|n| format!("nobody{n}").parse().unwrap()).collect()
}

/// A combined message with `inner` as the body of each of its `count` messages.
fn merger(count: usize, inner: &Payload) -> MergerPayload {
    let one = SimplifiedMessage {
        id: "1-1-1".parse().unwrap(),
        from: "anna".parse().unwrap(),
        nick: String::new(),
        avatar: String::new(),
        time: 1,
        message_body: vec![inner.clone()],
        cloud_custom_data: String::new(),
    };
    MergerPayload { compatible_text: "x".into(), message_list: vec![one; count], ..MergerPayload::default() }
}

on_both_engines! {
    /// PLUS-1, GRP-2, GRP-3, GRP-4, GRP-5, GRP-22: the texts of a group, in bytes or characters as the preset says, when it
    /// is made and when it is changed.
    async fn texts_of_a_group(db: Db) {
        for preset in [Preset::Staff, Preset::Compat] {
            let world = World::with(db.clone(), |config| config.limits.preset = preset).await;
            let name = format!("{preset:?}");
            let anna = world.join(&name).await;
            let Limits { group_name, group_introduction, group_notification, group_avatar, .. } =
                anna.signed_in.limits.clone();
            // Three bytes each, and one byte more: a limit in characters counts both the same.
            let text = |max: u32, in_chars: bool| {
                let max = max as usize;
                if in_chars { "名".repeat(max) } else { format!("{}{}", "名".repeat(max / 3), "x".repeat(max % 3)) }
            };
            let is_staff = preset == Preset::Staff;
            let (name, introduction) = (text(group_name.max, is_staff), text(group_introduction.max, false));
            let (notification, avatar) = (text(group_notification.max, false), text(group_avatar.max, false));
            let call = CreateGroup { name, introduction, notification, avatar, ..CreateGroup::default() };
            let group = world.call(&anna, call.clone()).await.unwrap().group;
            assert_eq!((&group.name, &group.introduction), (&call.name, &call.introduction));
            assert_eq!((&group.notification, &group.avatar), (&call.notification, &call.avatar));

            let grown = |text: &String| format!("{text}x");
            for too_long in [
                CreateGroup { name: grown(&call.name), ..call.clone() },
                CreateGroup { introduction: grown(&call.introduction), ..call.clone() },
                CreateGroup { notification: grown(&call.notification), ..call.clone() },
                CreateGroup { avatar: grown(&call.avatar), ..call.clone() },
            ] {
                assert_eq!(code(world.call(&anna, too_long).await), 10004);
            }
            for (fits, too_long) in [
                update(&group, |it| it.name = Some(call.name.clone())),
                update(&group, |it| it.introduction = Some(call.introduction.clone())),
                update(&group, |it| it.notification = Some(call.notification.clone())),
                update(&group, |it| it.avatar = Some(call.avatar.clone())),
            ]
            .into_iter()
            .zip([
                update(&group, |it| it.name = Some(grown(&call.name))),
                update(&group, |it| it.introduction = Some(grown(&call.introduction))),
                update(&group, |it| it.notification = Some(grown(&call.notification))),
                update(&group, |it| it.avatar = Some(grown(&call.avatar))),
            ]) {
                world.call(&anna, fits).await.unwrap();
                assert_eq!(code(world.call(&anna, too_long).await), 10004);
            }
        }
    }

    /// OBJ-4, OBJ-5, MSG-29: levels and messages of a combined message; what is broken or cannot be forwarded is not in one,
    /// kinds of other programs are.
    async fn combined_messages(db: Db) {
        let world = world(db, &[("merger_levels", 3), ("merger_messages", 4)]).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let base = world.text(&anna, &with(&ben), "");
        let number = std::cell::Cell::new(0);
        let send = async |payload: Payload| {
            number.set(number.get() + 1);
            let id = MessageId::new(anna.number, 1_700_000_001, number.get());
            world.call(&anna, SendMessage { id, payload, ..base.clone() }).await
        };
        let text = Payload::text("words");
        let nested = |levels: usize| (0..levels).fold(text.clone(), |inner, _| Payload::Merger(merger(1, &inner)));
        assert!(send(nested(3)).await.is_ok());
        assert_eq!(code(send(nested(4)).await), 8005);
        assert!(send(Payload::Merger(merger(4, &text))).await.is_ok());
        assert_eq!(code(send(Payload::Merger(merger(5, &text))).await), 6017);
        assert_eq!(code(send(Payload::Merger(merger(0, &text))).await), 6017);

        let body = |json: serde_json::Value| Payload::Merger(merger(1, &serde_json::from_value(json).unwrap()));
        for broken in [
            serde_json::json!({"kind": "text", "payload": {"text": 5}}),
            serde_json::json!({"kind": "text", "payload": {"text": ""}}),
            serde_json::json!({"kind": "image", "payload": {}}),
            serde_json::json!({"kind": "location", "payload": {"description": "", "longitude": 181.0, "latitude": 0.0}}),
            serde_json::json!({"payload": {}}),
            serde_json::json!("text"),
        ] {
            assert_eq!(code(send(body(broken.clone())).await), 6017, "{broken}");
        }
        assert_eq!(code(send(body(serde_json::json!({"kind": "revoked", "payload": {}}))).await), 2453);
        let foreign = serde_json::json!({"kind": "hologram", "payload": {"depth": 3}});
        let stored = send(body(foreign.clone())).await.unwrap();
        let Payload::Merger(stored) = stored.message.payload else { panic!("a merger") };
        let kept = stored.message_list.first().unwrap().message_body.first().unwrap();
        assert_eq!(serde_json::to_value(kept).unwrap(), foreign);
    }

    /// PLUS-8: what a quote may hold. MSG-50: receipts up to so many members.
    async fn quotes_and_receipts(db: Db) {
        let world = world(db, &[("receipt_group_members", 2)]).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let quoting = |summary: usize, nick: usize| SendMessage {
            reply_to: Some(Quote {
                id: "1-1-1".parse().unwrap(),
                sequence: 1,
                from: ben.id.clone(),
                nick: "n".repeat(nick),
                summary: "言".repeat(summary),
            }),
            ..world.text(&anna, &with(&ben), "re")
        };
        assert!(world.call(&anna, quoting(200, 500)).await.is_ok());
        assert_eq!(code(world.call(&anna, quoting(201, 500)).await), 6017);
        assert_eq!(code(world.call(&anna, quoting(200, 501)).await), 6017);

        let (two, three) = (world.group(&anna, &[&ben]).await, world.group(&anna, &[&ben, &carl]).await);
        let asking = |group: &Group| SendMessage { need_read_receipt: true, ..world.text(&anna, &of(group), "?") };
        assert!(world.call(&anna, asking(&two)).await.is_ok());
        assert_eq!(code(world.call(&anna, asking(&three)).await), 10060);
    }

    /// MSG-2, MSG-61: the window and the reason of recalling. MSG-3, MSG-62: as many are deleted as a call may name.
    async fn recalling_and_deleting(db: Db) {
        let world = world(db, &[("revoke_window_seconds", 600), ("delete_messages_per_call", 3)]).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        let group = world.group(&ben, &[&anna]).await;
        for to in [with(&ben), of(&group)] {
            for n in 1..=4 {
                world.say(&anna, &to, &n.to_string()).await;
            }
        }
        // The first ones were sent long ago; a second or two may pass until they are recalled.
        let sql = "UPDATE message SET time = time - CASE seq WHEN 1 THEN 601 ELSE 595 END";
        let aged = world.service.db().write(WriteKey::user(0), |tx| tx.execute(sql, &[]));
        aged.await.map_err(|e: StoreError| e).unwrap();
        let recall = |of: &ConversationId, sequence: u64, reason: usize| RevokeMessage {
            conversation_id: of.clone(),
            sequence,
            reason: "r".repeat(reason),
        };
        assert_eq!(code(world.call(&anna, recall(&with(&ben), 1, 0)).await), 20016);
        assert_eq!(code(world.call(&anna, recall(&of(&group), 1, 0)).await), 10031);
        assert_eq!(code(world.call(&anna, recall(&with(&ben), 2, 257)).await), 6017);
        assert!(world.call(&anna, recall(&with(&ben), 2, 256)).await.is_ok());
        assert!(world.call(&anna, recall(&of(&group), 2, 0)).await.is_ok());

        let delete = DeleteMessages { conversation_id: with(&anna), sequences: vec![1, 2, 3, 4] };
        world.call(&ben, delete).await.unwrap();
        let all = GetRange { conversation_id: with(&anna), from_seq: 1, to_seq: 9, changed_after: 0 };
        let left = world.call(&ben, all).await.unwrap().messages;
        assert_eq!(left.iter().map(|message| message.sequence).collect::<Vec<_>>(), [4], "the rest is ignored");
    }

    /// MSG-63, OBJ-1, OBJ-2: a changed message meets the limits of a new one.
    async fn changed_messages(db: Db) {
        let world = world(db, &[("message_body_bytes", 100), ("mentions_per_message", 2)]).await;
        let anna = world.join("anna").await;
        let group = world.group(&anna, &[]).await;
        let sent = world.say(&anna, &of(&group), "x").await;
        let version = std::cell::Cell::new(sent.message.version);
        let change = async |text: usize, data: usize, at: usize| {
            let call = ModifyMessage {
                conversation_id: of(&group),
                sequence: sent.message.sequence,
                version: version.get(),
                payload: Some(hallway_protocol::method::PayloadField { payload: Payload::text("名".repeat(text)) }),
                at_user_list: Some((0..at).map(|n| format!("u{n}")).collect()),
                cloud_custom_data: Some("d".repeat(data)),
            };
            let stored = world.call(&anna, call).await?;
            version.set(stored.message.version);
            Ok::<_, ChatError>(())
        };
        assert_eq!(code(change(33, 2, 2).await), 80002);
        assert_eq!(code(change(33, 1, 3).await), 10053);
        change(33, 1, 2).await.unwrap();
    }

    /// GRP-7, GMB-4, GMB-5, GMB-10: people per call, and the reason of a removal. GMB-1: members per page.
    async fn members_per_call(db: Db) {
        let world = world(db, &[("members_per_call", 20), ("member_page", 18)]).await;
        let anna = world.join("anna").await;
        let mut people = Vec::new();
        for n in 0..20 {
            let name = format!("person{n}");
            world.account(&name, false).await;
            people.push(name.parse::<UserId>().unwrap());
        }
        let group = world.group(&anna, &[]).await;
        let add = |list: Vec<UserId>| AddGroupMembers { group_id: group.group_id.clone(), user_id_list: list };
        assert_eq!(code(world.call(&anna, add(nobody(21))).await), 10005);
        assert_eq!(code(world.call(&anna, add(Vec::new())).await), 10004);
        assert_eq!(world.call(&anna, add(people.clone())).await.unwrap().group.member_count, 21);

        let page = async |count: Option<u32>| {
            let call = GetGroupMembers { group_id: group.group_id.clone(), count, offset: 0, role: None };
            world.call(&anna, call).await.unwrap().member_list.len()
        };
        assert_eq!((page(None).await, page(Some(18)).await, page(Some(19)).await), (15, 18, 18));

        let remove = |list: Vec<UserId>, reason: usize| DeleteGroupMembers {
            group_id: group.group_id.clone(),
            user_id_list: list,
            reason: "r".repeat(reason),
        };
        assert_eq!(code(world.call(&anna, remove(nobody(21), 0)).await), 10005);
        assert_eq!(code(world.call(&anna, remove(people.clone(), 1001)).await), 10004);
        assert_eq!(world.call(&anna, remove(people.clone(), 1000)).await.unwrap().group.member_count, 1);
    }

    /// GRP-8, GRP-28, GRP-45, GRP-47: what a maker may choose, and what the type does not allow.
    async fn options_of_a_new_group(db: Db) {
        use hallway_protocol::group::{InviteOption, JoinOption};
        let world = world(db, &[("work_members", 5)]).await;
        let (anna, ben, carl) = (world.join("anna").await, world.join("ben").await, world.join("carl").await);
        let plain = CreateGroup { name: "Team".into(), ..CreateGroup::default() };
        let lowered = |most: u32| CreateGroup { max_member_num: Some(most), ..plain.clone() };
        for wrong in [0, 6] {
            assert_eq!(code(world.call(&anna, lowered(wrong)).await), 10004);
        }
        assert_eq!(world.call(&anna, plain.clone()).await.unwrap().group.max_member_count, 5);
        let two = CreateGroup { member_list: vec![ben.id.clone()], ..lowered(2) };
        let full = world.call(&anna, two.clone()).await.unwrap().group;
        assert_eq!((full.max_member_count, full.member_count), (2, 2));
        let add = AddGroupMembers { group_id: full.group_id, user_id_list: vec![carl.id.clone()] };
        assert_eq!(code(world.call(&anna, add).await), 10014);
        let three = CreateGroup { member_list: vec![ben.id.clone(), carl.id.clone()], ..two };
        assert_eq!(code(world.call(&anna, three).await), 10038);

        let joining = |option| CreateGroup { join_option: Some(option), ..plain.clone() };
        assert_eq!(code(world.call(&anna, joining(JoinOption::FreeAccess)).await), 10004);
        let made = world.call(&anna, joining(JoinOption::DisableApply)).await.unwrap().group;
        assert_eq!((made.join_option, made.invite_option), (JoinOption::DisableApply, Some(InviteOption::FreeAccess)));
        let inviting = |option| CreateGroup { invite_option: Some(option), ..plain.clone() };
        assert_eq!(code(world.call(&anna, inviting(InviteOption::NeedPermission)).await), 10059);
        let made = world.call(&anna, inviting(InviteOption::DisableInvite)).await.unwrap().group;
        assert_eq!(made.invite_option, Some(InviteOption::DisableInvite));
    }

    /// CONV-3: conversations per call. PROF-2: names. Words and people per call of the directory.
    async fn lists_names_and_searches(db: Db) {
        let world = world(db, &[("conversations_per_call", 2)]).await;
        let (anna, ben) = (world.join("anna").await, world.join("ben").await);
        world.say(&ben, &with(&anna), "x").await;
        let delete = |count: usize| DeleteConversations {
            conversation_id_list: vec![with(&ben); count],
            clear_history_message: false,
        };
        assert!(world.call(&anna, delete(2)).await.is_ok());
        assert_eq!(code(world.call(&anna, delete(3)).await), 51006);

        let nick = |nick: String| UpdateProfile { nick: Some(nick) };
        assert!(world.call(&anna, nick("名".repeat(100))).await.is_ok());
        assert_eq!(code(world.call(&anna, nick("名".repeat(101))).await), 40601);
        let search = |query: String| SearchUsers { query, cursor: None, limit: None };
        assert!(world.call(&anna, search("x".repeat(256))).await.is_ok());
        assert_eq!(code(world.call(&anna, search("x".repeat(257))).await), 6017);
        // What is beyond a hundred is dropped.
        let mut list = nobody(99);
        list.extend([ben.id.clone(), anna.id.clone()]);
        let found = world.call(&anna, GetUsers { user_id_list: list }).await.unwrap().users;
        assert_eq!(found.iter().map(|user| &user.user_id).collect::<Vec<_>>(), [&ben.id]);
    }

    /// SES-3: each class of device has a limit of its own.
    async fn instances_by_class(db: Db) {
        let world = world(db, &[("web_instances", 1), ("mobile_instances", 2), ("desktop_instances", 1)]).await;
        let desktop = world.join("anna").await;
        let sig = UserSigs::new(1, [KEY]).make("anna", 3600, crate::service::clock::Clock::new(0).now(), None).unwrap();
        let mut open = Vec::new();
        for (name, class) in [
            ("w1", DeviceClass::Web),
            ("m1", DeviceClass::Mobile),
            ("m2", DeviceClass::Mobile),
            ("w2", DeviceClass::Web),
        ] {
            let outbox = Outbox::new(Capacity::default(), Arc::clone(&world.metrics));
            let mut call = request("anna", name, Credential::UserSig(sig.clone()));
            call.instance.device_class = class;
            open.push((world.service.sign_in(call, HERE, None, &outbox).await.unwrap(), outbox));
        }
        let list = world.call(&desktop, ListInstances {}).await.unwrap().instances;
        let mut ids: Vec<_> = list.iter().map(|it| it.info.instance_id.as_str()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["first", "m1", "m2", "w2"], "only the other browser had to go");
    }
}
