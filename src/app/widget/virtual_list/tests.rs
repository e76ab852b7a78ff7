//! What a reader sees must not move: measured in pixels.

use std::time::Duration;

use iced::keyboard::{Modifiers, key::Named};
use iced::widget::{container, text};
use iced::{Length, Point, Task};

use super::*;
use crate::harness::{Harness, containing, focused};
use crate::widget::row::list_row;

#[derive(Clone, Debug)]
enum Message {
    Tell(Command<u64>),
    Seen(Viewport<u64>),
    Pressed(u64),
}

struct List {
    rows: Vec<(u64, f32)>,
    stick: Stick,
    start: Position<u64>,
    session: u64,
    seen: Option<Viewport<u64>>,
    reports: usize,
    pressed: Vec<u64>,
}

impl List {
    fn update(&mut self, message: Message) -> Task<Message> {
        match message {
            Message::Tell(command) => return send("list", command),
            Message::Seen(viewport) => {
                self.seen = Some(viewport);
                self.reports += 1;
            }
            Message::Pressed(id) => self.pressed.push(id),
        }
        Task::none()
    }

    fn view(&self) -> Element<'_, Message> {
        VirtualList::new(
            self.rows.len(),
            |i| self.rows[i].0,
            |id| self.rows.iter().position(|row| row.0 == *id),
            |i| {
                let (id, height) = self.rows[i];
                if id % 10 == 5 {
                    // A separator: nothing to focus.
                    return container(text(format!("day {id}"))).height(height).into();
                }
                list_row(text(format!("row {id}")).height(Length::Fill), format!("row {id}"))
                    .height(height)
                    .on_press(Message::Pressed(id))
                    .into()
            },
        )
        .id("list")
        .stick(self.stick)
        .session(self.session)
        .start(self.start.clone())
        .page_keys()
        .on_viewport(Message::Seen)
        .into()
    }
}

const HEIGHT: f32 = 400.0;

fn harness(rows: impl IntoIterator<Item = u64>, start: Position<u64>) -> Harness<List, Message> {
    let rows = rows.into_iter().map(|id| (id, 30.0 + (id * 7 % 40) as f32)).collect();
    let list = List { rows, stick: Stick::End, start, session: 0, seen: None, reports: 0, pressed: vec![] };
    Harness::new(list, List::update, List::view, (300.0, HEIGHT))
}

impl Harness<List, Message> {
    fn top(&mut self, id: u64) -> f32 {
        let find = |c: iced_selector::Candidate<'_>| match c {
            iced_selector::Candidate::Text { content, bounds, .. }
                if content == format!("row {id}") || content == format!("day {id}") =>
            {
                Some(bounds.y)
            }
            _ => None,
        };
        self.find(find).unwrap_or_else(|| panic!("{id} is not built: {:?}", self.texts()))
    }

    fn built(&mut self, id: u64) -> bool {
        self.find(format!("row {id}")).is_some()
    }

    fn seen(&self) -> &Viewport<u64> {
        self.state.seen.as_ref().expect("a report")
    }

    fn tell(&mut self, command: Command<u64>) {
        self.message(Message::Tell(command));
        self.settle();
    }
}

#[test]
fn starts_at_the_end_and_builds_only_what_shows() {
    let mut h = harness(0..100_000, Position::End);
    let last = h.find("row 99999".to_owned()).expect("the last row").bounds();
    let height = 30.0 + (99_999 * 7 % 40) as f32;
    assert_eq!(last.y + height, HEIGHT);
    assert!(h.texts().len() < 20);
    assert!(h.seen().at_end && !h.seen().far_from_end);
}

#[test]
fn it_stops_at_its_first_row() {
    // A little more than fits, so that the rows above the anchor alone would fit.
    let mut h = harness(0..12, Position::End);
    h.wheel_pixels((100.0, 100.0), 2_000.0);
    assert_eq!(h.top(0), 0.0);
    assert!(h.built(6), "{:?}", h.texts());
}

#[test]
fn changes_outside_the_view_move_nothing() {
    let mut h = harness(1_000..2_000, Position::Row { key: 1_500, at: 0.35 });
    h.settle();
    let place = h.top(1_500);
    assert_eq!(place, HEIGHT * 0.35);
    let more = (500..1_000).map(|id| (id, 33.0)).collect::<Vec<_>>();
    h.state.rows.splice(0..0, more);
    h.settle();
    assert_eq!(h.top(1_500), place, "after prepending");
    h.state.rows.extend((2_000..2_300).map(|id| (id, 44.0)));
    h.settle();
    assert_eq!(h.top(1_500), place, "after appending");
    h.state.rows.retain(|row| !(600..1_400).contains(&row.0));
    h.settle();
    assert_eq!(h.top(1_500), place, "after deleting above");
    for row in h.state.rows.iter_mut().filter(|row| row.0 < 1_490) {
        row.1 += 50.0;
    }
    h.settle();
    assert_eq!(h.top(1_500), place, "after editing above");
}

#[test]
fn a_half_visible_row_growing_at_the_top_moves_nothing_below() {
    let mut h = harness(0..200, Position::Row { key: 100, at: 0.0 });
    h.wheel_pixels((100.0, 100.0), -10.0);
    assert_eq!(h.top(100), -10.0);
    let next = h.top(101);
    h.state.rows[100].1 += 80.0;
    h.settle();
    assert_eq!(h.top(101), next);
}

#[test]
fn deleting_the_anchor_leaves_the_next_row_in_place() {
    let mut h = harness(0..200, Position::Row { key: 100, at: 0.0 });
    let next = h.top(101);
    h.state.rows.retain(|row| row.0 != 100);
    h.settle();
    assert_eq!(h.top(101), next);
}

#[test]
fn at_the_end_it_stays_at_the_end() {
    let mut h = harness(0..100, Position::End);
    let end = |h: &mut Harness<List, Message>| {
        let (id, height) = *h.state.rows.last().expect("rows");
        h.top(id) + height
    };
    h.state.rows.push((100, 60.0));
    h.settle();
    assert_eq!(end(&mut h), HEIGHT, "after a new row");
    h.state.rows[100].1 = 90.0;
    h.settle();
    assert_eq!(end(&mut h), HEIGHT, "after the last row grew");
    h.resize((260.0, 250.0));
    assert_eq!(end(&mut h), 250.0, "after the window shrank");
    h.resize((260.0, HEIGHT));
    assert_eq!(end(&mut h), HEIGHT, "after it grew");
    // Within 40 px new rows pull the view along; scrolled up, they do not.
    h.wheel_pixels((100.0, 100.0), 30.0);
    assert_eq!(end(&mut h), HEIGHT + 30.0);
    h.state.rows.push((101, 60.0));
    h.settle();
    assert_eq!(end(&mut h), HEIGHT);
    h.wheel_pixels((100.0, 100.0), 100.0);
    let place = h.top(99);
    h.state.rows.push((102, 60.0));
    h.settle();
    assert_eq!(h.top(99), place);
    assert!(!h.seen().at_end);
}

#[test]
fn short_content_stands_where_it_belongs() {
    let mut h = harness(0..3, Position::End);
    let (id, height) = h.state.rows[2];
    assert_eq!(h.top(id) + height, HEIGHT);
    h.state.stick = Stick::Start;
    h.state.session = 1;
    h.settle();
    assert_eq!(h.top(0), 0.0);
    h.state.rows.clear();
    h.settle();
    assert!(h.texts().is_empty());
    h.state.rows.push((7, 30.0));
    h.settle();
    assert_eq!(h.top(7), 0.0);
}

#[test]
fn opens_at_the_divider_only_if_the_end_would_hide_it() {
    let mut h = harness(0..200, Position::EndOr { key: 100, at: 0.25 });
    assert_eq!(h.top(100), HEIGHT * 0.25);
    h.state.session = 1;
    h.state.start = Position::EndOr { key: 197, at: 0.25 };
    h.settle();
    let (id, height) = h.state.rows[199];
    assert_eq!(h.top(id) + height, HEIGHT);
    assert!(h.built(197));
}

#[test]
fn jumps_wait_for_rows_that_are_being_loaded() {
    let mut h = harness(1_000..1_200, Position::End);
    h.tell(Command::Row { key: 500, at: 0.35 });
    assert!(h.seen().at_end, "nothing moves yet");
    h.state.rows = (400..1_200).map(|id| (id, 40.0)).collect();
    h.settle();
    assert_eq!(h.top(500), HEIGHT * 0.35);
    h.tell(Command::End);
    assert!(h.seen().at_end);
    h.tell(Command::Start);
    assert_eq!(h.top(400), 0.0);
    h.tell(Command::Reveal(700));
    let place = h.top(700);
    assert_eq!(place + 40.0, HEIGHT, "as little as possible");
    h.tell(Command::Reveal(700));
    assert_eq!(h.top(700), place);
    h.tell(Command::Reveal(450));
    assert_eq!(h.top(450), 0.0);
}

#[test]
fn a_remembered_place_is_found_again() {
    let mut h = harness(0..500, Position::Row { key: 250, at: 0.3 });
    h.wheel_pixels((100.0, 100.0), -17.0);
    let places: Vec<_> = (250..254).map(|id| h.top(id)).collect();
    let (key, top) = h.seen().anchor;
    h.state.session = 9;
    h.state.start = Position::End;
    h.settle();
    assert!(h.seen().at_end);
    h.state.session = 10;
    h.state.start = Position::Exact { key, top };
    h.settle();
    // The report may be older than the last few pixels of scrolling, but not than a row.
    assert!((h.top(250) - places[0]).abs() <= 17.0);
}

#[test]
fn a_reordering_list_holds_its_start_and_its_indices() {
    let mut h = harness(0..300, Position::Start);
    h.state.stick = Stick::Start;
    h.state.session = 3;
    h.settle();
    assert_eq!(h.top(0), 0.0);
    // At the start, a row that comes to the front is seen.
    let row = h.state.rows.remove(200);
    h.state.rows.insert(0, row);
    h.settle();
    assert_eq!(h.top(200), 0.0);
    // Scrolled, the same move does not drag the view with the row.
    h.tell(Command::Row { key: 100, at: 0.0 });
    let index = h.state.rows.iter().position(|row| row.0 == 100).expect("there");
    let row = h.state.rows.remove(index);
    h.state.rows.insert(0, row);
    h.settle();
    assert!(!h.built(0));
    assert!(h.built(101));
}

#[test]
fn wheel_pages_and_keys() {
    let mut h = harness(0..500, Position::End);
    let (at, id) = ((100.0, 100.0), 497);
    let place = h.top(id);
    h.wheel(at, 1.0);
    assert_eq!(h.top(id), place + 60.0);
    h.wheel_pixels(at, -7.5);
    assert_eq!(h.top(id), place + 52.5);
    h.wheel(at, -5.0);
    assert_eq!(h.top(id), place, "never past the end");
    h.key(Named::PageUp, Modifiers::empty());
    assert!(!h.seen().at_end);
    h.key(Named::PageDown, Modifiers::empty());
    assert!(h.seen().at_end);
    assert_eq!(h.top(id), place);
    h.key(Named::Home, Modifiers::empty());
    assert!(h.seen().at_end, "Home belongs to whoever has the keyboard");
    h.click(containing("row 498"));
    h.key(Named::Home, Modifiers::empty());
    assert_eq!(h.top(0), 0.0);
    h.key(Named::End, Modifiers::empty());
    assert_eq!(h.top(id), place);
}

#[test]
fn the_thumb_can_be_dragged_over_the_whole_list() {
    let mut h = harness(0..10_000, Position::End);
    let x = 300.0 - 6.0;
    h.drag(Point::new(x, HEIGHT - 10.0), Point::new(x, -20.0));
    assert_eq!(h.top(0), 0.0);
    h.drag(Point::new(x, 10.0), Point::new(x, HEIGHT / 2.0));
    let middle = h.seen().first;
    assert!((4_700..5_300).contains(&middle), "{middle}");
    let grip = 5_000.0 / 10_000.0 * HEIGHT;
    h.drag(Point::new(x, grip), Point::new(x, HEIGHT + 50.0));
    assert!(h.seen().at_end);
    // A click beside the thumb turns a page.
    let before = h.seen().first;
    h.click_at((x, 20.0));
    assert!(h.seen().first < before && before - h.seen().first < 20);
}

#[test]
fn arrows_move_the_focus_and_it_survives_scrolling_away() {
    let mut h = harness(0..300, Position::End);
    h.click(containing("row 298"));
    assert_eq!(h.state.pressed, [298]);
    h.key(Named::ArrowUp, Modifiers::empty());
    h.key(Named::ArrowUp, Modifiers::empty());
    assert_eq!(h.top(296), h.find(focused()).expect("focus").bounds().y);
    h.key(Named::ArrowUp, Modifiers::empty());
    let here = h.find(focused()).expect("focus").bounds().y;
    assert_eq!(h.top(294), here, "the separator 295 is skipped");
    // It follows out of the view …
    for _ in 0..20 {
        h.key(Named::ArrowUp, Modifiers::empty());
    }
    let here = h.find(focused()).expect("focus").bounds().y;
    assert!((0.0..HEIGHT).contains(&here));
    assert!(!h.built(299));
    // … and stays alive when the view goes elsewhere.
    h.tell(Command::End);
    assert!(h.find(focused()).is_some());
    h.key(Named::Enter, Modifiers::empty());
    assert_eq!(h.state.pressed.len(), 2);
    let id = h.state.pressed[1];
    h.key(Named::ArrowDown, Modifiers::empty());
    h.key(Named::Enter, Modifiers::empty());
    assert!(h.state.pressed[2] > id);
    assert!(!h.seen().at_end, "the next row came into view");
    // The row is deleted: its neighbour has the keyboard.
    let gone = h.state.pressed[2];
    h.state.rows.retain(|row| row.0 != gone);
    h.settle();
    h.settle();
    h.key(Named::Enter, Modifiers::empty());
    assert_eq!(h.state.pressed.len(), 4);
}

#[test]
fn reports_what_is_half_visible_and_only_changes() {
    let mut h = harness(0..100, Position::Row { key: 50, at: 0.0 });
    assert_eq!(h.seen().first, 50);
    assert_eq!(h.seen().shown.first(), Some(&50));
    let half = h.state.rows[50].1 / 2.0;
    h.wheel_pixels((100.0, 100.0), -half - 1.0);
    assert_eq!(h.seen().first, 50);
    assert_eq!(h.seen().shown.first(), Some(&51));
    let reports = h.state.reports;
    h.wheel_pixels((100.0, 100.0), -1.0);
    h.settle();
    assert_eq!(h.state.reports, reports, "one pixel changes nothing worth a report");
    // A row taller than the view counts when it fills half of it.
    h.state.rows[60].1 = 2_000.0;
    h.tell(Command::Row { key: 60, at: 0.4 });
    assert!(h.seen().shown.contains(&60));
}

#[test]
fn a_wheel_step_over_100_000_rows_is_quick() {
    let mut h = harness(0..100_000, Position::End);
    let mut total = Duration::ZERO;
    for _ in 0..100 {
        h.events(&step(1.0));
        total += h.times.update;
    }
    // Unoptimised, on a machine that does other things too; about 1.3 ms when it is idle.
    assert!(total / 100 < Duration::from_millis(30), "{:?}", total / 100);
}

fn step(lines: f32) -> [iced::Event; 2] {
    let delta = iced::mouse::ScrollDelta::Lines { x: 0.0, y: lines };
    [
        iced::Event::Mouse(iced::mouse::Event::CursorMoved { position: (100.0, 100.0).into() }),
        iced::Event::Mouse(iced::mouse::Event::WheelScrolled { delta }),
    ]
}

/// Between two frames the app is not asked for a new view.
#[test]
fn it_scrolls_without_a_new_view() {
    let mut h = harness(0..500, Position::End);
    let place = h.top(493);
    let steps: Vec<_> = (0..4).flat_map(|_| step(1.0)).collect();
    assert_eq!(h.events(&steps), 0, "no messages");
    assert_eq!(h.top(493), place + 240.0);
    h.events(&[step(-1.0), step(-9.0)].concat());
    assert_eq!(h.top(493), place, "never past the end");
}

/// A report is a new view of the whole window, so a flood of wheel steps must not be one of reports.
#[test]
fn while_it_scrolls_it_reports_ten_times_a_second() {
    let mut h = harness(0..5_000, Position::End);
    let (start, reports) = (std::time::Instant::now() + Duration::from_secs(1), h.state.reports);
    for frame in 0..125 {
        h.events(&step(1.0));
        h.frame_at(start + Duration::from_millis(8) * frame);
    }
    let reports = h.state.reports - reports;
    assert!((8..=11).contains(&reports), "{reports} reports within a second");
    h.frame_at(start + Duration::from_secs(2));
    h.frame_at(start + Duration::from_secs(2));
    let (key, top) = h.seen().anchor;
    assert_eq!(h.top(key), top, "the last report is of where it stands");
}
