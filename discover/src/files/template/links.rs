//! Names that stand below another resource's: an alias of a function, a rule of a listener.

use super::document::Resource;
use super::evaluate::Evaluator;
use super::intrinsic::{Intrinsic, short};
use caravan_inventory::{TEMPLATE_ACCOUNT, TEMPLATE_REGION};
use serde_json::Value;

/// The version that a template's own version of a function or of a layer is called by: nobody knows which it will be.
pub(super) const FIRST: &str = "1";

/// An ARN of the template's own account.
pub(super) fn arn(service: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{TEMPLATE_REGION}:{TEMPLATE_ACCOUNT}:{resource}")
}

impl Evaluator<'_> {
    /// What `Ref`, or `GetAtt` of an attribute, gives for a resource that is named below another one.
    pub(super) fn name_below(
        &self,
        id: &str,
        resource: &Resource,
        attribute: Option<&str>,
        depth: u8,
    ) -> Option<String> {
        let property = |name: &str| resource.properties.get(name);
        match (resource.of_type.as_str(), attribute) {
            ("AWS::Lambda::Alias", None | Some("AliasArn")) => {
                Some(format!("{}:{}", self.function_arn(property("FunctionName")?, depth)?, self.name_of(id, "Name")))
            }
            ("AWS::Lambda::Version", None | Some("FunctionArn")) => {
                Some(format!("{}:{FIRST}", self.function_arn(property("FunctionName")?, depth)?))
            }
            ("AWS::Lambda::Version", Some("Version")) => Some(FIRST.to_owned()),
            ("AWS::Lambda::Url", Some("FunctionArn")) => self.function_arn(property("TargetFunctionArn")?, depth),
            ("AWS::ElasticLoadBalancingV2::Listener", None | Some("ListenerArn")) => Some(format!(
                "{}/{id}",
                self.below_balancer(property("LoadBalancerArn")?, "loadbalancer", "listener", depth)?
            )),
            ("AWS::ElasticLoadBalancingV2::ListenerRule", None | Some("RuleArn")) => Some(format!(
                "{}/{id}",
                self.below_balancer(property("ListenerArn")?, "listener", "listener-rule", depth)?
            )),
            ("AWS::Events::Rule", Some("Arn")) => Some(self.rule_arn(id, property("EventBusName"))),
            ("AWS::ServiceDiscovery::Service", Some("Arn")) => {
                Some(arn("servicediscovery", &format!("service/{}", self.discovery_name(id, resource))))
            }
            ("AWS::ECS::Service", None | Some("ServiceArn")) => Some(arn(
                "ecs",
                &format!("service/{}/{}", self.cluster(property("Cluster")), self.name_of(id, "ServiceName")),
            )),
            _ => None,
        }
    }

    /// The ARN of the function that a property names, with what follows its name: by its name, by its ARN, by `Ref`.
    pub(super) fn function_arn(&self, property: &Value, depth: u8) -> Option<String> {
        let named = self.name_at(property, depth)?;
        if named.starts_with("arn:") {
            return Some(named);
        }
        let name = named.rsplit_once(":function:").map_or(named.as_str(), |(_, name)| name);
        Some(arn("lambda", &format!("function:{}", name.strip_prefix("function:").unwrap_or(name))))
    }

    /// The ARN of a rule of EventBridge.
    pub(super) fn rule_arn(&self, id: &str, bus: Option<&Value>) -> String {
        let bus = bus.and_then(|bus| self.name_at(bus, 0));
        let bus = bus.as_deref().map(|bus| bus.rsplit('/').next().unwrap_or(bus)).filter(|bus| *bus != "default");
        let name = self.name_of(id, "Name");
        arn("events", &bus.map_or_else(|| format!("rule/{name}"), |bus| format!("rule/{bus}/{name}")))
    }

    /// The name of a cluster; `default` where none is given.
    pub(super) fn cluster(&self, cluster: Option<&Value>) -> String {
        let named = cluster.and_then(|cluster| self.name_at(cluster, 0)).unwrap_or_else(|| "default".to_owned());
        named.rsplit('/').next().unwrap_or(&named).to_owned()
    }

    /// The name by which a service of Cloud Map is found: with its namespace, where the template makes that as well.
    fn discovery_name(&self, id: &str, resource: &Resource) -> String {
        let own = self.name_of(id, "Name");
        let inside = resource.properties.get("DnsConfig").and_then(|config| config.get("NamespaceId"));
        let namespace = resource.properties.get("NamespaceId").or(inside).and_then(Intrinsic::of);
        let namespace = match namespace {
            Some(Intrinsic::Ref(name) | Intrinsic::GetAtt(name, _)) => self.declared(name, "Name", 0),
            _ => None,
        };
        namespace.map_or(own.clone(), |namespace| format!("{own}.{namespace}"))
    }

    /// The ARN of what a balancer or a listener holds, without the last part. One of elsewhere is called by the words that name it: what
    /// the same words name is the same one, and its rules stand in front of each other; other words are another one, whatever they are.
    fn below_balancer(&self, above: &Value, of: &str, below: &str, depth: u8) -> Option<String> {
        let arn = self.name_at(above, depth).unwrap_or_else(|| {
            // An export is one thing in whatever template it is imported, and so is a parameter in Parameter Store.
            let is_export = matches!(Intrinsic::of(above), Some(Intrinsic::Function("ImportValue", Value::String(_))));
            let stored = self.name_in_store(above).map(|name| Value::from(format!("{{{{resolve:ssm:{name}}}}}")));
            let stack = if is_export || stored.is_some() { "" } else { self.template.stack.as_str() };
            let words = as_name(stored.as_ref().unwrap_or(above));
            arn("elasticloadbalancing", &format!("{of}/app/elsewhere/{stack}.{words}"))
        });
        Some(arn.replacen(&format!(":{of}/"), &format!(":{below}/"), 1))
    }

    /// A name that a property gives, made up or not.
    pub(super) fn name_at(&self, property: &Value, depth: u8) -> Option<String> {
        use super::evaluate::Outcome;
        match self.outcome(property, &super::places::Places::of(&[""]), depth + 1) {
            Outcome::Known(Value::String(name)) | Outcome::Link(name) => Some(name),
            _ => None,
        }
    }
}

/// The words of a value as one part of an ARN: of two values that differ the names differ. Blanks are `-`, other letters than those of
/// ASCII and digits are `_` with their bytes in two hexadecimal digits; a function's mark is left out. What the short form may say of two
/// values alike is said by all of it, behind `__`.
fn as_name(value: &Value) -> String {
    let said = short(value);
    let is_told = is_of_one_text(value, 0) && !said.contains('…');
    let whole = value.to_string();
    let (mark, words) = match said.strip_prefix('!').filter(|_| is_told) {
        Some(words) => ("", words),
        None => ("__", whole.as_str()),
    };
    let part = |byte: u8| match byte {
        b' ' => "-".to_owned(),
        letter if letter.is_ascii_alphanumeric() => char::from(letter).to_string(),
        other => format!("_{other:02x}"),
    };
    std::iter::once(mark.to_owned()).chain(words.bytes().map(part)).collect()
}

/// Whether a value is a function of one text, or of another such function: its short form is that of no other value.
fn is_of_one_text(value: &Value, depth: u8) -> bool {
    let plain = |text: &str| !text.starts_with('!');
    match Intrinsic::of(value) {
        Some(Intrinsic::Ref(name)) => plain(name),
        Some(Intrinsic::GetAtt(name, of)) => plain(name) && plain(of),
        Some(Intrinsic::Function(_, Value::String(text))) => plain(text),
        Some(Intrinsic::Function(_, inner)) => depth < 3 && is_of_one_text(inner, depth + 1),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::as_name;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    #[test]
    fn of_values_that_differ_the_names_differ() {
        let deep = |last: &str| (0..8).fold(json!(last), |inner, _| json!([inner]));
        let long = |last: &str| json!({"Fn::Sub": format!("{}{last}", "a".repeat(600))});
        let values: Vec<Value> = vec![
            json!({"Ref": "A-B"}),
            json!({"Ref": "A.B"}),
            json!({"Ref": "A B"}),
            json!({"Ref": "A_B"}),
            json!({"Ref": "A_2dB"}),
            json!({"Ref": "AB"}),
            json!("Ref AB"),
            json!("!Ref  AB"),
            json!({"Fn::ImportValue": "net:Public"}),
            json!({"Fn::ImportValue": "net-Public"}),
            json!({"Fn::ImportValue": "net/Public"}),
            json!({"Fn::ImportValue": "netPublic"}),
            json!({"Fn::ImportValue": {"Fn::Sub": "${Net}-Public"}}),
            json!({"Fn::ImportValue": {"Fn::Sub": "${Net}Public"}}),
            json!({"Fn::ImportValue": {"Fn::Join": ["-", ["a, b"]]}}),
            json!({"Fn::ImportValue": {"Fn::Join": ["-", ["a", "b"]]}}),
            json!({"Fn::ImportValue": {"Ref": "A"}}),
            json!({"Fn::ImportValue": "!Ref A"}),
            json!({"Fn::ImportValue": "é"}),
            json!({"Fn::ImportValue": "è"}),
            json!({"Fn::Select": [0, deep("a")]}),
            json!({"Fn::Select": [0, deep("b")]}),
            long("a"),
            long("b"),
        ];
        let names: BTreeSet<String> = values.iter().map(as_name).collect();
        assert_eq!(names.len(), values.len(), "{names:#?}");
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))));
        assert_eq!(as_name(&json!({"Fn::ImportValue": "net-Public"})), "ImportValue-net_2dPublic");
    }
}
