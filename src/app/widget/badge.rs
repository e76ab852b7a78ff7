//! Unread badges.

use iced::widget::{container, row, space, text};
use iced::{Alignment, Background, border};

use super::Element;
use crate::theme::tokens::{META, radius, size};
use crate::theme::{Theme, font};

/// What a conversation says about unread messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unread {
    /// How many.
    pub count: u64,
    /// Grey instead of red.
    pub muted: bool,
    /// One of them mentions me.
    pub mention: bool,
    /// Marked unread by hand: a dot when there is no count.
    pub marked: bool,
}

/// The text in a badge: `999+` above 999.
pub fn count_text(count: u64) -> String {
    if count > 999 { "999+".to_owned() } else { count.to_string() }
}

/// A pill 18 px high with the count, a dot when only marked, nothing when read.
pub fn badge<'a, Message: 'a>(unread: Unread) -> Element<'a, Message> {
    let fill = move |theme: &Theme| {
        let p = theme.palette();
        let color = if unread.muted && !unread.mention { p.badge_muted } else { p.badge };
        container::Style {
            text_color: Some(p.on_badge),
            background: Some(Background::Color(color)),
            border: border::rounded(radius::FULL),
            ..container::Style::default()
        }
    };
    if unread.count == 0 {
        return if unread.marked {
            container(space()).width(size::DOT).height(size::DOT).style(fill).into()
        } else {
            space().width(0).height(0).into()
        };
    }
    let number = text(count_text(unread.count))
        .size(META.size)
        .font(font::SEMIBOLD)
        .line_height(text::LineHeight::Relative(1.0));
    let mut label: super::Row<'a, Message> = row![].spacing(2).align_y(Alignment::Center);
    if unread.mention {
        label = label.push(
            text("@").size(META.size).font(font::SEMIBOLD).line_height(text::LineHeight::Relative(1.0)),
        );
    }
    let digits = unread.count < 10 && !unread.mention;
    container(label.push(number))
        .center_y(size::BADGE)
        .center_x(if digits { size::BADGE.into() } else { iced::Length::Shrink })
        .padding([0.0, if digits { 0.0 } else { 5.0 }])
        .style(fill)
        .into()
}

#[cfg(test)]
mod tests {
    use super::count_text;

    #[test]
    fn counts() {
        assert_eq!(count_text(1), "1");
        assert_eq!(count_text(999), "999");
        assert_eq!(count_text(1_000), "999+");
    }
}
