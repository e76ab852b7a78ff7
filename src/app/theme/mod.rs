//! How the app looks: one [`Theme`] type of our own, filled from [`tokens`].
//!
//! Views name a style (`container(x).style(style::card)`, `text("…").style(style::muted)`) and never a
//! colour. The catalogs of the iced widgets in use are in `catalog`; named styles are in [`style`].

mod catalog;
#[cfg(test)]
mod contrast;
pub mod font;
pub mod style;
pub mod tokens;

use iced::theme::{Base, Mode, Style};

pub use tokens::Palette;

/// Picks a colour from the tokens when something is drawn.
pub type Pick<'a> = Box<dyn Fn(&Palette) -> iced::Color + 'a>;

/// The appearance in force. Cheap to copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theme {
    appearance: Appearance,
    palette: &'static Palette,
}

/// The three appearances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    /// Dark text on light.
    Light,
    /// Light text on dark.
    Dark,
    /// White on black, borders instead of tints.
    HighContrast,
}

/// What the user chose in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// As the desktop says.
    #[default]
    System,
    /// Always this one.
    Light,
    /// Always this one.
    Dark,
    /// Always this one.
    HighContrast,
}

impl Choice {
    /// All of them, in the order the settings list them.
    pub const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::HighContrast];

    /// The theme for this choice on a desktop that prefers `system`.
    pub fn theme(self, system: Mode) -> Theme {
        Theme::new(match (self, system) {
            (Self::Light, _) | (Self::System, Mode::Light | Mode::None) => Appearance::Light,
            (Self::Dark, _) | (Self::System, Mode::Dark) => Appearance::Dark,
            (Self::HighContrast, _) => Appearance::HighContrast,
        })
    }
}

impl Theme {
    /// The theme with this appearance.
    pub const fn new(appearance: Appearance) -> Self {
        let palette = match appearance {
            Appearance::Light => &tokens::LIGHT,
            Appearance::Dark => &tokens::DARK,
            Appearance::HighContrast => &tokens::HIGH_CONTRAST,
        };
        Self { appearance, palette }
    }

    /// The colours.
    pub const fn palette(&self) -> &'static Palette {
        self.palette
    }

    /// Which of the three it is.
    pub const fn appearance(&self) -> Appearance {
        self.appearance
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Appearance::Light)
    }
}

impl Base for Theme {
    fn default(preference: Mode) -> Self {
        Choice::System.theme(preference)
    }

    fn mode(&self) -> Mode {
        match self.appearance {
            Appearance::Light => Mode::Light,
            Appearance::Dark | Appearance::HighContrast => Mode::Dark,
        }
    }

    fn base(&self) -> Style {
        Style { background_color: self.palette.bg, text_color: self.palette.text_1 }
    }

    fn palette(&self) -> Option<iced::theme::Palette> {
        Some(iced::theme::Palette {
            background: self.palette.bg,
            text: self.palette.text_1,
            primary: self.palette.accent,
            success: self.palette.success,
            warning: self.palette.warning,
            danger: self.palette.danger,
        })
    }

    fn name(&self) -> &str {
        match self.appearance {
            Appearance::Light => "light",
            Appearance::Dark => "dark",
            Appearance::HighContrast => "high-contrast",
        }
    }
}
