//! A load balancer in moto or fakecloud, with a rule and a default action that forward to one target group each.

use super::{Case, Place, zone};
use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::config::{BehaviorVersion, Config, Region as AwsRegion};
use aws_sdk_elasticloadbalancingv2::types::{
    Action, ActionTypeEnum, ForwardActionConfig, HostHeaderConditionConfig, RuleCondition, Tag, TargetDescription,
    TargetGroupTuple,
};
use caravan_inventory::{AccountId, Region};
use caravan_plans::strategy::alb;
use caravan_providers::target::{FencingToken, ListenerRuleTarget, Snapshot, Target};
use caravan_providers_aws::AwsTargets;
use caravan_tests_testbed::{Account, Fakecloud, Moto};
use serde_json::Value;
use std::path::Path;

const REGION: &str = "eu-central-1";

/// A load balancer of the test's own.
pub(crate) struct Balancer {
    client: Client,
    endpoint: String,
    account: Account,
    made: Value,
}

impl Balancer {
    /// Makes the load balancer in an account of its own.
    pub(crate) fn new(moto: &'static Moto) -> Self {
        Self::several(moto, 1).remove(0)
    }

    /// Makes so many of them in one account, each with credentials of its own.
    pub(crate) fn several(moto: &'static Moto, how_many: usize) -> Vec<Self> {
        let account = moto.account();
        let of_own = || moto.account_with_id(&account.id);
        Self::made(moto, &moto.endpoint(), &account, how_many)
            .map(|made| Self::of(moto.endpoint(), of_own(), made))
            .collect()
    }

    /// The same in fakecloud; the calls that make them are made by moto's Python.
    pub(crate) fn several_in_fakecloud(
        fakecloud: &'static Fakecloud,
        moto: &'static Moto,
        how_many: usize,
    ) -> Vec<Self> {
        let (endpoint, account) = (fakecloud.endpoint(), fakecloud.account());
        let made = Self::made(moto, &endpoint, &account, how_many);
        made.map(|made| Self::of(endpoint.clone(), fakecloud.account(), made)).collect()
    }

    fn made(moto: &Moto, endpoint: &str, account: &Account, how_many: usize) -> impl Iterator<Item = Value> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testbed/estate/balancer.py");
        let Value::Array(made) = moto.boto3_at(endpoint, account, REGION, &script, &[&how_many.to_string()]) else {
            unreachable!("the script prints a list")
        };
        made.into_iter()
    }

    fn of(endpoint: String, account: Account, made: Value) -> Self {
        let client = Client::from_conf(
            Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .endpoint_url(&endpoint)
                .region(AwsRegion::new(REGION))
                .credentials_provider(zone::credentials(&account))
                .build(),
        );
        Self { client, endpoint, account, made }
    }

    /// What calls it.
    pub(crate) fn adapter(&self) -> AwsTargets {
        zone::adapter(&self.endpoint, &self.account)
    }

    /// The account that it is in.
    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn arn(&self, what: &str) -> String {
        self.made[what].as_str().unwrap().to_owned()
    }

    /// Somebody tags the rule.
    pub(crate) async fn tag(&self, key: &str, value: &str) {
        let tag = Tag::builder().key(key).value(value).build();
        self.client.add_tags().resource_arns(self.arn("rule")).tags(tag).send().await.unwrap();
    }

    /// Somebody takes the only target of a target group (`old`, `new`) out, or puts it in.
    pub(crate) async fn has_target(&self, group: &str, has: bool) {
        let target = TargetDescription::builder().id("10.0.0.10").port(80).build();
        let group = self.arn(group);
        if has {
            self.client.register_targets().target_group_arn(group).targets(target).send().await.unwrap();
        } else {
            self.client.deregister_targets().target_group_arn(group).targets(target).send().await.unwrap();
        }
    }

    /// Somebody has the rule ask for another name.
    pub(crate) async fn asks_for(&self, host: &str) {
        let request = self.client.modify_rule().rule_arn(self.arn("rule")).conditions(of_host(host));
        request.send().await.unwrap();
    }

    /// Somebody makes a rule for a name that sends it to the group `old`; gives its ARN.
    pub(crate) async fn another_rule(&self, priority: i32, host: &str) -> String {
        let forward = Action::builder().r#type(ActionTypeEnum::Forward).target_group_arn(self.arn("old")).build();
        let request = self.client.create_rule().listener_arn(self.arn("listener")).priority(priority);
        let made = request.conditions(of_host(host)).actions(forward).send().await.unwrap();
        made.rules()[0].rule_arn().unwrap().to_owned()
    }

    /// Somebody deletes a rule.
    pub(crate) async fn without_rule(&self, arn: &str) {
        self.client.delete_rule().rule_arn(arn).send().await.unwrap();
    }

    /// One rule.
    pub(crate) async fn rule(&self) -> Case {
        let answer = self.client.describe_rules().rule_arns(self.arn("rule")).send().await.unwrap();
        let missing = format!("{}0", self.arn("rule"));
        self.case("a rule", "rule", missing, answer.rules()[0].actions())
    }

    /// The default action of the listener.
    pub(crate) async fn default_action(&self) -> Case {
        let answer = self.client.describe_listeners().listener_arns(self.arn("listener")).send().await.unwrap();
        let missing = format!("{}0", self.arn("listener"));
        self.case("a listener's default action", "listener", missing, answer.listeners()[0].default_actions())
    }

    fn case(&self, name: &'static str, what: &str, missing: String, actions: &[Action]) -> Case {
        assert_eq!(actions.len(), 1, "{actions:?}");
        let original = json_of(&actions[0]);
        let stages = alb::stages(&original, &self.arn("new"), &Case::PERCENTS).unwrap();
        let Snapshot::Actions(mut edited) = stages[1].clone() else { unreachable!() };
        edited[0]["ForwardConfig"]["TargetGroups"][0]["Weight"] = 33.into();
        let target = |arn: String| {
            Target::ListenerRule(ListenerRuleTarget {
                account: AccountId::new(&self.account.id),
                region: Region::new(REGION),
                arn,
            })
        };
        Case {
            name,
            target: target(self.arn(what)),
            missing: target(missing),
            original: Snapshot::Actions(original),
            stages,
            edited: Snapshot::Actions(edited),
            joined: None,
        }
    }
}

impl Place for Balancer {
    async fn edit(&self, target: &Target, snapshot: &Snapshot, _token: Option<&FencingToken>) {
        let (Target::ListenerRule(ListenerRuleTarget { arn, .. }), Snapshot::Actions(actions)) = (target, snapshot)
        else {
            unreachable!()
        };
        let groups = actions[0]["ForwardConfig"]["TargetGroups"].as_array().unwrap().iter().map(|group| {
            let weight = i32::try_from(group["Weight"].as_i64().unwrap()).unwrap();
            TargetGroupTuple::builder()
                .target_group_arn(group["TargetGroupArn"].as_str().unwrap())
                .weight(weight)
                .build()
        });
        let config = ForwardActionConfig::builder().set_target_groups(Some(groups.collect())).build();
        let action = Action::builder().r#type(ActionTypeEnum::Forward).forward_config(config).build();
        if arn.contains(":listener/") {
            self.client.modify_listener().listener_arn(arn).default_actions(action).send().await.unwrap();
        } else {
            self.client.modify_rule().rule_arn(arn).actions(action).send().await.unwrap();
        }
    }

    async fn everything(&self) -> String {
        let listeners = self.client.describe_listeners().listener_arns(self.arn("listener")).send().await.unwrap();
        let rules = self.client.describe_rules().listener_arn(self.arn("listener")).send().await.unwrap();
        format!("{:#?}\n{:#?}", listeners.listeners(), rules.rules())
    }
}

fn of_host(host: &str) -> RuleCondition {
    let config = HostHeaderConditionConfig::builder().values(host).build();
    RuleCondition::builder().field("host-header").host_header_config(config).build()
}

/// The one form that the test's load balancer has: a forward to one group, with what the server adds to it.
fn json_of(action: &Action) -> Value {
    let mut json = serde_json::json!([{"Type": "forward"}]);
    if let Some(arn) = action.target_group_arn() {
        json[0]["TargetGroupArn"] = arn.into();
    }
    if let Some(order) = action.order() {
        json[0]["Order"] = order.into();
    }
    if let Some(config) = action.forward_config() {
        for (at, group) in config.target_groups().iter().enumerate() {
            json[0]["ForwardConfig"]["TargetGroups"][at]["TargetGroupArn"] = group.target_group_arn().into();
            if let Some(weight) = group.weight() {
                json[0]["ForwardConfig"]["TargetGroups"][at]["Weight"] = weight.into();
            }
        }
        if let Some(sticky) = config.target_group_stickiness_config() {
            json[0]["ForwardConfig"]["TargetGroupStickinessConfig"]["Enabled"] = sticky.enabled().into();
        }
    }
    json
}
