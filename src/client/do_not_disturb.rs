//! Global do-not-disturb as a function of time (CONV-95): when it begins, and whether it holds at a moment.
//!
//! Nothing here reads a clock. The zone in which a daily one begins at the same clock time is stored by name, so that
//! all instances of a person agree wherever they are.

use hallway_protocol::ErrorCode;
use hallway_protocol::conversation::{AllReceiveMessageOpt, RemindType};
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use crate::Result;

/// Seconds of a day. One that is repeated and lasts so long never ends.
const DAY: i64 = 86_400;

/// Until when it is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Unix seconds.
    Until(i64),
    /// Until it is switched off.
    ForEver,
}

/// What a person wants (CONV-73).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Clock time of today, in the zone of this computer, at which it begins: 0 to 23.
    pub start_hour: i8,
    /// 0 to 59.
    pub start_minute: i8,
    /// 0 to 59.
    pub start_second: i8,
    /// Seconds, at least 1.
    pub duration: i64,
    /// Each day again; for ever if it lasts a day or longer.
    pub is_repeated: bool,
}

/// Whether notifications and sounds are to be kept back at `now` (Unix seconds), whatever the conversation's own
/// remind type says (CONV-96).
pub fn is_silent(opt: &AllReceiveMessageOpt, now: i64) -> bool {
    silence(opt, now).is_some()
}

/// Until when it is silent; none if it is not at `now` (Unix seconds).
pub fn silence(opt: &AllReceiveMessageOpt, now: i64) -> Option<Silence> {
    if opt.message_remind_type != RemindType::AcceptNotNotify {
        // Before the zone is looked up, for which files may be read.
        return None;
    }
    silence_in(opt, &zone_of(opt), now)
}

/// A name that this computer does not know: each day at the same time in UTC.
fn zone_of(opt: &AllReceiveMessageOpt) -> TimeZone {
    TimeZone::get(&opt.time_zone).unwrap_or(TimeZone::UTC)
}

fn silence_in(opt: &AllReceiveMessageOpt, zone: &TimeZone, now: i64) -> Option<Silence> {
    if opt.message_remind_type != RemindType::AcceptNotNotify || now < opt.start_time {
        return None;
    }
    let duration = opt.end_time.saturating_sub(opt.start_time);
    match opt.is_repeated {
        false => (now < opt.end_time).then_some(Silence::Until(opt.end_time)),
        true if duration >= DAY => Some(Silence::ForEver),
        true => {
            let ends = beginnings(opt, zone, now)
                .filter(|begins| *begins <= now)
                .map(|begins| begins.saturating_add(duration));
            ends.filter(|ends| now < *ends).last().map(Silence::Until)
        }
    }
}

/// When it is silent next, or no longer (Unix seconds); none if that never changes.
pub fn next_change(opt: &AllReceiveMessageOpt, now: i64) -> Option<i64> {
    if opt.message_remind_type != RemindType::AcceptNotNotify {
        return None;
    }
    next_change_in(opt, &zone_of(opt), now)
}

fn next_change_in(opt: &AllReceiveMessageOpt, zone: &TimeZone, now: i64) -> Option<i64> {
    match silence_in(opt, zone, now) {
        Some(Silence::Until(end)) => Some(end),
        Some(Silence::ForEver) => None,
        None if opt.message_remind_type != RemindType::AcceptNotNotify => None,
        None if now < opt.start_time => Some(opt.start_time),
        None if opt.is_repeated => beginnings(opt, zone, now).find(|begins| *begins > now),
        None => None,
    }
}

/// The moments at which a daily one begins: yesterday, whose silence may reach into today, today, and tomorrow.
fn beginnings(opt: &AllReceiveMessageOpt, zone: &TimeZone, now: i64) -> impl Iterator<Item = i64> {
    let local = |time| Some(Timestamp::from_second(time).ok()?.to_zoned(zone.clone()));
    let (start, today) = (local(opt.start_time), local(now).map(|now| now.date()));
    let days = today.map(|today| [today.yesterday().ok(), Some(today), today.tomorrow().ok()]);
    days.into_iter().flatten().flatten().filter_map(move |day| {
        let start = start.as_ref().filter(|start| day >= start.date())?;
        Some(day.to_datetime(start.time()).to_zoned(start.time_zone().clone()).ok()?.timestamp().as_second())
    })
}

/// What `wish` means today, `now` being Unix seconds.
///
/// # Errors
///
/// 6017 for a clock time that there is not, or for no duration.
pub fn from_wish(wish: Wish, now: i64) -> Result<AllReceiveMessageOpt> {
    let zone = TimeZone::system();
    let mut opt = from_wish_in(wish, &zone, now)?;
    opt.time_zone = zone.iana_name().unwrap_or_default().to_owned();
    Ok(opt)
}

fn from_wish_in(wish: Wish, zone: &TimeZone, now: i64) -> Result<AllReceiveMessageOpt> {
    let wrong = |_| ErrorCode::InvalidParameter;
    let time = civil::Time::new(wish.start_hour, wish.start_minute, wish.start_second, 0).map_err(wrong)?;
    if wish.duration < 1 || wish.start_second > 59 {
        return Err(ErrorCode::InvalidParameter.into());
    }
    let today = Timestamp::from_second(now).map_err(wrong)?.to_zoned(zone.clone()).date();
    let start = today.to_datetime(time).to_zoned(zone.clone()).map_err(wrong)?.timestamp().as_second();
    Ok(AllReceiveMessageOpt {
        message_remind_type: RemindType::AcceptNotNotify,
        start_time: start,
        end_time: start.saturating_add(wish.duration),
        is_repeated: wish.is_repeated,
        time_zone: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Berlin and Shanghai by rule, so that no database of zones is needed.
    const BERLIN: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
    const SHANGHAI: &str = "CST-8";

    fn zone(rule: &str) -> TimeZone {
        TimeZone::posix(rule).unwrap()
    }

    /// Unix seconds of a clock time in a zone.
    fn at(rule: &str, clock: &str) -> i64 {
        let clock: civil::DateTime = clock.parse().unwrap();
        clock.to_zoned(zone(rule)).unwrap().timestamp().as_second()
    }

    const fn wish(start_hour: i8, start_minute: i8, duration: i64, is_repeated: bool) -> Wish {
        Wish { start_hour, start_minute, start_second: 0, duration, is_repeated }
    }

    /// A zone, a wish, when it is made, and until when it is silent at some moments.
    type Case<'a> = (&'a str, Wish, &'a str, &'a [(&'a str, Option<String>)]);

    /// CONV-95: once, daily, for ever; over midnight; where the clock is put forward and back.
    #[test]
    fn when_it_is_silent() {
        const HOUR: i64 = 3600;
        let until = |clock: &str| Some(clock.to_owned());
        let rows: &[Case<'_>] = &[
            // Once: from 13:30 for an hour, and never again.
            (
                BERLIN,
                wish(13, 30, HOUR, false),
                "2026-06-01T09:00",
                &[
                    ("2026-06-01T13:29:59", None),
                    ("2026-06-01T13:30", until("2026-06-01T14:30")),
                    ("2026-06-01T14:29:59", until("2026-06-01T14:30")),
                    ("2026-06-01T14:30", None),
                    ("2026-06-02T13:45", None),
                ],
            ),
            // Once, for longer than a day.
            (
                BERLIN,
                wish(22, 0, 34 * HOUR, false),
                "2026-06-01T23:00",
                &[("2026-06-02T23:00", until("2026-06-03T08:00")), ("2026-06-03T08:00", None)],
            ),
            // Daily over midnight; not the night before it was set.
            (
                SHANGHAI,
                wish(22, 0, 9 * HOUR, true),
                "2026-06-01T12:00",
                &[
                    ("2026-06-01T06:00", None),
                    ("2026-06-01T21:59:59", None),
                    ("2026-06-01T22:00", until("2026-06-02T07:00")),
                    ("2026-06-02T06:59:59", until("2026-06-02T07:00")),
                    ("2026-06-02T07:00", None),
                    ("2026-12-24T23:00", until("2026-12-25T07:00")),
                ],
            ),
            // Daily at the same clock time in summer and in winter.
            (
                BERLIN,
                wish(22, 0, 9 * HOUR, true),
                "2026-06-01T12:00",
                &[
                    ("2026-12-01T21:59:59", None),
                    ("2026-12-01T22:00", until("2026-12-02T07:00")),
                    // The night has 25 hours: nine of them end earlier by the clock.
                    ("2026-10-25T05:59:59", until("2026-10-25T06:00")),
                    ("2026-10-25T06:00", None),
                ],
            ),
            // Daily and all day long but a second.
            (
                SHANGHAI,
                wish(8, 0, DAY - 1, true),
                "2026-06-01T12:00",
                &[("2026-06-03T07:59:58", until("2026-06-03T07:59:59")), ("2026-06-03T07:59:59", None)],
            ),
            // A day or longer and repeated: for ever, from then on.
            (
                SHANGHAI,
                wish(8, 0, DAY, true),
                "2026-06-01T07:00",
                &[
                    ("2026-06-01T07:59:59", None),
                    ("2026-06-01T08:00", until("ever")),
                    ("2036-06-01T03:00", until("ever")),
                ],
            ),
        ];
        for (rule, wish, set, moments) in rows {
            let opt = from_wish_in(*wish, &zone(rule), at(rule, set)).unwrap();
            for (moment, expected) in *moments {
                let expected = expected.as_deref().map(|clock| match clock {
                    "ever" => Silence::ForEver,
                    clock => Silence::Until(at(rule, clock)),
                });
                let now = at(rule, moment);
                assert_eq!(silence_in(&opt, &zone(rule), now), expected, "{rule} {wish:?} at {moment}");
                // It changes when it is said to change, and not before.
                if let Some(change) = next_change_in(&opt, &zone(rule), now) {
                    let is_silent = |now| silence_in(&opt, &zone(rule), now).is_some();
                    assert_eq!(is_silent(change - 1), expected.is_some());
                    assert_ne!(is_silent(change), expected.is_some());
                }
            }
        }
        assert!(!is_silent(&AllReceiveMessageOpt::default(), at(BERLIN, "2026-06-01T12:00")));
    }

    /// CONV-95: a moment is the same everywhere; what is stored says in which zone the clock time is meant.
    #[test]
    fn every_zone_agrees() {
        let mut opt =
            from_wish_in(wish(22, 0, 3600, true), &zone(SHANGHAI), at(SHANGHAI, "2026-06-01T12:00")).unwrap();
        let evening = at(SHANGHAI, "2026-06-08T22:30");
        assert_eq!(at(BERLIN, "2026-06-08T16:30"), evening);
        // The fallback for an unknown zone is right for zones that never change their clocks.
        opt.time_zone = "Atlantis/Poseidonia".into();
        assert_eq!(silence(&opt, evening), Some(Silence::Until(at(SHANGHAI, "2026-06-08T23:00"))));
        assert_eq!(silence(&opt, at(BERLIN, "2026-06-08T22:30")), None);
    }

    #[test]
    fn wishes_that_there_are_not() {
        let now = at(BERLIN, "2026-06-01T12:00");
        for wrong in
            [wish(24, 0, 60, false), wish(0, 60, 60, false), wish(0, 0, 0, false), wish(-1, 0, 60, false)]
        {
            let code = from_wish_in(wrong, &zone(BERLIN), now).map_err(|error| error.code);
            assert_eq!(code, Err(ErrorCode::InvalidParameter), "{wrong:?}");
        }
    }
}
