//! Messages in words: who, the one-line preview, and the sentences of tips and notices; and what conversations are called.

use std::borrow::Cow;
use std::time::Duration;

use hallway_client::Conversation;
use hallway_protocol::message::{FacePayload, MessageStatus, Payload};
use hallway_protocol::tip::{GroupSystemNotice, GroupTip, NewGroupProfile, NoticeType, TipType};
use hallway_protocol::{ConversationId, Message, UserId};

use crate::fl;
use crate::text::markdown::Document;
use crate::text::sticker_names;

/// Characters of a text that are read for one line of it: marks and breaks among them are not shown.
const READ: usize = 600;

/// What a conversation is called; that of the notices has no name of its own.
pub fn conversation_name(conversation: &Conversation) -> Cow<'_, str> {
    match conversation.conversation_id {
        ConversationId::System => fl!("system-conversation").into(),
        _ => conversation.display_name().into(),
    }
}

/// What the sender of a message is called in its conversation: card in the group, nickname, id.
pub fn sender(message: &Message) -> &str {
    [&message.name_card, &message.nick]
        .into_iter()
        .find(|name| !name.is_empty())
        .map_or(message.from.as_str(), String::as_str)
}

/// A person in a sentence: as its subject or as its object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Subject,
    Object,
}

fn person(user: &UserId, nick: &str, me: &UserId, case: Case) -> String {
    match case {
        Case::Subject if user == me => fl!("you-subject"),
        Case::Object if user == me => fl!("you-object"),
        _ if nick.is_empty() => user.to_string(),
        _ => nick.to_owned(),
    }
}

/// `Anna`, `Anna and Ben`, `Anna, Ben and Cleo`, `Anna, Ben and 3 others`.
pub fn names(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [a, b] => fl!("names-two", a = a.as_str(), b = b.as_str()),
        [a, b, c] => fl!("names-three", a = a.as_str(), b = b.as_str(), c = c.as_str()),
        [a, b, rest @ ..] => fl!("names-more", a = a.as_str(), b = b.as_str(), count = rest.len()),
    }
}

/// How long a sound is: `0:12`.
pub fn length(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// The preview of a message in one line, without its sender: the text, or a word for its kind. Recalled
/// messages and tips are whole sentences.
pub fn preview(message: &Message, me: &UserId) -> String {
    if let Some(sentence) = sentence(message, me) {
        return sentence;
    }
    kind(&message.payload)
}

/// What a message says in one line: the text, or a word for its kind.
pub fn kind(payload: &Payload) -> String {
    match payload {
        Payload::Text(text) => plain(&text.text),
        Payload::Image(_) => fl!("kind-image"),
        Payload::Audio(audio) => {
            fl!("kind-voice", time = length(Duration::from_secs(u64::from(audio.second))))
        }
        Payload::Video(_) => fl!("kind-video"),
        Payload::File(file) => fl!("kind-file", name = one_line(&file.file_name)),
        Payload::Custom(custom) if !custom.description.is_empty() => one_line(&custom.description),
        Payload::Custom(_) => fl!("kind-custom"),
        Payload::Face(face) => sticker(face),
        Payload::Location(_) => fl!("kind-location"),
        Payload::Merger(_) => fl!("kind-record"),
        Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Revoked {} => fl!("kind-tip"),
        Payload::Unknown(_) => fl!("message-unsupported", kind = payload.kind()),
    }
}

/// The beginning of a text without its marks, on one line. No more of it is read than can be seen: lists ask for this with
/// every drawing.
fn plain(text: &str) -> String {
    let end = text.char_indices().nth(READ).map_or(text.len(), |(end, _)| end);
    one_line(Document::parse(text.get(..end).unwrap_or_default()).text())
}

/// The words for a sticker, with its name where its pack is known.
pub fn sticker(face: &FacePayload) -> String {
    match sticker_names::name(face) {
        Some(name) => fl!("kind-sticker-named", name = one_line(&name)),
        None => fl!("kind-sticker"),
    }
}

/// A message that is shown as a centred line: a recall, a tip, a notice. None for all others.
pub fn sentence(message: &Message, me: &UserId) -> Option<String> {
    if let Some(revoked) = &message.revoked {
        return Some(if message.status == MessageStatus::UnSend {
            fl!("recalled-later")
        } else if revoked.user_id == *me {
            fl!("recalled-by-you")
        } else {
            let nick = if revoked.user_id == message.from { sender(message) } else { &revoked.nick };
            fl!("recalled-by", who = person(&revoked.user_id, nick, me, Case::Subject))
        });
    }
    match &message.payload {
        Payload::GroupTip(tip) => Some(tip_sentence(tip, me)),
        Payload::GroupSystemNotice(notice) => Some(notice_sentence(message, notice, &group_of(notice), me)),
        Payload::Revoked {} => Some(fl!("recalled-by", who = sender(message))),
        _ => None,
    }
}

/// The people a tip is about, as they are called.
pub fn tip_names(tip: &GroupTip, me: &UserId, subject: bool) -> Vec<String> {
    let case = if subject { Case::Subject } else { Case::Object };
    if tip.member_list.is_empty() {
        tip.user_id_list.iter().map(|user| person(user, "", me, case)).collect()
    } else {
        tip.member_list.iter().map(|member| person(&member.user_id, &member.nick, me, case)).collect()
    }
}

/// Joined by own request, not added by somebody.
pub fn joined_alone(tip: &GroupTip) -> bool {
    tip.group_join_type == 1 || tip.user_id_list.as_slice() == [tip.operator_id.clone()]
}

/// A tip in one sentence, about these people instead of its own: for runs of tips merged into one.
pub fn tip_about(tip: &GroupTip, people: &[String], me: &UserId) -> String {
    let who = person(&tip.operator_id, &tip.operator_info.nick, me, Case::Subject);
    let names = names(people);
    match tip.operation_type {
        TipType::MemberJoin if joined_alone(tip) => fl!("tip-joined", names = names),
        TipType::MemberJoin => fl!("tip-added", who = who, names = names),
        TipType::MemberQuit => fl!("tip-left", names = names),
        TipType::MemberKickedOut => fl!("tip-removed", who = who, names = names),
        TipType::MemberSetAdmin => fl!("tip-admin", who = who, names = names),
        TipType::MemberCanceledAdmin => fl!("tip-no-admin", who = who, names = names),
        TipType::MemberProfileUpdated => mute_sentence(tip, who, names),
        TipType::BanMember => fl!("tip-banned", who = who, names = names),
        TipType::UnbanMember => fl!("tip-unbanned", who = who, names = names),
        TipType::GroupProfileUpdated => profile_sentence(tip.new_group_profile.as_ref(), who, tip, me),
        _ => fl!("tip-other"),
    }
}

/// Whether the people of a tip are the subject of its sentence.
pub fn people_are_subject(tip: &GroupTip) -> bool {
    match tip.operation_type {
        TipType::MemberJoin => joined_alone(tip),
        TipType::MemberQuit => true,
        _ => false,
    }
}

fn tip_sentence(tip: &GroupTip, me: &UserId) -> String {
    tip_about(tip, &tip_names(tip, me, people_are_subject(tip)), me)
}

fn mute_sentence(tip: &GroupTip, who: String, names: String) -> String {
    match tip.member_list.first().and_then(|member| member.mute_time) {
        Some(0) => fl!("tip-unmuted", who = who, names = names),
        Some(_) => fl!("tip-muted", who = who, names = names),
        None => fl!("tip-other"),
    }
}

fn profile_sentence(new: Option<&NewGroupProfile>, who: String, tip: &GroupTip, me: &UserId) -> String {
    let Some(new) = new else { return fl!("tip-other") };
    let who = who.as_str();
    let mut parts = Vec::new();
    if let Some(name) = &new.group_name {
        parts.push(fl!("tip-name", who = who, name = one_line(name)));
    }
    if new.introduction.is_some() {
        parts.push(fl!("tip-introduction", who = who));
    }
    match new.notification.as_deref() {
        Some("") => parts.push(fl!("tip-notice-removed", who = who)),
        Some(notice) => parts.push(fl!("tip-notice", who = who, notice = one_line(notice))),
        None => {}
    }
    if new.avatar.is_some() {
        parts.push(fl!("tip-picture", who = who));
    }
    if let Some(owner) = &new.owner_id {
        let nick =
            tip.member_list.iter().find(|member| member.user_id == *owner).map_or("", |m| m.nick.as_str());
        parts.push(fl!("tip-owner", who = who, owner = person(owner, nick, me, Case::Object)));
    }
    match new.mute_all_members {
        Some(true) => parts.push(fl!("tip-mute-all", who = who)),
        Some(false) => parts.push(fl!("tip-unmute-all", who = who)),
        None => {}
    }
    if new.join_option.is_some() {
        parts.push(fl!("tip-join-option", who = who));
    }
    if new.invite_option.is_some() {
        parts.push(fl!("tip-invite-option", who = who));
    }
    if parts.is_empty() { fl!("tip-other") } else { parts.join(" · ") }
}

/// What the group of a notice is called.
pub fn group_of(notice: &GroupSystemNotice) -> String {
    if notice.group_profile.name.is_empty() {
        notice.group_profile.group_id.to_string()
    } else {
        one_line(&notice.group_profile.name)
    }
}

/// The sentence of a notice as it stands before and after the name of its group; all of it comes before where it does not
/// name the group.
pub fn around_group(message: &Message, notice: &GroupSystemNotice, me: &UserId) -> (String, Option<String>) {
    const PLACE: &str = "\u{1}";
    let sentence = notice_sentence(message, notice, PLACE, me);
    match sentence.split_once(PLACE) {
        Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
        None => (sentence, None),
    }
}

fn notice_sentence(message: &Message, notice: &GroupSystemNotice, group: &str, me: &UserId) -> String {
    let nick = if notice.operator_id == message.from { message.nick.as_str() } else { "" };
    let who = person(&notice.operator_id, nick, me, Case::Subject);
    match notice.operation_type {
        NoticeType::JoinRequest => fl!("notice-join-request", who = who, group = group),
        NoticeType::JoinAccepted => fl!("notice-join-accepted", group = group),
        NoticeType::JoinRejected => fl!("notice-join-rejected", group = group),
        NoticeType::KickedOut => fl!("notice-kicked", who = who, group = group),
        NoticeType::Dismissed => fl!("notice-dismissed", who = who, group = group),
        NoticeType::Created => fl!("notice-created", group = group),
        NoticeType::Invited => fl!("notice-invited", who = who, group = group),
        NoticeType::Quit => fl!("notice-quit", group = group),
        NoticeType::SetAdmin => fl!("notice-admin", group = group),
        NoticeType::CanceledAdmin => fl!("notice-no-admin", group = group),
        NoticeType::InviteRequest => fl!("notice-invite-request", who = who, group = group),
        NoticeType::InviteAccepted => fl!("notice-invite-accepted", who = who, group = group),
        NoticeType::InviteRejected => fl!("notice-invite-rejected", who = who, group = group),
        NoticeType::InviteApproval => fl!("notice-invite-approval", who = who, group = group),
        NoticeType::Banned => fl!("notice-banned", who = who, group = group),
        NoticeType::Unbanned => fl!("notice-unbanned", who = who, group = group),
        NoticeType::Custom => one_line(&notice.user_defined_field),
        _ => fl!("notice-other", group = group),
    }
}

/// Line breaks and runs of spaces as one space, at most 200 characters: for places that show one line.
pub fn one_line(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            out.push(c);
            count += 1;
            if count == 200 {
                out.push('…');
                return out;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::screen::chats::sample;

    #[test]
    fn people_in_sentences() {
        let list = |count: usize| (0..count).map(|i| format!("P{i}")).collect::<Vec<_>>();
        assert_eq!(names(&list(1)), "P0");
        assert_eq!(names(&list(2)), "P0 and P1");
        assert_eq!(names(&list(3)), "P0, P1 and P2");
        assert_eq!(names(&list(5)), "P0, P1 and 3 others");
    }

    /// CONV-43, CONV-45: the preview of kinds and of recalled messages.
    #[test]
    fn previews() {
        let me = sample::user("anna");
        let text = sample::text("ben", 1, "two\n  lines");
        assert_eq!(preview(&text, &me), "two lines");
        let mut recalled = sample::recalled(text.clone(), "ben");
        assert_eq!(preview(&recalled, &me), "Ben recalled a message");
        recalled.from = me.clone();
        recalled.revoked.as_mut().unwrap().user_id = me.clone();
        assert_eq!(preview(&recalled, &me), "You recalled a message");
        recalled.status = MessageStatus::UnSend;
        assert!(preview(&recalled, &me).contains("once you are connected"));
        assert_eq!(one_line(&"x".repeat(300)).chars().count(), 201);
    }

    /// OBJ-90 to OBJ-95: what happened in the group, told from the viewer's side.
    #[test]
    fn tips() {
        let me = sample::user("anna");
        let says = |tip| preview(&sample::tip(5, tip), &me);
        assert_eq!(says(sample::joined(&["ben"], "ben", 1)), "Ben joined");
        assert_eq!(says(sample::joined(&["ben", "anna"], "cleo", 2)), "Cleo added Ben and you");
        assert_eq!(says(sample::joined(&["ben"], "anna", 2)), "You added Ben");
        assert_eq!(says(sample::renamed("Sales", "ben")), "Ben named the group “Sales”");
    }

    /// OBJ-95: what changed about a group, each with a sentence of its own, all of them in one line.
    #[test]
    fn changes_of_a_group() {
        let me = sample::user("anna");
        let says = |new: NewGroupProfile| {
            let tip = GroupTip { new_group_profile: Some(new), ..sample::renamed("", "ben") };
            preview(&sample::tip(5, tip), &me)
        };
        let none = NewGroupProfile::default;
        assert_eq!(says(NewGroupProfile { avatar: Some("x".into()), ..none() }), "Ben changed the picture");
        let notice = NewGroupProfile { notification: Some("At\nnine".into()), ..none() };
        assert_eq!(says(notice), "Ben changed the notice: At nine");
        let owner = NewGroupProfile { owner_id: Some(me.clone()), ..none() };
        assert_eq!(says(owner), "Ben made you the owner");
        let both = NewGroupProfile {
            introduction: Some(String::new()),
            notification: Some(String::new()),
            ..none()
        };
        assert_eq!(says(both), "Ben changed the introduction · Ben removed the notice");
    }

    /// OBJ-110, OBJ-111, OBJ-112, OBJ-123, OBJ-126: what the viewer is told, by whom and of which group.
    #[test]
    fn notices() {
        let me = sample::user("anna");
        let says = |kind| preview(&sample::notice("ben", 1, kind, ""), &me);
        assert_eq!(says(NoticeType::Invited), "Ben added you to Sales");
        assert_eq!(says(NoticeType::KickedOut), "Ben removed you from Sales");
        assert_eq!(says(NoticeType::Other(99)), "Something changed in Sales");
        let message = sample::notice("ben", 1, NoticeType::Dismissed, "");
        let Payload::GroupSystemNotice(notice) = &message.payload else { panic!("a notice") };
        assert_eq!(around_group(&message, notice, &me), ("Ben dismissed ".into(), Some(String::new())));
        assert_eq!(conversation_name(&sample::row("@TIM#SYSTEM")), "Group notices");
        assert_eq!(conversation_name(&sample::row("C2Cben")), "Ben");
    }
}
