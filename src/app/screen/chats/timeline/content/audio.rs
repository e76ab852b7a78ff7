//! A voice message: play, bars, time; and its words, where the deployment turns speech into text.

use std::sync::Arc;

use hallway_protocol::Message as ChatMessage;
use iced::widget::tooltip::Position;
use iced::widget::{column, container, row, space};
use iced::{Alignment, border};

use crate::problem;
use crate::screen::chats::timeline::rows::MessageRow;
use crate::screen::chats::voice::view::dot;
use crate::screen::chats::voice::{Message, Sound, Text};
use crate::screen::chats::{Chats, Message as ChatsMessage, words};
use crate::theme::tokens::{META, PREVIEW, SMALL, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::voice::player::State;
use crate::widget::Element;
use crate::widget::access::Role;
use crate::widget::bits::{hairline, label};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::icon::{Icon, icon};
use crate::widget::named::named;
use crate::widget::pressable::{Look, Pressable, Status};
use crate::widget::tip::with_tip;
use crate::widget::wave::{self, wave};
use crate::{fl, keymap};

fn press(message: Message) -> ChatsMessage {
    ChatsMessage::Voice(message)
}

impl Chats {
    /// The player of a voice message.
    pub(super) fn audio<'a>(
        &'a self,
        row: &'a MessageRow,
        state: Element<'a, ChatsMessage>,
    ) -> Element<'a, ChatsMessage> {
        let message = &row.message;
        let voice = self.voice();
        let playing = voice.playing(&message.id);
        let length = voice.length(message);

        let (picture, name) = match playing {
            Some((State::Playing, ..)) => (Icon::Pause, fl!("voice-pause-message")),
            Some((State::Fetching, ..)) => (Icon::Clock, fl!("voice-fetching")),
            _ => (Icon::Play, fl!("voice-play")),
        };
        let play = Pressable::new(icon(picture), Role::Button, name.clone(), play_look)
            .width(size::VOICE_PLAY)
            .height(size::VOICE_PLAY)
            .focusable(false)
            .on_press(press(Message::Play(Sound::Message(Arc::clone(message)))));
        let play = with_tip(play, name, keymap::Action::PlayVoice.keys(), Position::Top);

        let (at, whole) = playing.map_or((Default::default(), length), |(_, at, whole)| (at, whole));
        let share = if whole.is_zero() { 0.0 } else { at.as_secs_f32() / whole.as_secs_f32() };
        let bars = voice.wave(message).unwrap_or_default().shares();
        let seeks = Arc::clone(message);
        let bars = wave(bars)
            .played(share)
            .on_seek(move |share| press(Message::Seek(Sound::Message(Arc::clone(&seeks)), share)));

        let time = words::length(if playing.is_some() { at } else { length });
        let mut line =
            row![label(time, META).style(style::secondary)].spacing(gap::XS).align_y(Alignment::Center);
        if voice.is_unheard(row) {
            line = line.push(named(dot(|p| p.link), Role::Status, fl!("voice-unheard")));
        }
        let line = line.push(space::horizontal()).push(state).width(wave::WIDTH).height(size::BADGE);
        let bars = column![bars, line].spacing(gap::XXS);
        let player = row![play, bars, self.beside(message, playing.is_some())];
        let player = player.spacing(gap::S).align_y(Alignment::Center);
        match self.transcript(message) {
            Some(transcript) => column![player, transcript].spacing(gap::S).into(),
            None => player.into(),
        }
    }

    /// What stands at the right of the bars: the way to its words, while it plays its speed.
    fn beside<'a>(&'a self, message: &'a Arc<ChatMessage>, is_playing: bool) -> Element<'a, ChatsMessage> {
        let stored = message.sequence > 0;
        if !is_playing && stored && self.voice().allows_text(message) {
            let to_text = icon_button(Icon::Text, fl!("voice-to-text")).small().no_focus();
            let to_text =
                to_text.tip_position(Position::Top).on_press(press(Message::ToText(Arc::clone(message))));
            return container(to_text).center_x(size::VOICE_SPEED).into();
        }
        let speed = self.voice().speed().text();
        let name = fl!("voice-speed", speed = speed);
        let face = label(speed, SMALL).font(font::MEDIUM);
        let faster = Pressable::new(face, Role::Button, name.clone(), move |theme, status| {
            speed_look(theme, status, is_playing)
        })
        .width(size::VOICE_SPEED)
        .height(size::TARGET)
        .focusable(false)
        .on_press(press(Message::Speed));
        with_tip(faster, name, keymap::Action::VoiceSpeed.keys(), Position::Top)
    }

    /// The words of a message, once they were asked for.
    fn transcript<'a>(&'a self, message: &'a Arc<ChatMessage>) -> Option<Element<'a, ChatsMessage>> {
        let voice = self.voice();
        let again = |words: String| {
            button(words)
                .kind(Kind::Link)
                .small()
                .no_focus()
                .on_press(press(Message::ToText(Arc::clone(message))))
        };
        let below = |content: Element<'a, ChatsMessage>| {
            let content = column![hairline(), content].spacing(gap::S);
            container(content).width(size::VOICE_PLAY + gap::S * 2.0 + wave::WIDTH + size::VOICE_SPEED).into()
        };
        match voice.text(&message.id)? {
            Text::Underway => Some(below(label(fl!("voice-turning"), PREVIEW).style(style::muted).into())),
            Text::Words(words) if words.is_empty() => {
                Some(below(label(fl!("voice-no-words"), PREVIEW).style(style::muted).into()))
            }
            Text::Words(words) => {
                let copy = button(fl!("copy")).kind(Kind::Link).small().no_focus();
                let copy = copy.on_press(ChatsMessage::Copy(words.clone()));
                Some(below(
                    column![label(words.as_str(), self.body_step(words)), copy].spacing(gap::XXS).into(),
                ))
            }
            Text::Failed(error) => {
                let why = label(problem::sentence(error), PREVIEW).style(style::danger);
                Some(below(column![why, again(fl!("retry"))].spacing(gap::XXS).into()))
            }
        }
    }
}

fn play_look(theme: &Theme, status: Status) -> Look {
    let p = theme.palette();
    let ground = if status.hovered || status.pressed { p.accent_hover } else { p.accent };
    Look { background: Some(ground), text: Some(p.on_accent), border: border::rounded(radius::FULL) }
}

fn speed_look(theme: &Theme, status: Status, is_playing: bool) -> Look {
    let p = theme.palette();
    let active = status.hovered || status.pressed;
    Look {
        background: active.then_some(p.hover),
        text: Some(if is_playing { p.link } else { p.text_3 }),
        border: border::rounded(radius::CARD),
    }
}
