//! Reactions: the pills under a message, and giving or taking back one's own. A click on the right lists people (`reactors`).

use std::sync::Arc;

use hallway_client::Client;
use hallway_protocol::message::Reaction;
use hallway_protocol::{ChatError, Message as ChatMessage, MessageId};
use iced::Alignment;
use iced::widget::{container, row};

use super::call::Call;
use super::effect::Effect;
use super::timeline::rows::MessageRow;
use super::{Chats, Message as ChatsMessage, reactors, words};
use crate::fl;
use crate::text::emoji;
use crate::theme::tokens::{SMALL, TITLE, size, space as gap};
use crate::theme::{font, style};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::custom;

/// So many pills are shown.
const SHOWN: usize = 8;
/// So many names are in the tooltip of a pill.
const NAMES: usize = 4;
/// What is offered before anything was taken.
pub(super) const COMMON: [&str; 2] = ["👍", "❤️"];
/// So many are offered in the toolbar of a message.
const QUICK: usize = 2;

impl Chats {
    /// The reactions that are one press away: those taken last.
    pub(super) fn quick_reactions(&self) -> impl Iterator<Item = &str> {
        let common = COMMON.into_iter().filter(|sign| self.recent_emoji.iter().all(|recent| recent != sign));
        self.recent_emoji.iter().map(String::as_str).chain(common).take(QUICK)
    }

    /// Gives a reaction, or takes it back.
    pub(super) fn react(&mut self, id: &MessageId, sign: &str) -> Vec<Effect> {
        self.menu = None;
        let Some(row) = self.open.as_ref().and_then(|open| open.timeline.message(id)) else {
            return Vec::new();
        };
        if self.allows(super::Act::React, row) != super::actions::Allowed::Yes {
            return Vec::new();
        }
        let given =
            row.message.reactions.iter().any(|other| other.reaction_id == sign && other.reacted_by_myself);
        vec![Effect::Call(Call::React(row.message.clone(), sign.to_owned(), !given))]
    }

    /// The pills under a message; none without reactions.
    pub(super) fn reactions<'a>(&'a self, row: &'a MessageRow) -> Option<Element<'a, ChatsMessage>> {
        let all = &row.message.reactions;
        if all.is_empty() {
            return None;
        }
        let mut pills = row![].spacing(gap::XS);
        for reaction in all.iter().take(SHOWN) {
            pills = pills.push(self.pill(&row.message, reaction));
        }
        if let Some(more) = all.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            let more = label(format!("+{more}"), SMALL).style(style::secondary);
            pills = pills.push(container(more).center_y(size::REACTION));
        }
        Some(pills.wrap().vertical_spacing(gap::XS).into())
    }

    fn pill<'a>(&self, message: &ChatMessage, reaction: &'a Reaction) -> Element<'a, ChatsMessage> {
        let sign = reaction.reaction_id.as_str();
        let is_emoji = emoji::only_emoji(sign).is_some();
        let face = match is_emoji {
            true => label(sign, TITLE).font(font::EMOJI),
            // Other programs may react with any word.
            false => label(words::one_line(sign), SMALL),
        };
        let count = label(reaction.total_user_count.to_string(), SMALL).font(font::MEDIUM);
        let own = reaction.reacted_by_myself;
        let content = row![face, count].spacing(gap::XS).align_y(Alignment::Center);
        let content =
            container(content).center_y(size::REACTION).padding([0.0, gap::S]).style(style::reaction(own));
        let who = self.who_reacted(reaction);
        let (id, all) = (message.id.clone(), sign.to_owned());
        let press = ChatsMessage::React(message.id.clone(), sign.to_owned());
        custom(content, fl!("reaction-spoken", sign = sign, who = who.as_str()))
            .tip(who)
            .free()
            .no_focus()
            .on_context(move |_| ChatsMessage::Reactors(reactors::Message::Open(id.clone(), all.clone())))
            .on_press(press)
            .into()
    }

    /// `Anna, Ben and 4 others`
    fn who_reacted(&self, reaction: &Reaction) -> String {
        let me = &self.context.me.user_id;
        let names: Vec<String> = reaction
            .partial_user_list
            .iter()
            .take(NAMES)
            .map(|user| if user.user_id == *me { fl!("you-subject") } else { user.display_name().to_owned() })
            .collect();
        let total = reaction.total_user_count as usize;
        match names.as_slice() {
            [a, b, ..] if total > names.len() => {
                let more = total - 2;
                fl!("names-more", a = a.as_str(), b = b.as_str(), count = more)
            }
            _ if total > names.len() => fl!("reaction-people", count = total),
            names => words::names(names),
        }
    }
}

/// Gives a reaction, or takes it back. One that is there already, or gone already, is as it was to be.
pub async fn react(
    client: &Client,
    message: &Arc<ChatMessage>,
    sign: &str,
    on: bool,
) -> Result<(), ChatError> {
    use hallway_protocol::ErrorCode;
    let result = match on {
        true => client.add_message_reaction(message, sign).await,
        false => client.remove_message_reaction(message, sign).await,
    };
    match result {
        Err(error) if on && error.code == ErrorCode::ReactionExists => Ok(()),
        Err(error) if !on && error.code == ErrorCode::ReactionUnknown => Ok(()),
        result => result.map(drop),
    }
}
