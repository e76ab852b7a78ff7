//! `README.md` must be true: its worked conversation fits the types, and what it names exists.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::ErrorCode;
use crate::event::ServerEvent;
use crate::frame::{MAX_DEPTH, RequestFrame, ServerFrame, depth_ok};
use crate::limits::Limits;
use crate::method::{MethodName, rewrite_answer, rewrite_params};

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The lines of the worked conversation: who speaks, and the frame with what was cut filled in again.
fn transcript() -> Vec<(char, String)> {
    let text = readme();
    let inside = text.split("```transcript\n").nth(1).unwrap().split("```").next().unwrap();
    let limits = serde_json::to_string(&Limits::default()).unwrap();
    inside
        .lines()
        .map(|line| {
            let (who, frame) = line.split_once(' ').unwrap();
            (who.chars().next().unwrap(), frame.replace("{…}", &limits))
        })
        .collect()
}

#[test]
fn the_worked_conversation_fits_the_types() {
    let mut open = HashMap::new();
    let (mut requests, mut events, mut refusals) = (0, 0, 0);
    for (who, text) in transcript() {
        assert!(depth_ok(&text));
        if who == '>' {
            let frame: RequestFrame = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
            let name = MethodName::parse(&frame.method).unwrap_or_else(|| panic!("{text}: no such method"));
            let params = frame.params.map_or("{}", |params| params.get());
            let read = rewrite_params(name, params).unwrap_or_else(|error| panic!("{text}: {error}"));
            for member in serde_json::from_str::<Value>(params).unwrap().as_object().unwrap().keys() {
                assert!(read.get(member).is_some(), "{text}: nobody reads {member}");
            }
            assert!(open.insert(frame.id, name).is_none(), "{text}: the id is used twice");
            requests += 1;
            continue;
        }
        let frame: ServerFrame =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        if let Some(id) = frame.id {
            let name = open.remove(&id).unwrap_or_else(|| panic!("{text}: answers nothing"));
            if let Some(error) = frame.error {
                assert!(!matches!(error.code, ErrorCode::Other(_)), "{text}: unknown code");
                refusals += 1;
            } else {
                rewrite_answer(name, frame.result.unwrap().get()).unwrap_or_else(|e| panic!("{text}: {e}"));
            }
        } else {
            let event: ServerEvent = serde_json::from_str(frame.params.unwrap().get()).unwrap();
            assert!(!matches!(event, ServerEvent::Unknown(_)), "{text}: unknown event");
            events += 1;
        }
    }
    assert!(open.is_empty(), "without an answer: {open:?}");
    assert!(requests >= 8 && events >= 2 && refusals >= 1);
}

#[test]
fn what_the_readme_names_exists() {
    let text = readme();
    let word = |c: char| c.is_ascii_lowercase() || c == '_' || c == '.';
    let groups: Vec<&str> =
        MethodName::ALL.iter().map(|name| name.as_str().split_once('.').unwrap().0).collect();
    let mut methods = 0;
    for code in text.split('`').skip(1).step_by(2) {
        let name = code.split(|c| !word(c)).next().unwrap();
        if let Some((group, rest)) = name.split_once('.')
            && groups.contains(&group)
            && !rest.is_empty()
        {
            let field = ["instance_id"].contains(&rest);
            assert!(field || MethodName::parse(name).is_some(), "no method {name}");
            methods += 1;
        }
        if let Some(limit) = code.strip_prefix("limits.") {
            assert!(Limits::NAMES.contains(&limit), "no limit {limit}");
        }
    }
    assert!(methods > 15, "found only {methods} methods");

    let table = text.split("## 7. Errors").nth(1).unwrap().split("## 8.").next().unwrap();
    let mut codes = 0;
    for row in table.lines().filter_map(|line| line.strip_prefix("| ")) {
        for code in row.split('|').next().unwrap().split(',').filter_map(|cell| cell.trim().parse().ok()) {
            assert!(ErrorCode::from_code(code).is_some(), "no code {code}");
            codes += 1;
        }
    }
    assert!(codes > 10, "found only {codes} codes");
    assert!(text.contains(&format!("nests at most {MAX_DEPTH} deep")));
    assert!(text.contains(&format!("this page is about **{}**", crate::PROTOCOL_VERSION)));
}
