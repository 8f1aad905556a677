//! What a rehearsal says, and the command that plays a run again.

use super::{RehearseArgs, text};
use crate::cli::{Cli, Command};
use crate::global::Global;
use caravan_cutover_rehearsal::{Ends, Lost, RehearsalReport, RollbackSeconds};
use clap::Parser;

fn report(runs: u64, failing_seeds: Vec<u64>) -> RehearsalReport {
    let half = runs / 2;
    RehearsalReport {
        schema: "caravan.rehearsal/v1",
        plan_hash: "5".repeat(64),
        passed: failing_seeds.is_empty(),
        runs,
        forward: Ends { runs: runs - half, new_side: runs - half, ..Ends::default() },
        back: Ends { runs: half, old_side: half, ..Ends::default() },
        violations: failing_seeds.len() as u64,
        faults: runs,
        rollback_seconds: RollbackSeconds { p50: Some(10), p99: Some(96), max: Some(474) },
        lost_requests: 3,
        lost: Lost { by_new_side: 2, announced: 88_880, in_trouble: 1, ..Lost::default() },
        failing_seeds,
    }
}

fn lines(report: &RehearsalReport) -> Vec<String> {
    let mut out = Vec::new();
    text::write(&mut out, "friday", report).unwrap();
    String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn the_first_line_says_whether_the_plan_passed_and_numbers_agree_with_their_words() {
    for (runs, seeds, first) in [
        (1, vec![], "passed: every rule held in 1 run, with 1 fault"),
        (2, vec![], "passed: every rule held in 2 runs, with 2 faults"),
        (1, vec![7], "not passed: a rule was broken in 1 of 1 run"),
        (2000, vec![7, 9], "not passed: a rule was broken in 2 of 2000 runs"),
    ] {
        assert_eq!(lines(&report(runs, seeds))[0], first);
    }
}

#[test]
fn forward_and_back_are_counted_apart_and_lost_requests_stand_against_what_was_announced() {
    let said = lines(&report(5, vec![]));
    let expected = [
        "forward   3 runs",
        "          3 ended on the new side",
        "back      2 runs",
        "          2 back on the old side",
        "way back  10 s (median), 96 s (99th percentile), 474 s at most",
        "lost      3 requests, at 100 a second for each target",
        "          2 by failed new sides; announced are 88880 at most",
        "          1 on failing new sides; other trouble kept users there",
    ];
    assert_eq!(said[3..], expected);
    let only_forward = lines(&report(1, vec![]));
    assert!(only_forward.iter().all(|line| !line.starts_with("back ")), "{only_forward:?}");
}

#[test]
fn no_line_is_longer_than_80_columns() {
    let mut large = report(10_000_000, (1..=10_000_000).step_by(1000).collect());
    let most = 999_999_999_999;
    large.lost = Lost {
        by_new_side: most,
        announced: most,
        in_trouble: most,
        after_return: most,
        by_old_side: most,
        nowhere: most,
    };
    large.forward = Ends { runs: most, new_side: most, old_side: most, elsewhere: most, waiting: most };
    for line in lines(&large) {
        assert!(line.len() <= 80, "{} columns: {line}", line.len());
    }
}

/// Whatever was given, the command that is printed is taken in by the program and plays the same seed.
#[test]
fn the_hint_repeats_what_was_given_and_runs_as_it_is_printed() {
    for (given, printed) in [
        (&["rehearse", "friday"][..], "caravan rehearse friday --faults everything --runs 1 --seed 42"),
        (
            &["--dir", "/tmp/a night", "rehearse", "friday", "--faults", "lasting", "--runs", "20000", "--seed", "3"],
            "caravan --dir '/tmp/a night' rehearse friday --faults lasting --runs 1 --seed 42",
        ),
        (
            &["rehearse", "it's", "--dir", "x", "--format", "json", "--faults", "single"],
            "caravan --dir x --format json rehearse 'it'\\''s' --faults single --runs 1 --seed 42",
        ),
    ] {
        let parsed = |words: Vec<String>| -> (Global, RehearseArgs) {
            let Cli { global, command } = Cli::try_parse_from(words).unwrap();
            let Command::Rehearse(args) = command else { unreachable!("{command:?}") };
            (global, args)
        };
        let words = std::iter::once("caravan").chain(given.iter().copied()).map(str::to_owned);
        let (global, args) = parsed(words.collect());
        let again = args.again(&global, 42);
        assert_eq!(again, printed);
        let script = format!("for word in {again}; do printf '%s\\0' \"$word\"; done");
        let shell = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        let words =
            String::from_utf8(shell.stdout).unwrap().trim_end_matches('\0').split('\0').map(str::to_owned).collect();
        let (global_again, args_again) = parsed(words);
        assert_eq!((args_again.runs, args_again.seed, &args_again.wave), (1, 42, &args.wave));
        assert_eq!(args_again.again(&global_again, 42), again);
    }
}
