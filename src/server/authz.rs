//! Who may do what: the one table.
//!
//! A method × who calls × where gives "allowed" or the code of the refusal. Every service asks here before it
//! does anything; what depends on the object beyond its type (who sent a message, who is to be removed) is
//! checked by the service that has loaded it. `row` matches every method, so that a new one without a row
//! does not compile, and the tests walk through the whole table against a running service.

use hallway_protocol::ErrorCode;
use hallway_protocol::group::GroupType;
use hallway_protocol::method::MethodName;

/// What somebody is in the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Account {
    /// Not signed in.
    Nobody,
    /// Signed in.
    User,
    /// Signed in, an administrator of the workspace. In conversations that means nothing: administrators do
    /// not read what others write.
    Administrator,
}

/// What somebody is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Never was in it.
    Stranger,
    /// Was in it and keeps the history up to then (CONV-58).
    Former,
    /// Ordinary member.
    Member,
    /// Administrator of the group.
    Admin,
    /// Its owner.
    Owner,
}

impl Standing {
    /// All of them, from least to most.
    pub const ALL: [Self; 5] = [Self::Stranger, Self::Former, Self::Member, Self::Admin, Self::Owner];

    /// In the group now.
    pub fn is_in(self) -> bool {
        matches!(self, Self::Member | Self::Admin | Self::Owner)
    }

    /// Owner or administrator of the group.
    pub fn leads(self) -> bool {
        matches!(self, Self::Admin | Self::Owner)
    }
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Target {
    /// The workspace or the caller's own things.
    Own,
    /// The caller's conversation with one other person.
    Pair,
    /// What the server tells the caller, who can only read it.
    System,
    /// A group.
    Group(GroupType, Standing),
}

/// Allowed, or why not.
pub type Verdict = Result<(), ErrorCode>;

/// What a method asks of its caller.
enum Row {
    /// Anybody, also before sign-in.
    Open,
    /// Whoever is signed in, about their own things.
    SignedIn,
    /// Administrators of the workspace, unless the deployer allows more; the code for others.
    Workspace(ErrorCode),
    /// Both people of a one-to-one conversation, and in groups whom the function lets.
    Talk(fn(GroupType, Standing) -> Verdict),
    /// Groups only.
    Group(fn(GroupType, Standing) -> Verdict),
}

fn row(method: MethodName) -> Row {
    use MethodName as M;
    match method {
        M::GetServerInfo | M::Ping | M::SignIn | M::Join => Row::Open,
        M::SignOut | M::RefreshCredential | M::ListInstances | M::EndInstance | M::ChangePassword => {
            Row::SignedIn
        }
        M::CreateInvite => Row::Workspace(ErrorCode::AdminNeeded),
        M::SyncUser | M::SyncHeads | M::SetAllRead | M::SetAllReceiveMessageOpt => Row::SignedIn,
        M::CreateConversationGroup | M::DeleteConversationGroup | M::RenameConversationGroup => Row::SignedIn,
        M::GetUsers | M::SearchUsers | M::UpdateProfile => Row::SignedIn,
        M::TranslateText
        | M::GetStickerPacks
        | M::GetUploadTicket
        | M::BeginUpload
        | M::GetUploadParts
        | M::CompleteUpload
        | M::CancelUpload => Row::SignedIn,
        M::SyncChanges
        | M::GetRange
        | M::LocateTime
        | M::SearchMessages
        | M::GetFileLink
        | M::ConvertVoiceToText
        | M::MarkHeard
        | M::GetCombinedMessage
        | M::GetReactionUsers => Row::Talk(read_history),
        M::AddMessageReaction
        | M::RemoveMessageReaction
        | M::SetMessageExtensions
        | M::DeleteMessageExtensions => Row::Talk(annotate),
        M::SendMessageReadReceipt | M::GetReadMembers => Row::Talk(receipts),
        M::PinGroupMessage | M::GetPinnedMessages => Row::Group(pins),
        M::ReportDelivered => Row::Talk(pairs_only),
        M::SendMessage => Row::Talk(send),
        M::RevokeMessage | M::RemoveLinkPreview => Row::Talk(members),
        M::ModifyMessage => Row::Talk(modify),
        M::DeleteMessages => Row::Talk(delete_for_oneself),
        M::GetConversation | M::SetRead | M::ClearHistory | M::DeleteConversations | M::SetDraft => {
            Row::Talk(own_side)
        }
        M::UpdateConversations => Row::Talk(own_settings),
        M::CreateGroup => Row::SignedIn,
        M::GetGroup => Row::Group(see_group),
        M::UpdateGroup => Row::Group(change_profile),
        M::GetGroupMembers => Row::Group(members),
        M::AddGroupMembers => Row::Group(invite),
        M::DeleteGroupMembers => Row::Group(remove_members),
        M::QuitGroup => Row::Group(quit),
        M::ChangeGroupOwner => Row::Group(hand_over),
    }
}

/// May somebody who is `account` in the workspace call `method` about `target`?
pub fn may(method: MethodName, account: Account, target: Target) -> Verdict {
    match (row(method), account, target) {
        (Row::Open, _, _) => Ok(()),
        (_, Account::Nobody, _) => Err(ErrorCode::NotLoggedIn),
        (Row::SignedIn, _, _) | (Row::Workspace(_), Account::Administrator, _) => Ok(()),
        (Row::Workspace(code), Account::User, _) => Err(code),
        (Row::Talk(_), _, Target::Pair) => Ok(()),
        (Row::Talk(_), _, Target::System) => in_system(method),
        (Row::Talk(rule) | Row::Group(rule), _, Target::Group(kind, standing)) => rule(kind, standing),
        (Row::Group(_), _, Target::Pair | Target::System) => Err(ErrorCode::GroupGone),
        (Row::Talk(_) | Row::Group(_), _, Target::Own) => Err(ErrorCode::NoPermission),
    }
}

/// May a member change join and invite option and mute everybody (GRP-42)?
pub fn may_change_options(kind: GroupType, standing: Standing) -> Verdict {
    let led_by_admins = matches!(kind, GroupType::Public | GroupType::Meeting | GroupType::Community);
    allowed(standing == Standing::Owner || (led_by_admins && standing == Standing::Admin))
}

/// May somebody with `standing` remove a member with the standing `target` (GRP-52)?
pub fn may_remove(standing: Standing, target: Standing) -> Verdict {
    allowed(match standing {
        Standing::Owner => true,
        Standing::Admin => target == Standing::Member,
        Standing::Stranger | Standing::Former | Standing::Member => false,
    })
}

fn allowed(yes: bool) -> Verdict {
    if yes { Ok(()) } else { Err(ErrorCode::NoPermission) }
}

/// OBJ-140: read as a whole, kept in order, deleted as a whole (CONV-62, CONV-65, CONV-70).
fn in_system(method: MethodName) -> Verdict {
    use MethodName as M;
    match method {
        M::SyncChanges | M::GetRange | M::LocateTime | M::GetConversation => Ok(()),
        M::SetRead | M::DeleteConversations | M::UpdateConversations => Ok(()),
        M::SendMessage => Err(ErrorCode::ConversationKindNotAllowed),
        M::DeleteMessages => Err(ErrorCode::NoticeNotDeletable),
        _ => Err(ErrorCode::ConversationIdMalformed),
    }
}

fn members(_: GroupType, standing: Standing) -> Verdict {
    allowed(standing.is_in())
}

fn own_side(kind: GroupType, standing: Standing) -> Verdict {
    allowed(standing.is_in() || (standing == Standing::Former && kind != GroupType::AvRoom))
}

fn own_settings(kind: GroupType, standing: Standing) -> Verdict {
    own_side(kind, standing).map_err(|_| ErrorCode::ConversationNoRight)
}

fn read_history(kind: GroupType, standing: Standing) -> Verdict {
    if kind == GroupType::AvRoom { Err(ErrorCode::AvRoomNoHistory) } else { own_side(kind, standing) }
}

fn pairs_only(_: GroupType, _: Standing) -> Verdict {
    Err(ErrorCode::ConversationIdMalformed)
}

fn send(kind: GroupType, standing: Standing) -> Verdict {
    match kind {
        GroupType::AvRoom if !standing.is_in() => Err(ErrorCode::NotInAvRoom),
        _ => members(kind, standing),
    }
}

fn modify(kind: GroupType, standing: Standing) -> Verdict {
    if kind == GroupType::AvRoom { Err(ErrorCode::ModifyNotInAvRoom) } else { members(kind, standing) }
}

fn delete_for_oneself(kind: GroupType, standing: Standing) -> Verdict {
    if kind == GroupType::AvRoom { Err(ErrorCode::AvRoomDeleteRefused) } else { own_side(kind, standing) }
}

/// MSG-78, MSG-80: everywhere but in broadcast rooms.
fn annotate(kind: GroupType, standing: Standing) -> Verdict {
    if kind == GroupType::AvRoom { Err(ErrorCode::StateNotAllowed) } else { members(kind, standing) }
}

/// MSG-88: never in communities and broadcast rooms.
fn receipts(kind: GroupType, standing: Standing) -> Verdict {
    allowed(standing.is_in() && !matches!(kind, GroupType::Community | GroupType::AvRoom))
}

/// MSG-68: any member, but not in communities and broadcast rooms.
fn pins(kind: GroupType, standing: Standing) -> Verdict {
    receipts(kind, standing)
}

/// GRP-71: members see everything, others the public fields, and nothing of a `work` group.
fn see_group(kind: GroupType, standing: Standing) -> Verdict {
    allowed(standing.is_in() || kind != GroupType::Work)
}

/// GRP-41.
fn change_profile(kind: GroupType, standing: Standing) -> Verdict {
    allowed(match kind {
        GroupType::Work => standing.is_in(),
        GroupType::Public | GroupType::Meeting | GroupType::Community => standing.leads(),
        GroupType::AvRoom => standing == Standing::Owner,
    })
}

/// GRP-46; what the invite option says comes on top (GMB-60 to GMB-62).
fn invite(kind: GroupType, standing: Standing) -> Verdict {
    if kind == GroupType::AvRoom { Err(ErrorCode::AvRoomNoAdding) } else { members(kind, standing) }
}

/// GRP-52.
fn remove_members(kind: GroupType, standing: Standing) -> Verdict {
    allowed(match kind {
        GroupType::Work | GroupType::AvRoom => standing == Standing::Owner,
        GroupType::Public | GroupType::Meeting | GroupType::Community => standing.leads(),
    })
}

/// GRP-48, GRP-76.
fn quit(kind: GroupType, standing: Standing) -> Verdict {
    match standing {
        Standing::Owner if kind != GroupType::Work => Err(ErrorCode::OwnerCannotQuit),
        _ => members(kind, standing),
    }
}

/// GRP-50, GRP-80.
fn hand_over(kind: GroupType, standing: Standing) -> Verdict {
    match (kind, standing) {
        (GroupType::AvRoom, _) => Err(ErrorCode::AvRoomNotTransferable),
        (_, Standing::Owner) => Ok(()),
        (_, Standing::Stranger | Standing::Former) => Err(ErrorCode::NoPermission),
        (_, Standing::Member | Standing::Admin) => Err(ErrorCode::NotGroupOwner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPES: [GroupType; 5] =
        [GroupType::Work, GroupType::Public, GroupType::Meeting, GroupType::Community, GroupType::AvRoom];

    /// SES-71: before sign-in only the four open methods answer, the others say 2024.
    #[test]
    fn before_sign_in_only_the_open_methods_are_allowed() {
        let open = [MethodName::GetServerInfo, MethodName::Ping, MethodName::SignIn, MethodName::Join];
        for method in MethodName::ALL {
            let verdict = may(*method, Account::Nobody, Target::Own);
            assert_eq!(verdict.is_ok(), open.contains(method), "{}", method.as_str());
            if let Err(code) = verdict {
                assert_eq!(code.code(), 2024);
            }
        }
    }

    /// Whoever has nothing to do with a group can do nothing with it but look where the type is public.
    #[test]
    fn strangers_can_do_nothing_in_a_group() {
        for method in MethodName::ALL {
            for kind in TYPES {
                for account in [Account::User, Account::Administrator] {
                    let verdict = may(*method, account, Target::Group(kind, Standing::Stranger));
                    let looking = *method == MethodName::GetGroup && kind != GroupType::Work;
                    let about_groups = matches!(row(*method), Row::Talk(_) | Row::Group(_));
                    if matches!(row(*method), Row::Workspace(_)) {
                        continue;
                    }
                    assert_eq!(verdict.is_ok(), looking || !about_groups, "{} {kind:?}", method.as_str());
                }
            }
        }
    }

    /// Being an administrator of the workspace opens no conversation.
    #[test]
    fn administrators_have_no_other_rights_in_groups() {
        for method in MethodName::ALL {
            for kind in TYPES {
                for standing in Standing::ALL {
                    let target = Target::Group(kind, standing);
                    let (user, admin) =
                        (may(*method, Account::User, target), may(*method, Account::Administrator, target));
                    assert!(user == admin || *method == MethodName::CreateInvite);
                }
            }
        }
    }

    /// GRP-41, GRP-46, GRP-48, GRP-50, GRP-52: the column `work` of the capability matrix.
    #[test]
    fn the_column_of_work_groups() {
        let work = |method, standing| may(method, Account::User, Target::Group(GroupType::Work, standing));
        assert_eq!(work(MethodName::UpdateGroup, Standing::Member), Ok(()));
        assert_eq!(work(MethodName::AddGroupMembers, Standing::Member), Ok(()));
        assert_eq!(work(MethodName::DeleteGroupMembers, Standing::Member), Err(ErrorCode::NoPermission));
        assert_eq!(work(MethodName::DeleteGroupMembers, Standing::Owner), Ok(()));
        assert_eq!(work(MethodName::QuitGroup, Standing::Owner), Ok(()));
        assert_eq!(work(MethodName::ChangeGroupOwner, Standing::Owner), Ok(()));
        assert_eq!(work(MethodName::ChangeGroupOwner, Standing::Member), Err(ErrorCode::NotGroupOwner));
        assert_eq!(may_change_options(GroupType::Work, Standing::Member), Err(ErrorCode::NoPermission));
        assert_eq!(may_change_options(GroupType::Work, Standing::Owner), Ok(()));
        assert_eq!(
            may(MethodName::QuitGroup, Account::User, Target::Group(GroupType::Public, Standing::Owner)),
            Err(ErrorCode::OwnerCannotQuit)
        );
    }
}
