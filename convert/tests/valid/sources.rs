//! Sources as they might be written, with values that no cluster takes among them.

use super::draw::Draw;
use caravan_inventory::ObservationKind::{self, EcsService, EcsTaskDefinition, Listener, ListenerRule, LoadBalancer};
use caravan_inventory::ObservationKind::{SchedulerSchedule, SecurityGroup, TargetGroup};
use serde_json::{Map, Value, json};

/// The documents of a service, of a scheduled task, or of a task definition alone.
pub(super) fn documents(draw: &mut Draw) -> Vec<(ObservationKind, Value)> {
    let mut all = vec![(EcsTaskDefinition, task(draw))];
    match draw.below(3) {
        0 => all.extend([(EcsService, service(draw, &[]))]),
        1 => all.extend(balanced(draw)),
        _ => all.extend([(SchedulerSchedule, schedule(draw))]),
    }
    all
}

fn task(draw: &mut Draw) -> Value {
    let count = 1 + draw.below(3);
    let containers: Vec<Value> = (0..count).map(|at| container(draw, at)).collect();
    let mut task = json!({"family": draw.word(), "containerDefinitions": containers,
        "volumes": [{"name": "v"}, {"name": "w", "host": {}}]});
    let fields = task.as_object_mut().unwrap();
    draw.maybe(fields, "cpu", |draw| draw.of(&["256", ".5 vcpu", "0", "1e9", "x"]).into());
    draw.maybe(fields, "memory", |draw| draw.of(&["512", "1GB", "0", "-1"]).into());
    draw.maybe(fields, "ephemeralStorage", |draw| json!({"sizeInGiB": draw.number()}));
    draw.maybe(
        fields,
        "tags",
        |draw| json!([{"key": draw.word(), "value": draw.word()}, {"key": draw.word(), "value": ""}]),
    );
    task
}

fn container(draw: &mut Draw, at: usize) -> Value {
    let name = if draw.below(2) == 0 { format!("c{at}") } else { draw.word() };
    let mut container = json!({"name": name, "image": draw.of(&["app:1", "r.example.com/a/b@sha256:0123456789abcdef0123456789abcdef", "A b"])});
    let fields = container.as_object_mut().unwrap();
    let words =
        |draw: &mut Draw| if draw.below(4) == 0 { draw.word().into() } else { json!([draw.word(), draw.word()]) };
    draw.maybe(fields, "command", words);
    draw.maybe(fields, "entryPoint", words);
    draw.maybe(fields, "essential", |draw| (draw.below(2) == 0).into());
    draw.maybe(
        fields,
        "environment",
        |draw| json!([{"name": draw.word(), "value": draw.word()}, {"name": "A", "value": "$(B) $$c"}]),
    );
    draw.maybe(fields, "secrets", |draw| {
        json!([{"name": draw.word(), "valueFrom": draw.of(&["NAME", "arn:aws:secretsmanager:eu-west-1:1:secret:a/b-Ab3dEf:key::"])}])
    });
    draw.maybe(fields, "user", |draw| draw.of(&["0", "1000:1000", "4294967295", "root", "www-data", "-1"]).into());
    draw.maybe(fields, "hostname", |draw| draw.word().into());
    draw.maybe(fields, "workingDirectory", |draw| draw.word().into());
    draw.maybe(fields, "extraHosts", |draw| {
        json!([{"hostname": draw.name(), "ipAddress": draw.of(&["10.0.0.1", "::1", "010.0.0.1", "host-gateway"])}])
    });
    draw.maybe(fields, "dnsServers", |draw| {
        (0..draw.below(5)).map(|at| format!("10.0.0.{at}")).chain([draw.of(&["10.9.9.9", "x"]).to_owned()]).collect()
    });
    draw.maybe(fields, "dnsSearchDomains", |draw| json!([draw.name()]));
    draw.maybe(fields, "portMappings", |draw| {
        let first = json!({"containerPort": draw.of(&["80", "8080", "0", "70000"]), "name": draw.word(), "hostPort": 0});
        json!([first, {"containerPort": 9000 + draw.below(9), "protocol": draw.of(&["tcp", "udp"]), "name": draw.word()}])
    });
    draw.maybe(fields, "healthCheck", |draw| {
        let command = draw.of(&["CMD", "CMD-SHELL", "NONE", "curl"]);
        json!({"command": [command, draw.word()], "interval": draw.number(), "timeout": draw.number(),
            "retries": draw.number(), "startPeriod": draw.number()})
    });
    draw.maybe(fields, "dockerLabels", |draw| {
        let labels = (0..draw.below(60)).map(|at| (format!("{}{at}", draw.word()), draw.long().into()));
        Value::Object(labels.collect::<Map<String, Value>>())
    });
    draw.maybe(fields, "systemControls", |draw| {
        json!([{"namespace": draw.of(&["net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies"]), "value": draw.of(&["1", "4096 8192 16384"])}])
    });
    draw.maybe(fields, "mountPoints", |draw| {
        let path = draw.of(&["/data", "/data/", "/tmp", "relative", "/a:b", "/x/../y", "/caravan-volume"]);
        json!([{"sourceVolume": draw.of(&["v", "w"]), "containerPath": path, "readOnly": draw.below(2) == 0}])
    });
    draw.maybe(fields, "stopTimeout", |draw| draw.number());
    draw.maybe(fields, "cpu", |draw| draw.number());
    draw.maybe(fields, "memory", |draw| draw.number());
    draw.maybe(fields, "memoryReservation", |draw| draw.number());
    draw.maybe(
        fields,
        "ulimits",
        |draw| json!([{"name": "nofile", "softLimit": draw.number(), "hardLimit": draw.number()}]),
    );
    container
}

fn service(draw: &mut Draw, balancers: &[Value]) -> Value {
    let mut service = json!({"serviceName": draw.word(), "taskDefinition": "app:1", "desiredCount": draw.number(),
        "loadBalancers": balancers});
    let fields = service.as_object_mut().unwrap();
    draw.maybe(fields, "deploymentConfiguration", |draw| {
        let of = |draw: &mut Draw| draw.of(&["0", "100", "150", "200", "99999999999"]).parse::<u64>().unwrap();
        json!({"maximumPercent": of(draw), "minimumHealthyPercent": of(draw)})
    });
    draw.maybe(fields, "healthCheckGracePeriodSeconds", |draw| draw.number());
    service
}

/// A service behind a balancer with a rule for a host.
fn balanced(draw: &mut Draw) -> Vec<(ObservationKind, Value)> {
    let arn = |rest: &str| format!("arn:aws:elasticloadbalancing:eu-west-1:1:{rest}");
    let (group, balancer, listener) = (arn("targetgroup/g/1"), arn("loadbalancer/app/b/1"), arn("listener/app/b/1/2"));
    let forward = json!([{"Type": "forward", "TargetGroupArn": group}]);
    let target = json!({"targetGroupArn": group, "containerName": "c0", "containerPort": 80});
    let hosts = json!([draw.name(), draw.name()]);
    let paths = json!([draw.of(&["/*", "/a", "/a/*", "/ä*", "/a b", "*"])]);
    let conditions = json!([{"Field": "host-header", "Values": hosts}, {"Field": "path-pattern", "Values": paths}]);
    vec![
        (EcsService, service(draw, &[target])),
        (
            TargetGroup,
            json!({"TargetGroupArn": group, "Protocol": "HTTP", "Port": 80, "HealthCheckPath": draw.word(),
                "HealthCheckIntervalSeconds": draw.number(), "UnhealthyThresholdCount": draw.number(),
                "LoadBalancerArns": [balancer]}),
        ),
        (
            ListenerRule,
            json!({"RuleArn": arn("listener-rule/app/b/1/2/3"), "Priority": "1", "Conditions": conditions, "Actions": forward}),
        ),
        (
            Listener,
            json!({"ListenerArn": listener, "LoadBalancerArn": balancer, "Port": 443, "Protocol": "HTTPS",
                "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]}),
        ),
        (
            LoadBalancer,
            json!({"LoadBalancerArn": balancer, "DNSName": "b.example.com", "Type": "application",
                "SecurityGroups": ["sg-1"], "Scheme": draw.of(&["internet-facing", "internal"])}),
        ),
        (
            SecurityGroup,
            json!({"groupId": "sg-1", "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
                "ipRanges": [{"cidrIp": draw.of(&["0.0.0.0/0", "203.0.113.0/24"])}]}]}),
        ),
    ]
}

fn schedule(draw: &mut Draw) -> Value {
    let zone = draw.of(&["Europe/Berlin", "UTC", "Local", "Mars/Olympus", ""]);
    let target = json!({"Arn": "arn:aws:ecs:eu-west-1:1:cluster/main",
        "EcsParameters": {"TaskDefinitionArn": "app:1", "TaskCount": 1 + draw.below(3)}});
    json!({"Name": draw.word(), "ScheduleExpression": expression(draw), "ScheduleExpressionTimezone": zone,
        "State": draw.of(&["ENABLED", "DISABLED"]), "Description": draw.long(), "Target": target})
}

/// A clock of AWS, or nearly one.
pub(super) fn expression(draw: &mut Draw) -> String {
    if draw.below(5) == 0 {
        return format!("rate({} {})", draw.below(200), draw.of(&["minute", "minutes", "hours", "days", "weeks"]));
    }
    let mut field = |values: &[&str]| {
        let one = draw.of(values).to_owned();
        if draw.below(4) == 0 { format!("{one},{}", draw.of(values)) } else { one }
    };
    let minute = field(&["0", "*/15", "5", "59-10", "60", "0/20", "-1"]);
    let hour = field(&["*", "5", "22-6", "24", "8-18/2"]);
    let day = field(&["*", "?", "1", "L", "15W", "30-2", "31"]);
    let month = field(&["*", "NOV-FEB", "JAN", "13", "1/3"]);
    let weekday = field(&["?", "*", "MON-FRI", "7-1", "SAT-SUN", "6L", "3#2", "0"]);
    format!("cron({minute} {hour} {day} {month} {weekday} {})", draw.of(&["*", "*", "2027"]))
}
