//! The one table of named actions: what can be done, by which keys, where.
//!
//! From it come the keys themselves ([`find`]), the hints in menus and tooltips ([`Action::keys`]), the
//! command palette and the list of shortcuts ([`Action::ALL`], [`Group`]). The name of an action is the text
//! `action-<id>` in `keymap.ftl`.
//!
//! `command` is Ctrl, and Cmd on macOS.

use std::fmt::Write as _;

use iced::keyboard::key::{Named, Physical};
use iced::keyboard::{Key, Modifiers};

use crate::i18n;

/// Where the keys of an action count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Everywhere, also while typing.
    Everywhere,
    /// While a message of the timeline has the keyboard.
    Message,
    /// While the composer has the keyboard (and, for keys without modifiers, is empty).
    Composer,
}

/// The headings of the list of shortcuts, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Getting around.
    Navigation,
    /// Chats and groups.
    Chats,
    /// One message.
    Messages,
    /// Writing.
    Writing,
    /// The app.
    App,
}

impl Group {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::Navigation, Self::Chats, Self::Messages, Self::Writing, Self::App];

    /// The heading in the current language.
    pub fn name(self) -> String {
        text(match self {
            Self::Navigation => "action-group-navigation",
            Self::Chats => "action-group-chats",
            Self::Messages => "action-group-messages",
            Self::Writing => "action-group-writing",
            Self::App => "action-group-app",
        })
    }
}

/// The key of a chord, without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stroke {
    Char(char),
    Named(Named),
}

/// One way to press something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chord {
    stroke: Stroke,
    command: bool,
    alt: bool,
    shift: bool,
}

const fn char(c: char) -> Chord {
    Chord { stroke: Stroke::Char(c), command: false, alt: false, shift: false }
}

const fn named(named: Named) -> Chord {
    Chord { stroke: Stroke::Named(named), command: false, alt: false, shift: false }
}

impl Chord {
    const fn command(self) -> Self {
        Self { command: true, ..self }
    }

    const fn alt(self) -> Self {
        Self { alt: true, ..self }
    }

    const fn shift(self) -> Self {
        Self { shift: true, ..self }
    }

    /// Whether a key press is this chord. Letters count by their place on a Latin keyboard when the layout
    /// has none; signs count by what is typed, whether Shift is needed for them or not.
    fn matches(self, key: &Key, physical: Physical, modifiers: Modifiers) -> bool {
        if self.command != modifiers.command() || self.alt != modifiers.alt() {
            return false;
        }
        match (self.stroke, key) {
            (Stroke::Named(own), Key::Named(pressed)) => own == *pressed && self.shift == modifiers.shift(),
            (Stroke::Char(own), Key::Character(typed)) => {
                if own.is_ascii_alphanumeric() {
                    self.shift == modifiers.shift()
                        && key.to_latin(physical).is_some_and(|latin| latin.eq_ignore_ascii_case(&own))
                } else {
                    typed.chars().eq([own])
                }
            }
            _ => false,
        }
    }

    /// The chord as people write it: `Ctrl+Shift+K`, on macOS `⇧⌘K`.
    pub fn text(self) -> String {
        self.text_for(cfg!(target_os = "macos"))
    }

    fn text_for(self, mac: bool) -> String {
        let mut out = String::new();
        let parts: [(bool, &str, &str); 3] =
            [(self.command, "Ctrl+", "⌘"), (self.alt, "Alt+", "⌥"), (self.shift, "Shift+", "⇧")];
        if mac {
            // Apple's order: option, shift, command.
            for (held, _, sign) in [parts[1], parts[2], parts[0]] {
                if held {
                    out.push_str(sign);
                }
            }
        } else {
            for (held, word, _) in parts {
                if held {
                    out.push_str(word);
                }
            }
        }
        match self.stroke {
            Stroke::Char(c) => out.extend(c.to_uppercase()),
            Stroke::Named(named) => match named {
                Named::ArrowUp => out.push('↑'),
                Named::ArrowDown => out.push('↓'),
                Named::ArrowLeft => out.push('←'),
                Named::ArrowRight => out.push('→'),
                Named::Escape => out.push_str("Esc"),
                Named::Delete => out.push_str("Del"),
                Named::PageUp => out.push_str("PgUp"),
                Named::PageDown => out.push_str("PgDn"),
                other => {
                    let _ = write!(out, "{other:?}");
                }
            },
        }
        out
    }
}

/// Declares the actions: variant, id, group, place, chords.
macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident, $id:literal, $group:ident, $place:ident, [$($chord:expr),*];)*) => {
        /// Something the user can do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action { $($(#[$doc])* $variant,)* }

        impl Action {
            /// All of them, in the order of the list of shortcuts.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable id.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $id,)* }
            }

            /// The heading it stands under.
            pub const fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)* }
            }

            /// Where its keys count.
            pub const fn place(self) -> Place {
                match self { $(Self::$variant => Place::$place,)* }
            }

            /// The ways to press it.
            pub const fn chords(self) -> &'static [Chord] {
                match self { $(Self::$variant => const { &[$($chord),*] },)* }
            }
        }
    };
}

actions! {
    /// Opens the quick switcher.
    QuickSwitcher, "quick-switcher", Navigation, Everywhere, [char('k').command()];
    /// Goes to the chat above.
    PreviousChat, "previous-chat", Navigation, Everywhere,
        [named(Named::ArrowUp).alt(), named(Named::Tab).command().shift()];
    /// Goes to the chat below.
    NextChat, "next-chat", Navigation, Everywhere, [named(Named::ArrowDown).alt(), named(Named::Tab).command()];
    /// Goes to the nearest unread chat above.
    PreviousUnread, "previous-unread", Navigation, Everywhere, [named(Named::ArrowUp).alt().shift()];
    /// Goes to the nearest unread chat below.
    NextUnread, "next-unread", Navigation, Everywhere, [named(Named::ArrowDown).alt().shift()];
    /// Goes back to where one was before.
    Back, "back", Navigation, Everywhere, [named(Named::ArrowLeft).alt()];
    /// Undoes going back.
    Forward, "forward", Navigation, Everywhere, [named(Named::ArrowRight).alt()];
    /// Shows the latest message.
    Latest, "latest", Navigation, Everywhere, [named(Named::End).command()];
    /// Finds messages of the open chat.
    FindInChat, "find-in-chat", Navigation, Everywhere, [char('f').command()];
    /// Finds messages of all chats.
    FindEverywhere, "find-everywhere", Navigation, Everywhere, [char('f').command().shift()];
    /// Goes to the next message that was found.
    NextHit, "next-hit", Navigation, Everywhere, [named(Named::F3)];
    /// Goes to the one before.
    PreviousHit, "previous-hit", Navigation, Everywhere, [named(Named::F3).shift()];
    /// Moves the keyboard to the next part of the window.
    NextRegion, "next-region", Navigation, Everywhere, [named(Named::F6)];
    /// Moves the keyboard to the part before.
    PreviousRegion, "previous-region", Navigation, Everywhere, [named(Named::F6).shift()];
    /// Closes the innermost thing, then marks the chat read.
    Close, "close", Navigation, Everywhere, [named(Named::Escape)];
    /// Begins a chat with somebody.
    NewChat, "new-chat", Chats, Everywhere, [char('n').command()];
    /// Makes a group.
    NewGroup, "new-group", Chats, Everywhere, [char('n').command().shift()];
    /// Shows the people.
    Contacts, "contacts", Chats, Everywhere, [char('j').command()];
    /// Opens or closes the side panel.
    SidePanel, "side-panel", Chats, Everywhere, [char('.').command()];
    /// Marks every chat read.
    MarkAllRead, "mark-all-read", Chats, Everywhere, [named(Named::Escape).shift()];
    /// Answers the message with a quote.
    Reply, "reply", Messages, Message, [char('r')];
    /// Changes the own message.
    Edit, "edit", Messages, Message, [char('e')];
    /// Copies the selected text, or the message.
    Copy, "copy", Messages, Message, [char('c').command()];
    /// Deletes the message for oneself.
    Delete, "delete", Messages, Message, [named(Named::Delete)];
    /// Plays the voice message, or pauses it.
    PlayVoice, "play-voice", Messages, Message, [named(Named::Space)];
    /// Goes back in the voice message.
    VoiceBack, "voice-back", Messages, Message, [named(Named::ArrowLeft)];
    /// Goes on in the voice message.
    VoiceForward, "voice-forward", Messages, Message, [named(Named::ArrowRight)];
    /// Plays voice messages faster, and again as they are.
    VoiceSpeed, "voice-speed", Messages, Message, [char('s')];
    /// Records a voice message, pauses and goes on.
    RecordVoice, "record-voice", Writing, Everywhere, [char('r').command().shift()];
    /// Chooses a reaction.
    React, "react", Messages, Message, [char('+')];
    /// Sends the message on.
    ForwardMessage, "forward-message", Messages, Message, [char('f')];
    /// Pins the message, or takes the pin off.
    PinMessage, "pin-message", Messages, Message, [char('p')];
    /// Begins to choose several messages.
    Select, "select", Messages, Message, [char('x')];
    /// Chooses all messages there are, while messages are chosen.
    SelectAll, "select-all", Messages, Message, [char('a').command()];
    /// Changes the last own message.
    EditLast, "edit-last", Writing, Composer, [named(Named::ArrowUp)];
    /// Answers an older message.
    ReplyOlder, "reply-older", Writing, Composer, [named(Named::ArrowUp).command()];
    /// Answers a newer message.
    ReplyNewer, "reply-newer", Writing, Composer, [named(Named::ArrowDown).command()];
    /// Makes what is selected bold.
    Bold, "bold", Writing, Composer, [char('b').command()];
    /// Slants it.
    Italic, "italic", Writing, Composer, [char('i').command()];
    /// Crosses it out.
    Strike, "strike", Writing, Composer, [char('x').command().shift()];
    /// Shows it as code.
    Code, "code", Writing, Composer, [char('e').command()];
    /// Opens the settings.
    Settings, "settings", App, Everywhere, [char(',').command()];
    /// Shows the list of shortcuts.
    Shortcuts, "shortcuts", App, Everywhere, [char('/').command()];
    /// Everything larger.
    ZoomIn, "zoom-in", App, Everywhere, [char('+').command(), char('=').command()];
    /// Everything smaller.
    ZoomOut, "zoom-out", App, Everywhere, [char('-').command()];
    /// Everything at its usual size.
    ZoomReset, "zoom-reset", App, Everywhere, [char('0').command()];
    /// Ends the app.
    Quit, "quit", App, Everywhere, [char('q').command()];
}

impl Action {
    /// Its name in the current language.
    pub fn name(self) -> String {
        text(&format!("action-{}", self.id()))
    }

    /// Its first chord as people write it, for menus and tooltips.
    pub fn keys(self) -> Option<String> {
        self.chords().first().map(|chord| chord.text())
    }
}

fn text(id: &str) -> String {
    i18n::LOADER.get(id)
}

/// The action of a key press in a place (those of [`Place::Everywhere`] count in all places).
pub fn find(key: &Key, physical: Physical, modifiers: Modifiers, place: Place) -> Option<Action> {
    Action::ALL.iter().copied().find(|action| {
        (action.place() == place || action.place() == Place::Everywhere)
            && action.chords().iter().any(|chord| chord.matches(key, physical, modifiers))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use iced::keyboard::key::NativeCode;

    use super::*;

    const NOWHERE: Physical = Physical::Unidentified(NativeCode::Unidentified);

    #[test]
    fn no_chord_means_two_things() {
        for place in [Place::Everywhere, Place::Message, Place::Composer] {
            let mut seen = HashSet::new();
            for action in Action::ALL.iter().filter(|a| a.place() == place || a.place() == Place::Everywhere)
            {
                for chord in action.chords() {
                    assert!(seen.insert(chord.text_for(false)), "{} stands twice", chord.text());
                }
            }
        }
        let ids: HashSet<_> = Action::ALL.iter().map(|action| action.id()).collect();
        assert_eq!(ids.len(), Action::ALL.len());
    }

    #[test]
    fn every_action_and_group_has_a_name() {
        for action in Action::ALL {
            assert!(i18n::LOADER.has(&format!("action-{}", action.id())), "{}", action.id());
        }
        for group in Group::ALL {
            assert!(!group.name().contains("action-group"), "{group:?}");
            assert!(Action::ALL.iter().any(|action| action.group() == group));
        }
    }

    #[test]
    fn finds_by_key_and_place() {
        let press = |key: Key, modifiers, place| find(&key, NOWHERE, modifiers, place);
        let letter = |c: &str| Key::Character(c.into());
        let command = Modifiers::COMMAND;
        assert_eq!(press(letter("k"), command, Place::Composer), Some(Action::QuickSwitcher));
        assert_eq!(press(letter("n"), command | Modifiers::SHIFT, Place::Everywhere), Some(Action::NewGroup));
        assert_eq!(press(letter("r"), Modifiers::empty(), Place::Message), Some(Action::Reply));
        assert_eq!(press(letter("r"), Modifiers::empty(), Place::Composer), None);
        // On layouts where the slash needs Shift, the chord is the same.
        assert_eq!(
            press(letter("/"), command | Modifiers::SHIFT, Place::Everywhere),
            Some(Action::Shortcuts)
        );
        assert_eq!(
            press(Key::Named(Named::ArrowUp), Modifiers::ALT | Modifiers::SHIFT, Place::Everywhere),
            Some(Action::PreviousUnread)
        );
        // The key where K is on a Latin keyboard, with a Cyrillic layout.
        let physical = Physical::Code(iced::keyboard::key::Code::KeyK);
        assert_eq!(find(&letter("л"), physical, command, Place::Everywhere), Some(Action::QuickSwitcher));
    }

    #[test]
    fn chords_are_written_for_each_platform() {
        assert_eq!(char('k').command().text_for(false), "Ctrl+K");
        assert_eq!(char('n').command().shift().text_for(true), "⇧⌘N");
        assert_eq!(named(Named::ArrowUp).alt().text_for(false), "Alt+↑");
        assert_eq!(named(Named::F6).shift().text_for(false), "Shift+F6");
    }
}
