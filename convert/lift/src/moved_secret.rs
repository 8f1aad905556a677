//! A secret that stood in the clear in a source, and where it lies from now on.

use crate::plconfig::{SecretRef, SecretStore};
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::QuestionId;

/// A container beside the main one: its key in the plconfig, and its name in the source.
#[derive(Clone, Copy)]
pub(crate) struct Beside<'b> {
    pub(crate) key: &'b str,
    pub(crate) name: &'b str,
}

/// Where a secret that stood in the clear lies from now on.
pub(crate) struct MovedSecret {
    pub(crate) reference: String,
    /// The question that nobody answered yet.
    pub(crate) open: Option<QuestionId>,
}

/// What a question about a secret says of it: who knows better says that in its place.
pub(crate) const IN_THE_CLEAR: &str = " is a secret in the clear.";

/// Asks for the place of a secret that stood in the clear; until somebody answers it is the team's store.
pub(crate) fn ask_for_place(tracker: &mut FieldTracker<'_>, beside: Option<Beside<'_>>, name: &str) -> MovedSecret {
    let own = team(tracker, beside, name).to_string();
    let detail = beside.map_or_else(|| name.to_owned(), |beside| format!("{}/{name}", beside.name));
    let id = tracker.question_id("secret", &detail);
    let text = format!(
        "The value of `{name}`{IN_THE_CLEAR} Put it into the team's secret store as `{own}`, and answer with \
         that or with where else it lies."
    );
    let usable = |answer: &str| !answer.contains(char::is_whitespace) && answer.parse::<SecretRef>().is_ok();
    match tracker.ask_for(id, &text, &[], Some(&own), usable) {
        Asked::Given(answer) => MovedSecret { reference: answer.to_owned(), open: None },
        Asked::Open(id) => MovedSecret { reference: own, open: Some(id) },
    }
}

/// `<app>#NAME`; of a container beside the main one `<app>--<container>#NAME`, since both may use the name. No app is called
/// so: names of apps have no two `-` behind each other.
pub(crate) fn team(tracker: &FieldTracker<'_>, beside: Option<Beside<'_>>, name: &str) -> SecretRef {
    let app = tracker.source.app;
    SecretRef {
        store: SecretStore::Team,
        key: beside.map_or_else(|| app.to_owned(), |beside| format!("{app}--{}", beside.key)),
        property: Some(name.to_owned()),
        version: None,
    }
}
