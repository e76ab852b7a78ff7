//! `./dev prove [name…]`: proofs that take minutes. Each is one file here and ends with what it has seen.
//!
//! - `crash`: kill -9 of a server under load and of a client with a full outbox (R2), `HALLWAY_PROVE_ROUNDS`
//!   times each, 50 if it does not say.
#![allow(clippy::print_stdout)] // a program whose output is its result

mod client;
mod server;

use hallway_tests::failure::{Failure, Outcome, While};
use hallway_tests::support::Dice;

fn main() -> Outcome {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|name| *name != "crash") {
        return Err(Failure::new(format!("no proof is called {unknown}; there is crash")));
    }
    let rounds = match std::env::var("HALLWAY_PROVE_ROUNDS") {
        Ok(text) => text.parse().doing("HALLWAY_PROVE_ROUNDS")?,
        Err(_) => 50,
    };
    let seed = Dice::seed("HALLWAY_PROVE_SEED");
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().doing("starting threads")?;
    runtime
        .block_on(async {
            println!("{}", server::run(rounds, Dice::new(seed)).await?);
            println!("{}", client::run(rounds, Dice::new(seed)).await?);
            Ok(())
        })
        .map_err(|failure: Failure| Failure::new(format!("HALLWAY_PROVE_SEED={seed}: {failure}")))
}
