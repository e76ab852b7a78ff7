//! How the way in looks: one card in the middle, the same at every width.

use iced::widget::{center, column, container, row, space, text};
use iced::{Alignment, Length};

use super::form::Field;
use super::{Busy, Found, Message, Step, Welcome};
use crate::fl;
use crate::theme::tokens::{BODY, PREVIEW, SMALL, size, space as gap};
use crate::theme::{font, style};
use crate::widget::bits::{label, logo, page_title, scroll, title};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::field::field;
use crate::widget::icon::{Icon, icon};
use crate::widget::row::list_row;
use crate::widget::toggle::toggle;
use crate::widget::{Column, Element};

/// The id of the first choice.
pub const START: &str = "welcome-start";
/// The id of the main button.
pub const SUBMIT: &str = "welcome-submit";

const WIDTH: f32 = 440.0;
const LOGO: f32 = 64.0;

impl Welcome {
    /// The page.
    pub fn view(&self) -> Element<'_, Message> {
        let card = match &self.step {
            Step::Choose => self.choose(),
            Step::Start => self.start(),
            Step::Find => self.find(),
            Step::Join(found) => self.join(found),
            Step::SignIn(found) => self.sign_in(found),
            Step::Trust(found) => self.trust(found),
            Step::Passphrase { then, is_new } => self.passphrase(*is_new, &then.account.workspace),
        };
        let card = container(card.spacing(gap::L).max_width(WIDTH)).padding(gap::XL).center_x(Length::Fill);
        center(scroll(card).width(Length::Fill)).into()
    }

    fn choose(&self) -> Column<'_, Message> {
        let head = column![
            logo(LOGO),
            page_title(fl!("welcome-title")),
            label(fl!("welcome-subtitle"), BODY).style(style::secondary).align_x(Alignment::Center),
        ]
        .spacing(gap::S)
        .width(Length::Fill)
        .align_x(Alignment::Center);
        let start = self.can_host.then(|| {
            choice(Icon::Server, fl!("welcome-start"), fl!("welcome-start-about"), Message::Start, START)
        });
        column![head, space().height(gap::S)].push(start).push(choice(
            Icon::SignIn,
            fl!("welcome-join"),
            fl!("welcome-join-about"),
            Message::Find,
            "welcome-join",
        ))
    }

    fn start(&self) -> Column<'_, Message> {
        let network = toggle(fl!("welcome-network"), self.form.network, Message::Network)
            .about(fl!("welcome-network-about"));
        self.page(fl!("welcome-start-title"), true)
            .push(
                self.input(Field::Workspace, fl!("welcome-workspace"))
                    .placeholder(fl!("welcome-workspace-default")),
            )
            .push(self.input(Field::Nick, fl!("welcome-nick")))
            .push(self.input(Field::UserId, fl!("welcome-user-id")).hint(fl!("welcome-user-id-about")))
            .push(self.input(Field::Password, fl!("welcome-password")).password())
            .push(network)
            .push(self.end(fl!("welcome-start-action"), None))
    }

    fn find(&self) -> Column<'_, Message> {
        let is_shown = self.form.proxy.is_some();
        let proxy = is_shown.then(|| {
            self.input(Field::Proxy, fl!("welcome-proxy")).placeholder(fl!("welcome-proxy-placeholder"))
        });
        let more = (!is_shown).then(|| link(fl!("welcome-proxy-use"), Message::Proxy));
        self.page(fl!("welcome-find-title"), true)
            .push(self.input(Field::Link, fl!("welcome-link")).placeholder(fl!("welcome-link-placeholder")))
            .push(proxy)
            .push(self.end(fl!("welcome-find-action"), more))
    }

    fn join(&self, found: &Found) -> Column<'_, Message> {
        let other = link(fl!("welcome-has-account"), Message::HasAccount(true));
        self.page(fl!("welcome-join-title", workspace = found.workspace.clone()), true)
            .push(server_line(found))
            .push(self.input(Field::Nick, fl!("welcome-nick")))
            .push(self.input(Field::UserId, fl!("welcome-user-id")).hint(fl!("welcome-user-id-about")))
            .push(self.input(Field::Password, fl!("welcome-password")).password())
            .push(self.end(fl!("welcome-join-action"), Some(other)))
    }

    fn sign_in(&self, found: &Found) -> Column<'_, Message> {
        let other =
            found.token.is_some().then(|| link(fl!("welcome-has-invite"), Message::HasAccount(false)));
        self.page(fl!("welcome-sign-in-title", workspace = found.workspace.clone()), true)
            .push(server_line(found))
            .push(self.input(Field::UserId, fl!("welcome-user-id")))
            .push(self.input(Field::Password, fl!("welcome-password")).password())
            .push(self.end(fl!("welcome-sign-in-action"), other))
    }

    fn trust<'a>(&'a self, found: &'a Found) -> Column<'a, Message> {
        let about = fl!("welcome-trust-about", address = found.server.address.clone());
        let print = found.server.pin.as_deref().map(fingerprint).unwrap_or_default();
        let print = container(text(print).size(PREVIEW.size).font(font::MONO))
            .padding(gap::M)
            .width(Length::Fill)
            .style(style::inset);
        self.page(fl!("welcome-trust-title"), true)
            .push(label(about, BODY).style(style::secondary))
            .push(print)
            .push(self.end(fl!("welcome-trust-action"), None))
    }

    fn passphrase(&self, is_new: bool, workspace: &str) -> Column<'_, Message> {
        let (heading, about, action) = if is_new {
            (
                fl!("welcome-passphrase-new-title"),
                fl!("welcome-passphrase-new-about"),
                fl!("welcome-passphrase-new-action"),
            )
        } else {
            (
                fl!("welcome-passphrase-title"),
                fl!("welcome-passphrase-about"),
                fl!("welcome-passphrase-action"),
            )
        };
        let mut page = self.page(heading, is_new);
        if !is_new && !workspace.is_empty() {
            page = page.push(label(workspace.to_owned(), BODY).font(font::MEDIUM));
        }
        page.push(label(about, BODY).style(style::secondary))
            .push(self.input(Field::Passphrase, fl!("welcome-passphrase")).password())
            .push(is_new.then(|| {
                Element::from(self.input(Field::Repeat, fl!("welcome-passphrase-repeat")).password())
            }))
            .push(self.end(action, None))
    }

    /// Title, way back, and what was said before the form.
    fn page(&self, heading: String, has_back: bool) -> Column<'_, Message> {
        let back = has_back.then(|| {
            icon_button(Icon::Back, fl!("welcome-back"))
                .on_press_maybe(self.idle(Message::Back))
                .id("welcome-back")
        });
        let head = row![].push(back).push(page_title(heading)).spacing(gap::S).align_y(Alignment::Center);
        let notice = self.notice.as_ref().map(|notice| {
            container(label(notice.as_str(), BODY))
                .padding([gap::S, gap::M])
                .width(Length::Fill)
                .style(style::warning_card)
        });
        column![head].push(notice)
    }

    fn input(&self, which: Field, name: String) -> crate::widget::field::Field<'_, Message> {
        let error = self
            .problem
            .as_ref()
            .filter(|problem| problem.field == Some(which))
            .map(|problem| problem.text.as_str());
        field(name, self.form.get(which), move |text| Message::Input(which, text))
            .id(which.id())
            .error(error)
            .enabled(self.busy.is_none())
            .on_submit(Message::Submit)
    }

    /// What is wrong with the form as a whole, the other way, the main button.
    fn end<'a>(&'a self, action: String, other: Option<Element<'a, Message>>) -> Element<'a, Message> {
        let problem = self.problem.as_ref().filter(|problem| problem.field.is_none()).map(|problem| {
            container(label(problem.text.as_str(), PREVIEW).style(style::danger))
                .padding([gap::S, gap::M])
                .width(Length::Fill)
                .style(style::danger_card)
        });
        let words = match self.busy {
            None => action,
            Some(Busy::Starting) => fl!("welcome-busy-starting"),
            Some(Busy::Looking) => fl!("welcome-busy-looking"),
            Some(Busy::Entering) => fl!("welcome-busy-entering"),
        };
        let main =
            button(words).kind(Kind::Primary).id(SUBMIT).on_press_maybe(self.idle(Message::Submit)).fill();
        column![].push(problem).push(main).push(other).spacing(gap::M).align_x(Alignment::Center).into()
    }

    fn idle(&self, message: Message) -> Option<Message> {
        self.busy.is_none().then_some(message)
    }
}

fn choice<'a>(
    picture: Icon,
    heading: String,
    about: String,
    message: Message,
    id: &'static str,
) -> Element<'a, Message> {
    let words = column![title(heading.clone()), label(about, PREVIEW).style(style::secondary)]
        .spacing(gap::XXS)
        .width(Length::Fill);
    let content = row![
        icon(picture).size(size::ICON_EMPTY / 2.0).color(|p| p.link),
        words,
        icon(Icon::ChevronRight).color(|p| p.text_3)
    ]
    .spacing(gap::L)
    .align_y(Alignment::Center);
    let row = list_row(content, heading).padding(gap::M).id(id).on_press(message);
    container(row).padding(gap::XS).style(style::card).into()
}

fn link<'a>(words: String, message: Message) -> Element<'a, Message> {
    button(words).kind(Kind::Link).on_press(message).into()
}

fn server_line<'a>(found: &Found) -> Element<'a, Message> {
    let words = fl!("welcome-server", address = found.server.address.clone());
    row![icon(Icon::Server).size(size::ICON_SMALL), label(words, SMALL).style(style::muted)]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .into()
}

/// A fingerprint in groups a person can compare.
fn fingerprint(hex: &str) -> String {
    let mut out = String::new();
    for (place, c) in hex.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            out.push(' ');
        }
        out.push(c.to_ascii_uppercase());
    }
    out
}
