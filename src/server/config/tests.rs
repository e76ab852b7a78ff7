use super::*;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(text, Path::new("hallway.toml")).map_err(|error| error.to_string())
}

/// The example file is made from the documentation of the keys and says exactly the defaults.
#[test]
fn the_example_file_is_up_to_date_and_equals_the_defaults() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("hallway-server.example.toml");
    let example = Config::example();
    if std::env::var_os("HALLWAY_WRITE_GENERATED").is_some() {
        std::fs::write(&file, &example).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(written == example, "run this test with HALLWAY_WRITE_GENERATED=1 and commit the file");
    assert_eq!(parse(&example).unwrap(), Config::default());
    let uncommented: String = example
        .lines()
        .map(|line| line.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(line))
        .fold(String::new(), |mut all, line| {
            all.push_str(line);
            all.push('\n');
            all
        });
    let read = parse(&uncommented).unwrap();
    assert_eq!(read.effective_limits(), Config::default().effective_limits());
    assert_eq!(Config { limits: LimitsSection::default(), ..read }, Config::default());
}

#[test]
fn mistakes_are_told_with_file_line_and_key() {
    for (text, expected) in [
        ("[server]\nbind = 5\n", "hallway.toml:2:8:"),
        ("[server]\nbnid = \"x\"\n", "hallway.toml:2:1: unknown field `bnid`"),
        ("[server]\n\nbind = \"nowhere\"\n", "hallway.toml:3:1: server.bind: not an address"),
        ("[server]\nbind = \"0.0.0.0:1\"\n[tls]\nmode = \"off\"\n", "hallway.toml:4:1: tls.mode: `off`"),
        ("[tls]\nmode = \"files\"\n", "hallway.toml:1:2: tls.certificate:"),
        ("[limits]\nno_such = 1\n", "hallway.toml:2:1: limits.no_such: there is no limit"),
        ("[limits]\nhistory_page = \"x\"\n", "hallway.toml:2:1: limits.history_page:"),
        ("[limits]\ndesktop_instances = 11\n", "hallway.toml:2:1: limits.desktop_instances:"),
        ("[limits]\nqueued_requests = 19\n", "hallway.toml:2:1: limits.queued_requests:"),
        ("[rates]\nsend = \"10\"\n", "hallway.toml:2:8: `10` is not a rate"),
        ("[accounts]\nsecret_keys = [\"a\", \"b\", \"c\"]\n", "hallway.toml:2:1: accounts.secret_keys:"),
        ("[log]\nlevel = \"info,x=loud\"\n", "hallway.toml:2:1: log.level:"),
        ("[database]\nurl = \"mysql://x\"\n", "hallway.toml:2:1: database.url:"),
        ("[s3]\nendpoint = \"https://x\"\n", "hallway.toml:1:2: s3.bucket:"),
        ("[files]\nupload = \"s3\"\n", "hallway.toml:2:1: files.upload:"),
        (
            "[s3]\nendpoint = \"https://x\"\nbucket = \"b\"\naccess_key = \"k\"\nsecret_key = \"s\"\n\
             [limits]\nfile_bytes = 5368709121\n[files]\nupload = \"s3\"\n",
            "hallway.toml:9:1: files.upload:",
        ),
        (
            "[s3]\nendpoint = \"https://x\"\npublic_endpoint = \"x\"\n",
            "hallway.toml:3:1: s3.public_endpoint:",
        ),
        ("[outbound]\nproxy = \"x\"\n", "hallway.toml:2:1: outbound.proxy:"),
        ("[translation]\nprovider = \"openai\"\n", "hallway.toml:1:2: translation.url:"),
        ("[translation]\nlanguages = [\"xx\"]\n", "hallway.toml:2:1: translation.languages:"),
        ("[voice_to_text]\nseconds = 301\n", "hallway.toml:2:1: voice_to_text.seconds:"),
        ("bind = 1\n", "hallway.toml:1:1: unknown field `bind`"),
    ] {
        let message = parse(text).unwrap_err();
        assert!(message.starts_with(expected), "{text:?}\n  said     {message}\n  expected {expected}");
    }
}

/// PLUS-1: any number of a preset can be changed alone.
#[test]
fn limits_are_a_preset_with_overrides() {
    let config = parse("[limits]\npreset = \"compat\"\nhistory_page = 20\n").unwrap();
    let expected = Limits { history_page: 20, ..Limits::preset(Preset::Compat) };
    assert_eq!(config.effective_limits().unwrap(), expected);
    let config = parse("[limits]\ngroup_name = { max = 7, unit = \"bytes\" }\n").unwrap();
    assert_eq!(config.effective_limits().unwrap().group_name.max, 7);
}

#[test]
fn secrets_do_not_show() {
    let config = parse(
        "[accounts]\nsecret_keys = [\"canary-1\"]\n[metrics]\ntoken = \"canary-2\"\n[database]\nurl = \"postgres://u:canary-3@h/d\"\n",
    )
    .unwrap();
    assert!(!format!("{config:?}").contains("canary"));
}
