//! Hostnames on their way to the new edge: their plans from the inventory, and the real world that they move in.

mod certificate;
mod limits;
mod looks;
mod plan;
mod world;

pub(crate) use plan::{Inventory, plan_of, read_inventory};
pub(crate) use world::MovingWorld;
