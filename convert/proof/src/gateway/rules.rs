//! Which requests a rule takes, and how early it is tried.

use super::GatewayError;
use crate::requests::Request;
use regex::Regex;
use serde_json::Value;

/// How early a match is tried: the greater, the earlier.
pub(super) type Rank = (u8, usize, usize, usize);

/// One match of a rule.
#[derive(Clone, Debug)]
pub(super) struct Match {
    path: Path,
    length: usize,
    headers: Vec<(String, Text)>,
    method: Option<String>,
}

#[derive(Clone, Debug)]
enum Path {
    Exact(String),
    Prefix(String),
    Expression(Regex),
}

#[derive(Clone, Debug)]
enum Text {
    Exact(String),
    Expression(Regex),
}

impl Match {
    pub(super) fn rank(&self) -> Rank {
        let form = match self.path {
            Path::Exact(_) => 2,
            Path::Expression(_) => 1,
            Path::Prefix(_) => 0,
        };
        let method = usize::from(self.method.is_some());
        let exact = self.headers.iter().filter(|(_, text)| matches!(text, Text::Exact(_))).count();
        (form, self.length, self.headers.len() + method, exact + method)
    }

    pub(super) fn takes(&self, request: &Request, path: &str) -> bool {
        let at_path = match &self.path {
            Path::Exact(wanted) => path == wanted,
            Path::Expression(expression) => expression.is_match(path),
            Path::Prefix(begin) => {
                let begin = begin.trim_end_matches('/');
                path.strip_prefix(begin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        };
        let has = |(name, text): &(String, Text)| {
            let given = request.header(name);
            given.is_some_and(|given| match text {
                Text::Exact(wanted) => given == *wanted,
                Text::Expression(expression) => expression.is_match(&given),
            })
        };
        at_path && self.method.as_ref().is_none_or(|wanted| *wanted == request.method) && self.headers.iter().all(has)
    }
}

/// The matches of a rule; one that takes everything where there is none.
pub(super) fn matches(route: &str, rule: &Value) -> Result<Vec<Match>, GatewayError> {
    let all = rule["matches"].as_array().into_iter().flatten();
    let all: Vec<Match> = all.map(|one| of(route, one)).collect::<Result<_, _>>()?;
    let everything = || Match { path: Path::Prefix("/".to_owned()), length: 1, headers: Vec::new(), method: None };
    Ok(if all.is_empty() { vec![everything()] } else { all })
}

fn of(route: &str, one: &Value) -> Result<Match, GatewayError> {
    if one["queryParams"].as_array().is_some_and(|all| !all.is_empty()) {
        return Err(GatewayError::Unknown { route: route.to_owned(), what: "queryParams".to_owned() });
    }
    let value = one["path"]["value"].as_str().unwrap_or("/");
    let path = match one["path"]["type"].as_str() {
        Some("Exact") => Path::Exact(value.to_owned()),
        Some("RegularExpression") => Path::Expression(whole(route, value)?),
        _ => Path::Prefix(value.to_owned()),
    };
    let mut headers = Vec::new();
    for header in one["headers"].as_array().into_iter().flatten() {
        let (name, value) = (header["name"].as_str().unwrap_or_default(), header["value"].as_str().unwrap_or_default());
        let text = match header["type"].as_str() {
            Some("RegularExpression") => Text::Expression(whole(route, value)?),
            _ => Text::Exact(value.to_owned()),
        };
        headers.push((name.to_ascii_lowercase(), text));
    }
    Ok(Match { path, length: value.len(), headers, method: one["method"].as_str().map(str::to_owned) })
}

/// Over the whole text, as Envoy matches.
fn whole(route: &str, text: &str) -> Result<Regex, GatewayError> {
    Regex::new(&format!("^(?:{text})$"))
        .map_err(|_| GatewayError::Expression { route: route.to_owned(), text: text.to_owned() })
}
