//! Messages and conversations for tests.

use std::sync::Arc;

use hallway_client::media::Picture;
use hallway_client::{ChatError, Conversation, ErrorCode};
use hallway_protocol::annotation::{Extension, Pin};
use hallway_protocol::card::{Answer, Card};
use hallway_protocol::conversation::RemindType;
use hallway_protocol::group::{Group, GroupType, JoinOption, Member, MemberRole};
use hallway_protocol::message::{
    AudioPayload, FacePayload, FilePayload, ImagePayload, ImageVariant, Payload, Reaction, Revocation,
    VideoPayload,
};
use hallway_protocol::sticker::{Sticker, StickerPack};
use hallway_protocol::sync::PeerProgress;
use hallway_protocol::tip::{
    GroupSystemNotice, GroupTip, NewGroupProfile, NoticeGroup, NoticeType, OperatorInfo, TipMember, TipType,
};
use hallway_protocol::user::{Profile, UserBrief};
use hallway_protocol::{ConversationId, Message, MessageId, UserId};

use iced::widget::image::Handle;

use super::media::pictures::{Detail, Drawn, round, square};

/// The moment tests are at: 2024-03-21 14:05:09 UTC.
pub const NOW: i64 = 1_711_029_909;

/// A user id.
pub fn user(id: &str) -> UserId {
    id.parse().unwrap()
}

/// A conversation id in its text form.
pub fn conversation(id: &str) -> ConversationId {
    id.parse().unwrap()
}

/// The name of a person: the id with a capital.
pub fn nick(id: &str) -> String {
    let mut letters = id.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A person.
pub fn profile(id: &str) -> Profile {
    Profile {
        user_id: user(id),
        nick: nick(id),
        avatar: String::new(),
        is_admin: false,
        is_disabled: false,
        version: 1,
    }
}

/// The message with this place in the group `sales`, sent shortly before [`NOW`].
pub fn message(from: &str, sequence: u64, payload: Payload) -> Message {
    let number = i64::try_from(from.bytes().map(u64::from).sum::<u64>()).unwrap();
    let place = i64::try_from(sequence).unwrap();
    let random = u32::try_from(sequence).unwrap();
    let json = serde_json::json!({
        "id": MessageId::new(number, NOW, random),
        "conversation_id": "GROUPsales",
        "from": from,
        "time": NOW - 3600 + place,
        "sequence": sequence,
        "mod": sequence,
        "ord": sequence,
        "nick": nick(from),
        "kind": "text",
        "payload": { "text": "" },
    });
    Message { payload, ..serde_json::from_value(json).unwrap() }
}

/// A text.
pub fn text(from: &str, sequence: u64, text: &str) -> Message {
    message(from, sequence, Payload::text(text))
}

/// A voice message of so many seconds, with this app data.
pub fn voice(from: &str, sequence: u64, second: u32, cloud_custom_data: &str) -> Message {
    let audio =
        AudioPayload { uuid: String::new(), url: format!("file/{sequence:032x}"), size: 3000, second };
    let cloud_custom_data = cloud_custom_data.to_owned();
    Message { cloud_custom_data, ..message(from, sequence, Payload::Audio(audio)) }
}

/// A picture of these pixels; its address tells [`drawn`] what it shows: `sea`, `wood`, `town`, `gone`.
pub fn image(from: &str, sequence: u64, what: &str, (width, height): (u32, u32)) -> Message {
    let url = format!("{what}:{}", 320 * height / width);
    let sizes = [(0, width, height), (2, width.min(720), height.min(720)), (1, 198, 198)];
    let variants = sizes.map(|(variant, width, height)| ImageVariant {
        variant,
        width,
        height,
        size: 2_400_000,
        url: url.clone(),
    });
    let image = ImagePayload { uuid: String::new(), image_format: 1, variants: variants.to_vec() };
    message(from, sequence, Payload::Image(image))
}

/// A file at the server.
pub fn file(from: &str, sequence: u64, name: &str, size: u64) -> Message {
    let id = hallway_protocol::FileId::new([u8::try_from(sequence % 256).unwrap(); 16]);
    message(
        from,
        sequence,
        Payload::File(FilePayload {
            uuid: id.to_string(),
            file_name: name.into(),
            file_url: id.url(),
            file_size: size,
        }),
    )
}

/// A film at the server.
pub fn video(from: &str, sequence: u64, what: &str) -> Message {
    let id = hallway_protocol::FileId::new([7; 16]);
    let video = VideoPayload {
        video_uuid: id.to_string(),
        video_url: id.url(),
        video_format: "mp4".into(),
        video_size: 48_200_000,
        video_second: 102,
        snapshot_url: what.into(),
        snapshot_width: 480,
        snapshot_height: 270,
    };
    message(from, sequence, Payload::Video(video))
}

/// What the picture with this address shows, in this detail.
pub fn drawn(address: &str, detail: Detail) -> Result<Drawn, ChatError> {
    let (what, tall) = address.split_once(':').unwrap_or((address, "180"));
    let tall: u32 = tall.parse().unwrap();
    let (sky, ground): ([u8; 3], [u8; 3]) = match what {
        "sea" => ([150, 196, 232], [38, 96, 140]),
        // Whatever is at the server.
        _ if what.starts_with("file/") => ([196, 214, 180], [46, 84, 40]),
        "wood" => ([196, 214, 180], [46, 84, 40]),
        "town" => ([232, 190, 150], [84, 70, 90]),
        _ => return Err(ErrorCode::FileMissing.into()),
    };
    let side = 320;
    let mut rgba = Vec::new();
    for y in 0..tall {
        for x in 0..side {
            let hill = tall / 2 + (x * 7 / side) * tall / 40;
            let [red, green, blue] = if y < hill { sky } else { ground };
            rgba.extend([red, green.saturating_add((x * 20 / side) as u8), blue, 255]);
        }
    }
    let mut picture = Picture { width: side, height: tall, rgba };
    if detail == Detail::Small {
        return Ok(square(picture).into());
    }
    round(&mut picture, crate::theme::tokens::radius::CARD);
    Ok(picture.into())
}

/// The stickers of this tree. What a server says is the hash of a picture is its key.
pub fn packs() -> Vec<StickerPack> {
    let quoted = |line: &str, name: &str| {
        let (_, rest) = line.split_once(&format!("{name} = \""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let names = |line: &str| {
        let tags = ["en", "zh-CN"].into_iter();
        tags.filter_map(|tag| Some((tag.to_owned(), quoted(line, tag)?))).collect()
    };
    let mut lines = include_str!("../../../../resources/stickers/robin/pack.toml").lines();
    let pack_names = names(lines.find(|line| line.starts_with("names")).unwrap());
    let mut stickers = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(key) = quoted(line, "key") {
            let names = names(lines.next().unwrap());
            let sha256 = key.clone();
            stickers.push(Sticker { key, names, sha256, size: 1, width: 256, height: 256 });
        }
    }
    vec![StickerPack { number: 1, names: pack_names, stickers }]
}

/// The picture of one of them, so many pixels on a side.
pub async fn sticker(key: String, side: u32) -> Option<Handle> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../resources/stickers/robin");
    let bytes = std::fs::read(format!("{folder}/{key}.webp")).ok()?;
    let picture = hallway_client::media::decode(bytes.into(), side).await.ok()?;
    Some(Handle::from_rgba(picture.width, picture.height, picture.rgba))
}

/// A sticker.
pub fn face(from: &str, sequence: u64, index: i32, key: &str) -> Message {
    message(from, sequence, Payload::Face(FacePayload { index, data: key.to_owned() }))
}

/// A reaction of these people; Anna is the viewer.
pub fn reaction(sign: &str, people: &[&str]) -> Reaction {
    Reaction {
        reaction_id: sign.into(),
        reacted_by_myself: people.contains(&"anna"),
        total_user_count: u32::try_from(people.len()).unwrap(),
        partial_user_list: people.iter().map(|id| UserBrief::from(&profile(id))).collect(),
    }
}

/// A pin of this person.
pub fn pin(by: &str) -> Pin {
    Pin { operator_info: UserBrief::from(&profile(by)), time: NOW }
}

/// A card, in a message that takes answers.
pub fn card(from: &str, sequence: u64, card: &Card) -> Message {
    let message = message(from, sequence, Payload::Custom(card.payload("in words")));
    Message { is_support_extension: card.takes_answers(), ..message }
}

/// This person's answer to a card.
pub fn answer(id: &str, options: &[usize], time_ms: i64) -> Extension {
    Answer { options: options.to_vec(), nick: nick(id), time_ms }.extension(&user(id))
}

/// The message after its recall by `by`.
pub fn recalled(message: Message, by: &str) -> Message {
    let revoked = Revocation {
        user_id: user(by),
        nick: nick(by),
        avatar: String::new(),
        reason: String::new(),
        time: NOW,
        modification: message.modification + 1,
    };
    Message { payload: Payload::Revoked {}, revoked: Some(revoked), ..message }
}

/// A tip as a message.
pub fn tip(sequence: u64, tip: GroupTip) -> Message {
    message(tip.operator_id.clone().as_str(), sequence, Payload::GroupTip(tip))
}

fn blank_tip(operation_type: TipType, by: &str) -> GroupTip {
    GroupTip {
        operation_type,
        operator_id: user(by),
        operator_info: OperatorInfo { user_id: user(by), nick: nick(by), avatar: String::new(), role: None },
        user_id_list: Vec::new(),
        member_list: Vec::new(),
        group_join_type: 0,
        new_group_profile: None,
        member_count: 3,
    }
}

/// People joined (`join_type` 1) or were added by `by` (2).
pub fn joined(people: &[&str], by: &str, join_type: u8) -> GroupTip {
    let member = |id: &&str| TipMember {
        user_id: user(id),
        nick: nick(id),
        avatar: String::new(),
        mute_time: None,
        duration: None,
        reason: String::new(),
    };
    GroupTip {
        user_id_list: people.iter().map(|id| user(id)).collect(),
        member_list: people.iter().map(member).collect(),
        group_join_type: join_type,
        ..blank_tip(TipType::MemberJoin, by)
    }
}

/// The group got a new name.
pub fn renamed(name: &str, by: &str) -> GroupTip {
    GroupTip {
        new_group_profile: Some(NewGroupProfile { group_name: Some(name.into()), ..Default::default() }),
        ..blank_tip(TipType::GroupProfileUpdated, by)
    }
}

/// A notice about the group `sales`.
pub fn notice(by: &str, sequence: u64, operation_type: NoticeType, note: &str) -> Message {
    let notice = GroupSystemNotice {
        operation_type,
        operator_id: user(by),
        group_profile: NoticeGroup {
            group_id: "sales".parse().unwrap(),
            name: "Sales".into(),
            group_type: GroupType::Work,
            avatar: String::new(),
        },
        handle_message: note.into(),
        user_defined_field: String::new(),
        message_remind_type: None,
        handled: None,
    };
    let message = message(by, sequence, Payload::GroupSystemNotice(notice));
    Message { conversation_id: ConversationId::System, ..message }
}

/// A member.
pub fn member(id: &str, role: MemberRole) -> Member {
    Member {
        user_id: user(id),
        nick: nick(id),
        avatar: String::new(),
        role,
        join_time: NOW - 86_400,
        name_card: String::new(),
        mute_until: 0,
        member_custom_field: Vec::new(),
        modification: 1,
        gone: false,
    }
}

/// A `work` group of three.
pub fn group(id: &str, name: &str) -> Group {
    Group {
        group_id: id.parse().unwrap(),
        group_type: GroupType::Work,
        name: name.into(),
        introduction: "What we sell, and to whom.".into(),
        notification: String::new(),
        avatar: String::new(),
        owner_id: Some(user("anna")),
        create_time: NOW - 86_400,
        last_info_time: NOW - 86_400,
        info_sequence: 1,
        modification: 1,
        member_count: 3,
        max_member_count: 1000,
        mute_all_members: false,
        join_option: JoinOption::DisableApply,
        invite_option: None,
        group_custom_field: Vec::new(),
        is_support_topic: false,
        next_message_seq: 0,
        last_message: None,
        self_info: Some(member("anna", MemberRole::Owner).into()),
    }
}

/// A conversation of the list; groups (`GROUP…`) are named after their id.
pub fn row(id: &str) -> Conversation {
    let conversation_id = conversation(id);
    let (group_profile, user_profile) = match &conversation_id {
        ConversationId::C2c(peer) => (None, Some(profile(peer.as_str()))),
        ConversationId::Group(id) => (Some(Arc::new(group(id.as_str(), &nick(id.as_str())))), None),
        ConversationId::System => (None, None),
    };
    Conversation {
        conversation_id,
        unread_count: 0,
        last_message: None,
        group_profile,
        user_profile,
        group_at_info_list: Vec::new(),
        remark: String::new(),
        is_pinned: false,
        message_remind_type: RemindType::AcceptAndNotify,
        mark_list: Vec::new(),
        custom_data: String::new(),
        conversation_group_list: Vec::new(),
        draft: None,
        is_readonly: false,
        read_seq: 0,
        seq: 0,
        peer: PeerProgress::default(),
        active_time: NOW,
    }
}
