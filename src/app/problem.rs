//! What went wrong, as a sentence for the person: what happened and what to do.
//!
//! Every code has its text in `errors.ftl`. Where the client can tell more than the code says, it names a
//! reason in the error's data; those have texts of their own here.

use hallway_client::ChatError;
pub use hallway_client::key::reason;
use hallway_client::key::reason_of;

use crate::{fl, i18n};

/// The reason in an error, beyond its code.
pub fn reason(error: &ChatError) -> Option<&str> {
    reason_of(error)
}

/// The sentence for an error, in the current language.
pub fn sentence(error: &ChatError) -> String {
    let special = match reason(error) {
        Some("no_network") => Some(fl!("problem-no-network")),
        Some("unreachable") => Some(fl!("problem-unreachable")),
        Some("timeout") => Some(fl!("problem-timeout")),
        Some("not_hallway") => Some(fl!("problem-not-hallway")),
        Some("other_certificate") => Some(fl!("problem-other-certificate")),
        Some("plain") => Some(fl!("problem-plain")),
        Some("proxy") => Some(fl!("problem-proxy", reason = error.message.clone())),
        Some("proxy_address") => Some(fl!("problem-proxy-address")),
        Some("address") => Some(fl!("problem-address")),
        Some("workspace") => Some(fl!("problem-workspace", reason = error.message.clone())),
        Some("port_taken") => Some(fl!("problem-port-taken")),
        Some(reason::NO_KEYRING) => Some(fl!("problem-no-keyring")),
        Some(reason::KEYRING_AWAY) => Some(fl!("problem-keyring-away")),
        Some(reason::KEY_LOST) => Some(fl!("problem-key-lost")),
        Some(reason::PASSPHRASE_NEEDED) => Some(fl!("problem-passphrase-needed")),
        Some(reason::WRONG_PASSPHRASE) => Some(fl!("problem-wrong-passphrase")),
        Some(reason::KEY_FILE_DAMAGED | reason::KEY_FILE_UNREADABLE) => Some(fl!("problem-key-file")),
        _ => None,
    };
    let code = error.code.code();
    special
        .or_else(|| i18n::error_text(i64::from(code)))
        .unwrap_or_else(|| fl!("problem-unknown", code = code))
}

#[cfg(test)]
mod tests {
    use hallway_client::ErrorCode;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reason_says_more_than_its_code() {
        let plain = ChatError::new(ErrorCode::NetworkError);
        let told = ChatError::new(ErrorCode::NetworkError).with_data(json!({ "reason": "not_hallway" }));
        assert_ne!(sentence(&plain), sentence(&told));
        assert!(sentence(&ChatError::new(ErrorCode::from(123_456_789))).contains("123456789"));
    }
}
