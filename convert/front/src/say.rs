//! What the front itself has to say: one line each on standard error, between the lines of the processes.

use std::io::Write;

/// Writes one line.
pub fn say(line: &str) {
    // Who can't be told has no reader; the work goes on.
    let _ = writeln!(std::io::stderr(), "caravan-front: {line}");
}
