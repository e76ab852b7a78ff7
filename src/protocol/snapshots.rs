//! Samples of everything that travels, as checked-in JSON under `snapshots/`.
//!
//! Each file is read into its type and written again; the result must be the file, letter for letter. So a
//! field that is renamed, lost or newly required shows up as a changed file in review, and old clients are
//! not broken by accident. The same files must fit `schema.json`, and together they must show every field it
//! has. Files of new methods are written by hand; `HALLWAY_SNAPSHOTS=write cargo test -p hallway-protocol`
//! writes the existing ones again after a deliberate change.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::event::ServerEvent;
use crate::frame::{Answer, EventFrame, Refusal, Request, RequestFrame, ServerFrame, Version};
use crate::message::{Message, Payload};
use crate::method::MethodName;
use crate::schema;
use crate::{ChatError, ErrorCode};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots").join(name)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Names (without `.json`) and texts of all files of a folder.
fn samples(name: &str) -> Vec<(String, String)> {
    let mut found: Vec<_> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), read(&path)))
        .collect();
    found.sort();
    found
}

/// Compares what the types write with the file, or writes the file where the caller wants that.
fn check(path: &Path, written: Value) {
    let written = format!("{:#}\n", schema::sorted(written));
    if std::env::var("HALLWAY_SNAPSHOTS").is_ok_and(|wish| wish == "write") {
        fs::write(path, written).unwrap();
        return;
    }
    let checked_in = read(path);
    assert!(
        checked_in == written,
        "{} is not what the types write:\n{written}\nAfter a deliberate change: \
         HALLWAY_SNAPSHOTS=write cargo test -p hallway-protocol",
        path.display()
    );
}

fn again<T: DeserializeOwned + Serialize>(text: &str) -> Value {
    serde_json::to_value(serde_json::from_str::<T>(text).unwrap()).unwrap()
}

#[test]
fn parameters_and_answers_are_written_as_they_were_read() {
    for name in MethodName::ALL {
        let path = folder("methods").join(format!("{}.json", name.as_str()));
        let sample: Value = serde_json::from_str(&read(&path)).unwrap();
        let params = crate::method::rewrite_params(*name, &sample["params"].to_string());
        let params = params.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let result = crate::method::rewrite_answer(*name, &sample["result"].to_string());
        let result = result.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        check(&path, json!({ "params": params, "result": result }));
    }
    let names: BTreeSet<String> = MethodName::ALL.iter().map(|name| name.as_str().to_owned()).collect();
    let files: BTreeSet<String> = samples("methods").into_iter().map(|(name, _)| name).collect();
    assert_eq!(files, names, "a file without a method");
}

/// SES-66: the envelope `{ name, data }` of all events.
#[test]
fn events_are_written_as_they_were_read() {
    for (name, text) in samples("events") {
        let frame: ServerFrame = serde_json::from_str(&text).unwrap();
        assert_eq!((frame.id, frame.method.as_deref()), (None, Some("event")));
        let event: ServerEvent = serde_json::from_str(frame.params.unwrap().get()).unwrap();
        assert_eq!(matches!(event, ServerEvent::Unknown(_)), name == "aurora", "{name}: {event:?}");
        let written = serde_json::to_value(EventFrame::new(&event)).unwrap();
        assert_eq!(written["params"]["name"], *name);
        check(&folder("events").join(format!("{name}.json")), written);
    }
}

/// OBJ-20 to OBJ-51 and OBJ-60 to OBJ-71: the names and shapes of all fields.
#[test]
fn messages_are_written_as_they_were_read() {
    for (name, text) in samples("payloads") {
        let payload: Payload = serde_json::from_str(&text).unwrap();
        assert_eq!(matches!(payload, Payload::Unknown(_)), name == "hologram", "{name}: {payload:?}");
        assert_eq!(payload.kind(), name);
        check(&folder("payloads").join(format!("{name}.json")), again::<Payload>(&text));
    }
    for (name, text) in samples("messages") {
        check(&folder("messages").join(format!("{name}.json")), again::<Message>(&text));
    }
}

#[test]
fn the_envelope_is_json_rpc() {
    let params = json!({});
    let request = Request { jsonrpc: Version, id: 7, method: "session.ping", params: &params };
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(text, r#"{"jsonrpc":"2.0","id":7,"method":"session.ping","params":{}}"#);
    let read: RequestFrame = serde_json::from_str(&text).unwrap();
    assert_eq!((read.id, &*read.method, read.params.unwrap().get()), (7, "session.ping", "{}"));

    let answer = Answer { jsonrpc: Version, id: 7, result: &json!({ "server_time_ms": 1 }) };
    let text = serde_json::to_string(&answer).unwrap();
    assert_eq!(text, r#"{"jsonrpc":"2.0","id":7,"result":{"server_time_ms":1}}"#);

    let error = ChatError::new(ErrorCode::NotLoggedIn);
    let text = serde_json::to_string(&Refusal { jsonrpc: Version, id: None, error: &error }).unwrap();
    assert_eq!(text, r#"{"jsonrpc":"2.0","id":null,"error":{"code":2024,"message":"nobody is logged in"}}"#);
    let read: ServerFrame = serde_json::from_str(&text).unwrap();
    assert_eq!((read.id, read.error), (None, Some(error)));
}

/// Checks a value against the parts of JSON Schema that `schema.json` uses and notes the fields it met.
struct Checker {
    document: Value,
    met: BTreeSet<String>,
}

impl Checker {
    fn fits(&mut self, at: &str, value: &Value) -> Result<(), String> {
        let schema = self.document.pointer(at).unwrap_or_else(|| panic!("nothing at {at}")).clone();
        let Value::Object(members) = &schema else {
            return Ok(()); // `true`: anything
        };
        for (keyword, wanted) in members {
            let good = match keyword.as_str() {
                "$ref" => {
                    self.fits(wanted.as_str().unwrap().strip_prefix('#').unwrap(), value)?;
                    true
                }
                "type" => match wanted {
                    Value::Array(types) => types.iter().any(|wanted| is_type(wanted, value)),
                    wanted => is_type(wanted, value),
                },
                "const" => wanted == value,
                "enum" => wanted.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap()),
                "maximum" => value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap()),
                "required" => {
                    wanted.as_array().unwrap().iter().all(|name| value.get(name.as_str().unwrap()).is_some())
                }
                "properties" => {
                    for name in wanted.as_object().unwrap().keys() {
                        if let Some(member) = value.get(name) {
                            let field = format!("{at}/properties/{name}");
                            self.fits(&field, member).map_err(|error| format!("{name}: {error}"))?;
                            self.met.insert(field);
                        }
                    }
                    true
                }
                "additionalProperties" => {
                    let known = members.get("properties").and_then(Value::as_object);
                    *wanted != json!(false)
                        || value.as_object().is_none_or(|fields| {
                            fields.keys().all(|f| known.is_some_and(|k| k.contains_key(f)))
                        })
                }
                "items" => {
                    for item in value.as_array().into_iter().flatten() {
                        self.fits(&format!("{at}/items"), item)?;
                    }
                    true
                }
                "anyOf" | "oneOf" => {
                    let branches = wanted.as_array().unwrap().len();
                    let met = self.met.clone();
                    let mut fitting = 0;
                    for branch in 0..branches {
                        let before = self.met.clone();
                        match self.fits(&format!("{at}/{keyword}/{branch}"), value) {
                            Ok(()) => fitting += 1,
                            Err(_) => self.met = before,
                        }
                    }
                    let good = if keyword == "oneOf" { fitting == 1 } else { fitting > 0 };
                    if !good {
                        self.met = met;
                    }
                    good
                }
                "pattern" => true, // looked at by the id types, whose texts have been read already
                "description" | "format" | "default" | "title" => true,
                other => panic!("the checker does not know {other} at {at}"),
            };
            if !good {
                return Err(format!("{value} breaks {keyword} at {at}"));
            }
        }
        Ok(())
    }
}

fn is_type(wanted: &Value, value: &Value) -> bool {
    match wanted.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("type {other}"),
    }
}

/// All places of `schema` that describe a field.
fn fields(at: &str, schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (keyword, member) in members {
                if keyword == "properties" {
                    for (name, field) in member.as_object().unwrap() {
                        found.insert(format!("{at}/properties/{name}"));
                        fields(&format!("{at}/properties/{name}"), field, found);
                    }
                } else {
                    fields(&format!("{at}/{keyword}"), member, found);
                }
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                fields(&format!("{at}/{number}"), item, found);
            }
        }
        _ => {}
    }
}

/// The schema tells the truth about every sample, and the samples show every field of the schema.
#[test]
fn the_samples_fit_the_schema_and_show_all_of_it() {
    let mut checker = Checker { document: schema::document(), met: BTreeSet::new() };
    let mut fits = |at: &str, name: &str, value: &Value| {
        checker.fits(at, value).unwrap_or_else(|error| panic!("{name}: {error}"));
    };
    for (name, text) in samples("methods") {
        let sample: Value = serde_json::from_str(&text).unwrap();
        fits(&format!("/methods/{name}/params"), &name, &sample["params"]);
        fits(&format!("/methods/{name}/result"), &name, &sample["result"]);
    }
    for (name, text) in samples("events") {
        fits("/event", &name, &serde_json::from_str::<Value>(&text).unwrap()["params"]);
    }
    for (name, text) in samples("messages").into_iter().chain(samples("payloads")) {
        let mut message = json!({ "id": "1-1-1", "conversation_id": "C2Cben", "from": "anna", "time": 1 });
        let fields: Value = serde_json::from_str(&text).unwrap();
        message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        fits("/$defs/Message", &name, &message);
    }
    let error = ChatError::new(ErrorCode::TooFrequent).with_data(json!({}));
    fits("/error", "error", &serde_json::to_value(error).unwrap());
    for credential in ["password", "user_sig", "token"] {
        fits("/$defs/Credential", credential, &json!({ credential: "x" }));
    }

    let mut all = BTreeSet::new();
    fields("/$defs", &checker.document["$defs"], &mut all);
    // A payload has the same shape wherever it stands; it is shown once, in messages.
    let payload = |field: &&String| {
        ["/$defs/SendMessage/anyOf", "/$defs/PayloadField/anyOf", "/$defs/Payload/"]
            .iter()
            .any(|place| field.starts_with(place))
    };
    let hidden: Vec<_> = all.difference(&checker.met).filter(|field| !payload(field)).collect();
    assert!(hidden.is_empty(), "no sample shows {hidden:#?}");
}

/// The checker itself notices what is wrong, or the test above would prove nothing.
#[test]
fn the_checker_refuses_what_does_not_fit() {
    let mut checker = Checker { document: schema::document(), met: BTreeSet::new() };
    for (at, value) in [
        ("/methods/message.range/params", json!({ "conversation_id": "C2Cben", "from_seq": 1 })),
        ("/methods/message.range/params", json!({ "conversation_id": 3, "from_seq": 1, "to_seq": 2 })),
        ("/methods/message.range/params", json!({ "conversation_id": "C2Cx", "from_seq": -1, "to_seq": 2 })),
        ("/$defs/GroupType", json!("club")),
        ("/$defs/Credential", json!({ "fingerprint": "x" })),
    ] {
        assert!(checker.fits(at, &value).is_err(), "{at} takes {value}");
    }
    assert!(checker.fits("/$defs/GroupType", &json!("work")).is_ok());
}
