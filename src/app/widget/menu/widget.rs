//! The menu widget: a panel of items, and beside it the panel of the open submenu.

use iced::advanced::layout::{self, Layout};
use iced::advanced::widget::{Operation, Tree, Widget, tree};
use iced::advanced::{Clipboard, Renderer as _, Shell, mouse, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::widget::{column, container, row, rule, space, text};
use iced::{Alignment, Event, Length, Padding, Point, Rectangle, Size, border};

use super::{Action, Entry, Item};
use crate::theme::tokens::{BODY, Elevation, SMALL, radius, size, space as gap};
use crate::theme::{Theme, font, style};
use crate::widget::access::{Node, Role};
use crate::widget::bits::{label, scroll};
use crate::widget::icon::{Icon, icon};
use crate::widget::layers::place::beside;
use crate::widget::one_line::{one_line, width_of};
use crate::widget::pressable::{Look, Pressable, Status};
use crate::widget::shadow::shadow;
use crate::widget::{Element, focus};

/// What happens inside: the number of an entry, in the panel or in its submenu.
#[derive(Debug, Clone, Copy)]
enum Inner {
    Panel(usize),
    Sub(usize),
}

/// A menu; see the module.
pub(super) struct Menu<'a, Message> {
    anchor: Rectangle,
    entries: Vec<Entry<Message>>,
    on_close: Message,
    panel: Element<'a, Inner>,
    sub: Option<Element<'a, Inner>>,
}

#[derive(Default)]
struct State {
    /// The entry whose submenu is open.
    open: Option<usize>,
    /// Whether the submenu is to get the keyboard with the next event.
    enter: bool,
}

impl<'a, Message: Clone + 'a> Menu<'a, Message> {
    pub(super) fn new(anchor: Rectangle, entries: Vec<Entry<Message>>, on_close: Message) -> Self {
        let panel = panel(&entries, None, Inner::Panel);
        Self { anchor, entries, on_close, panel, sub: None }
    }

    /// The entries of the open submenu.
    fn sub_entries(&self, open: Option<usize>) -> Option<&[Entry<Message>]> {
        match self.entries.get(open?)? {
            Entry::Item(Item { action: Action::Open(entries), .. }) => Some(entries),
            _ => None,
        }
    }

    fn choose(&mut self, inner: Inner, tree: &mut Tree, shell: &mut Shell<'_, Message>) {
        let state = tree.state.downcast_mut::<State>();
        let entry = match inner {
            Inner::Panel(index) => self.entries.get(index),
            Inner::Sub(index) => match state.open.and_then(|open| self.entries.get(open)) {
                Some(Entry::Item(Item { action: Action::Open(entries), .. })) => entries.get(index),
                _ => None,
            },
        };
        let Some(Entry::Item(item)) = entry else { return };
        match (&item.action, inner) {
            (Action::Choose(message), _) => {
                shell.publish(self.on_close.clone());
                shell.publish(message.clone());
            }
            (Action::Open(_), Inner::Panel(index)) => {
                state.open = if state.open == Some(index) { None } else { Some(index) };
                state.enter = state.open.is_some();
                shell.invalidate_layout();
                shell.request_redraw();
            }
            (Action::Open(_) | Action::Unavailable(_), _) => {}
        }
    }

    fn operate_part(
        &mut self,
        part: usize,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let element = if part == 0 { Some(&mut self.panel) } else { self.sub.as_mut() };
        if let (Some(element), Some(layout)) = (element, layout.children().nth(part)) {
            element.as_widget_mut().operate(&mut tree.children[part], layout, renderer, operation);
        }
    }

    /// Which part has the keyboard, and where in it.
    fn focused(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
    ) -> (usize, Option<usize>, usize) {
        let sub = focus::position(|op| self.operate_part(1, tree, layout, renderer, op));
        if let (Some(at), total) = sub {
            return (1, Some(at), total);
        }
        let (at, total) = focus::position(|op| self.operate_part(0, tree, layout, renderer, op));
        (0, at, total)
    }

    fn focus_item(
        &mut self,
        part: usize,
        at: usize,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
    ) {
        let other = 1 - part;
        focus::run(iced::advanced::widget::operation::focusable::unfocus(), |op| {
            self.operate_part(other, tree, layout, renderer, op);
        });
        focus::run(focus::focus_nth(at), |op| self.operate_part(part, tree, layout, renderer, op));
        focus::reveal(|op| self.operate_part(part, tree, layout, renderer, op));
    }

    /// The place among the focusable items of the entry at `index`.
    fn nth_of(entries: &[Entry<Message>], index: usize) -> usize {
        entries.iter().take(index).filter(|entry| is_usable(entry)).count()
    }

    fn press_key(
        &mut self,
        key: &Key,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        shell: &mut Shell<'_, Message>,
    ) {
        let (part, at, total) = self.focused(tree, layout, renderer);
        if total == 0 {
            return;
        }
        let next = match key {
            Key::Named(Named::ArrowDown) => Some(at.map_or(0, |at| (at + 1) % total)),
            Key::Named(Named::ArrowUp) => Some(at.map_or(total - 1, |at| (at + total - 1) % total)),
            Key::Named(Named::Home | Named::PageUp) => Some(0),
            Key::Named(Named::End | Named::PageDown) => Some(total - 1),
            Key::Named(Named::ArrowRight) if part == 0 => {
                let usable = self.entries.iter().enumerate().filter(|(_, entry)| is_usable(entry));
                let chosen = at.and_then(|at| usable.map(|(index, _)| index).nth(at));
                if let Some(index) = chosen
                    && self.sub_entries(Some(index)).is_some()
                {
                    tree.state.downcast_mut::<State>().open = None;
                    self.choose(Inner::Panel(index), tree, shell);
                }
                shell.capture_event();
                return;
            }
            Key::Named(Named::ArrowLeft | Named::Escape) => {
                let open = tree.state.downcast_mut::<State>().open.take();
                let Some(open) = open else { return };
                let at = Self::nth_of(&self.entries, open);
                self.focus_item(0, at, tree, layout, renderer);
                shell.invalidate_layout();
                shell.request_redraw();
                shell.capture_event();
                return;
            }
            Key::Character(letters) => {
                let state = tree.state.downcast_ref::<State>();
                let entries = if part == 1 { self.sub_entries(state.open) } else { Some(&*self.entries) };
                let usable = entries.unwrap_or_default().iter().filter(|entry| is_usable(entry));
                let begins = |entry: &Entry<Message>| match entry {
                    Entry::Item(item) => item.label.to_lowercase().starts_with(&letters.to_lowercase()),
                    _ => false,
                };
                let hits: Vec<_> =
                    usable.enumerate().filter(|(_, entry)| begins(entry)).map(|(at, _)| at).collect();
                hits.iter().copied().find(|hit| at.is_some_and(|at| *hit > at)).or(hits.first().copied())
            }
            _ => return,
        };
        if let Some(next) = next {
            self.focus_item(part, next, tree, layout, renderer);
            shell.request_redraw();
        }
        shell.capture_event();
    }
}

fn is_usable<Message>(entry: &Entry<Message>) -> bool {
    matches!(entry, Entry::Item(Item { action: Action::Choose(_) | Action::Open(_), .. }))
}

/// How high an entry is in a panel.
fn entry_height<Message>(entry: &Entry<Message>) -> f32 {
    match entry {
        Entry::Item(_) => size::MENU_ITEM,
        Entry::Separator => 2.0 * gap::XS + 1.0,
        Entry::Heading(_) => 2.0 * gap::XS + SMALL.line,
    }
}

/// Builds the panel for some entries.
fn panel<'a, Message>(
    entries: &[Entry<Message>],
    open: Option<usize>,
    inner: fn(usize) -> Inner,
) -> Element<'a, Inner> {
    let pictures = entries.iter().any(|entry| matches!(entry, Entry::Item(item) if item.icon.is_some()));
    let checks = entries.iter().any(|entry| matches!(entry, Entry::Item(item) if item.checked));
    let mut lines = column![].width(Length::Fill);
    for (index, entry) in entries.iter().enumerate() {
        lines = lines.push(match entry {
            Entry::Separator => container(rule::horizontal(1)).padding([gap::XS, 0.0]).into(),
            Entry::Heading(words) => {
                container(label(words.clone(), SMALL).style(style::muted)).padding([gap::XS, gap::M]).into()
            }
            Entry::Item(item) => line(item, open == Some(index), pictures, checks, inner(index)),
        });
    }
    let width = entries.iter().map(entry_width).fold(size::MENU_MIN, f32::max).min(size::MENU_MAX);
    let width = width + if pictures { 28.0 } else { 0.0 } + if checks { 28.0 } else { 0.0 };
    shadow(Elevation::Menu, container(scroll(lines)).width(width).padding(gap::XS).style(style::popover))
}

/// How wide an entry is without icon and check mark; the panel is as wide as its widest entry.
fn entry_width<Message>(entry: &Entry<Message>) -> f32 {
    match entry {
        Entry::Item(item) => {
            let aside = aside(item).map_or(0.0, |words| width_of(words, SMALL, font::MEDIUM) + gap::XL);
            let arrow = if matches!(item.action, Action::Open(_)) { size::ICON_SMALL + gap::L } else { 0.0 };
            width_of(&item.label, BODY, font::TEXT) + aside + arrow + gap::XL + gap::M
        }
        Entry::Heading(words) => width_of(words, SMALL, font::TEXT) + gap::XL,
        Entry::Separator => 0.0,
    }
}

/// What stands at the right: the keys, or why not.
fn aside<Message>(item: &Item<Message>) -> Option<&str> {
    match &item.action {
        Action::Unavailable(reason) => reason.as_deref(),
        _ => item.keys.as_deref(),
    }
}

fn line<'a, Message>(
    item: &Item<Message>,
    open: bool,
    pictures: bool,
    checks: bool,
    inner: Inner,
) -> Element<'a, Inner> {
    let mut content = row![].spacing(gap::S).align_y(Alignment::Center).width(Length::Fill);
    if checks {
        content = content.push(match item.checked {
            true => Element::from(icon(Icon::Check).size(18.0)),
            false => space().width(18.0).into(),
        });
    }
    if pictures {
        content = content.push(match item.icon {
            Some(picture) => Element::from(icon(picture).size(18.0)),
            None => space().width(18.0).into(),
        });
    }
    content = content.push(one_line(item.label.clone()).width(Length::Fill));
    if let Some(aside) = aside(item) {
        content =
            content.push(text(aside.to_owned()).size(SMALL.size).font(font::MEDIUM).style(style::muted));
    }
    if matches!(item.action, Action::Open(_)) {
        content = content.push(icon(Icon::ChevronRight).size(size::ICON_SMALL));
    }
    let danger = item.danger;
    let look = move |theme: &Theme, status: Status| {
        let p = theme.palette();
        let active = status.hovered || status.focused || open;
        Look {
            background: active.then_some(if danger { p.danger_bg } else { p.hover }),
            text: Some(match (status.disabled, danger) {
                (true, _) => p.text_3,
                (false, true) => p.danger,
                (false, false) => p.text_1,
            }),
            border: border::rounded(radius::CHIP),
        }
    };
    let line = Pressable::new(content, Role::MenuItem, item.label.clone(), look)
        .width(Length::Fill)
        .height(size::MENU_ITEM)
        .align_x(Alignment::Start)
        .padding(Padding::from([0.0, gap::S]))
        .selected(item.checked);
    match item.action {
        Action::Unavailable(_) => line.into(),
        Action::Choose(_) | Action::Open(_) => line.on_press(inner).into(),
    }
}

impl<'a, Message: Clone + 'a> Widget<Message, Theme, iced::Renderer> for Menu<'a, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.panel), Tree::empty()]
    }

    fn diff(&self, tree: &mut Tree) {
        if let Some(panel) = tree.children.first_mut() {
            panel.diff(&self.panel);
        }
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &iced::Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let window = limits.max();
        let room = layout::Limits::new(
            Size::ZERO,
            Size::new((window.width - gap::L).max(0.0), (window.height - gap::L).max(0.0)),
        );
        let open = tree.state.downcast_ref::<State>().open;
        self.panel = panel(&self.entries, open, Inner::Panel);
        tree.children[0].diff(&self.panel);
        let node = self.panel.as_widget_mut().layout(&mut tree.children[0], renderer, &room);
        let at = beside(self.anchor, window, node.size());
        let mut nodes = vec![node.move_to(at)];
        self.sub = self.sub_entries(open).map(|entries| panel(entries, None, Inner::Sub));
        if let (Some(sub), Some(open)) = (&mut self.sub, open) {
            tree.children[1].diff(&*sub);
            let node = sub.as_widget_mut().layout(&mut tree.children[1], renderer, &room);
            let main = nodes[0].bounds();
            let y = main.y + self.entries.iter().take(open).map(entry_height).sum::<f32>();
            let right = main.x + main.width - gap::XS;
            let x = if right + node.size().width <= window.width {
                right
            } else {
                (main.x - node.size().width + gap::XS).max(0.0)
            };
            let y = y.min(window.height - node.size().height - gap::S).max(0.0);
            nodes.push(node.move_to(Point::new(x, y)));
        }
        layout::Node::with_children(window, nodes)
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &iced::Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        if std::mem::take(&mut tree.state.downcast_mut::<State>().enter) && self.sub.is_some() {
            self.focus_item(1, 0, tree, layout, renderer);
        }
        let mut chosen = Vec::new();
        let mut local = Shell::new(&mut chosen);
        let parts = [Some(&mut self.panel), self.sub.as_mut()];
        let over_sub = layout.children().nth(1).is_some_and(|sub| cursor.is_over(sub.bounds()));
        for (part, (element, child)) in parts.into_iter().flatten().zip(layout.children()).enumerate() {
            let cursor = if part == 0 && over_sub { mouse::Cursor::Unavailable } else { cursor };
            element.as_widget_mut().update(
                &mut tree.children[part],
                event,
                child,
                cursor,
                renderer,
                clipboard,
                &mut local,
                viewport,
            );
        }
        if local.is_event_captured() {
            shell.capture_event();
        }
        shell.request_redraw_at(local.redraw_request());
        if local.is_layout_invalid() {
            shell.invalidate_layout();
        }
        for inner in chosen {
            self.choose(inner, tree, shell);
        }
        if shell.is_event_captured() {
            return;
        }
        match event {
            Event::Keyboard(keyboard::Event::KeyPressed { key, .. }) => {
                self.press_key(key, tree, layout, renderer, shell);
            }
            Event::Mouse(mouse::Event::ButtonPressed(_)) => {
                if !layout.children().any(|child| cursor.is_over(child.bounds())) {
                    shell.publish(self.on_close.clone());
                }
                shell.capture_event();
            }
            _ => {}
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut iced::Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let parts = [Some(&self.panel), self.sub.as_ref()];
        for (part, (element, child)) in parts.into_iter().flatten().zip(layout.children()).enumerate() {
            let tree = &tree.children[part];
            renderer.with_layer(*viewport, |renderer| {
                element.as_widget().draw(tree, renderer, theme, style, child, cursor, viewport);
            });
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &iced::Renderer,
    ) -> mouse::Interaction {
        let parts = [Some(&self.panel), self.sub.as_ref()];
        let over = parts.into_iter().flatten().zip(layout.children()).enumerate();
        over.filter(|(_, (_, child))| cursor.is_over(child.bounds()))
            .map(|(part, (element, child))| {
                let tree = &tree.children[part];
                element.as_widget().mouse_interaction(tree, child, cursor, viewport, renderer)
            })
            .last()
            .unwrap_or(mouse::Interaction::Idle)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &iced::Renderer,
        operation: &mut dyn Operation,
    ) {
        let bounds = layout.children().next().map_or(layout.bounds(), |panel| panel.bounds());
        Node::new(Role::Menu, "").report(operation, None, bounds);
        operation.traverse(&mut |operation| {
            self.operate_part(0, tree, layout, renderer, operation);
            self.operate_part(1, tree, layout, renderer, operation);
        });
    }
}

impl<'a, Message: Clone + 'a> From<Menu<'a, Message>> for Element<'a, Message> {
    fn from(menu: Menu<'a, Message>) -> Self {
        Element::new(menu)
    }
}
