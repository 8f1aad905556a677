# All commands of this project. `just` is a convenience: each line also works when typed.

# Lists the commands.
default:
    @just --list

# The main job on the embedded estate: no credentials, no network.
demo:
    cargo run --release -- demo

# Everything: gets what the tests need, formats, lints, tests.
check:
    ./check

# Gets the servers that the tests run against, and nothing else.
servers:
    tests/testbed/prepare

# Tests, all or those whose names hold WHAT.
test WHAT='':
    cargo test --release --workspace -- {{WHAT}}

# Converts a folder of files and offers every manifest to a real API server.
cases DIR='':
    CARAVAN_CASES={{DIR}} cargo test --release --test it cases

# Formats.
format:
    cargo fmt --all

# Lints.
lint:
    cargo clippy --release --workspace --all-targets -- -D warnings

# Accepts changed snapshots after they have been looked at.
snapshots:
    cargo insta review

# Conversion of 10,000 services, beside the floor of writing the same bytes bare.
bench:
    cargo bench -p caravan-convert
