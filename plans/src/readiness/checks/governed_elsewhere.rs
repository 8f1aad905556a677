//! `governed-elsewhere`: Terraform or CloudFormation has parts of it.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_inventory::{CLOUDFORMATION, Evidence, Governor, ObservationKind as Kind, TERRAFORM, own_parts};
use std::collections::{BTreeMap, BTreeSet};

/// One finding for each state and stack, and one for each part that several have.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut by_owner: BTreeMap<Governor, (BTreeSet<String>, BTreeSet<Evidence>)> = BTreeMap::new();
    let mut conflicts = Vec::new();
    for part in own_parts(subject.observations).filter(|part| is_changed(part.kind)) {
        let governed = subject.estate.governed(&part.id);
        let governors = Governor::distinct(governed.iter().map(|(governor, _)| governor.clone()).collect());
        if Governor::is_conflict(&governors) {
            let both = governors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
            let text = format!("{} is in two hands: {both}; each undoes what the other does", part.id);
            let evidence = governed.iter().map(|(_, evidence)| evidence.clone()).collect();
            conflicts.push(Finding::new(text, evidence, "let one of them forget it before anything else changes it"));
        }
        for governor in governors {
            let shown = governed.iter().filter(|(one, _)| (&one.tool, &one.owner) == (&governor.tool, &governor.owner));
            let evidence: Vec<Evidence> = shown.map(|(_, evidence)| evidence.clone()).collect();
            let Governor { tool, owner, address } = governor;
            let name = address.unwrap_or_else(|| part.id.to_string());
            let of_owner = by_owner.entry(Governor { tool, owner, address: None }).or_default();
            of_owner.0.insert(name);
            of_owner.1.extend(evidence);
        }
    }
    let kept = by_owner.into_iter().map(|(owner, (names, evidence))| {
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let text = format!("{owner} has {names}: its next run puts back what a cutover changes there");
        Finding::new(text, evidence.into_iter().collect(), remedy(&owner.tool))
    });
    kept.chain(conflicts).collect()
}

/// What a cutover stops, scales or leads elsewhere. Names are not among them: many share one, and a seal says whose it is.
const fn is_changed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::EcsService
            | Kind::EventsRule
            | Kind::SchedulerSchedule
            | Kind::ScalableTarget
            | Kind::AutoScalingGroup
            | Kind::Ec2Instance
            | Kind::LambdaFunction
            | Kind::EventSourceMapping
            | Kind::Listener
            | Kind::ListenerRule
            | Kind::TargetGroup
            | Kind::WorkerRoute
            | Kind::WorkerDomain
            | Kind::WorkerSchedules
    )
}

/// What is done about it.
fn remedy(tool: &str) -> String {
    match tool {
        TERRAFORM => {
            "hold the runs of that state while its wave runs; afterwards write there what has become of it, or let \
                      it forget what is taken away: a `removed` block, or terraform state rm ADDRESS"
        }
        CLOUDFORMATION => {
            "update no such stack while its wave runs; afterwards write into its template what has become of \
                           it, or give what stays `DeletionPolicy: Retain` and take it out"
        }
        _ => "hold whatever writes there while its wave runs",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::{Fixture, edge, service};
    use caravan_inventory::EdgeKind;
    use serde_json::json;

    fn governed(mut fixture: Fixture, part: usize, to: &str) -> Fixture {
        let id = fixture.observations[part].id.to_string();
        fixture.estate.add_edge(&edge(&id, to, EdgeKind::GovernedBy));
        fixture
    }

    fn own() -> Fixture {
        service(json!({}), json!({}), json!({}))
    }

    #[test]
    fn a_service_in_a_state_is_told_with_its_address() {
        assert!(own().notes(NoteKind::GovernedElsewhere).is_empty());
        let (text, places) =
            governed(own(), 0, "terraform:prod.tfstate#aws_ecs_service.api").note(NoteKind::GovernedElsewhere);
        assert_eq!(
            text,
            "the Terraform state prod.tfstate has aws_ecs_service.api: its next run puts back what a cutover changes there"
        );
        assert_eq!(places, ["/x"]);
        // A cutover changes no task definition.
        let definition = governed(own(), 1, "terraform:prod.tfstate#aws_ecs_task_definition.api");
        assert!(definition.notes(NoteKind::GovernedElsewhere).is_empty());
        let made = governed(own(), 0, "cloudformation:shop-prod").notes(NoteKind::GovernedElsewhere).remove(0);
        assert!(made.text.starts_with("the CloudFormation stack shop-prod has ecs.service/"), "{}", made.text);
        assert!(made.remedy.contains("DeletionPolicy"), "{}", made.remedy);
    }

    #[test]
    fn two_states_that_have_one_service_are_a_finding_of_their_own() {
        let one = governed(own(), 0, "terraform:a.tfstate#aws_ecs_service.api");
        let both = governed(one, 0, "terraform:b.tfstate#aws_ecs_service.web");
        let texts: Vec<String> = both.notes(NoteKind::GovernedElsewhere).into_iter().map(|note| note.text).collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
        assert!(
            texts[2]
                .contains("the Terraform state a.tfstate, as aws_ecs_service.api and the Terraform state b.tfstate")
        );
    }
}
