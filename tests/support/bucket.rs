//! Somebody else's S3 server with a bucket, and the network between it and the clients.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use hallway_server::config::{Config, UploadWay};
use tempfile::TempDir;

use super::{Dice, Net};
use crate::failure::{Outcome, While};
use crate::process::Program;

const BUCKET: &str = "hallway";

/// See the module. Dropping it ends the server.
pub struct Bucket {
    /// What clients reach it through; servers do not.
    pub net: Net,
    address: SocketAddr,
    _program: Program,
    _dir: TempDir,
}

impl Bucket {
    /// None where it is not installed; says loudly so.
    pub async fn start() -> Outcome<Option<Self>> {
        let Some(moto) = std::env::var_os("HALLWAY_MOTO") else {
            eprintln!("SKIPPED: HALLWAY_MOTO is not set (./dev test sets it)");
            return Ok(None);
        };
        let listener = TcpListener::bind("127.0.0.1:0").doing("finding a free port")?;
        let address = listener.local_addr().doing("finding a free port")?;
        drop(listener);
        let dir = tempfile::tempdir().doing("making a directory")?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/s3_server.py");
        let mut command = Command::new(Path::new(&moto).with_file_name("python3"));
        command.arg(script).arg(address.port().to_string()).arg(BUCKET);
        let program = Program::start(&mut command, &dir.path().join("s3.log"))?;
        let listens = |line: &str| line.contains("Running on").then_some(());
        program.line("where it listens", Duration::from_secs(60), listens)?;
        let net = Net::start(address, Dice::new(1)).await?;
        Ok(Some(Self { net, address, _program: program, _dir: dir }))
    }

    /// Has a server keep its files here, and let clients bring them themselves.
    pub fn configure(&self, config: &mut Config) {
        config.files.upload = UploadWay::S3;
        config.s3.endpoint = format!("http://{}", self.address);
        config.s3.public_endpoint = format!("http://{}", self.net.address());
        config.s3.bucket = BUCKET.into();
        config.s3.access_key = "testing".into();
        config.s3.secret_key = "testing".into();
    }
}
