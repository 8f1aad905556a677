//! Web ACLs of AWS WAF before load balancers: whom they block, the gateway lets in.

use super::listeners::Way;
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};
use serde_json::Value;

/// The field of a balancer that says which web ACL is before it (AWS WAF API, GetWebACLForResource): empty where none is, null
/// where discovery could not tell. Files that AWS's command line wrote do not have it.
const ACL: &str = "WebACL";

/// What an answer may say.
const ANSWERS: &[&str] = &["closed", "open"];

/// Whether those may come in by a listener whom a web ACL of its load balancer keeps out, where it has one. The answer is about
/// the balancer, for all that stands behind it. Where nobody could tell, nothing of the workload starts until somebody says it.
pub(super) fn let_in<'a>(tracker: &mut FieldTracker<'a>, balancer: Object<'a>, way: &Way<'a>) -> bool {
    let name = balancer.peek("LoadBalancerName").unwrap_or(&way.name);
    if let Some(unread) = balancer.raw(ACL).filter(|acl| acl.0.is_null()) {
        return unread_lets_in(tracker, balancer, name, unread);
    }
    let Some(acl) = balancer.object(ACL).filter(|acl| !acl.map().is_empty()) else { return true };
    let named = ["Name", "ARN"].into_iter().find_map(|name| acl.peek(name));
    let named = named.map(|name| format!(" (`{}`)", name.rsplit("/webacl/").next().unwrap_or(name)));
    let text = format!(
        "A web ACL of AWS WAF{} stands before `{name}` and keeps requests from what is behind it; the gateway has none. Does \
         nothing come in by `{name}` (`closed`), or may what the web ACL keeps out come to the app as well, or does something \
         else keep it out (`open`)? Until then nothing comes in by it. The answer holds for all that stands behind it.",
        named.unwrap_or_default()
    );
    let id = tracker.shared_question_id("firewall", name);
    let answer = tracker.ask(id, &text, ANSWERS, Some("closed"));
    for (_, value) in acl.entries() {
        said(tracker, Field(value), &answer);
    }
    matches!(answer, Asked::Given("open"))
}

/// The same where discovery was refused the answer: most load balancers have none, so what comes in is shown as it would be then,
/// and nothing of it runs.
fn unread_lets_in<'a>(tracker: &mut FieldTracker<'a>, balancer: Object<'a>, name: &str, unread: Field<'a>) -> bool {
    let arn = balancer.peek("LoadBalancerArn").unwrap_or(name);
    let text = format!(
        "Whether a web ACL of AWS WAF stands before `{name}` could not be read, and the gateway has none: `aws wafv2 \
         get-web-acl-for-resource --resource-arn {arn}` tells. Is there none, or may what it keeps out come to the app as well \
         (`open`), or does nothing come in by `{name}` (`closed`)? Until then nothing of what stands behind it starts. The answer \
         holds for all of that."
    );
    let id = tracker.shared_question_id("unread-firewall", name);
    let answer = tracker.ask(id, &text, ANSWERS, None);
    said(tracker, unread, &answer);
    match answer {
        Asked::Given(answer) => answer == "open",
        Asked::Open(_) => {
            tracker.hold("whether a web ACL stands before its load balancer is not known");
            true
        }
    }
}

fn said<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, answer: &Asked<'_>) {
    match answer {
        Asked::Given(_) => field.dropped(tracker, "condition-by-answer"),
        Asked::Open(id) => field.asked(tracker, id),
    }
}

/// Whether it is told, or asked, if a web ACL is before a balancer.
pub(super) fn is_known(balancer: Object<'_>) -> bool {
    balancer.raw(ACL).is_some_and(|acl| matches!(acl.0, Value::Object(_) | Value::Null))
}
