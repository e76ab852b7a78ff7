//! Times as people read them, in their zone and language.

use chrono::{
    DateTime, Datelike, Days, FixedOffset, Local, NaiveDate, NaiveDateTime, TimeZone as _, Timelike as _,
};

use crate::fl;

/// The present moment and the zone it is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    now: i64,
    zone: Zone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    System,
    Fixed(FixedOffset),
}

impl Clock {
    /// This moment, in the zone of the system.
    pub fn system() -> Self {
        Self { now: chrono::Utc::now().timestamp(), zone: Zone::System }
    }

    /// The moment `now` (Unix seconds) in a zone this many seconds east of Greenwich: for tests.
    pub fn fixed(now: i64, east: i32) -> Self {
        let zone = FixedOffset::east_opt(east).map_or(Zone::System, Zone::Fixed);
        Self { now, zone }
    }

    /// The same zone at another moment.
    pub fn at(self, now: i64) -> Self {
        Self { now, ..self }
    }

    /// Unix seconds.
    pub fn now(self) -> i64 {
        self.now
    }

    fn local(self, time: i64) -> NaiveDateTime {
        let utc = DateTime::from_timestamp(time, 0).unwrap_or_default();
        match self.zone {
            Zone::System => utc.with_timezone(&Local).naive_local(),
            Zone::Fixed(offset) => utc.with_timezone(&offset).naive_local(),
        }
    }

    /// The day a moment (Unix seconds) falls on.
    pub fn day(self, time: i64) -> NaiveDate {
        self.local(time).date()
    }

    /// Seconds until the day changes, when "Today" becomes "Yesterday".
    pub fn until_midnight(self) -> u64 {
        let seconds = self.local(self.now).num_seconds_from_midnight();
        u64::from(86_400_u32.saturating_sub(seconds)).max(1)
    }

    /// Hour, minute and second of this moment.
    pub fn clock_time(self) -> (i8, i8, i8) {
        let now = self.local(self.now);
        let number = |part: u32| i8::try_from(part).unwrap_or_default();
        (number(now.hour()), number(now.minute()), number(now.second()))
    }

    /// The moment (Unix seconds) of an hour of the next day.
    pub fn tomorrow_at(self, hour: u32) -> i64 {
        let time = (self.day(self.now) + Days::new(1)).and_hms_opt(hour, 0, 0).unwrap_or_default();
        let moment = match self.zone {
            Zone::System => Local.from_local_datetime(&time).earliest().map(|time| time.timestamp()),
            Zone::Fixed(offset) => offset.from_local_datetime(&time).earliest().map(|time| time.timestamp()),
        };
        // An hour that the clock skips: as if it did not.
        moment.unwrap_or_else(|| self.now.saturating_add(86_400))
    }

    /// `14:05`.
    pub fn time_of_day(self, time: i64) -> String {
        self.local(time).format("%H:%M").to_string()
    }

    /// For a row of a list: `14:05` today, then "Yesterday", the weekday, the date.
    pub fn short(self, time: i64) -> String {
        let (day, today) = (self.day(time), self.day(self.now));
        match (today - day).num_days() {
            0 => self.time_of_day(time),
            1 => fl!("time-yesterday"),
            2..=6 => weekday(day),
            _ if day.year() == today.year() => day.format("%m-%d").to_string(),
            _ => day.format("%Y-%m-%d").to_string(),
        }
    }

    /// For a separator of the timeline.
    pub fn day_name(self, day: NaiveDate) -> String {
        let today = self.day(self.now);
        match (today - day).num_days() {
            0 => fl!("time-today"),
            1 => fl!("time-yesterday"),
            2..=6 => weekday(day),
            _ if day.year() == today.year() => {
                fl!("time-date", weekday = weekday(day), month = month(day), day = i64::from(day.day()))
            }
            _ => fl!(
                "time-date-year",
                month = month(day),
                day = i64::from(day.day()),
                year = day.year().to_string()
            ),
        }
    }

    /// Everything about a moment, for tooltips: date, time and zone.
    pub fn full(self, time: i64) -> String {
        let utc = DateTime::from_timestamp(time, 0).unwrap_or_default();
        match self.zone {
            Zone::System => utc.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S UTC%:z").to_string(),
            Zone::Fixed(offset) => utc.with_timezone(&offset).format("%Y-%m-%d %H:%M:%S UTC%:z").to_string(),
        }
    }
}

fn weekday(day: NaiveDate) -> String {
    match day.weekday() {
        chrono::Weekday::Mon => fl!("time-monday"),
        chrono::Weekday::Tue => fl!("time-tuesday"),
        chrono::Weekday::Wed => fl!("time-wednesday"),
        chrono::Weekday::Thu => fl!("time-thursday"),
        chrono::Weekday::Fri => fl!("time-friday"),
        chrono::Weekday::Sat => fl!("time-saturday"),
        chrono::Weekday::Sun => fl!("time-sunday"),
    }
}

fn month(day: NaiveDate) -> String {
    match day.month() {
        1 => fl!("time-january"),
        2 => fl!("time-february"),
        3 => fl!("time-march"),
        4 => fl!("time-april"),
        5 => fl!("time-may"),
        6 => fl!("time-june"),
        7 => fl!("time-july"),
        8 => fl!("time-august"),
        9 => fl!("time-september"),
        10 => fl!("time-october"),
        11 => fl!("time-november"),
        _ => fl!("time-december"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-03-21 14:05:09 in UTC+8, a Thursday.
    const NOON: i64 = 1_711_001_109;

    #[test]
    fn times_of_rows() {
        let clock = Clock::fixed(NOON, 8 * 3600);
        let day = 86_400;
        for (time, shown) in [
            (NOON, "14:05"),
            (NOON - 14 * 3600, "00:05"),
            (NOON - 15 * 3600, "Yesterday"),
            (NOON - 3 * day, "Monday"),
            (NOON - 6 * day, "Friday"),
            (NOON - 7 * day, "03-14"),
            (NOON - 100 * day, "2023-12-12"),
        ] {
            assert_eq!(clock.short(time), shown);
        }
    }

    #[test]
    fn names_of_days() {
        let clock = Clock::fixed(NOON, 8 * 3600);
        let name = |ago: i64| clock.day_name(clock.day(NOON - ago * 86_400));
        assert_eq!(name(0), "Today");
        assert_eq!(name(1), "Yesterday");
        assert_eq!(name(2), "Tuesday");
        assert_eq!(name(20), "Friday, March 1");
        assert_eq!(name(400), "February 15, 2023");
    }

    #[test]
    fn the_rest_of_the_day() {
        let clock = Clock::fixed(NOON, 8 * 3600);
        assert_eq!(clock.until_midnight(), 9 * 3600 + 54 * 60 + 51);
        assert_eq!(clock.clock_time(), (14, 5, 9));
        assert_eq!(clock.tomorrow_at(8) - NOON, 17 * 3600 + 54 * 60 + 51);
        assert_eq!(clock.full(NOON), "2024-03-21 14:05:09 UTC+08:00");
    }
}
