//! The authorisation table against the running services: every method that is about a group, called by
//! everybody who can be something to a `work` group, answers what its cell says.

use hallway_protocol::conversation::Draft;
use hallway_protocol::group::{Group, GroupType};
use hallway_protocol::message::Payload;
use hallway_protocol::method::{
    AddGroupMembers, AddMessageReaction, ChangeGroupOwner, ClearHistory, ConvertVoiceToText,
    DeleteConversations, DeleteGroupMembers, DeleteMessageExtensions, DeleteMessages, ExtensionWish,
    GetCombinedMessage, GetConversation, GetFileLink, GetGroup, GetGroupMembers, GetPinnedMessages, GetRange,
    GetReactionUsers, GetReadMembers, LocateTime, MarkHeard, MethodName, ModifyMessage, PayloadField,
    PinGroupMessage, Position, QuitGroup, ReadFilter, RemoveLinkPreview, RemoveMessageReaction,
    ReportDelivered, RevokeMessage, SearchMessages, SendMessageReadReceipt, SetDraft, SetMessageExtensions,
    SetRead, SyncChanges, UpdateConversations, UpdateGroup,
};
use hallway_protocol::{ChatError, ErrorCode};

use super::{Person, World, of, on_both_engines};
use crate::authz::{self, Account, Standing, Target};

const ABOUT_GROUPS: &[MethodName] = &[
    MethodName::SyncChanges,
    MethodName::GetRange,
    MethodName::LocateTime,
    MethodName::SearchMessages,
    MethodName::GetFileLink,
    MethodName::ConvertVoiceToText,
    MethodName::RemoveLinkPreview,
    MethodName::MarkHeard,
    MethodName::ReportDelivered,
    MethodName::SendMessage,
    MethodName::RevokeMessage,
    MethodName::ModifyMessage,
    MethodName::DeleteMessages,
    MethodName::GetCombinedMessage,
    MethodName::AddMessageReaction,
    MethodName::RemoveMessageReaction,
    MethodName::GetReactionUsers,
    MethodName::SetMessageExtensions,
    MethodName::DeleteMessageExtensions,
    MethodName::SendMessageReadReceipt,
    MethodName::GetReadMembers,
    MethodName::PinGroupMessage,
    MethodName::GetPinnedMessages,
    MethodName::GetConversation,
    MethodName::SetRead,
    MethodName::ClearHistory,
    MethodName::DeleteConversations,
    MethodName::SetDraft,
    MethodName::UpdateConversations,
    MethodName::GetGroup,
    MethodName::UpdateGroup,
    MethodName::GetGroupMembers,
    MethodName::AddGroupMembers,
    MethodName::DeleteGroupMembers,
    MethodName::QuitGroup,
    MethodName::ChangeGroupOwner,
];

/// Somebody with a standing, in a group of their own, with a message of theirs in it where they could write.
struct Cell<'a> {
    world: &'a World,
    who: &'a Person,
    group: Group,
    other: &'a Person,
}

async fn cell<'a>(world: &'a World, who: &'a Person, other: &'a Person, standing: Standing) -> Cell<'a> {
    let group = match standing {
        Standing::Owner => world.group(who, &[other]).await,
        Standing::Stranger => world.group(other, &[]).await,
        Standing::Former | Standing::Member | Standing::Admin => world.group(other, &[who]).await,
    };
    let writer = if standing == Standing::Stranger { other } else { who };
    world.say(writer, &of(&group), "mine").await;
    if standing == Standing::Former {
        world.call(who, QuitGroup { group_id: group.group_id.clone() }).await.unwrap();
    }
    Cell { world, who, group, other }
}

impl Cell<'_> {
    async fn call(&self, method: MethodName) -> Result<(), ChatError> {
        let (world, who) = (self.world, self.who);
        let (id, group_id) = (of(&self.group), self.group.group_id.clone());
        let other = self.other.id.clone();
        macro_rules! done {
            ($params:expr) => {
                world.call(who, $params).await.map(|_| ())
            };
        }
        match method {
            MethodName::SyncChanges => done!(SyncChanges { conversation_id: id, after_mod: 0, limit: None }),
            MethodName::GetRange => {
                done!(GetRange { conversation_id: id, from_seq: 1, to_seq: 9, changed_after: 0 })
            }
            MethodName::SearchMessages => {
                let (keyword_list, conversation_id) = (vec!["mine".into()], Some(id));
                done!(SearchMessages { keyword_list, conversation_id, ..SearchMessages::default() })
            }
            MethodName::LocateTime => done!(LocateTime { conversation_id: id, time: 0 }),
            MethodName::GetFileLink => {
                // Nobody has sent a file there: who may look is told so.
                let uuid = hallway_protocol::FileId::new([0; 16]);
                let link = GetFileLink { conversation_id: id, sequence: 1, uuid };
                match world.call(who, link).await {
                    Err(error) if error.code == ErrorCode::GroupMessageUnknown => Ok(()),
                    other => other.map(|_| ()),
                }
            }
            MethodName::ConvertVoiceToText => {
                // Nobody has spoken there: who may listen is told so.
                let call = ConvertVoiceToText { conversation_id: id, sequence: 1, language: String::new() };
                match world.call(who, call).await {
                    Err(error) if error.code == ErrorCode::GroupMessageUnknown => Ok(()),
                    other => other.map(|_| ()),
                }
            }
            // The message is text: who may listen is told that there is nothing to hear.
            MethodName::MarkHeard => {
                let call = MarkHeard { conversation_id: id, sequences: vec![1] };
                but(world.call(who, call).await, ErrorCode::GroupMessageUnknown)
            }
            MethodName::RemoveLinkPreview => done!(RemoveLinkPreview { conversation_id: id, sequence: 1 }),
            MethodName::ReportDelivered => {
                done!(ReportDelivered { items: vec![Position { conversation_id: id, sequence: 1 }] })
            }
            MethodName::SendMessage => done!(world.text(who, &id, "x")),
            MethodName::RevokeMessage => {
                done!(RevokeMessage { conversation_id: id, sequence: 1, reason: String::new() })
            }
            MethodName::ModifyMessage => done!(ModifyMessage {
                conversation_id: id,
                sequence: 1,
                version: 0,
                payload: Some(PayloadField { payload: Payload::text("y") }),
                at_user_list: None,
                cloud_custom_data: None,
            }),
            MethodName::DeleteMessages => done!(DeleteMessages { conversation_id: id, sequences: vec![1] }),
            // The message is plain: who may do it is told what is wrong with it.
            MethodName::GetCombinedMessage => {
                let download_key = String::new();
                let call = GetCombinedMessage { conversation_id: id, sequence: 1, download_key };
                but(world.call(who, call).await, ErrorCode::NotACombinedMessage)
            }
            MethodName::AddMessageReaction => {
                done!(AddMessageReaction { conversation_id: id, sequence: 1, reaction_id: "x".into() })
            }
            MethodName::RemoveMessageReaction => {
                let call =
                    RemoveMessageReaction { conversation_id: id, sequence: 1, reaction_id: "x".into() };
                but(world.call(who, call).await, ErrorCode::ReactionUnknown)
            }
            MethodName::GetReactionUsers => {
                let (reaction_id, next_seq) = ("x".into(), 0);
                let call =
                    GetReactionUsers { conversation_id: id, sequence: 1, reaction_id, next_seq, count: None };
                but(world.call(who, call).await, ErrorCode::ReactionUnknown)
            }
            MethodName::SetMessageExtensions => {
                let wish = ExtensionWish { key: "k".into(), value: String::new(), version: 0 };
                let call =
                    SetMessageExtensions { conversation_id: id, sequence: 1, extension_list: vec![wish] };
                but(world.call(who, call).await, ErrorCode::StateNotAllowed)
            }
            MethodName::DeleteMessageExtensions => {
                let call = DeleteMessageExtensions { conversation_id: id, key_list: None, sequence: 1 };
                but(world.call(who, call).await, ErrorCode::StateNotAllowed)
            }
            MethodName::SendMessageReadReceipt => {
                let call = SendMessageReadReceipt { conversation_id: id, sequences: vec![1] };
                but(world.call(who, call).await, ErrorCode::NoReceiptNeeded)
            }
            MethodName::GetReadMembers => {
                let (filter, cursor) = (ReadFilter::Read, String::new());
                let call = GetReadMembers { conversation_id: id, sequence: 1, filter, cursor, count: None };
                but(world.call(who, call).await, ErrorCode::NoReceiptData)
            }
            MethodName::PinGroupMessage => {
                done!(PinGroupMessage { group_id, sequence: 1, is_pinned: true })
            }
            MethodName::GetPinnedMessages => done!(GetPinnedMessages { group_id }),
            MethodName::GetConversation => {
                // Who has no business there is not told more than the code of the table.
                done!(GetConversation { conversation_id: id })
            }
            MethodName::SetRead => done!(SetRead { conversation_id: id, sequence: None }),
            MethodName::ClearHistory => done!(ClearHistory { conversation_id: id }),
            MethodName::DeleteConversations => {
                done!(DeleteConversations { conversation_id_list: vec![id], clear_history_message: true })
            }
            MethodName::SetDraft => {
                let draft = Draft { conversation_id: id, draft_text: "x".into(), reply_to: None, time_ms: 1 };
                done!(SetDraft { draft })
            }
            MethodName::UpdateConversations => {
                let (conversation_id_list, is_pinned) = (vec![id], Some(true));
                let call = UpdateConversations { conversation_id_list, is_pinned, ..Default::default() };
                let failures = world.call(who, call).await?.failure_conversation_id_list;
                failures.first().map_or(Ok(()), |failure| Err(failure.code.into()))
            }
            MethodName::GetGroup => done!(GetGroup { group_id }),
            MethodName::UpdateGroup => done!(UpdateGroup {
                group_id,
                name: Some("other".into()),
                introduction: None,
                notification: None,
                avatar: None,
                mute_all_members: None,
                join_option: None,
                invite_option: None,
            }),
            MethodName::GetGroupMembers => {
                done!(GetGroupMembers { group_id, count: None, offset: 0, role: None })
            }
            MethodName::AddGroupMembers => done!(AddGroupMembers { group_id, user_id_list: vec![other] }),
            MethodName::DeleteGroupMembers => {
                done!(DeleteGroupMembers { group_id, user_id_list: vec![other], reason: String::new() })
            }
            MethodName::QuitGroup => done!(QuitGroup { group_id }),
            MethodName::ChangeGroupOwner => done!(ChangeGroupOwner { group_id, new_owner_id: other }),
            _ => panic!("{} is not about groups", method.as_str()),
        }
    }
}

/// Done, or refused for what is wrong with the message.
fn but<T>(result: Result<T, ChatError>, allowed: ErrorCode) -> Result<(), ChatError> {
    match result {
        Err(error) if error.code != allowed => Err(error),
        _ => Ok(()),
    }
}

/// The list above is complete: every method whose cell depends on the standing is in it.
#[test]
fn the_list_of_methods_is_complete() {
    for method in MethodName::ALL {
        let cell = |standing| authz::may(*method, Account::User, Target::Group(GroupType::Work, standing));
        let depends = Standing::ALL.iter().any(|standing| cell(*standing).is_err());
        let workspace = *method == MethodName::CreateInvite;
        assert_eq!(depends && !workspace, ABOUT_GROUPS.contains(method), "{}", method.as_str());
    }
}

on_both_engines! {
    /// GRP-40 to GRP-60, column `work`: each cell answers what the table says, for people and for administrators
    /// of the workspace alike.
    async fn every_cell_answers_what_the_table_says(db: Db) {
        let world = World::new(db).await;
        world.account("boss", true).await;
        let (anna, boss) = (world.join("anna").await, world.sign_in("boss", "first").await);
        let other = world.join("other").await;
        for (who, account) in [(&anna, Account::User), (&boss, Account::Administrator)] {
            for standing in [Standing::Stranger, Standing::Former, Standing::Member, Standing::Owner] {
                for method in ABOUT_GROUPS {
                    let expected = authz::may(*method, account, Target::Group(GroupType::Work, standing));
                    let cell = cell(&world, who, &other, standing).await;
                    let got = cell.call(*method).await.map_err(|error| error.code);
                    assert_eq!(got, expected, "{} by {standing:?} ({account:?})", method.as_str());
                }
            }
        }
    }
}
