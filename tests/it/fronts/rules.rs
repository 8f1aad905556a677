//! What a load balancer does with a request, told from the answers of its own DescribeRules alone: the first rule whose
//! conditions all hold (Elastic Load Balancing user guide, "Listener rules").

use serde_json::Value;
use std::collections::BTreeMap;

/// A listener as the load balancer tells it.
pub(crate) struct Listener {
    /// `edge:443`.
    pub(crate) name: String,
    pub(crate) internal: bool,
    pub(crate) port: u64,
    /// The names that lead to it, maybe with a star at the front.
    pub(crate) hosts: Vec<String>,
    /// By priority, the default one last.
    pub(crate) rules: Vec<Value>,
}

/// A request, as both sides see it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) host: String,
    pub(crate) path: String,
    /// `a=b`, each once.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
}

/// What comes of a request.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Answer {
    /// A port of this service answers.
    Service(String, u64),
    /// The balancer answers by itself: the status, and where the caller is sent.
    Itself(u64, Option<String>),
    /// It goes where nothing answers any more.
    Gone,
}

/// What a listener's rules say of a request.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) answer: Answer,
    /// The rules tried before it, and itself, which hold by all conditions but those that no gateway can say.
    pub(crate) unsaid: Vec<usize>,
}

impl Listener {
    pub(crate) fn read(made: &Value) -> Vec<Self> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let read = |one: &Value| Self {
            name: text(&one["name"]),
            internal: one["scheme"] == "internal",
            port: one["port"].as_u64().unwrap(),
            hosts: one["hosts"].as_array().unwrap().iter().map(text).collect(),
            rules: one["rules"].as_array().unwrap().clone(),
        };
        made["listeners"].as_array().unwrap().iter().map(read).collect()
    }

    /// Every name that leads to it or that a rule names, with something in the place of a star.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        let conditions = self.rules.iter().flat_map(|rule| rule["Conditions"].as_array().unwrap());
        let named = conditions.filter_map(|one| one["HostHeaderConfig"]["Values"].as_array()).flatten();
        let named = named.map(|host| host.as_str().unwrap().to_owned());
        self.hosts.iter().cloned().chain(named).map(|host| host.replace('*', "any"))
    }

    /// What becomes of a request; `groups` tells which service a target group belongs to, with the port.
    pub(crate) fn says(&self, request: &Request, groups: &BTreeMap<String, (String, u64)>) -> Said {
        let mut unsaid = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            let conditions = rule["Conditions"].as_array().unwrap();
            let (said, others): (Vec<&Value>, Vec<&Value>) =
                conditions.iter().partition(|condition| condition["Field"] != "source-ip");
            if !said.into_iter().all(|condition| holds(condition, request)) {
                continue;
            }
            let answers = rule["Actions"][0]["Type"] == "fixed-response";
            let nearly = ["query-string", "http-header"];
            // A block by a header or parameter would be evaded: until somebody has answered it closes them all.
            let evaded = answers && conditions.iter().any(|one| nearly.contains(&one["Field"].as_str().unwrap()));
            if !others.is_empty() || evaded || changes_query(rule) {
                unsaid.push(at);
            }
            // The requests come from nowhere that the rules know.
            if others.is_empty() {
                return Said { answer: self.answer(rule, request, groups), unsaid };
            }
        }
        unreachable!("the default rule takes everything")
    }

    /// Whether a rule before the one that says it closes more than it takes, until somebody has answered.
    pub(crate) fn closes(&self, request: &Request) -> bool {
        let nearly = ["query-string", "http-header"];
        self.rules.iter().any(|rule| {
            let conditions = rule["Conditions"].as_array().unwrap();
            let is_near = |one: &&Value| nearly.contains(&one["Field"].as_str().unwrap());
            let answers = rule["Actions"][0]["Type"] == "fixed-response";
            answers
                && conditions.iter().any(|one| is_near(&one))
                && conditions.iter().filter(|one| !is_near(one)).all(|one| holds(one, request))
        })
    }

    fn answer(&self, rule: &Value, request: &Request, groups: &BTreeMap<String, (String, u64)>) -> Answer {
        let action = &rule["Actions"][0];
        match action["Type"].as_str().unwrap() {
            "fixed-response" => Answer::Itself(number(&action["FixedResponseConfig"]["StatusCode"]), None),
            "redirect" => {
                let config = &action["RedirectConfig"];
                let status = config["StatusCode"].as_str().unwrap().trim_start_matches("HTTP_").parse().unwrap();
                Answer::Itself(status, Some(redirected(config, request)))
            }
            _ => {
                let weighted = action["ForwardConfig"]["TargetGroups"].as_array();
                let largest = weighted.into_iter().flatten().max_by_key(|group| group["Weight"].as_u64());
                let arn = largest.map_or(&action["TargetGroupArn"], |group| &group["TargetGroupArn"]);
                let owner = groups.get(arn.as_str().unwrap());
                owner.map_or(Answer::Gone, |(service, port)| Answer::Service(service.clone(), *port))
            }
        }
    }
}

/// Whether a redirect changes the query, which no gateway does.
fn changes_query(rule: &Value) -> bool {
    let config = &rule["Actions"][0]["RedirectConfig"];
    config["Query"].as_str().is_some_and(|query| query != "#{query}")
}

fn redirected(config: &Value, request: &Request) -> String {
    let part = |name: &str, own: &str| match config[name].as_str() {
        None => own.to_owned(),
        Some(text) => text
            .replace("#{protocol}", "https")
            .replace("#{host}", &request.host)
            .replace("#{port}", "443")
            .replace("#{path}", request.path.trim_start_matches('/'))
            .replace("#{query}", &request.query_text()),
    };
    let scheme = part("Protocol", "https").to_ascii_lowercase();
    let query = part("Query", &request.query_text());
    let path = part("Path", &request.path);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{scheme}://{}{path}{query}", part("Host", &request.host))
}

fn holds(condition: &Value, request: &Request) -> bool {
    let values = |config: &str| -> Vec<Value> {
        let list = condition[config]["Values"].as_array().or_else(|| condition["Values"].as_array());
        list.cloned().unwrap_or_default()
    };
    let any = |config: &str, text: &str, fold| {
        values(config).iter().any(|pattern| matches(pattern.as_str().unwrap(), text, fold))
    };
    match condition["Field"].as_str().unwrap() {
        "host-header" => any("HostHeaderConfig", &request.host, true),
        "path-pattern" => any("PathPatternConfig", &request.path, false),
        "http-request-method" => any("HttpRequestMethodConfig", &request.method, false),
        "http-header" => {
            let name = condition["HttpHeaderConfig"]["HttpHeaderName"].as_str().unwrap();
            let sent = request.headers.iter().filter(|(sent, _)| sent.eq_ignore_ascii_case(name));
            sent.into_iter().any(|(_, value)| any("HttpHeaderConfig", value, true))
        }
        "query-string" => values("QueryStringConfig").iter().any(|pair| {
            let key = pair["Key"].as_str().unwrap();
            request.query.iter().any(|(sent, value)| {
                sent.eq_ignore_ascii_case(key) && matches(pair["Value"].as_str().unwrap(), value, true)
            })
        }),
        other => panic!("{other}: this test has to learn it"),
    }
}

/// `*` is any run of characters, `?` any single one.
pub(crate) fn matches(pattern: &str, text: &str, fold: bool) -> bool {
    fn inner(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some((b'*', rest)), _) => inner(rest, text) || (!text.is_empty() && inner(pattern, &text[1..])),
            (Some((b'?', rest)), Some((_, text))) => inner(rest, text),
            (Some((one, rest)), Some((other, text))) => one == other && inner(rest, text),
            _ => false,
        }
    }
    let folded = |text: &str| if fold { text.to_ascii_lowercase() } else { text.to_owned() };
    inner(folded(pattern).as_bytes(), folded(text).as_bytes())
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}

impl Request {
    pub(crate) fn query_text(&self) -> String {
        let pairs: Vec<String> = self.query.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("&")
    }
}

#[test]
fn patterns_of_a_balancer_hold_as_its_user_guide_says() {
    for (pattern, text, fold, holds) in [
        ("/img/*.png", "/img/a/b.png", false, true),
        ("/img/?.png", "/img/ab.png", false, false),
        ("*.example.com", "a.b.EXAMPLE.com", true, true),
        ("*.example.com", "example.com", true, false),
        ("/A", "/a", false, false),
    ] {
        assert_eq!(matches(pattern, text, fold), holds, "{pattern} {text}");
    }
}
