//! Whether a message is announced on the desktop: one pure function, so that every case of it can be listed.
//!
//! What outranks what: the person's own word (notifications off, do-not-disturb), then what the message is,
//! then what the conversation is set to, then whether the person is looking at it anyway.

use hallway_protocol::conversation::RemindType;

/// How much of a conversation the person has before their eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Another conversation is open, none is, or something covers it.
    Elsewhere,
    /// It is open, scrolled back.
    Back,
    /// It is open at its end.
    End,
}

/// Everything that decides about one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Case {
    /// The person wants notifications at all.
    pub wanted: bool,
    /// Global do-not-disturb is in force (CONV-96).
    pub dnd: bool,
    /// The window has the keyboard.
    pub focused: bool,
    /// What is seen of the conversation in it.
    pub sight: Sight,
    /// What the conversation is set to (CONV-90 to CONV-94).
    pub remind: RemindType,
    /// The message mentions the person, by name or with everybody.
    pub mentioned: bool,
    /// The person sent it, on another instance.
    pub own: bool,
    /// The person has read it, here or on another instance.
    pub read: bool,
    /// It is of those that are never announced, or its sender asked for silence (MSG-32, MSG-33).
    pub silent: bool,
    /// It was sent while this instance was not connected.
    pub missed: bool,
}

/// What becomes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing.
    Nothing,
    /// It is announced.
    Announce,
    /// It is announced together with what else was missed.
    Gather,
}

/// Decides.
pub fn decide(case: &Case) -> Verdict {
    let may = case.wanted && !case.dnd && !case.silent && !case.own && !case.read;
    let set = match case.remind {
        RemindType::AcceptAndNotify => true,
        RemindType::NotNotifyExceptAt | RemindType::NotReceiveExceptAt => case.mentioned,
        RemindType::AcceptNotNotify | RemindType::Discard => false,
    };
    // Who reads what was said before sees the count of what is new; being called is more than that.
    let seen = case.focused
        && match case.sight {
            Sight::End => true,
            Sight::Back => !case.mentioned,
            Sight::Elsewhere => false,
        };
    match may && set && !seen {
        false => Verdict::Nothing,
        true if case.missed => Verdict::Gather,
        true => Verdict::Announce,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REMIND: [RemindType; 5] = [
        RemindType::AcceptAndNotify,
        RemindType::AcceptNotNotify,
        RemindType::Discard,
        RemindType::NotNotifyExceptAt,
        RemindType::NotReceiveExceptAt,
    ];
    const SIGHT: [Sight; 3] = [Sight::Elsewhere, Sight::Back, Sight::End];

    /// A line of the table: these words have to hold, and then this comes of it. The first line that fits counts.
    const TABLE: [(&str, &str); 18] = [
        ("off", "-"),
        ("dnd", "-"),
        ("silent", "-"),
        ("own", "-"),
        ("read", "-"),
        ("muted", "-"),
        ("refused", "-"),
        ("called-only plain", "-"),
        ("called-topic plain", "-"),
        ("front end plain", "-"),
        ("front end called", "-"),
        ("front back plain", "-"),
        ("front back called missed", "gather"),
        ("front back called", "announce"),
        ("front elsewhere missed", "gather"),
        ("front elsewhere", "announce"),
        ("behind missed", "gather"),
        ("behind", "announce"),
    ];

    fn words(case: &Case) -> Vec<&'static str> {
        let pick = |is: bool, yes, no| if is { yes } else { no };
        vec![
            pick(case.wanted, "on", "off"),
            pick(case.dnd, "dnd", "-"),
            pick(case.silent, "silent", "-"),
            pick(case.own, "own", "-"),
            pick(case.read, "read", "-"),
            pick(case.mentioned, "called", "plain"),
            pick(case.missed, "missed", "live"),
            pick(case.focused, "front", "behind"),
            match case.remind {
                RemindType::AcceptAndNotify => "loud",
                RemindType::AcceptNotNotify => "muted",
                RemindType::Discard => "refused",
                RemindType::NotNotifyExceptAt => "called-only",
                RemindType::NotReceiveExceptAt => "called-topic",
            },
            match case.sight {
                Sight::Elsewhere => "elsewhere",
                Sight::Back => "back",
                Sight::End => "end",
            },
        ]
    }

    /// Every combination there is.
    fn cases() -> impl Iterator<Item = Case> {
        (0..256_u32).flat_map(|bits| {
            let bit = move |at: u32| bits & (1 << at) != 0;
            REMIND.into_iter().flat_map(move |remind| {
                SIGHT.into_iter().map(move |sight| Case {
                    wanted: bit(0),
                    dnd: bit(1),
                    focused: bit(2),
                    sight,
                    remind,
                    mentioned: bit(3),
                    own: bit(4),
                    read: bit(5),
                    silent: bit(6),
                    missed: bit(7),
                })
            })
        })
    }

    /// CONV-90, CONV-91, CONV-93, CONV-96: every combination against the table, and every line of it is needed.
    #[test]
    fn every_combination_is_as_the_table_says() {
        let mut used = [0; TABLE.len()];
        for case in cases() {
            let words = words(&case);
            let fits = |line: &&str| line.split(' ').all(|word| words.contains(&word));
            let line = TABLE.iter().position(|(line, _)| fits(line)).expect("the table knows every case");
            used[line] += 1;
            let expected = match TABLE[line].1 {
                "announce" => Verdict::Announce,
                "gather" => Verdict::Gather,
                _ => Verdict::Nothing,
            };
            assert_eq!(decide(&case), expected, "{words:?} is {:?}", TABLE[line]);
        }
        assert_eq!(used.iter().sum::<usize>(), 3840);
        assert!(used.iter().all(|count| *count > 0), "{used:?}");
    }
}
