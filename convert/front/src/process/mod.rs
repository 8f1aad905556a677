//! The processes of a function: started, watched, ended, reaped, started again.

mod child;
mod environment;
mod reaper;
mod slot;

pub(crate) use reaper::Reaper;
pub(crate) use slot::{Slot, Watch};
