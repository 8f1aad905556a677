//! The commands: one file, one `Args` and one function each.

pub(crate) mod assess;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod cutover;
pub(crate) mod decide;
pub(crate) mod demo;
pub(crate) mod discover;
pub(crate) mod doctor;
pub(crate) mod domains;
pub(crate) mod init;
pub(crate) mod inventory;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod people;
pub(crate) mod plan;
pub(crate) mod rehearse;
pub(crate) mod render;
pub(crate) mod schema;
pub(crate) mod tui;
pub(crate) mod why;
