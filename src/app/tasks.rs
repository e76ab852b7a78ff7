//! The runtime of everything that is not drawing.
//!
//! iced would make one together with the window. It is made before, so that something can be begun on it at
//! once, and handed over when iced asks.

use std::future::Future;
use std::io;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::Runtime;

/// Made and not yet handed over.
static MADE: Mutex<Option<Runtime>> = Mutex::new(None);

/// The runtime, as iced wants it.
pub struct Tasks(Runtime);

/// Makes the runtime and does something inside of it.
pub fn begin<T>(work: impl FnOnce() -> T) -> io::Result<T> {
    let runtime = Runtime::new()?;
    let begun = {
        let _inside = runtime.enter();
        work()
    };
    *MADE.lock().unwrap_or_else(PoisonError::into_inner) = Some(runtime);
    Ok(begun)
}

/// Ends the runtime if iced never asked for it, with all that was begun on it.
pub fn end() {
    drop(MADE.lock().unwrap_or_else(PoisonError::into_inner).take());
}

impl iced::Executor for Tasks {
    fn new() -> io::Result<Self> {
        match MADE.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(runtime) => Ok(Self(runtime)),
            None => Runtime::new().map(Self),
        }
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(future);
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }

    fn enter<R>(&self, work: impl FnOnce() -> R) -> R {
        let _inside = self.0.enter();
        work()
    }
}
