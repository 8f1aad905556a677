//! Secrets that a template fills in when it is deployed: they stand nowhere in the clear, and some of them say where they lie.

use crate::ledger::{FieldVerdict, Ledger};
use crate::marks::without_marks;
use crate::moved_secret::IN_THE_CLEAR;
use crate::plconfig::SecretRef;
use caravan_inventory::Question;

/// Says in the question about a secret at this place what its template fills in there, and where that lies.
pub(crate) fn say(questions: &mut [Question], ledger: &Ledger, (document, pointer): (usize, &str), text: &str) {
    let entries = ledger.documents.get(document).into_iter().flat_map(|document| &document.entries);
    let asked = entries.filter(|entry| entry.path == pointer).find_map(|entry| match &entry.verdict {
        FieldVerdict::Question { id } => Some(id),
        _ => None,
    });
    let Some(question) = asked.and_then(|id| questions.iter_mut().find(|question| question.id == *id)) else { return };
    let filled = format!(" is a secret that its template fills in: `{}`.", without_marks(text));
    question.text = question.text.replacen(IN_THE_CLEAR, &filled, 1);
    if let Some(place) = place(text) {
        question.text.push_str(&format!(" The template reads it from `{place}`."));
    }
}

/// The reference to what a dynamic reference reads as a whole (AWS CloudFormation User Guide, "Get values stored in other services
/// using dynamic references").
fn place(text: &str) -> Option<SecretRef> {
    let inner = text.trim().strip_prefix("{{resolve:")?.strip_suffix("}}")?;
    if inner.contains("{{") || inner.contains("${") {
        return None;
    }
    if let Some(parameter) = inner.strip_prefix("ssm-secure:") {
        // A version of its own is one of the moment when the stack was deployed.
        return format!("ssm:{}", parameter.split(':').next()?).parse().ok();
    }
    let secret = inner.strip_prefix("secretsmanager:")?;
    let mut pieces = secret.split(':');
    let named = if secret.starts_with("arn:") { 7 } else { 1 };
    let id = pieces.by_ref().take(named).collect::<Vec<_>>().join(":");
    let (kind, key, stage) = (pieces.next(), pieces.next(), pieces.next());
    if kind.is_some_and(|kind| !["", "SecretString"].contains(&kind)) {
        return None;
    }
    let said = |piece: Option<&str>, before: &str| {
        piece.filter(|piece| !piece.is_empty()).map(|piece| format!("{before}{piece}")).unwrap_or_default()
    };
    format!("sm:{id}{}{}", said(key, "#"), said(stage, "?stage=")).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_dynamic_reference_says_where_its_secret_lies() {
        for (text, wanted) in [
            ("{{resolve:secretsmanager:orders/db:SecretString:password}}", Some("sm:orders/db#password")),
            ("{{resolve:secretsmanager:orders/db}}", Some("sm:orders/db")),
            (
                "{{resolve:secretsmanager:orders/db:SecretString:password:AWSPREVIOUS}}",
                Some("sm:orders/db#password?stage=AWSPREVIOUS"),
            ),
            ("{{resolve:secretsmanager:orders/db:SecretString:::7}}", Some("sm:orders/db")),
            (
                "{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf:SecretString:key}}",
                Some("sm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf#key"),
            ),
            ("{{resolve:ssm-secure:/orders/token:3}}", Some("ssm:/orders/token")),
            ("{{resolve:ssm-secure:/orders/token}}", Some("ssm:/orders/token")),
            ("!Sub postgres://u:{{resolve:secretsmanager:orders/db:SecretString:password}}@db/x", None),
            ("{{resolve:secretsmanager:${Stage}/db:SecretString:password}}", None),
            ("{{resolve:secretsmanager:orders/db:SecretBinary}}", None),
            ("!Ref Password", None),
        ] {
            assert_eq!(place(text).map(|place| place.to_string()).as_deref(), wanted, "{text}");
        }
    }
}
