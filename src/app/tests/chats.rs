//! Draws the conversations at every width, in every appearance and language, to be looked at:
//! `target/shots/chats-*.png`. What can be checked without eyes is checked: that something is drawn, and that
//! what has to be on screen is.

use std::path::PathBuf;
use std::sync::Arc;

use hallway_app::harness::Picture;
use hallway_app::i18n::{self, Language};
use hallway_app::keymap;
use hallway_app::screen::chats::stage::{Drive, Screen, Stage, World};
use hallway_app::screen::chats::{
    About, Act, Call, Confirm, Message, conversation_group, dialog, emoji, panel, sample, search,
};
use hallway_app::theme::Appearance;
use hallway_client::do_not_disturb::Wish;
use hallway_protocol::conversation::{AtType, Draft, Mention, RemindType};
use hallway_protocol::message::{MessageStatus, Quote};
use hallway_protocol::{ChatError, ErrorCode, Message as ChatMessage};

fn shots() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target")).join("shots")
}

fn quote(message: &ChatMessage, text: &str) -> Quote {
    Quote {
        id: message.id.clone(),
        sequence: message.sequence,
        from: message.from.clone(),
        nick: message.nick.clone(),
        summary: text.into(),
    }
}

/// What people at work write.
fn talk() -> Vec<ChatMessage> {
    let mut all = vec![
        sample::tip(1, sample::joined(&["anna"], "anna", 1)),
        sample::tip(2, sample::joined(&["ben"], "ben", 1)),
        sample::tip(3, sample::joined(&["cleo"], "cleo", 1)),
        sample::tip(4, sample::renamed("Sales", "anna")),
        sample::text("ben", 5, "Good morning! Did everybody see the numbers for March? 🎉"),
        sample::text("ben", 6, "They are in the usual place: https://example.org/reports/2024-03, page 7."),
        sample::text(
            "cleo",
            7,
            "I did. The third table is wrong, though: the sum of the second column counts the \
            returns twice, so the total is about four percent too high. I will fix it before lunch and send a \
            new version around.",
        ),
        sample::text("anna", 8, "Thanks, Cleo."),
        sample::text("anna", 9, "Take your time, the meeting is at three."),
        sample::text("ben", 10, "大家好，三月的数据已经更新了，请查收。👍🏽"),
        sample::text("cleo", 11, "❤️🚀"),
        sample::recalled(sample::text("cleo", 12, "oops"), "cleo"),
        sample::text(
            "cleo",
            13,
            "Done: the new version is there.\nPlease look at\n  1. the totals\n  2. the chart",
        ),
    ];
    let mut answer = sample::text("anna", 14, "Looks right to me now 👍");
    answer.reply_to = Some(quote(&all[12], "Done: the new version is there."));
    answer.modified_time = Some(sample::NOW);
    all.push(answer);
    let mut call = sample::text("ben", 15, "@Anna can you present it this afternoon?");
    call.at_user_list = vec!["anna".into()];
    all.push(call);
    for (place, message) in all.iter_mut().enumerate() {
        let days = if place < 7 { 86_400 } else { 0 };
        message.time = sample::NOW - 4000 + 130 * i64::try_from(place).unwrap() - days;
    }
    all
}

fn world() -> World {
    let mut world = World::new();
    let sales = world.room("GROUPsales", talk(), 12);
    sales.row.group_at_info_list =
        vec![Mention { from: sample::user("ben"), message_sequence: 15, at_types: AtType::Me }];
    let ben = vec![
        sample::text("ben", 1, "Lunch?"),
        sample::text("anna", 2, "Yes! In ten minutes, at the corner."),
        sample::text("anna", 3, "The usual place."),
        sample::text("anna", 4, "I will bring the papers."),
    ];
    let room = world.room("C2Cben", ben, 4);
    room.row.peer.read_seq = 2;
    room.row.peer.delivered_seq = 3;
    let mut failed = sample::text("anna", 0, "And the keys, of course.");
    failed.status = MessageStatus::Fail;
    failed.time = sample::NOW - 30;
    room.outgoing.push((failed, Some(ChatError::new(ErrorCode::NoNetwork))));
    let mut waiting = sample::text("anna", 0, "Are you there?");
    waiting.id = "1-2-3".parse().unwrap();
    waiting.status = MessageStatus::UnSend;
    waiting.time = sample::NOW - 5;
    room.outgoing.push((waiting, None));
    room.settle();
    let dora = world.room("C2Cdora", vec![sample::text("dora", 1, "See you on Monday, then.")], 1);
    dora.row.draft = Some(Draft {
        conversation_id: sample::conversation("C2Cdora"),
        draft_text: "Monday is fine, but".into(),
        reply_to: None,
        time_ms: 1,
    });
    dora.row.active_time -= 90_000;
    if let Some(last) = &mut dora.row.last_message {
        Arc::make_mut(last).time -= 90_000;
    }
    let news = world.room(
        "GROUPannouncements",
        vec![sample::text("emil", 1, "The canteen is closed on Friday.")],
        0,
    );
    news.row.message_remind_type = RemindType::AcceptNotNotify;
    news.row.is_pinned = true;
    let many = world.room(
        "C2Cemil",
        vec![sample::text("emil", 1, "Have a look when you can, no hurry at all with this one, really")],
        0,
    );
    many.row.unread_count = 1234;
    many.row.active_time -= 400_000;
    world
}

/// What people write that was not thought of.
fn odd() -> World {
    let mut world = World::new();
    let long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3);
    let lines: Vec<String> = (1..=12).map(|line| format!("{line:2}: a line that was pasted")).collect();
    let messages = vec![
        sample::text("ben", 1, &long),
        sample::text("anna", 2, &format!("https://example.org/{}", "a-very-long-path/".repeat(12))),
        sample::text("ben", 3, "שלום, מה שלומך? נתראה ב-10:30"),
        sample::text("anna", 4, "مرحبا بالجميع، الاجتماع غدًا at 10:30 in room B"),
        sample::text("ben", 5, "Family 👨‍👩‍👧‍👦, flags 🇩🇪🇨🇳🏴󠁧󠁢󠁥󠁮󠁧󠁿, keycaps 1️⃣, skin 👍🏿, heart ❤️‍🔥"),
        sample::text("anna", 6, "👨‍👩‍👧‍👦🇨🇳"),
        sample::text("ben", 7, &lines.join("\n")),
        sample::text("anna", 8, "\tindented\n\n\nafter empty lines\n\t\ttwice"),
        sample::text("ben", 9, "Z̸̢̛̰a̵l̶g̷o̶ ﷽ ｆｕｌｌｗｉｄｔｈ ①②③ ∑∫√ ❶ ㎏"),
    ];
    let room = world.room("GROUPsales", messages, 9);
    let mut profile = room.row.group_profile.as_deref().cloned().unwrap();
    profile.name = "The group that prepares everything for the trade fair in autumn, and all who help".into();
    profile.notification = long;
    room.row.group_profile = Some(Arc::new(profile));
    world
}

fn draw(screen: &mut Screen, name: &str, language: Language) -> Picture {
    screen.settle();
    let picture = screen.picture(1.0);
    picture.save(shots().join(format!("chats-{name}-{}.png", language.tag())));
    assert!(picture.colors() > 50, "{name} is drawn");
    picture
}

/// Every state of the screen once, in one language.
fn all(language: Language) {
    i18n::select(language);
    let (wide, narrow) = ((1400.0, 860.0), (420.0, 760.0));

    let mut screen = Stage::new(world(), Some("GROUPsales"), wide);
    draw(&mut screen, "group-1400-light", language);
    screen.dress(Appearance::Dark);
    draw(&mut screen, "group-1400-dark", language);
    screen.dress(Appearance::HighContrast);
    draw(&mut screen, "group-1400-contrast", language);
    screen.dress(Appearance::Light);
    screen.act(keymap::Action::SidePanel);
    draw(&mut screen, "panel-1400-light", language);
    screen.message(Message::Panel(panel::Message::Edit(panel::Field::Notice)));
    screen.dress(Appearance::Dark);
    draw(&mut screen, "panel-edit-1400-dark", language);
    screen.size_to((1000.0, 760.0));
    draw(&mut screen, "panel-1000-dark", language);
    screen.size_to((700.0, 760.0));
    screen.act(keymap::Action::Close);
    screen.act(keymap::Action::Close);
    draw(&mut screen, "group-700-dark", language);
    screen.size_to(narrow);
    draw(&mut screen, "group-420-dark", language);
    screen.dress(Appearance::Light);
    draw(&mut screen, "group-420-light", language);
    screen.act(keymap::Action::SidePanel);
    draw(&mut screen, "panel-420-light", language);
    screen.act(keymap::Action::Close);
    screen.message(Message::Back);
    draw(&mut screen, "list-420-light", language);
    screen.dress(Appearance::Dark);
    draw(&mut screen, "list-420-dark", language);

    let mut screen = Stage::new(world(), Some("C2Cben"), (1100.0, 760.0));
    draw(&mut screen, "person-1100-light", language);
    screen.dress(Appearance::Dark);
    draw(&mut screen, "person-1100-dark", language);

    let mut screen = Stage::new(world(), None, wide);
    draw(&mut screen, "nothing-1400-light", language);
    screen.act(keymap::Action::NewGroup);
    screen.message(hallway_app::screen::chats::people::Message::Toggle(sample::profile("ben")).into());
    draw(&mut screen, "new-group-1400-light", language);
    screen.message(Message::Dialog(dialog::Message::Next));
    screen.message(Message::Dialog(dialog::Message::Name("Trade fair in autumn".into())));
    draw(&mut screen, "name-group-1400-light", language);

    let mut screen = Stage::new(World::new(), None, (800.0, 600.0));
    draw(&mut screen, "empty-800-light", language);
    screen.size_to(narrow);
    screen.dress(Appearance::Dark);
    draw(&mut screen, "empty-420-dark", language);

    // What people write is the same in every language.
    let odd_ones = [("1400", wide), ("420", narrow)].into_iter().filter(|_| language == Language::English);
    for (name, size) in odd_ones {
        let mut screen = Stage::new(odd(), Some("GROUPsales"), size);
        draw(&mut screen, &format!("odd-{name}-light"), language);
        screen.wheel((size.0 / 2.0 + 100.0, 300.0), 60.0);
        draw(&mut screen, &format!("odd-top-{name}-light"), language);
        screen.dress(Appearance::Dark);
        screen.act(keymap::Action::SidePanel);
        draw(&mut screen, &format!("odd-panel-{name}-dark"), language);
    }
    folders(language, wide, "1400");
    folders(language, narrow, "420");
    found(language, wide, "1400");
    found(language, narrow, "420");
    floating(language, wide, "1400");
    floating(language, narrow, "420");
}

/// Folders of conversations, and do-not-disturb.
fn folders(language: Language, size: (f32, f32), name: &str) {
    let mut world = world();
    let names = ["Customers", "Trade fair", "客户", "Everything about the move to the new", "Later"];
    world.conversation_groups = names.map(str::to_owned).to_vec();
    for id in ["GROUPsales", "C2Cdora"] {
        let room = world.rooms.get_mut(id).unwrap();
        room.row.conversation_group_list = vec!["Customers".into(), "客户".into()];
    }
    let mut screen = Stage::new(world, None, size);
    let half_an_hour =
        Wish { start_hour: 0, start_minute: 0, start_second: 0, duration: 1800, is_repeated: false };
    screen.message(Message::Set(Call::SetDoNotDisturb(Some(half_an_hour))));
    let choose =
        |group: &str| Message::ConversationGroup(conversation_group::Message::Choose(Some(group.to_owned())));
    screen.message(choose("Customers"));
    draw(&mut screen, &format!("folders-{name}-light"), language);
    screen.message(choose("Later"));
    screen.dress(Appearance::Dark);
    draw(&mut screen, &format!("folder-empty-{name}-dark"), language);
    screen.message(choose("Customers"));
    let at = iced::Point::new(60.0, 220.0);
    screen.message(Message::Menu(About::Conversation(sample::conversation("GROUPsales")), at));
    screen.click(hallway_app::harness::named(i18n::LOADER.get("folder-add")));
    draw(&mut screen, &format!("menu-folder-{name}-dark"), language);
    screen.dress(Appearance::Light);
    screen.message(Message::Menu(About::ConversationGroup("Customers".into()), at));
    draw(&mut screen, &format!("menu-of-folder-{name}-light"), language);
    screen.message(Message::Menu(About::Me, at));
    screen.key(iced::keyboard::key::Named::ArrowDown, iced::keyboard::Modifiers::empty());
    screen.key(iced::keyboard::key::Named::ArrowRight, iced::keyboard::Modifiers::empty());
    draw(&mut screen, &format!("menu-me-{name}-light"), language);
    screen.message(Message::CloseMenu);
    let rename = conversation_group::Purpose::Rename("Customers".into());
    screen.message(Message::ConversationGroup(conversation_group::Message::Name(rename)));
    draw(&mut screen, &format!("name-folder-{name}-light"), language);
}

/// The search, of all chats and of one.
fn found(language: Language, size: (f32, f32), name: &str) {
    let mut screen = Stage::new(world(), Some("GROUPsales"), size);
    let words = |words: &str| search::Message::Words(words.into()).into();
    screen.act(keymap::Action::FindEverywhere);
    draw(&mut screen, &format!("search-{name}-light"), language);
    screen.message(words("the"));
    screen.pass(std::time::Duration::from_millis(200));
    draw(&mut screen, &format!("search-all-{name}-light"), language);
    screen.message(search::Message::Toggle(0).into());
    screen.dress(Appearance::Dark);
    draw(&mut screen, &format!("search-open-{name}-dark"), language);
    screen.act(keymap::Action::FindInChat);
    screen.act(keymap::Action::NextHit);
    screen.act(keymap::Action::NextHit);
    draw(&mut screen, &format!("search-hit-{name}-dark"), language);
    screen.dress(Appearance::Light);
    screen.act(keymap::Action::FindInChat);
    let at = iced::Point::new(size.0 - 300.0, 160.0);
    screen.message(Message::Menu(About::Search(search::chip::Chip::Period), at));
    draw(&mut screen, &format!("search-menu-{name}-light"), language);
    screen.message(Message::CloseMenu);
    screen.message(words("nothing of the kind"));
    screen.pass(std::time::Duration::from_millis(200));
    draw(&mut screen, &format!("search-nothing-{name}-light"), language);
}

/// Menus, questions, strips and bars.
fn floating(language: Language, size: (f32, f32), name: &str) {
    let mut screen = Stage::new(world(), Some("C2Cben"), size);
    let own = screen.state.world.rooms["C2Cben"].messages[3].id.clone();
    let menu = |about| Message::Menu(about, iced::Point::new(140.0, 200.0));
    screen.message(menu(About::Message(own.clone())));
    draw(&mut screen, &format!("menu-message-{name}-light"), language);
    screen.dress(Appearance::Dark);
    screen.message(menu(About::Header));
    draw(&mut screen, &format!("menu-chat-{name}-dark"), language);
    screen.message(Message::CloseMenu);
    let id = sample::conversation("C2Cben");
    screen.message(Message::Ask(Confirm::Delete(id)));
    draw(&mut screen, &format!("ask-delete-{name}-dark"), language);
    screen.dress(Appearance::Light);
    screen.message(Message::Ask(Confirm::Browse(format!("https://example.org/{}", "a-path/".repeat(30)))));
    draw(&mut screen, &format!("ask-browse-{name}-light"), language);
    screen.act(keymap::Action::Close);
    let button = screen.place(hallway_app::harness::named(i18n::LOADER.get("emoji")));
    screen.message(Message::Emoji(emoji::Message::Open(button, None)));
    draw(&mut screen, &format!("emoji-{name}-light"), language);
    screen.dress(Appearance::Dark);
    screen.message(Message::Emoji(emoji::Message::Query("flag".into())));
    draw(&mut screen, &format!("emoji-found-{name}-dark"), language);
    screen.dress(Appearance::Light);
    screen.message(Message::Emoji(emoji::Message::Close));
    screen.message(Message::Act(Act::Reply, own.clone()));
    draw(&mut screen, &format!("reply-{name}-light"), language);
    screen.message(Message::Act(Act::Edit, own));
    screen.event(&hallway_client::Event::NetStateChanged(hallway_client::NetState::Disconnected));
    screen.pass(std::time::Duration::from_secs(10));
    if size.0 < 500.0 {
        screen.message(Message::Back);
    }
    draw(&mut screen, &format!("edit-offline-{name}-light"), language);
    screen.act(keymap::Action::NewChat);
    draw(&mut screen, &format!("new-chat-{name}-light"), language);
    screen.act(keymap::Action::Close);
    screen.dress(Appearance::Dark);
    screen.event(&hallway_client::Event::SyncProgress(1204));
    screen.event(&hallway_client::Event::SyncProgress(700));
    screen.message(menu(About::New));
    draw(&mut screen, &format!("menu-new-{name}-dark"), language);
}

#[test]
fn every_state_in_both_languages() {
    all(Language::English);
    all(Language::Chinese);
    i18n::select(Language::English);
}
