//! Tests against real databases.
