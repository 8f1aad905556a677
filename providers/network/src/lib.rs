//! Writes trees to disk.
