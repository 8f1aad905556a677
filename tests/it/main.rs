//! The integration tests: one binary, one module for each subject. Each test says what it ran against.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that can't go on fails loudly, and reads what it needs"
)]

mod acme;
mod architecture;
mod bad_input;
mod cases;
mod checks;
mod cli;
mod clocks;
mod clusters;
mod conformance;
mod controllers;
mod cutover_accounts;
mod cutover_cli;
mod data_plane;
mod discover_aws;
mod discover_cloudflare;
mod discover_compute;
mod discover_gateways;
mod discover_governed;
mod discover_killed;
mod discover_shared;
mod discover_signals;
mod domain_messages;
mod domain_pages;
mod domains;
mod emptied;
mod estate;
mod fronts;
mod functions;
mod grpc_health;
mod hand_overs;
mod images;
mod journal_disk;
mod kill;
mod logins;
mod new_app;
mod night_by_the_book;
mod outages;
mod people;
mod places;
mod platform;
mod random_failures;
mod rollback;
mod rule_frames;
mod sealing;
mod settling;
mod supervised;
mod terraform;
mod testbed;
mod tui;
mod tui_looks;
mod vanity;
mod workers;
