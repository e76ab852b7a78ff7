//! A keyboard that can type every character.
//!
//! Keys go in by XTEST, as from a device. A character that no key has is put on a spare key first
//! and stays there, so that the map never changes under keys that are still under way.

use std::collections::HashMap;

use x11rb::{
    connection::Connection,
    protocol::{
        xproto::{ConnectionExt as _, KEY_PRESS_EVENT, KEY_RELEASE_EVENT, Keycode, Keysym},
        xtest,
    },
    rust_connection::RustConnection,
};

use crate::failure::{Outcome, While};

/// Milliseconds between two key events, as the X server counts them.
const PACE: u32 = 4;

const SHIFT: Keysym = 0xffe1;

/// The keys that have names in chords, as `ctrl+shift+Return`.
const NAMED: &[(&str, Keysym)] = &[
    ("ctrl", 0xffe3),
    ("shift", SHIFT),
    ("alt", 0xffe9),
    ("super", 0xffeb),
    ("Return", 0xff0d),
    ("Escape", 0xff1b),
    ("Tab", 0xff09),
    ("BackSpace", 0xff08),
    ("Delete", 0xffff),
    ("space", 0x20),
    ("plus", 0x2b),
    ("minus", 0x2d),
    ("Home", 0xff50),
    ("Left", 0xff51),
    ("Up", 0xff52),
    ("Right", 0xff53),
    ("Down", 0xff54),
    ("PageUp", 0xff55),
    ("PageDown", 0xff56),
    ("End", 0xff57),
    ("Menu", 0xff67),
    ("F3", 0xffc0),
    ("F6", 0xffc3),
    ("F10", 0xffc7),
];

/// A key, and whether shift is needed.
type Place = (Keycode, bool);

pub(super) struct Keyboard {
    places: HashMap<Keysym, Place>,
    spare: Vec<Keycode>,
    per_key: u8,
}

impl Keyboard {
    /// Reads which character is on which key.
    pub(super) fn read(connection: &RustConnection) -> Outcome<Self> {
        let setup = connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = connection
            .get_keyboard_mapping(first, last - first + 1)
            .doing("the keyboard")?
            .reply()
            .doing("the keyboard")?;
        let mut places = HashMap::new();
        let mut spare = Vec::new();
        for (code, symbols) in (first..=last).zip(map.keysyms.chunks(map.keysyms_per_keycode.into())) {
            if symbols.iter().all(|symbol| *symbol == 0) {
                spare.push(code);
            }
            for (symbol, shifted) in symbols.iter().zip([false, true]) {
                if *symbol != 0 {
                    places.entry(*symbol).or_insert((code, shifted));
                }
            }
        }
        Ok(Self { places, spare, per_key: map.keysyms_per_keycode })
    }

    /// Types a text. Line breaks are keys with a meaning and have to be sent as [`Self::chord`].
    pub(super) fn text(&mut self, connection: &RustConnection, text: &str) -> Outcome {
        let places: Vec<Place> =
            text.chars().map(|symbol| self.place(connection, keysym(symbol))).collect::<Outcome<_>>()?;
        let (shift, _) = self.place(connection, SHIFT)?;
        for (code, shifted) in places {
            if shifted {
                event(connection, KEY_PRESS_EVENT, shift)?;
            }
            event(connection, KEY_PRESS_EVENT, code)?;
            event(connection, KEY_RELEASE_EVENT, code)?;
            if shifted {
                event(connection, KEY_RELEASE_EVENT, shift)?;
            }
        }
        connection.flush().doing("typing")
    }

    /// Presses keys together: `Return`, `shift+Return`, `ctrl+k`.
    pub(super) fn chord(&mut self, connection: &RustConnection, chord: &str) -> Outcome {
        let mut codes = Vec::new();
        for name in chord.split('+') {
            let symbol = match NAMED.iter().find(|(named, _)| *named == name) {
                Some((_, symbol)) => *symbol,
                None => {
                    let mut characters = name.chars();
                    let only = characters.next().filter(|_| characters.next().is_none());
                    keysym(only.doing(format_args!("no key is named {name} (in {chord})"))?)
                }
            };
            let (code, shifted) = self.place(connection, symbol)?;
            if shifted {
                codes.push(self.place(connection, SHIFT)?.0);
            }
            codes.push(code);
        }
        for code in &codes {
            event(connection, KEY_PRESS_EVENT, *code)?;
        }
        for code in codes.iter().rev() {
            event(connection, KEY_RELEASE_EVENT, *code)?;
        }
        connection.flush().doing("pressing keys")
    }

    fn place(&mut self, connection: &RustConnection, symbol: Keysym) -> Outcome<Place> {
        if let Some(place) = self.places.get(&symbol) {
            return Ok(*place);
        }
        let code = self.spare.pop().doing("no spare key is left for another character")?;
        connection
            .change_keyboard_mapping(1, code, self.per_key, &vec![symbol; self.per_key.into()])
            .doing("the keyboard")?
            .check()
            .doing("the keyboard")?;
        self.places.insert(symbol, (code, false));
        Ok((code, false))
    }
}

/// The X name of a character: itself in Latin-1, marked as Unicode beyond.
fn keysym(character: char) -> Keysym {
    match u32::from(character) {
        latin @ (0x20..=0x7e | 0xa0..=0xff) => latin,
        other => 0x0100_0000 | other,
    }
}

fn event(connection: &RustConnection, kind: u8, code: Keycode) -> Outcome {
    xtest::fake_input(connection, kind, code, PACE, x11rb::NONE, 0, 0, 0).doing("a key")?;
    Ok(())
}
