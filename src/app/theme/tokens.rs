//! Every colour, size, radius and type step of the app: the only file where such a number may stand.
//!
//! Three palettes ([`LIGHT`], [`DARK`], [`HIGH_CONTRAST`]) fill one [`Palette`]; `contrast` proves the contrast
//! of every pair that is drawn. Sizes are in logical pixels at 100 % zoom; the zoom of the user
//! (0.8 to 2.0, see [`ZOOM`]) multiplies all of them through the scale factor of the window.

use iced::{Color, Shadow, Vector};

/// A colour from `0xRRGGBB`.
const fn rgb(hex: u32) -> Color {
    Color {
        r: ((hex >> 16) & 0xff) as f32 / 255.0,
        g: ((hex >> 8) & 0xff) as f32 / 255.0,
        b: (hex & 0xff) as f32 / 255.0,
        a: 1.0,
    }
}

/// The colours of one appearance. Names say the use, not the look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Palette {
    /// Background of the rail, the deepest of the three.
    pub rail: Color,
    /// Background of the conversation list.
    pub list: Color,
    /// Background of the conversation and of everything else.
    pub bg: Color,
    /// Menus, dialogs, popovers, toasts' cards.
    pub surface: Color,
    /// A row under the pointer.
    pub hover: Color,
    /// The chosen row.
    pub selected: Color,
    /// Border of the chosen row where colour alone must not tell (high contrast), else transparent.
    pub selected_border: Color,
    /// Code, date pills, disabled fields.
    pub inset: Color,
    /// Hairlines.
    pub border: Color,
    /// Outline of inputs and other controls (a UI mark: at least 3:1).
    pub control_border: Color,
    /// Text that is read.
    pub text_1: Color,
    /// Text beside it: previews, labels.
    pub text_2: Color,
    /// Text least in need: times, hints, placeholders.
    pub text_3: Color,
    /// Filled main buttons.
    pub accent: Color,
    /// The same under the pointer.
    pub accent_hover: Color,
    /// Text and icons on `accent`.
    pub on_accent: Color,
    /// Links, mentions, active icons.
    pub link: Color,
    /// The 2 px ring around what has the keyboard.
    pub focus: Color,
    /// Own messages.
    pub bubble_own: Color,
    /// Messages of others.
    pub bubble_other: Color,
    /// Background of a message that mentions me.
    pub mention_bg: Color,
    /// The 3 px bar beside it.
    pub mention_bar: Color,
    /// Text that says so.
    pub mention_text: Color,
    /// Flash behind a message that was jumped to.
    pub highlight: Color,
    /// Background of a search hit.
    pub hit_bg: Color,
    /// Text of a search hit.
    pub hit_text: Color,
    /// Background of selected text.
    pub selection: Color,
    /// Text of errors and dangerous actions.
    pub danger: Color,
    /// Background behind such text.
    pub danger_bg: Color,
    /// Filled dangerous buttons.
    pub danger_fill: Color,
    /// Text on `danger_fill`.
    pub on_danger: Color,
    /// Text of success.
    pub success: Color,
    /// Background behind it.
    pub success_bg: Color,
    /// Text of warnings.
    pub warning: Color,
    /// Background behind it (banner).
    pub warning_bg: Color,
    /// Unread badge.
    pub badge: Color,
    /// Unread badge of a muted conversation.
    pub badge_muted: Color,
    /// Numbers on both.
    pub on_badge: Color,
    /// Presence: online.
    pub online: Color,
    /// Presence: away.
    pub away: Color,
    /// Presence: busy.
    pub busy: Color,
    /// Presence: offline.
    pub offline: Color,
    /// Background of tooltips and toasts.
    pub tooltip: Color,
    /// Text on them.
    pub on_tooltip: Color,
    /// Action words on them ("Undo").
    pub tooltip_action: Color,
    /// Behind a dialog.
    pub scrim: Color,
    /// Thumb of a scrollbar.
    pub scrollbar: Color,
    /// Blocks that hold the place of what is being loaded.
    pub skeleton: Color,
    /// Bars of a sound that is still to be heard (a UI mark on bubbles).
    pub wave: Color,
    /// White on avatars.
    pub on_avatar: Color,
    /// Avatar fills; see [`person_index`].
    pub avatars: [Color; 10],
    /// Sender names, same index as the avatar.
    pub names: [Color; 10],
    /// Shadows; none in high contrast.
    pub shadows: bool,
    /// Popovers get a 1 px border instead of a stronger shadow.
    pub popover_border: Color,
}

const AVATARS: [Color; 10] = [
    rgb(0xB4322D),
    rgb(0xA8480C),
    rgb(0x7F5B00),
    rgb(0x2F6F2A),
    rgb(0x0B6F66),
    rgb(0x0C6796),
    rgb(0x2457D6),
    rgb(0x6A3FC4),
    rgb(0x9A2F86),
    rgb(0x5B6472),
];

const NAMES_ON_DARK: [Color; 10] = [
    rgb(0xFF9C97),
    rgb(0xF2A65E),
    rgb(0xD9B44A),
    rgb(0x8CCB80),
    rgb(0x5CC9BD),
    rgb(0x6FBCE8),
    rgb(0x8FB0FF),
    rgb(0xC0A2F7),
    rgb(0xF09AD9),
    rgb(0xB4BCC9),
];

const WHITE: Color = rgb(0xFFFFFF);
const BLACK: Color = rgb(0x000000);

/// Behind a picture in the whole window, in every appearance.
pub const VIEWER: Color = Color { a: 0.92, ..BLACK };
/// Opacity of the ground behind words on pictures.
pub const ON_PICTURE: f32 = 0.92;

/// Dark text on light.
pub const LIGHT: Palette = Palette {
    rail: rgb(0xE9ECF1),
    list: rgb(0xF6F7F9),
    bg: WHITE,
    surface: WHITE,
    hover: rgb(0xEEF1F5),
    selected: rgb(0xDCE6FD),
    selected_border: Color::TRANSPARENT,
    inset: rgb(0xF1F3F6),
    border: rgb(0xD8DDE5),
    control_border: rgb(0x7F8896),
    text_1: rgb(0x171A21),
    text_2: rgb(0x4A5261),
    text_3: rgb(0x5A6373),
    accent: rgb(0x2457D6),
    accent_hover: rgb(0x1C48B5),
    on_accent: WHITE,
    link: rgb(0x1D4FC4),
    focus: rgb(0x2457D6),
    bubble_own: rgb(0xE1EBFF),
    bubble_other: rgb(0xF1F3F6),
    mention_bg: rgb(0xFFF1CC),
    mention_bar: rgb(0xB86E00),
    mention_text: rgb(0x7A4A00),
    highlight: rgb(0xFFF1CC),
    hit_bg: rgb(0xFFE08A),
    hit_text: rgb(0x171A21),
    selection: rgb(0xBCD2FF),
    danger: rgb(0xC22F2B),
    danger_bg: rgb(0xFDECEB),
    danger_fill: rgb(0xC22F2B),
    on_danger: WHITE,
    success: rgb(0x18794E),
    success_bg: rgb(0xE6F5EC),
    warning: rgb(0x5C3A00),
    warning_bg: rgb(0xFFE9B8),
    badge: rgb(0xC22F2B),
    badge_muted: rgb(0x5F6877),
    on_badge: WHITE,
    online: rgb(0x1F9D5B),
    away: rgb(0xB87A00),
    busy: rgb(0xC22F2B),
    offline: rgb(0x7F8896),
    tooltip: rgb(0x2B303A),
    on_tooltip: WHITE,
    tooltip_action: rgb(0x8FB0FF),
    scrim: Color { a: 0.45, ..BLACK },
    scrollbar: rgb(0x7F8896),
    skeleton: rgb(0xD8DDE5),
    wave: rgb(0x7A8391),
    on_avatar: WHITE,
    avatars: AVATARS,
    names: AVATARS,
    shadows: true,
    popover_border: Color::TRANSPARENT,
};

/// Light text on dark.
pub const DARK: Palette = Palette {
    rail: rgb(0x0F1217),
    list: rgb(0x161A21),
    bg: rgb(0x1B2028),
    surface: rgb(0x232933),
    hover: rgb(0x242A34),
    selected: rgb(0x24365F),
    selected_border: Color::TRANSPARENT,
    inset: rgb(0x232933),
    border: rgb(0x343C49),
    control_border: rgb(0x7C8798),
    text_1: rgb(0xE9ECF2),
    text_2: rgb(0xB4BCC9),
    text_3: rgb(0xAAB3C2),
    accent: rgb(0x3A68DE),
    accent_hover: rgb(0x3F6DE4),
    on_accent: WHITE,
    link: rgb(0x8FB0FF),
    focus: rgb(0x8FB0FF),
    bubble_own: rgb(0x23407A),
    bubble_other: rgb(0x262D38),
    mention_bg: rgb(0x40350F),
    mention_bar: rgb(0xE3A93B),
    mention_text: rgb(0xF6CE7A),
    highlight: rgb(0x40350F),
    hit_bg: rgb(0xF0C75E),
    hit_text: rgb(0x171A21),
    selection: rgb(0x3F62B0),
    danger: rgb(0xF2716C),
    danger_bg: rgb(0x3B1F21),
    danger_fill: rgb(0xCF3A36),
    on_danger: WHITE,
    success: rgb(0x55C98B),
    success_bg: rgb(0x173227),
    warning: rgb(0xFFD98C),
    warning_bg: rgb(0x3A2D12),
    badge: rgb(0xD33A35),
    badge_muted: rgb(0x5E6979),
    on_badge: WHITE,
    online: rgb(0x3CC47C),
    away: rgb(0xE0A63A),
    busy: rgb(0xF2716C),
    offline: rgb(0x7C8798),
    tooltip: rgb(0xE9ECF2),
    on_tooltip: rgb(0x171A21),
    tooltip_action: rgb(0x1D4FC4),
    scrim: Color { a: 0.6, ..BLACK },
    scrollbar: rgb(0x7C8798),
    skeleton: rgb(0x343C49),
    wave: rgb(0x8794A8),
    on_avatar: WHITE,
    avatars: AVATARS,
    names: NAMES_ON_DARK,
    shadows: true,
    popover_border: rgb(0x343C49),
};

/// Black and white, no shadows, no transparency; the chosen row has a border.
pub const HIGH_CONTRAST: Palette = Palette {
    rail: BLACK,
    list: BLACK,
    bg: BLACK,
    surface: BLACK,
    hover: rgb(0x262626),
    selected: BLACK,
    selected_border: WHITE,
    inset: rgb(0x1A1A1A),
    border: WHITE,
    control_border: WHITE,
    text_1: WHITE,
    text_2: WHITE,
    text_3: rgb(0xC8C8C8),
    accent: WHITE,
    accent_hover: rgb(0x8FD0FF),
    on_accent: BLACK,
    link: rgb(0x8FD0FF),
    focus: rgb(0x8FD0FF),
    bubble_own: rgb(0x1A1A1A),
    bubble_other: BLACK,
    mention_bg: BLACK,
    mention_bar: rgb(0xFFD60A),
    mention_text: rgb(0xFFD60A),
    highlight: rgb(0x333300),
    hit_bg: rgb(0xFFD60A),
    hit_text: BLACK,
    selection: rgb(0x004F9E),
    danger: rgb(0xFF8A85),
    danger_bg: BLACK,
    danger_fill: rgb(0xFF8A85),
    on_danger: BLACK,
    success: rgb(0x6EE7A0),
    success_bg: BLACK,
    warning: rgb(0xFFD60A),
    warning_bg: BLACK,
    badge: rgb(0xFF8A85),
    badge_muted: rgb(0xBFBFBF),
    on_badge: BLACK,
    online: rgb(0x6EE7A0),
    away: rgb(0xFFD60A),
    busy: rgb(0xFF8A85),
    offline: rgb(0xBFBFBF),
    tooltip: WHITE,
    on_tooltip: BLACK,
    tooltip_action: rgb(0x003F8F),
    scrim: BLACK,
    scrollbar: WHITE,
    skeleton: rgb(0x333333),
    wave: rgb(0x8A8A8A),
    on_avatar: WHITE,
    avatars: AVATARS,
    names: NAMES_ON_DARK,
    shadows: false,
    popover_border: WHITE,
};

/// One step of the type scale: size and line height in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Font size.
    pub size: f32,
    /// Distance between two lines.
    pub line: f32,
}

/// Times in bubbles, badge numbers.
pub const META: Type = Type { size: 11.0, line: 16.0 };
/// Times in rows, tips, small labels.
pub const SMALL: Type = Type { size: 12.0, line: 16.0 };
/// Previews, code.
pub const PREVIEW: Type = Type { size: 13.0, line: 18.0 };
/// What people write and read.
pub const BODY: Type = Type { size: 14.0, line: 20.0 };
/// The same where the text is mostly Chinese, Japanese or Korean.
pub const BODY_CJK: Type = Type { size: 14.0, line: 22.0 };
/// Titles of panels, dialogs, empty states.
pub const TITLE: Type = Type { size: 16.0, line: 22.0 };
/// Titles of pages.
pub const PAGE: Type = Type { size: 20.0, line: 28.0 };
/// The size of the initials on an avatar, as a share of its diameter.
pub const AVATAR_TEXT: f32 = 0.36;
/// The same for two wide characters.
pub const AVATAR_TEXT_WIDE: f32 = 0.32;

/// Distances between things.
pub mod space {
    /// 2 px.
    pub const XXS: f32 = 2.0;
    /// 4 px.
    pub const XS: f32 = 4.0;
    /// 8 px.
    pub const S: f32 = 8.0;
    /// 12 px.
    pub const M: f32 = 12.0;
    /// 16 px.
    pub const L: f32 = 16.0;
    /// 24 px.
    pub const XL: f32 = 24.0;
    /// 32 px.
    pub const XXL: f32 = 32.0;
}

/// Corner radii.
pub mod radius {
    /// Chips, the corner of a bubble towards its sender.
    pub const CHIP: f32 = 4.0;
    /// Cards, inputs, buttons.
    pub const CARD: f32 = 8.0;
    /// Bubbles.
    pub const BUBBLE: f32 = 10.0;
    /// Dialogs.
    pub const DIALOG: f32 = 12.0;
    /// Pills and avatars: more than half of anything.
    pub const FULL: f32 = 999.0;
}

/// Sizes of fixed parts.
pub mod size {
    /// Width of the rail.
    pub const RAIL: f32 = 60.0;
    /// Width of the list: usual, least and most.
    pub const LIST: f32 = 300.0;
    /// Least width of the list.
    pub const LIST_MIN: f32 = 220.0;
    /// Greatest width of the list.
    pub const LIST_MAX: f32 = 420.0;
    /// Least width of the conversation.
    pub const CONVERSATION_MIN: f32 = 420.0;
    /// Width of the side panel.
    pub const PANEL: f32 = 320.0;
    /// Widest column of text.
    pub const TEXT_COLUMN: f32 = 760.0;
    /// Height of headers.
    pub const HEADER: f32 = 56.0;
    /// Height of a conversation row.
    pub const ROW: f32 = 64.0;
    /// Height of a dense conversation row.
    pub const ROW_DENSE: f32 = 48.0;
    /// Height of the connection banner.
    pub const BANNER: f32 = 32.0;
    /// Height of the pinned bar, of the reply bar and of rows in pop-up lists.
    pub const BAR: f32 = 40.0;
    /// Least composer height.
    pub const COMPOSER_MIN: f32 = 36.0;
    /// Greatest composer height.
    pub const COMPOSER_MAX: f32 = 240.0;
    /// Avatar in a conversation row.
    pub const AVATAR_ROW: f32 = 44.0;
    /// Avatar beside a message.
    pub const AVATAR_MESSAGE: f32 = 36.0;
    /// Avatar in a profile.
    pub const AVATAR_PROFILE: f32 = 72.0;
    /// Small target (hover toolbar).
    pub const TARGET: f32 = 28.0;
    /// Main target (send, header buttons, inputs).
    pub const TARGET_MAIN: f32 = 36.0;
    /// Icons.
    pub const ICON: f32 = 20.0;
    /// Icons beside small text.
    pub const ICON_SMALL: f32 = 14.0;
    /// Icons of empty states.
    pub const ICON_EMPTY: f32 = 48.0;
    /// Height of a badge, and its least width.
    pub const BADGE: f32 = 18.0;
    /// The dot of a conversation marked unread.
    pub const DOT: f32 = 8.0;
    /// The presence dot.
    pub const PRESENCE: f32 = 12.0;
    /// Width of the focus ring.
    pub const RING: f32 = 2.0;
    /// Width of confirm dialogs.
    pub const DIALOG: f32 = 400.0;
    /// Width of a switch.
    pub const SWITCH: f32 = 36.0;
    /// Its knob.
    pub const SWITCH_KNOB: f32 = 12.0;
    /// Width of the dialog that sends messages on.
    pub const FORWARD: f32 = 480.0;
    /// Circle before something that can be chosen.
    pub const CHECK: f32 = 20.0;
    /// Height of a reaction under a message.
    pub const REACTION: f32 = 26.0;
    /// Width of a card in a message.
    pub const CARD: f32 = 320.0;
    /// Width of the quick switcher.
    pub const SWITCHER: f32 = 560.0;
    /// Height of a menu item.
    pub const MENU_ITEM: f32 = 32.0;
    /// Least width of a menu.
    pub const MENU_MIN: f32 = 180.0;
    /// Greatest width of a menu, of a tooltip and of a toast.
    pub const MENU_MAX: f32 = 360.0;
    /// Width of a scrollbar thumb and of the strip it lives in.
    pub const SCROLLBAR: f32 = 6.0;
    /// The strip of the scrollbar.
    pub const SCROLLBAR_STRIP: f32 = 12.0;
    /// Shortest thumb.
    pub const SCROLLBAR_MIN: f32 = 28.0;
    /// Longer side of a picture in the timeline.
    pub const PICTURE: f32 = 320.0;
    /// Side of a sticker in the timeline.
    pub const STICKER: f32 = 128.0;
    /// Least side of a picture in the timeline.
    pub const PICTURE_MIN: f32 = 96.0;
    /// The card of a file without its time: width, height.
    pub const FILE: (f32, f32) = (280.0, 48.0);
    /// The square that tells the kind of a file.
    pub const TILE: f32 = 40.0;
    /// Width of dialogs with lists.
    pub const DIALOG_WIDE: f32 = 480.0;
    /// Widest bubble.
    pub const BUBBLE_MAX: f32 = 560.0;
    /// The button that plays a voice message.
    pub const VOICE_PLAY: f32 = 40.0;
    /// The button with its speed.
    pub const VOICE_SPEED: f32 = 32.0;
    /// Room for the time of a recording.
    pub const VOICE_TIME: f32 = 40.0;
    /// A bar of a sound, the room after it, its least and its greatest height.
    pub const WAVE_BAR: f32 = 2.0;
    /// The room after a bar.
    pub const WAVE_GAP: f32 = 2.0;
    /// Least height of a bar.
    pub const WAVE_MIN: f32 = 4.0;
    /// Greatest height of a bar.
    pub const WAVE_MAX: f32 = 24.0;
    /// Smallest window: width, height.
    pub const WINDOW_MIN: (f32, f32) = (420.0, 480.0);
}

/// Times of movement, in milliseconds.
pub mod motion {
    /// Hover and press.
    pub const QUICK: u64 = 120;
    /// Menus and panels.
    pub const PANEL: u64 = 180;
    /// Before a tooltip shows.
    pub const TOOLTIP_DELAY: u64 = 500;
    /// The flash of a message that was jumped to.
    pub const FLASH: u64 = 1_200;
    /// How long a toast stays.
    pub const TOAST: u64 = 6_000;
}

/// Least, usual and greatest zoom of the user.
pub const ZOOM: (f32, f32, f32) = (0.8, 1.0, 2.0);

/// The three heights a thing can float at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elevation {
    /// Hover toolbar, cards.
    Low,
    /// Menus, popovers.
    Menu,
    /// Dialogs.
    Dialog,
}

impl Palette {
    /// The shadow under something that floats.
    pub fn shadow(&self, elevation: Elevation) -> Shadow {
        if !self.shadows {
            return Shadow::default();
        }
        let (alpha, y, blur) = match elevation {
            Elevation::Low => (0.12, 1.0, 3.0),
            Elevation::Menu => (0.18, 4.0, 16.0),
            Elevation::Dialog => (0.28, 12.0, 40.0),
        };
        Shadow { color: Color { a: alpha, ..BLACK }, offset: Vector::new(0.0, y), blur_radius: blur }
    }
}

/// Which of the ten avatar and name colours a user or group has: the same on every machine.
///
/// FNV-1a over the id, modulo ten.
pub fn person_index(id: &str) -> usize {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    usize::try_from(hash % 10).unwrap_or_default()
}
