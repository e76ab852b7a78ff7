//! Text that can be selected across rows.
//!
//! The selection is application state ([`Selection`]: message id and byte to message id and byte), so that
//! it survives rows leaving the screen and copying reads the model, not the widgets. [`select_text`] draws
//! one text and its part of the selection; [`select_area`] around the list turns presses, drags, double and
//! triple clicks into a new [`Selection`].
//!
//! ```ignore
//! select_area(list, self.selection.as_ref(), Message::Selected).list("timeline")
//! // in a row:
//! select_text(id, Rich::plain(body), theme.palette()).selection(self.selection_in(id)).on_link(Message::Open)
//! ```

mod area;
mod selection;
#[cfg(test)]
mod tests;
mod text;

pub use area::{SelectArea, select_area};
pub use selection::Selection;
pub use text::{SelectText, select_text};
