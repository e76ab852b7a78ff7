//! The JSON Schema of everything that travels, made from the types.
//!
//! [`text`] is what stands in `schema.json` beside this file. It is checked in so that somebody who writes a
//! client in another language needs no Rust; a test fails when it and the types differ.
//!
//! The document is one JSON Schema (2020-12) with all types under `$defs` and three lists beside them:
//! `methods` (each with the schema of its parameters and of its result), `event` (what the server says
//! unasked), and `error_codes`.

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::error::{ChatError, ErrorCode, Retry};
use crate::event::ServerEvent;

/// The whole document.
pub fn document() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    let methods: Map<String, Value> = crate::method::describe(&mut generator)
        .into_iter()
        .map(|(name, params, result)| (name.to_owned(), json!({ "params": params, "result": result })))
        .collect();
    let event = generator.subschema_for::<ServerEvent>();
    let error = generator.subschema_for::<ChatError>();
    let error_codes: Vec<Value> = ErrorCode::ALL
        .iter()
        .map(|code| {
            let retry = match code.retry() {
                Retry::Retryable => "retryable",
                Retry::Permanent => "permanent",
                Retry::NeedsUser => "needs_user",
            };
            json!({ "code": code, "name": format!("{code:?}"), "text": code.text(), "retry": retry })
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Hallway wire protocol",
        "description": "Made from the Rust types by ./dev schema. README.md beside this file explains it.",
        "protocol_version": crate::PROTOCOL_VERSION,
        "methods": methods,
        "event": event,
        "error": error,
        "error_codes": error_codes,
        "$defs": generator.take_definitions(true),
    })
}

/// The document as it stands in `schema.json`.
pub fn text() -> String {
    // `{:#}` of a `Value` cannot fail, unlike `to_string_pretty`, and writes the same.
    format!("{:#}\n", sorted(document()))
}

/// The same value with the members of all objects in alphabetical order, whatever order `serde_json` was
/// built to keep, so that the file does not depend on what else is in a build.
pub(crate) fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().map(|(name, member)| (name, sorted(member))).collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A third party writes a client from the checked-in file, so it must be the truth.
    #[test]
    fn the_checked_in_schema_is_the_one_of_the_types() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.json");
        let checked_in = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            checked_in == text(),
            "schema.json is not the one of the types; write it again with: ./dev schema"
        );
    }

    #[test]
    fn every_reference_has_its_definition() {
        fn visit(value: &Value, definitions: &Map<String, Value>, seen: &mut usize) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(target)) = members.get("$ref") {
                        let name = target.strip_prefix("#/$defs/").unwrap();
                        assert!(definitions.contains_key(name), "{target}");
                        *seen += 1;
                    }
                    members.values().for_each(|member| visit(member, definitions, seen));
                }
                Value::Array(items) => items.iter().for_each(|item| visit(item, definitions, seen)),
                _ => {}
            }
        }
        let document = document();
        let definitions = document["$defs"].as_object().unwrap();
        let mut seen = 0;
        visit(&document, definitions, &mut seen);
        assert!(seen > 100, "only {seen} references");
    }
}
