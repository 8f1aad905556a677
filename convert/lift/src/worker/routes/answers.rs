//! What a script answers with: responses, headers, URLs.

use super::members;
use super::state::{Fits, State, unfit};
use super::value::{Address, Answer, Piece, Thing, Value, constant};
use std::collections::BTreeMap;

/// The media type of a body that is a text (Fetch standard, "extract a body").
const PLAIN: &str = "text/plain;charset=UTF-8";
/// Statuses that `Response.redirect` takes (Fetch standard, "redirect status").
const REDIRECTS: [u16; 5] = [301, 302, 303, 307, 308];
/// Headers that a gateway writes itself, or that are of one connection (RFC 9110, section 7.6.1); and several cookies.
#[rustfmt::skip]
const KEPT: [&str; 13] = [
    "connection", "content-encoding", "content-length", "date", "host", "keep-alive", "proxy-connection", "server", "set-cookie",
    "te", "trailer", "transfer-encoding", "upgrade",
];
/// Statuses without a body (Fetch standard, "null body status").
const NULL_BODY: [u16; 4] = [101, 204, 205, 304];

/// `new URL(…)` of the request's, or of a constant.
pub(super) fn url(state: &State<'_>, value: &Value<'_>) -> Fits<Address> {
    if let Value::Thing(at) = value
        && let Some(Thing::Url(url)) = state.things.get(*at)
    {
        return Ok(url.clone());
    }
    let pieces = match value {
        Value::Text(pieces) => pieces,
        _ => return unfit("it makes a URL of what is no text"),
    };
    let request = Address::of_request();
    if *pieces == request.href() {
        return Ok(request);
    }
    let Some(text) = constant(pieces) else { return unfit("it makes a URL of parts") };
    let plain = plain_url(&text);
    plain.map_or_else(|| unfit(format!("the URL `{text}` is not written as URLs are")), Ok)
}

/// A URL that is written as a URL's own text is: nothing in it is encoded or put in order.
fn plain_url(text: &str) -> Option<Address> {
    let (scheme, rest) =
        ["https:", "http:"].into_iter().find_map(|scheme| Some((scheme, text.strip_prefix(scheme)?)))?;
    let rest = rest.strip_prefix("//")?;
    let (rest, hash) = rest.find('#').map_or((rest, ""), |at| rest.split_at(at));
    let (rest, search) = rest.find('?').map_or((rest, ""), |at| rest.split_at(at));
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let is_host = !host.is_empty()
        && host.contains(|c: char| c.is_ascii_lowercase())
        && host.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-'));
    let is_port = port.is_empty()
        || port
            .parse::<u16>()
            .is_ok_and(|number| number > 0 && !matches!((scheme, number), ("https:", 443) | ("http:", 80)));
    let plain = |text: &str| text.chars().all(|c| members::is_plain_path(c) || "?#%".contains(c));
    let pieces = |text: &str| if text.is_empty() { Vec::new() } else { vec![Piece::Constant(text.to_owned())] };
    let whole = is_host
        && is_port
        && members::is_plain(&path.replace('%', ""))
        && plain(search)
        && plain(hash)
        && search != "?"
        && hash != "#"
        && !text.contains('\'')
        && !hash[1.min(hash.len())..].contains('#');
    whole.then(|| Address {
        scheme: pieces(scheme),
        host: pieces(host),
        port: port.to_owned(),
        path: pieces(path),
        search: pieces(search),
        hash: hash.to_owned(),
    })
}

/// `Response.redirect(url, status)`.
pub(super) fn redirect(state: &State<'_>, arguments: &[Value<'_>]) -> Fits<Answer> {
    let status = match arguments.get(1) {
        None | Some(Value::Undefined) => 302,
        Some(value) => status(value)?,
    };
    if !REDIRECTS.contains(&status) {
        return unfit(format!("it redirects with {status}, which throws"));
    }
    let Some(target) = arguments.first() else { return unfit("it redirects to nothing, which throws") };
    let mut location = members::text(state, target)?;
    if let Some(text) = constant(&location) {
        // Older compatibility dates send the text as it is, newer ones as a URL is written.
        let same = plain_url(&text).is_some_and(|url| constant(&url.href()).as_deref() == Some(&text));
        // A host alone is written with a slash behind it.
        let whole = format!("{text}/");
        let is_host = !same && plain_url(&whole).is_some_and(|url| constant(&url.href()).as_deref() == Some(&whole));
        match (same, is_host, state.writes_urls) {
            (true, ..) | (false, true, Some(false)) => {}
            (false, true, Some(true)) => location = vec![Piece::Constant(whole)],
            _ => return unfit(format!("it redirects to `{text}`, which is not written as URLs are")),
        }
    }
    Ok(Answer { status, headers: BTreeMap::from([("location".to_owned(), location)]), body: None, sealed: true })
}

/// `Response.json(value, init)`.
pub(super) fn json(state: &State<'_>, arguments: &[Value<'_>]) -> Fits<Answer> {
    let Some(value) = arguments.first() else { return unfit("it answers with no JSON, which throws") };
    let body = super::json::stringify(value)?;
    let mut answer = init(state, arguments.get(1), Some(body))?;
    let json = vec![Piece::Constant("application/json".to_owned())];
    answer.headers.entry("content-type".to_owned()).or_insert(json);
    Ok(answer)
}

/// `new Response(body, init)`.
pub(super) fn response(state: &State<'_>, arguments: &[Value<'_>]) -> Fits<Answer> {
    let body = match arguments.first() {
        None | Some(Value::Undefined | Value::Null) => None,
        Some(value @ (Value::Text(_) | Value::Number(_))) => match constant(&members::text(state, value)?) {
            Some(text) => Some(text),
            None => return unfit("it answers with a part of the request"),
        },
        Some(_) => return unfit("it answers with a body that is not constant"),
    };
    let mut answer = init(state, arguments.get(1), body)?;
    if answer.body.is_some() {
        let plain = vec![Piece::Constant(PLAIN.to_owned())];
        answer.headers.entry("content-type".to_owned()).or_insert(plain);
    }
    Ok(answer)
}

fn init(state: &State<'_>, init: Option<&Value<'_>>, body: Option<String>) -> Fits<Answer> {
    let mut answer = Answer { status: 200, headers: BTreeMap::new(), body, sealed: false };
    match init {
        None | Some(Value::Undefined | Value::Null) => {}
        Some(Value::Object(fields)) => {
            for (name, value) in fields.iter() {
                match name.as_str() {
                    "status" => answer.status = status(value)?,
                    "statusText" => {}
                    "headers" => answer.headers = headers_with_pieces(state, value)?,
                    other => return unfit(format!("it answers with `{other}`")),
                }
            }
        }
        Some(_) => return unfit("it answers as another response does"),
    }
    if !(200..600).contains(&answer.status) || answer.body.is_some() && NULL_BODY.contains(&answer.status) {
        return unfit(format!("it answers with {}", answer.status));
    }
    Ok(answer)
}

fn status(value: &Value<'_>) -> Fits<u16> {
    match value {
        Value::Number(number) if number.fract() == 0.0 && (0.0..1000.0).contains(number) => Ok(*number as u16),
        _ => unfit("it answers with a status that is not constant"),
    }
}

/// `new Headers(…)`.
pub(super) fn headers(state: &State<'_>, init: Option<&Value<'_>>) -> Fits<BTreeMap<String, String>> {
    let with_pieces = init.map_or_else(|| Ok(BTreeMap::new()), |init| headers_with_pieces(state, init))?;
    let plain = with_pieces.into_iter().map(|(name, pieces)| Some((name, constant(&pieces)?)));
    plain.collect::<Option<_>>().map_or_else(|| unfit("a header is made of a part of the request"), Ok)
}

fn headers_with_pieces(state: &State<'_>, value: &Value<'_>) -> Fits<BTreeMap<String, Vec<Piece>>> {
    let mut out = BTreeMap::new();
    match value {
        Value::Undefined | Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields.iter() {
                put(&mut out, name, members::text(state, value)?)?;
            }
        }
        Value::Array(rows) => {
            for row in rows.iter() {
                let pair = super::calls::items(row)?;
                let [Value::Text(name), value] = pair.as_slice() else { return unfit("a header is no pair") };
                let Some(name) = constant(name) else { return unfit("a header's name is not constant") };
                put(&mut out, &name, members::text(state, value)?)?;
            }
        }
        Value::Thing(at) => match state.things.get(*at) {
            Some(Thing::Headers(known)) => {
                out = known.iter().map(|(name, text)| (name.clone(), vec![Piece::Constant(text.clone())])).collect();
            }
            Some(Thing::Response(answer)) => out.clone_from(&answer.headers),
            _ => return unfit("headers are made of something that is not followed"),
        },
        _ => return unfit("headers are made of something that is not followed"),
    }
    Ok(out)
}

/// `headers.set(name, value)`, of headers or of a response.
pub(super) fn set_header(state: &mut State<'_>, at: usize, arguments: &[Value<'_>]) -> Fits<()> {
    let (Some(Value::Text(name)), Some(value)) = (arguments.first(), arguments.get(1)) else {
        return unfit("it sets a header without a name or a value");
    };
    let (Some(name), pieces) = (constant(name), members::text(state, value)?) else {
        return unfit("a header's name is not constant");
    };
    match state.things.get_mut(at) {
        Some(Thing::Headers(headers)) => {
            let Some(text) = constant(&pieces) else { return unfit("a header is made of a part of the request") };
            headers.insert(name.to_ascii_lowercase(), text);
            Ok(())
        }
        Some(Thing::Response(answer)) if !answer.sealed => {
            answer.headers.remove(&name.to_ascii_lowercase());
            put(&mut answer.headers, &name, pieces)
        }
        _ => unfit("it changes something that is not followed"),
    }
}

fn put(headers: &mut BTreeMap<String, Vec<Piece>>, name: &str, pieces: Vec<Piece>) -> Fits<()> {
    let name = name.to_ascii_lowercase();
    if KEPT.contains(&name.as_str()) || name.starts_with("x-envoy-") {
        return unfit(format!("it answers with `{name}`, which a gateway writes itself or can't repeat"));
    }
    if headers.insert(name.clone(), pieces).is_some() {
        return unfit(format!("it answers with `{name}` twice"));
    }
    Ok(())
}
