//! Programs that a test starts, watches and ends.
//!
//! [`Program`] starts a command with everything it prints going to a log file, lets a test wait for
//! a printed line or for the end, and never outlives the test: dropping it kills it. Waiting is on
//! events (a line read, a process descriptor), never on a clock.

use std::{
    ffi::OsStr,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::OwnedFd,
    process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
};

use crate::failure::{Failure, Outcome, While};

/// The directory with the programs of this build (`hallway`, `hallway-server`).
pub fn programs_dir() -> PathBuf {
    let own = std::env::current_exe().expect("a running program has a path");
    let dir = own.parent().expect("a program is in a directory");
    // Tests are in `deps` under it.
    if dir.ends_with("deps") { dir.parent().unwrap_or(dir).to_owned() } else { dir.to_owned() }
}

/// The directory that the build and the tests may write to (`target`).
pub fn target_dir() -> PathBuf {
    programs_dir().parent().expect("builds are in a profile's directory").to_owned()
}

/// The path of a program of this build, or what to do when it was not built.
pub fn program(name: &str) -> Outcome<PathBuf> {
    let path = programs_dir().join(name);
    if path.is_file() {
        Ok(path)
    } else {
        Err(Failure::new(format!("{} is not built; ./dev test builds it", path.display())))
    }
}

/// The lines that a program has printed so far.
#[derive(Default)]
struct Printed {
    lines: Mutex<Lines>,
    more: Condvar,
}

#[derive(Default)]
struct Lines {
    all: Vec<String>,
    /// Streams that have not ended yet.
    open: usize,
}

/// A running program; killed when dropped.
pub struct Program {
    name: String,
    child: Child,
    handle: OwnedFd,
    printed: Arc<Printed>,
    log: PathBuf,
}

impl Program {
    /// Starts `command`; what it prints goes to `log` (added to what is there).
    pub fn start(command: &mut Command, log: &Path) -> Outcome<Self> {
        Self::start_with_input(command, log, b"")
    }

    /// Starts `command` with `input` on its standard input.
    pub fn start_with_input(command: &mut Command, log: &Path, input: &[u8]) -> Outcome<Self> {
        let name = Path::new(command.get_program())
            .file_name()
            .unwrap_or_else(|| OsStr::new("program"))
            .to_string_lossy()
            .into_owned();
        let file = File::options().create(true).append(true).open(log).doing(log.display())?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .doing(format_args!("starting {name}"))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read its input has closed it: nothing to report.
            let _ = stdin.write_all(input);
        }
        let pid = Pid::from_child(&child);
        let handle = pidfd_open(pid, PidfdFlags::empty()).doing(format_args!("watching {name}"))?;
        let printed = Arc::new(Printed::default());
        if let Some(out) = child.stdout.take() {
            read_lines(out, &printed, file.try_clone().doing(log.display())?);
        }
        if let Some(err) = child.stderr.take() {
            read_lines(err, &printed, file);
        }
        Ok(Self { name, child, handle, printed, log: log.to_owned() })
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where everything goes that it prints.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Waits for a line of which `pick` makes something, among those printed so far and to come.
    pub fn line<T>(&self, what: &str, within: Duration, pick: impl Fn(&str) -> Option<T>) -> Outcome<T> {
        let deadline = Instant::now() + within;
        let mut lines = self.printed.lines.lock().expect("no reader panics");
        let mut seen = 0;
        loop {
            if let Some(found) = lines.all[seen..].iter().find_map(|line| pick(line)) {
                return Ok(found);
            }
            seen = lines.all.len();
            let left = deadline.saturating_duration_since(Instant::now());
            if lines.open == 0 || left.is_zero() {
                let last = lines.all[seen.saturating_sub(12)..].join("\n    ");
                let why = if lines.open == 0 { "ended" } else { "went on" };
                return Err(Failure::new(format!(
                    "{} {why} without printing {what}; its last lines:\n    {last}",
                    self.name
                )));
            }
            lines = self.printed.more.wait_timeout(lines, left).expect("no reader panics").0;
        }
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Ends it at once, as a power cut would (SIGKILL).
    pub fn kill(mut self) -> Outcome<ExitStatus> {
        self.signal(Signal::KILL)?;
        self.end(Duration::from_secs(10))
    }

    /// Asks it to end (SIGTERM) and waits.
    pub fn stop(mut self, within: Duration) -> Outcome<ExitStatus> {
        self.signal(Signal::TERM)?;
        self.end(within)
    }

    /// Stops it for the time being (SIGSTOP): it keeps its connections and answers nothing.
    pub fn freeze(&self) -> Outcome {
        self.signal(Signal::STOP)
    }

    /// Lets a frozen program go on (SIGCONT).
    pub fn thaw(&self) -> Outcome {
        self.signal(Signal::CONT)
    }

    /// Waits for it to end by itself.
    pub fn end(&mut self, within: Duration) -> Outcome<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = Timespec::try_from(left).doing("waiting")?;
            let mut ends = [PollFd::new(&self.handle, PollFlags::IN)];
            match poll(&mut ends, Some(&timeout)) {
                Ok(0) => return Err(Failure::new(format!("{} did not end within {within:?}", self.name))),
                Ok(_) => return self.child.wait().doing(format_args!("waiting for {}", self.name)),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error).doing(format_args!("waiting for {}", self.name)),
            }
        }
    }

    fn signal(&self, signal: Signal) -> Outcome {
        pidfd_send_signal(&self.handle, signal).doing(format_args!("signal to {}", self.name))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read_lines(stream: impl Read + Send + 'static, printed: &Arc<Printed>, mut log: File) {
    let printed = Arc::clone(printed);
    printed.lines.lock().expect("no reader panics").open += 1;
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while matches!(stream.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            // The log is for reading afterwards; the test does not depend on it.
            let _ = log.write_all(&line);
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            printed.lines.lock().expect("no reader panics").all.push(text);
            printed.more.notify_all();
            line.clear();
        }
        printed.lines.lock().expect("no reader panics").open -= 1;
        printed.more.notify_all();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    fn shell(script: &str, log: &str) -> Program {
        let log = std::env::temp_dir().join(format!("hallway-{}-{log}.log", std::process::id()));
        let program = Program::start(Command::new("sh").args(["-c", script]), &log).unwrap();
        std::fs::remove_file(log).unwrap();
        program
    }

    #[test]
    fn a_line_is_found_whether_it_was_printed_before_or_after_asking() {
        let program = shell("echo one; echo two >&2; exec cat", "line");
        let find =
            |wanted: &'static str| program.line(wanted, SOON, move |line| (line == wanted).then_some(()));
        find("two").unwrap();
        find("one").unwrap();
    }

    #[test]
    fn the_end_of_a_program_ends_the_wait_for_its_line_and_shows_what_it_said() {
        let program = shell("echo the reason", "end");
        let failure = program.line("a greeting", SOON, |line| (line == "hello").then_some(())).unwrap_err();
        assert!(failure.to_string().contains("ended without printing a greeting"), "{failure}");
        assert!(failure.to_string().contains("the reason"), "{failure}");
    }

    #[test]
    fn a_program_that_ignores_being_asked_can_be_killed() {
        let mut program = shell("trap '' TERM; echo ready; while :; do sleep 1; done", "kill");
        program.line("ready", SOON, |line| (line == "ready").then_some(())).unwrap();
        assert!(program.is_running());
        program.signal(Signal::TERM).unwrap();
        assert!(program.end(Duration::from_millis(50)).is_err());
        assert!(!program.kill().unwrap().success());
    }
}
