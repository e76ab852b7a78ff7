//! `./dev prove [name…]`: proofs that take minutes. Each is one file here and ends with what it has seen.
//!
//! - `crash`: kill -9 of a server under load (`crash-server`) and of a client with a full outbox (`crash-client`),
//!   `HALLWAY_PROVE_ROUNDS` times each, 50 if it does not say (R2).
//! - `uploads`: kill -9 of either side, or both, while files go up, as often.
#![allow(clippy::print_stdout)] // a program whose output is its result

mod client;
mod server;
mod uploads;

use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::Dice;

fn main() -> Outcome {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let known = ["crash", "crash-server", "crash-client", "uploads"];
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        return Err(Failure::new(format!("no proof is called {unknown}; there are {}", known.join(", "))));
    }
    let is_wanted = |proof: &str| {
        let is_named = |name: &String| name == proof || (name == "crash" && proof.starts_with("crash-"));
        wanted.is_empty() || wanted.iter().any(is_named)
    };
    let rounds = match std::env::var("HALLWAY_PROVE_ROUNDS") {
        Ok(text) => text.parse().doing("HALLWAY_PROVE_ROUNDS")?,
        Err(_) => 50,
    };
    let seed = Dice::seed("HALLWAY_PROVE_SEED");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().doing("starting threads")?;
    runtime
        .block_on(async {
            if is_wanted("crash-server") {
                println!("{}", server::run(rounds, Dice::new(seed)).await?);
            }
            if is_wanted("crash-client") {
                println!("{}", client::run(rounds, Dice::new(seed)).await?);
            }
            if is_wanted("uploads") {
                println!("{}", uploads::run(rounds, Dice::new(seed)).await?);
            }
            Ok(())
        })
        .map_err(|failure: Failure| Failure::new(format!("HALLWAY_PROVE_SEED={seed}: {failure}")))
}
