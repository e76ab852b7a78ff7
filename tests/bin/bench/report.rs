//! Figures, and the page they are kept on.

use std::fmt;
use std::path::PathBuf;

use hallway_tests::failure::{Outcome, While};
use hallway_tests::process::target_dir;
use serde::{Deserialize, Serialize};

/// A measured figure beside the one to reach.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Figure {
    what: String,
    measured: f64,
    unit: String,
    bound: Bound,
    method: String,
    #[serde(default)]
    date: String,
}

/// What a figure has to reach.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Bound {
    /// The more the better.
    AtLeast(f64),
    /// The less the better.
    AtMost(f64),
}

impl Figure {
    /// A figure; `method` is what was done to get it.
    pub fn new(what: &str, measured: f64, unit: &str, bound: Bound, method: &str) -> Self {
        Self { what: what.into(), measured, unit: unit.into(), bound, method: method.into(), date: today() }
    }

    /// Whether it is as good as it has to be.
    pub fn is_reached(&self) -> bool {
        match self.bound {
            Bound::AtLeast(bound) => self.measured >= bound,
            Bound::AtMost(bound) => self.measured <= bound,
        }
    }
}

fn short(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').into()
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(f, "at least {}", short(*bound)),
            Self::AtMost(bound) => write!(f, "at most {}", short(*bound)),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_reached() { "reached" } else { "MISSED" };
        write!(f, "{}: {} {} ({}, {verdict})", self.what, short(self.measured), self.unit, self.bound)
    }
}

fn kept() -> PathBuf {
    target_dir().join("bench").join("figures")
}

/// Keeps the figures of one benchmark for the page.
pub fn keep(name: &str, figures: &[Figure]) -> Outcome {
    let dir = kept();
    std::fs::create_dir_all(&dir).doing(dir.display())?;
    let json = serde_json::to_string_pretty(figures).doing("writing figures")?;
    std::fs::write(dir.join(format!("{name}.json")), json).doing(dir.display())
}

/// Writes `docs/benchmarks.md` from all figures kept so far.
pub fn write_page() -> Outcome {
    let mut page = format!(
        "# Figures\n\nMeasured by `./dev bench` in release builds; the command writes this page. Machine: {}.\n\
         The load generator runs on the same processors as the server.\n\n\
         | What | Measured | To reach | Date | How |\n|---|---|---|---|---|\n",
        machine()
    );
    let dir = kept();
    let mut files: Vec<_> =
        std::fs::read_dir(&dir).doing(dir.display())?.filter_map(|f| Some(f.ok()?.path())).collect();
    files.sort();
    for file in files {
        let text = std::fs::read_to_string(&file).doing(file.display())?;
        let figures: Vec<Figure> = serde_json::from_str(&text).doing(file.display())?;
        for figure in figures {
            let mark = if figure.is_reached() { "" } else { " (missed)" };
            page.push_str(&format!(
                "| {} | **{} {}**{mark} | {} | {} | {} |\n",
                figure.what,
                short(figure.measured),
                figure.unit,
                figure.bound,
                figure.date,
                figure.method
            ));
        }
    }
    std::fs::write("docs/benchmarks.md", page).doing("docs/benchmarks.md")
}

fn machine() -> String {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
        .map_or("", |(_, m)| m.trim());
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
    let target = target_dir().canonicalize().unwrap_or_default();
    let file_system = mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split_whitespace().skip(1);
            Some((fields.next()?, fields.next()?))
        })
        .filter(|(at, _)| target.starts_with(at))
        .max_by_key(|(at, _)| at.len())
        .map_or("", |(_, kind)| kind);
    format!("{cores} cores ({model}), data on {file_system}")
}

fn today() -> String {
    let seconds =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    // Days since 1970 to a date of the Gregorian calendar (Howard Hinnant's algorithm).
    let days = i64::try_from(seconds / 86_400).unwrap_or(0) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}
