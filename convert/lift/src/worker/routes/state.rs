//! How far a script is followed: what is known of the request, and what its variables are.

use super::atom::{Atom, Test};
use super::value::{Thing, Value};

/// Why a script can't be said by routes: a sentence fragment for a person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Unfit(pub(crate) String);

pub(super) type Fits<T> = Result<T, Unfit>;

pub(super) fn unfit<T>(reason: impl Into<String>) -> Fits<T> {
    Err(Unfit(reason.into()))
}

/// One way through the script.
#[derive(Clone, Debug)]
pub(super) struct State<'a> {
    /// What the request fulfils on this way.
    pub(super) is: Vec<Atom>,
    /// What it does not fulfil: ways that stand before this one take such requests.
    pub(super) is_not: Vec<Atom>,
    pub(super) variables: Vec<(String, Value<'a>)>,
    pub(super) things: Vec<Thing>,
    /// What a listener responded with.
    pub(super) answered: Option<Value<'a>>,
    /// Whether a redirect writes its address as URLs are written, by the script's day; none where nobody says.
    pub(super) writes_urls: Option<bool>,
}

/// Ways with what they came to, in the order in which they are tried.
pub(super) type Ways<'a, T> = Vec<(State<'a>, T)>;

impl<'a> State<'a> {
    pub(super) fn new(is: Vec<Atom>) -> Self {
        Self { is, is_not: Vec::new(), variables: Vec::new(), things: Vec::new(), answered: None, writes_urls: None }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Changes a variable that is there.
    pub(super) fn set(&mut self, name: &str, value: Value<'a>) -> bool {
        match self.variables.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, old)) => {
                *old = value;
                true
            }
            None => false,
        }
    }

    pub(super) fn thing(&mut self, thing: Thing) -> Value<'a> {
        self.things.push(thing);
        Value::Thing(self.things.len() - 1)
    }

    /// Both ways that a condition may go; one where it is known already.
    pub(super) fn fork(mut self, atom: &Atom) -> Ways<'a, bool> {
        let known = self.is.iter().find_map(|known| known.decides(atom));
        // Whoever does not fulfil something wider does not fulfil this one.
        let known = known.or_else(|| self.is_not.iter().any(|not| atom.decides(not) == Some(true)).then_some(false));
        if let Some(known) = known {
            return vec![(self, known)];
        }
        let mut with = self.clone();
        with.is.push(atom.clone());
        self.is_not.push(atom.clone());
        vec![(with, true), (self, false)]
    }

    /// The text of the path, where it is known.
    pub(super) fn path(&self) -> Option<&str> {
        self.is.iter().find_map(|atom| if let Atom::Path(Test::Is(path)) = atom { Some(path.as_str()) } else { None })
    }

    /// The host, where it is known.
    pub(super) fn host(&self) -> Option<&str> {
        self.is.iter().find_map(|atom| if let Atom::Host(host) = atom { Some(host.as_str()) } else { None })
    }
}
