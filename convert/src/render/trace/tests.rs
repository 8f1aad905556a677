use super::*;
use crate::provenance::Trace;
use crate::render::{Manifests, objects};
use crate::{AuthSettings, IdentityProvider, Platform};
use caravan_convert_lift::plconfig::PlConfig;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

const PLCONFIGS: [&str; 7] = [
    include_str!("../tests/shop.yaml"),
    include_str!("../tests/stateful.yaml"),
    include_str!("../tests/legacy.yaml"),
    include_str!("../tests/suspended.yaml"),
    include_str!("tests/sharing.yaml"),
    include_str!("tests/functions.yaml"),
    include_str!("../tests/auth.yaml"),
];

/// A platform that knows who says who callers are.
fn platform() -> Platform {
    let issuer = Some("https://id.example/realms/company-1".to_owned());
    let auth = AuthSettings {
        provider: IdentityProvider::Other,
        issuer,
        keys: Some("https://id.example/keys-1".to_owned()),
        ..AuthSettings::default()
    };
    Platform { auth, ..Platform::default() }
}

/// All manifests of a plconfig in one text, the platform's among them.
fn traced(config: &PlConfig, platform: &Platform, environment: &str, trace: Trace) -> Result<Manifests, RenderError> {
    crate::render::traced(&objects(config, platform, environment)?, config, platform, environment, trace)
}

#[test]
fn every_line_of_every_kind_has_an_origin() {
    let mut kinds = BTreeSet::new();
    for text in PLCONFIGS {
        let config = PlConfig::read(text).unwrap();
        let made = traced(&config, &platform(), "prod", Trace::Lines).unwrap();
        let spans = made.provenance.spans();
        for (at, line) in (1..).zip(made.text.lines()) {
            let span = made.provenance.line(at).unwrap_or_else(|| panic!("line {at}, {line}: no origin"));
            assert!(!span.origins.is_empty(), "{at}: {line}");
            assert_eq!(span.rule == HEADER, line.starts_with('#'), "{at}: {line}");
            kinds.extend(span.place.document.as_deref().map(|name| name.split('/').next().unwrap().to_owned()));
        }
        assert_eq!(spans.last().unwrap().last as usize, made.text.lines().count());
    }
    assert_eq!(kinds.len(), 22, "every kind is among them: {kinds:?}");
}

#[test]
fn nothing_is_traced_unasked() {
    let config = PlConfig::read(PLCONFIGS[0]).unwrap();
    let plain = traced(&config, &platform(), "prod", Trace::Off).unwrap();
    assert!(plain.provenance.spans().is_empty() && plain.provenance.line(1).is_none());
    assert_eq!(plain.text, traced(&config, &platform(), "prod", Trace::Lines).unwrap().text);
}

/// The origins of the one line of a document that has this text.
fn origins(text: &str, document: &str, wanted: &str) -> (String, Vec<Origin>) {
    let config = PlConfig::read(text).unwrap();
    let made = traced(&config, &platform(), "prod", Trace::Lines).unwrap();
    let found: Vec<_> = (1..).zip(made.text.lines()).filter(|(_, line)| line.trim() == wanted).collect();
    let of = |(at, _): &(u32, &str)| made.provenance.line(*at).unwrap();
    let found: Vec<_> = found.iter().map(of).filter(|span| span.place.document.as_deref() == Some(document)).collect();
    let span = found.first().unwrap_or_else(|| panic!("no `{wanted}` in {document}\n{}", made.text));
    (span.rule.name.to_owned(), span.origins.clone())
}

fn plconfig(pointer: &str) -> Origin {
    Origin::Plconfig { pointer: pointer.to_owned() }
}

#[test]
fn lines_name_what_decided_them() {
    let (shop, web) = (PLCONFIGS[0], "Deployment/parcels");
    let image = "image: 111122223333.dkr.ecr.eu-central-1.amazonaws.com/parcels:3.14.0";
    for (document, line, rule, from) in [
        (web, image, "image", vec![plconfig("/image")]),
        (web, "- containerPort: 8080", "port", vec![plconfig("/components/web/port")]),
        (web, "- name: LOG_LEVEL", "variable", vec![plconfig("/env/LOG_LEVEL")]),
        (web, "- name: EVENTS_QUEUE_URL", "variable", vec![plconfig("/env/EVENTS_QUEUE_URL")]),
        (web, "cpu: 250m", "cpu", vec![plconfig("/components/web/resources/cpu")]),
        (web, "image: registry.example.com/agent:2", "image", vec![plconfig("/components/web/sidecars/agent/image")]),
        (web, "runAsUser: 10001", "user", vec![Origin::Setting { name: "user" }]),
        (web, "revisionHistoryLimit: 3", "history", vec![Origin::Default]),
        (web, "tags.datadoghq.com/env: prod", "datadog-environment", vec![Origin::Environment]),
        ("CronJob/parcels-report", "schedule: 15 5 * * *", "schedule", vec![plconfig("/components/report/schedule")]),
        ("HorizontalPodAutoscaler/parcels", "minReplicas: 2", "at-least", vec![plconfig("/components/web/scale/min")]),
        ("HTTPRoute/parcels", "- track.parcels.example", "host", vec![plconfig("/components/web/ingress/hosts/0")]),
    ] {
        assert_eq!(origins(shop, document, line), (rule.to_owned(), from), "{document} {line}");
    }
    let replicas = origins(PLCONFIGS[1], "StatefulSet/archive", "replicas: 3");
    assert_eq!(replicas, ("replicas".to_owned(), vec![plconfig("/components/web/scale")]));
    let held = origins(PLCONFIGS[3], "Deployment/dispatch", "replicas: 0");
    assert_eq!(held, ("replicas".to_owned(), vec![plconfig("/components/web/suspended")]));
}

/// An app in its manifests, by their names.
struct Rendered {
    config: PlConfig,
    platform: Platform,
    objects: Vec<Object>,
    values: BTreeMap<String, Value>,
}

impl Rendered {
    fn new(config: PlConfig, platform: Platform) -> Option<Self> {
        let objects = objects(&config, &platform, "prod").ok()?;
        let named = |object: &Object| (name(object), serde_json::to_value(object).unwrap());
        Some(Self { values: objects.iter().map(named).collect(), config, platform, objects })
    }

    /// What is said about each of these places.
    fn explain(&self, places: &[(String, String)]) -> Vec<(Rule, Vec<Origin>)> {
        let app = App::new(&self.platform, &self.config, "prod").unwrap();
        let (parts, config) = (app.parts().unwrap(), serde_json::to_value(&self.config).unwrap());
        let explain = |(document, pointer): &(String, String)| {
            let at = self.objects.iter().position(|object| *document == name(object)).unwrap();
            let object = &self.objects[at];
            let (part, value) = (part_of(&app, &parts, object), &self.values[document]);
            Manifest { app: &app, parts: &parts, config: &config, object, part, value }.explain(pointer)
        };
        places.iter().map(explain).collect()
    }

    /// Where another's manifests differ: the document and the place in it.
    fn differences(&self, other: &Self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (name, value) in &self.values {
            let mut pointers = Vec::new();
            match other.values.get(name) {
                Some(other) => differences(value, other, "", &mut pointers),
                None => pointers.push(String::new()),
            }
            found.extend(pointers.into_iter().map(|pointer| (name.clone(), pointer)));
        }
        found
    }
}

fn name(object: &Object) -> String {
    format!("{}/{}", object.kind(), object.metadata().name.as_deref().unwrap())
}

fn differences(one: &Value, other: &Value, at: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            for (key, value) in one {
                let mut at = at.to_owned();
                located::push_step(&mut at, key);
                differences(value, other.get(key).unwrap_or(&Value::Null), &at, found);
            }
        }
        // What is sorted, or ordered by what it needs, is compared by what it is.
        (Value::Array(one), Value::Array(other)) if one.iter().all(Value::is_string) && one.len() == other.len() => {
            let gone = one.iter().enumerate().filter(|(_, value)| !other.contains(value));
            found.extend(gone.map(|(index, _)| format!("{at}/{index}")));
        }
        (Value::Array(one), Value::Array(other)) if same_names(one, other) => {
            for (index, one) in one.iter().enumerate() {
                let other = other.iter().find(|other| other["name"] == one["name"]).unwrap();
                differences(one, other, &format!("{at}/{index}"), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                differences(one, other, &format!("{at}/{index}"), found);
            }
        }
        _ if one != other => found.push(at.to_owned()),
        _ => {}
    }
}

fn same_names(one: &[Value], other: &[Value]) -> bool {
    let names =
        |list: &[Value]| list.iter().map(|item| item["name"].as_str().map(str::to_owned)).collect::<BTreeSet<_>>();
    let (one_names, other_names) = (names(one), names(other));
    one.len() == other.len() && one_names == other_names && one_names.len() == one.len() && !one_names.contains(&None)
}

/// Every document that differs from this one in one place, with the place.
fn variations(value: &Value, at: &str, found: &mut Vec<(String, Option<Value>)>) {
    const WORDS: [&str; 22] = [
        "web", "worker", "cron", "job", "http", "https", "grpc", "http2", "tcp", "prefer", "never", "any", "arm64",
        "amd64", "allow", "forbid", "replace", "memory", "disk", "image", "0", "none",
    ];
    found.push((at.to_owned(), None));
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let mut at = at.to_owned();
                located::push_step(&mut at, key);
                variations(value, &at, found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                variations(value, &format!("{at}/{index}"), found);
            }
        }
        Value::Bool(yes) => found.push((at.to_owned(), Some(json!(!yes)))),
        Value::Number(number) => {
            let next =
                number.as_u64().map_or_else(|| json!(number.as_f64().unwrap() + 1.0), |number| json!(number + 1));
            found.push((at.to_owned(), Some(next)));
        }
        Value::String(text) => {
            let other = |from: char, to: char| text.replace(from, &to.to_string());
            let texts = [other('1', '3'), other('5', '6'), other('e', 'u'), other('a', 'o'), format!("{text}x")];
            let words = WORDS.into_iter().filter(|_| WORDS.contains(&text.as_str())).map(str::to_owned);
            let texts = texts.into_iter().chain(words).filter(|other| other != text);
            found.extend(texts.map(|text| (at.to_owned(), Some(json!(text)))));
        }
        Value::Null => {}
    }
}

fn varied(value: &Value, at: &str, to: Option<Value>) -> Option<Value> {
    let mut value = value.clone();
    match to {
        Some(to) => *value.pointer_mut(at)? = to,
        None => {
            let (parent, step) = at.rsplit_once('/')?;
            match value.pointer_mut(parent)? {
                Value::Object(map) => drop(map.remove(&step.replace("~1", "/").replace("~0", "~"))?),
                Value::Array(list) => drop(list.remove(step.parse().ok()?)),
                _ => return None,
            }
        }
    }
    Some(value)
}

fn related(one: &str, other: &str) -> bool {
    let inside = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    inside(one, other) || inside(other, one)
}

#[test]
fn where_another_plconfig_gives_another_line_the_field_is_among_its_origins() {
    let (mut checked, mut wrong) = (0, BTreeSet::new());
    for text in PLCONFIGS {
        let config = PlConfig::read(text).unwrap();
        let value = serde_json::to_value(&config).unwrap();
        let base = Rendered::new(config, platform()).unwrap();
        let mut all = Vec::new();
        variations(&value, "", &mut all);
        for (at, to) in all {
            let Some(varied) = varied(&value, &at, to.clone()) else { continue };
            let Ok(config) = PlConfig::read(&varied.to_string()) else { continue };
            let Some(other) = Rendered::new(config, platform()) else { continue };
            let mut places = base.differences(&other);
            // What is renamed, or numbered anew, is another document.
            let renamed = at == "/app" || at == "/team" || at.ends_with(|end: char| end.is_ascii_digit());
            places.retain(|(_, pointer)| !(pointer.is_empty() && renamed));
            checked += places.len();
            for ((document, pointer), (rule, origins)) in places.iter().zip(base.explain(&places)) {
                let named = |origin: &Origin| matches!(origin, Origin::Plconfig { pointer } if related(pointer, &at));
                if !origins.iter().any(named) {
                    wrong.insert(format!("{at}: {document} {pointer} ({}) {origins:?} {to:?}", rule.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {checked}\n{}", wrong.len(), Vec::from_iter(wrong).join("\n"));
    assert!(checked > 1_200, "{checked}");
}

#[test]
fn where_another_setting_gives_another_line_it_is_among_its_origins() {
    let default = serde_json::to_value(platform()).unwrap();
    let mut settings = Vec::new();
    variations(&default, "", &mut settings);
    let (mut wrong, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for text in PLCONFIGS {
        let base = Rendered::new(PlConfig::read(text).unwrap(), platform()).unwrap();
        for (at, to) in settings.iter().filter(|(_, to)| to.is_some()) {
            let platform = serde_json::from_value(varied(&default, at, to.clone()).unwrap());
            let Ok(platform) = platform else { continue };
            let Some(other) = Rendered::new(base.config.clone(), platform) else { continue };
            let places = base.differences(&other);
            for ((document, pointer), (rule, origins)) in places.iter().zip(base.explain(&places)) {
                let named =
                    |origin: &Origin| matches!(origin, Origin::Setting { name } if related(&format!("/{name}"), at));
                if origins.iter().any(named) {
                    seen.insert(at.clone());
                } else {
                    wrong.insert(format!("{at}: {document} {pointer} ({}) {origins:?}", rule.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), Vec::from_iter(wrong).join("\n"));
    assert_eq!(seen.len(), 17, "{seen:?}");
}
