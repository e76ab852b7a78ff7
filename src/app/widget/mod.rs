//! The app's own widgets, and the aliases that fix theme and renderer once.
//!
//! | Module | What |
//! |---|---|
//! | [`pressable`] | the one core under everything that can be pressed and focused |
//! | [`button`], [`row`], [`toggle`], [`still`] | buttons, list rows, switches, content that only shows |
//! | [`icon`], [`avatar`], [`badge`] | small pictures |
//! | [`bits`], [`one_line`] | titles, banners, empty states; text that is shortened to fit |
//! | [`virtual_list`] | long lists, anchored on a row |
//! | [`select_text`] | text that can be selected across rows |
//! | [`wave`] | the bars of a sound |
//! | [`composer`], [`field`], [`ime`], [`caret`] | typing |
//! | [`layers`], [`menu`], [`dialog`], [`tip`], [`toast`], [`shadow`] | what floats above |
//! | [`focus`], [`region`] | where the keyboard is and how it moves |
//! | [`access`], [`named`] | roles and names for tests and screen readers |

pub mod access;
pub mod avatar;
pub mod badge;
pub mod bits;
pub mod button;
pub mod caret;
pub mod composer;
pub mod dialog;
pub mod field;
pub mod focus;
pub mod icon;
pub mod ime;
pub mod layers;
mod line;
pub mod menu;
pub mod named;
pub mod one_line;
pub mod pressable;
pub mod region;
pub mod row;
pub mod select_text;
pub mod shadow;
pub mod still;
pub mod tip;
pub mod toast;
pub mod toggle;
pub mod virtual_list;
pub mod wave;
mod wrap;

/// Anything that can be shown.
pub type Element<'a, Message> = iced::Element<'a, Message, crate::theme::Theme, iced::Renderer>;
/// A column.
pub type Column<'a, Message> = iced::widget::Column<'a, Message, crate::theme::Theme, iced::Renderer>;
/// A row.
pub type Row<'a, Message> = iced::widget::Row<'a, Message, crate::theme::Theme, iced::Renderer>;
/// A stack.
pub type Stack<'a, Message> = iced::widget::Stack<'a, Message, crate::theme::Theme, iced::Renderer>;
/// A container.
pub type Container<'a, Message> = iced::widget::Container<'a, Message, crate::theme::Theme, iced::Renderer>;
/// A text.
pub type Text<'a> = iced::widget::Text<'a, crate::theme::Theme, iced::Renderer>;
