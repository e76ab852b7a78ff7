//! A file as a card: what it is, how far it is on its way, and what can be done with it.

use hallway_protocol::message::FilePayload;
use iced::widget::{center, column, container, progress_bar, row};
use iced::{Alignment, Background, Length, border};

use crate::fl;
use crate::problem;
use crate::screen::chats::media::transfers::{Download, Pace};
use crate::screen::chats::media::{File, Message};
use crate::screen::chats::timeline::rows::MessageRow;
use crate::screen::chats::{Chats, Message as ChatsMessage};
use crate::text::amount;
use crate::theme::tokens::{META, SMALL, radius, size, space as gap};
use crate::theme::{Theme, font};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::{icon_button, plain};
use crate::widget::icon::Icon;
use crate::widget::one_line::one_line;

/// Where a file is on its way.
pub enum Way<'a> {
    /// At the server only.
    There,
    /// Not begun yet.
    Waiting,
    /// Moving.
    Moving(&'a Pace),
    /// Stopped.
    Stopped(Option<&'a Pace>),
    /// It broke off.
    Broken(String),
    /// Its message was not sent; why is said below.
    Failed,
    /// Here.
    Here,
}

impl Chats {
    /// Where the file of a row is.
    pub(super) fn way<'a>(&'a self, row: &'a MessageRow) -> Way<'a> {
        let (id, transfers) = (&row.message.id, &self.media.transfers);
        if row.outgoing {
            let pace = transfers.upload(id);
            return match (pace, transfers.is_paused(id)) {
                (pace, true) => Way::Stopped(pace),
                _ if row.failure.is_some() => Way::Failed,
                (Some(pace), false) => Way::Moving(pace),
                (None, false) => Way::Waiting,
            };
        }
        match transfers.download(id) {
            None => Way::There,
            Some(Download::UnderWay(pace, _)) => Way::Moving(pace),
            Some(Download::Paused(pace)) => Way::Stopped(Some(pace)),
            Some(Download::Failed(error)) => Way::Broken(problem::sentence(error)),
            Some(Download::Done(_)) => Way::Here,
        }
    }

    /// The card of a file.
    pub(super) fn file<'a>(
        &'a self,
        row: &'a MessageRow,
        file: &'a FilePayload,
        room: f32,
        state: Element<'a, ChatsMessage>,
    ) -> Element<'a, ChatsMessage> {
        let way = self.way(row);
        let kind = ending(&file.file_name).to_uppercase();
        let size = amount::bytes(file.file_size);
        let about = if kind.is_empty() { size } else { format!("{size} · {kind}") };
        let below: Element<'a, ChatsMessage> = match &way {
            Way::There | Way::Here | Way::Failed => one_line(about).step(SMALL).color(|p| p.text_3).into(),
            Way::Broken(why) => one_line(why.clone()).step(SMALL).color(|p| p.danger).into(),
            Way::Waiting | Way::Moving(_) | Way::Stopped(_) => {
                one_line(words(&way, file.file_size)).step(SMALL).color(|p| p.text_3).into()
            }
        };
        let name = one_line(file.file_name.as_str()).middle().font(font::MEDIUM);
        let mut middle = column![name, below].spacing(gap::XXS).width(Length::Fill);
        if let Way::Moving(pace) | Way::Stopped(Some(pace)) = &way {
            middle = middle.push(bar(pace.share()));
        }
        let content = row![tile(&file.file_name), container(middle).width(Length::Fill).clip(true)]
            .spacing(gap::M)
            .align_y(Alignment::Center);
        let content = content.push(self.buttons(row, &way));
        let card =
            container(content).width(size::FILE.0.min(room)).height(size::FILE.1).center_y(size::FILE.1);
        let id = row.message.id.clone();
        let pressable = match (&way, File::of(&row.message)) {
            (Way::There | Way::Broken(_), Some(_)) => Some(Message::Download(id)),
            (Way::Here, _) => Some(Message::Open(id)),
            _ => None,
        };
        let card = plain(card, fl!("file-spoken", name = file.file_name.as_str()))
            .on_press_maybe(pressable.map(ChatsMessage::Media));
        column![card, container(state).align_right(Length::Shrink)].align_x(Alignment::End).into()
    }

    /// What can be done now.
    pub(super) fn buttons<'a>(&'a self, row: &'a MessageRow, way: &Way<'_>) -> Element<'a, ChatsMessage> {
        let id = || row.message.id.clone();
        let act = |picture: Icon, name: String, message: Message| {
            icon_button(picture, name).small().no_focus().on_press(ChatsMessage::Media(message))
        };
        match way {
            Way::There | Way::Broken(_) => {
                act(Icon::Download, fl!("download"), Message::Download(id())).into()
            }
            Way::Waiting | Way::Moving(_) => row![
                act(Icon::Pause, fl!("pause"), Message::Pause(id())),
                act(Icon::Close, fl!("cancel"), Message::Cancel(id())),
            ]
            .into(),
            // The line below offers to send it again.
            Way::Failed => iced::widget::space().into(),
            Way::Stopped(_) => row![
                act(Icon::Play, fl!("resume"), Message::Resume(id())),
                act(Icon::Close, fl!("cancel"), Message::Cancel(id())),
            ]
            .into(),
            Way::Here => act(Icon::Folder, fl!("show-in-folder"), Message::Folder(id())).into(),
        }
    }
}

/// How far, how fast, how long.
pub fn words(way: &Way<'_>, size: u64) -> String {
    let short = |pace: &Pace| {
        fl!("transfer-short", here = amount::bytes(pace.here), total = amount::bytes(pace.total.max(1)))
    };
    match way {
        Way::Moving(pace) => match (pace.speed, pace.left()) {
            (Some(speed), Some(left)) => {
                format!(
                    "{} · {} · {}",
                    short(pace),
                    fl!("transfer-speed", speed = amount::bytes(speed)),
                    amount::left(left)
                )
            }
            _ => short(pace),
        },
        Way::Stopped(Some(pace)) => fl!("transfer-paused", progress = short(pace)),
        Way::Stopped(None) => fl!("transfer-paused", progress = amount::bytes(size)),
        _ => fl!("transfer-waiting"),
    }
}

/// The thin bar of something on its way.
pub fn bar<'a>(share: f32) -> Element<'a, ChatsMessage> {
    progress_bar(0.0..=1.0, share).girth(2.0).into()
}

/// What follows the last dot of a name, if it can be one.
fn ending(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 && ending.is_ascii() => ending,
        _ => "",
    }
}

/// Which of the ten fills the tile of a file has: files of a kind are alike.
fn colour(ending: &str) -> usize {
    match ending {
        "pdf" => 0,
        "ppt" | "pptx" | "odp" | "key" => 1,
        "zip" | "rar" | "7z" | "tar" | "gz" | "xz" | "bz2" | "zst" => 2,
        "xls" | "xlsx" | "ods" | "csv" | "numbers" => 3,
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "bmp" | "svg" | "heic" | "tiff" => 4,
        "html" | "js" | "ts" | "rs" | "py" | "c" | "h" | "cpp" | "java" | "go" | "json" | "xml" | "sql"
        | "sh" => 5,
        "doc" | "docx" | "odt" | "rtf" | "pages" => 6,
        "mp3" | "wav" | "ogg" | "flac" | "m4a" | "aac" => 7,
        "mp4" | "mov" | "mkv" | "webm" | "avi" => 8,
        _ => 9,
    }
}

/// A square with the kind of a file.
pub fn tile<'a>(name: &str) -> Element<'a, ChatsMessage> {
    let ending = ending(name).to_lowercase();
    let fill = colour(&ending);
    let words: String = ending.to_uppercase().chars().take(4).collect();
    center(label(words, META).font(font::SEMIBOLD))
        .width(size::TILE)
        .height(size::TILE)
        .style(move |theme: &Theme| {
            let p = theme.palette();
            container::Style {
                text_color: Some(p.on_avatar),
                background: Some(Background::Color(p.avatars[fill])),
                border: border::rounded(radius::CARD),
                ..container::Style::default()
            }
        })
        .into()
}
