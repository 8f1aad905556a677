//! What is read, and what is refused with its key.

use super::*;

const FUNCTION: &str = r#"function: {name: orders, account: "111122223333", region: eu-west-3, handler: app.handler}"#;

fn read(rest: &str) -> Result<Config, ConfigError> {
    Config::read(&format!("{FUNCTION}\n{rest}"))
}

#[test]
fn a_short_document_is_enough() {
    let config = read("command: [run]\nsource: {http: {event: http-2.0}}").unwrap();
    assert_eq!((config.concurrency, config.shared, config.function.timeout_seconds), (1, 1, 3));
    assert_eq!(config.function.invoked_arn(), "arn:aws:lambda:eu-west-3:111122223333:function:orders");
    let Source::Http(http) = &config.source else { panic!("another source") };
    assert_eq!((http.event, http.stage(), http.integration_timeout()), (Shape::HttpApi2, "$default", Some(30)));
    let json = r#"{"function": {"name": "o", "account": "111122223333", "region": "r", "handler": "h"},
        "command": ["run"], "source": {"schedule": {}}}"#;
    let Source::Schedule(schedule) = Config::read(json).unwrap().source else { panic!("another source") };
    assert_eq!((schedule.max_retries, schedule.max_event_age_seconds), (2, 21_600));
}

#[test]
fn what_can_t_work_is_refused_with_its_key() {
    let sqs = |more: &str| {
        let url = "https://sqs.eu-west-3.amazonaws.com/111122223333/q";
        format!(
            "command: [run]\nsource: {{sqs: {{queue_url: {url}, queue_arn: 'arn:aws:sqs:eu-west-3:111122223333:q', {more}}}}}"
        )
    };
    let http = |more: &str| format!("command: [run]\nsource: {{http: {{{more}}}}}");
    for (rest, part) in [
        ("command: []\nsource: {schedule: {}}".to_owned(), "`command`"),
        ("command: [run]\nconcurrency: 0\nsource: {schedule: {}}".to_owned(), "`concurrency`"),
        ("command: [run]\nsource: {schedule: {max_retries: 3}}".to_owned(), "`source.schedule.max_retries`"),
        ("command: [run]\nsource: {schedule: {}}\nother: 1".to_owned(), "other"),
        (http("event: http-3"), "http-3"),
        (http("event: alb"), "`source.http.target_group_arn`"),
        (http("event: alb, target_group_arn: a, routes: [GET /]"), "`source.http.routes`"),
        (http("event: rest, routes: [$default]"), "`source.http.routes`"),
        (http("event: rest, routes: [GET orders]"), "`source.http.routes`"),
        (http("event: rest, routes: [ANY /a, ANY /a]"), "twice"),
        (http("event: rest, invoke_mode: response-stream"), "`source.http.invoke_mode`"),
        (http("event: url, binary_media_types: ['*/*']"), "`source.http.binary_media_types`"),
        (http("event: url, authorizer: {kind: jwt, claims: {sub: x-sub}}"), "`source.http.authorizer`"),
        (http("event: rest, authorizer: {kind: cognito}"), "`source.http.authorizer`"),
        (sqs("batch_size: 11"), "`source.sqs.batch_size`"),
        (sqs("batch_size: 0"), "`source.sqs.batch_size`"),
        (sqs("batch_window_seconds: 301"), "`source.sqs.batch_window_seconds`"),
        (sqs(r#"filters: [{Pattern: '{"body": {"a": [{"like": 1}]}}'}]"#), "`source.sqs.filters`"),
        (sqs("wait_seconds: 21"), "`source.sqs.wait_seconds`"),
    ] {
        let error = read(&rest).unwrap_err().to_string();
        assert!(error.contains(part), "{rest}: {error}");
    }
    // A number of JSON has no leading zeros: an account is a text.
    let number = r#"{"function": {"name": "o", "account": 11223344556, "region": "r", "handler": "h"},
        "command": ["run"], "source": {"schedule": {}}}"#;
    assert!(Config::read(number).unwrap_err().to_string().contains("account"));
}
