//! One target with what it goes through.

use caravan_inventory::target::{Image, Target};

/// One target with what it goes through.
#[derive(Clone)]
pub(crate) struct Case {
    /// What is particular about it.
    pub(crate) name: &'static str,
    pub(crate) target: Target,
    /// A target of the same kind that there is not.
    pub(crate) missing: Target,
    pub(crate) original: Image,
    /// The images at 0, 10, 50 and 100 %.
    pub(crate) stages: Vec<Image>,
    /// The image at 10 % after somebody else gave it other weights.
    pub(crate) edited: Image,
    /// The image at 10 % after somebody else set something beside it, where that can be done.
    pub(crate) joined: Option<Image>,
}

impl Case {
    pub(crate) const PERCENTS: [u8; 4] = [0, 10, 50, 100];
}
