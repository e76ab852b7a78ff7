//! A server that is killed under load, again and again: nothing it acknowledged is missing afterwards, nothing is
//! there twice, nothing has changed its place.

use std::collections::{BTreeMap, HashMap};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, UNIX_EPOCH};

use hallway_client::transport::{Link, TransportConfig, connect};
use hallway_client::{ErrorCode, ServerAddress};
use hallway_protocol::message::{Payload, TextPayload};
use hallway_protocol::method::{CreateGroup, GetRange, SendMessage, SignIn};
use hallway_protocol::session::{Credential, InstanceInfo};
use hallway_protocol::{ConversationId, MessageId, PROTOCOL_VERSION, UserId};
use hallway_server::auth::user_sig::UserSigs;
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::process::{Program, program, target_dir};
use hallway_tests::support::{Dice, make_accounts};

const APP_ID: u32 = 7;
const SECRET: &str = "the-key-of-a-server-that-is-killed";
/// Who writes, each to the group and to their neighbour.
const PEOPLE: [&str; 8] = ["u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7"];
/// A killed server serves again within this.
const BACK: Duration = Duration::from_secs(3);

/// Kills a server `rounds` times and says what was seen.
pub async fn run(rounds: usize, mut dice: Dice) -> Outcome<String> {
    let dir = target_dir().join("prove").join("server");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).doing(dir.display())?;
    let proof = Proof::prepare(dir, &PEOPLE).await?;
    let mut server = proof.launch()?;
    let group = proof.make_group().await?;
    let mut writers: Vec<Writer> = Vec::new();
    for (number, user) in PEOPLE.iter().enumerate() {
        let neighbour = PEOPLE[(number + 1) % PEOPLE.len()].parse().doing("a user id")?;
        for to in [group.clone(), ConversationId::C2c(neighbour)] {
            let user: UserId = user.parse().doing("a user id")?;
            writers.push(Writer { user, to, written: Vec::new(), number: writers.len() });
        }
    }
    let proof = Arc::new(proof);
    let mut slowest = Duration::ZERO;
    for round in 0..rounds {
        let work: Vec<_> =
            writers.drain(..).map(|writer| tokio::spawn(writer.until_broken(Arc::clone(&proof)))).collect();
        tokio::time::sleep(Duration::from_millis(150 + dice.roll() % 700)).await;
        server.kill()?;
        for writer in work {
            writers.push(writer.await.doing("a writer")??);
        }
        let down = Instant::now();
        server = proof.launch()?;
        slowest = slowest.max(down.elapsed());
        if round % 10 == 9 || round + 1 == rounds {
            proof.check(&writers, &group).await?;
        }
    }
    let acknowledged: usize = writers.iter().map(Writer::acknowledged).sum();
    if acknowledged < rounds * 50 {
        return Err(Failure::new(format!("only {acknowledged} messages: that is no load")));
    }
    server.stop(Duration::from_secs(20))?;
    if slowest > BACK {
        return Err(Failure::new(format!("the server took {slowest:?} to serve again")));
    }
    Ok(format!(
        "crash: server killed {rounds} times, {acknowledged} messages acknowledged: none missing, none twice, none \
         moved; serving again after {slowest:?} at most"
    ))
}

/// A server that can be killed and started again on the same data.
pub struct Proof {
    dir: PathBuf,
    /// Where it listens.
    pub address: SocketAddr,
    sigs: UserSigs,
}

impl Proof {
    /// Makes its configuration in `dir`, and accounts.
    pub async fn prepare(dir: PathBuf, people: &[&str]) -> Outcome<Self> {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).doing("finding a port")?.port();
        let text = format!(
            "[server]\nbind = \"127.0.0.1:{port}\"\ndata_dir = {:?}\n[tls]\nmode = \"off\"\n\
             [accounts]\napp_id = {APP_ID}\nsecret_keys = [\"{SECRET}\"]\n\
             [limits]\ngroup_messages_per_second = 1000000\n\
             [rates]\nsign_in_per_address = \"off\"\nsend = \"off\"\ncreate_group = \"off\"\nrequests = \"off\"\n\
             [log]\nlevel = \"warn\"\n",
            dir.join("data")
        );
        let file = dir.join("server.toml");
        std::fs::write(&file, text).doing(file.display())?;
        let config = hallway_server::config::Config::load(&file).doing("the configuration")?;
        make_accounts(&config, people).await?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Ok(Self { dir, address, sigs: UserSigs::new(APP_ID, [SECRET]) })
    }

    /// Starts the server and waits until it serves.
    pub fn launch(&self) -> Outcome<Program> {
        let mut command = Command::new(program("hallway-server")?);
        command.arg("--config").arg(self.dir.join("server.toml"));
        let server = Program::start(&mut command, Path::new(&self.dir.join("server.log")))?;
        let listens = |line: &str| line.contains(" listens on ").then_some(());
        server.line("where it listens", Duration::from_secs(20), listens)?;
        Ok(server)
    }

    /// What somebody signs in with.
    pub fn credential(&self, user: &UserId) -> Outcome<String> {
        let now = UNIX_EPOCH.elapsed().doing("reading the clock")?.as_secs().cast_signed();
        self.sigs.make(user.as_str(), 86_400, now, None).doing("making a credential")
    }

    async fn sign_in(&self, user: &UserId, instance: &str) -> Outcome<Link> {
        let address =
            ServerAddress { address: self.address.to_string(), plain: true, ..ServerAddress::default() };
        let link = connect(&address, &TransportConfig::default()).await.doing("connecting")?;
        let sig = self.credential(user)?;
        let sign_in = SignIn {
            app_id: APP_ID,
            user_id: user.clone(),
            credential: Credential::UserSig(sig),
            instance: InstanceInfo {
                instance_id: instance.into(),
                device_class: Default::default(),
                client_version: String::new(),
                host_name: String::new(),
            },
            protocol_version: PROTOCOL_VERSION,
        };
        link.rpc().call(&sign_in).await.doing("signing in")?;
        Ok(link)
    }

    async fn make_group(&self) -> Outcome<ConversationId> {
        let owner: UserId = PEOPLE[0].parse().doing("a user id")?;
        let link = self.sign_in(&owner, "maker").await?;
        let members = PEOPLE[1..].iter().map(|user| user.parse()).collect::<Result<_, _>>().doing("ids")?;
        let group = CreateGroup {
            name: "everybody".into(),
            member_list: members,
            request_id: "the one group".into(),
            ..CreateGroup::default()
        };
        let made = link.rpc().call(&group).await.doing("making the group")?;
        Ok(ConversationId::Group(made.group.group_id))
    }

    /// Everything acknowledged is where it was acknowledged to be, once, and each writer's messages are in order.
    async fn check(&self, writers: &[Writer], group: &ConversationId) -> Outcome {
        let mut groups_history = None;
        for writer in writers {
            let history = if writer.to == *group {
                if groups_history.is_none() {
                    groups_history = Some(self.history(&writer.user, group).await?);
                }
                groups_history.clone().unwrap_or_default()
            } else {
                self.history(&writer.user, &writer.to).await?
            };
            writer.check(&history)?;
        }
        Ok(())
    }

    /// Ids by place.
    async fn history(&self, user: &UserId, id: &ConversationId) -> Outcome<BTreeMap<u64, String>> {
        let link = self.sign_in(user, "reader").await?;
        let (mut rows, mut to_seq) = (BTreeMap::new(), u64::MAX);
        loop {
            let ask = GetRange { conversation_id: id.clone(), from_seq: 1, to_seq, changed_after: 0 };
            let page = link.rpc().call(&ask).await.doing("asking for the history")?;
            for message in &page.messages {
                if let Some(other) = rows.insert(message.sequence, message.id.to_string()) {
                    return Err(Failure::new(format!("{other} and {} are in one place", message.id)));
                }
            }
            if page.is_completed || page.from_seq <= 1 || page.to_seq < page.from_seq {
                break;
            }
            to_seq = page.from_seq - 1;
        }
        let last = rows.keys().next_back().copied().unwrap_or_default();
        if rows.len() as u64 != last {
            return Err(Failure::new(format!("{id} has {} messages up to place {last}", rows.len())));
        }
        Ok(rows)
    }
}

/// Somebody who writes into one conversation, one message after the other.
struct Writer {
    user: UserId,
    to: ConversationId,
    number: usize,
    written: Vec<Written>,
}

struct Written {
    id: MessageId,
    /// Where the server said it stands.
    place: Option<u64>,
}

impl Writer {
    fn acknowledged(&self) -> usize {
        self.written.iter().filter(|written| written.place.is_some()).count()
    }

    /// Writes until the server is gone. What it did not acknowledge goes first the next time, under the same id.
    async fn until_broken(mut self, proof: Arc<Proof>) -> Outcome<Self> {
        // The server may be killed before anybody gets in.
        let Ok(link) = proof.sign_in(&self.user, &format!("writer-{}", self.number)).await else {
            return Ok(self);
        };
        loop {
            if self.written.last().is_none_or(|last| last.place.is_some()) {
                let (number, random) = (self.written.len() as u64, self.number as u64);
                let id = MessageId::new(
                    number_of(&self.user),
                    1_700_000_000,
                    u32::try_from(random << 24 | number).doing("too many messages")?,
                );
                self.written.push(Written { id, place: None });
            }
            let number = self.written.len();
            let last = self.written.last_mut().doing("just written")?;
            let send = SendMessage {
                id: last.id.clone(),
                conversation_id: self.to.clone(),
                payload: Payload::Text(TextPayload { text: format!("{} of writer {}", number, self.number) }),
                priority: Default::default(),
                at_user_list: Vec::new(),
                reply_to: None,
                cloud_custom_data: String::new(),
                need_read_receipt: false,
                is_support_extension: false,
                receiver_list: Vec::new(),
                online_user_only: false,
                message_control: None,
                offline_push: None,
                moderation_profile: String::new(),
                no_link_preview: false,
            };
            match link.rpc().call(&send).await {
                Ok(stored) => last.place = Some(stored.message.sequence),
                Err(error) if matches!(error.code, ErrorCode::NetworkError | ErrorCode::NoNetwork) => {
                    return Ok(self);
                }
                Err(error) => return Err(Failure::new(format!("{}: {error}", last.id))),
            }
        }
    }

    fn check(&self, history: &BTreeMap<u64, String>) -> Outcome {
        let mut places: HashMap<&str, u64> = HashMap::new();
        for (place, id) in history {
            if let Some(other) = places.insert(id, *place) {
                return Err(Failure::new(format!("{id} is at {other} and at {place} of {}", self.to)));
            }
        }
        let mut before = 0;
        for written in &self.written {
            let there = places.get(written.id.as_str()).copied();
            if let (Some(_), None) = (written.place, there) {
                return Err(Failure::new(format!(
                    "{} was acknowledged and is missing in {}",
                    written.id, self.to
                )));
            }
            if written.place.is_some() && written.place != there {
                return Err(Failure::new(format!(
                    "{} moved from {:?} to {there:?}",
                    written.id, written.place
                )));
            }
            if let Some(place) = there {
                if place < before {
                    return Err(Failure::new(format!("{} stands before an earlier one", written.id)));
                }
                before = place;
            }
        }
        Ok(())
    }
}

/// Numbers of the accounts that [`make_accounts`] makes.
fn number_of(user: &UserId) -> i64 {
    let place = PEOPLE.iter().position(|name| *name == user.as_str()).unwrap_or_default();
    hallway_tests::support::FIRST_ACCOUNT + i64::try_from(place).unwrap_or_default()
}
