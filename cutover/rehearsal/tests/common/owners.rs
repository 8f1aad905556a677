//! Plans of hand-overs between real owners, built as a wave is.

use caravan_plans::{Drivers, Sealed, WaveSpec};
use caravan_providers::target::{Snapshot, Target};
use serde_json::{Value, json};

/// A wave of hand-overs between real owners: a rule of EventBridge to a CronJob, an ECS service to a Deployment, and another one to a
/// ScaledObject of KEDA. The schedule fires at 02:15; a rehearsal begins at midnight.
pub(crate) fn real_hand_overs() -> Sealed {
    hand_overs_at("cron(15 2 ? * * *)", "15 2 * * *")
}

/// The same, with these times.
pub(crate) fn hand_overs_at(rule: &str, job: &str) -> Sealed {
    let wave = json!({
        "schema": "caravan.wave-spec/v1", "wave": "work",
        "hand_overs": [
            {
                "workload": "ecs/123456789012/eu-central-1/rule/close/daily",
                "stop": [{"event-rule": {"account": "123456789012", "region": "eu-central-1", "name": "close"}}],
                "start": [{"cron-job": {"cluster": "prod", "namespace": "billing", "name": "close"}}],
            },
            {
                "workload": "ecs/123456789012/eu-central-1/main/orders",
                "stop": [{"ecs-service": service("orders")}],
                "start": [{"deployment": {"cluster": "prod", "namespace": "shop", "name": "orders"}}],
            },
            {
                "workload": "ecs/123456789012/eu-central-1/main/mails",
                "stop": [{"ecs-service": service("mails")}],
                "start": [{"scaled-object": {"cluster": "prod", "namespace": "shop", "name": "mails"}}],
            },
        ],
    });
    let spec: WaveSpec = serde_json::from_value(wave).unwrap();
    let standing = |target: &Target| {
        let (active, settings) = match target.short_name().as_str() {
            "close" => (true, json!({"ScheduleExpression": rule, "Targets": ["daily"]})),
            "main/orders" | "main/mails" => (true, json!({"desiredCount": 2})),
            "billing/close" => (false, json!({"schedule": job, "timeZone": "Etc/UTC", "startingDeadlineSeconds": 300})),
            "shop/orders" => (false, json!({"replicas": 0, "caravan.dev/replicas-after-hand-over": "2"})),
            _ => (false, json!({"autoscaling.keda.sh/paused-replicas": "0"})),
        };
        Some(Snapshot::Activation { active, settings })
    };
    let plan = caravan_plans::build(&spec, standing, Drivers::OneMachine, None).unwrap();
    Sealed::seal(plan).unwrap()
}

fn service(name: &str) -> Value {
    json!({"account": "123456789012", "region": "eu-central-1", "cluster": "main", "name": name})
}
