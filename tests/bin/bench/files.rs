//! A file of 1 GiB to the server and back through the SDK, beside what `curl` does with the same server and disk, and the
//! memory that both sides take for it.
//!
//! The client is this program once more, in a process of its own, so that its memory can be read from the system.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hallway_client::protocol::session::{Credential, DeviceClass};
use hallway_client::{
    CacheKey, Client, Config, ConversationId, MessageOptions, SaveTo, SendOptions, ServerAddress,
};
use hallway_protocol::FileId;
use hallway_protocol::message::{FilePayload, Payload};
use hallway_protocol::method::{GetFileLink, GetUploadTicket, SendMessage};
use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::load::{APP_ID, LoadServer, Raw, memory};
use hallway_tests::process::Program;
use hallway_tests::support::Dice;
use zeroize::Zeroizing;

use crate::block_on;
use crate::report::{Bound, Figure};

/// The hidden argument with which this program is the client.
pub const CLIENT: &str = "files-client";

const SIZE: u64 = 1 << 30;
/// The best of so many is taken, of `curl` as of the SDK.
const ROUNDS: usize = 3;
/// How long a process is left alone before its idle memory is read.
const SETTLE: Duration = Duration::from_secs(2);
/// How long one transfer may take.
const WITHIN: Duration = Duration::from_secs(600);

/// What the client says of itself.
const IDLE: &str = "idle";
const UPLOADED: &str = "uploaded ";
const DOWNLOADED: &str = "downloaded ";
const DONE: &str = "done";

pub fn run(dir: PathBuf) -> Outcome<Vec<Figure>> {
    block_on(async {
        let server = LoadServer::start(&dir, 2).await?;
        let path = dir.join("sent.bin");
        write(&path)?;
        let (curl_up, curl_down) = curl(&server, &path).await?;
        let sdk = sdk(&server, &path)?;
        server.finish()?;
        let (up, down) = (curl_up / sdk.up, curl_down / sdk.down);
        println!(
            "files: up {:.0} MB/s (curl {:.0}), down {:.0} MB/s (curl {:.0})",
            rate(sdk.up),
            rate(curl_up),
            rate(sdk.down),
            rate(curl_down)
        );
        let speed = |what: &str, measured, sdk, curl| {
            let method = format!(
                "SDK {:.0} MB/s, curl {:.0} MB/s with the same server on loopback, best of {ROUNDS} each; the SDK's time \
                 ends with the message sent, or with the file hashed and synced",
                rate(sdk),
                rate(curl)
            );
            Figure::new(what, measured, "of curl", Bound::AtLeast(0.5), &method)
        };
        let memory = |what: &str, measured| {
            let method = "highest proportional set size over idle, read each 20 ms while 1 GiB goes up and down three times";
            Figure::new(what, measured, "MiB", Bound::AtMost(64.0), method)
        };
        Ok(vec![
            speed("Upload of 1 GiB through the SDK, speed", up, sdk.up, curl_up),
            speed("Download of 1 GiB through the SDK, speed", down, sdk.down, curl_down),
            memory("Upload and download of 1 GiB, memory of the client over idle", sdk.client),
            memory("Upload and download of 1 GiB, memory of the server over idle", sdk.server),
        ])
    })
}

#[allow(clippy::cast_precision_loss)]
fn rate(seconds: f64) -> f64 {
    SIZE as f64 / 1e6 / seconds
}

/// A file that nothing can make shorter.
fn write(path: &Path) -> Outcome {
    let mut file = std::fs::File::create(path).doing(path.display())?;
    let (mut dice, mut piece) = (Dice::new(1), Vec::new());
    for _ in 0..SIZE >> 20 {
        piece.clear();
        while piece.len() < 1 << 20 {
            piece.extend(dice.roll().to_le_bytes());
        }
        file.write_all(&piece).doing(path.display())?;
    }
    file.sync_all().doing(path.display())
}

/// Seconds that `curl` takes to bring the file to the server, and to get it back.
async fn curl(server: &LoadServer, path: &Path) -> Outcome<(f64, f64)> {
    let mut raw = server.connect(0).await?;
    let base = format!("http://{}", server.address);
    let (mut up, mut down) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..ROUNDS {
        let ticket = raw.call(&GetUploadTicket {}).await?;
        let pass = format!("Authorization: Bearer {}", ticket.ticket);
        let tus = ["-H", "Tus-Resumable: 1.0.0", "-H", pass.as_str()];
        let length = format!("Upload-Length: {SIZE}");
        let begun = ask(&tus, &["-i", "-X", "POST", "-H", &length, &format!("{base}{}", ticket.path)])?;
        let place = begun.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
        });
        let place = place.doing(format_args!("curl begins an upload: {begun}"))?;
        let url = if place.starts_with('/') { format!("{base}{place}") } else { place };
        let file = path.to_str().doing("the path")?;
        let start = Instant::now();
        ask(
            &tus,
            &[
                "-X",
                "PATCH",
                "-T",
                file,
                "-H",
                "Upload-Offset: 0",
                "-H",
                "Expect:",
                "-H",
                "Content-Type: application/offset+octet-stream",
                &url,
            ],
        )?;
        up = up.min(start.elapsed().as_secs_f64());

        let id: FileId = url.rsplit('/').next().unwrap_or_default().parse().doing(&url)?;
        let link = link(&mut raw, id).await?;
        let target = path.with_file_name("curl.bin");
        let target = target.to_str().doing("the path")?;
        let start = Instant::now();
        ask(&[], &["-o", target, &format!("{base}{link}")])?;
        down = down.min(start.elapsed().as_secs_f64());
        let size = std::fs::metadata(target).doing(target)?.len();
        if size != SIZE {
            return Err(Failure::new(format!("curl fetched {size} bytes")));
        }
        std::fs::remove_file(target).doing(target)?;
    }
    Ok((up, down))
}

fn ask(first: &[&str], more: &[&str]) -> Outcome<String> {
    let mut command = Command::new("curl");
    command.args(["-sS", "--fail", "--noproxy", "*"]).args(first).args(more).stderr(Stdio::inherit());
    let output = command.output().doing("curl (it has to be installed)")?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Failure::new(format!("curl ended with {}", output.status)))
    }
}

/// The path under which a file can be fetched, once a message has it.
async fn link(raw: &mut Raw, id: FileId) -> Outcome<String> {
    let to = ConversationId::C2c(LoadServer::user(1));
    let file = FilePayload {
        uuid: id.to_string(),
        file_name: "sent.bin".into(),
        file_url: id.url(),
        file_size: SIZE,
    };
    let message = SendMessage { payload: Payload::File(file), ..raw.text(&to, 1, "") };
    let sequence = raw.call(&message).await?.message.sequence;
    Ok(raw.call(&GetFileLink { conversation_id: to, sequence, uuid: id }).await?.path)
}

/// Seconds each way, and MiB over idle.
struct Sdk {
    up: f64,
    down: f64,
    client: f64,
    server: f64,
}

fn sdk(server: &LoadServer, path: &Path) -> Outcome<Sdk> {
    let own = std::env::current_exe().doing("finding this program")?;
    let home = server.dir.join("client");
    std::fs::create_dir_all(&home).doing(home.display())?;
    let mut command = Command::new(own);
    command.arg(CLIENT).arg(server.address.to_string()).arg(&home).arg(path).arg(server.credential(0)?);
    let mut client = Program::start(&mut command, &home.join("client.log"))?;
    client.line("that it is idle", WITHIN, |line| (line == IDLE).then_some(()))?;
    std::thread::sleep(SETTLE);
    let pids = [client.pid(), server.pid()];
    let mut most = [0u64; 2];
    let mut idle = [0u64; 2];
    for (idle, pid) in idle.iter_mut().zip(pids) {
        *idle = memory(pid)?.pss;
    }
    let is_done = |line: &str| (line == DONE).then_some(());
    while client.line("that it is done", Duration::from_millis(20), is_done).is_err() {
        for (most, pid) in most.iter_mut().zip(pids) {
            *most = memory(pid)?.pss.max(*most);
        }
    }
    let best = |what: &'static str| {
        let all = std::fs::read_to_string(client.log()).doing("what the client said")?;
        let seconds = all.lines().filter_map(|line| line.strip_prefix(what)?.parse::<f64>().ok());
        let best = seconds.fold(f64::INFINITY, f64::min);
        if best.is_finite() { Ok(best) } else { Err(Failure::new(format!("the client has not {what}"))) }
    };
    #[allow(clippy::cast_precision_loss)]
    let over = |place: usize| most[place].saturating_sub(idle[place]) as f64 / 1024.0;
    let measured = Sdk { up: best(UPLOADED)?, down: best(DOWNLOADED)?, client: over(0), server: over(1) };
    client.end(WITHIN)?.success().then_some(measured).doing("the client ends badly")
}

/// The client: signs in, waits, sends the file and fetches it again, and says how long that took.
pub async fn client(arguments: &[String]) -> Outcome {
    let [address, home, path, credential] = arguments else {
        return Err(Failure::new(format!("{CLIENT} ADDRESS FOLDER FILE CREDENTIAL")));
    };
    let config = Config {
        app_id: APP_ID,
        server: ServerAddress { address: address.clone(), plain: true, ..ServerAddress::default() },
        data_dir: home.into(),
        cache_key: CacheKey::Raw(Zeroizing::new([7; 32])),
        device_class: DeviceClass::Desktop,
        client_version: "bench".into(),
        send_timeout: None,
    };
    let client = Client::create(config).doing("making a client")?;
    let mut events = client.subscribe();
    client.login(LoadServer::user(0), Credential::UserSig(credential.clone())).await.doing("signing in")?;
    while !client.is_ready() {
        tokio::time::timeout(WITHIN, events.recv()).await.doing("not ready")?.doing("events")?;
    }
    drop(events);
    println!("{IDLE}");
    // Until its memory has been read.
    tokio::time::sleep(SETTLE * 2).await;
    let to = ConversationId::C2c(LoadServer::user(1));
    let target = Path::new(home).join("fetched.bin");
    for _ in 0..ROUNDS {
        let message =
            client.create_file_message(to.clone(), Path::new(path), MessageOptions::default()).await;
        let message = message.doing("making a message")?;
        let start = Instant::now();
        let sent = client.send_message(message, SendOptions::default()).await.doing("sending it")?;
        println!("{UPLOADED}{}", start.elapsed().as_secs_f64());
        let Payload::File(file) = &sent.payload else { return Err(Failure::new("no file was sent")) };
        let id: FileId = file.uuid.parse().doing("a file id")?;
        let start = Instant::now();
        client
            .download_file(&sent, id, SaveTo::Path(target.clone()), |_, _| {})
            .await
            .doing("fetching it")?;
        println!("{DOWNLOADED}{}", start.elapsed().as_secs_f64());
        std::fs::remove_file(&target).doing(target.display())?;
    }
    println!("{DONE}");
    client.close().await.doing("ending")
}
