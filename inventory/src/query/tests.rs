//! What is read as what, and what is said of what can't be read.

use super::*;

fn is(field: QueryField, operator: Operator, value: &str) -> Query {
    Query::Is(Comparison { field, operator, value: value.to_owned() })
}

#[test]
fn a_query_reads_as_it_is_meant() {
    use Operator::{Contains, ContainsNot, Equal, NotEqual};
    use QueryField::{Account, Coverage, Id, Kind, Name, Team, Text};
    let ecs = || is(Kind, Equal, "ecs");
    let shop = || is(Team, Equal, "shop");
    for (text, query) in [
        ("", Query::All(vec![])),
        (" \n ", Query::All(vec![])),
        ("kind=ecs", ecs()),
        ("  kind  =  ecs  ", ecs()),
        ("(kind=ecs)", ecs()),
        (
            r#"kind=ecs and team=shop and coverage!=complete and text~"mongo""#,
            Query::All(vec![ecs(), shop(), is(Coverage, NotEqual, "complete"), is(Text, Contains, "mongo")]),
        ),
        ("kind=ecs AND team=shop", Query::All(vec![ecs(), shop()])),
        // `and` binds closer than `or`, and `not` closer than both.
        (
            "team=shop or kind=ecs and name!~web",
            Query::Any(vec![shop(), Query::All(vec![ecs(), is(Name, ContainsNot, "web")])]),
        ),
        ("not kind=ecs and team=shop", Query::All(vec![Query::Not(Box::new(ecs())), shop()])),
        ("not(kind=ecs and team=shop)", Query::Not(Box::new(Query::All(vec![ecs(), shop()])))),
        ("not not kind=ecs", Query::Not(Box::new(Query::Not(Box::new(ecs()))))),
        ("(team=shop or kind=ecs)and(kind=ecs)", Query::All(vec![Query::Any(vec![shop(), ecs()]), ecs()])),
        // Values: words, both quotes, escapes, what looks like the language itself.
        ("id=ecs/1/eu-central-1/main/api:3", is(Id, Equal, "ecs/1/eu-central-1/main/api:3")),
        ("team=and or team=or", Query::Any(vec![is(Team, Equal, "and"), is(Team, Equal, "or")])),
        ("text~FOO=bar", is(Text, Contains, "FOO=bar")),
        (r#"name="a \"b\" \\ c""#, is(Name, Equal, r#"a "b" \ c"#)),
        (r"name='a \'b\''", is(Name, Equal, "a 'b'")),
        ("name='and (kind=ecs)'", is(Name, Equal, "and (kind=ecs)")),
        ("account=\"\"", is(Account, Equal, "")),
        ("name~übung", is(Name, Contains, "übung")),
        ("name=android", is(Name, Equal, "android")),
    ] {
        assert_eq!(Query::parse(text), Ok(query), "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    use QueryProblem as P;
    let field = QueryField::Kind;
    for (text, at, problem) in [
        ("teem=shop", 0, P::NoField("teem".to_owned())),
        ("kind=ecs and teem=shop", 13, P::NoField("teem".to_owned())),
        ("kind", 4, P::NoOperator(field)),
        ("kind ecs", 5, P::NoOperator(field)),
        ("kind=", 5, P::NoValue),
        ("kind= and team=shop", 6, P::NoSuchValue { field, value: "and".to_owned() }),
        ("kind=esc", 5, P::NoSuchValue { field, value: "esc".to_owned() }),
        ("kind=\"\"", 5, P::NoSuchValue { field, value: String::new() }),
        ("kind~ec", 4, P::NotSearched(field)),
        ("coverage !~ comp", 9, P::NotSearched(QueryField::Coverage)),
        ("text=mongo", 4, P::OnlySearched(QueryField::Text)),
        ("text!=mongo", 4, P::OnlySearched(QueryField::Text)),
        ("name~''", 5, P::EmptySearch),
        ("kind=ecs team=shop", 9, P::NoConjunction),
        ("kind=ecs)", 8, P::NoConjunction),
        ("(kind=ecs", 0, P::OpenParenthesis),
        ("(kind=ecs team=shop)", 10, P::NoConjunction),
        ("kind=ecs and", 12, P::NoComparison),
        ("kind=ecs or or", 12, P::NoField("or".to_owned())),
        ("()", 1, P::NoComparison),
        ("and", 0, P::NoField("and".to_owned())),
        ("not", 3, P::NoComparison),
        ("=ecs", 0, P::NoComparison),
        ("name=\"web", 5, P::OpenQuote),
        ("name=\"web\\", 5, P::OpenQuote),
        (r#"name="a\n""#, 7, P::BadEscape),
        ("name=a\"b\"", 6, P::NoConjunction),
        // Characters are counted, not bytes.
        ("name='äöü' und", 11, P::NoConjunction),
    ] {
        let error = Query::parse(text).unwrap_err();
        assert_eq!((error.at, &error.problem), (at, &problem), "{text}");
        let said = error.to_string();
        assert!(said.starts_with(&format!("the query can't be read, at character {}: ", at + 1)), "{said}");
        assert_eq!(said.lines().last().unwrap(), format!("  {:at$}^", ""), "{said}");
    }
}

#[test]
fn a_query_is_never_longer_or_deeper_than_a_stack_holds() {
    let nested = |depth: usize| format!("{}kind=ecs{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Query::parse(&nested(64)).is_ok());
    assert_eq!(Query::parse(&nested(65)).unwrap_err().problem, QueryProblem::TooDeep(64));
    assert_eq!(Query::parse(&"not ".repeat(1_000)).unwrap_err().problem, QueryProblem::TooDeep(64));
    let many = |comparisons: usize| vec!["kind=ecs"; comparisons].join(" or ");
    assert!(Query::parse(&many(64)).is_ok());
    let error = Query::parse(&many(65)).unwrap_err();
    assert_eq!((error.at, error.problem), (many(64).len() + 4, QueryProblem::TooMany(64)));
    let long = |letters: usize| format!("name={}", "a".repeat(letters - 5));
    assert!(Query::parse(&long(4_096)).is_ok());
    let error = Query::parse(&long(4_097)).unwrap_err();
    assert_eq!((error.at, error.problem.clone()), (4_096, QueryProblem::TooLong(4_096)));
    assert!(!error.to_string().contains('\n'), "a text that fits no line is not repeated");
}

#[test]
fn every_field_says_what_it_is_and_is_found_by_its_name() {
    for field in QueryField::ALL.iter().copied() {
        assert_eq!(QueryField::parse(field.as_str()), Some(field));
        assert!(!field.about().is_empty());
        assert!(field.words().is_none_or(|words| words.len() > 1), "{field:?}");
    }
    assert_eq!(QueryField::parse("Kind"), None);
}

#[test]
fn the_text_of_a_query_reads_as_the_same_query() {
    for text in [
        "kind=ecs and (team=shop or not name~web) and text!~'a \"b\\\\'",
        "not (account=\"\" or needs~sqs)",
        "kind=ecs",
        "",
    ] {
        let query = Query::parse(text).unwrap();
        assert_eq!(Query::parse(&query.to_string()).as_ref(), Ok(&query), "{query}");
    }
}
