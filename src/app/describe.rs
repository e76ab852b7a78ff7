//! Tells a test in another process what is on screen (feature `harness`).
//!
//! Who drives a real window from outside sees pixels and a title. To wait for what a person would wait
//! for, and to click what a person would click, it needs the texts and their places. Where the
//! environment variable [`SOCKET`] names a Unix socket, the app writes one line of JSON to it whenever what
//! can be read or pressed has changed: what `operate` of the widgets reports. Builds without the feature
//! contain none of this.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::sync::{LazyLock, Mutex};

use iced::advanced::widget::operate;
use iced::{Rectangle, Task};
use iced_selector::{Candidate, Selector};
use serde::Serialize;

use crate::widget::access::Node;

/// Environment variable with the path of the socket to write to.
pub const SOCKET: &str = "HALLWAY_DESCRIBE";

/// Something on screen, in logical pixels of the window.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Item {
    /// `text`, `input`, `focus`, or the role of a widget (`button`, `list_item`, …).
    kind: String,
    /// The text or name.
    text: String,
    /// Left, top, width, height of the part that can be seen.
    place: [f32; 4],
    /// Chosen among its kind.
    selected: bool,
    /// Cannot be used now.
    disabled: bool,
}

#[derive(Serialize)]
struct Screen<'a> {
    scale: f32,
    items: &'a [Item],
}

struct Output {
    stream: UnixStream,
    last: Vec<u8>,
}

static OUTPUT: LazyLock<Option<Mutex<Output>>> = LazyLock::new(|| {
    let path = std::env::var_os(SOCKET)?;
    let stream =
        UnixStream::connect(path).inspect_err(|error| tracing::warn!(%error, "nobody listens")).ok()?;
    Some(Mutex::new(Output { stream, last: Vec::new() }))
});

/// Describes the screen at once after the update that gave this task, and again when the task is done: what it
/// does to widgets (giving the keyboard to one) can be seen then. `zoom` is that of the user.
pub fn after<Message: Send + 'static>(task: Task<Message>, zoom: f32) -> Task<Message> {
    Task::batch([screen(zoom), task.chain(screen(zoom))])
}

/// Never gives a message.
fn screen<Message: Send + 'static>(scale: f32) -> Task<Message> {
    if OUTPUT.is_none() {
        return Task::none();
    }
    // The first look is for nothing: when the second comes the frame in between has been drawn.
    operate(item.find_all()).then(|_| operate(item.find_all())).then(move |items| {
        tell(&Screen { scale, items: &items });
        Task::none()
    })
}

fn item(candidate: Candidate<'_>) -> Option<Item> {
    let visible = candidate.visible_bounds()?;
    let (kind, text, selected, disabled) = match candidate {
        Candidate::Text { content, .. } => ("text".to_owned(), content.to_owned(), false, false),
        Candidate::TextInput { state, .. } => ("input".to_owned(), state.text().to_owned(), false, false),
        Candidate::Focusable { state, .. } if state.is_focused() => {
            ("focus".to_owned(), String::new(), false, false)
        }
        Candidate::Custom { state, .. } => {
            let node = state.downcast_ref::<Node>()?;
            (snake_case(&format!("{:?}", node.role)), node.name.clone(), node.selected, node.disabled)
        }
        _ => return None,
    };
    let Rectangle { x, y, width, height } = visible;
    Some(Item { kind, text, place: [x, y, width, height], selected, disabled })
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

fn tell(screen: &Screen<'_>) {
    let Some(output) = OUTPUT.as_ref() else { return };
    let Ok(mut line) = serde_json::to_vec(screen) else { return };
    line.push(b'\n');
    if let Ok(mut output) = output.lock()
        && output.last != line
    {
        // The test may be gone; the app goes on.
        let _ = output.stream.write_all(&line);
        output.last = line;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_written_as_in_other_names() {
        assert_eq!(snake_case("ListItem"), "list_item");
    }
}
