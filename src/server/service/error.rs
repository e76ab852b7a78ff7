//! What people are told when storage fails.

use hallway_protocol::{ChatError, ErrorCode};
use tracing::{error, warn};

use crate::store::StoreError;

/// All of these may be tried again later: writes are idempotent, and a client keeps what it could not send.
impl From<StoreError> for ChatError {
    fn from(store: StoreError) -> Self {
        match &store {
            StoreError::Busy(_) => {
                warn!(error = %store, "storage is too busy");
                ErrorCode::ServiceOverloaded.into()
            }
            StoreError::Full(_) => {
                error!(error = %store, "storage is full");
                Self::new(ErrorCode::ServiceStopped).with_message("the server cannot store anything now")
            }
            StoreError::Closed => ErrorCode::ServiceStopped.into(),
            _ => {
                error!(error = %store, "storage failed");
                ErrorCode::MessageInternalError.into()
            }
        }
    }
}
