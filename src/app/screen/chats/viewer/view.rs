//! The picture in the whole window, as it is drawn.

use iced::widget::image::Viewer as Zoom;
use iced::widget::{center, column, container, keyed_column, row, space, themer, tooltip};
use iced::{Alignment, ContentFit, Length};

use hallway_client::model::Direction;

use super::{Message, Viewer, message};
use crate::fl;
use crate::problem;
use crate::screen::chats::actions::Allowed;
use crate::screen::chats::forward::can_forward;
use crate::screen::chats::view::keys;
use crate::screen::chats::{Act, Chats, Message as ChatsMessage, words};
use crate::theme::tokens::{BODY, SMALL, space as gap};
use crate::theme::{Appearance, Theme, font, style};
use crate::widget::Element;
use crate::widget::bits::label;
use crate::widget::button::icon_button;
use crate::widget::icon::Icon;
use crate::widget::layers::Layer;
use crate::{keymap, widget::one_line::one_line};

/// Smallest and largest zoom.
const ZOOM: (f32, f32) = (0.1, 8.0);

impl Chats {
    /// The picture, if one is open.
    pub(in super::super) fn viewer_layer<'a>(&'a self) -> Option<Layer<'a, ChatsMessage>> {
        let viewer = self.viewer.as_ref()?;
        // Dark in every appearance, as its ground.
        let content = themer(Some(Theme::new(Appearance::Dark)), self.viewed(viewer));
        Some(Layer::cover(content).on_close(message(Message::Close)))
    }

    fn viewed<'a>(&'a self, viewer: &'a Viewer) -> Element<'a, ChatsMessage> {
        let picture: Element<'a, ChatsMessage> = match (&viewer.shown, &viewer.error) {
            (_, Some(error)) => center(label(problem::sentence(error), BODY)).into(),
            (Some(handle), None) => {
                let zoom = Zoom::new(handle.clone())
                    .content_fit(ContentFit::ScaleDown)
                    .min_scale(ZOOM.0)
                    .max_scale(ZOOM.1)
                    .width(Length::Fill)
                    .height(Length::Fill);
                // Another picture begins at its usual size.
                keyed_column([(viewer.number, zoom.into())]).width(Length::Fill).height(Length::Fill).into()
            }
            (None, None) => center(label(fl!("loading"), BODY)).into(),
        };
        let content =
            column![container(picture).width(Length::Fill).height(Length::Fill), self.strip(viewer)];
        container(content).width(Length::Fill).height(Length::Fill).style(style::viewer).into()
    }

    /// Who sent it, when, which one it is, and what can be done.
    fn strip<'a>(&'a self, viewer: &'a Viewer) -> Element<'a, ChatsMessage> {
        let sent = &viewer.message;
        let mut about = self.context.clock.full(sent.time);
        if let Some((before, count)) = viewer.place {
            let place: usize = before + 1;
            about = format!("{about}  ·  {}", fl!("viewer-place", place = place, count = count));
        }
        let who = column![
            one_line(words::sender(sent)).font(font::SEMIBOLD).color(|p| p.text_1),
            one_line(about).step(SMALL).color(|p| p.text_2),
        ];
        let button =
            |picture: Icon, name: String| icon_button(picture, name).tip_position(tooltip::Position::Top);
        let act = |picture, name, press: Message| button(picture, name).on_press(message(press));
        let step = |picture, name, way| {
            let can = !viewer.is_end(way) && !viewer.seeking;
            button(picture, name).on_press_maybe(can.then(|| message(Message::Step(way))))
        };
        let can_reply = self
            .open
            .as_ref()
            .and_then(|open| open.timeline.message(&sent.id))
            .is_some_and(|row| self.allows(Act::Reply, row) == Allowed::Yes);
        let mut buttons = row![
            step(Icon::Back, fl!("viewer-before"), Direction::Older).shortcut("←"),
            step(Icon::Next, fl!("viewer-after"), Direction::Newer).shortcut("→"),
            act(Icon::Rotate, fl!("viewer-turn"), Message::Turn).shortcut("R"),
            act(Icon::Copy, fl!("copy"), Message::Copy).shortcut("Ctrl+C"),
            act(Icon::Download, fl!("save-as"), Message::Save).shortcut("Ctrl+S"),
            act(Icon::External, fl!("open-with-system"), Message::System),
        ]
        .spacing(gap::XS);
        if can_reply {
            buttons = buttons.push(act(Icon::Reply, fl!("reply"), Message::Reply));
        }
        if can_forward(sent) {
            buttons = buttons.push(act(Icon::Forward, fl!("forward"), Message::Forward));
        }
        buttons = buttons
            .push(act(Icon::Close, fl!("close"), Message::Close).shortcut(keys(keymap::Action::Close)));
        let who = container(who).width(Length::Fill).clip(true);
        let line: Element<'a, ChatsMessage> = if self.is_one_pane() {
            column![who, buttons].spacing(gap::XS).into()
        } else {
            row![who, buttons, space()].spacing(gap::M).align_y(Alignment::Center).into()
        };
        container(line).padding([gap::S, gap::L]).style(style::background).into()
    }
}
