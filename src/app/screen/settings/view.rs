//! How the settings look: pages on the left, content at most 640 px wide; in a narrow window the pages stand
//! above the content.

use iced::widget::{column, container, row, space, text};
use iced::{Alignment, Length};

use hallway_client::LogLevel;
use hallway_client::protocol::session::Instance;

use super::{Context, Message, Page, Settings};
use crate::fl;
use crate::i18n::Language;
use crate::notice::Choice;
use crate::notice::desk::SUPPORTED;
use crate::profile::Renderer;
use crate::theme::tokens::{BODY, PREVIEW, SMALL, ZOOM, size, space as gap};
use crate::theme::{self, font, style};
use crate::widget::bits::{hairline, hairline_vertical, label, logo, page_title, scroll, section, title};
use crate::widget::button::{Kind, button, icon_button};
use crate::widget::field::field;
use crate::widget::icon::{Icon, icon};
use crate::widget::row::list_row;
use crate::widget::toggle::toggle;
use crate::widget::{Column, Element};

/// The safe button of the question whether to sign out.
pub const STAY: &str = "settings-stay";

const CONTENT: f32 = 640.0;
const PAGES: f32 = 220.0;
/// Below this width the pages stand above the content.
const NARROW: f32 = 700.0;

impl Page {
    fn name(self) -> String {
        match self {
            Self::Appearance => fl!("settings-appearance"),
            Self::Notices => fl!("settings-notices"),
            Self::Account => fl!("settings-account"),
            Self::Devices => fl!("settings-devices"),
            Self::Invite => fl!("settings-invite"),
            Self::About => fl!("settings-about"),
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Appearance => Icon::Palette,
            Self::Notices => Icon::Bell,
            Self::Account => Icon::User,
            Self::Devices => Icon::Computer,
            Self::Invite => Icon::UserPlus,
            Self::About => Icon::Info,
        }
    }
}

impl Settings {
    /// The screen.
    pub fn view<'a>(&'a self, context: &'a Context) -> Element<'a, Message> {
        let head = row![
            icon_button(Icon::Back, fl!("settings-close")).shortcut("Esc").on_press(Message::Close),
            page_title(fl!("settings-title")),
        ]
        .spacing(gap::S)
        .align_y(Alignment::Center)
        .height(size::HEADER)
        .padding([0.0, gap::M]);
        let page = container(self.page(context).spacing(gap::L).max_width(CONTENT)).padding(gap::XL);
        let page = scroll(page.width(Length::Fill)).height(Length::Fill);
        let body: Element<'a, Message> = if context.width < NARROW {
            let tabs = row(Page::ALL.map(|page| {
                icon_button(page.icon(), page.name())
                    .selected(page == self.page)
                    .on_press(Message::Page(page))
                    .into()
            }));
            column![container(tabs.spacing(gap::S)).padding([gap::S, gap::L]), hairline(), page].into()
        } else {
            let pages = column(Page::ALL.map(|page| self.tab(page))).spacing(gap::XXS).width(PAGES);
            row![container(pages).padding(gap::M), hairline_vertical(), page].into()
        };
        column![head, hairline(), body].into()
    }

    fn tab(&self, page: Page) -> Element<'_, Message> {
        let content = row![icon(page.icon()).size(size::ICON), label(page.name(), BODY)]
            .spacing(gap::M)
            .align_y(Alignment::Center)
            .height(size::TARGET_MAIN);
        list_row(content, page.name()).selected(page == self.page).on_press(Message::Page(page)).into()
    }

    fn page<'a>(&'a self, context: &'a Context) -> Column<'a, Message> {
        let content = match self.page {
            Page::Appearance => appearance(context),
            Page::Notices => notices(context),
            Page::Account => self.account(context),
            Page::Devices => self.devices(context),
            Page::Invite => self.invite(context),
            Page::About => about(context),
        };
        let said = self.said.as_ref().map(|said| {
            row![icon(Icon::Check).size(size::ICON_SMALL), label(said.as_str(), SMALL).style(style::success)]
                .spacing(gap::S)
                .align_y(Alignment::Center)
        });
        content.push(said)
    }

    fn account<'a>(&'a self, context: &'a Context) -> Column<'a, Message> {
        let editing = self.nick.as_ref();
        let nick = editing.map_or(context.me.nick.as_str(), |editing| editing.text.as_str());
        let changed = editing.is_some_and(|editing| editing.text.trim() != context.me.nick);
        let name = row![
            container(
                field(fl!("welcome-nick"), nick, Message::Nick)
                    .id("settings-nick")
                    .error(editing.and_then(|editing| editing.problem.as_deref()))
                    .on_submit(Message::SaveNick)
            )
            .width(Length::Fill),
            button(fl!("settings-save")).on_press_maybe((changed && !self.busy).then_some(Message::SaveNick)),
        ]
        .spacing(gap::S)
        .align_y(Alignment::End);
        let ready = !self.busy && !self.password.old.is_empty() && !self.password.new.is_empty();
        let password = column![
            section(fl!("settings-password")),
            field(fl!("settings-password-old"), self.password.old.as_str(), Message::OldPassword).password(),
            field(fl!("settings-password-new"), self.password.new.as_str(), Message::NewPassword)
                .password()
                .error(self.password.problem.as_deref())
                .hint(fl!("settings-password-about"))
                .on_submit(Message::SavePassword),
            button(fl!("settings-password-action")).on_press_maybe(ready.then_some(Message::SavePassword)),
        ]
        .spacing(gap::M);
        // The server inside this app is reached without a way.
        let proxy = (!context.hosted).then(|| column![self.proxy(context), hairline()].spacing(gap::L));
        column![
            title(fl!("settings-account")),
            pair(fl!("welcome-user-id"), context.me.user_id.to_string()),
            name,
            hairline(),
            password,
            hairline(),
        ]
        .push(proxy)
        .push(self.sign_out())
    }

    fn proxy<'a>(&'a self, context: &'a Context) -> Element<'a, Message> {
        let editing = self.proxy.as_ref();
        let known = context.proxy.as_deref().unwrap_or_default();
        let text = editing.map_or(known, |editing| editing.text.as_str());
        let changed = text.trim() != known;
        let line = field(fl!("welcome-proxy"), text, Message::Proxy)
            .placeholder(fl!("welcome-proxy-placeholder"))
            .error(editing.and_then(|editing| editing.problem.as_deref()))
            .hint(fl!("settings-proxy-about"))
            .on_submit(Message::SaveProxy);
        column![
            section(fl!("settings-connection")),
            line,
            button(fl!("settings-save")).on_press_maybe(changed.then_some(Message::SaveProxy)),
        ]
        .spacing(gap::M)
        .into()
    }

    fn sign_out(&self) -> Element<'_, Message> {
        if !self.confirm_sign_out {
            return button(fl!("settings-sign-out"))
                .icon(Icon::Logout)
                .on_press(Message::SignOut(false))
                .into();
        }
        let buttons = row![
            button(fl!("settings-stay")).id(STAY).on_press(Message::StaySignedIn),
            button(fl!("settings-sign-out")).kind(Kind::Danger).on_press(Message::SignOut(true)),
        ]
        .spacing(gap::S);
        container(column![label(fl!("settings-sign-out-about"), BODY), buttons].spacing(gap::M))
            .padding(gap::L)
            .width(Length::Fill)
            .style(style::danger_card)
            .into()
    }

    fn devices<'a>(&'a self, context: &'a Context) -> Column<'a, Message> {
        let head = column![
            title(fl!("settings-devices")),
            label(fl!("settings-devices-about"), PREVIEW).style(style::secondary),
        ]
        .spacing(gap::XS);
        let page = column![head];
        match &self.devices {
            None => page.push(label(fl!("settings-loading"), BODY).style(style::muted)),
            Some(Err(problem)) => page
                .push(label(problem.as_str(), BODY).style(style::danger))
                .push(button(fl!("settings-retry")).on_press(Message::Page(Page::Devices))),
            Some(Ok(devices)) => page.extend(devices.iter().map(|device| self.device(device, context))),
        }
    }

    fn device<'a>(&'a self, device: &'a Instance, context: &'a Context) -> Element<'a, Message> {
        let name = if device.info.host_name.is_empty() {
            fl!("settings-device-unnamed")
        } else {
            device.info.host_name.clone()
        };
        let state = if device.is_current {
            fl!("settings-device-this")
        } else if device.is_online {
            fl!("settings-device-online")
        } else {
            fl!("settings-device-seen", time = context.clock.short(device.last_seen))
        };
        let words = column![
            label(name.clone(), BODY).font(font::MEDIUM),
            label(format!("{} · {state}", device.info.client_version), SMALL).style(style::muted),
        ]
        .spacing(gap::XXS)
        .width(Length::Fill);
        let end = (!device.is_current).then(|| {
            let message = Message::End(device.info.instance_id.clone());
            button(fl!("settings-device-end"))
                .small()
                .on_press_maybe(self.ending.is_none().then_some(message))
        });
        let line = row![icon(Icon::Computer), words].push(end).spacing(gap::M).align_y(Alignment::Center);
        container(line).padding(gap::M).width(Length::Fill).style(style::card).into()
    }

    fn invite<'a>(&'a self, context: &'a Context) -> Column<'a, Message> {
        let page = column![
            title(fl!("settings-invite")),
            label(fl!("settings-invite-about", workspace = context.workspace.clone()), PREVIEW)
                .style(style::secondary),
        ]
        .push(context.me.is_admin.then(|| {
            Element::from(
                toggle(fl!("settings-invite-admin"), self.invite_admin, Message::InviteAdmin)
                    .about(fl!("settings-invite-admin-about")),
            )
        }))
        .push(
            button(fl!("settings-invite-action"))
                .kind(Kind::Primary)
                .icon(Icon::Link)
                .id("settings-invite")
                .on_press_maybe((!self.busy).then_some(Message::Invite)),
        )
        .push(self.invite_problem.as_ref().map(|problem| label(problem.as_str(), BODY).style(style::danger)));
        let Some(invite) = &self.invite else { return page };
        let link = text(invite.link.as_str()).size(PREVIEW.size).font(font::MONO);
        let link = container(link.wrapping(text::Wrapping::Glyph))
            .padding(gap::M)
            .width(Length::Fill)
            .style(style::inset);
        let expires = fl!("settings-invite-expires", time = context.clock.full(invite.expires));
        page.push(link).push(
            row![
                button(fl!("settings-invite-copy"))
                    .icon(Icon::Copy)
                    .id("settings-invite-copy")
                    .on_press(Message::Copy(invite.link.clone())),
                label(expires, SMALL).style(style::muted),
            ]
            .spacing(gap::M)
            .align_y(Alignment::Center),
        )
    }
}

fn appearance<'a>(context: &'a Context) -> Column<'a, Message> {
    let look = |choice| match choice {
        theme::Choice::System => (Icon::Computer, fl!("settings-theme-system")),
        theme::Choice::Light => (Icon::Sun, fl!("settings-theme-light")),
        theme::Choice::Dark => (Icon::Moon, fl!("settings-theme-dark")),
        theme::Choice::HighContrast => (Icon::Contrast, fl!("settings-theme-contrast")),
    };
    let themes = row(theme::Choice::ALL.map(|choice| {
        let (picture, name) = look(choice);
        button(name).icon(picture).selected(context.theme == choice).on_press(Message::Theme(choice)).into()
    }));
    let system = button(fl!("settings-language-system"))
        .selected(context.language.is_none())
        .on_press(Message::Language(None));
    let languages = row![system].extend(Language::ALL.map(|language| {
        button(language.own_name())
            .selected(context.language == Some(language))
            .on_press(Message::Language(Some(language)))
            .into()
    }));
    let step = |by: f32| {
        let zoom = ((context.zoom + by) * 10.0).round() / 10.0;
        (ZOOM.0..=ZOOM.2).contains(&zoom).then_some(Message::Zoom(zoom))
    };
    #[allow(clippy::cast_possible_truncation, reason = "0.8 to 2.0 is 80 to 200")]
    let percent = format!("{} %", (context.zoom * 100.0).round() as i32);
    let zoom = row![
        button("−").shortcut("Ctrl −").on_press_maybe(step(-0.1)),
        label(percent, BODY).width(size::ROW).align_x(Alignment::Center),
        button("+").shortcut("Ctrl +").on_press_maybe(step(0.1)),
        button(fl!("settings-zoom-reset"))
            .kind(Kind::Link)
            .on_press_maybe((context.zoom != ZOOM.1).then_some(Message::Zoom(ZOOM.1))),
    ]
    .spacing(gap::S)
    .align_y(Alignment::Center);
    let page = column![
        title(fl!("settings-appearance")),
        part(fl!("settings-theme"), themes.spacing(gap::S).wrap().vertical_spacing(gap::S)),
        part(fl!("settings-language"), languages.spacing(gap::S).wrap().vertical_spacing(gap::S)),
        part(fl!("settings-zoom"), zoom),
    ];
    if !cfg!(feature = "gpu") {
        return page;
    }
    let software = context.renderer == Renderer::Software;
    page.push(
        toggle(fl!("settings-software"), software, |on| {
            Message::Renderer(if on { Renderer::Software } else { Renderer::Automatic })
        })
        .about(fl!("settings-software-about")),
    )
}

fn notices<'a>(context: &'a Context) -> Column<'a, Message> {
    let page = column![title(fl!("settings-notices"))];
    if !SUPPORTED {
        return page.push(label(fl!("settings-notices-unsupported"), PREVIEW).style(style::secondary));
    }
    let choice = context.notices;
    let enabled = toggle(fl!("settings-notices-enabled"), choice.enabled, move |enabled| {
        Message::Notices(Choice { enabled, ..choice })
    });
    let previews = toggle(fl!("settings-notices-previews"), choice.previews, move |previews| {
        Message::Notices(Choice { previews, ..choice })
    });
    page.push(enabled.about(fl!("settings-notices-about")))
        .push(choice.enabled.then(|| Element::from(previews.about(fl!("settings-notices-previews-about")))))
}

fn about<'a>(context: &'a Context) -> Column<'a, Message> {
    let hosted = if context.hosted { fl!("settings-hosted") } else { fl!("settings-not-hosted") };
    column![
        row![
            logo(size::ICON_EMPTY),
            column![
                title(fl!("app-name")),
                label(fl!("settings-version", version = env!("CARGO_PKG_VERSION")), PREVIEW)
                    .style(style::secondary)
            ]
        ]
        .spacing(gap::M)
        .align_y(Alignment::Center),
        pair(fl!("settings-workspace"), context.workspace.clone()),
        pair(fl!("settings-server"), context.address.clone()),
        label(hosted, PREVIEW).style(style::secondary),
        hairline(),
        log(context),
    ]
}

fn log<'a>(context: &'a Context) -> Element<'a, Message> {
    let name = |level| match level {
        LogLevel::Everything => fl!("settings-log-everything"),
        LogLevel::Key => fl!("settings-log-key"),
        LogLevel::Warnings => fl!("settings-log-warnings"),
        LogLevel::Errors => fl!("settings-log-errors"),
        LogLevel::Silent => fl!("settings-log-silent"),
    };
    let levels = row(LogLevel::ALL.map(|level| {
        button(name(level)).selected(context.log == level).on_press(Message::Log(level)).into()
    }));
    let levels = levels.spacing(gap::S).wrap().vertical_spacing(gap::S);
    let about = label(fl!("settings-log-about"), SMALL).style(style::muted);
    part(fl!("settings-log"), column![levels, about].spacing(gap::S))
}

fn part<'a>(name: String, content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    column![section(name), content.into()].spacing(gap::S).into()
}

fn pair<'a>(name: String, value: String) -> Element<'a, Message> {
    let copy = icon_button(Icon::Copy, fl!("settings-copy")).small().on_press(Message::Copy(value.clone()));
    let value = row![label(value, BODY), copy, space()].spacing(gap::S).align_y(Alignment::Center);
    column![section(name), value].spacing(gap::XXS).into()
}
