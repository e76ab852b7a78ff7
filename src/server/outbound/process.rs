//! Programs on this computer that work for the server: one input, one output, and an end.
//!
//! No shell, no arguments from people, an empty environment, a directory of its own that is gone afterwards. The program
//! and whatever it starts are one group of processes, which is killed when the time is over or the output is too long.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};

/// Bytes of memory that a program may have.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 4 * 1024 * 1024 * 1024;

/// A program, and how much it may do.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// Its path, or its name to be looked for where the system has its programs.
    pub program: &'a Path,
    /// Its arguments. Never anything that a person wrote.
    pub arguments: &'a [&'a str],
    /// What it reads.
    pub input: &'a [u8],
    /// Bytes of its output.
    pub most: usize,
    /// How long it may take.
    pub within: Duration,
}

/// Ends the whole group when it goes, whatever the reason.
struct Group {
    child: Child,
    /// Of the child when it was started: once it has ended it is not told any more, but what it has left behind is still there.
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

impl Group {
    fn of(child: Child) -> Self {
        #[cfg(unix)]
        let id = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        Self {
            child,
            #[cfg(unix)]
            id,
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.id {
            // An error says that all of it has ended.
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
        #[cfg(not(unix))]
        let _ = self.child.start_kill();
    }
}

/// Runs a program to its end; its output. Nonzero exits are errors.
pub async fn run(job: Job<'_>) -> io::Result<Vec<u8>> {
    match tokio::time::timeout(job.within, work(job)).await {
        Ok(output) => output,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

async fn work(job: Job<'_>) -> io::Result<Vec<u8>> {
    let folder = Folder::make()?;
    let mut command = Command::new(job.program);
    command
        .args(job.arguments)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LC_ALL", "C.UTF-8")
        .env("HOME", &folder.0)
        .env("TMPDIR", &folder.0)
        .current_dir(&folder.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut group = Group::of(command.spawn()?);
    #[cfg(target_os = "linux")]
    limit(&group.child);
    let (stdin, stdout) = (group.child.stdin.take(), group.child.stdout.take());
    let (Some(mut stdin), Some(mut stdout)) = (stdin, stdout) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let write = async {
        // A program that has seen enough closes its input.
        let _ = stdin.write_all(job.input).await;
        drop(stdin);
    };
    let mut output = Vec::new();
    let most = u64::try_from(job.most).unwrap_or(u64::MAX);
    let read = async { (&mut stdout).take(most.saturating_add(1)).read_to_end(&mut output).await };
    let ((), read) = tokio::join!(write, read);
    read?;
    if output.len() > job.most {
        return Err(io::Error::other("the program says too much"));
    }
    let status = group.child.wait().await?;
    if status.success() { Ok(output) } else { Err(io::Error::other(format!("the program failed: {status}"))) }
}

/// Nothing that it loads may take all memory.
#[cfg(target_os = "linux")]
fn limit(child: &Child) {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let Some(id) = child.id().and_then(|id| Pid::from_raw(id.cast_signed())) else { return };
    let limit = Rlimit { current: Some(MEMORY), maximum: Some(MEMORY) };
    // An error says that it has ended already.
    let _ = prlimit(Some(id), Resource::As, limit);
}

/// A directory for one run.
struct Folder(std::path::PathBuf);

impl Folder {
    fn make() -> io::Result<Self> {
        let name = crate::auth::random::<8>().map_err(io::Error::other)?;
        let path = std::env::temp_dir().join(format!("hallway-{}", crate::auth::hex(&name)));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind in the directory for temporary files is removed by the system.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    async fn sh(script: &str, input: &[u8], most: usize, within: Duration) -> io::Result<Vec<u8>> {
        let arguments = ["-c", script];
        run(Job { program: Path::new("/bin/sh"), arguments: &arguments, input, most, within }).await
    }

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_program_reads_and_writes_within_its_bounds() {
        assert_eq!(sh("tr a-z A-Z", "hello".as_bytes(), 10, LONG).await.unwrap(), b"HELLO");
        assert_eq!(sh("true", &[7; 1 << 20], 10, LONG).await.unwrap(), b"", "it need not read");
        assert!(sh("exit 3", b"", 10, LONG).await.is_err());
        assert!(sh("yes", b"", 1000, LONG).await.is_err(), "it may not write for ever");
        assert_eq!(sh("printf $((1 + 1))", b"", 1, LONG).await.unwrap(), b"2");
        assert_eq!(sh("env | grep -c SECRET || true", b"", 10, LONG).await.unwrap(), b"0\n");
    }

    /// A script's children do not outlive it.
    #[tokio::test]
    async fn whoever_takes_too_long_is_ended_with_all_it_has_started() {
        let dir = tempfile::tempdir().unwrap();
        let fifo = dir.path().join("alive");
        let script = format!("mkfifo {0}; (exec 3<>{0}; sleep 1000) & sleep 1000", fifo.display());
        let ended = sh(&script, b"", 10, Duration::from_millis(500)).await;
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut);
        // Nobody holds the other end any more: opening it for writing without waiting fails.
        let opened = || {
            use std::os::unix::fs::OpenOptionsExt;
            let flags = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
            std::fs::OpenOptions::new().write(true).custom_flags(flags).open(&fifo)
        };
        let deadline = std::time::Instant::now() + LONG;
        while opened().is_ok() {
            assert!(std::time::Instant::now() < deadline, "a child is still alive");
            tokio::task::yield_now().await;
        }
    }
}
