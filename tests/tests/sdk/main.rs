//! The SDK against a real server: what an app can count on, row by row.

mod annotations;
mod bucket;
mod changing;
mod files;
mod forward;
mod groups;
mod history;
mod labels;
mod list;
mod media;
mod message;
mod notices;
mod own_side;
mod search;
mod sending;
mod services;
mod sessions;
mod stickers;
mod support;
