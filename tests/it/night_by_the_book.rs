//! `docs/cutover.md`, followed line by line: its commands are run as they are printed, in their order, against the test bench,
//! and print what the page says. What can't be run says why, and is counted.

use crate::discover_shared::unknown_to_moto;
use crate::places::Side;
use caravan_tests_testbed::{FaultProxy, Moto};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The account of the page.
const ACCOUNT: &str = "417263850914";
const REGION: &str = "eu-central-1";
/// What stands before a block that is not run, with the reason.
const NOT_RUN: &str = "<!-- not run: ";
/// What is another with each run: `#` is a digit, `~` a hexadecimal one.
const SHAPES: [(&str, &str); 4] = [
    ("####-##-##T##:##:##Z", "TIME"),
    ("friday-########-######-~~~~", "RUN"),
    ("~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~", "HASH"),
    ("friday-~~~~~~~~", "friday-HASH"),
];

/// A block of the page.
struct Block {
    line: usize,
    kind: String,
    text: String,
    /// Why it is not run.
    reason: Option<String>,
}

fn blocks() -> Vec<Block> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cutover.md")).unwrap();
    let (mut blocks, mut open, mut before) = (Vec::new(), None::<Block>, String::new());
    for (at, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(block), None) => block.text += &format!("{line}\n"),
            (Some(_), Some(rest)) => {
                assert_eq!(rest, "", "line {}: a block in a block", at + 1);
                blocks.extend(open.take());
            }
            (None, Some(kind)) => {
                let reason = before.strip_prefix(NOT_RUN).and_then(|rest| rest.strip_suffix(" -->")).map(str::to_owned);
                open = Some(Block { line: at + 1, kind: kind.to_owned(), text: String::new(), reason });
            }
            (None, None) => {}
        }
        before = line.to_owned();
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// The commands of the page, each with what it prints. Nothing is skipped that does not say why.
fn steps(blocks: &[Block]) -> Vec<(&Block, &Block)> {
    let mut steps = Vec::new();
    let mut rest = blocks.iter().peekable();
    while let Some(block) = rest.next() {
        if let Some(reason) = &block.reason {
            assert!(block.kind != "text" && reason.len() > 10, "line {}: {reason}", block.line);
            continue;
        }
        assert_eq!(block.kind, "sh", "line {}: neither run nor said why not", block.line);
        let printed = rest.next_if(|next| next.kind == "text");
        steps.push((block, printed.unwrap_or_else(|| panic!("line {}: what it prints is not said", block.line))));
    }
    steps
}

#[test]
fn every_block_of_the_page_is_run_or_says_why_not() {
    let blocks = blocks();
    let not_run: Vec<&str> =
        blocks.iter().filter(|block| block.reason.is_some()).map(|block| block.kind.as_str()).collect();
    assert_eq!(not_run, ["yaml", "yaml", "ini", "dockerfile", "yaml", "yaml", "yaml", "yaml", "yaml"]);
    assert_eq!(steps(&blocks).len(), 23);
    assert_eq!(blocks.len(), not_run.len() + 2 * 23);
}

/// What a command printed without what is another with each run.
fn normal(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let is_inside = out.chars().last().is_some_and(|before| before.is_ascii_alphanumeric());
        let shaped = SHAPES.iter().find(|(shape, _)| !is_inside && fits(shape, rest));
        if let Some((shape, name)) = shaped {
            out += name;
            rest = &rest[shape.len()..];
        } else if let Some(number) = rest.strip_prefix("--entry ") {
            out += "--entry N";
            rest = number.trim_start_matches(|digit: char| digit.is_ascii_digit());
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

fn fits(shape: &str, text: &str) -> bool {
    let fits = |(wanted, is): (char, char)| match wanted {
        '#' => is.is_ascii_digit(),
        '~' => is.is_ascii_hexdigit(),
        other => is == other,
    };
    let ends = text.get(shape.len()..).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()));
    ends && shape.chars().zip(text.chars()).all(fits)
}

/// Whether lines are those of the page, in which `…` is any lines, and within a line anything.
fn is_as_printed(page: &[&str], lines: &[&str]) -> bool {
    // Of each beginning of the page's lines the beginnings of the printed ones that it fits.
    let mut fitting = vec![false; lines.len() + 1];
    fitting[0] = true;
    for wanted in page {
        let mut next = vec![false; lines.len() + 1];
        for at in 0..=lines.len() {
            next[at] = match wanted.trim() {
                "…" => fitting[at] || at > 0 && next[at - 1],
                _ => at > 0 && fitting[at - 1] && is_line(wanted, lines[at - 1]),
            };
        }
        fitting = next;
    }
    fitting[lines.len()]
}

fn is_line(wanted: &str, line: &str) -> bool {
    let mut parts = wanted.trim_end().split('…');
    let line = line.trim_end();
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn what_differs_from_the_page_is_found() {
    assert_eq!(
        normal("at 2026-11-28T02:14:07Z friday-20261128-021407-1a2b, --entry 15, friday-12345678.json"),
        "at TIME RUN, --entry N, friday-HASH.json"
    );
    assert_eq!(normal(&format!("x{} {}", "a".repeat(64), "a".repeat(64))), format!("x{} HASH", "a".repeat(64)));
    for (page, lines, fits) in [
        (&["a", "…", "d"][..], &["a", "b", "c", "d"][..], true),
        (&["a", "…", "d"], &["a", "d"], true),
        (&["a", "d"], &["a", "b", "d"], false),
        (&["…", "ended with 0"], &["x", "ended with 1"], false),
        (&["at …, asked"], &["at 127.0.0.1, asked"], true),
        (&["at …, asked"], &["at 127.0.0.1, answered"], false),
        (&["a"], &["a", "b"], false),
    ] {
        assert_eq!(is_as_printed(page, lines), fits, "{page:?} {lines:?}");
    }
}

/// The shell of whoever follows the page: what is set and where it stands stays from one block to the next.
struct Reader {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

impl Reader {
    fn state(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    fn run(&self, block: &Block) -> String {
        let state = self.state();
        let state = state.display();
        let script = format!(
            "exec 2>&1\n. '{state}'\nset -a\n{}code=$?\nset +a\n{{ export -p; echo \"cd '$PWD'\"; }} > '{state}'\nexit $code\n",
            block.text
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).current_dir(self.folder.path()).env_clear().envs(self.environment.clone());
        let output = shell.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "line {}: {}\n{said}", block.line, output.status);
        said
    }
}

/// A program in a folder of its own that is first in the reader's path.
fn program(folder: &Path, name: &str, script: &str) {
    let file = folder.join(name);
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_night_by_the_book_prints_what_the_page_says() {
    let Some(moto) = Moto::shared() else { return };
    let Some(proxy) = FaultProxy::start(&moto.endpoint()) else { return };
    proxy.script(&unknown_to_moto());
    let (old, new) = (Side::start("old").await, Side::start("new").await);
    let account = moto.account_with_id(ACCOUNT);
    let estate = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/night.py");
    let made = moto.boto3(&account, REGION, &estate, &[]);
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("programs");
    program(&programs, "aws", &moto.aws_command());
    let caravan = Path::new(env!("CARGO_BIN_EXE_caravan")).parent().unwrap().display().to_string();
    let mut environment: Vec<(String, String)> = account
        .environment(&proxy.endpoint(), REGION)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    environment.extend(
        [
            ("HOME", folder.path().display().to_string()),
            ("PATH", format!("{}:{caravan}:/usr/bin:/bin", programs.display())),
            ("USER", "olivia".to_owned()),
            ("OLD_SIDE", old.address.clone()),
            ("NEW_SIDE", new.address.clone()),
            ("OLD_GROUP", made["old_group"].as_str().unwrap().to_owned()),
            ("NEW_GROUP", made["new_group"].as_str().unwrap().to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    let reader = Reader { folder, environment };
    std::fs::write(reader.state(), "").unwrap();
    let blocks = blocks();
    tokio::task::block_in_place(|| {
        for (commands, printed) in steps(&blocks) {
            let said = normal(&reader.run(commands));
            let lines: Vec<&str> = said.trim_end().lines().collect();
            let page: Vec<&str> = printed.text.trim_end().lines().collect();
            assert!(
                is_as_printed(&page, &lines),
                "line {}: these commands\n{}print\n{said}\nand the page says\n{}",
                commands.line,
                commands.text,
                printed.text
            );
        }
    });
}
