//! Calls: functions of the script, and what the runtime has.

use super::atom::{Atom, Test};
use super::compare;
use super::exec::Follow;
use super::members;
use super::state::{Fits, State, Ways, unfit};
use super::value::{Callable, Piece, Thing, Value, constant};
use oxc_ast::ast::{Argument, CallExpression, Expression};
use std::rc::Rc;

/// What a loop goes over: lists, and the rows of maps and sets.
pub(super) fn items<'a>(value: &Value<'a>) -> Fits<Vec<Value<'a>>> {
    let pair = |(name, value): &(String, Value<'a>)| {
        Value::Array(Rc::new(vec![Value::constant(name.as_str()), value.clone()]))
    };
    match value {
        Value::Array(items) => Ok(items.to_vec()),
        Value::Map(rows) => Ok(rows.iter().map(pair).collect()),
        Value::Set(names) => Ok(names.iter().map(|name| Value::constant(name.as_str())).collect()),
        _ => unfit("it goes over something that is no constant list"),
    }
}

impl<'a> Follow<'a> {
    /// A call.
    pub(super) fn called(&mut self, state: State<'a>, call: &'a CallExpression<'a>) -> Fits<Ways<'a, Value<'a>>> {
        // Only what is written right there sees the variables around it.
        let literal = call.arguments.first().is_some_and(|argument| {
            matches!(argument, Argument::ArrowFunctionExpression(_) | Argument::FunctionExpression(_))
        });
        let mut out = Vec::new();
        for (state, callee) in self.expression(state, &call.callee)? {
            if matches!(callee, Value::Undefined | Value::Null) {
                return unfit("it calls what may not be there");
            }
            for (state, arguments) in self.arguments(state, &call.arguments)? {
                out.extend(match &callee {
                    Value::Function(callable, 0) => self.call(state, *callable, arguments, false)?,
                    Value::Function(..) => return unfit("it calls a function that is written inside of another"),
                    Value::Method(object, name) => self.method(state, object, name, arguments, literal)?,
                    Value::Builtin("String") => match arguments.as_slice() {
                        [value] => {
                            let text = members::text(&state, value)?;
                            vec![(state, Value::Text(text))]
                        }
                        _ => return unfit("it makes a text of nothing"),
                    },
                    _ => return unfit("it calls something that is not followed"),
                });
            }
        }
        Ok(out)
    }

    pub(super) fn arguments(
        &mut self,
        state: State<'a>,
        arguments: &'a [Argument<'a>],
    ) -> Fits<Ways<'a, Vec<Value<'a>>>> {
        let mut open: Ways<'a, Vec<Value<'a>>> = vec![(state, Vec::with_capacity(arguments.len()))];
        for argument in arguments {
            let Some(expression) = argument.as_expression() else { return unfit("it spreads arguments") };
            let mut next = Vec::with_capacity(open.len());
            for (state, values) in open {
                for (state, value) in self.expression(state, expression)? {
                    let mut values = values.clone();
                    values.push(value);
                    next.push((state, values));
                }
            }
            open = next;
        }
        Ok(open)
    }

    fn method(
        &mut self,
        mut state: State<'a>,
        object: &Value<'a>,
        name: &str,
        arguments: Vec<Value<'a>>,
        literal: bool,
    ) -> Fits<Ways<'a, Value<'a>>> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let one = |state, value| Ok(vec![(state, value)]);
        match (object, name) {
            (Value::RequestHeaders, "get") => {
                let header = header(&first)?;
                one(state, Value::Header(header))
            }
            (Value::RequestHeaders, "has") => unfit("it tells an empty header from none"),
            (Value::Map(rows), "get") => self.row(state, &Rc::clone(rows), &first),
            (Value::Map(rows), "has") => {
                let found = self.row(state, &Rc::clone(rows), &first)?;
                Ok(found.into_iter().map(|(state, value)| (state, there(&value))).collect())
            }
            (Value::Set(names), "has") => {
                let rows = Rc::new(names.iter().map(|name| (name.clone(), Value::Bool(true))).collect());
                let found = self.row(state, &rows, &first)?;
                Ok(found.into_iter().map(|(state, value)| (state, there(&value))).collect())
            }
            (Value::Object(fields), "hasOwnProperty") => {
                let found = self.row(state, &Rc::clone(fields), &first)?;
                Ok(found.into_iter().map(|(state, value)| (state, there(&value))).collect())
            }
            (Value::Text(pieces), "startsWith" | "endsWith" | "includes") if arguments.len() == 1 => {
                let Value::Text(wanted) = &first else { return unfit("it looks for what is no text") };
                let Some(wanted) = constant(wanted) else { return unfit("it looks for a part of the request") };
                let pieces: Vec<Piece> = pieces.iter().map(|piece| members::known(&state, piece)).collect();
                let test = match name {
                    "startsWith" => Test::Begins(wanted),
                    "endsWith" => Test::Ends(wanted),
                    _ => Test::Contains(wanted),
                };
                self.tested(state, &pieces, test)
            }
            (Value::Header(_), _) => unfit("it calls a method of a header that may not be there"),
            (Value::Array(list), "includes") if arguments.len() == 1 => {
                let mut out = Vec::new();
                let mut left = vec![state];
                for item in list.iter() {
                    let mut next = Vec::new();
                    for state in left {
                        for (state, is) in self.equal(state, item, &first)? {
                            if is { out.push((state, Value::Bool(true))) } else { next.push(state) }
                        }
                    }
                    left = next;
                }
                out.extend(left.into_iter().map(|state| (state, Value::Bool(false))));
                Ok(out)
            }
            (Value::Array(list), "find" | "some") => self.find(state, &Rc::clone(list), name, &first, literal),
            (Value::Builtin("Object"), "entries" | "keys" | "values") => match &first {
                Value::Object(fields) if fields.iter().all(|(name, _)| !is_index(name)) => {
                    let item = |(key, value): &(String, Value<'a>)| match name {
                        "entries" => Value::Array(Rc::new(vec![Value::constant(key.as_str()), value.clone()])),
                        "keys" => Value::constant(key.as_str()),
                        _ => value.clone(),
                    };
                    one(state, Value::Array(Rc::new(fields.iter().map(item).collect())))
                }
                _ => unfit("it goes over something that is no constant object"),
            },
            (Value::Builtin("Object"), "freeze") => one(state, first),
            (Value::Builtin("JSON"), "stringify") if arguments.len() == 1 => {
                let text = super::json::stringify(&first)?;
                one(state, Value::constant(text))
            }
            (Value::Builtin("Response"), "redirect") => {
                let answer = super::answers::redirect(&state, &arguments)?;
                let value = state.thing(Thing::Response(answer));
                one(state, value)
            }
            (Value::Builtin("Response"), "json") => {
                let answer = super::answers::json(&state, &arguments)?;
                let value = state.thing(Thing::Response(answer));
                one(state, value)
            }
            (Value::Thing(at), "set") => {
                super::answers::set_header(&mut state, *at, &arguments)?;
                one(state, Value::Undefined)
            }
            (Value::Thing(_), "toString") | (Value::Text(_), "toString") => {
                let text = members::text(&state, object)?;
                one(state, Value::Text(text))
            }
            (Value::Event, "respondWith") => {
                if state.answered.is_some() {
                    return unfit("it responds twice, which throws");
                }
                state.answered = Some(first);
                one(state, Value::Undefined)
            }
            (Value::Event, "passThroughOnException") => one(state, Value::Undefined),
            _ => unfit(format!("it calls `{name}`, which no route can say")),
        }
    }

    fn find(
        &mut self,
        state: State<'a>,
        list: &[Value<'a>],
        name: &str,
        function: &Value<'a>,
        literal: bool,
    ) -> Fits<Ways<'a, Value<'a>>> {
        let Value::Function(callable, depth) = function else {
            return unfit("it looks for something by what is no function");
        };
        if *depth > 0 && !literal {
            return unfit("it calls a function that is written inside of another");
        }
        let found = |item: &Value<'a>| if name == "find" { item.clone() } else { Value::Bool(true) };
        let (mut out, mut left) = (Vec::new(), vec![state]);
        for item in list {
            let mut next = Vec::new();
            for state in left {
                for (state, value) in self.call(state, *callable, vec![item.clone()], *depth > 0)? {
                    for (state, yes) in self.truth(state, &value)? {
                        if yes { out.push((state, found(item))) } else { next.push(state) }
                    }
                }
            }
            left = next;
        }
        let none = || if name == "find" { Value::Undefined } else { Value::Bool(false) };
        out.extend(left.into_iter().map(|state| (state, none())));
        Ok(out)
    }

    /// A text of the request, or a constant, against a test.
    fn tested(&mut self, state: State<'a>, pieces: &[Piece], test: Test) -> Fits<Ways<'a, Value<'a>>> {
        let value = |(state, is)| (state, Value::Bool(is));
        match pieces {
            [] | [Piece::Constant(_)] => {
                let is = test.holds(&constant(pieces).unwrap_or_default());
                Ok(vec![(state, Value::Bool(is))])
            }
            [piece] => {
                let atom = compare::atom(piece, test)?;
                // Every path begins with `/`.
                let always = matches!(&atom, Atom::Path(Test::Begins(begin)) if begin.is_empty() || begin == "/");
                let ways = if always { vec![(state, true)] } else { self.fork(state, &atom) };
                Ok(ways.into_iter().map(value).collect())
            }
            _ => unfit("it compares several parts of the request as one text"),
        }
    }

    /// A field by a computed name.
    pub(super) fn looked_up(
        &mut self,
        state: State<'a>,
        object: &Value<'a>,
        key: &Value<'a>,
    ) -> Fits<Ways<'a, Value<'a>>> {
        match (object, key) {
            (Value::Object(fields), key) => self.row(state, &Rc::clone(fields), key),
            (Value::Array(list), Value::Number(at)) if at.fract() == 0.0 && *at >= 0.0 => {
                let value = list.get(*at as usize).cloned().unwrap_or(Value::Undefined);
                Ok(vec![(state, value)])
            }
            _ => unfit("it looks something up in what is no constant table"),
        }
    }

    /// The row of a table by its key: each row is a way of its own.
    fn row(
        &mut self,
        state: State<'a>,
        rows: &Rc<Vec<(String, Value<'a>)>>,
        key: &Value<'a>,
    ) -> Fits<Ways<'a, Value<'a>>> {
        let of = |key: &str| {
            rows.iter().find(|(known, _)| known == key).map_or(Value::Undefined, |(_, value)| value.clone())
        };
        let pieces: Vec<Piece> = match key {
            Value::Text(pieces) => pieces.iter().map(|piece| members::known(&state, piece)).collect(),
            Value::Number(number) if number.fract() == 0.0 => vec![Piece::Constant(format!("{number:.0}"))],
            _ => return unfit("it looks up what is neither the path nor the host"),
        };
        if let Some(key) = constant(&pieces) {
            let value = of(&key);
            return Ok(vec![(state, value)]);
        }
        let mut out = Vec::with_capacity(rows.len() + 1);
        if let [piece] = pieces.as_slice() {
            for (key, value) in rows.iter() {
                let atom = compare::atom(piece, Test::Is(key.clone()))?;
                match state.is.iter().find_map(|known| known.decides(&atom)) {
                    Some(true) => return Ok(vec![(state, value.clone())]),
                    Some(false) => {}
                    // Such a request goes no other way.
                    None => {
                        let mut with = state.clone();
                        with.is.push(atom);
                        out.push((with, value.clone()));
                    }
                }
            }
            out.push((state, Value::Undefined));
            return Ok(out);
        }
        let mut left = vec![state];
        for (key, value) in rows.iter() {
            let mut next = Vec::new();
            for state in left {
                for (state, is) in self.text_is(state, &pieces, key)? {
                    if is { out.push((state, value.clone())) } else { next.push(state) }
                }
            }
            left = next;
        }
        out.extend(left.into_iter().map(|state| (state, Value::Undefined)));
        Ok(out)
    }

    /// `new`.
    pub(super) fn made(
        &mut self,
        state: State<'a>,
        new: &'a oxc_ast::ast::NewExpression<'a>,
    ) -> Fits<Ways<'a, Value<'a>>> {
        let Expression::Identifier(class) = &new.callee else {
            return unfit("it makes something of a class of its own");
        };
        let mut out = Vec::new();
        for (mut state, arguments) in self.arguments(state, &new.arguments)? {
            let value = match (class.name.as_str(), arguments.as_slice()) {
                ("URL", [only]) => {
                    let url = super::answers::url(&state, only)?;
                    state.thing(Thing::Url(url))
                }
                ("Response", arguments) => {
                    let answer = super::answers::response(&state, arguments)?;
                    state.thing(Thing::Response(answer))
                }
                ("Headers", arguments) => {
                    let headers = super::answers::headers(&state, arguments.first())?;
                    state.thing(Thing::Headers(headers))
                }
                ("Map", []) => Value::Map(Rc::default()),
                ("Map", [rows]) => Value::Map(Rc::new(pairs(rows)?)),
                ("Set", [names]) => {
                    let name = |item: &Value<'a>| match item {
                        Value::Text(pieces) => constant(pieces),
                        _ => None,
                    };
                    match items(names)?.iter().map(name).collect() {
                        Some(names) => Value::Set(Rc::new(names)),
                        None => return unfit("a set holds more than constant texts"),
                    }
                }
                (other, _) => return unfit(format!("it makes a `{other}`")),
            };
            out.push((state, value));
        }
        Ok(out)
    }
}

fn pairs<'a>(rows: &Value<'a>) -> Fits<Vec<(String, Value<'a>)>> {
    let mut out: Vec<(String, Value<'a>)> = Vec::new();
    for row in items(rows)? {
        let pair = items(&row)?;
        let key = match pair.first() {
            Some(Value::Text(pieces)) => constant(pieces),
            _ => None,
        };
        let Some(key) = key else { return unfit("a map has a key that is no constant text") };
        let value = pair.get(1).cloned().unwrap_or(Value::Undefined);
        match out.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => out.push((key, value)),
        }
    }
    Ok(out)
}

fn there<'a>(value: &Value<'a>) -> Value<'a> {
    Value::Bool(!matches!(value, Value::Undefined))
}

/// Names that objects put first, in the order of their numbers.
pub(super) fn is_index(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// A header whose value a gateway sees as Cloudflare did.
fn header(name: &Value<'_>) -> Fits<String> {
    let Value::Text(pieces) = name else { return unfit("it reads a header by what is no text") };
    let Some(name) = constant(pieces) else { return unfit("it reads a header by a part of the request") };
    let name = name.to_ascii_lowercase();
    let by_proxy = ["cf-", "x-forwarded-", "x-real-ip", "true-client-ip", "cdn-loop", "via"];
    if by_proxy.iter().any(|begin| name.starts_with(begin)) {
        return unfit(format!("it reads `{name}`, which Cloudflare writes"));
    }
    // What proxies on the way may change or take away.
    let changed = [
        "host",
        "connection",
        "accept-encoding",
        "content-length",
        "transfer-encoding",
        "upgrade",
        "te",
        "expect",
        "cookie",
    ];
    if changed.contains(&name.as_str()) || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
        return unfit(format!("it reads `{name}`, which is not the same on every way"));
    }
    Ok(name)
}

/// A function's callable, where it stands at the top of the script.
pub(super) fn callable<'a>(value: &Value<'a>) -> Option<Callable<'a>> {
    if let Value::Function(callable, 0) = value { Some(*callable) } else { None }
}
