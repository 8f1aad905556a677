//! Listeners that ask their callers for certificates (mutual TLS), which the gateway does not.

use super::listeners::Way;
use crate::field::{Field, Object};
use crate::tracker::{Asked, FieldTracker};

/// Whether those may come in by a listener who show no certificate, where it asks for one: closed until a person says so.
pub(super) fn let_in<'a>(tracker: &mut FieldTracker<'a>, way: &Way<'a>) -> bool {
    let mutual = way.listener.and_then(|listener| listener.object("MutualAuthentication"));
    let Some((mutual, mode)) = mutual.and_then(|mutual| Some((mutual, mode(mutual)?))) else { return true };
    let does = if mode == "passthrough" {
        "hands the certificates of its callers on to the app in `X-Amzn-Mtls-Clientcert`, as they are; the gateway asks nobody for \
         one, and anybody can send that header then"
    } else {
        "lets only callers in who show a certificate that its trust store knows; the gateway asks nobody for one, and anybody can \
         send `X-Amzn-Mtls-*` headers then"
    };
    let text = format!(
        "`{}` {does}. Keep it closed, or does the app tell by itself who comes, so that everybody may (`open`)? Until then nothing \
         comes in by it.",
        way.name
    );
    let id = tracker.question_id("client-certificates", &way.name);
    let answer = tracker.ask(id, &text, &["closed", "open"], Some("closed"));
    for field in mutual.entries().filter(|(_, value)| !crate::field::is_empty(value)).map(|(_, value)| Field(value)) {
        match &answer {
            Asked::Given(_) => field.dropped(tracker, "condition-by-answer"),
            Asked::Open(id) => field.asked(tracker, id),
        }
    }
    matches!(answer, Asked::Given("open"))
}

/// How callers are asked for certificates; none where they are not.
fn mode(mutual: Object<'_>) -> Option<&str> {
    mutual.peek("Mode").filter(|mode| *mode != "off")
}
