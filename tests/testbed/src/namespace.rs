//! A network namespace of a test's own: servers that take fixed ports and bind every interface get in nobody's way there.

use crate::server_failure::not_run;
use std::process::{Command, Stdio};

/// Says to a test process that it is in the namespace already.
const INSIDE: &str = "CARAVAN_TEST_NAMESPACE";
/// Ends with its own standard input, and takes what it started along.
const SCRIPT: &str = r#"ip link set lo up && ip address add 10.244.255.1/32 dev lo || exit 1
exec 3<&0; "$@" </dev/null & test=$!; (cat <&3 >/dev/null; kill -9 $test 2>/dev/null) & wait $test"#;

/// Whether the calling test is in a network namespace of its own. Where it is not, it is run in one, and has passed or
/// failed when this returns `false`; where the machine allows no namespace, that is said.
///
/// # Panics
///
/// When the test fails in its namespace, and under `CI=true` also when there can be no namespace.
#[must_use]
#[expect(clippy::panic, reason = "this is how a test fails")]
#[expect(clippy::disallowed_methods, reason = "the process inside is told by a variable that it is inside")]
pub fn in_namespace() -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    if let Err(why) = possible() {
        not_run("a network namespace", &why);
        return false;
    }
    let outcome = std::env::current_exe().and_then(|program| {
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "sh", "-c", SCRIPT, "sh"]).arg(program);
        command.args(["--exact", &test, "--nocapture", "--include-ignored"]).env(INSIDE, "1");
        // The pipe closes when this process ends, however it ends.
        command.stdin(Stdio::piped()).spawn()?.wait_with_held_input()
    });
    match outcome {
        Ok(status) if status.success() => false,
        Ok(status) => panic!("{test} ended with {status} in its namespace"),
        Err(error) => panic!("{test} could not be run in its namespace: {error}"),
    }
}

/// Waiting closes a child's standard input, unless it is taken first.
trait HeldInput {
    fn wait_with_held_input(self) -> std::io::Result<std::process::ExitStatus>;
}

impl HeldInput for std::process::Child {
    fn wait_with_held_input(mut self) -> std::io::Result<std::process::ExitStatus> {
        let held = self.stdin.take();
        let status = self.wait();
        drop(held);
        status
    }
}

/// Whether this machine lets us make one; why not, where it does not.
fn possible() -> Result<(), String> {
    let tried = Command::new("unshare").args(["--net", "--mount", "ip", "link", "set", "lo", "up"]).output();
    match tried {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(format!("unshare: {error}")),
    }
}
