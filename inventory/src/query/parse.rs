//! From text to query.

use super::{Comparison, InvalidQuery, Operator, Query, QueryField, QueryProblem};
use std::cell::Cell;
use winnow::ascii::{Caseless, multispace0};
use winnow::combinator::{alt, eof, opt, peek, separated};
use winnow::error::{ErrMode, ParserError};
use winnow::stream::{LocatingSlice, Location as _};
use winnow::token::{any, one_of, take_while};
use winnow::{ModalResult, Parser};

/// Characters of a query. Longer ones are written by machines, which can ask several.
const LONGEST: usize = 4_096;

/// How many parentheses and `not` may stand within each other.
const DEEPEST: usize = 64;

/// How many comparisons a query may have: a database takes many more, but not any number.
const MOST: usize = 64;

type Input<'q> = LocatingSlice<&'q str>;

/// How much may come yet.
#[derive(Clone, Copy)]
struct Left<'c> {
    deeper: usize,
    comparisons: &'c Cell<usize>,
}

/// A problem and the byte that it begins at; without one, only that something else may be tried.
#[derive(Debug)]
struct Fault {
    at: usize,
    problem: QueryProblem,
}

impl ParserError<Input<'_>> for Fault {
    type Inner = Self;

    fn from_input(input: &Input<'_>) -> Self {
        Self { at: input.current_token_start(), problem: QueryProblem::NoComparison }
    }

    fn into_inner(self) -> Result<Self, Self> {
        Ok(self)
    }
}

pub(super) fn parse(text: &str) -> Result<Query, InvalidQuery> {
    let invalid = |at: usize, problem| {
        let at = text.get(..at).unwrap_or(text).chars().count();
        InvalidQuery { text: text.to_owned(), at, problem }
    };
    if let Some((at, _)) = text.char_indices().nth(LONGEST) {
        return Err(invalid(at, QueryProblem::TooLong(LONGEST)));
    }
    if text.trim().is_empty() {
        return Ok(Query::All(Vec::new()));
    }
    let mut input = LocatingSlice::new(text);
    whole(&mut input).map_err(|error| match error {
        ErrMode::Backtrack(fault) | ErrMode::Cut(fault) => invalid(fault.at, fault.problem),
        ErrMode::Incomplete(_) => invalid(text.len(), QueryProblem::NoComparison),
    })
}

/// What is wrong at a place, for good: nothing else is tried.
fn wrong<T>(at: usize, problem: QueryProblem) -> ModalResult<T, Fault> {
    Err(ErrMode::Cut(Fault { at, problem }))
}

fn whole(input: &mut Input<'_>) -> ModalResult<Query, Fault> {
    let query = any_of(input, Left { deeper: DEEPEST, comparisons: &Cell::new(MOST) })?;
    multispace0.parse_next(input)?;
    if input.is_empty() { Ok(query) } else { wrong(input.current_token_start(), QueryProblem::NoConjunction) }
}

fn any_of(input: &mut Input<'_>, left: Left<'_>) -> ModalResult<Query, Fault> {
    let parts: Vec<Query> =
        separated(1.., |input: &mut Input<'_>| all_of(input, left), keyword("or")).parse_next(input)?;
    Ok(one_or(parts, Query::Any))
}

fn all_of(input: &mut Input<'_>, left: Left<'_>) -> ModalResult<Query, Fault> {
    let parts: Vec<Query> =
        separated(1.., |input: &mut Input<'_>| unary(input, left), keyword("and")).parse_next(input)?;
    Ok(one_or(parts, Query::All))
}

/// One part is that part.
fn one_or(mut parts: Vec<Query>, many: impl FnOnce(Vec<Query>) -> Query) -> Query {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => many(parts.into_iter().chain(last).collect()),
    }
}

fn unary(input: &mut Input<'_>, left: Left<'_>) -> ModalResult<Query, Fault> {
    multispace0.parse_next(input)?;
    let at = input.current_token_start();
    let deeper = || match left.deeper.checked_sub(1) {
        Some(deeper) => Ok(Left { deeper, ..left }),
        None => wrong(at, QueryProblem::TooDeep(DEEPEST)),
    };
    if opt(keyword("not")).parse_next(input)?.is_some() {
        return Ok(Query::Not(Box::new(unary(input, deeper()?)?)));
    }
    if opt('(').parse_next(input)?.is_none() {
        let Some(others) = left.comparisons.get().checked_sub(1) else {
            return wrong(at, QueryProblem::TooMany(MOST));
        };
        left.comparisons.set(others);
        return comparison(input).map(Query::Is);
    }
    let inner = any_of(input, deeper()?)?;
    multispace0.parse_next(input)?;
    if opt(')').parse_next(input)?.is_some() {
        return Ok(inner);
    }
    match input.is_empty() {
        true => wrong(at, QueryProblem::OpenParenthesis),
        false => wrong(input.current_token_start(), QueryProblem::NoConjunction),
    }
}

/// A word behind which something else begins, or nothing.
fn keyword<'q>(word: &'static str) -> impl Parser<Input<'q>, (), ErrMode<Fault>> {
    let ends = alt((one_of(|letter: char| letter.is_whitespace() || letter == '(').void(), eof.void()));
    (multispace0, Caseless(word), peek(ends)).void()
}

fn comparison(input: &mut Input<'_>) -> ModalResult<Comparison, Fault> {
    let at = input.current_token_start();
    let name: &str = take_while(0.., is_name).parse_next(input)?;
    if name.is_empty() {
        return wrong(at, QueryProblem::NoComparison);
    }
    let Some(field) = QueryField::parse(name) else {
        return wrong(at, QueryProblem::NoField(name.to_owned()));
    };
    multispace0.parse_next(input)?;
    let sign = input.current_token_start();
    let Some(operator) = opt(operator).parse_next(input)? else {
        return wrong(sign, QueryProblem::NoOperator(field));
    };
    match (field.words().is_some(), field.is_searched(), operator.is_part()) {
        (true, _, true) => return wrong(sign, QueryProblem::NotSearched(field)),
        (_, true, false) => return wrong(sign, QueryProblem::OnlySearched(field)),
        _ => {}
    }
    multispace0.parse_next(input)?;
    let place = input.current_token_start();
    let value = value(input)?;
    if operator.is_part() && value.is_empty() {
        return wrong(place, QueryProblem::EmptySearch);
    }
    if field.words().is_some_and(|words| !words.contains(&value.as_str())) {
        return wrong(place, QueryProblem::NoSuchValue { field, value });
    }
    Ok(Comparison { field, operator, value })
}

fn operator(input: &mut Input<'_>) -> ModalResult<Operator, Fault> {
    let mut written = Operator::ALL.iter().copied();
    let found = written.find(|operator| input.starts_with(operator.as_str()));
    match found {
        Some(operator) => operator.as_str().value(operator).parse_next(input),
        None => Err(ErrMode::Backtrack(Fault::from_input(input))),
    }
}

fn value(input: &mut Input<'_>) -> ModalResult<String, Fault> {
    let at = input.current_token_start();
    match opt(one_of(['"', '\''])).parse_next(input)? {
        Some(quote) => quoted(input, at, quote),
        None => match take_while(0.., is_bare).parse_next(input)? {
            "" => wrong(at, QueryProblem::NoValue),
            word => Ok(word.to_owned()),
        },
    }
}

/// What stands behind an opening quote, up to the closing one.
fn quoted(input: &mut Input<'_>, opened: usize, quote: char) -> ModalResult<String, Fault> {
    let mut text = String::new();
    loop {
        let at = input.current_token_start();
        match opt(any).parse_next(input)? {
            None => return wrong(opened, QueryProblem::OpenQuote),
            Some(letter) if letter == quote => return Ok(text),
            Some('\\') => match opt(one_of(['"', '\'', '\\'])).parse_next(input)? {
                Some(letter) => text.push(letter),
                None if input.is_empty() => return wrong(opened, QueryProblem::OpenQuote),
                None => return wrong(at, QueryProblem::BadEscape),
            },
            Some(letter) => text.push(letter),
        }
    }
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// Whether a value may hold this without quotes.
pub(super) fn is_bare(letter: char) -> bool {
    !letter.is_whitespace() && !letter.is_control() && !matches!(letter, '"' | '\'' | '(' | ')' | '\\')
}
