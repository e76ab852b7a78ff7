//! A client that is killed with a full outbox, again and again: what it had taken into the outbox arrives, once, in
//! order.
//!
//! The client is the program `crash_client`; its network is slow and sometimes away, so that the outbox fills.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hallway_protocol::UserId;
use hallway_protocol::method::CreateGroup;
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::process::program;
use hallway_tests::support::{Dice, Engine, Net, TestServer, Truth};

/// How long sending what is left may take at the end.
const DRAIN: Duration = Duration::from_secs(300);

/// Kills a client `rounds` times and says what was seen.
pub async fn run(rounds: usize, mut dice: Dice) -> Outcome<String> {
    let server = TestServer::start(Engine::Sqlite, &["ann", "ben", "cem"]).await?;
    let ann: UserId = "ann".parse().doing("a user id")?;
    let link = server.sign_in(&ann).await?;
    let group = CreateGroup {
        name: "everybody".into(),
        member_list: vec!["ben".parse().doing("a user id")?],
        request_id: "the one group".into(),
        ..CreateGroup::default()
    };
    let group = link.rpc().call(&group).await.doing("making the group")?.group.group_id;
    let places = ["C2Cben".to_owned(), "C2Ccem".to_owned(), format!("GROUP{group}")];
    let net = Net::start(server.address(), dice.fork()).await?;
    let mut runner = Runner { server: &server, net: &net, ann: &ann, places: &places, next: 0 };

    let mut taken: Vec<Taken> = Vec::new();
    let mut full = 0;
    for round in 0..rounds {
        net.set_down(dice.percent(25));
        net.set_delay(Duration::from_millis(dice.roll() % 12));
        let log = server.dir().join(format!("client-{round}.out"));
        let mut child = runner.start(&log, "write")?;
        tokio::time::sleep(Duration::from_millis(dice.roll() % 1200)).await;
        child.kill().doing("killing the client")?;
        child.wait().doing("waiting for the client")?;
        let said = read(&log)?;
        runner.next += said.tried;
        full = full.max(said.waiting);
        taken.extend(said.taken);
    }
    net.set_down(false);
    net.set_delay(Duration::ZERO);
    let log = server.dir().join("client-last.out");
    let mut child = runner.start(&log, "drain")?;
    let end = tokio::task::spawn_blocking(move || child.wait());
    let status = tokio::time::timeout(DRAIN, end).await.doing("sending what is left takes too long")?;
    if !status.doing("waiting")?.doing("waiting")?.success() {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        return Err(Failure::new(format!("the client could not send what was left:\n{text}")));
    }
    let truth = Truth::of(&server, &ann).await?;
    let mut stored = 0;
    for place in &places {
        let id = place.parse().doing("a conversation id")?;
        let lines = truth.get(&id).map(|truth| truth.lines.as_slice()).unwrap_or_default();
        let texts: Vec<&str> =
            lines.iter().filter(|line| line.counted).map(|line| line.text.as_str()).collect();
        stored += texts.len();
        check(place, &texts, &taken)?;
    }
    if taken.len() < rounds * 10 || full < 20 {
        let count = taken.len();
        return Err(Failure::new(format!(
            "{count} messages, {full} waiting at most: that is no full outbox"
        )));
    }
    Ok(format!(
        "crash: client killed {rounds} times, {} messages taken into the outbox (up to {full} waiting), {stored} \
         arrived: none missing, none twice, all in order",
        taken.len()
    ))
}

/// A message that `enqueue_message` had returned for.
struct Taken {
    place: String,
    text: String,
}

/// What a client printed before it died.
#[derive(Default)]
struct Said {
    /// Messages it began to take.
    tried: u64,
    taken: Vec<Taken>,
    /// Messages that waited in the outbox when it started.
    waiting: usize,
}

struct Runner<'a> {
    server: &'a TestServer,
    net: &'a Net,
    ann: &'a UserId,
    places: &'a [String],
    next: u64,
}

impl Runner<'_> {
    fn start(&self, log: &Path, what: &str) -> Outcome<Child> {
        let out = File::create(log).doing(log.display())?;
        let errors = out.try_clone().doing(log.display())?;
        let dir = self.server.dir().join("crash-client");
        std::fs::create_dir_all(&dir).doing(dir.display())?;
        Command::new(program("crash_client")?)
            .arg(what)
            .arg(self.net.address().to_string())
            .arg(&dir)
            .arg(self.server.user_sig(self.ann)?)
            .arg(self.next.to_string())
            .args(self.places)
            .stdin(Stdio::null())
            // A file, not a pipe: what was written before death is there.
            .stdout(out)
            .stderr(errors)
            .spawn()
            .doing("starting the client")
    }
}

fn read(log: &Path) -> Outcome<Said> {
    let text = std::fs::read_to_string(log).doing(log.display())?;
    let mut said = Said::default();
    // The last line may be cut off by death.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for line in whole.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["try", _] => said.tried += 1,
            ["taken", place, text] => said.taken.push(Taken { place: place.into(), text: text.into() }),
            ["waiting", count] => said.waiting = count.parse().doing(line)?,
            ["note", ..] => {}
            _ => return Err(Failure::new(format!("the client says {line:?}"))),
        }
    }
    Ok(said)
}

fn check(place: &str, texts: &[&str], taken: &[Taken]) -> Outcome {
    let number = |text: &str| text.strip_prefix("number-").and_then(|text| text.parse::<u64>().ok());
    let mut before = None;
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for text in texts {
        let number = number(text).doing(format_args!("{text:?} in {place}"))?;
        if before >= Some(number) {
            return Err(Failure::new(format!("{place}: {text} comes after number {before:?}")));
        }
        before = Some(number);
        *seen.entry(text).or_default() += 1;
    }
    let wanted: BTreeSet<&str> =
        taken.iter().filter(|taken| taken.place == place).map(|taken| taken.text.as_str()).collect();
    let missing: Vec<_> = wanted.iter().filter(|text| !seen.contains_key(**text)).collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!("{place}: taken into the outbox and missing: {missing:?}")))
    }
}
