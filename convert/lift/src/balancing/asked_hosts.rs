//! The questions about one host of a listener, by which its fields are told too.

use super::other_apps;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::{KNOWN_NOW, QuestionId};

/// Why it isn't known which listener the callers of a host reach. Each names the load balancers that the host's DNS record
/// leads to, as far as it leads to any.
pub(super) enum Why {
    /// To some that are none of the component's.
    Strange(Vec<String>),
    /// To nothing that is known, and the listeners' rules differ.
    Differ,
    /// To nothing that is known, and another app has the host by none of the rules of these listeners.
    Elsewhere,
    /// To some of the component's own that carry nothing of it at this host.
    WithoutIt(Vec<String>),
    /// To some of the component's own, where what leads here at this host is closed: by a question that is open, or an answer.
    Shut(Vec<String>),
    /// To several, whose listeners' rules differ.
    Several(Vec<String>),
    /// To one, several of whose listeners carry the host with other rules.
    OneOfMany(Vec<String>),
    /// To these, and another app has the host by none of the rules of these listeners.
    Beside(Vec<String>),
    /// To these, if any, whose rules are the same: it is asked because an answer is given that names no listener.
    Told(Vec<String>),
}

impl Why {
    fn text(&self) -> String {
        let record = "the host's DNS record leads to";
        match self {
            Self::Strange(ends) => format!("{record} {}, which is none of its load balancers", quoted(ends)),
            Self::Differ => {
                "no DNS record is known that says to which of them the host leads, and their rules differ".to_owned()
            }
            Self::Elsewhere => {
                "it isn't known that the host's DNS record leads there: another app has it too, by none of their rules"
                    .to_owned()
            }
            Self::WithoutIt(ends) => format!("{record} {}, where nothing leads here at this host", quoted(ends)),
            Self::Shut(ends) => format!(
                "{record} {}, where what leads here at this host is closed as long as the questions about it leave it so",
                quoted(ends)
            ),
            Self::Several(ends) => format!("{record} several load balancers ({}), whose rules differ", quoted(ends)),
            Self::OneOfMany(ends) => {
                format!("{record} {}, several of whose listeners carry it with rules that differ", quoted(ends))
            }
            Self::Beside(ends) => format!(
                "{record} {}, where another app has it too, by another listener: one path can't be both apps'",
                quoted(ends)
            ),
            Self::Told(ends) if ends.is_empty() => "the answer that is given names none of them".to_owned(),
            Self::Told(ends) => format!("{record} {}, and the answer that is given names none of these", quoted(ends)),
        }
    }

    /// Whether the answer that the callers reach none of the listeners is the likely one.
    fn is_elsewhere(&self) -> bool {
        matches!(self, Self::Strange(_) | Self::WithoutIt(_) | Self::Shut(_))
    }
}

/// The listener, of those that carry `host` on the gateway, that its callers reach, by its place among `names`; none
/// while nobody has said, and where it is none of them.
pub(super) fn listener(
    tracker: &mut FieldTracker<'_>,
    internal: bool,
    host: &str,
    names: &[String],
    why: &Why,
) -> Option<usize> {
    let lead = if names.len() > 1 { "lead" } else { "leads" };
    let (carriers, known) = (quoted(names), why.text());
    let text = format!(
        "{carriers} {lead} here at `{host}`. Which listener do its callers reach (`elsewhere`: none of these)? Until then nothing is \
         served at `{host}`.{KNOWN_NOW}{known}.)",
    );
    let id = id(tracker, internal, host);
    let options: Vec<&str> = names.iter().map(String::as_str).chain([ELSEWHERE]).collect();
    let assumed = why.is_elsewhere().then_some(ELSEWHERE);
    let against = against(tracker, internal, host, &id);
    let text = text + against.as_deref().unwrap_or_default();
    let usable = |answer: &str| options.contains(&answer) && against.is_none();
    match tracker.ask_for(id, &text, &options, assumed, usable) {
        Asked::Given(answer) => names.iter().position(|name| name == answer),
        Asked::Open(_) => None,
    }
}

/// What stands against the answer that is given: those of other apps that name another listener, which are as little taken. A
/// host leads to one listener, whichever of its apps is asked.
fn against(tracker: &FieldTracker<'_>, internal: bool, host: &str, id: &QuestionId) -> Option<String> {
    let own = tracker.source.decisions.answer(id).filter(|own| *own != ELSEWHERE)?;
    let answers = other_apps::answers(tracker, topic(internal), host).into_iter();
    let others = answers.filter(|(_, given)| given.answer != own && given.answer != ELSEWHERE);
    let named: Vec<String> =
        others.map(|(other, given)| format!("`{}/{other}/{host}={}`", topic(internal), given.answer)).collect();
    (!named.is_empty()).then(|| {
        format!(
            " The answers `{id}={own}` and {} contradict each other: the callers of a host reach one listener. None of them is taken \
             until they name the same one, or `{ELSEWHERE}`.",
            named.join(" and ")
        )
    })
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

/// Whether a host that only private zones know is published all the same, as its load balancer is reached from the
/// internet; not while nobody has said so.
pub(super) fn is_published(tracker: &mut FieldTracker<'_>, way: &str, host: &str) -> bool {
    let way = if way.is_empty() { "its listener" } else { way };
    let text = format!(
        "`{way}` is reached from the internet and leads here at `{host}`, which only a private hosted zone has. Is the host for \
         callers from inside alone (`internal`), or is it known outside too (`public`)? Until then it stands on the internal \
         Gateway."
    );
    let id = private_id(tracker, host);
    matches!(tracker.ask(id, &text, &[INTERNAL, "public"], Some(INTERNAL)), Asked::Given("public"))
}

const INTERNAL: &str = "internal";

fn private_id(tracker: &FieldTracker<'_>, host: &str) -> QuestionId {
    tracker.question_id("private-host", host)
}

/// Whether a person answered that a host is for callers from inside alone.
pub(super) fn is_kept_inside(tracker: &FieldTracker<'_>, host: &str) -> bool {
    tracker.source.decisions.answer(&private_id(tracker, host)) == Some(INTERNAL)
}

/// The open question whether a host is for callers from inside alone, where there is one.
pub(super) fn open_private(tracker: &FieldTracker<'_>, host: &str) -> Option<QuestionId> {
    Some(private_id(tracker, host)).filter(|id| tracker.is_asked(id))
}

/// The answer that callers of a host reach none of the listeners that were seen.
const ELSEWHERE: &str = "elsewhere";

fn id(tracker: &FieldTracker<'_>, internal: bool, host: &str) -> QuestionId {
    match internal {
        true => tracker.question_id("internal-host-listener", host),
        false => tracker.question_id("host-listener", host),
    }
}

const fn topic(internal: bool) -> &'static str {
    if internal { "internal-host-listener" } else { "host-listener" }
}

/// Whether a person answered which listener the callers of a host reach.
pub(super) fn is_told(tracker: &FieldTracker<'_>, internal: bool, host: &str) -> bool {
    tracker.source.decisions.0.contains_key(&id(tracker, internal, host))
}

/// The open question about a host of a rule, where there is one.
pub(super) fn open(tracker: &FieldTracker<'_>, host: &str) -> Option<QuestionId> {
    let wildcard = tracker.question_id("wildcard-redirect", host);
    let of_aws = aws_name_id(tracker, host);
    let of_host = [wildcard, id(tracker, false, host), id(tracker, true, host), private_id(tracker, host), of_aws];
    of_host.into_iter().find(|id| tracker.is_asked(id))
}

/// The id of the question about a name that AWS made.
pub(super) fn aws_name_id(tracker: &FieldTracker<'_>, host: &str) -> QuestionId {
    tracker.question_id("aws-name", host)
}
