//! Named styles: what views write instead of colours.

use iced::widget::{container, rule, svg, text};
use iced::{Background, Border, Color, border};

use super::Theme;
use super::tokens::{Elevation, ON_PICTURE, Palette, VIEWER, radius};

/// A style function for text in one palette colour.
macro_rules! text_styles {
    ($($(#[$doc:meta])* $name:ident => $token:ident;)*) => {
        $($(#[$doc])* pub fn $name(theme: &Theme) -> text::Style {
            text::Style { color: Some(theme.palette().$token) }
        })*
    };
}

text_styles! {
    /// Text beside the main text: previews, labels.
    secondary => text_2;
    /// Text least in need: times, hints.
    muted => text_3;
    /// Links, "is typing".
    link => link;
    /// Errors and dangerous actions.
    danger => danger;
    /// Success.
    success => success;
    /// Warnings (on the warning ground).
    warning => warning;
    /// "You were mentioned".
    mention => mention_text;
    /// Text on filled accent grounds.
    on_accent => on_accent;
}

/// A style function for containers with one plain ground.
macro_rules! grounds {
    ($($(#[$doc:meta])* $name:ident => $token:ident;)*) => {
        $($(#[$doc])* pub fn $name(theme: &Theme) -> container::Style {
            ground(theme.palette().$token)
        })*
    };
}

grounds! {
    /// The rail.
    rail => rail;
    /// The conversation list.
    list => list;
    /// The conversation.
    background => bg;
}

fn ground(color: Color) -> container::Style {
    container::Style { background: Some(Background::Color(color)), ..container::Style::default() }
}

fn rounded(color: Color, radius: impl Into<border::Radius>) -> container::Style {
    container::Style { border: border::rounded(radius), ..ground(color) }
}

/// A quiet area: code, quotes, disabled parts.
pub fn inset(theme: &Theme) -> container::Style {
    rounded(theme.palette().inset, radius::CARD)
}

/// Code inside of a bubble.
pub fn code(theme: &Theme) -> container::Style {
    let palette = theme.palette();
    let border = border::rounded(radius::CARD).color(palette.border).width(1);
    container::Style { border, ..ground(palette.bg) }
}

/// Every second row of a table inside of a bubble.
pub fn table_row(theme: &Theme) -> container::Style {
    ground(theme.palette().bg)
}

/// The circle before something that can be chosen.
pub fn check(chosen: bool) -> impl Fn(&Theme) -> container::Style {
    move |theme| {
        let palette = theme.palette();
        let circle = border::rounded(radius::FULL);
        match chosen {
            true => container::Style { border: circle, ..ground(palette.accent) },
            false => container::Style {
                border: circle.width(1.5).color(palette.control_border),
                ..container::Style::default()
            },
        }
    }
}

/// A reaction under a message; `own`: the viewer is among those who gave it.
pub fn reaction(own: bool) -> impl Fn(&Theme) -> container::Style {
    move |theme| {
        let palette = theme.palette();
        let (fill, edge) =
            if own { (palette.selected, palette.accent) } else { (palette.inset, palette.border) };
        let border = border::rounded(radius::FULL).width(1).color(edge);
        container::Style { border, text_color: Some(palette.text_1), ..ground(fill) }
    }
}

/// The ground of a picture of the set on a card.
pub fn tile(theme: &Theme) -> container::Style {
    rounded(theme.palette().bg, radius::CARD)
}

/// A quiet strip over the whole width.
pub fn inset_strip(theme: &Theme) -> container::Style {
    ground(theme.palette().inset)
}

/// A pill on the timeline: dates, tips.
pub fn pill(theme: &Theme) -> container::Style {
    container::Style {
        text_color: Some(theme.palette().text_2),
        ..rounded(theme.palette().inset, radius::FULL)
    }
}

/// A card with a hairline around it.
pub fn card(theme: &Theme) -> container::Style {
    container::Style {
        border: Border { color: theme.palette().border, width: 1.0, radius: radius::CARD.into() },
        ..ground(theme.palette().bg)
    }
}

/// Something that floats at `elevation`: ground, corner, and a border where shadows do not show. The shadow
/// itself is drawn by [`crate::widget::shadow`].
pub fn floating(palette: &Palette, elevation: Elevation) -> container::Style {
    let corner = match elevation {
        Elevation::Low | Elevation::Menu => radius::CARD,
        Elevation::Dialog => radius::DIALOG,
    };
    container::Style {
        text_color: Some(palette.text_1),
        background: Some(Background::Color(palette.surface)),
        border: Border { color: palette.popover_border, width: 1.0, radius: corner.into() },
        ..container::Style::default()
    }
}

/// A menu or popover.
pub fn popover(theme: &Theme) -> container::Style {
    floating(theme.palette(), Elevation::Menu)
}

/// A dialog.
pub fn dialog(theme: &Theme) -> container::Style {
    floating(theme.palette(), Elevation::Dialog)
}

/// The hover toolbar of a message.
pub fn toolbar(theme: &Theme) -> container::Style {
    floating(theme.palette(), Elevation::Low)
}

/// The crescent over the own avatar while nothing disturbs.
pub fn crescent(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style { text_color: Some(p.text_1), ..rounded(p.bg, radius::FULL) }
}

/// A tooltip.
pub fn tooltip(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style { text_color: Some(p.on_tooltip), ..rounded(p.tooltip, radius::CHIP) }
}

/// A toast: the colours of a tooltip, the height of a menu.
pub fn toast(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style { text_color: Some(p.on_tooltip), ..rounded(p.tooltip, radius::CARD) }
}

/// The bubble of a message: own or not, and whether it is the first of its group (its corner towards the
/// sender is smaller then).
pub fn bubble(own: bool, first: bool) -> impl Fn(&Theme) -> container::Style {
    move |theme| {
        let p = theme.palette();
        let mut corners = border::Radius::new(radius::BUBBLE);
        if first {
            corners = if own { corners.top_right(radius::CHIP) } else { corners.top_left(radius::CHIP) };
        }
        let mut style = rounded(if own { p.bubble_own } else { p.bubble_other }, corners);
        if !p.shadows {
            style.border = style.border.width(1.0).color(p.border);
        }
        style
    }
}

/// The bubble of a message that mentions me.
pub fn mention_bubble(theme: &Theme) -> container::Style {
    rounded(theme.palette().mention_bg, radius::BUBBLE)
}

/// The strip under the list header that tells about the connection.
pub fn warning_strip(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style { text_color: Some(p.warning), ..ground(p.warning_bg) }
}

/// A warning with a ground.
pub fn warning_card(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style { text_color: Some(p.warning), ..rounded(p.warning_bg, radius::CARD) }
}

/// An error with a ground.
pub fn danger_card(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style { text_color: Some(p.danger), ..rounded(p.danger_bg, radius::CARD) }
}

/// The place of a picture that is not here yet.
pub fn placeholder(theme: &Theme) -> container::Style {
    rounded(theme.palette().skeleton, radius::CARD)
}

/// Words on a picture: a ground on which they can be read whatever is below.
pub fn on_picture(theme: &Theme) -> container::Style {
    let p = theme.palette();
    let ground = Color { a: ON_PICTURE, ..p.bg };
    container::Style { text_color: Some(p.text_1), ..rounded(ground, radius::FULL) }
}

/// What is pressed in the middle of a picture.
pub fn on_picture_round(theme: &Theme) -> container::Style {
    on_picture(theme)
}

/// Behind a picture in the whole window.
pub fn viewer(theme: &Theme) -> container::Style {
    container::Style { text_color: Some(theme.palette().text_1), ..ground(VIEWER) }
}

/// Over everything while files hover over the window.
pub fn veil(theme: &Theme) -> container::Style {
    ground(theme.palette().scrim)
}

/// Where they can be dropped.
pub fn drop_zone(theme: &Theme) -> container::Style {
    let p = theme.palette();
    container::Style {
        text_color: Some(p.text_1),
        border: Border { color: p.link, width: 2.0, radius: radius::DIALOG.into() },
        ..ground(p.surface)
    }
}

/// A hairline.
pub fn hairline(theme: &Theme) -> rule::Style {
    rule::Style {
        color: theme.palette().border,
        radius: 0.0.into(),
        fill_mode: rule::FillMode::Full,
        snap: true,
    }
}

/// The line of "New messages".
pub fn unread_line(theme: &Theme) -> rule::Style {
    rule::Style { color: theme.palette().danger, ..hairline(theme) }
}

/// An icon in the colour the closure picks.
pub fn icon(pick: impl Fn(&Palette) -> Color) -> impl Fn(&Theme, svg::Status) -> svg::Style {
    move |theme, _| svg::Style { color: Some(pick(theme.palette())) }
}
