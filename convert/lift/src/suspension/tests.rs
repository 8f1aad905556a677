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
            let unit = Program { name: "shop.service", words: words.clone(), variables: Vec::new(), image: None };
            super::map(&mut tracker, &context, &[unit], &mut component);
            assert_eq!(component.suspended.is_some(), waits, "{words:?}");
        });
    }
}

/// A second connector of a tunnel takes requests of users as soon as it runs.
#[test]
fn a_program_that_makes_a_tunnel_waits() {
    let fixture = Fixture::new(WorkloadKind::Ecs, &[]);
    for (image, words, waits) in [
        (Some("cloudflare/cloudflared:2024.8.2"), vec!["tunnel", "run"], true),
        (Some("ghcr.io/tailscale/tailscale:v1.70"), vec![], true),
        (None, vec!["/usr/sbin/tailscaled", "--tun=userspace-networking"], true),
        (Some("shop/tunnels-of-love:1"), vec!["serve"], false),
    ] {
        fixture.with_source(|source| {
            let mut tracker = FieldTracker::new(source);
            let around = fixture.around();
            let context =
                Context { around: &around, kind: ComponentType::Web, component: "web", runs: true, balanced: true };
            let mut component = Component::default();
            let program = Program { name: "beside", words: words.clone(), variables: Vec::new(), image };
            super::map(&mut tracker, &context, &[program], &mut component);
            assert_eq!(component.suspended.is_some(), waits, "{image:?} {words:?}");
        });
    }
}
