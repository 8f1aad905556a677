//! What a script's expressions are while it is followed: constants, and texts of the request that is not there yet.

use oxc_ast::ast::{ArrowFunctionExpression, Function};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    /// A text, constant or of the request.
    Text(Vec<Piece>),
    /// A header of the request: a text, or null where it is not there.
    Header(String),
    /// An object that nothing changes: its fields in their order.
    Object(Rc<Vec<(String, Value<'a>)>>),
    Array(Rc<Vec<Value<'a>>>),
    /// `new Map([…])`.
    Map(Rc<Vec<(String, Value<'a>)>>),
    /// `new Set([…])`.
    Set(Rc<Vec<String>>),
    /// A function of the script, and how deep in calls it was written; at 0 it sees what stands at the top alone.
    Function(Callable<'a>, usize),
    /// Something of the runtime: `URL`, `Response.redirect`.
    Builtin(&'static str),
    /// A method of a value, by its name.
    Method(Box<Value<'a>>, String),
    /// A thing that may be changed, by its place among the things.
    Thing(usize),
    Request,
    RequestHeaders,
    /// What a service worker's listener gets.
    Event,
}

/// A function of the script.
#[derive(Clone, Copy, Debug)]
pub(super) enum Callable<'a> {
    Function(&'a Function<'a>),
    Arrow(&'a ArrowFunctionExpression<'a>),
}

/// A part of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Piece {
    Constant(String),
    /// `https:` or `http:`.
    Scheme,
    Host,
    Path,
    /// The query string with its `?`, or nothing.
    Search,
    Method,
}

/// A thing that a script may change.
#[derive(Clone, Debug)]
pub(super) enum Thing {
    Url(Address),
    Headers(BTreeMap<String, String>),
    Response(Answer),
}

/// A URL by its parts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Address {
    pub(super) scheme: Vec<Piece>,
    pub(super) host: Vec<Piece>,
    pub(super) port: String,
    pub(super) path: Vec<Piece>,
    pub(super) search: Vec<Piece>,
    pub(super) hash: String,
}

/// A response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// By names in lower case.
    pub(super) headers: BTreeMap<String, Vec<Piece>>,
    /// None is a response without a body.
    pub(super) body: Option<String>,
    /// Whether its headers can't be changed: those of `Response.redirect` throw.
    pub(super) sealed: bool,
}

impl Value<'_> {
    pub(super) fn constant(text: impl Into<String>) -> Self {
        Value::Text(vec![Piece::Constant(text.into())])
    }
}

impl Address {
    /// That of the request.
    pub(super) fn of_request() -> Self {
        Self {
            scheme: vec![Piece::Scheme],
            host: vec![Piece::Host],
            port: String::new(),
            path: vec![Piece::Path],
            search: vec![Piece::Search],
            hash: String::new(),
        }
    }

    /// The whole of it.
    pub(super) fn href(&self) -> Vec<Piece> {
        let constant = |text: &str| vec![Piece::Constant(text.to_owned())];
        let port = if self.port.is_empty() { String::new() } else { format!(":{}", self.port) };
        let parts = [
            self.scheme.clone(),
            constant("//"),
            self.host.clone(),
            constant(&port),
            self.path.clone(),
            self.search.clone(),
            constant(&self.hash),
        ];
        joined(parts.concat())
    }
}

/// Neighbouring constants as one, empty ones as none.
pub(super) fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match (out.last_mut(), piece) {
            (_, Piece::Constant(text)) if text.is_empty() => {}
            (Some(Piece::Constant(last)), Piece::Constant(text)) => last.push_str(&text),
            (_, piece) => out.push(piece),
        }
    }
    out
}

/// The text, where it is constant.
pub(super) fn constant(pieces: &[Piece]) -> Option<String> {
    match pieces {
        [] => Some(String::new()),
        [Piece::Constant(text)] => Some(text.clone()),
        _ => None,
    }
}
