//! Lambda functions, with everything that says who starts them and which version of them is started.

use super::Linker;
use super::balancing::Balancing;
use super::found::Found;
use super::gateway::Gateways;
use super::owner::{New, id_beside};
use super::references::{Reference, of_arn};
use super::view::{View, step};
use crate::arn::Arn;
use caravan_inventory::{
    Confidence, Direction, EdgeKind, Observation, ObservationId, ObservationKind as Kind, WorkloadId, WorkloadKind,
};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What belongs to functions, by the ARN of the function.
struct Belongings<'f>(BTreeMap<&'f str, Vec<View<'f>>>);

impl<'f> Belongings<'f> {
    fn of(found: &'f Found) -> Self {
        let mut of_function: BTreeMap<&str, Vec<View<'f>>> = BTreeMap::new();
        for observation in found.of_functions.iter().chain(&found.mappings) {
            let view = View::of(observation);
            // A mapping has an id of its own and names its function; all others are named by an ARN below it.
            let arn = match observation.kind {
                Kind::EventSourceMapping => view.text("/FunctionArn").unwrap_or_default(),
                _ => observation.native_name(),
            };
            of_function.entry(function_of(arn)).or_default().push(view);
        }
        Self(of_function)
    }

    fn of_function(&self, arn: &str) -> &[View<'f>] {
        self.0.get(arn).map_or(&[], Vec::as_slice)
    }
}

/// `…:function:<name>` of an ARN that may go on with a version or an alias.
fn function_of(arn: &str) -> &str {
    match arn.match_indices(':').nth(6) {
        Some((at, _)) => &arn[..at],
        None => arn,
    }
}

/// The id of a function's workload: where it lives, or the file that describes it.
fn id_of(view: &View<'_>, name: &str) -> WorkloadId {
    match view.stem() {
        Some(stem) => WorkloadId::of_file(WorkloadKind::Lambda, &format!("{stem}/{name}")),
        None => id_beside(view, WorkloadKind::Lambda, name),
    }
}

impl Linker<'_> {
    /// One workload for each Lambda function.
    pub(super) fn functions(&mut self, found: &Found, gateways: &Gateways<'_>) {
        let belongings = Belongings::of(found);
        let balancing = Balancing::of(found);
        let layers: BTreeMap<&str, &ObservationId> =
            found.layers.iter().map(|layer| (layer.native_name(), &layer.id)).collect();
        for view in found.functions.iter().map(View::of) {
            let arn = view.text("/FunctionArn").unwrap_or(view.observation.native_name());
            let own = belongings.of_function(arn);
            let mut parts: BTreeSet<ObservationId> = own.iter().map(|part| part.observation.id.clone()).collect();
            parts.extend(gateways.to_function(arn).iter().flat_map(|lead| gateways.parts(&lead.call)));
            let used = view.list("/Layers").iter().filter_map(|layer| layer.get("Arn")?.as_str());
            parts.extend(used.filter_map(|layer| layers.get(layer)).map(|id| (*id).clone()));
            let mut fronts = Vec::new();
            let sending = balancing.groups_of_function(arn);
            let allowed = own.iter().flat_map(target_groups).map(|(group, _)| group);
            for group in
                allowed.chain(sending.iter().map(|(group, _)| group.observation.native_name())).collect::<BTreeSet<_>>()
            {
                fronts.extend(balancing.follow(group, self, &mut parts));
            }
            parts.extend(self.hosts.records_of(&fronts));
            let triggers = triggers(arn, &view, &found.rules, &found.schedules);
            parts.extend(triggers.iter().map(|(trigger, _)| trigger.observation.id.clone()));
            let name = view.text("/FunctionName").unwrap_or(view.observation.native_name());
            let id = self.add(New {
                id: id_of(&view, name),
                kind: WorkloadKind::Lambda,
                name: name.to_owned(),
                deciding: view,
                definition: None,
                cluster: None,
                parts,
            });
            self.hosts.add_fronts(&id, fronts);
            self.needs_of_function(&id, &view);
            self.functions.insert(arn.to_owned(), id.clone());
            let starters = Starters { gateways, rules: &found.rules };
            own.iter().for_each(|part| self.belonging(&id, part, &starters));
            self.behind_gateways(&id, arn, own, gateways);
            for (group, pointer) in sending {
                let to = group.observation.id.as_str();
                self.edges.insert(group.edge(&id, to, EdgeKind::TriggeredBy, Confidence::Stated, &pointer));
            }
            for (trigger, pointer) in triggers {
                let to = trigger.observation.id.as_str();
                self.edges.insert(trigger.edge(&id, to, EdgeKind::TriggeredBy, Confidence::Stated, &pointer));
            }
        }
    }

    /// What a function, or a version of it, names.
    fn needs_of_function(&mut self, id: &str, view: &View<'_>) {
        let variables = view.element.pointer("/Environment/Variables").and_then(Value::as_object);
        for (variable, value) in variables.into_iter().flatten() {
            let pointer = format!("/Environment/Variables{}", step(variable));
            self.needs_of_text(id, view, variable, value.as_str().unwrap_or_default(), &pointer);
        }
        self.needs_of_field(id, view, "/Role");
        self.needs_of_field_towards(id, view, "/DeadLetterConfig/TargetArn", Direction::Writes);
        for at in 0..view.list("/FileSystemConfigs").len() {
            self.needs_of_field(id, view, &format!("/FileSystemConfigs/{at}/Arn"));
        }
    }

    /// What an observation beside a function says of it.
    fn belonging(&mut self, id: &str, view: &View<'_>, starters: &Starters<'_>) {
        match view.observation.kind {
            Kind::FunctionVersion => self.needs_of_function(id, view),
            Kind::EventSourceMapping => self.mapping(id, view),
            Kind::FunctionUrl => {
                let host = view.text("/FunctionUrl").and_then(|url| url.strip_prefix("https://"));
                if let Some(host) = host.map(|host| host.trim_end_matches('/')) {
                    self.hosts.add_address(host, id);
                }
                // Of a template's URL nobody knows the host.
                let url = view.observation.id.as_str();
                self.edges.insert(view.edge(id, url, EdgeKind::Routes, Confidence::Stated, "/FunctionUrl"));
            }
            Kind::FunctionPolicy => self.policy(id, view, starters),
            Kind::EventInvokeConfig => {
                for pointer in ["/DestinationConfig/OnSuccess/Destination", "/DestinationConfig/OnFailure/Destination"]
                {
                    self.needs_of_field_towards(id, view, pointer, Direction::Writes);
                }
            }
            _ => {}
        }
    }

    /// An event source starts the function; its queue or stream is needed as well, and what takes its failures.
    fn mapping(&mut self, id: &str, view: &View<'_>) {
        let mapping = view.observation.id.as_str();
        self.edges.insert(view.edge(id, mapping, EdgeKind::TriggeredBy, Confidence::Stated, "/FunctionArn"));
        self.needs_of_field_towards(id, view, "/EventSourceArn", Direction::Reads);
        self.needs_of_field_towards(id, view, "/DestinationConfig/OnFailure/Destination", Direction::Writes);
        let secrets = view.list("/SourceAccessConfigurations").len();
        (0..secrets).for_each(|at| {
            self.needs_of_field(id, view, &format!("/SourceAccessConfigurations/{at}/URI"));
        });
        let brokers = view.element.pointer("/SelfManagedEventSource/Endpoints").and_then(Value::as_object);
        for (list, brokers) in brokers.into_iter().flatten() {
            for (at, broker) in brokers.as_array().into_iter().flatten().enumerate() {
                let pointer = format!("/SelfManagedEventSource/Endpoints{}/{at}", step(list));
                self.needs_of_text(id, view, "BROKERS", broker.as_str().unwrap_or_default(), &pointer);
            }
        }
    }

    /// What comes to a function by APIs, and to the alias or version of it that each of them calls.
    fn behind_gateways(&mut self, id: &str, arn: &str, own: &[View<'_>], gateways: &Gateways<'_>) {
        for lead in gateways.to_function(arn) {
            self.edges.insert(lead.edge(id));
            if let Some(qualifier) = &lead.qualifier {
                let qualified = format!("{arn}:{qualifier}");
                let is_it = |part: &&View<'_>| {
                    let kind = part.observation.kind;
                    matches!(kind, Kind::FunctionAlias | Kind::FunctionVersion)
                        && part.observation.native_name() == qualified
                };
                if let Some(called) = own.iter().find(is_it) {
                    self.edges.insert(lead.edge(called.observation.id.as_str()));
                }
            }
            if !lead.call.is_authorizer {
                let api = lead.call.api;
                self.hosts.apis.add_ways(gateways.entries(api), &lead.call, id, gateways.id_of(api));
            }
        }
    }

    /// Who may start a function by its resource policy, each statement that allows something.
    fn policy(&mut self, id: &str, view: &View<'_>, starters: &Starters<'_>) {
        for (at, statement) in view.list("/Policy/Statement").iter().enumerate() {
            if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
                continue;
            }
            let pointer = format!("/Policy/Statement/{at}");
            let sources = source_arns(statement, &pointer);
            for (arn, pointer) in &sources {
                if let Some(to) = starters.named(arn) {
                    self.edges.insert(view.edge(id, &to, EdgeKind::TriggeredBy, Confidence::Stated, pointer));
                }
            }
            if sources.is_empty() {
                for (principal, pointer) in principals(statement, &pointer) {
                    let to = format!("principal:{principal}");
                    self.edges.insert(view.edge(id, &to, EdgeKind::TriggeredBy, Confidence::Stated, &pointer));
                }
            }
        }
    }
}

/// The rules and schedules that start a function, or a version or an alias of it, each with the place that says so.
fn triggers<'f>(
    arn: &str,
    function: &View<'f>,
    rules: &'f [Observation],
    schedules: &'f [Observation],
) -> Vec<(View<'f>, String)> {
    let name = function.text("/FunctionName").unwrap_or_default();
    let is_it = |target: Option<&Value>| {
        let Some(target) = target.and_then(Value::as_str) else { return false };
        target.strip_prefix(arn).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    };
    let mut found = Vec::new();
    for rule in rules.iter().map(View::of) {
        for (at, _) in rule.list("/Targets").iter().enumerate().filter(|(_, target)| is_it(target.get("Arn"))) {
            found.push((rule, format!("/Targets/{at}/Arn")));
        }
    }
    for schedule in schedules.iter().map(View::of) {
        let target = schedule.element.get("Target");
        // The universal target names the function in its input.
        let universal = schedule.text("/Target/Arn").is_some_and(|arn| arn.ends_with(":aws-sdk:lambda:invoke"));
        let input = schedule.text("/Target/Input").filter(|_| universal);
        let named = input.and_then(|input| serde_json::from_str::<Value>(input).ok()).is_some_and(|input| {
            let called = input.get("FunctionName");
            is_it(called) || called.and_then(Value::as_str).is_some_and(|called| !name.is_empty() && called == name)
        });
        match (is_it(target.and_then(|target| target.get("Arn"))), named) {
            (true, _) => found.push((schedule, "/Target/Arn".to_owned())),
            (false, true) => found.push((schedule, "/Target/Input".to_owned())),
            (false, false) => {}
        }
    }
    found
}

/// What is observed of those that a resource policy may name.
struct Starters<'f> {
    gateways: &'f Gateways<'f>,
    rules: &'f [Observation],
}

impl Starters<'_> {
    /// Who an ARN is: what was observed, or its name.
    fn named(&self, text: &str) -> Option<String> {
        let arn = Arn::parse(text)?;
        let rule = self.rules.iter().find(|rule| rule.native_name() == text).map(|rule| &rule.id);
        let observed = rule.or_else(|| self.gateways.api_of(&arn)).map(ToString::to_string);
        observed.or_else(|| match of_arn(&arn)? {
            Reference::Named(to, ..) => Some(to),
            Reference::Host(..) => None,
        })
    }
}

/// The target groups that may start a function.
fn target_groups<'o>(view: &View<'o>) -> Vec<(&'o str, String)> {
    let statements = view.list("/Policy/Statement").iter().flat_map(|statement| source_arns(statement, ""));
    statements.filter(|(arn, _)| arn.contains(":targetgroup/")).collect()
}

/// The ARNs of the condition on `AWS:SourceArn`, with their pointers.
fn source_arns<'o>(statement: &'o Value, pointer: &str) -> Vec<(&'o str, String)> {
    let conditions = statement.get("Condition").and_then(Value::as_object);
    let mut found = Vec::new();
    for (operator, keys) in conditions.into_iter().flatten() {
        for (key, value) in keys.as_object().into_iter().flatten() {
            if key.eq_ignore_ascii_case("aws:SourceArn") {
                let pointer = format!("{pointer}/Condition{}{}", step(operator), step(key));
                found.extend(one_or_many(value, &pointer));
            }
        }
    }
    found
}

/// The principals of a statement, with their pointers: services, accounts, roles, everybody.
fn principals<'o>(statement: &'o Value, pointer: &str) -> Vec<(&'o str, String)> {
    let pointer = format!("{pointer}/Principal");
    match statement.get("Principal") {
        Some(Value::Object(kinds)) => {
            kinds.iter().flat_map(|(kind, value)| one_or_many(value, &format!("{pointer}{}", step(kind)))).collect()
        }
        Some(value) => one_or_many(value, &pointer),
        None => Vec::new(),
    }
}

fn one_or_many<'o>(value: &'o Value, pointer: &str) -> Vec<(&'o str, String)> {
    match value {
        Value::Array(items) => {
            let item = |(at, item): (usize, &'o Value)| Some((item.as_str()?, format!("{pointer}/{at}")));
            items.iter().enumerate().filter_map(item).collect()
        }
        value => value.as_str().map(|text| (text, pointer.to_owned())).into_iter().collect(),
    }
}
