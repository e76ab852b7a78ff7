//! Rate limits at the door: what is asked too often is refused before any work is done for it.

use std::net::IpAddr;
use std::time::Instant;

use hallway_protocol::method::MethodName;
use hallway_protocol::{ChatError, ErrorCode};

use crate::config::Rates;
use crate::metrics::{Limited, Metrics};
use crate::ratelimit::Limiter;

/// All limits that do not need to know more than who asks for what.
pub struct Gate {
    sign_in: Limiter<IpAddr>,
    requests: Limiter<i64>,
    send: Limiter<i64>,
    create_group: Limiter<i64>,
    search: Limiter<i64>,
}

impl Gate {
    /// With the deployer's rates.
    pub fn new(rates: &Rates) -> Self {
        Self {
            sign_in: Limiter::new(rates.sign_in_per_address),
            requests: Limiter::new(rates.requests),
            send: Limiter::new(rates.send),
            create_group: Limiter::new(rates.create_group),
            search: Limiter::new(rates.search),
        }
    }

    /// May somebody at `peer` try to sign in or to make an account? Else 72010.
    pub fn sign_in(&self, peer: IpAddr, metrics: &Metrics) -> Result<(), ChatError> {
        self.sign_in.take(peer, Instant::now()).map_err(|wait| {
            metrics.limited(Limited::SignIn);
            ChatError::new(ErrorCode::AccountTooFrequent).with_retry_after(wait)
        })
    }

    /// May `user` call `method` now? Else 60018, for groups 10006.
    pub fn call(&self, user: i64, method: MethodName, metrics: &Metrics) -> Result<(), ChatError> {
        let now = Instant::now();
        self.requests.take(user, now).map_err(|wait| {
            metrics.limited(Limited::Requests);
            ChatError::new(ErrorCode::RequestsTooFrequent).with_retry_after(wait)
        })?;
        let (limiter, limited, code) = match method {
            MethodName::SendMessage | MethodName::ModifyMessage => {
                (&self.send, Limited::Send, ErrorCode::RequestsTooFrequent)
            }
            MethodName::CreateGroup => {
                (&self.create_group, Limited::CreateGroup, ErrorCode::GroupTooFrequent)
            }
            MethodName::SearchUsers => (&self.search, Limited::Search, ErrorCode::RequestsTooFrequent),
            _ => return Ok(()),
        };
        limiter.take(user, now).map_err(|wait| {
            metrics.limited(limited);
            ChatError::new(code).with_retry_after(wait)
        })
    }
}
