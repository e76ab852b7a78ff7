//! Draws pictures, albums, films and files at every width, in both appearances and languages, to be looked at:
//! `target/shots/media-*.png`. What can be checked without eyes is checked.

use std::path::PathBuf;

use hallway_app::harness::{Picture, containing, named};
use hallway_app::i18n::{self, Language};
use hallway_app::screen::chats::attach;
use hallway_app::screen::chats::media;
use hallway_app::screen::chats::stage::{Drive, Screen, Stage, World};
use hallway_app::screen::chats::{Call, Message, sample, viewer};
use hallway_app::theme::Appearance;
use hallway_client::Event;
use hallway_client::media::{Format, Picture as Pixels, to_png};
use hallway_protocol::message::MessageStatus;
use hallway_protocol::{ChatError, ErrorCode, Message as ChatMessage};

fn shots() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target")).join("shots")
}

fn draw(screen: &mut Screen, name: &str, language: Language) -> Picture {
    screen.settle();
    let picture = screen.picture(1.0);
    picture.save(shots().join(format!("media-{name}-{}.png", language.tag())));
    assert!(picture.colors() > 50, "{name} is drawn");
    picture
}

fn album(messages: &mut [ChatMessage], word: &str) {
    for message in messages {
        message.cloud_custom_data = format!(r#"{{"album":"{word}"}}"#);
    }
}

fn world() -> World {
    let mut trip = vec![
        sample::image("ben", 3, "sea", (1600, 1000)),
        sample::image("ben", 4, "wood", (900, 1200)),
        sample::image("ben", 5, "town", (1000, 1000)),
        sample::image("ben", 6, "sea", (1000, 1400)),
        sample::image("ben", 7, "town", (1500, 900)),
    ];
    album(&mut trip, "1-1-3");
    let mut all = vec![
        sample::text("cleo", 1, "Here is the picture from the roof."),
        sample::image("cleo", 2, "town", (1600, 1200)),
    ];
    all.extend(trip);
    all.extend([
        sample::text("ben", 8, "Five from the trip to the coast."),
        sample::video("anna", 9, "sea"),
        sample::file(
            "cleo",
            10,
            "Quarterly report of the sales department, third version, final.pdf",
            12_400_000,
        ),
        sample::file("anna", 11, "setup.exe", 48_000),
        sample::image("ben", 12, "gone", (800, 600)),
    ]);
    for (place, message) in all.iter_mut().enumerate() {
        message.time = sample::NOW - 4000 + 60 * i64::try_from(place).unwrap();
    }
    let mut world = World::new();
    let room = world.room("GROUPsales", all, 12);
    let mut waiting = sample::file("anna", 0, "archive.zip", 96_000_000);
    waiting.id = "1-2-3".parse().unwrap();
    waiting.status = MessageStatus::UnSend;
    waiting.time = sample::NOW - 5;
    room.outgoing.push((waiting, None));
    let mut stopped = sample::image("anna", 0, "wood", (1200, 800));
    stopped.id = "1-2-4".parse().unwrap();
    stopped.time = sample::NOW - 4;
    room.outgoing.push((stopped, None));
    let mut failed = sample::file("anna", 0, "notes.txt", 1200);
    failed.id = "1-2-5".parse().unwrap();
    failed.status = MessageStatus::Fail;
    failed.time = sample::NOW - 3;
    room.outgoing.push((failed, Some(ChatError::new(ErrorCode::FileMissing))));
    room.settle();
    world
}

fn progress(screen: &mut Screen) {
    for (id, sent, total) in [("1-2-3", 31_000_000, 96_000_000), ("1-2-4", 900_000, 2_400_000)] {
        let message_id = id.parse().unwrap();
        screen.event(&Event::UploadProgress { message_id, sent, total });
    }
}

fn all(language: Language) {
    i18n::select(language);
    for (name, size) in [("1400", (1400.0, 900.0)), ("420", (420.0, 800.0))] {
        let mut screen = Stage::new(world(), Some("GROUPsales"), size);
        progress(&mut screen);
        draw(&mut screen, &format!("end-{name}-light"), language);
        screen.dress(Appearance::Dark);
        draw(&mut screen, &format!("end-{name}-dark"), language);
        screen.wheel((size.0 / 2.0 + 100.0, 300.0), 9.0);
        draw(&mut screen, &format!("middle-{name}-dark"), language);
        screen.dress(Appearance::Light);
        screen.wheel((size.0 / 2.0 + 100.0, 300.0), 60.0);
        draw(&mut screen, &format!("top-{name}-light"), language);

        let first = screen.state.world.rooms["GROUPsales"].messages[1].id.clone();
        screen.message(viewer::message(viewer::Message::Open(first)));
        let pixels = Pixels { width: 900, height: 600, rgba: [20, 90, 160, 255].repeat(540_000) };
        let handle = iced::widget::image::Handle::from_rgba(pixels.width, pixels.height, pixels.rgba);
        let number =
            screen.last_call(|call| matches!(call, Call::Viewer(viewer::Call::Load { .. }))).map(|call| {
                match call {
                    Call::Viewer(viewer::Call::Load { number, .. }) => number,
                    _ => 0,
                }
            });
        screen.message(viewer::message(viewer::Message::Loaded(number.unwrap(), Ok(handle))));
        draw(&mut screen, &format!("viewer-{name}-light"), language);
        screen.message(viewer::message(viewer::Message::Close));

        screen.message(attach::message(attach::Message::Hovered(true)));
        draw(&mut screen, &format!("drop-{name}-light"), language);
        screen.message(attach::message(attach::Message::Hovered(false)));
        attach_some(&mut screen);
        draw(&mut screen, &format!("attach-{name}-light"), language);
        screen.dress(Appearance::Dark);
        draw(&mut screen, &format!("attach-{name}-dark"), language);
    }
}

/// Chooses a pasted picture, a file, and something that is no file.
fn attach_some(screen: &mut Screen) {
    let png = to_png(2, 2, [[200, 80, 40, 255]; 4].concat()).unwrap();
    assert_eq!(Format::of(&png), Some(Format::Png));
    let pasted = hallway_client::FileSource::Bytes { name: "Pasted picture.png".into(), bytes: png.into() };
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let chosen = vec![pasted, here.join("Cargo.toml").into(), here.join("nowhere").into()];
    screen.message(attach::message(attach::Message::Chosen(chosen, false)));
    let looks: Vec<u64> = screen
        .state
        .world
        .calls
        .iter()
        .filter_map(|call| match call {
            Call::Attach(attach::Call::Look(number, _)) => Some(*number),
            _ => None,
        })
        .collect();
    let handle = iced::widget::image::Handle::from_rgba(80, 80, [200, 80, 40, 255].repeat(6400));
    let photo = attach::Looked { what: attach::What::Photo, preview: Some(handle) };
    let [first, .., _, _] = looks.as_slice() else { panic!("three are looked at") };
    screen.message(attach::message(attach::Message::Looked(*first, Box::new(photo))));
}

#[test]
fn every_kind_in_both_languages() {
    all(Language::English);
    all(Language::Chinese);
    i18n::select(Language::English);
}

/// An album is one row; each of its pictures is still a message of its own.
#[test]
fn an_album_is_one_row_of_messages() {
    i18n::select(Language::English);
    let mut screen = Stage::new(world(), Some("GROUPsales"), (1400.0, 3000.0));
    let pictures = screen.find_all(named("Open picture")).len();
    assert_eq!(pictures, 8, "each can be pressed");
    assert!(screen.has_text("Five from the trip to the coast."));
}

/// MSG-18, OBJ-48: bytes, speed and time left on the card; pause and cancel; what was stopped goes on.
#[test]
fn a_card_follows_its_upload() {
    i18n::select(Language::English);
    let mut screen = Stage::new(world(), Some("GROUPsales"), (1400.0, 900.0));
    progress(&mut screen);
    assert!(screen.find(containing("31 MB / 96 MB")).is_some());
    screen.click(named("Pause"));
    let paused = |screen: &Screen, on: bool| {
        screen.last_call(|call| matches!(call, Call::Media(media::Call::Pause(_, is)) if *is == on)).is_some()
    };
    assert!(paused(&screen, true));
    let id = "1-2-3".parse().unwrap();
    screen.message(Message::Media(media::Message::Upload(id, Some((31_000_000, 96_000_000)), true)));
    assert!(screen.find(containing("Paused")).is_some());
    screen.click(named("Continue"));
    assert!(paused(&screen, false));
}

/// A program is not opened before the viewer says so.
#[test]
fn a_program_warns_before_it_opens() {
    i18n::select(Language::English);
    let mut screen = Stage::new(world(), Some("GROUPsales"), (1400.0, 900.0));
    let path = PathBuf::from("/tmp/setup.exe");
    screen.message(Message::Media(media::Message::IsProgram(path.clone())));
    assert!(screen.find(containing("This file is a program")).is_some());
    let opens = |screen: &Screen| screen.last_call(|call| matches!(call, Call::Media(media::Call::Open(..))));
    assert_eq!(opens(&screen), None);
    screen.click(named("Cancel"));
    assert_eq!(opens(&screen), None);
    screen.message(Message::Media(media::Message::IsProgram(path.clone())));
    screen.click(named("Open anyway"));
    assert_eq!(opens(&screen), Some(Call::Media(media::Call::Open(path, true))));
}

/// A file that is saved to a chosen place goes there also after a pause and a broken connection, and opens only where that
/// was wanted.
#[test]
fn a_download_keeps_where_it_goes() {
    i18n::select(Language::English);
    let mut screen = Stage::new(world(), Some("GROUPsales"), (1400.0, 900.0));
    let message = std::sync::Arc::new(sample::file("anna", 11, "setup.exe", 48_000));
    let id = message.id.clone();
    let tell = |screen: &mut Screen, what| screen.message(Message::Media(what));
    let to = |screen: &Screen| {
        let found = screen.last_call(|call| matches!(call, Call::Media(media::Call::Download { .. })));
        match found {
            Some(Call::Media(media::Call::Download { to, .. })) => to,
            other => panic!("{other:?}"),
        }
    };
    let here = PathBuf::from("/home/anna/keep.exe");
    tell(&mut screen, media::Message::SaveAs(id.clone()));
    tell(&mut screen, media::Message::Where(message, Some(here.clone())));
    assert_eq!(to(&screen), Some(here.clone()));
    tell(&mut screen, media::Message::Pause(id.clone()));
    tell(&mut screen, media::Message::Resume(id.clone()));
    assert_eq!(to(&screen), Some(here.clone()));
    let broken = ChatError::from(ErrorCode::NetworkError);
    tell(&mut screen, media::Message::Downloaded(id.clone(), Err(broken)));
    let online = Event::NetStateChanged(hallway_client::NetState::Connected);
    screen.event(&online);
    assert_eq!(to(&screen), Some(here.clone()));
    tell(&mut screen, media::Message::Cancel(id.clone()));
    let discards = screen.last_call(|call| matches!(call, Call::Media(media::Call::Discard(..))));
    assert!(matches!(discards, Some(Call::Media(media::Call::Discard(_, Some(path)))) if path == here));
    tell(&mut screen, media::Message::Download(id));
    assert_eq!(to(&screen), None);
}
