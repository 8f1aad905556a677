//! From a template's resources to the documents that AWS's APIs answer once it is deployed.

mod blue_green;
mod cloudfront;
mod ecs;
mod elb;
mod events;
mod firewall;
mod function;
mod handed;
mod http_api;
mod machine;
mod machine_group;
mod of_function;
mod permission;
mod rest_api;
mod route53;
mod scaling;
mod security_group;
mod shape;
mod state_machine;

use super::branches::Choice;
use super::document::{Resource, Template};
use super::evaluate::Evaluator;
use super::intrinsic::Intrinsic;
use crate::files::recognise::Thing;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use permission::Permissions;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Turns one type of resource into things.
type Read = fn(&mut Emitter<'_>, &str, &Resource);

/// The types that are read. Of two rows the first is done before: versions are copies of functions, rules of security
/// groups are put into them, and task sets into services.
const READ: &[(&str, Read)] = &[
    ("AWS::Lambda::Function", function::function),
    ("AWS::Lambda::Version", of_function::version),
    ("AWS::Lambda::Alias", of_function::alias),
    ("AWS::Lambda::EventInvokeConfig", of_function::invoke_config),
    ("AWS::Lambda::EventSourceMapping", of_function::mapping),
    ("AWS::Lambda::LayerVersion", of_function::layer),
    ("AWS::Lambda::Permission", permission::permission),
    ("AWS::Lambda::Url", of_function::url),
    ("AWS::Events::Rule", events::rule),
    ("AWS::Scheduler::Schedule", events::schedule),
    ("AWS::ApiGatewayV2::Api", http_api::api),
    ("AWS::ApiGatewayV2::ApiMapping", http_api::mapping),
    ("AWS::ApiGatewayV2::Authorizer", http_api::authorizer),
    ("AWS::ApiGatewayV2::DomainName", http_api::domain),
    ("AWS::ApiGatewayV2::Integration", http_api::integration),
    ("AWS::ApiGatewayV2::Route", http_api::route),
    ("AWS::ApiGatewayV2::Stage", http_api::stage),
    ("AWS::ApiGatewayV2::VpcLink", http_api::vpc_link),
    ("AWS::ApiGateway::RestApi", rest_api::api),
    ("AWS::ApiGateway::Authorizer", rest_api::authorizer),
    ("AWS::ApiGateway::BasePathMapping", rest_api::mapping),
    ("AWS::ApiGateway::Deployment", rest_api::deployment),
    ("AWS::ApiGateway::DomainName", rest_api::domain),
    ("AWS::ApiGateway::Resource", rest_api::resource),
    ("AWS::ApiGateway::Stage", rest_api::stage),
    ("AWS::ApiGateway::VpcLink", rest_api::vpc_link),
    ("AWS::CloudFront::Distribution", cloudfront::distribution),
    ("AWS::EC2::SecurityGroup", security_group::group),
    ("AWS::EC2::SecurityGroupIngress", security_group::ingress),
    ("AWS::EC2::SecurityGroupEgress", security_group::egress),
    ("AWS::IAM::InstanceProfile", machine::instance_profile),
    ("AWS::EC2::LaunchTemplate", machine::launch_template),
    ("AWS::AutoScaling::LaunchConfiguration", machine::launch_configuration),
    ("AWS::EC2::Instance", machine::instance),
    ("AWS::EC2::EIP", machine::address),
    ("AWS::EC2::EIPAssociation", machine::address),
    ("AWS::EC2::VolumeAttachment", machine::attachment),
    ("AWS::AutoScaling::AutoScalingGroup", machine_group::group),
    ("AWS::AutoScaling::ScalingPolicy", machine_group::policy),
    ("AWS::AutoScaling::ScheduledAction", machine_group::schedule),
    ("AWS::AutoScaling::LifecycleHook", machine_group::hook),
    ("AWS::ECS::Cluster", ecs::cluster),
    ("AWS::ECS::Service", ecs::service),
    ("AWS::ECS::TaskDefinition", ecs::task_definition),
    ("AWS::ECS::TaskSet", blue_green::task_set),
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", elb::load_balancer),
    ("AWS::ElasticLoadBalancingV2::Listener", elb::listener),
    ("AWS::ElasticLoadBalancingV2::ListenerRule", elb::rule),
    ("AWS::ElasticLoadBalancingV2::TargetGroup", elb::target_group),
    ("AWS::Route53::HostedZone", route53::zone),
    ("AWS::Route53::RecordSet", route53::record_set),
    ("AWS::Route53::RecordSetGroup", route53::record_set_group),
    ("AWS::StepFunctions::StateMachine", state_machine::machine),
    ("AWS::CodeDeploy::DeploymentGroup", blue_green::deployment_group),
    ("AWS::ApplicationAutoScaling::ScalableTarget", scaling::target),
    ("AWS::ApplicationAutoScaling::ScalingPolicy", scaling::policy),
];

/// Types that are read with another one: methods with their resource, and what only ties things together.
const WITH_OTHERS: &[&str] = &[
    "AWS::ApiGateway::Method",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::CodeDeploy::Application",
    "AWS::ECS::PrimaryTaskSet",
];

/// Types that are not read, and that lead callers of their own to load balancers: a static address, a private link, a network of services.
const IN_FRONT: &[&str] =
    &["AWS::EC2::VPCEndpointService", "AWS::GlobalAccelerator::EndpointGroup", "AWS::VpcLattice::TargetGroup"];

/// Whether a value names a resource: by itself, by an attribute, or inside a text.
fn names(value: &Value, id: &str) -> bool {
    match (Intrinsic::of(value), value) {
        (Some(Intrinsic::Ref(name) | Intrinsic::GetAtt(name, _)), _) => name == id,
        (_, Value::String(text)) => text.contains(&format!("${{{id}}}")) || text.contains(&format!("${{{id}.")),
        (_, Value::Array(items)) => items.iter().any(|item| names(item, id)),
        (_, Value::Object(fields)) => fields.values().any(|value| names(value, id)),
        _ => false,
    }
}

/// What a template's resources give.
pub(super) struct Emitted {
    pub(super) things: Vec<Thing>,
    /// Type → how many of it are not read.
    pub(super) not_read: BTreeMap<String, usize>,
    /// What is made only under a condition that the template does not decide, with the condition.
    pub(super) conditional: Vec<(String, String)>,
    /// What a decided condition leaves out.
    pub(super) left_out: Vec<String>,
    /// What belongs to something that is not in the template.
    pub(super) elsewhere: Vec<String>,
    /// Properties that the API does not answer, with their number.
    pub(super) properties: BTreeMap<&'static str, usize>,
}

/// Documents under way.
pub(super) struct Emitter<'t> {
    pub(super) eval: Evaluator<'t>,
    emitted: Emitted,
    /// ARN of a function → its document.
    functions: BTreeMap<String, Value>,
    permissions: Permissions,
    /// The open condition of the resource that is read, and whether it holds by what the parameters offer.
    open: Option<(String, bool)>,
}

/// Reads every resource of a template whose macros are put in.
pub(super) fn emit(template: &Template) -> Emitted {
    let emitted = Emitted {
        things: Vec::new(),
        not_read: BTreeMap::new(),
        conditional: Vec::new(),
        left_out: Vec::new(),
        elsewhere: Vec::new(),
        properties: BTreeMap::new(),
    };
    let eval = Evaluator::of(template);
    let mut emitter =
        Emitter { eval, emitted, functions: BTreeMap::new(), permissions: Permissions::default(), open: None };
    for (of_type, read) in READ {
        for (id, resource) in template.resources.iter().filter(|(_, resource)| resource.of_type == *of_type) {
            if emitter.is_made(id, resource) {
                read(&mut emitter, id, resource);
            }
        }
    }
    for (id, resource) in &template.resources {
        let of_type = resource.of_type.as_str();
        emitter.in_front(id, resource);
        if !template.stacks.contains_key(id)
            && !WITH_OTHERS.contains(&of_type)
            && !firewall::ASSOCIATIONS.contains(&of_type)
            && !READ.iter().any(|(read, _)| *read == of_type)
        {
            emitter.not_read(of_type);
        }
    }
    firewall::associate(&mut emitter, template);
    handed::with_unread_firewalls(&mut emitter);
    permission::called_by_cloud_formation(&mut emitter, template);
    let policies = std::mem::take(&mut emitter.permissions).into_policies();
    policies.into_iter().for_each(|(arn, body)| emitter.add(Kind::FunctionPolicy, &arn, body));
    emitter.emitted
}

impl Emitter<'_> {
    /// Whether a resource is made, as far as its condition is known; what may be is.
    fn is_made(&mut self, id: &str, resource: &Resource) -> bool {
        self.open = None;
        let Some(condition) = &resource.condition else { return true };
        let truth = self.eval.condition(condition, 0);
        match truth.known {
            Some(false) => self.emitted.left_out.push(id.to_owned()),
            Some(true) => {}
            // What is made of another resource is there when that is.
            None if resource.is_written || resource.of_type == "AWS::Lambda::Function" => {
                self.open = Some((format!("!Condition {condition}"), truth.by_default == Some(true)));
                self.emitted.conditional.push((id.to_owned(), condition.clone()));
            }
            None => {}
        }
        truth.known != Some(false)
    }

    /// Adds a document under its native name.
    fn add(&mut self, kind: Kind, name: &str, body: impl Into<Value>) {
        let mut body = body.into();
        self.without_unknown(kind, name, &mut body);
        self.emitted.things.push(Thing { kind, place: Some(name.to_owned()), body });
    }

    /// Takes properties away that AWS's API does not have, such as misspelt ones: deploying them fails, and they are said.
    fn without_unknown(&mut self, kind: Kind, name: &str, body: &mut Value) {
        // Those whose properties stand in the answer as the template writes them.
        const AS_WRITTEN: [Kind; 9] = [
            Kind::AutoScalingGroup,
            Kind::Ec2Instance,
            Kind::EcsService,
            Kind::EcsTaskDefinition,
            Kind::EventSourceMapping,
            Kind::GroupPolicy,
            Kind::LambdaFunction,
            Kind::LaunchConfiguration,
            Kind::LifecycleHook,
        ];
        let Value::Object(fields) = body else { return };
        if !AS_WRITTEN.contains(&kind) {
            return;
        }
        if Unresolved::of(&Value::Object(fields.clone())).is_some() {
            return;
        }
        let unknown: Vec<String> = fields.keys().filter(|field| !kind.model().knows(field)).cloned().collect();
        for field in unknown {
            fields.remove(&field);
            self.emitted.elsewhere.push(format!("{field} of {name} is no property that AWS's API has"));
        }
        if let Some(inside) = fields.get_mut("Configuration").filter(|_| kind == Kind::LambdaFunction) {
            self.without_unknown(kind, name, inside);
        }
    }

    /// Says of what leads callers of its own to a load balancer of the template, and is not read, that it does.
    fn in_front(&mut self, id: &str, resource: &Resource) {
        if !IN_FRONT.contains(&resource.of_type.as_str()) {
            return;
        }
        let template = self.eval.template;
        let properties = Value::Object(resource.properties.clone());
        let balancers = template.ids_of("AWS::ElasticLoadBalancingV2::LoadBalancer");
        for balancer in balancers.iter().filter(|balancer| names(&properties, balancer)) {
            self.emitted.elsewhere.push(format!(
                "{} ({}) leads to the load balancer {balancer}, and who comes by it is not read",
                template.at(id),
                resource.of_type
            ));
        }
    }

    /// Counts a resource of a type that is not read, or not in the way that this one is written.
    fn not_read(&mut self, of_type: &str) {
        *self.emitted.not_read.entry(of_type.to_owned()).or_default() += 1;
    }

    /// Reads something that is there under open conditions beside that of the resource.
    fn under(&mut self, choice: &Choice, read: impl FnOnce(&mut Self)) {
        let own = self.open.clone();
        if let Some((text, holds)) = self.eval.said(choice) {
            self.open = Some(match &own {
                Some((above, above_holds)) => (format!("!And [{above}, {text}]"), *above_holds && holds),
                None => (text, holds),
            });
        }
        read(self);
        self.open = own;
    }

    /// Takes a property that the API does not answer.
    fn leave_out(&mut self, fields: &mut Map<String, Value>, properties: &[&'static str]) {
        for property in properties {
            if fields.remove(*property).is_some() {
                *self.emitted.properties.entry(property).or_default() += 1;
            }
        }
    }

    /// Leaves a field of a thing open that is made only under an open condition and has no state of its own: whoever decides the
    /// field decides the condition. What the template offers stands there where the condition holds by what it offers.
    fn leave_open(&self, fields: &mut Map<String, Value>, field: &str) {
        let Some((text, holds)) = &self.open else { return };
        if let Some(value) = fields.get_mut(field).filter(|value| Unresolved::of(value).is_none()) {
            *value = Unresolved { text, default: Some(&*value).filter(|_| *holds) }.to_value();
        }
    }

    /// The state of a resource: as its property says, or open with the condition under which it is made.
    fn state(&self, enabled: Option<Value>, on: &str, off: &str) -> Value {
        let state = shape::state(enabled, on, off);
        match &self.open {
            // A state that is open itself is said by its own text.
            Some((text, holds)) if Unresolved::of(&state).is_none() => {
                Unresolved { text, default: Some(&state).filter(|_| *holds) }.to_value()
            }
            _ => state,
        }
    }
}
