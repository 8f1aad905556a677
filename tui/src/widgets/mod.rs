//! What several screens are made of, one file each.

mod bars;
mod lines;
mod overlay;
mod waiting;

pub(crate) use bars::{footer, header, too_small};
pub(crate) use lines::{Text, bar, draw, first_seen, put, put_with_place, said, tell_unseen, titled, unseen};
pub(crate) use overlay::{overlay, overlay_size, question_size};
pub(crate) use waiting::{is_waiting, waiting};
