//! What may work without being asked, whatever it runs on.

use super::Program;
use crate::context::Context;
use crate::fixture::Fixture;
use crate::plconfig::{Component, ComponentType};
use crate::tracker::FieldTracker;
use caravan_inventory::WorkloadKind;

#[test]
fn a_unit_of_an_instance_that_consumes_waits_and_one_that_serves_does_not() {
    let fixture = Fixture::new(WorkloadKind::Ec2, &[]);
    for (words, waits) in [(vec!["celery", "worker"], true), (vec!["gunicorn", "shop"], false)] {
        fixture.with_source(|source| {
            let mut tracker = FieldTracker::new(source);
            let around = fixture.around();
            let context =
                Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
            let mut component = Component::default();
            let unit = Program { name: "shop.service", words: words.clone(), variables: Vec::new() };
            super::map(&mut tracker, &context, &[unit], &mut component);
            assert_eq!(component.suspended.is_some(), waits, "{words:?}");
        });
    }
}
