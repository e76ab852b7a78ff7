//! One's own avatar: its menu, and do-not-disturb (CONV-73) with a crescent and when it ends.

use std::time::Duration;

use hallway_client::do_not_disturb::{self, Silence, Wish};
use hallway_protocol::conversation::AllReceiveMessageOpt;
use iced::widget::tooltip::Position;
use iced::widget::{column, container, stack};
use iced::{Alignment, Point};

use super::call::Call;
use super::effect::Effect;
use super::view::keys;
use super::{About, Action, Chats, Message};
use crate::theme::style;
use crate::theme::tokens::{SMALL, size, space as gap};
use crate::widget::Element;
use crate::widget::avatar::avatar;
use crate::widget::bits::label;
use crate::widget::button::custom;
use crate::widget::icon::{Icon, icon};
use crate::widget::menu::{Entry, Item};
use crate::{fl, keymap};

/// The own avatar.
const FACE: f32 = 36.0;
/// The hour of the next day at which "until tomorrow" ends.
const MORNING: u32 = 8;

impl Chats {
    /// Do-not-disturb is set, elsewhere or here.
    pub(super) fn set_quiet(&mut self, opt: AllReceiveMessageOpt) -> Vec<Effect> {
        self.quiet = opt;
        self.quiet_waits += 1;
        self.wait_for_quiet()
    }

    /// The crescent comes and goes at its time.
    pub(super) fn quiet_changed(&mut self, wait: u64) -> Vec<Effect> {
        if wait == self.quiet_waits { self.wait_for_quiet() } else { Vec::new() }
    }

    fn wait_for_quiet(&self) -> Vec<Effect> {
        let now = self.context.clock.now();
        let next = do_not_disturb::next_change(&self.quiet, now);
        let wait = next.map(|at| Duration::from_secs(at.saturating_sub(now).max(1).unsigned_abs()));
        wait.map(|wait| Effect::after(wait, Message::QuietChanged(self.quiet_waits))).into_iter().collect()
    }

    fn silence(&self) -> Option<Silence> {
        do_not_disturb::silence(&self.quiet, self.context.clock.now())
    }

    /// `Do not disturb until 14:00`.
    fn quiet_words(&self) -> Option<String> {
        let clock = self.context.clock;
        Some(match self.silence()? {
            Silence::ForEver => fl!("quiet-on"),
            Silence::Until(end) => {
                let time = clock.time_of_day(end);
                match (clock.day(end) - clock.day(clock.now())).num_days() {
                    0 => fl!("quiet-until", time = time),
                    1 => fl!("quiet-until-tomorrow", time = time),
                    _ => fl!("quiet-until", time = clock.full(end)),
                }
            }
        })
    }

    /// The button that opens the menu: the avatar, with a crescent while nothing disturbs. `below` says whether there is
    /// room for the time under it.
    pub(super) fn me_button<'a>(&'a self, below: bool, tip: Position) -> Element<'a, Message> {
        let me = &self.context.me;
        let face = avatar(me.user_id.as_str(), me.display_name()).size(FACE);
        let quiet = self.quiet_words();
        let mut about = fl!("rail-me", name = me.display_name(), workspace = self.context.workspace.as_str());
        let face: Element<'a, Message> = match &quiet {
            None => face.into(),
            Some(words) => {
                about = format!("{about} · {words}");
                let moon =
                    container(icon(Icon::Moon).size(size::ICON_SMALL)).padding(1.0).style(style::crescent);
                stack![face, container(moon).align_right(FACE).align_bottom(FACE)].into()
            }
        };
        let button = custom(face, me.display_name())
            .tip(about)
            .tip_position(tip)
            .on_press_at(|bounds| Message::Menu(About::Me, Point::new(bounds.x, bounds.y + bounds.height)));
        match self.silence() {
            Some(Silence::Until(end)) if below => {
                let until = label(self.context.clock.time_of_day(end), SMALL).style(style::muted);
                column![button, until].spacing(gap::XXS).align_x(Alignment::Center).into()
            }
            _ => button.into(),
        }
    }

    /// The menu of the own avatar.
    pub(super) fn me_menu(&self) -> Vec<Entry<Message>> {
        let mut entries = vec![Entry::Heading(self.context.me.display_name().to_owned())];
        if self.context.limits.do_not_disturb {
            if let Some(words) = self.quiet_words() {
                let end = Message::Set(Call::SetDoNotDisturb(None));
                entries.push(Item::new(fl!("quiet-off"), end).icon(Icon::Bell).into());
                entries.push(Item::submenu(words, self.quiet_menu()).icon(Icon::Moon).checked(true).into());
            } else {
                entries.push(Item::submenu(fl!("quiet"), self.quiet_menu()).icon(Icon::Moon).into());
            }
            entries.push(Entry::Separator);
        }
        let settings = Item::new(fl!("settings"), Message::Do(Action::Settings)).icon(Icon::Settings);
        entries.push(settings.keys(keys(keymap::Action::Settings)).into());
        entries
    }

    fn quiet_menu(&self) -> Vec<Entry<Message>> {
        let clock = self.context.clock;
        let (start_hour, start_minute, start_second) = clock.clock_time();
        let from_now = |duration, is_repeated| {
            let wish = Wish { start_hour, start_minute, start_second, duration, is_repeated };
            Message::Set(Call::SetDoNotDisturb(Some(wish)))
        };
        let morning = clock.tomorrow_at(MORNING);
        let tomorrow = fl!("quiet-tomorrow", time = clock.time_of_day(morning));
        vec![
            Item::new(fl!("quiet-half-hour"), from_now(1800, false)).into(),
            Item::new(fl!("quiet-hour"), from_now(3600, false)).into(),
            Item::new(tomorrow, from_now(morning.saturating_sub(clock.now()), false)).into(),
            Item::new(fl!("quiet-for-ever"), from_now(86_400, true)).into(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::harness::{named, role};
    use crate::screen::chats::sample;
    use crate::screen::chats::stage::{Drive, Screen, Stage, World};
    use crate::widget::access::Role;

    fn choose(screen: &mut Screen, names: &[&str]) {
        screen.click(role(Role::Button, "Anna"));
        names.iter().for_each(|name| screen.click(named(*name)));
    }

    /// CONV-73, CONV-74: set and ended from the menu of the own avatar, which says until when, and no longer than that.
    #[test]
    fn the_menu_of_the_own_avatar_keeps_everything_quiet() {
        for size in [(1100.0, 760.0), (420.0, 760.0)] {
            let mut screen = Stage::new(World::new(), None, size);
            let now = Clock::fixed(sample::NOW, 0);
            choose(&mut screen, &["Do not disturb", "For 1 hour"]);
            let asked = screen.last_call(|call| matches!(call, Call::SetDoNotDisturb(_)));
            let (start_hour, start_minute, start_second) = now.clock_time();
            let wish = Wish { start_hour, start_minute, start_second, duration: 3600, is_repeated: false };
            assert_eq!(asked, Some(Call::SetDoNotDisturb(Some(wish))));
            let until = format!("Do not disturb until {}", now.time_of_day(sample::NOW + 3600));
            screen.click(role(Role::Button, "Anna"));
            assert!(screen.has_text(&until));
            screen.message(Message::CloseMenu);

            // It ends by itself.
            screen.state.chats.set_clock(Clock::fixed(sample::NOW + 3600, 0));
            screen.pass(Duration::from_secs(3600));
            screen.click(role(Role::Button, "Anna"));
            assert!(!screen.has_text(&until));
            screen.message(Message::CloseMenu);

            choose(&mut screen, &["Do not disturb", "Until I turn it off"]);
            choose(&mut screen, &["Turn off do not disturb"]);
            assert_eq!(
                screen.last_call(|call| matches!(call, Call::SetDoNotDisturb(_))),
                Some(Call::SetDoNotDisturb(None))
            );
            assert!(screen.state.chats.silence().is_none());
        }
    }
}
