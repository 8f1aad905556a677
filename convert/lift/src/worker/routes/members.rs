//! Fields of values: read, and changed.

use super::state::{Fits, State, unfit};
use super::value::{Address, Piece, Thing, Value, constant, joined};

/// A field by its name.
pub(super) fn get<'a>(state: &State<'a>, object: &Value<'a>, name: &str) -> Fits<Value<'a>> {
    let method = || Ok(Value::Method(Box::new(object.clone()), name.to_owned()));
    match object {
        Value::Request => match name {
            "url" => Ok(Value::Text(joined(Address::of_request().href()))),
            "method" => Ok(Value::Text(vec![Piece::Method])),
            "headers" => Ok(Value::RequestHeaders),
            "cf" => unfit("it reads `request.cf`"),
            _ => unfit(format!("it reads `{name}` of the request")),
        },
        Value::Event if name == "request" => Ok(Value::Request),
        Value::Event => method(),
        Value::Thing(at) => match state.things.get(*at) {
            Some(Thing::Url(url)) => of_url(state, url, name).unwrap_or_else(method),
            Some(Thing::Response(answer)) if name == "status" => Ok(Value::Number(f64::from(answer.status))),
            Some(Thing::Response(_)) if name == "headers" => Ok(object.clone()),
            _ => method(),
        },
        Value::Object(fields) => {
            let own = fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            match own {
                Some(value) => Ok(value),
                None if INHERITED.contains(&name) => method(),
                None => Ok(Value::Undefined),
            }
        }
        Value::Array(items) if name == "length" => Ok(Value::Number(items.len() as f64)),
        Value::Map(rows) if name == "size" => Ok(Value::Number(rows.len() as f64)),
        Value::Text(pieces) if name == "length" => match constant(pieces) {
            Some(text) => Ok(Value::Number(text.encode_utf16().count() as f64)),
            None => unfit("it measures a part of the request"),
        },
        Value::Undefined | Value::Null => unfit("it reads a field of nothing, which throws"),
        Value::Header(_)
        | Value::Text(_)
        | Value::Array(_)
        | Value::Map(_)
        | Value::Set(_)
        | Value::Builtin(_)
        | Value::RequestHeaders => method(),
        _ => unfit(format!("it reads `{name}` of something that is not followed")),
    }
}

/// What objects have of their prototype.
const INHERITED: [&str; 6] = ["hasOwnProperty", "toString", "constructor", "valueOf", "isPrototypeOf", "__proto__"];

fn of_url<'a>(state: &State<'a>, url: &Address, name: &str) -> Option<Fits<Value<'a>>> {
    // What is known of the request by now is a constant.
    let text =
        |pieces: &[Piece]| Some(Ok(Value::Text(joined(pieces.iter().map(|piece| known(state, piece)).collect()))));
    match name {
        "pathname" => text(&url.path),
        "hostname" => text(&url.host),
        "host" if url.port.is_empty() => text(&url.host),
        "protocol" => text(&url.scheme),
        "search" => text(&url.search),
        "hash" => Some(Ok(Value::constant(url.hash.as_str()))),
        "href" => text(&url.href()),
        "origin" => {
            let bare = Address { path: Vec::new(), search: Vec::new(), hash: String::new(), ..url.clone() };
            text(&bare.href())
        }
        "searchParams" => Some(unfit("it reads the query, of which a request may encode any character")),
        "port" | "username" | "password" | "host" => Some(unfit(format!("it reads `{name}` of a URL"))),
        _ => None,
    }
}

/// A part of the request, as a constant where this way knows it.
pub(super) fn known(state: &State<'_>, piece: &Piece) -> Piece {
    let constant = match piece {
        Piece::Path => state.path(),
        Piece::Host => state.host(),
        _ => None,
    };
    constant.map_or_else(|| piece.clone(), |text| Piece::Constant(text.to_owned()))
}

/// Changes a field.
pub(super) fn set<'a>(state: &mut State<'a>, object: &Value<'a>, name: &str, value: &Value<'a>) -> Fits<()> {
    let Value::Thing(at) = object else { return unfit("it changes something that is not followed") };
    let pieces = match value {
        Value::Text(pieces) => pieces.clone(),
        _ => return unfit("it gives a URL something that is no text"),
    };
    let Some(Thing::Url(url)) = state.things.get_mut(*at) else {
        return unfit("it changes something that is not followed");
    };
    let plain = |allowed: fn(char) -> bool| constant(&pieces).filter(|text| text.chars().all(allowed));
    match name {
        "hostname" | "host" => {
            let host = plain(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'));
            let Some(host) = host.filter(|host| !host.is_empty()) else {
                return unfit("it sets a host that is none in small letters");
            };
            url.host = vec![Piece::Constant(host)];
        }
        "protocol" => {
            let scheme = plain(|c| c.is_ascii_lowercase() || c == ':');
            match scheme.as_deref().map(|scheme| scheme.trim_end_matches(':')) {
                Some(scheme @ ("http" | "https")) => url.scheme = vec![Piece::Constant(format!("{scheme}:"))],
                _ => return unfit("it sets another protocol than HTTP"),
            }
        }
        "pathname" => {
            let path = plain(is_plain_path).filter(|path| is_plain(path));
            let Some(path) = path else { return unfit("it sets a path that is not constant and plain") };
            url.path = vec![Piece::Constant(path)];
        }
        "search" => match constant(&pieces).as_deref() {
            Some("") => url.search = Vec::new(),
            _ => return unfit("it writes a query"),
        },
        "hash" => match constant(&pieces).as_deref() {
            Some("") => url.hash = String::new(),
            _ => return unfit("it writes a fragment"),
        },
        _ => return unfit(format!("it changes `{name}` of a URL")),
    }
    Ok(())
}

/// What stands in a path as it is.
pub(super) fn is_plain_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "/-._~!$&'()*+,;=:@".contains(c)
}

/// Whether a path begins with `/` and says of no step that it is none.
pub(super) fn is_plain(path: &str) -> bool {
    path.starts_with('/') && path.chars().all(is_plain_path) && !path.split('/').any(|step| step == "." || step == "..")
}

/// A value as a text.
pub(super) fn text(state: &State<'_>, value: &Value<'_>) -> Fits<Vec<Piece>> {
    match value {
        Value::Text(pieces) => Ok(joined(pieces.iter().map(|piece| known(state, piece)).collect())),
        Value::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Ok(vec![Piece::Constant(format!("{number:.0}"))])
        }
        Value::Bool(flag) => Ok(vec![Piece::Constant(flag.to_string())]),
        Value::Null => Ok(vec![Piece::Constant("null".to_owned())]),
        Value::Thing(at) => match state.things.get(*at) {
            Some(Thing::Url(url)) => Ok(joined(url.href().iter().map(|piece| known(state, piece)).collect())),
            _ => unfit("it writes an object as a text"),
        },
        Value::Header(_) => unfit("it answers with what the request says"),
        _ => unfit("it writes an object as a text"),
    }
}
