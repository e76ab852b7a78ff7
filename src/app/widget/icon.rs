//! The outline icons: 20 px grid, 1.75 stroke, coloured from the tokens when drawn.

use std::sync::LazyLock;

use iced::advanced::layout::{self, Layout};
use iced::advanced::svg::{Handle, Renderer as _, Svg};
use iced::advanced::widget::{Tree, Widget};
use iced::advanced::{mouse, renderer};
use iced::{Color, Length, Rectangle, Size};

use super::Element;
use crate::theme::tokens::{Palette, size};
use crate::theme::{Pick, Theme};

/// Declares the icons: one variant and one file each.
macro_rules! icons {
    ($($variant:ident => $file:literal,)*) => {
        /// An icon of the set.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[allow(missing_docs)]
        pub enum Icon { $($variant,)* }

        impl Icon {
            /// Every icon, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            fn handle(self) -> Handle {
                static HANDLES: LazyLock<Vec<Handle>> = LazyLock::new(|| vec![
                    $(Handle::from_memory(
                        include_bytes!(concat!("../../../resources/icons/", $file, ".svg")).as_slice()
                    ),)*
                ]);
                HANDLES[self as usize].clone()
            }
        }
    };
}

icons! {
    Chat => "chat",
    Contacts => "contacts",
    Search => "search",
    Settings => "settings",
    Plus => "plus",
    Send => "send",
    Smile => "smile",
    Reply => "reply",
    Forward => "forward",
    Edit => "edit",
    Trash => "trash",
    Copy => "copy",
    More => "more",
    Close => "close",
    Back => "back",
    Check => "check",
    DoubleCheck => "double-check",
    Clock => "clock",
    Alert => "alert",
    Group => "group",
    User => "user",
    UserPlus => "user-plus",
    At => "at",
    ArrowUp => "arrow-up",
    ArrowDown => "arrow-down",
    ChevronRight => "chevron-right",
    ChevronDown => "chevron-down",
    Sun => "sun",
    Moon => "moon",
    Folder => "folder",
    Contrast => "contrast",
    Globe => "globe",
    Key => "key",
    Logout => "logout",
    SignIn => "sign-in",
    Link => "link",
    Mute => "mute",
    Bell => "bell",
    Pin => "pin",
    Info => "info",
    Lock => "lock",
    Keyboard => "keyboard",
    Computer => "computer",
    Server => "server",
    Undo => "undo",
    Refresh => "refresh",
    Eye => "eye",
    EyeOff => "eye-off",
    Panel => "panel",
    Quote => "quote",
    Offline => "offline",
    Zoom => "zoom",
    Palette => "palette",
    Microphone => "microphone",
    Play => "play",
    Pause => "pause",
    Text => "text",
    Image => "image",
    Document => "document",
    Rotate => "rotate",
    Download => "download",
    Next => "next",
    External => "external",
    Select => "select",
    Place => "place",
    Poll => "poll",
    List => "list",
}

/// A picture from the set; without a colour it takes that of the text around it.
pub struct IconView<'a> {
    icon: Icon,
    size: f32,
    color: Option<Pick<'a>>,
}

/// Shows an icon at 20 px in the colour of the text around it.
pub fn icon<'a>(icon: Icon) -> IconView<'a> {
    IconView { icon, size: size::ICON, color: None }
}

impl<'a> IconView<'a> {
    /// Width and height in px.
    pub fn size(mut self, size: f32) -> Self {
        self.size = size;
        self
    }

    /// The token it is drawn in.
    pub fn color(mut self, pick: impl Fn(&Palette) -> Color + 'a) -> Self {
        self.color = Some(Box::new(pick));
        self
    }
}

/// Draws an icon centred in `bounds`, for widgets that paint themselves.
pub fn draw(renderer: &mut iced::Renderer, icon: Icon, color: Color, bounds: Rectangle) {
    renderer.draw_svg(Svg::new(icon.handle()).color(color), bounds, bounds);
}

impl<Message> Widget<Message, Theme, iced::Renderer> for IconView<'_> {
    fn size(&self) -> Size<Length> {
        Size::new(Length::Fixed(self.size), Length::Fixed(self.size))
    }

    fn layout(&mut self, _: &mut Tree, _: &iced::Renderer, _: &layout::Limits) -> layout::Node {
        layout::Node::new(Size::new(self.size, self.size))
    }

    fn draw(
        &self,
        _: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        _: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        if layout.bounds().intersects(viewport) {
            let color = self.color.as_ref().map_or(style.text_color, |pick| pick(theme.palette()));
            draw(renderer, self.icon, color, layout.bounds());
        }
    }
}

impl<'a, Message: 'a> From<IconView<'a>> for Element<'a, Message> {
    fn from(icon: IconView<'a>) -> Self {
        Element::new(icon)
    }
}
