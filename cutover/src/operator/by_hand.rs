//! Commands for a shell that do by hand what a run would: guarded as the script of the manual rollback is.

use caravan_plans::Step;
use caravan_providers::target::{TargetLocation, quoted};

/// Says when a program is not there that a step needs.
pub(super) const NEEDS: &str = r#"needs() {
  if command -v "$1" > /dev/null 2>&1; then return 0; fi
  echo "$1 is not in PATH: install it, or run this where it is" >&2
  exit 1
}
"#;

/// Takes an account's profile, and proves that the credentials are its.
pub(super) const IN_ACCOUNT: &str = r#"in_account() {
  eval "profile=\${PROFILE_$1:-}"
  if [ -n "$profile" ]; then AWS_PROFILE=$profile; export AWS_PROFILE; fi
  if [ "$(aws sts get-caller-identity --query Account --output text)" != "$1" ]; then
    echo "these are not the credentials of account $1: set PROFILE_$1, or AWS_PROFILE" >&2
    exit 1
  fi
}
"#;

/// The lines that see that the programs of a step are there, and the credentials of its account. Its targets are of one account, of one
/// cluster, or of both where work is handed over.
pub(super) fn needed(step: &Step) -> Vec<String> {
    let locations: Vec<TargetLocation> = step.targets().map(|target| target.kind().location()).collect();
    let in_cluster = locations.iter().any(|location| matches!(location, TargetLocation::Cluster(_)));
    let account = locations.into_iter().find_map(|location| match location {
        TargetLocation::Account(scope) => Some(scope.account),
        TargetLocation::Cluster(_) | TargetLocation::Simulation => None,
    });
    let cluster = in_cluster.then(|| "needs kubectl".to_owned());
    let account = account.map(|account| ["needs aws".to_owned(), format!("in_account {account}")]);
    cluster.into_iter().chain(account.into_iter().flatten()).collect()
}

/// Lines of a step as one command that can be pasted into a shell that somebody works in: the first that fails ends it, the run is
/// this one, whatever the shell's own `RUN` is, and the account is proved.
pub(super) fn guarded(run: &str, step: &Step, lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() {
        return lines;
    }
    let needed = needed(step);
    let defined = |name: &str, text: &'static str| {
        needed.iter().any(|line| line.starts_with(name)).then(|| text.lines().map(str::to_owned)).into_iter().flatten()
    };
    let begin = [
        "(".to_owned(),
        "set -eu".to_owned(),
        format!("RUN={}", quoted(run)),
        "AWS_PAGER= && export AWS_PAGER".to_owned(),
    ];
    let defined = defined("needs", NEEDS).chain(defined("in_account", IN_ACCOUNT)).collect::<Vec<_>>();
    begin.into_iter().chain(defined).chain(needed).chain(lines).chain([")".to_owned()]).collect()
}
