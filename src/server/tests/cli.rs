//! The binary as the person at the terminal meets it.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use hallway_protocol::link::InviteLink;
use hallway_server::auth::user_sig::UserSigs;
use tempfile::TempDir;

const PASSWORD: &str = "canary correct horse";
const KEY: &str = "canary secret key";

/// A data directory with a configuration that hashes passwords quickly.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { dir: tempfile::tempdir().unwrap() };
        place.configure("");
        place
    }

    fn config(&self) -> PathBuf {
        self.dir.path().join("hallway.toml")
    }

    fn configure(&self, more: &str) {
        let text = format!(
            "[server]\nbind = \"127.0.0.1:0\"\ndata_dir = {:?}\n[accounts]\napp_id = 7\nsecret_keys = [{KEY:?}]\n\
             password_cost = {{ memory_kib = 64, passes = 1 }}\n{more}",
            self.dir.path().join("data"),
        );
        std::fs::write(self.config(), text).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hallway-server"));
        command.arg("--config").arg(self.config()).args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run_with(&self, args: &[&str], input: &str) -> Output {
        let mut child = self.command(args).spawn().unwrap();
        // Commands that ask for nothing may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command prints; it must succeed.
    fn run(&self, args: &[&str]) -> String {
        let output = self.run_with(args, &format!("{PASSWORD}\n"));
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command complains about; it must fail.
    fn fails(&self, args: &[&str]) -> String {
        let output = self.run_with(args, &format!("{PASSWORD}\n"));
        assert!(!output.status.success(), "{args:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    fn serve(&self) -> Serving {
        let mut child = self.command(&[]).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("the server says where it listens").unwrap();
            if let Some((_, address)) = line.split_once("listens on ") {
                break address.to_owned();
            }
        };
        // What it prints later is kept by the pipe.
        let rest = std::thread::spawn(move || lines.map_while(Result::ok).collect());
        Serving { child, address, rest: Some(rest) }
    }
}

struct Serving {
    child: Child,
    address: String,
    rest: Option<std::thread::JoinHandle<Vec<String>>>,
}

impl Serving {
    /// Asks it to stop; its end, what it printed and what it logged.
    fn stop(mut self) -> (bool, String, String) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let mut logs = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut logs).unwrap();
        let good = self.child.wait().unwrap().success();
        (good, self.rest.take().unwrap().join().unwrap().join("\n"), logs)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn link_in(text: &str) -> InviteLink {
    let link = text.split_whitespace().find(|word| word.starts_with(InviteLink::PREFIX));
    link.unwrap_or_else(|| panic!("no link in {text}")).parse().unwrap()
}

#[test]
fn the_first_start_prints_how_the_first_person_signs_in() {
    let place = Place::new();
    let serving = place.serve();
    let address = serving.address.clone();
    let second = place.fails(&[]);
    assert!(second.contains("another server is using this directory"), "{second}");
    let (good, printed, logs) = serving.stop();
    assert!(good, "{logs}");
    let link = link_in(&printed);
    assert_eq!(link.address, address);
    assert!(printed.contains(&link.pin.unwrap()), "the fingerprint is shown: {printed}");
    assert!(!logs.contains(&link.token), "{logs}");
    // With an account there is no link any more.
    place.run(&["user", "add", "anna", "--admin"]);
    let (_, printed, _) = place.serve().stop();
    assert!(!printed.contains(InviteLink::PREFIX), "{printed}");
}

#[test]
fn accounts_are_made_listed_and_switched_off() {
    let place = Place::new();
    assert!(place.run(&["user", "add", "anna", "--nick", "Anna A", "--admin"]).contains("anna"));
    place.run(&["user", "add", "ben"]);
    assert!(place.fails(&["user", "add", "anna"]).contains("there is an account anna already"));
    assert!(place.fails(&["user", "add", "名"]).contains("cannot be an id"));
    let short = place.run_with(&["user", "add", "carl"], "short\n");
    assert!(String::from_utf8_lossy(&short.stderr).contains("at least 8 characters"));
    place.run(&["user", "disable", "ben"]);
    let list = place.run(&["user", "list"]);
    let line = |id: &str| list.lines().find(|line| line.starts_with(id)).unwrap().to_owned();
    assert!(line("anna").contains("Anna A") && line("anna").contains("administrator"), "{list}");
    assert!(line("ben").contains("disabled"), "{list}");
    assert_eq!(list.lines().count(), 3, "{list}");
    place.run(&["user", "enable", "ben"]);
    place.run(&["user", "admin", "anna", "no"]);
    let list = place.run(&["user", "list"]);
    assert!(!list.contains("disabled") && !list.contains("administrator"), "{list}");
    place.run(&["user", "passwd", "ben"]);
    assert!(place.fails(&["user", "passwd", "nobody"]).contains("there is no account nobody"));
    assert_eq!(place.run(&["session", "list", "ben"]).lines().count(), 1);
    assert!(place.run(&["session", "end", "ben"]).contains("Sessions ended: 0"));
    assert!(place.fails(&["session", "end", "ben", "none"]).contains("has no session none"));
    assert!(!contains(place.dir.path().join("data").as_path(), PASSWORD));
}

/// RST-27, SES-2: a credential made here is accepted, for 180 days or as long as asked for.
#[test]
fn credentials_and_invitations_are_printed() {
    let place = Place::new();
    let text = place.run(&["usersig", "anna", "--days", "2"]);
    let accepted = UserSigs::new(7, [KEY]).check(text.trim(), "anna", unix_now()).unwrap();
    assert_eq!(accepted.expires_at - accepted.made_at, 2 * 86_400);
    let text = place.run(&["usersig", "anna"]);
    let accepted = UserSigs::new(7, [KEY]).check(text.trim(), "anna", unix_now()).unwrap();
    assert_eq!(accepted.expires_at - accepted.made_at, 180 * 86_400);
    place.configure("[limits]\npreset = \"compat\"\n");
    let text = std::fs::read_to_string(place.config()).unwrap();
    let text =
        text.replace("[server]\n", "[server]\npublic_address = \"chat.example.org:443\"\nname = \"Acme\"\n");
    std::fs::write(place.config(), text).unwrap();
    let link = link_in(&place.run(&["invite", "--admin", "--days", "3"]));
    assert_eq!((link.address.as_str(), link.name.as_str()), ("chat.example.org:443", "Acme"));
    assert!(link.pin.is_some());
    assert!(place.fails(&["invite", "--days", "31"]).contains("--days"));
}

#[test]
fn mistakes_are_told() {
    let place = Place::new();
    assert!(place.fails(&["frobnicate"]).contains("there is no command `frobnicate`"));
    assert!(place.fails(&["user", "frobnicate"]).contains("there is no command `user frobnicate`"));
    assert!(place.fails(&["user", "add"]).contains("--help"));
    assert!(place.fails(&["user", "list", "extra"]).contains("`extra` is not expected here"));
    place.configure("[rates]\nsend = \"often\"\n");
    let complaint = place.fails(&["config", "check"]);
    assert!(complaint.contains("hallway.toml:9:8: `often` is not a rate"), "{complaint}");
    assert_eq!(place.fails(&[]), complaint, "the server does not start either");
}

#[test]
fn the_example_and_the_help_are_complete() {
    let place = Place::new();
    let example = place.run(&["config", "example"]);
    assert_eq!(example, include_str!("../hallway-server.example.toml"));
    let help = place.run(&["--help"]);
    for command in ["user add", "user disable", "invite", "usersig", "session end", "config example"] {
        assert!(help.contains(command), "{command}");
    }
    assert!(place.run(&["--version"]).starts_with("hallway-server "));
    assert!(place.run(&["config", "check"]).contains("fine"));
}

fn unix_now() -> i64 {
    std::time::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed()
}

/// Whether any file of `dir` holds `text`.
fn contains(dir: &Path, text: &str) -> bool {
    std::fs::read_dir(dir).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}
