//! The SQLite store of the inventory.
