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
    /// the same words name is the same one, and its rules stand in front of each other.
    fn below_balancer(&self, above: &Value, of: &str, below: &str, depth: u8) -> Option<String> {
        let arn = self.name_at(above, depth).unwrap_or_else(|| {
            let words: String = short(above).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            // An export is one thing in whatever template it is imported.
            let stack = if matches!(Intrinsic::of(above), Some(Intrinsic::Function("ImportValue", Value::String(_)))) {
                ""
            } else {
                self.template.stack.as_str()
            };
            arn("elasticloadbalancing", &format!("{of}/app/elsewhere/{stack}{}", words.trim_matches('-')))
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
