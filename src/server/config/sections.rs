//! One place for a key, its text, its type and its default: the macro that makes the sections of the
//! configuration, and what writes the example file from them.

use hallway_protocol::Limits;
use serde::Serialize;

/// Writes one key of the example file.
pub(super) fn describe_key(out: &mut String, docs: &[&str], key: &str, default: &impl Serialize) {
    for line in docs {
        out.push_str("\n#");
        out.push_str(line);
    }
    if let Ok(value) = toml::Value::try_from(default) {
        out.push_str("\n#");
        out.push_str(key);
        out.push_str(" = ");
        out.push_str(&value.to_string());
    }
    out.push('\n');
}

/// Writes the `[limits]` section: its preset, and the names and numbers of the `staff` one.
pub(super) fn describe_limits(out: &mut String, staff: &Limits) {
    out.push_str("\n# What people may do. Any number can be changed alone; `compat` has those of the functional spec.\n");
    out.push_str("[limits]\n\n# `staff` or `compat`.\n#preset = \"staff\"\n\n");
    let Ok(table) = toml::Table::try_from(staff) else { return };
    for name in Limits::NAMES {
        if let Some(value) = table.get(*name) {
            out.push('#');
            out.push_str(name);
            out.push_str(" = ");
            out.push_str(&value.to_string());
            out.push('\n');
        }
    }
}

macro_rules! sections {
    ($(
        $(#[doc = $section_doc:literal])+
        $section:ident $title:literal {
            $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr,)+
        }
    )+) => {$(
        $(#[doc = $section_doc])+
        #[derive(Clone, Debug, PartialEq, serde::Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct $section {
            $($(#[doc = $doc])+ pub $key: $type,)+
        }

        impl Default for $section {
            fn default() -> Self {
                Self { $($key: $default,)+ }
            }
        }

        impl $section {
            /// Writes this section of the example file.
            fn describe(out: &mut String) {
                $(out.push_str("\n#"); out.push_str($section_doc);)+
                out.push_str(concat!("\n[", $title, "]\n"));
                let defaults = Self::default();
                $(sections::describe_key(out, &[$($doc),+], stringify!($key), &defaults.$key);)+
            }
        }
    )+};
}

pub(super) use sections;
