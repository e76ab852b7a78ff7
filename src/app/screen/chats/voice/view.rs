//! The recorder as it is drawn, in the place of the composer; and the button that begins.

use iced::widget::tooltip::Position;
use iced::widget::{container, row, space};
use iced::{Alignment, Background, Length, border};

use super::{Message, SEND, Sound, fault_words};
use crate::screen::chats::view::keys;
use crate::screen::chats::{Chats, Message as ChatsMessage, words};
use crate::theme::tokens::{PREVIEW, SMALL, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::voice::player::State;
use crate::voice::recorder::Recorder;
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::bits::label;
use crate::widget::button::{Button, Kind, icon_button};
use crate::widget::icon::Icon;
use crate::widget::named::named;
use crate::widget::one_line::one_line;
use crate::widget::wave::wave;
use crate::{fl, keymap};

fn message<'a>(button: Button<'a, ChatsMessage>, message: Message) -> Button<'a, ChatsMessage> {
    button.tip_position(Position::Top).on_press(ChatsMessage::Voice(message))
}

impl Chats {
    /// The button that begins to record. It can always be pressed; when it did not work, it says why.
    pub(in super::super) fn microphone<'a>(&'a self) -> Element<'a, ChatsMessage> {
        let name = fl!("voice-record");
        let button = icon_button(Icon::Microphone, name).shortcut(keys(keymap::Action::RecordVoice));
        let button = match &self.voice.fault {
            Some(fault) => button.tip(fault_words(fault)),
            None => button,
        };
        message(button, Message::Begin).into()
    }

    /// The recorder: throw away, what is heard and for how long, pause or go on, listen, send.
    pub(in super::super) fn recorder<'a>(&'a self, recorder: &'a Recorder) -> Element<'a, ChatsMessage> {
        let discard = message(
            icon_button(Icon::Trash, fl!("voice-discard")).shortcut(keys(keymap::Action::Close)),
            Message::Discard,
        );
        let send = icon_button(Icon::Send, fl!("send")).id(SEND).kind(Kind::Primary).shortcut("Enter");
        let send = send
            .tip_position(Position::Top)
            .on_press_maybe((!self.voice.sending).then_some(ChatsMessage::Voice(Message::Send)));
        let middle = if recorder.is_recording() { self.hearing(recorder) } else { self.waiting(recorder) };
        row![discard, container(middle).width(Length::Fill).clip(true), send]
            .spacing(gap::S)
            .align_y(Alignment::Center)
            .into()
    }

    /// While the microphone is on.
    fn hearing<'a>(&'a self, recorder: &'a Recorder) -> Element<'a, ChatsMessage> {
        let keys = keys(keymap::Action::RecordVoice);
        let pause = message(icon_button(Icon::Pause, fl!("voice-pause")).shortcut(keys), Message::Pause);
        let now = words::length(recorder.length());
        // The longest text keeps the place of all: nothing moves with the seconds.
        let time = label(now.clone(), PREVIEW).font(font::MEDIUM).width(size::VOICE_TIME);
        let limit = fl!("voice-limit", time = words::length(recorder.limit()));
        let meter = wave(recorder.levels()).live();
        let spoken = fl!("voice-recording", time = now);
        row![
            named(dot(|p| p.danger), Role::Status, spoken),
            time,
            container(meter).width(Length::Fill).clip(true),
            one_line(limit).step(SMALL).color(|p| p.text_3),
            pause,
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .into()
    }

    /// While it is paused.
    fn waiting<'a>(&'a self, recorder: &'a Recorder) -> Element<'a, ChatsMessage> {
        let review = &self.voice.review;
        let (at, length) = review.place(&()).unwrap_or((std::time::Duration::ZERO, recorder.length()));
        let is_playing = review.state(&()) == Some(State::Playing);
        let (picture, name) = if is_playing {
            (Icon::Pause, fl!("voice-stop-listening"))
        } else {
            (Icon::Play, fl!("voice-listen"))
        };
        let listen = message(icon_button(picture, name), Message::Play(Sound::Take));
        let shown = if review.state(&()).is_some() { at } else { recorder.length() };
        let time = label(words::length(shown), PREVIEW).font(font::MEDIUM).width(size::VOICE_TIME);
        let bars = recorder.take().map(|take| take.wave()).unwrap_or_default();
        let share = if length.is_zero() { 0.0 } else { at.as_secs_f32() / length.as_secs_f32() };
        let seek = |share| ChatsMessage::Voice(Message::Seek(Sound::Take, share));
        let mut line =
            row![listen, wave(bars.shares()).played(share).on_seek(seek), time, space::horizontal()]
                .spacing(gap::S)
                .align_y(Alignment::Center);
        if recorder.can_go_on() {
            let keys = keys(keymap::Action::RecordVoice);
            let go_on = icon_button(Icon::Microphone, fl!("voice-go-on")).shortcut(keys);
            line = line.push(message(go_on, Message::GoOn));
        } else {
            line = line.push(label(fl!("voice-full"), SMALL).style(style::muted));
        }
        line.into()
    }
}

/// A round mark of 8 px.
pub(in super::super) fn dot<'a>(
    pick: impl Fn(&crate::theme::tokens::Palette) -> iced::Color + 'a,
) -> Element<'a, ChatsMessage> {
    container(space())
        .width(size::DOT)
        .height(size::DOT)
        .style(move |theme: &Theme| container::Style {
            background: Some(Background::Color(pick(theme.palette()))),
            border: border::rounded(radius::FULL),
            ..container::Style::default()
        })
        .into()
}
