//! The table against the spec: nothing missing, nothing invented; and the error object on the wire.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    time::Duration,
};

use serde_json::json;

use super::{ChatError, ErrorCode, Retry, table::ROWS};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Name and text of each file of the spec.
fn spec() -> Vec<(String, String)> {
    let mut files: Vec<_> = fs::read_dir(root().join("docs/spec"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "md"))
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    assert!(files.len() >= 15, "the spec is at docs/spec");
    files
}

/// Numbers of four to six digits that stand alone: `2800`, not `MSG-2800`, `v4`, `0x2000`, `2800.5`.
fn numbers(text: &str) -> impl Iterator<Item = i32> {
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | '@');
    text.split(move |c: char| !part(c))
        .filter(|word| (4..=6).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()))
        .map(|word| word.parse().unwrap())
}

/// Numbers of the spec's prose that are no error codes: counts, sizes, years, and codes it puts out of scope.
const NOT_CODES: &[i32] = &[
    1000, 1024, 1950, 4000, 4096, 4648, 5000, 6000, // counts, sizes, documents
    7503, 7508, 91101,   // TLS library and long polling: out of scope
    604_800, // the life in the credential's test vector
    120_001, 130_000, // the ends of the hooks' own range
];

/// Columns that hold error codes.
fn is_code_column(heading: &str) -> bool {
    let heading = heading.trim().to_lowercase();
    matches!(heading.as_str(), "code" | "codes" | "errors" | "send error" | "rule or code")
        || heading.contains("extra codes")
}

/// Cells of a table row, or none when the line is no row.
fn cells(line: &str) -> Option<Vec<&str>> {
    let line = line.trim();
    Some(line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect())
}

/// Codes in the error columns of all tables, with the row they stand in.
fn codes_of_tables() -> BTreeMap<i32, String> {
    let mut found = BTreeMap::new();
    for (file, text) in spec() {
        let mut columns: Vec<usize> = Vec::new();
        let mut previous: Option<Vec<&str>> = None;
        for line in text.lines() {
            let Some(row) = cells(line) else {
                columns.clear();
                previous = None;
                continue;
            };
            if row.iter().all(|cell| !cell.is_empty() && cell.chars().all(|c| c == '-')) {
                let heading = previous.take().unwrap_or_default();
                columns = (0..heading.len()).filter(|&at| is_code_column(heading[at])).collect();
                continue;
            }
            // RST-91, RSG-17: a row that lists codes in a table of another kind.
            let lists_codes = row.get(1).is_some_and(|cell| cell.to_lowercase().starts_with("codes"));
            for (at, cell) in row.iter().enumerate() {
                if columns.contains(&at) || lists_codes {
                    for code in numbers(cell).filter(|code| !NOT_CODES.contains(code)) {
                        found.entry(code).or_insert_with(|| format!("{file}: {}", row[0]));
                    }
                }
            }
            previous = Some(row);
        }
    }
    found
}

/// Proves SERR-10 to SERR-89, SES-70 to SES-86, MSG-42 to MSG-51, CONV-130 to CONV-135, SIG-60 to SIG-63,
/// PRES-60 to PRES-64, COM-90 to COM-94, GMB-130 to GMB-135, LEG-60 to LEG-77, RST-10 to RST-15, RST-91: every
/// code of an error table of the spec has a name.
#[test]
fn every_code_of_an_error_table_has_a_name() {
    let tables = codes_of_tables();
    for code in [2800, 2801, 2805, 23_001, 30_539, 40_811, 51_012, 60_022, 72_012, 80_005, 93_000, 110_003] {
        assert!(tables.contains_key(&code), "the search of the tables lost {code}");
    }
    assert!(tables.len() > 290, "the search found only {} codes", tables.len());
    let missing: Vec<_> = tables
        .iter()
        .filter(|(code, _)| !ErrorCode::ALL.iter().any(|known| known.code() == **code))
        .collect();
    assert!(missing.is_empty(), "no name for {missing:#?}");
}

/// The same for codes that stand only in prose, such as "more: 40801" or "else 7003".
#[test]
fn every_code_in_the_prose_has_a_name() {
    let mut missing = BTreeSet::new();
    for (file, text) in spec() {
        for line in text.lines() {
            for number in numbers(line) {
                if ErrorCode::from_code(number).is_none() && !NOT_CODES.contains(&number) {
                    missing.insert((number, file.clone(), line.chars().take(60).collect::<String>()));
                }
            }
        }
    }
    assert!(missing.is_empty(), "neither in the table nor in NOT_CODES: {missing:#?}");
}

/// The rows named beside a code are real, and one of them speaks of the code: by its number, as the end of a
/// range, or as "A to B".
#[test]
fn the_rows_named_in_the_table_speak_of_the_code() {
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for (_, text) in spec() {
        for row in text.lines().filter_map(cells) {
            rows.insert(row[0].to_owned(), row.join(" "));
        }
    }
    for (code, named) in ROWS {
        let ids: Vec<&str> = named.split([',', ' ']).filter(|id| id.contains('-')).collect();
        for id in &ids {
            assert!(rows.contains_key(*id), "{code}: the spec has no row {id}");
        }
        assert!(
            ids.iter().any(|id| numbers(&rows[*id]).any(|number| number == *code)),
            "{code}: none of {named} names it"
        );
    }
}

#[test]
fn numbers_and_names_are_unique() {
    let numbers: BTreeSet<i32> = ErrorCode::ALL.iter().map(|code| code.code()).collect();
    assert_eq!(numbers.len(), ErrorCode::ALL.len());
    for code in ErrorCode::ALL {
        assert_eq!(ErrorCode::from_code(code.code()), Some(*code));
        assert_eq!(ErrorCode::from(code.code()), *code);
        assert!(!code.text().is_empty() && !code.text().contains('\n'));
    }
}

/// SERR-1, MSG-48: the codes of hooks pass unchanged. SERR-97: so do those nobody knows yet.
#[test]
fn codes_of_hooks_and_of_newer_servers_are_not_lost() {
    for (number, code) in [
        (120_000, ErrorCode::Other(120_000)),
        (120_001, ErrorCode::Hook(120_001)),
        (130_000, ErrorCode::Hook(130_000)),
        (130_001, ErrorCode::Other(130_001)),
        (-32_601, ErrorCode::Other(-32_601)),
    ] {
        assert_eq!(ErrorCode::from(number), code);
        assert_eq!(serde_json::to_value(code).unwrap(), json!(number));
        assert_eq!(serde_json::from_value::<ErrorCode>(json!(number)).unwrap(), code);
    }
}

/// SERR-95: which codes the client repeats on its own when reading.
#[test]
fn reads_are_repeated_after_six_codes_only() {
    let repeated: Vec<i32> = ErrorCode::ALL.iter().filter(|c| c.repeat_read()).map(|c| c.code()).collect();
    assert_eq!(repeated, [10_002, 30_006, 30_007, 40_006, 70_169, 70_500]);
    for code in repeated {
        assert_eq!(ErrorCode::from(code).retry(), Retry::Retryable);
    }
    assert_eq!(ErrorCode::AttributeConflict.retry(), Retry::Permanent);
    assert_eq!(ErrorCode::ContactWriteConflict.retry(), Retry::Permanent);
}

#[test]
fn the_error_object_is_the_one_of_json_rpc() {
    let plain = ChatError::new(ErrorCode::NotLoggedIn);
    assert_eq!(
        serde_json::to_value(&plain).unwrap(),
        json!({"code": 2024, "message": "nobody is logged in"})
    );
    assert_eq!(plain.to_string(), "nobody is logged in (2024)");

    let error =
        ChatError::from(ErrorCode::InvalidParameter).with_message("`to` is missing").with_data(json!([1]));
    let text = r#"{"code":6017,"message":"`to` is missing","data":[1]}"#;
    assert_eq!(serde_json::to_string(&error).unwrap(), text);
    assert_eq!(serde_json::from_str::<ChatError>(text).unwrap(), error);

    let unknown: ChatError = serde_json::from_str(r#"{"code":999999,"extra":1}"#).unwrap();
    assert_eq!(unknown.code, ErrorCode::Other(999_999));
    assert_eq!(unknown.to_string(), "unknown error code (999999)");
    assert!(serde_json::from_str::<ChatError>(r#"{"code":"2024"}"#).is_err());
}

/// SES-80: the answer carries a retry-after.
#[test]
fn the_time_to_wait_travels_in_the_data() {
    let error = ChatError::new(ErrorCode::RequestsTooFrequent)
        .with_data(json!({"limit": 20}))
        .with_retry_after(Duration::from_micros(1500));
    assert_eq!(error.data, Some(json!({"limit": 20, "retry_after_ms": 2})));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(2)));
    assert_eq!(ChatError::new(ErrorCode::TooFrequent).retry_after(), None);
    let odd = ChatError::new(ErrorCode::TooFrequent).with_data(json!({"retry_after_ms": -1}));
    assert_eq!(odd.retry_after(), None);
    let longest = ChatError::new(ErrorCode::TooFrequent).with_data("text").with_retry_after(Duration::MAX);
    assert_eq!(longest.retry_after(), Some(Duration::from_millis(u64::MAX)));
}

/// Keys and texts of a Fluent file whose messages take one line each.
fn messages(language: &str) -> BTreeMap<String, String> {
    let path = root().join("i18n").join(language).join("errors.ftl");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (key, text) = line.split_once(" = ").unwrap_or_else(|| panic!("not a message: {line}"));
        assert!(found.insert(key.to_owned(), text.to_owned()).is_none(), "{language}: {key} is there twice");
    }
    found
}

/// SERR-96: every code has a sentence in both languages; SERR-97: there is one for unknown codes.
#[test]
fn every_code_has_a_sentence_in_both_languages() {
    let wanted: BTreeSet<String> = ErrorCode::ALL
        .iter()
        .map(|code| format!("error-{code}"))
        .chain(["error-unknown".into(), "error-hook".into()])
        .collect();
    for language in ["en", "zh-CN"] {
        let found = messages(language);
        let keys: BTreeSet<String> = found.keys().cloned().collect();
        let missing: Vec<_> = wanted.difference(&keys).collect();
        let needless: Vec<_> = keys.difference(&wanted).collect();
        assert!(missing.is_empty(), "{language} has no text for {missing:?}");
        assert!(needless.is_empty(), "{language} has texts for codes that do not exist: {needless:?}");
        for (key, text) in &found {
            assert!(!text.contains(['!', '！']), "{language}: {key} shouts");
            if key != "error-unknown" {
                assert!(text.ends_with(['.', '。']), "{language}: {key} is no sentence");
            }
        }
        assert!(found["error-unknown"].contains("{ $code }"));
    }
}
