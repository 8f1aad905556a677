//! A disk that fails under the journal while runs are driven: what `cutover run` says and ends with.

use crate::cli::Said;
use crate::emptied::Night;
use caravan_tests_testbed::Moto;
use serde_json::json;
use std::process::Command;

/// Runs a command of the night in a shell that lets no file grow beyond `blocks` × 512 bytes. SQLite takes that for a disk that fails: it
/// is no error that says there is no room (EFBIG instead of SIGXFSZ, which is ignored).
fn on_a_failing_disk(night: &Night, blocks: u32, args: &[&str]) -> Said {
    let inner = night.command(args);
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", &script, "sh"]).arg(inner.get_program()).args(inner.get_args());
    shell.current_dir(night.room.path()).env_clear();
    shell.envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
    Said::of(shell.output().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_under_the_journal_ends_run_with_21_or_23_and_says_what_to_do() {
    if Moto::shared().is_none() {
        return;
    }
    let Some(night) = Night::of(&[0, 100], 1, 600, &json!({})).await else { return };
    let run = night.started();
    night.run(&["cutover", "run", &run]).ends(20, &[]);
    let mut codes = Vec::new();
    for blocks in [8, 66, 72, 80, 96, 128] {
        let said = on_a_failing_disk(&night, blocks, &["cutover", "run", &run]);
        codes.push((blocks, said.code));
        // With room enough for all of it, it waits for its persons as before.
        if said.code != Some(20) {
            assert!(matches!(said.code, Some(21 | 23)), "{blocks}: {:?} {} {}", said.code, said.out, said.err);
            let all = format!("{}{}", said.out, said.err);
            assert!(all.contains("lies on fails"), "{blocks}: {all}");
        }
        if said.code == Some(23) && said.out.is_empty() {
            said.ends(23, &["dmesg", "caravan doctor", "plans/manual-rollback"]);
        }
    }
    // The first can't even be opened; others fail while it is driven.
    let fails = |(_, code): &(u32, Option<i32>)| *code != Some(20);
    assert!(fails(&codes[0]) && codes[1..].iter().any(fails), "{codes:?}");
    // Nothing of it is lost.
    night.run(&["cutover", "run", &run]).ends(20, &[]);
}
