//! A schedule of something that is no ECS task.

use crate::context::Context;
use crate::fixture::{Fixture, verdicts};
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::tracker::FieldTracker;
use caravan_inventory::{ObservationKind, WorkloadKind};
use serde_json::json;

#[test]
fn a_rule_gives_a_function_its_clock_and_the_target_that_starts_it() {
    let rule = json!({"Name": "nightly", "ScheduleExpression": "cron(0 3 * * ? *)", "State": "ENABLED", "Targets": [
        {"Id": "other", "Arn": "arn:aws:sqs:eu-west-1:1:queue"},
        {"Id": "mine", "Arn": "arn:aws:lambda:eu-west-1:1:function:it", "Input": "{}"},
    ]});
    let fixture = Fixture::new(WorkloadKind::Lambda, &[(ObservationKind::EventsRule, rule)]);
    fixture.with_source(|source| {
        let mut tracker = FieldTracker::new(source);
        let around = fixture.around();
        let context =
            Context { around: &around, kind: ComponentType::Cron, component: "cron", runs: true, balanced: false };
        let (mut config, mut component) = (PlConfig::default(), Component::default());
        let is_function =
            |target: &crate::field::Object<'_>| target.peek("Arn").is_some_and(|arn| arn.contains(":lambda:"));
        let targets = super::map(&mut tracker, &context, is_function, &mut config, &mut component);

        assert_eq!(component.schedule.as_deref(), Some("0 3 * * *"));
        assert_eq!(targets.iter().map(|target| target.peek("Id")).collect::<Vec<_>>(), [Some("mine")]);
        let verdicts = verdicts(&mut tracker);
        assert_eq!(verdicts["/ScheduleExpression"], "/components/cron/schedule");
        assert_eq!(verdicts["/Targets/0/Arn"], "other-target");
        // What the event is stays for the source to read.
        assert!(verdicts["/Targets/1/Input"].starts_with("misplaced/"), "{verdicts:?}");
    });
}
