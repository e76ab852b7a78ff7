//! Writes `src/protocol/schema.json` again: `./dev schema`.

fn main() -> std::io::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
    std::fs::write(path, hallway_protocol::schema::text())
}
