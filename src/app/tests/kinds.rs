//! Draws what people write with marks, and the kinds of messages that are neither words nor files, to be looked at:
//! `target/shots/kinds-*.png`.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use hallway_app::i18n::{self, Language};
use hallway_app::screen::chats::actions::quote;
use hallway_app::screen::chats::stage::{Drive, Screen, Stage, World};
use hallway_app::screen::chats::{
    About, Act, Message, card, emoji, forward, picking, readers, receivers, record, sample, sticker,
};
use hallway_app::theme::Appearance;
use hallway_protocol::Message as ChatMessage;
use hallway_protocol::card::{Card, Contact, Poll, SignUp};
use hallway_protocol::message::{
    CustomPayload, LocationPayload, MergerPayload, Payload, ReadReceiptInfo, SimplifiedMessage,
};
use hallway_protocol::service::{LinkPreview, PreviewImage};
use hallway_protocol::tip::{GroupTip, NewGroupProfile, NoticeType};

fn shots() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target")).join("shots")
}

/// At both widths and in both lights.
fn draw(world: impl Fn() -> World, name: &str) {
    draw_after(world, name, |_| {});
}

/// The same, after something was done.
fn draw_after(world: impl Fn() -> World, name: &str, act: impl Fn(&mut Screen)) {
    draw_in(world, "GROUPsales", name, act);
}

/// The same, with another conversation open.
fn draw_in(world: impl Fn() -> World, place: &str, name: &str, act: impl Fn(&mut Screen)) {
    // There is one language at a time.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    for language in [Language::English, Language::Chinese] {
        i18n::select(language);
        for (width, size) in [("1400", (1400.0, 900.0)), ("420", (420.0, 900.0))] {
            let mut screen: Screen = Stage::new(world(), Some(place), size);
            act(&mut screen);
            for (light, appearance) in [("light", Appearance::Light), ("dark", Appearance::Dark)] {
                screen.dress(appearance);
                screen.settle();
                let picture = screen.picture(1.0);
                picture.save(shots().join(format!("kinds-{name}-{width}-{light}-{}.png", language.tag())));
                assert!(picture.colors() > 50, "{name} is drawn");
            }
        }
    }
    i18n::select(Language::English);
}

fn room(messages: Vec<ChatMessage>) -> World {
    let mut world = World::new();
    let last = messages.len() as u64;
    world.room("GROUPsales", messages, last);
    world
}

#[test]
fn marks_in_words() {
    let code = "fn main() {\n    let greeting = \"Hello, 世界\";\n    println!(\"{greeting}\");\n}";
    let long: Vec<String> = (1..=30).map(|line| format!("{line:>3}  GET /v4/messages 200")).collect();
    let first = vec![
        sample::text(
            "ben",
            1,
            "The plan for **Monday**:\n- move the *old* server\n  - take the `disks` out\n- [x] tell everybody\n- [ ] switch over\n1. first `systemctl stop hallway`\n2. then ~~pray~~ copy",
        ),
        sample::text(
            "anna",
            2,
            &format!("It is this one:\n```rust\n{code}\n```\nsee [the notes](https://example.org/notes)"),
        ),
        sample::text("cleo", 3, "> Who has the keys?\n> Somebody must.\nI have them. 你好，**重点**在这里。"),
        sample::text(
            "anna",
            4,
            "# Result\n| Server | Users | 备注 |\n|---|---|---|\n| alpha | 120 | **fast** |\n| beta | 4 500 | 很慢 |\nWe keep *alpha*.",
        ),
    ];
    draw(|| room(first.clone()), "marks");
    let second = vec![
        sample::text("ben", 1, &format!("```\n{}\n```", long.join("\n"))),
        sample::text("anna", 2, "> quoted\n> > twice\n---\nafter the line\n```one line of code```"),
    ];
    draw(|| room(second.clone()), "code");
}

/// Reactions, cards, pins, readers, records.
#[test]
fn what_is_put_on_messages() {
    let mut first = sample::text("ben", 1, "The new server is **ready**. Please test it until Friday.");
    first.reactions = vec![
        sample::reaction("👍", &["ben", "anna", "cleo"]),
        sample::reaction("🎉", &["cleo"]),
        sample::reaction("shipit", &["dora"]),
    ];
    first.pin = Some(sample::pin("cleo"));
    let mut own = sample::text("anna", 2, "Tested, works for me.");
    own.reactions = vec![sample::reaction("❤️", &["ben"])];
    own.read_receipt_info =
        Some(ReadReceiptInfo { read_count: Some(2), unread_count: Some(3), ..ReadReceiptInfo::default() });
    let mut secret = sample::text("ben", 3, "Only for you two.");
    secret.receiver_list = vec![sample::user("anna"), sample::user("cleo")];
    let mut link = sample::text("cleo", 4, "https://example.org/news");
    link.link_preview = Some(LinkPreview {
        url: "https://example.org/news".into(),
        site_name: "Example News".into(),
        title: "Everything that happened this week, and some of what did not".into(),
        description: "A short description of the page that goes on for a while, so that it has to be cut \
            somewhere: nobody wants to read all of it in a chat, and there is more to see below."
            .into(),
        image: Some(PreviewImage {
            uuid: hallway_protocol::FileId::new([9; 16]),
            width: 640,
            height: 360,
            size: 1,
        }),
    });
    let mut flagged = sample::image("ben", 5, "sea", (640, 480));
    flagged.has_risk_content = true;
    let messages = vec![first, own, secret, link, flagged];
    draw(|| room(messages.clone()), "annotated");

    let poll = Card::Poll(Poll {
        question: "Where do we meet on Friday?".into(),
        options: vec!["The usual place".into(), "The new canteen, next to the river".into(), "会议室".into()],
        is_multiple: true,
    });
    let mut poll = sample::card("ben", 1, &poll);
    poll.extensions = vec![
        sample::answer("anna", &[1], 1),
        sample::answer("ben", &[0, 1], 1),
        sample::answer("cleo", &[1, 2], 1),
    ];
    let mut list =
        sample::card("anna", 2, &Card::SignUp(SignUp { title: "Dinner on Friday".into(), places: 2 }));
    list.extensions =
        vec![sample::answer("ben", &[], 1), sample::answer("cleo", &[], 2), sample::answer("dora", &[], 3)];
    draw(|| room(vec![poll.clone(), list.clone()]), "polls");
    let contact = Card::Contact(Contact { user_id: sample::user("emil"), nick: "Emil".into() });
    let place = LocationPayload {
        description: "Main entrance, Alexanderplatz 1".into(),
        longitude: 13.41,
        latitude: 52.52,
    };
    let foreign = CustomPayload {
        description: "Ticket #4711 was closed".into(),
        data: "{}".into(),
        ..CustomPayload::default()
    };
    let record = MergerPayload {
        title: "Chat record of Ben and Cleo".into(),
        abstract_list: vec!["Ben: Lunch?".into(), "Cleo: Yes!".into(), "Ben: [Image]".into()],
        message_list: Vec::new(),
        download_key: "key".into(),
        ..MergerPayload::default()
    };
    let cards = vec![
        sample::card("ben", 3, &contact),
        sample::message("cleo", 4, Payload::Location(place)),
        sample::message("anna", 5, Payload::Custom(foreign)),
        sample::message("cleo", 6, Payload::Merger(record)),
    ];
    draw(|| room(cards.clone()), "cards");
}

/// A record that is read, with another one in it.
#[test]
fn stickers() {
    let world = || {
        let mut world = room(vec![
            sample::text("ben", 1, "The new version is out"),
            sample::face("cleo", 2, 1, "celebrate"),
            sample::face("anna", 3, 1, "thumbs_up"),
            sample::face("ben", 4, 9, "unknown"),
        ]);
        world.packs = sample::packs();
        world
    };
    draw(world, "stickers");
    draw_after(world, "sticker-picker", |screen| {
        let button = screen.place(hallway_app::harness::named(i18n::LOADER.get("emoji")));
        screen.message(Message::Emoji(emoji::Message::Open(button, None)));
        screen.message(sticker::message(sticker::Message::Show(true)));
        screen.settle();
    });
}

#[test]
fn a_record() {
    let entry = |from: &str, payload: Payload| SimplifiedMessage {
        id: "1-2-3".parse().unwrap(),
        from: sample::user(from),
        nick: sample::nick(from),
        avatar: String::new(),
        time: sample::NOW,
        message_body: vec![payload],
        cloud_custom_data: String::new(),
    };
    let inner = MergerPayload {
        title: "Chat record of Dora".into(),
        abstract_list: vec!["Dora: It is done.".into()],
        ..MergerPayload::default()
    };
    let record = MergerPayload {
        title: "Chat record of Ben and Cleo".into(),
        message_list: vec![
            entry("ben", Payload::text("Did **everybody** see the numbers for March?")),
            entry("cleo", Payload::text("三月的数据已经更新了。")),
            entry("ben", Payload::Merger(inner)),
            entry("dora", sample::image("dora", 1, "sea", (640, 400)).payload),
            entry("ben", sample::file("ben", 1, "Figures for March.pdf", 901_120).payload),
            entry("cleo", sample::face("cleo", 1, 1, "thank_you").payload),
        ],
        ..MergerPayload::default()
    };
    let message = sample::message("cleo", 1, Payload::Merger(record));
    let id = message.id.clone();
    let read = |screen: &mut Screen| {
        screen.message(Message::Record(record::Message::Open(id.clone())));
        screen.state.reading = true;
        screen.settle();
    };
    let world = || {
        let mut world = room(vec![message.clone()]);
        world.packs = sample::packs();
        world
    };
    draw_after(world, "record", read);
}

/// What the workspace tells the viewer, in the list and in its conversation, and what it tells everybody in a group.
#[test]
fn notices_and_tips() {
    let notices = || {
        let mut all = vec![
            sample::notice("ben", 1, NoticeType::Invited, ""),
            sample::notice(
                "cleo",
                2,
                NoticeType::KickedOut,
                "The project is over, thank you for everything you did for it.",
            ),
            sample::notice("ben", 3, NoticeType::Invited, ""),
            sample::notice("ben", 4, NoticeType::SetAdmin, ""),
        ];
        for message in &mut all[1..3] {
            if let Payload::GroupSystemNotice(notice) = &mut message.payload {
                notice.group_profile.group_id = "summer".parse().unwrap();
                notice.group_profile.name = "Summer party 2024, with everybody from all three offices".into();
            }
        }
        all
    };
    let world = || {
        let mut world = room(vec![sample::text("ben", 1, "Welcome!")]);
        world.room("@TIM#SYSTEM", notices(), 2);
        world
    };
    draw_in(world, "@TIM#SYSTEM", "notices", |_| {});
    draw_in(world, "GROUPsales", "notices-list", |screen| screen.message(Message::Back));
    let tips = || {
        let new = |new| GroupTip { new_group_profile: Some(new), ..sample::renamed("", "ben") };
        let none = NewGroupProfile::default;
        let owner = GroupTip {
            member_list: sample::joined(&["cleo"], "ben", 2).member_list,
            ..new(NewGroupProfile { owner_id: Some(sample::user("cleo")), ..none() })
        };
        let all = [
            sample::joined(&["ben", "cleo", "dora", "emil", "anna"], "ben", 2),
            sample::joined(&["finn"], "finn", 1),
            sample::renamed("Sales and everything around it", "ben"),
            new(NewGroupProfile { avatar: Some("x".into()), ..none() }),
            new(NewGroupProfile {
                notification: Some("We meet at nine, every Monday, in the large room.".into()),
                ..none()
            }),
            owner,
        ];
        let tips = all.into_iter().enumerate().map(|(place, tip)| sample::tip(place as u64 + 1, tip));
        room(tips.collect())
    };
    draw(tips, "tips");
}

/// Answers to what is more than words, and one being written.
#[test]
fn quotes_with_pictures() {
    let messages = || {
        let first = vec![
            sample::image("ben", 1, "sea", (1600, 1000)),
            sample::video("cleo", 2, "town"),
            sample::file("ben", 3, "Quarterly report.pdf", 12_400_000),
            sample::voice("cleo", 4, 12, ""),
        ];
        let mut all = first.clone();
        for (place, message) in first.iter().enumerate() {
            let mut answer =
                sample::text(["anna", "ben"][place % 2], place as u64 + 5, "Thank you, that helps.");
            answer.reply_to = Some(quote(message, &sample::user("anna")));
            all.push(answer);
        }
        all
    };
    let answer = messages()[0].id.clone();
    draw_after(
        || room(messages()),
        "quotes",
        move |screen| {
            screen.settle();
            screen.message(Message::Act(Act::Reply, answer.clone()));
        },
    );
}

/// The dialogs and the choice of several messages.
#[test]
fn dialogs_of_messages() {
    let texts = || {
        vec![
            sample::text("ben", 1, "Lunch?"),
            sample::text("anna", 2, "Yes, at twelve."),
            sample::text("cleo", 3, "I come too."),
        ]
    };
    let ids: Vec<_> = texts().into_iter().map(|message| message.id).collect();
    let open = |name: &str, message: &dyn Fn(&mut Screen)| {
        draw_after(|| room(texts()), name, |screen| message(screen));
    };
    open("picking", &|screen| {
        screen.message(Message::Act(Act::Select, ids[0].clone()));
        screen.message(Message::Picking(picking::Message::Toggle(ids[2].clone(), false)));
    });
    open("forward", &|screen| {
        screen.message(Message::Act(Act::Select, ids[0].clone()));
        screen.message(Message::Picking(picking::Message::All));
        screen.message(Message::Picking(picking::Message::Forward));
        let place = forward::Place { id: sample::conversation("GROUPsales"), name: "Sales".into() };
        screen.message(Message::Forward(forward::Message::Toggle(place)));
    });
    open("new-poll", &|screen| {
        screen.message(Message::Card(card::Message::New(card::Kind::Poll)));
        screen.message(Message::Card(card::Message::Field(card::Field::Title, "Where?".into())));
        screen.message(Message::Card(card::Message::Field(card::Field::Option(0), "Here".into())));
        screen.message(Message::Card(card::Message::Field(card::Field::Option(1), "There".into())));
    });
    open("readers", &|screen| {
        screen.message(Message::Readers(readers::Message::Open(ids[1].clone())));
    });
    open("receivers", &|screen| {
        screen.message(Message::Receivers(receivers::Message::Open));
        screen.message(Message::Receivers(receivers::Message::Toggle(sample::user("ben"))));
    });
    open("receivers-strip", &|screen| {
        screen.message(Message::Receivers(receivers::Message::Open));
        for user in ["ben", "cleo"] {
            screen.message(Message::Receivers(receivers::Message::Toggle(sample::user(user))));
        }
        screen.message(Message::Receivers(receivers::Message::Done));
        screen.message(Message::Act(Act::Reply, ids[0].clone()));
    });
    open("contact", &|screen| screen.message(Message::Card(card::Message::Contact)));
    open("plus", &|screen| {
        screen.message(Message::Menu(About::Attach, iced::Point::new(20.0, 300.0)));
    });
    open("new-place", &|screen| screen.message(Message::Card(card::Message::New(card::Kind::Place))));
    open("message-menu", &|screen| {
        screen.message(Message::Menu(About::Message(ids[1].clone()), iced::Point::new(140.0, 200.0)));
    });
}
