//! Draws every widget in every appearance and language, to be looked at: `target/shots/gallery-*.png`.
//!
//! What can be checked without eyes is checked: the page is drawn (many colours), and texts about 40 %
//! longer clip nothing that has room to give.

use std::path::PathBuf;

use hallway_app::harness::{Harness, named};
use hallway_app::i18n::{self, Language};
use hallway_app::text::rich::{Mark, Rich};
use hallway_app::theme::tokens::{BODY, META, PREVIEW, SMALL, size, space};
use hallway_app::theme::{Appearance, Theme, font, style};
use hallway_app::widget::Element;
use hallway_app::widget::avatar::{Presence, avatar};
use hallway_app::widget::badge::{Unread, badge};
use hallway_app::widget::bits::{
    banner, empty, hairline, hairline_vertical, label, page_title, pill, section, skeleton_row, tip,
    unread_divider,
};
use hallway_app::widget::button::{Kind, button, icon_button};
use hallway_app::widget::composer::{Editor, composer};
use hallway_app::widget::dialog::{Confirm, confirm};
use hallway_app::widget::field::{field, search};
use hallway_app::widget::icon::{Icon, icon};
use hallway_app::widget::layers::layers;
use hallway_app::widget::menu::{self, Entry, Item};
use hallway_app::widget::one_line::one_line;
use hallway_app::widget::row::{list_row, message_row};
use hallway_app::widget::select_text::{Selection, select_area, select_text};
use hallway_app::widget::toast::Toasts;
use hallway_app::widget::virtual_list::{Stick, VirtualList};
use hallway_protocol::text::links;
use iced::widget::{column, container, progress_bar, row, rule, space as gap, text};
use iced::window::RedrawRequest;
use iced::{Alignment, Length, Point, Task};

#[derive(Clone, Debug)]
enum Message {
    Nothing,
}

fn nothing<T>(_: T) -> Message {
    Message::Nothing
}

#[derive(Clone, Copy, PartialEq)]
enum Above {
    Nothing,
    Menu,
    Dialog,
}

struct Page {
    theme: Theme,
    chinese: bool,
    above: Above,
    editor: Editor,
    toasts: Toasts<Message>,
    selection: Option<Selection<usize>>,
}

impl Page {
    fn new(appearance: Appearance, chinese: bool) -> Self {
        let mut toasts = Toasts::default();
        let words = if chinese { ("已删除会话", "撤销") } else { ("Conversation deleted", "Undo") };
        drop(toasts.push(words.0, Some((words.1.to_owned(), Message::Nothing))));
        Self {
            theme: Theme::new(appearance),
            chinese,
            above: Above::Nothing,
            editor: Editor::with_text(if chinese {
                "收到，马上处理 👍🏽"
            } else {
                "On it 👍🏽 1️⃣"
            }),
            toasts,
            selection: Some(Selection { anchor: (1, 4), head: (2, 12) }),
        }
    }

    fn say(&self, english: &'static str, chinese: &'static str) -> &'static str {
        if self.chinese { chinese } else { english }
    }

    fn update(&mut self, _: Message) -> Task<Message> {
        Task::none()
    }

    fn view(&self) -> Element<'_, Message> {
        let page = row![
            self.rail(),
            container(self.list()).width(300).height(Length::Fill).style(style::list),
            hairline_vertical(),
            container(self.timeline()).width(Length::Fill).height(Length::Fill).style(style::background),
            hairline_vertical(),
            container(self.controls())
                .width(360)
                .height(Length::Fill)
                .padding(space::L)
                .style(style::background),
        ];
        let layered = layers(page);
        match self.above {
            Above::Nothing => layered.push_maybe(self.toasts.layer()),
            Above::Menu => layered.push(menu::layer(Point::new(520.0, 120.0), Message::Nothing, self.menu())),
            Above::Dialog => layered.push(confirm(Confirm {
                title: self.say("Delete 3 messages?", "删除 3 条消息？").into(),
                text: self
                    .say(
                        "They disappear for you on all your devices. Others keep them.",
                        "这些消息将从你的所有设备上消失，其他人仍可看到。",
                    )
                    .into(),
                action: self.say("Delete 3 messages", "删除 3 条消息").into(),
                on_confirm: Message::Nothing,
                cancel: self.say("Cancel", "取消").into(),
                on_cancel: Message::Nothing,
                danger: true,
            })),
        }
        .into()
    }

    fn rail(&self) -> Element<'_, Message> {
        let tabs = [(Icon::Chat, true), (Icon::Contacts, false), (Icon::Search, false)];
        let tabs = tabs.map(|(picture, selected)| {
            icon_button(picture, format!("{picture:?}")).selected(selected).on_press(Message::Nothing).into()
        });
        container(
            column![
                iced::widget::Column::with_children(tabs).spacing(space::S),
                gap::vertical(),
                icon_button(Icon::Settings, "Settings").shortcut("Ctrl+,").on_press(Message::Nothing),
                avatar("me", "Mia Lang").size(36.0).presence(Presence::Online, |p| p.rail),
            ]
            .spacing(space::M)
            .align_x(Alignment::Center),
        )
        .width(size::RAIL)
        .height(Length::Fill)
        .padding([space::L, space::M])
        .style(style::rail)
        .into()
    }

    fn conversation(&self, i: usize) -> Element<'_, Message> {
        let people = [
            ("anna", "Anna Schmidt", "安娜", Presence::Online),
            ("wang", "王小明", "王小明", Presence::Away),
            ("team", "Design team", "设计组", Presence::Offline),
            ("ben", "Ben Köhler", "李雷", Presence::Busy),
            ("zoe", "Zoë", "赵敏", Presence::Offline),
            ("ops", "Operations and on-call handover", "运维与值班交接群", Presence::Offline),
        ];
        let (id, english, chinese, presence) = people[i % people.len()];
        let name = self.say(english, chinese);
        let unread = [
            Unread { count: 3, ..Unread::default() },
            Unread::default(),
            Unread { count: 128, muted: true, ..Unread::default() },
            Unread { count: 1_204, mention: true, ..Unread::default() },
            Unread { marked: true, ..Unread::default() },
            Unread::default(),
        ][i % 6];
        let group = matches!(id, "team" | "ops");
        let selected = i == 1;
        let mut picture = avatar(id, name).square(group);
        if !group {
            picture = picture.presence(presence, move |p| if selected { p.selected } else { p.list });
        }
        let first = row![
            one_line(name).font(font::SEMIBOLD).width(Length::Fill),
            label(self.say("14:05", "14:05"), SMALL).style(style::muted),
        ]
        .spacing(space::XS)
        .align_y(Alignment::Center);
        let preview = match i % 6 {
            1 => row![
                label(self.say("[Draft]", "[草稿]"), PREVIEW).style(style::danger),
                label(self.say("I will send it", "我晚点发"), PREVIEW).style(style::secondary),
            ],
            3 => row![
                label(self.say("[@me]", "[有人@我]"), PREVIEW).style(style::danger),
                label(self.say("can you look?", "帮忙看一下"), PREVIEW).style(style::secondary),
            ],
            _ => row![
                one_line(
                    self.say("The agenda for tomorrow is 👍🏽 ready", "明天的会议议程已经准备好，请查收 👍🏽")
                )
                .step(PREVIEW)
                .color(|p| p.text_2)
                .width(Length::Fill)
            ],
        };
        let second =
            row![container(preview.spacing(space::XS)).width(Length::Fill).clip(true), badge(unread)]
                .spacing(space::S)
                .align_y(Alignment::Center);
        let content = row![picture, column![first, second].spacing(space::XXS).width(Length::Fill)]
            .spacing(space::M)
            .align_y(Alignment::Center);
        list_row(content, name)
            .height(size::ROW)
            .selected(selected)
            .on_press(Message::Nothing)
            .on_context(nothing)
            .into()
    }

    fn list(&self) -> Element<'_, Message> {
        let list = VirtualList::new(6, |i| i, |k| Some(*k), |i| self.conversation(i)).stick(Stick::Start);
        column![
            container(
                row![
                    search(self.say("Search", "搜索"), "", nothing),
                    icon_button(Icon::Plus, "New").on_press(Message::Nothing),
                ]
                .spacing(space::S)
            )
            .padding([space::M, space::M]),
            banner(
                self.say(
                    "Offline — you can read and write, messages will be sent later",
                    "离线 — 可阅读和输入，消息稍后发送"
                ),
                true,
                None
            ),
            container(list).height(390).padding([0.0, space::S]),
            skeleton_row(),
            banner(self.say("Connecting…", "正在连接…"), false, None),
        ]
        .into()
    }

    fn bubble(&self, i: usize) -> Element<'_, Message> {
        let texts = [
            self.say("Good morning, see https://hallway.example/agenda for the agenda.", "早上好，议程见 https://hallway.example/agenda。"),
            self.say("@Anna can you take the first point? 👍🏽🎉 ❤️ 1️⃣", "@安娜 第一项你来讲可以吗？👍🏽🎉 ❤️ 1️⃣"),
            self.say(
                "Sure. I will also bring the numbers from last week, and the comparison with the week before, so that we can decide.",
                "可以。我会带上上周的数据，以及与前一周的对比，方便我们当场决定。",
            ),
            "مرحبا بالعالم, שלום",
            "let x = 1;\nlet y = x + 1;",
        ];
        let own = i == 1 || i == 3;
        let body = texts[i];
        let mut rich = Rich::plain(body);
        for link in links(body) {
            rich = rich.mark(link.clone(), Mark::Link(link.start));
        }
        if i == 1 {
            let end = body.find(' ').unwrap_or(0);
            rich = rich.mark(0..end, Mark::Mention(0));
        }
        if i == 2 {
            let hit = self.say("numbers", "数据");
            let at = body.find(hit).unwrap_or(0);
            rich = rich.mark(at..at + hit.len(), Mark::Hit);
        }
        if i == 4 {
            rich = rich.mark(0..body.len(), Mark::Code);
        }
        let part = self.selection.as_ref().and_then(|s| s.part(&i, |k| Some(*k)));
        let time = label("14:05", META).style(style::muted);
        let marks: Element<'_, Message> = if own {
            row![time, icon(Icon::DoubleCheck).size(size::ICON_SMALL).color(|p| p.link)]
                .spacing(space::XXS)
                .align_y(Alignment::Center)
                .into()
        } else {
            time.into()
        };
        let words =
            select_text(i, rich, self.theme.palette()).selection(part).on_link(nothing).trailing(marks);
        let bubble =
            container(words).padding([space::S, space::M]).max_width(420).style(style::bubble(own, true));
        let who = avatar("anna", self.say("Anna Schmidt", "安娜")).size(size::AVATAR_MESSAGE);
        let line = if own {
            row![gap::horizontal(), bubble]
        } else {
            row![
                who,
                column![
                    label(self.say("Anna Schmidt", "安娜"), SMALL)
                        .font(font::SEMIBOLD)
                        .style(|theme: &Theme| text::Style { color: Some(theme.palette().names[3]) }),
                    bubble
                ]
                .spacing(space::XXS)
            ]
            .spacing(space::S)
        };
        let toolbar = || {
            container(row![
                icon_button(Icon::Smile, "React").small().on_press(Message::Nothing),
                icon_button(Icon::Reply, "Reply").small().on_press(Message::Nothing),
                icon_button(Icon::More, "More").small().on_press(Message::Nothing),
            ])
            .padding(space::XXS)
            .style(style::toolbar)
            .into()
        };
        message_row(container(line).padding([space::XS, space::L]), "message")
            .on_context(nothing)
            .extra(toolbar)
            .into()
    }

    fn timeline(&self) -> Element<'_, Message> {
        let rows = VirtualList::new(
            8,
            |i| i,
            |k| Some(*k),
            |i| match i {
                5 => tip(self.say("Anna invited Ben and 3 others", "安娜邀请了李雷等 4 人")),
                6 => unread_divider(self.say("New messages", "新消息")),
                7 => pill(self.say("Yesterday", "昨天")),
                i => self.bubble(i),
            },
        );
        let area = select_area(rows, self.selection.as_ref(), nothing);
        let header = container(
            row![
                column![
                    label(self.say("Anna Schmidt", "安娜"), BODY).font(font::SEMIBOLD),
                    label(self.say("Anna is typing…", "安娜正在输入…"), SMALL).style(style::link),
                ],
                gap::horizontal(),
                icon_button(Icon::Search, "Search").on_press(Message::Nothing),
                icon_button(Icon::Panel, "Panel").shortcut("Ctrl+.").on_press(Message::Nothing),
            ]
            .align_y(Alignment::Center),
        )
        .padding([0.0, space::L])
        .center_y(size::HEADER);
        let composer = row![
            icon_button(Icon::Plus, "Attach").on_press(Message::Nothing),
            composer(&self.editor, nothing).id("composer").placeholder("Message Anna"),
            icon_button(Icon::Smile, "Emoji").on_press(Message::Nothing),
            icon_button(Icon::Send, "Send").kind(Kind::Primary).on_press(Message::Nothing),
        ]
        .spacing(space::XS)
        .align_y(Alignment::End)
        .padding([space::S, space::M]);
        column![header, hairline(), area, hairline(), composer].into()
    }

    fn controls(&self) -> Element<'_, Message> {
        let kinds = [
            (Kind::Primary, self.say("Sign in", "登录")),
            (Kind::Secondary, self.say("Cancel", "取消")),
            (Kind::Danger, self.say("Leave", "退出")),
            (Kind::Link, self.say("Retry", "重试")),
        ];
        let enabled = kinds.map(|(kind, words)| button(words).kind(kind).on_press(Message::Nothing).into());
        let disabled = kinds.map(|(kind, words)| button(words).kind(kind).into());
        let icons: Vec<Element<'_, Message>> = Icon::ALL.iter().map(|i| icon(*i).into()).collect();
        column![
            page_title(self.say("Settings", "设置")),
            iced::widget::Row::with_children(enabled).spacing(space::S).align_y(Alignment::Center),
            iced::widget::Row::with_children(disabled).spacing(space::S).align_y(Alignment::Center),
            button(self.say("Start a workspace", "创建工作区"))
                .icon(Icon::Server)
                .fill()
                .on_press(Message::Nothing),
            field(self.say("Server address", "服务器地址"), "hallway.example", nothing)
                .hint(self.say("Ask your administrator.", "可向管理员询问。")),
            field(self.say("Password", "密码"), "secret", nothing)
                .password()
                .error(Some(self.say("Wrong user or password.", "用户名或密码错误。"))),
            section(self.say("Appearance", "外观")),
            row![
                button(self.say("Light", "浅色")).icon(Icon::Sun).selected(true).on_press(Message::Nothing),
                button(self.say("Dark", "深色")).icon(Icon::Moon).selected(false).on_press(Message::Nothing),
            ]
            .spacing(space::S),
            progress_bar(0.0..=1.0, 0.4).girth(6),
            rule::horizontal(1),
            container(iced::widget::Row::with_children(icons).spacing(space::S).wrap()).width(Length::Fill),
            container(empty(
                Icon::Chat,
                self.say("Nothing here", "这里空空的"),
                self.say("Start a chat with a colleague.", "和同事开始聊天吧。"),
                Some(
                    button(self.say("Start a chat", "开始聊天"))
                        .kind(Kind::Primary)
                        .on_press(Message::Nothing)
                        .into()
                ),
            ))
            .height(230),
        ]
        .spacing(space::M)
        .into()
    }

    fn menu(&self) -> Vec<Entry<Message>> {
        vec![
            Item::new(self.say("Reply", "回复"), Message::Nothing).icon(Icon::Reply).keys("R").into(),
            Item::new(self.say("Copy", "复制"), Message::Nothing).icon(Icon::Copy).keys("Ctrl+C").into(),
            Item::submenu(
                self.say("Mute", "免打扰"),
                vec![
                    Item::new(self.say("For one hour", "一小时"), Message::Nothing).into(),
                    Item::new(self.say("Always", "始终"), Message::Nothing).checked(true).into(),
                ],
            )
            .icon(Icon::Mute)
            .into(),
            Item::unavailable(
                self.say("Recall", "撤回"),
                Some(self.say("Recall time over", "已超过撤回时间").into()),
            )
            .icon(Icon::Undo)
            .into(),
            Entry::Separator,
            Item::new(self.say("Delete for me", "删除"), Message::Nothing).icon(Icon::Trash).danger().into(),
        ]
    }
}

fn shots() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("../shots")
}

#[test]
fn every_widget_in_every_appearance_and_language() {
    for language in Language::ALL {
        i18n::select(language);
        for appearance in [Appearance::Light, Appearance::Dark, Appearance::HighContrast] {
            let page = Page::new(appearance, language == Language::Chinese);
            let mut h = Harness::new(page, Page::update, Page::view, (1280.0, 860.0));
            h.appearance(appearance);
            let name = format!("gallery-{appearance:?}-{}", language.tag()).to_lowercase();
            assert_eq!(h.redraw, RedrawRequest::Wait, "nothing is drawn while nothing changes");
            let picture = h.picture(1.0);
            assert!(picture.colors() > 200, "{name}: {} colours", picture.colors());
            picture.save(shots().join(format!("{name}.png")));
            if (appearance == Appearance::Dark) == (language == Language::English) {
                continue;
            }
            h.state.above = Above::Menu;
            h.settle();
            h.click(named(h.state.say("Mute", "免打扰")));
            h.png(shots().join(format!("{name}-menu.png")), 1.0);
            h.state.above = Above::Dialog;
            h.settle();
            h.png(shots().join(format!("{name}-dialog.png")), 1.0);
        }
    }
    i18n::select(Language::English);
}

#[test]
fn hover_and_focus_are_seen() {
    let page = Page::new(Appearance::Light, false);
    let mut h = Harness::new(page, Page::update, Page::view, (1280.0, 860.0));
    let message = h.place(hallway_app::harness::containing("Good morning"));
    h.point(message.center());
    h.settle();
    assert!(h.find(named("React")).is_some(), "the toolbar shows under the pointer");
    h.key(iced::keyboard::key::Named::Tab, iced::keyboard::Modifiers::empty());
    h.png(shots().join("gallery-hover-focus.png"), 1.5);
}
