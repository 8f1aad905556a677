//! Routes of an API: which lead to the function, by what name events call them, and what their parameters are.

use std::collections::BTreeMap;

/// All routes that lead to the function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Routes(Vec<Route>);

/// One route: a method, or any, and a path with parameters.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    key: String,
    method: Option<String>,
    path: String,
    parts: Option<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Part {
    Literal(String),
    One(String),
    Rest(String),
}

/// Why routes can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RouteError {
    /// No method and path.
    #[error("{0:?} is no route: `GET /path/{{name}}`, `ANY /{{proxy+}}` or `$default`")]
    Form(String),
    /// A parameter that takes the rest of the path, and something behind it.
    #[error("{0:?} has something behind a parameter that takes the rest")]
    BehindRest(String),
    /// The same route twice.
    #[error("{0:?} stands there twice")]
    Twice(String),
}

/// What a request was matched to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matched {
    /// The route's key, as HTTP APIs name it: `GET /orders/{id}`.
    pub(crate) key: String,
    /// The route's path, as REST APIs name it: `/orders/{id}`.
    pub(crate) path: String,
    /// The values of its parameters, as they stand in the path.
    pub(crate) parameters: BTreeMap<String, String>,
}

const METHODS: [&str; 8] = ["ANY", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

impl Routes {
    /// Reads routes.
    ///
    /// # Errors
    ///
    /// The first that is none.
    pub(crate) fn read(texts: &[String]) -> Result<Self, RouteError> {
        let mut routes: Vec<Route> = Vec::new();
        for text in texts {
            let route = Route::read(text)?;
            if routes.iter().any(|other| other.key == route.key) {
                return Err(RouteError::Twice(text.clone()));
            }
            routes.push(route);
        }
        Ok(Self(routes))
    }

    /// The route of a request, the most particular one: a literal before a parameter, a parameter before the rest, a
    /// method before any, `$default` last. Nothing where no route leads to the function.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Matched> {
        let given: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        let mut found: Option<(Vec<u8>, Matched)> = None;
        for route in &self.0 {
            if route.method.as_ref().is_some_and(|own| own != method) {
                continue;
            }
            let Some((mut rank, parameters)) = route.matched(&given) else { continue };
            rank.push(u8::from(route.method.is_none()));
            if found.as_ref().is_none_or(|(best, _)| rank < *best) {
                let (key, path) = (route.key.clone(), route.path.clone());
                found = Some((rank, Matched { key, path, parameters }));
            }
        }
        found.map(|(_, matched)| matched)
    }

    /// Whether every request leads to the function.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Route {
    /// The route of an HTTP API that takes what no other takes.
    pub(crate) const DEFAULT: &str = "$default";

    fn read(text: &str) -> Result<Self, RouteError> {
        if text == Self::DEFAULT {
            let (key, path) = (text.to_owned(), text.to_owned());
            return Ok(Self { key, method: None, path, parts: None });
        }
        let form = || RouteError::Form(text.to_owned());
        let (method, path) = text.split_once(' ').ok_or_else(form)?;
        if !METHODS.contains(&method) || !path.starts_with('/') {
            return Err(form());
        }
        let mut parts = Vec::new();
        for word in path.split('/').filter(|word| !word.is_empty()) {
            if matches!(parts.last(), Some(Part::Rest(_))) {
                return Err(RouteError::BehindRest(text.to_owned()));
            }
            let name = word.strip_prefix('{').and_then(|word| word.strip_suffix('}'));
            parts.push(match name {
                Some(name) => match name.strip_suffix('+') {
                    Some(rest) if !rest.is_empty() => Part::Rest(rest.to_owned()),
                    None if !name.is_empty() => Part::One(name.to_owned()),
                    _ => return Err(form()),
                },
                None if word.contains(['{', '}']) => return Err(form()),
                None => Part::Literal(word.to_owned()),
            });
        }
        let method = Some(method.to_owned()).filter(|method| method != "ANY");
        Ok(Self { key: text.to_owned(), method, path: path.to_owned(), parts: Some(parts) })
    }

    /// How particular the match is, part by part, and the parameters.
    fn matched(&self, given: &[&str]) -> Option<(Vec<u8>, BTreeMap<String, String>)> {
        let Some(parts) = &self.parts else { return Some((vec![u8::MAX], BTreeMap::new())) };
        let (mut rank, mut parameters) = (Vec::new(), BTreeMap::new());
        let mut rest = given;
        for part in parts {
            let (first, others) = rest.split_first()?;
            match part {
                Part::Literal(word) if word == first => rank.push(0),
                Part::Literal(_) => return None,
                Part::One(name) => {
                    parameters.insert(name.clone(), (*first).to_owned());
                    rank.push(1);
                }
                Part::Rest(name) => {
                    parameters.insert(name.clone(), rest.join("/"));
                    rank.push(2);
                    return Some((rank, parameters));
                }
            }
            rest = others;
        }
        rest.is_empty().then_some((rank, parameters))
    }
}
