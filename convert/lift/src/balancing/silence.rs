//! How long a request may be silent: a balancer ends what nothing is sent in by either side, however long the whole takes.

use super::outer;
use crate::context::Context;
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, Ingress, SILENCE, Seconds};
use crate::tracker::FieldTracker;

/// What network load balancers wait for data where nobody chose (ELBv2 API reference, ListenerAttribute).
const OF_NETWORK: u32 = 350;

/// The longest that any of them waits.
const LONGEST: u32 = 6000;

/// Maps the idle timeouts of the balancers in front of a component that speaks HTTP; the longest holds.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, component: &mut Component) {
    let ends: Vec<End<'a>> =
        context.around.load_balancers.iter().flat_map(|balancer| ends(context, *balancer)).collect();
    let Some(longest) = ends.iter().map(|end| end.after).max() else { return };
    if longest != SILENCE.0 {
        component.ingress.get_or_insert_with(Ingress::default).idle_timeout = Some(Seconds(longest));
    }
    for end in ends {
        let Some(field) = end.said else { continue };
        if end.after != longest {
            let note = format!("{longest} s, the longest of its load balancers, hold");
            field.approximated(tracker, context.at("ingress/idle_timeout"), note);
        } else if longest == SILENCE.0 {
            field.dropped(tracker, "default");
        } else {
            let note =
                "of a request on its way; between two requests, how long a caller stays connected is the platform's";
            field.approximated(tracker, context.at("ingress/idle_timeout"), note);
        }
    }
}

/// When a balancer ends what is silent, in seconds, with the field that says so.
struct End<'a> {
    after: u32,
    said: Option<Field<'a>>,
}

fn ends<'a>(context: &Context<'_, 'a>, balancer: Object<'a>) -> Vec<End<'a>> {
    if balancer.peek("Type") != Some("network") {
        return vec![end(balancer, "idle_timeout.timeout_seconds", SILENCE.0)];
    }
    let arn = balancer.peek("LoadBalancerArn");
    // In front of another load balancer, that one ends what is silent.
    let is_last = |listener: &Object<'a>| !outer::leads_to_balancers(context.around, *listener);
    let own = |listener: &&Object<'a>| arn.is_some() && listener.peek("LoadBalancerArn") == arn && is_last(listener);
    let of = |listener: &Object<'a>| end(*listener, "tcp.idle_timeout.seconds", OF_NETWORK);
    context.around.listeners.iter().filter(own).map(of).collect()
}

fn end<'a>(of: Object<'a>, key: &str, usual: u32) -> End<'a> {
    let attribute = of.objects("Attributes").find(|attribute| attribute.peek("Key") == Some(key));
    let said = attribute.and_then(|attribute| attribute.field("Value"));
    let after = said.and_then(|field| number(field.0)).and_then(|seconds| u32::try_from(seconds).ok());
    let after = after.filter(|seconds| (1..=LONGEST).contains(seconds));
    End { after: after.unwrap_or(usual), said: said.filter(|_| after.is_some()) }
}
