//! The search as it is drawn: the line, the chips, how much was found, and what, grouped by conversation.

use hallway_client::search::hits;
use hallway_protocol::Message as ChatMessage;
use iced::keyboard::{Key, key::Named};
use iced::widget::{column, container, row};
use iced::{Alignment, Length, Padding, Point};

use super::chip::Chip;
use super::{Group, LINE, Message, Place, Search, State, Step};
use crate::screen::chats::face::face;
use crate::screen::chats::timeline::rows::Key as RowKey;
use crate::screen::chats::view::keys;
use crate::screen::chats::{About, Chats, Message as ChatsMessage, words};
use crate::text::rich::{Mark, Rich};
use crate::theme::Theme;
use crate::theme::tokens::{BODY, PREVIEW, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::bits::{self, hairline, label, scroll};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::field::search as line;
use crate::widget::icon::{Icon, icon};
use crate::widget::one_line::one_line;
use crate::widget::region::region;
use crate::widget::row::list_row;
use crate::widget::select_text::select_text;
use crate::widget::{Column, Element};
use crate::{fl, keymap, problem};

/// Avatar of a conversation with hits.
const FACE: f32 = 28.0;
/// Characters of a text that are shown before its first hit where it is far from the beginning,
const BEFORE: usize = 24;
/// what far is,
const FAR: usize = 60;
/// and how many in all.
const SNIPPET: usize = 120;

impl Chats {
    /// The column of the search.
    pub(in super::super) fn search_column<'a>(
        &'a self,
        search: &'a Search,
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        let head = row![
            container(bits::title(fl!("search-title"))).width(Length::Fill),
            icon_button(Icon::ArrowUp, fl!("search-previous"))
                .shortcut(keys(keymap::Action::PreviousHit))
                .on_press(Message::Step(Step::Previous).into()),
            icon_button(Icon::ArrowDown, fl!("search-next"))
                .shortcut(keys(keymap::Action::NextHit))
                .on_press(Message::Step(Step::Next).into()),
            icon_button(Icon::Close, fl!("close"))
                .shortcut(keys(keymap::Action::Close))
                .on_press(Message::Close.into()),
        ]
        .spacing(gap::XS)
        .align_y(Alignment::Center)
        .padding(Padding::from([0.0, gap::S]).left(gap::L))
        .height(size::HEADER);
        let input = line(fl!("search-placeholder"), &search.words, |words| Message::Words(words).into())
            .id(LINE)
            .on_key(|key, modifiers| match key {
                Key::Named(Named::ArrowDown) if modifiers.is_empty() => {
                    Some(Message::Step(Step::Next).into())
                }
                Key::Named(Named::ArrowUp) if modifiers.is_empty() => {
                    Some(Message::Step(Step::Previous).into())
                }
                _ => None,
            })
            .on_submit(Message::Step(Step::Next).into());
        let chips = Chip::ALL.map(|chip| {
            let (name, is_chosen) = search.chip(chip);
            button(name)
                .small()
                .icon(Icon::ChevronDown)
                .selected(is_chosen)
                .on_press_at(move |bounds| {
                    ChatsMessage::Menu(About::Search(chip), Point::new(bounds.x, bounds.y + bounds.height))
                })
                .into()
        });
        let chips = row(chips).spacing(gap::XS).wrap().vertical_spacing(gap::XS);
        let top = column![input, chips].spacing(gap::S).padding([gap::M, gap::M]);
        let lit = search.lit();
        let body = column![self.said(search), self.groups(search, &lit, theme)].spacing(gap::XS);
        let body = scroll(body.padding(Padding::from([gap::S, gap::S]).bottom(gap::L))).height(Length::Fill);
        let content = column![head, hairline(), top, hairline(), body];
        region(container(content).style(style::list).height(Length::Fill))
    }

    /// How much was found, or why nothing is.
    fn said<'a>(&'a self, search: &'a Search) -> Element<'a, ChatsMessage> {
        let muted = |words: String| label(words, SMALL).style(style::muted);
        let hits: u64 = search.groups.iter().map(|group| group.count).sum();
        let words = match &search.state {
            State::Idle => fl!("search-idle"),
            State::Loading if search.groups.is_empty() => fl!("search-loading"),
            State::Failed(error) => {
                let again = button(fl!("retry")).kind(Kind::Link).small().on_press(Message::Retry.into());
                let words = label(problem::sentence(error), SMALL).style(style::danger);
                return column![words, again].spacing(gap::XS).padding([gap::XS, gap::S]).into();
            }
            _ if search.groups.is_empty() => fl!("search-nothing"),
            _ if search.within.is_none() => fl!("search-found-chats", count = search.total),
            _ if search.is_estimate => fl!("search-found-about", count = hits),
            _ => fl!("search-found", count = hits),
        };
        let mut said = column![muted(words)].spacing(gap::XS).padding([gap::XS, gap::S]);
        if search.is_incomplete {
            said = said.push(muted(fl!("search-incomplete")));
        }
        said.into()
    }

    fn groups<'a>(&'a self, search: &'a Search, lit: &[String], theme: &Theme) -> Column<'a, ChatsMessage> {
        let mut content = Column::new().spacing(gap::XXS);
        for (place, group) in search.groups.iter().enumerate() {
            if search.within.is_none() {
                content = content.push(self.group_row(place, group));
                if let Some(newest) = group.newest.as_ref().filter(|_| !group.is_open) {
                    let row = list_row(self.hit(newest, lit, theme), fl!("search-open-group"));
                    content =
                        content.push(row.padding([gap::XS, gap::S]).on_press(Message::Toggle(place).into()));
                }
            }
            if !group.is_open {
                continue;
            }
            for (hit, message) in group.hits.iter().enumerate() {
                let is_chosen = search.chosen == Some(Place { group: place, hit });
                let spoken = format!(
                    "{}: {}",
                    words::sender(message),
                    words::preview(message, &self.context.me.user_id)
                );
                let row = list_row(self.hit(message, lit, theme), spoken)
                    .selected(is_chosen)
                    .padding([gap::XS, gap::S])
                    .on_press(Message::Choose(place, hit).into());
                content = content.push(row);
            }
            if group.is_loading {
                content = content.push(
                    container(label(fl!("search-loading"), SMALL).style(style::muted))
                        .padding([gap::XS, gap::S]),
                );
            } else if group.has_more() && !group.hits.is_empty() {
                content = content.push(more(Some(place)));
            }
        }
        if search.within.is_none() && search.cursor.is_some() {
            content = content.push(more(None));
        }
        content
    }

    fn group_row<'a>(&'a self, place: usize, group: &'a Group) -> Element<'a, ChatsMessage> {
        let name = self.name_of(&group.id);
        let count = if group.is_estimate {
            fl!("search-about", count = group.count)
        } else {
            group.count.to_string()
        };
        let arrow = if group.is_open { Icon::ChevronDown } else { Icon::ChevronRight };
        let content = row![
            face(&group.id, &name, FACE),
            one_line(name.as_ref()).step(BODY).font(font::SEMIBOLD).width(Length::Fill),
            label(count.clone(), SMALL).style(style::muted),
            icon(arrow).size(size::ICON_SMALL).color(|p| p.text_3),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .height(size::TARGET_MAIN);
        let spoken = fl!("search-group-spoken", name = name.as_ref(), count = count);
        list_row(content, spoken).padding([0.0, gap::S]).on_press(Message::Toggle(place).into()).into()
    }

    /// Who, when, and the words around the hit.
    fn hit<'a>(
        &'a self,
        message: &'a ChatMessage,
        lit: &[String],
        theme: &Theme,
    ) -> Element<'a, ChatsMessage> {
        let clock = self.context.clock;
        let first = row![
            one_line(words::sender(message)).step(SMALL).font(font::SEMIBOLD).width(Length::Fill),
            label(clock.short(message.time), SMALL).style(style::muted),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center);
        let text = words::preview(message, &self.context.me.user_id);
        let text = snippet(&text, lit);
        let mut rich: Rich<()> = Rich::plain(text.as_str());
        for range in hits(&text, lit) {
            rich = rich.mark(range, Mark::Hit);
        }
        let key = RowKey::Message(message.id.clone());
        let words = select_text(key, rich, theme.palette()).step(PREVIEW);
        column![first, words].spacing(gap::XXS).into()
    }
}

fn more<'a>(group: Option<usize>) -> Element<'a, ChatsMessage> {
    let more = button(fl!("search-more")).kind(Kind::Link).small().on_press(Message::More(group).into());
    container(more).padding([gap::XXS, gap::S]).into()
}

/// The part of a text around its first hit.
fn snippet(text: &str, lit: &[String]) -> String {
    let first = hits(text, lit).first().map_or(0, |hit| hit.start);
    let before = text.get(..first).unwrap_or_default();
    let far = Some(before.chars().count()).filter(|count| *count > FAR);
    let skipped = far.map_or(0, |count| count - BEFORE);
    let mut chars = text.chars().skip(skipped);
    let mut part: String = chars.by_ref().take(SNIPPET).collect();
    if skipped > 0 {
        part.insert(0, '…');
    }
    if chars.next().is_some() {
        part.push('…');
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_cut_around_the_hit() {
        let text = format!("{}needle{}", "a".repeat(200), "b".repeat(200));
        let part = snippet(&text, &["needle".into()]);
        assert!(part.starts_with("…aaa") && part.ends_with("bbb…") && part.contains("needle"));
        assert_eq!(part.chars().count(), SNIPPET + 2);
        assert_eq!(snippet("short", &["x".into()]), "short");
    }
}
