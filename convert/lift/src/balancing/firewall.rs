//! Web ACLs of AWS WAF before load balancers: whom they block, the gateway lets in.

use super::listeners::Way;
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};

/// The field of a balancer that says which web ACL is before it (AWS WAF API, GetWebACLForResource): empty where none is.
const ACL: &str = "WebACL";

/// Whether those may come in by a listener whom a web ACL of its load balancer keeps out, where it has one. The answer is about
/// the balancer, for all that stands behind it.
pub(super) fn let_in<'a>(tracker: &mut FieldTracker<'a>, balancer: Object<'a>, way: &Way<'a>) -> bool {
    let Some(acl) = balancer.object(ACL).filter(|acl| !acl.map().is_empty()) else { return true };
    let balancer = balancer.peek("LoadBalancerName").unwrap_or(&way.name);
    let named = ["Name", "ARN"].into_iter().find_map(|name| acl.peek(name));
    let named = named.map(|name| format!(" (`{}`)", name.rsplit("/webacl/").next().unwrap_or(name)));
    let text = format!(
        "A web ACL of AWS WAF{} stands before `{balancer}` and keeps requests from what is behind it; the gateway has none. Does \
         nothing come in by `{balancer}` (`closed`), or may what the web ACL keeps out come to the app as well, or does something \
         else keep it out (`open`)? Until then nothing comes in by it. The answer holds for all that stands behind it.",
        named.unwrap_or_default()
    );
    let id = tracker.shared_question_id("firewall", balancer);
    let answer = tracker.ask(id, &text, &["closed", "open"], Some("closed"));
    for (_, value) in acl.entries() {
        match &answer {
            Asked::Given(_) => Field(value).dropped(tracker, "condition-by-answer"),
            Asked::Open(id) => Field(value).asked(tracker, id),
        }
    }
    matches!(answer, Asked::Given("open"))
}

/// Whether it was read if a web ACL is before a balancer.
pub(super) fn is_known(balancer: Object<'_>) -> bool {
    balancer.raw(ACL).is_some_and(|acl| acl.0.is_object())
}
