//! Headers that a listener adds to every answer, or takes out of it.

use super::listeners::ways;
use crate::context::Context;
use crate::field::{Field, Object};
use crate::marks::is_clean;
use crate::plconfig::Component;
use crate::tracker::{Asked, FieldTracker};
use std::collections::BTreeMap;

/// The headers by their names; an empty text takes one away.
pub(super) fn headers(listener: Object<'_>) -> BTreeMap<String, String> {
    added(listener).filter_map(|(name, value, _)| is_clean(value).then(|| (name, value.to_owned()))).collect()
}

/// Says what became of the attributes of the listeners that add headers.
pub(super) fn map<'a>(tracker: &mut FieldTracker<'a>, context: &Context<'_, 'a>, component: &Component) {
    for way in ways(context) {
        let Some(listener) = way.listener else { continue };
        for (header, value, field) in added(listener) {
            if !is_clean(value) {
                ask(tracker, &way.name, &header, field);
                continue;
            }
            let Some(at) = place(component, &header, value) else { continue };
            let note = "in every answer of its routes, in place of what the app says by that name";
            field.approximated(tracker, context.at(at), note);
        }
    }
}

fn ask<'a>(tracker: &mut FieldTracker<'a>, name: &str, header: &str, field: Field<'a>) {
    let text = format!(
        "`{name}` adds the header `{header}` to every answer, with what looks like a secret, which a route would show to \
         everybody who reads it. Does the app answer it by itself, or is it left out?"
    );
    let id = tracker.question_id("response-header", &format!("{name}/{header}"));
    match tracker.ask(id, &text, &["leave-out"], Some("leave-out")) {
        Asked::Given(_) => field.dropped(tracker, "dropped-by-answer"),
        Asked::Open(id) => field.asked(tracker, &id),
    }
}

/// Where the component says the header so.
fn place(component: &Component, header: &str, value: &str) -> Option<&'static str> {
    let ingress = component.ingress.as_ref()?;
    let is_it = |headers: &BTreeMap<String, String>| headers.get(header).is_some_and(|said| said == value);
    if is_it(&ingress.response_headers) {
        return Some("ingress/response_headers");
    }
    ingress.routes.iter().any(|route| is_it(&route.response_headers)).then_some("ingress/routes")
}

/// Name, value and field of each header that is added or taken away.
fn added<'a>(listener: Object<'a>) -> impl Iterator<Item = (String, &'a str, Field<'a>)> {
    listener.objects("Attributes").filter_map(|attribute| {
        let (key, field) = (attribute.peek("Key")?, attribute.field("Value")?);
        let said = field.0.as_str();
        let of_response = key.strip_prefix("routing.http.response.")?;
        if of_response == "server.enabled" {
            let taken = said == Some("false") || field.0.as_bool() == Some(false);
            return taken.then(|| ("Server".to_owned(), "", field));
        }
        let name = of_response.strip_suffix(".header_value")?;
        Some((titled(name), said.filter(|value| !value.is_empty())?, field))
    })
}

/// An attribute's name as that of the header: `x_frame_options` is `X-Frame-Options`.
pub(super) fn titled(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    name.split('_').map(word).collect::<Vec<_>>().join("-")
}
