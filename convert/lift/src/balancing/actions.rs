//! What a rule does with a request: it forwards it, redirects it, or answers it.

use super::logins;
use crate::field::{Object, number};
use crate::marks::is_clean;
use crate::plconfig::{Redirect, Respond};

/// What the actions of a rule come to.
pub(super) enum Action<'a> {
    /// To a target group: the one with the largest weight, of several the first.
    Forward(Forward<'a>),
    /// The balancer answers.
    Respond(Respond),
    /// The balancer sends the caller elsewhere.
    Redirect(Redirect),
    /// The gateway can't do the same: why.
    Unsaid(&'static str),
}

/// The target groups that a rule forwards to.
pub(super) struct Forward<'a> {
    /// The group that gets the most.
    pub(super) first: &'a str,
    /// All groups that get anything, with their weights: one of weight 0 gets nothing.
    pub(super) groups: Vec<(&'a str, u64)>,
}

/// Reads the one action that ends the rule; what asks callers to log in before it is [`super::logins`]'. An action that is not known
/// may keep requests from those behind it, wherever it stands in the list: the order is that of `Order`.
pub(super) fn read<'a>(actions: &[Object<'a>]) -> Action<'a> {
    if !actions.iter().all(|action| logins::is_login(*action) || is_end(*action)) {
        return Action::Unsaid(UNKNOWN);
    }
    let Some(&action) = actions.iter().find(|action| is_end(**action)) else { return Action::Unsaid(UNKNOWN) };
    match action.peek("Type") {
        Some("forward") => forward(action),
        Some("redirect") => redirect(action.object("RedirectConfig").unwrap_or(action)),
        Some("fixed-response") => respond(action.object("FixedResponseConfig").unwrap_or(action)),
        _ => Action::Unsaid(UNKNOWN),
    }
}

/// Whether an action ends its rule: the request goes somewhere, or is answered.
fn is_end(action: Object<'_>) -> bool {
    matches!(action.peek("Type"), Some("forward" | "redirect" | "fixed-response"))
}

/// The target groups to which a rule would send its requests if nothing kept them from it.
pub(super) fn forwards<'a>(actions: &[Object<'a>]) -> Option<Forward<'a>> {
    let action = actions.iter().find(|action| action.peek("Type") == Some("forward"))?;
    match forward(*action) {
        Action::Forward(forward) => Some(forward),
        _ => None,
    }
}

const UNKNOWN: &str = "does what is not known here";

fn forward(action: Object<'_>) -> Action<'_> {
    let config = action.object("ForwardConfig");
    let weighted = config.into_iter().flat_map(|config| config.objects("TargetGroups"));
    let mut groups: Vec<(&str, u64)> = weighted
        .filter_map(|group| Some((group.peek("TargetGroupArn")?, group.peek_u64("Weight").unwrap_or(1))))
        .collect();
    if groups.is_empty() {
        groups.extend(action.peek("TargetGroupArn").map(|group| (group, 1)));
    }
    groups.retain(|(_, weight)| *weight > 0);
    match groups.iter().rev().max_by_key(|(_, weight)| *weight) {
        Some(&(first, _)) => Action::Forward(Forward { first, groups }),
        None => Action::Unsaid("forwards to no target group"),
    }
}

fn respond(config: Object<'_>) -> Action<'_> {
    let text = |name: &str| config.peek(name).filter(|text| !text.is_empty());
    let status = config.field("StatusCode").and_then(|field| number(field.0)).and_then(|code| u16::try_from(code).ok());
    // A template may have a number there, which CloudFormation makes a text of.
    let is_text = |name: &&str| config.field(name).is_none_or(|field| field.0.is_string() || field.0.is_null());
    let clean = ["MessageBody", "ContentType"].iter().all(is_text)
        && [text("MessageBody"), text("ContentType")].into_iter().flatten().all(is_clean);
    match status.filter(|code| (200..600).contains(code) && clean) {
        Some(status) => Action::Respond(Respond {
            status,
            content_type: text("ContentType").map(str::to_owned),
            body: text("MessageBody").map(str::to_owned),
        }),
        None => Action::Unsaid("answers with what can't be carried over"),
    }
}

/// `#{host}` and its like stand for the request's own part.
fn redirect(config: Object<'_>) -> Action<'_> {
    const UNSAID: Action<'static> = Action::Unsaid("redirects in a way that the gateway can't");
    let part = |name: &str| config.peek(name).filter(|text| !text.is_empty());
    let changed = |name: &str, own: &[&str]| part(name).filter(|text| !own.contains(text));
    let (host, path) = (changed("Host", &["#{host}"]), changed("Path", &["/#{path}", "#{path}"]));
    let (scheme, port) = (changed("Protocol", &["#{protocol}"]), changed("Port", &["#{port}"]));
    let query = config.peek("Query").is_none_or(|query| query == "#{query}");
    let plain = |text: &str| !text.contains("#{") && is_clean(text);
    let is_name = |host: &str| plain(host) && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
    if !query || !host.is_none_or(is_name) || !path.is_none_or(|path| plain(path) && path.starts_with('/')) {
        return UNSAID;
    }
    let status = match config.peek("StatusCode") {
        Some("HTTP_301") => 301,
        Some("HTTP_302") => 302,
        _ => return UNSAID,
    };
    let scheme = match scheme.map(str::to_ascii_lowercase) {
        Some(scheme) if scheme == "http" || scheme == "https" => Some(scheme),
        None => None,
        Some(_) => return UNSAID,
    };
    let port = match port.map(str::parse::<u16>) {
        Some(Ok(port)) => Some(port),
        None => None,
        Some(Err(_)) => return UNSAID,
    };
    // A scheme brings its own port.
    let usual = match scheme.as_deref() {
        Some("http") => Some(80),
        Some(_) => Some(443),
        None => None,
    };
    let port = port.filter(|port| Some(*port) != usual);
    let to = |text: &str| text.to_owned();
    Action::Redirect(Redirect { scheme, host: host.map(str::to_ascii_lowercase), port, path: path.map(to), status })
}

/// The host that a redirect names, in lower case, whether the gateway can redirect in that way or not; `#{host}` in it is
/// that of the request.
pub(super) fn redirected_to(actions: &[Object<'_>]) -> Option<String> {
    let redirect = actions.iter().find(|action| action.peek("Type") == Some("redirect"))?;
    let host = redirect.object("RedirectConfig").unwrap_or(*redirect).peek("Host")?;
    Some(host.to_ascii_lowercase()).filter(|host| !host.is_empty())
}
