//! What a call asks for, checked (MSG-67, MSG-9), and its answer.

use hallway_protocol::method::{FoundInConversation, FoundMessages, KeywordMatch, SearchMessages};
use hallway_protocol::{ConversationId, ErrorCode, Message};

use crate::ask::Question;
use crate::fold::fold;
use crate::walk::{Groups, Mark, Page};

/// Words, and senders, of a search (MSG-9).
const LIST_MAX: usize = 5;
/// Messages or conversations of a page at most, and when nothing is asked for (MSG-9).
const PAGE: (u32, u32) = (100, 20);
/// Seconds that a cursor lives (MSG-9).
const CURSOR_LIFE: i64 = 120;

/// A search that can be carried out.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is looked for.
    pub question: Question,
    /// Messages or conversations of the page.
    pub count: usize,
    /// In one conversation: below this place.
    pub before: i64,
    /// In all: behind this conversation.
    pub after: Option<Mark>,
    now: i64,
}

impl Request {
    /// Reads a call made at `now`, in Unix seconds.
    ///
    /// # Errors
    ///
    /// 6017.
    pub fn read(call: &SearchMessages, now: i64) -> Result<Self, ErrorCode> {
        let words: Vec<String> = call.keyword_list.iter().map(|word| fold(word)).collect();
        let is_open =
            words.is_empty() && call.sender_user_id_list.is_empty() && call.message_type_list.is_empty();
        let is_too_long = words.len() > LIST_MAX || call.sender_user_id_list.len() > LIST_MAX;
        let count = call.count.unwrap_or(PAGE.1);
        let times = call.time_position < 0 || call.time_period < 0;
        if is_open || is_too_long || words.contains(&String::new()) || times || !(1..=PAGE.0).contains(&count)
        {
            return Err(ErrorCode::InvalidParameter);
        }
        let end = if call.time_position == 0 { now } else { call.time_position };
        let mut request = Self {
            question: Question {
                words,
                all: call.keyword_list_match_type == KeywordMatch::And,
                kinds: call.message_type_list.clone(),
                senders: call.sender_user_id_list.clone(),
                from: if call.time_period == 0 { i64::MIN } else { end.saturating_sub(call.time_period) },
                // Clocks differ: now is whatever has come.
                to: if call.time_position == 0 { i64::MAX } else { end },
            },
            count: usize::try_from(count).unwrap_or_default(),
            before: i64::MAX,
            after: None,
            now,
        };
        if let Some(cursor) = &call.cursor {
            let [made, first, second] = numbers(cursor).ok_or(ErrorCode::InvalidParameter)?;
            if !(0..=CURSOR_LIFE).contains(&now.saturating_sub(made)) {
                return Err(ErrorCode::InvalidParameter);
            }
            request.before = first;
            request.after = Some((first, second));
        }
        Ok(request)
    }

    fn cursor(&self, first: i64, second: i64) -> String {
        format!("{}:{first}:{second}", self.now)
    }

    /// The answer with a page of one conversation.
    pub fn one(&self, conversation_id: ConversationId, page: Page<Message>) -> FoundMessages {
        let message_list: Vec<Message> = page.hits.into_iter().map(|hit| hit.message).collect();
        let is_estimate = !page.is_exact;
        let found = FoundInConversation {
            conversation_id,
            message_count: page.total,
            is_estimate,
            message_list,
            newest_message: None,
        };
        FoundMessages {
            total_count: page.total,
            is_estimate,
            is_incomplete: false,
            cursor: page.next.map(|place| self.cursor(place, 0)),
            search_result_list: if page.total == 0 { Vec::new() } else { vec![found] },
        }
    }

    /// The answer with a page of all conversations; the messages name theirs.
    pub fn all(&self, groups: Groups<Message>) -> FoundMessages {
        let found = groups.groups.into_iter().filter_map(|group| {
            let mut hits = group.hits.into_iter().map(|hit| hit.message);
            let newest = hits.next()?;
            let conversation_id = newest.conversation_id.clone();
            let is_alone = group.count == 1;
            let (message_list, newest_message) =
                if is_alone { (vec![newest], None) } else { (Vec::new(), Some(Box::new(newest))) };
            Some(FoundInConversation {
                conversation_id,
                message_count: group.count,
                is_estimate: !group.is_exact,
                message_list,
                newest_message,
            })
        });
        FoundMessages {
            total_count: groups.total,
            is_estimate: !groups.is_exact,
            is_incomplete: false,
            search_result_list: found.collect(),
            cursor: groups.next.map(|(time, conv)| self.cursor(time, conv)),
        }
    }
}

fn numbers(cursor: &str) -> Option<[i64; 3]> {
    let mut parts = cursor.split(':').map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(call: &SearchMessages) -> Result<Request, ErrorCode> {
        Request::read(call, 1_000)
    }

    fn word(word: &str) -> SearchMessages {
        SearchMessages { keyword_list: vec![word.into()], ..SearchMessages::default() }
    }

    /// MSG-9, MSG-67: what is refused.
    #[test]
    fn limits_and_empty_searches_are_6017() {
        assert!(read(&word("a")).is_ok());
        for bad in [
            SearchMessages::default(),
            word(""),
            word("\u{200b}"),
            SearchMessages { keyword_list: vec!["a".into(); 6], ..SearchMessages::default() },
            SearchMessages { count: Some(0), ..word("a") },
            SearchMessages { count: Some(101), ..word("a") },
            SearchMessages { time_period: -1, ..word("a") },
            SearchMessages { cursor: Some("x".into()), ..word("a") },
        ] {
            assert_eq!(read(&bad).err(), Some(ErrorCode::InvalidParameter), "{bad:?}");
        }
        assert!(
            read(&SearchMessages { keyword_list: vec!["a".into(); 5], ..SearchMessages::default() }).is_ok()
        );
        let kinds = vec![hallway_protocol::method::MessageKind::Image];
        assert!(read(&SearchMessages { message_type_list: kinds, ..SearchMessages::default() }).is_ok());
    }

    /// MSG-9: a cursor lives two minutes.
    #[test]
    fn cursors_run_out() {
        let cursor = Some(read(&word("a")).unwrap().cursor(7, 8));
        let call = SearchMessages { cursor, ..word("a") };
        let later = Request::read(&call, 1_120).unwrap();
        assert_eq!((later.before, later.after), (7, Some((7, 8))));
        assert!(Request::read(&call, 1_121).is_err());
    }
}
