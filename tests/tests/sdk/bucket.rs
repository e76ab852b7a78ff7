//! Files that go straight into the bucket of a deployment: past the server, over lost connections, restarts and kills, and
//! never as something else than what was sent.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hallway_client::{SaveTo, TusPlugin, UserId};
use hallway_tests::failure::{Outcome, While};
use hallway_tests::process::program;
use hallway_tests::support::{Bucket, Dice, Engine, Net, TestServer};

use crate::files::{MIB, arrived, file, file_of, queue_file, same};
use crate::support::*;

/// A server with Ann and Ben that keeps its files in `bucket`.
async fn server(bucket: &Bucket, engine: Engine) -> Outcome<TestServer> {
    TestServer::start_with(engine, &["ann", "ben"], |config| {
        bucket.configure(config);
        // What is given up makes room, and nothing else does.
        config.files.uploads_per_user = 1;
    })
    .await
}

/// SES-19, OBJ-64: the server wishes for it, so the file goes past it, and the other one gets it as ever. Who cannot do that
/// brings it to the server.
async fn past_the_server(engine: Engine) -> Outcome {
    let Some(bucket) = Bucket::start().await? else { return Ok(()) };
    if !engine.is_there() {
        return Ok(());
    }
    let server = server(&bucket, engine).await?;
    let ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    assert_eq!(ann.client.services().upload_plugins, ["s3", "tus"]);
    let (path, content) = file(server.dir(), "big.bin", 33 * MIB)?;
    queue_file(&ann, "ben", &path).await?;
    let (_, bytes) = arrived(&mut ben, "ann", 1).await?;
    same(&bytes, &content)?;
    assert!(bucket.net.file_bytes() > 33 * MIB, "{} bytes went there", bucket.net.file_bytes());
    assert_eq!(ann.net.file_bytes(), 0, "the server had nothing to do with it");

    let before = bucket.net.file_bytes();
    ann.client.register_upload_plugin(Some(Arc::new(TusPlugin)));
    let (path, content) = file(server.dir(), "small.bin", MIB)?;
    queue_file(&ann, "ben", &path).await?;
    until(&mut ben, "told", async |ben| Ok(ben.latest(&with("ann"), 9).await?.len() == 2)).await?;
    let message = ben.latest(&with("ann"), 1).await?.pop().doing("the newest")?;
    let target = ben.dir().join("small.bin");
    ben.client
        .download_file(&message, file_of(&message)?, SaveTo::Path(target.clone()), |_, _| {})
        .await
        .doing("fetching it")?;
    same(&std::fs::read(target).doing("the file")?, &content)?;
    assert_eq!(bucket.net.file_bytes(), before);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_past_the_server_on_sqlite() -> Outcome {
    past_the_server(Engine::Sqlite).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_past_the_server_on_postgres() -> Outcome {
    past_the_server(Engine::Postgres).await
}

/// PLUS-3: lost connections to the bucket, a restart of the app and one of the server cost the part that was on its way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_where_it_stopped() -> Outcome {
    let Some(bucket) = Bucket::start().await? else { return Ok(()) };
    let mut server = server(&bucket, Engine::Sqlite).await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let (path, content) = file(server.dir(), "big.bin", 65 * MIB)?;
    // Two parts are there, and half of the third.
    bucket.net.set_files_until(Some(40 * MIB));
    queue_file(&ann, "ben", &path).await?;
    bucket.net.until_stalled().await;
    ann.restart().await?;
    let passed = bucket.net.file_bytes();
    bucket.net.set_files_until(Some(passed + 20 * MIB));
    ann.client.wake();
    bucket.net.until_stalled().await;
    server.restart().await?;
    for device in [&ann, &ben] {
        device.net.lead_to(server.address());
        device.net.cut();
        device.client.wake();
    }
    bucket.net.cut();
    bucket.net.set_files_until(None);
    let (_, bytes) = arrived(&mut ben, "ann", 1).await?;
    same(&bytes, &content)?;
    let passed = bucket.net.file_bytes();
    // Twice a part of 16 MiB, and what was in pipes and buffers.
    assert!(passed < (65 + 2 * 16 + 8) * MIB, "{passed} bytes for an upload of {}", content.len());
    Ok(())
}

/// kill -9 of the client in the middle: the next one goes on, and the message arrives once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_client_goes_on_with_what_is_in_the_bucket() -> Outcome {
    let Some(bucket) = Bucket::start().await? else { return Ok(()) };
    let server = server(&bucket, Engine::Sqlite).await?;
    let mut ben = device(&server, "ben", "b").await?;
    let net = Net::start(server.address(), Dice::new(1)).await?;
    let (path, content) = file(server.dir(), "big.bin", 40 * MIB)?;
    let dir = server.dir().join("killed");
    std::fs::create_dir_all(&dir).doing(dir.display())?;
    let ann: UserId = "ann".parse().doing("a user id")?;
    let sig = server.user_sig(&ann)?;
    let start = |what: &Path| {
        let mut command = Command::new(program("crash_client")?);
        command.arg(what).arg(net.address().to_string()).arg(&dir).arg(&sig).args(["0", "C2Cben"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().doing("starting a client")
    };
    bucket.net.set_files_until(Some(24 * MIB));
    let mut client = start(&path)?;
    bucket.net.until_stalled().await;
    client.kill().doing("killing the client")?;
    client.wait().doing("waiting for its end")?;
    bucket.net.set_files_until(None);
    let mut client = start(Path::new("drain"))?;
    let (_, bytes) = arrived(&mut ben, "ann", 1).await?;
    same(&bytes, &content)?;
    let ended = tokio::task::spawn_blocking(move || client.wait()).await.doing("waiting")?;
    assert!(ended.doing("waiting")?.success());
    assert_eq!(ben.latest(&with("ann"), 9).await?.len(), 1);
    assert!(bucket.net.file_bytes() < (40 + 16) * MIB, "{}", bucket.net.file_bytes());
    Ok(())
}

/// What is taken back is given up in the bucket, too, and makes room for another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_taken_back_is_gone() -> Outcome {
    let Some(bucket) = Bucket::start().await? else { return Ok(()) };
    let server = server(&bucket, Engine::Sqlite).await?;
    let mut ann = device(&server, "ann", "a").await?;
    let mut ben = device(&server, "ben", "b").await?;
    let (path, content) = file(server.dir(), "big.bin", 33 * MIB)?;
    bucket.net.set_files_until(Some(20 * MIB));
    let queued = queue_file(&ann, "ben", &path).await?;
    bucket.net.until_stalled().await;
    ann.client.cancel_message(&queued.id).await.doing("taking it back")?;
    bucket.net.set_files_until(None);
    until_shown(&mut ann, "ben", &[]).await?;
    // One upload at a time: this one waits until the other is gone.
    queue_file(&ann, "ben", &path).await?;
    let (_, bytes) = arrived(&mut ben, "ann", 1).await?;
    same(&bytes, &content)
}
