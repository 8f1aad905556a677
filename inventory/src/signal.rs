//! What CloudWatch counts of a thing: the metrics that tell its load, and whether anybody still uses it.
//!
//! Names, dimensions and what a missing value means are those of the services' lists of metrics ("Types of metrics for Lambda
//! functions", "Amazon ECS CloudWatch metrics", "CloudWatch metrics that are available for your instances", "CloudWatch metrics
//! for your Application Load Balancer", "… Network Load Balancer", "… Classic Load Balancer", "Available CloudWatch metrics for
//! Amazon SQS").

use crate::{Observation, ObservationId, ObservationKind, Scope};
use serde_json::Value;

/// A metric of one thing.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Metric {
    /// Whose metric it is: `AWS/Lambda`.
    pub namespace: &'static str,
    /// Its name: `Invocations`.
    pub name: &'static str,
    /// Of which thing, by the names of the dimensions.
    pub dimensions: Vec<(&'static str, String)>,
    /// What is made of the values of a period.
    pub statistic: Statistic,
    /// Over which time, in periods of which length.
    pub window: Window,
}

/// What is made of the values of a period.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Statistic {
    /// Their sum: what is counted. A period without a value counted nothing.
    Sum,
    /// Their mean: what is measured. A period without a value was not measured.
    Average,
    /// The largest of them, measured likewise.
    Maximum,
}

/// Over which time, in periods of which length.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Window {
    /// Fourteen whole days, five minutes each: how heavy the load is.
    Load,
    /// Ninety whole days, a day each: whether there is any use.
    Use,
}

impl Statistic {
    /// Its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sum => "Sum",
            Self::Average => "Average",
            Self::Maximum => "Maximum",
        }
    }
}

impl Window {
    /// The length of a period, in seconds. Of what is older than 63 days CloudWatch keeps hours, so a day is the finest that is
    /// a multiple for all ninety (`GetMetricData`, `Period`).
    #[must_use]
    pub const fn period(self) -> u32 {
        match self {
            Self::Load => 300,
            Self::Use => 86_400,
        }
    }

    /// How many days it goes back.
    #[must_use]
    pub const fn days(self) -> u32 {
        match self {
            Self::Load => 14,
            Self::Use => 90,
        }
    }

    /// How many periods it has.
    #[must_use]
    pub const fn periods(self) -> u32 {
        self.days() * 86_400 / self.period()
    }
}

impl Metric {
    /// Its name among observations: `AWS/Lambda/Invocations/FunctionName=labels/Sum/300`.
    #[must_use]
    pub fn id(&self) -> String {
        let of: Vec<String> = self.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let Self { namespace, name, statistic, window, .. } = self;
        format!("{namespace}/{name}/{}/{}/{}", of.join(","), statistic.as_str(), window.period())
    }

    /// The observation that holds what CloudWatch said of it; none for a thing of a file.
    #[must_use]
    pub fn observation(&self, of: &Observation) -> Option<ObservationId> {
        let scope = Scope::new(of.kind.provider(), of.account.clone()?, of.region.clone()?);
        Some(ObservationId::of(ObservationKind::Metric, &scope, &self.id()))
    }
}

/// The kinds of things of which CloudWatch counts something.
pub const COUNTED: &[ObservationKind] = &[
    ObservationKind::LambdaFunction,
    ObservationKind::EcsService,
    ObservationKind::Ec2Instance,
    ObservationKind::LoadBalancer,
    ObservationKind::ClassicLoadBalancer,
    ObservationKind::TargetGroup,
    ObservationKind::Queue,
];

/// The metrics of a thing; none of what a file describes, of which nothing is counted.
#[must_use]
pub fn metrics_of(thing: &Observation) -> Vec<Metric> {
    let text = |pointer: &str| thing.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    if thing.api == "file" {
        return Vec::new();
    }
    let found = match thing.kind {
        ObservationKind::LambdaFunction => {
            text("/Configuration/FunctionName").or_else(|| text("/FunctionName")).map(function)
        }
        ObservationKind::EcsService => service(text("/clusterArn"), text("/serviceName")),
        ObservationKind::Ec2Instance => text("/instanceId").map(instance),
        ObservationKind::LoadBalancer => text("/LoadBalancerArn").as_deref().and_then(balancer),
        ObservationKind::ClassicLoadBalancer => text("/LoadBalancerName")
            .map(|name| counted("AWS/ELB", "RequestCount", &[("LoadBalancerName", name)]).to_vec()),
        ObservationKind::TargetGroup => target_group(&thing.body),
        ObservationKind::Queue => text("/Attributes/QueueArn").as_deref().and_then(queue),
        _ => None,
    };
    found.unwrap_or_default()
}

/// The metric that tells whether anybody uses a thing, where one does: what it serves, not what it costs.
pub fn uses_of(thing: &Observation) -> impl Iterator<Item = Metric> {
    metrics_of(thing).into_iter().filter(|metric| metric.window == Window::Use)
}

type Dimension = (&'static str, String);

fn metric(namespace: &'static str, name: &'static str, of: &[Dimension], statistic: Statistic) -> Metric {
    Metric { namespace, name, dimensions: of.to_vec(), statistic, window: Window::Load }
}

/// What is counted, as use and as load.
fn counted(namespace: &'static str, name: &'static str, of: &[Dimension]) -> [Metric; 2] {
    let load = metric(namespace, name, of, Statistic::Sum);
    [Metric { window: Window::Use, ..load.clone() }, load]
}

/// What is measured, as its mean and its peak.
fn measured(namespace: &'static str, name: &'static str, of: &[Dimension]) -> [Metric; 2] {
    [Statistic::Average, Statistic::Maximum].map(|statistic| metric(namespace, name, of, statistic))
}

fn function(name: String) -> Vec<Metric> {
    let (space, of) = ("AWS/Lambda", [("FunctionName", name)]);
    let running = metric(space, "ConcurrentExecutions", &of, Statistic::Maximum);
    [counted(space, "Invocations", &of), measured(space, "Duration", &of)]
        .into_iter()
        .flatten()
        .chain([running])
        .collect()
}

fn service(cluster: Option<String>, name: Option<String>) -> Option<Vec<Metric>> {
    let cluster = cluster?.rsplit('/').next().map(str::to_owned)?;
    let (space, of) = ("AWS/ECS", [("ClusterName", cluster), ("ServiceName", name?)]);
    Some([measured(space, "CPUUtilization", &of), measured(space, "MemoryUtilization", &of)].concat())
}

fn instance(id: String) -> Vec<Metric> {
    let (space, of) = ("AWS/EC2", [("InstanceId", id)]);
    let traffic = ["NetworkIn", "NetworkOut"].map(|name| metric(space, name, &of, Statistic::Sum));
    [measured(space, "CPUUtilization", &of), traffic].concat()
}

/// `arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/0123456789abcdef`.
fn balancer(arn: &str) -> Option<Vec<Metric>> {
    let name = arn.split_once(":loadbalancer/")?.1;
    let (space, count) = match name.split_once('/')?.0 {
        "app" => ("AWS/ApplicationELB", "RequestCount"),
        "net" => ("AWS/NetworkELB", "NewFlowCount"),
        _ => return None,
    };
    Some(counted(space, count, &[("LoadBalancer", name.to_owned())]).to_vec())
}

/// Requests are counted for each group of an Application Load Balancer; connections of a Network Load Balancer are not.
fn target_group(body: &Value) -> Option<Vec<Metric>> {
    let group = format!("targetgroup/{}", body["TargetGroupArn"].as_str()?.split_once(":targetgroup/")?.1);
    let balancers = body["LoadBalancerArns"].as_array()?.iter().filter_map(Value::as_str);
    let names =
        balancers.filter_map(|arn| Some(arn.split_once(":loadbalancer/")?.1).filter(|name| name.starts_with("app/")));
    let of = |name: &str| [("TargetGroup", group.clone()), ("LoadBalancer", name.to_owned())];
    Some(names.flat_map(|name| counted("AWS/ApplicationELB", "RequestCount", &of(name))).collect())
}

fn queue(arn: &str) -> Option<Vec<Metric>> {
    let (space, of) = ("AWS/SQS", [("QueueName", arn.rsplit(':').next()?.to_owned())]);
    let peaks = ["ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"];
    let peaks = peaks.map(|name| metric(space, name, &of, Statistic::Maximum));
    Some([counted(space, "NumberOfMessagesSent", &of), peaks].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountId, Region};
    use jiff::Timestamp;
    use serde_json::json;

    fn thing(kind: ObservationKind, body: Value) -> Observation {
        Observation {
            id: ObservationId::new("x"),
            kind,
            name: "x".to_owned(),
            account: Some(AccountId::new("123456789012")),
            region: Some(Region::new("eu-central-1")),
            api: "api".to_owned(),
            first_seen: Timestamp::UNIX_EPOCH,
            last_seen: Timestamp::UNIX_EPOCH,
            body,
        }
    }

    fn ids(kind: ObservationKind, body: Value) -> Vec<String> {
        metrics_of(&thing(kind, body)).iter().map(Metric::id).collect()
    }

    #[test]
    fn each_kind_is_asked_for_by_the_names_of_its_service() {
        let balancer = "arn:aws:elasticloadbalancing:eu-central-1:1:loadbalancer";
        let group = json!({"TargetGroupArn": "arn:aws:elasticloadbalancing:eu-central-1:1:targetgroup/web/1",
            "LoadBalancerArns": [format!("{balancer}/app/front/2"), format!("{balancer}/net/flow/3")]});
        let requests = "AWS/ApplicationELB/RequestCount/TargetGroup=targetgroup/web/1,LoadBalancer=app/front/2/Sum";
        assert_eq!(ids(ObservationKind::TargetGroup, group), [format!("{requests}/86400"), format!("{requests}/300")]);
        let flows = ids(ObservationKind::LoadBalancer, json!({"LoadBalancerArn": format!("{balancer}/net/flow/3")}));
        assert_eq!(flows[0], "AWS/NetworkELB/NewFlowCount/LoadBalancer=net/flow/3/Sum/86400");
        let gateway = json!({"LoadBalancerArn": format!("{balancer}/gwy/x/3")});
        assert!(ids(ObservationKind::LoadBalancer, gateway).is_empty());
        let service = json!({"clusterArn": "arn:aws:ecs:eu-central-1:1:cluster/prod", "serviceName": "web"});
        let service = ids(ObservationKind::EcsService, service);
        assert_eq!(service[0], "AWS/ECS/CPUUtilization/ClusterName=prod,ServiceName=web/Average/300");
        let function = ids(ObservationKind::LambdaFunction, json!({"Configuration": {"FunctionName": "labels"}}));
        assert_eq!(function[0], "AWS/Lambda/Invocations/FunctionName=labels/Sum/86400");
        assert_eq!(function, ids(ObservationKind::LambdaFunction, json!({"FunctionName": "labels"})));
        let queue = json!({"Attributes": {"QueueArn": "arn:aws:sqs:eu-central-1:1:jobs"}});
        assert_eq!(ids(ObservationKind::Queue, queue)[0], "AWS/SQS/NumberOfMessagesSent/QueueName=jobs/Sum/86400");
    }

    #[test]
    fn every_kind_that_is_counted_has_metrics_and_what_lacks_its_name_has_none() {
        for kind in ObservationKind::ALL.iter().copied() {
            assert!(ids(kind, json!({})).is_empty(), "{kind:?}");
            assert!(ids(kind, json!({"LoadBalancerArn": 7, "TargetGroupArn": "x", "clusterArn": "x"})).is_empty());
        }
        let whole = json!({"FunctionName": "x", "clusterArn": "c/x", "serviceName": "x", "instanceId": "i-1", "LoadBalancerName": "x",
            "LoadBalancerArn": "arn:x:loadbalancer/app/x/1", "TargetGroupArn": "arn:x:targetgroup/x/1",
            "LoadBalancerArns": ["arn:x:loadbalancer/app/x/1"], "Attributes": {"QueueArn": "arn:x:x"}});
        let having = ObservationKind::ALL.iter().copied().filter(|kind| !ids(*kind, whole.clone()).is_empty());
        let (mut having, mut counted): (Vec<_>, Vec<_>) = (having.collect(), COUNTED.to_vec());
        having.sort();
        counted.sort();
        assert_eq!(having, counted);
        let file = Observation { api: "file".to_owned(), ..thing(ObservationKind::Ec2Instance, whole) };
        assert!(metrics_of(&file).is_empty());
    }

    #[test]
    fn a_window_has_whole_days() {
        assert_eq!((Window::Load.periods(), Window::Use.periods()), (4_032, 90));
    }
}
