//! Commands for a shell that do by hand what a run would: guarded as the script of the manual rollback is.

use caravan_plans::{Step, WavePlan};
use caravan_providers::target::{Target, TargetKind as _, TargetLocation, quoted};

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

/// Sees that a context leads to the cluster that the plan was made for.
pub(super) const IN_CLUSTER: &str = r#"in_cluster() {
  if [ "$(kubectl --context "$1" get namespace kube-system --output jsonpath='{.metadata.uid}')" != "$2" ]; then
    echo "context $1 does not lead to the cluster that the plan was made for ($2), or it does not answer" >&2
    exit 1
  fi
}
"#;

/// Sees that a route is the one that the plan was made for: one that was deleted and made anew is somebody else's.
pub(super) const IS_ROUTE: &str = r#"is_route() {
  found=$(kubectl --context "$1" --namespace "$2" get httproute "$3" --output jsonpath='{.metadata.uid}')
  if [ "$found" = "$4" ] || [ "${FORCE:-}" = 1 ]; then return 0; fi
  echo "left as it is, route $2/$3: it was made anew since the plan was sealed, uid $found and not $4 (FORCE=1 takes no notice)" >&2
  exit 1
}
"#;

/// The lines that see that the programs of a step are there, the credentials of its account, the cluster of its context, and that its route
/// is the one that was sealed. Its targets are of one account, of one cluster, or of both where work is handed over.
pub(super) fn needed(step: &Step, plan: &WavePlan) -> Vec<String> {
    let routes = step.targets().filter_map(|target| match target {
        Target::Route(route) => {
            let uid = &plan.routes.get(&route.identity())?.uid;
            let words = [&route.cluster, &route.namespace, &route.name, uid].map(|word| quoted(word));
            Some(format!("is_route {}", words.join(" ")))
        }
        _ => None,
    });
    located(step, plan).into_iter().chain(routes).collect()
}

/// Where the step's targets are.
fn located(step: &Step, plan: &WavePlan) -> Vec<String> {
    let locations: Vec<TargetLocation> = step.targets().map(|target| target.kind().location()).collect();
    let context = locations.iter().find_map(|location| match location {
        TargetLocation::Cluster(context) => Some(context.clone()),
        TargetLocation::Account(_) | TargetLocation::Simulation => None,
    });
    let account = locations.into_iter().find_map(|location| match location {
        TargetLocation::Account(scope) => Some(scope.account),
        TargetLocation::Cluster(_) | TargetLocation::Simulation => None,
    });
    let cluster = context.iter().flat_map(|context| {
        let proved = plan.clusters.get(context).map(|uid| format!("in_cluster {} {}", quoted(context), quoted(uid)));
        std::iter::once("needs kubectl".to_owned()).chain(proved)
    });
    let account = account.map(|account| ["needs aws".to_owned(), format!("in_account {account}")]);
    cluster.chain(account.into_iter().flatten()).collect()
}

/// Lines of a step as one command that can be pasted into a shell that somebody works in: the first that fails ends it, the run is
/// this one, whatever the shell's own `RUN` is, and the account is proved.
pub(super) fn guarded(run: &str, plan: &WavePlan, step: &Step, lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() {
        return lines;
    }
    let needed = needed(step, plan);
    let defined = |name: &str, text: &'static str| {
        needed.iter().any(|line| line.starts_with(name)).then(|| text.lines().map(str::to_owned)).into_iter().flatten()
    };
    let begin = [
        "(".to_owned(),
        "set -eu".to_owned(),
        format!("RUN={}", quoted(run)),
        "AWS_PAGER= && export AWS_PAGER".to_owned(),
    ];
    let defined = defined("needs", NEEDS)
        .chain(defined("in_account", IN_ACCOUNT))
        .chain(defined("in_cluster", IN_CLUSTER))
        .chain(defined("is_route", IS_ROUTE))
        .collect::<Vec<_>>();
    begin.into_iter().chain(defined).chain(needed).chain(lines).chain([")".to_owned()]).collect()
}
