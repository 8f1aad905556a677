//! Whether values are equal, or count as true.

use super::atom::{Atom, Test};
use super::exec::Follow;
use super::state::{Fits, State, Ways, unfit};
use super::value::{Piece, Value, constant};

/// Whether both are of one kind, so that `==` is `===`.
pub(super) fn is_alike(one: &Value<'_>, other: &Value<'_>) -> bool {
    let text = |value: &Value<'_>| matches!(value, Value::Text(_));
    let number = |value: &Value<'_>| matches!(value, Value::Number(_));
    text(one) && text(other)
        || number(one) && number(other)
        || matches!((one, other), (Value::Header(_), Value::Text(_)) | (Value::Text(_), Value::Header(_)))
}

/// What compares a part of the request with a test, where it is a single part.
pub(super) fn atom(piece: &Piece, test: Test) -> Fits<Atom> {
    match (piece, test) {
        (Piece::Path, test) => Ok(Atom::Path(test)),
        (Piece::Host, Test::Is(host)) => Ok(Atom::Host(host)),
        (Piece::Method, Test::Is(method)) => Ok(Atom::Method(method)),
        (Piece::Host, _) => unfit("it compares a part of the host"),
        (Piece::Search, _) => unfit("it compares the query, of which a request may encode any character"),
        (Piece::Scheme, _) => unfit("it asks whether the request came by HTTPS"),
        _ => unfit("it compares a part of the method"),
    }
}

impl<'a> Follow<'a> {
    /// `===`.
    pub(super) fn equal(&mut self, state: State<'a>, left: &Value<'a>, right: &Value<'a>) -> Fits<Ways<'a, bool>> {
        let known = |state, is| Ok(vec![(state, is)]);
        match (left, right) {
            (Value::Method(..), _) | (_, Value::Method(..)) => unfit("it compares a field that is not followed"),
            (Value::Text(one), Value::Text(other)) => match (constant(one), constant(other)) {
                (Some(one), Some(other)) => known(state, one == other),
                (None, Some(text)) => self.text_is(state, one, &text),
                (Some(text), None) => self.text_is(state, other, &text),
                (None, None) => unfit("it compares two parts of the request"),
            },
            (Value::Header(name), Value::Text(text)) | (Value::Text(text), Value::Header(name)) => match constant(text)
            {
                Some(text) if text.is_empty() => unfit("it asks for an empty header"),
                Some(text) => Ok(self.fork(state, &Atom::Header(name.clone(), Test::Is(text)))),
                None => unfit("it compares two parts of the request"),
            },
            (Value::Header(_), Value::Null | Value::Undefined) | (Value::Null | Value::Undefined, Value::Header(_)) => {
                unfit("it tells an empty header from none")
            }
            (Value::Number(one), Value::Number(other)) => known(state, (one - other).abs() < f64::EPSILON),
            (Value::Bool(one), Value::Bool(other)) => known(state, one == other),
            (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => known(state, true),
            (Value::Undefined | Value::Null, _) | (_, Value::Undefined | Value::Null) => known(state, false),
            (Value::Text(_), Value::Number(_) | Value::Bool(_))
            | (Value::Number(_) | Value::Bool(_), Value::Text(_)) => known(state, false),
            _ => unfit("it compares objects"),
        }
    }

    /// Whether a text of the request is this one.
    pub(super) fn text_is(&mut self, state: State<'a>, pieces: &[Piece], text: &str) -> Fits<Ways<'a, bool>> {
        match pieces {
            [piece] => Ok(self.fork(state, &atom(piece, Test::Is(text.to_owned()))?)),
            // The host and the path, one after the other: what is between is the first `/`.
            [Piece::Host, Piece::Path] => match text.find('/') {
                Some(at) => {
                    let mut out = Vec::new();
                    for (state, is) in self.fork(state, &Atom::Host(text[..at].to_owned())) {
                        if is {
                            out.extend(self.fork(state, &Atom::Path(Test::Is(text[at..].to_owned()))));
                        } else {
                            out.push((state, false));
                        }
                    }
                    Ok(out)
                }
                None => Ok(vec![(state, false)]),
            },
            _ => unfit("it compares several parts of the request as one text"),
        }
    }

    /// Whether a value counts as true.
    pub(super) fn truth(&mut self, state: State<'a>, value: &Value<'a>) -> Fits<Ways<'a, bool>> {
        let known = |state, is| Ok(vec![(state, is)]);
        match value {
            Value::Undefined | Value::Null => known(state, false),
            Value::Bool(flag) => known(state, *flag),
            Value::Number(number) => known(state, *number != 0.0 && !number.is_nan()),
            Value::Text(pieces) => match constant(pieces) {
                Some(text) => known(state, !text.is_empty()),
                None if pieces == &[Piece::Search] => unfit("it asks whether there is a query"),
                // A path, a host and a method are never empty.
                None => known(state, true),
            },
            Value::Header(name) => Ok(self.fork(state, &Atom::Header(name.clone(), Test::Present))),
            Value::Method(..) => unfit("it asks for a field that is not followed"),
            _ => known(state, true),
        }
    }

    /// Whether a value is null or undefined.
    pub(super) fn is_nothing(&mut self, state: State<'a>, value: &Value<'a>) -> Fits<Ways<'a, bool>> {
        match value {
            Value::Undefined | Value::Null => Ok(vec![(state, true)]),
            Value::Header(_) => unfit("it tells an empty header from none"),
            Value::Method(..) => unfit("it asks for a field that is not followed"),
            _ => Ok(vec![(state, false)]),
        }
    }
}
