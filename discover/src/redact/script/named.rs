//! What an expression is called, and so what a literal beside it is a value of.

use crate::redact::names::{Suspicion, suspicion};
use oxc_ast::ast::{
    ArrayExpression, BindingPattern, CallExpression, ChainElement, Expression, MemberExpression, TemplateLiteral,
};

/// What gives a value by the name in its first argument, in small letters.
const LOOKUPS: [&str; 14] = [
    "cookie",
    "delete",
    "get",
    "getall",
    "getcookie",
    "getheader",
    "getsignedcookie",
    "has",
    "hasheader",
    "hasown",
    "hasownproperty",
    "header",
    "param",
    "query",
];
/// What compares what it is called on, or its first argument, with the others.
const COMPARISONS: [&str; 15] = [
    "compare",
    "comparesync",
    "endswith",
    "equal",
    "equals",
    "includes",
    "indexof",
    "isequal",
    "lastindexof",
    "localecompare",
    "safecompare",
    "startswith",
    "timingsafeequal",
    "verify",
    "verifysync",
];
/// Containers of names that everybody knows.
const OF_NAMES: [&str; 6] = ["cookie", "cookies", "env", "headers", "params", "query"];
/// Words at the end of what holds a name.
const NAMES_OF_NAMES: [&str; 3] = ["header", "key", "name"];
/// Schemes of `Authorization` (IANA, "HTTP Authentication Schemes"), and what stands in their place.
const SCHEMES: [&str; 7] = ["apikey", "aws4-hmac-sha256", "basic", "bearer", "digest", "negotiate", "token"];

/// Whether a text is the scheme before credentials, as `Bearer ` is.
pub(super) fn is_scheme(text: &str) -> bool {
    SCHEMES.contains(&text.trim().to_ascii_lowercase().as_str())
}

pub(super) fn is_cookie(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "cookie" | "set-cookie")
}

/// Whether a piece of a cookie says how it is kept (RFC 6265bis, "Set-Cookie", attributes).
pub(super) fn says_how(key: &str, value: &str) -> bool {
    match key.trim().to_ascii_lowercase().as_str() {
        "domain" | "expires" | "max-age" | "path" | "samesite" => true,
        "" => matches!(value.to_ascii_lowercase().as_str(), "httponly" | "partitioned" | "secure"),
        _ => false,
    }
}

/// Whether a piece of a cookie is the day on which it ends (RFC 9110, "Date/Time Formats").
pub(super) fn is_day(key: &str, value: &str) -> bool {
    const NAMES: &str = "gmt monday tuesday wednesday thursday friday saturday sunday \
                         january february march april may june july august september october november december";
    let is_name = |word: &str| word.len() > 2 && NAMES.split_ascii_whitespace().any(|name| name.starts_with(word));
    let is_number = |word: &str| word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    let lower = value.to_ascii_lowercase();
    let mut words = lower.split([' ', ',', ':', '-']).filter(|word| !word.is_empty());
    key.trim().eq_ignore_ascii_case("expires") && words.all(|word| is_number(word) || is_name(word))
}

/// Whether a text is of HTML: it closes something, and every `<` begins a tag.
pub(super) fn is_markup(text: &str) -> bool {
    let tag = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    (text.contains("</") || text.starts_with("<!")) && text.split('<').skip(1).all(tag)
}

/// Whether the names in what is called so may be secrets themselves.
pub(super) fn holds_secrets(holder: &str) -> bool {
    let lower = holder.to_ascii_lowercase();
    suspicion(holder) == Suspicion::Strong && !OF_NAMES.iter().any(|known| lower.ends_with(known))
}

/// Whether a name is that of many secrets.
pub(super) fn is_of_many(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    suspicion(name) == Suspicion::Strong
        && ["keys", "passwords", "secrets", "tokens"].iter().any(|many| lower.ends_with(many))
}

/// The name that says more of a secret; the first where both say the same.
pub(super) fn more_suspicious(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if suspicion(&other) > suspicion(&one) { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// The last name of a reference: `token` of `env.auth.token`.
pub(super) fn last_name(text: &str) -> &str {
    text.trim_end_matches([']', '"', '\'', '`']).rsplit(['.', '[', '"', '\'', '`']).next().unwrap_or(text)
}

pub(super) fn of_pattern<'b>(pattern: &'b BindingPattern<'_>) -> Option<&'b str> {
    match pattern {
        BindingPattern::BindingIdentifier(id) => Some(id.name.as_str()),
        _ => None,
    }
}

/// A text that stands there as it is.
pub(super) fn text_of<'b>(expression: &'b Expression<'_>) -> Option<&'b str> {
    match expression.get_inner_expression() {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        Expression::TemplateLiteral(template) => of_template(template),
        _ => None,
    }
}

fn of_template<'b>(template: &'b TemplateLiteral<'_>) -> Option<&'b str> {
    let mut parts = template.quasis.iter();
    match (parts.next(), parts.next()) {
        (Some(only), None) => only.value.cooked.as_ref().map(|text| text.as_str()),
        _ => None,
    }
}

/// Whether an expression is a value that is written there, or a choice of such.
pub(super) fn is_value(expression: &Expression<'_>) -> bool {
    matches!(
        expression.get_inner_expression(),
        Expression::StringLiteral(_)
            | Expression::TemplateLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BinaryExpression(_)
            | Expression::LogicalExpression(_)
            | Expression::ConditionalExpression(_)
            | Expression::ArrayExpression(_)
    )
}

/// What an expression is called; none where nothing says it. Of `(await headers.get("x-api-key"))?.trim()` it is `x-api-key`.
pub(super) fn name_of(expression: &Expression<'_>) -> Option<String> {
    let expression = expression.get_inner_expression();
    match expression {
        Expression::Identifier(id) => Some(id.name.to_string()),
        Expression::AwaitExpression(awaited) => name_of(&awaited.argument),
        Expression::CallExpression(call) => of_call(call),
        Expression::ChainExpression(chain) => match &chain.expression {
            ChainElement::CallExpression(call) => of_call(call),
            element => element.member_expression().and_then(of_member),
        },
        Expression::TemplateLiteral(template) => template.expressions.iter().find_map(name_of),
        Expression::LogicalExpression(choice) => more_suspicious(name_of(&choice.left), name_of(&choice.right)),
        _ => expression.as_member_expression().and_then(of_member),
    }
}

/// The property; of `tokens[0]` or `key.length` what stands before it.
fn of_member(member: &MemberExpression<'_>) -> Option<String> {
    match member.static_property_name() {
        Some(name) if name != "length" => Some(name.to_owned()),
        _ => match member {
            // `headers[AUTH_HEADER]`, `tokens[0]`.
            MemberExpression::ComputedMemberExpression(computed) => {
                let by = name_of(&computed.expression).map(|name| kept_by(&name));
                more_suspicious(name_of(&computed.object), by)
            }
            member => name_of(member.object()),
        },
    }
}

/// `headers.get("x-api-key")` is called after its argument, `token.trim()` and `String(token)` after what they are made of.
fn of_call(call: &CallExpression<'_>) -> Option<String> {
    let called = calls(call).unwrap_or_default();
    let mut arguments = call.arguments.iter().filter_map(|argument| argument.as_expression());
    if looks_up(called) {
        let (mut texts, mut names) = (arguments.clone().filter_map(text_of), arguments.filter_map(name_of));
        return texts
            .next()
            .map(str::to_owned)
            .or_else(|| names.next().map(|name| kept_by(&name)))
            .or_else(|| receiver(call));
    }
    let literal = arguments.next().and_then(|first| text_of(first).map(str::to_owned).or_else(|| name_of(first)));
    match receiver(call) {
        Some(receiver) if suspicion(&receiver) >= literal.as_deref().map_or(Suspicion::None, suspicion) => {
            Some(receiver)
        }
        receiver => literal.or(receiver),
    }
}

/// What a value is called that is kept by the name in a variable: `AUTH` where that is `AUTH_HEADER_KEY`.
fn kept_by(name: &str) -> String {
    let mut rest = name;
    while let Some(shorter) = NAMES_OF_NAMES.iter().find_map(|word| without_end(rest, word)) {
        rest = shorter;
    }
    if suspicion(rest) > suspicion(name) { rest.to_owned() } else { name.to_owned() }
}

/// Whether a variable holds the name of a header and not its value: `AUTH_HEADER_KEY`, `tokenHeaderName`.
pub(super) fn names_a_header(name: &str) -> bool {
    let rest = ["key", "name"].iter().find_map(|word| without_end(name, word)).unwrap_or(name);
    without_end(rest, "header").is_some()
}

fn without_end<'n>(name: &'n str, word: &str) -> Option<&'n str> {
    let at = name.len().checked_sub(word.len())?;
    let ends = name.get(at..)?.eq_ignore_ascii_case(word);
    ends.then(|| name[..at].trim_end_matches(['_', '-']))
}

/// The last name of what is called.
pub(super) fn calls<'b>(call: &'b CallExpression<'_>) -> Option<&'b str> {
    match call.callee.get_inner_expression() {
        Expression::Identifier(id) => Some(id.name.as_str()),
        Expression::StaticMemberExpression(member) => Some(member.property.name.as_str()),
        callee => callee.as_member_expression().and_then(MemberExpression::static_property_name),
    }
}

/// What a method is called on.
pub(super) fn receiver(call: &CallExpression<'_>) -> Option<String> {
    let callee = call.callee.get_inner_expression();
    callee.as_member_expression().and_then(|member| name_of(member.object()))
}

/// What a comparison is about: the name of what it is called on, or of an argument, that says most of a secret.
pub(super) fn beside(call: &CallExpression<'_>) -> Option<String> {
    let arguments = call.arguments.iter().filter_map(|argument| argument.as_expression());
    let names = arguments.filter(|argument| text_of(argument).is_none()).map(name_of);
    names.fold(receiver(call), more_suspicious)
}

pub(super) fn looks_up(called: &str) -> bool {
    LOOKUPS.contains(&called.to_ascii_lowercase().as_str())
}

pub(super) fn compares(called: &str) -> bool {
    COMPARISONS.contains(&called.to_ascii_lowercase().as_str())
}

/// A pair whose first is a text.
pub(super) fn pair<'b, 'a>(array: &'b ArrayExpression<'a>) -> Option<(&'b str, [&'b Expression<'a>; 2])> {
    let mut elements = array.elements.iter();
    let (Some(first), Some(second), None) = (elements.next(), elements.next(), elements.next()) else { return None };
    let (first, second) = (first.as_expression()?, second.as_expression()?);
    Some((text_of(first)?, [first, second]))
}
