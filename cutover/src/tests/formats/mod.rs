//! Formats that were once written are read for ever. `tests/formats/vN` holds an example of each.

mod facts;
mod seals;
mod v1;
mod v2;
