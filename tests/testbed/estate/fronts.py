"""An ECS estate of a company that sells tickets: thirty services behind five load balancers, as such companies have them.

Public and internal balancers that many share, rules by host, path, method, header and query, redirects, fixed answers in
front of services, weighted target groups, several ports and containers, schedules and sidecars of all kinds. Prints what
the balancers say of themselves: {"listeners": [{"scheme", "port", "hosts", "rules": […]}], "groups": {ARN: {"service",
"port"}}}. The rules are the answers of DescribeRules, the default one last."""

import json

import boto3

DOMAIN = "stagedoor.example.com"
INSIDE = "stagedoor.internal.example.com"

ecs = boto3.client("ecs")
elb = boto3.client("elbv2")
ec2 = boto3.client("ec2")
acm = boto3.client("acm")
route53 = boto3.client("route53")
events = boto3.client("events")
scheduler = boto3.client("scheduler")
scaling = boto3.client("application-autoscaling")

made = {"listeners": [], "groups": {}}
groups = {}
CLUSTER = "stagedoor"


def main():
    network = make_network()
    ecs.create_cluster(clusterName=CLUSTER, tags=[{"key": "environment", "value": "prod"}])
    balancers = {name: make_balancer(name, scheme, network) for name, scheme in BALANCERS.items()}
    for service in SERVICES:
        make_groups(service, network)
    for listener in LISTENERS:
        make_listener(balancers, *listener)
    for service in SERVICES:
        make_service(service, network)
    make_schedules(network)
    make_scaling()
    make_zones(balancers)
    print(json.dumps(made))


# --- the balancers and their rules -------------------------------------------------------------------------------------

BALANCERS = {
    "edge": "internet-facing",
    "partners": "internet-facing",
    "media": "internet-facing",
    "inside": "internal",
    "legacy": "internal",
}


def host(*names):
    return {"Field": "host-header", "HostHeaderConfig": {"Values": list(names)}}


def path(*patterns):
    return {"Field": "path-pattern", "PathPatternConfig": {"Values": list(patterns)}}


def method(*methods):
    return {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": list(methods)}}


def header(name, *values):
    return {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values)}}


def query(**pairs):
    values = [{"Key": key, "Value": value} for key, value in pairs.items()]
    return {"Field": "query-string", "QueryStringConfig": {"Values": values}}


def source(*networks):
    return {"Field": "source-ip", "SourceIpConfig": {"Values": list(networks)}}


def to(*weighted):
    """To one target group, or to several with their weights: to("a"), to(("a", 9), ("b", 1))."""
    if isinstance(weighted[0], str):
        return lambda: {"Type": "forward", "TargetGroupArn": groups[weighted[0]]}
    return lambda: {
        "Type": "forward",
        "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": groups[name], "Weight": weight} for name, weight in weighted]
        },
    }


def answer(status, body=None, kind="text/plain"):
    config = {"StatusCode": str(status)}
    if body:
        config.update(ContentType=kind, MessageBody=body)
    return lambda: {"Type": "fixed-response", "FixedResponseConfig": config}


def redirect(status=301, **parts):
    return lambda: {"Type": "redirect", "RedirectConfig": {"StatusCode": f"HTTP_{status}"} | parts}


SHOP, API, WWW = f"shop.{DOMAIN}", f"api.{DOMAIN}", f"www.{DOMAIN}"
ACCOUNTS, ADMIN, VENUES = f"accounts.{DOMAIN}", f"admin.{DOMAIN}", f"*.venues.{DOMAIN}"
DOCS, STATUS = f"docs.{DOMAIN}", f"status.{DOMAIN}"
PLAY, PLAY_V2 = f"play.{DOMAIN}", f"v2.play.{DOMAIN}"

LISTENERS = [
    ("edge", 80, redirect(Protocol="HTTPS", Port="443"), []),
    ("edge", 443, answer(404, "no such page"), [
        # What answers in front of everything.
        (1, [path("/.git/*", "/wp-admin/*", "*.php")], answer(403)),
        (2, [host(DOMAIN)], redirect(Host=WWW)),
        (3, [host(DOCS), path("/v1/*")], redirect(302, Host=WWW, Path="/documents")),
        # The shop: several services at one host, by path.
        (10, [host(SHOP), path("/search", "/search/*"), query(engine="next")], to("search-next")),
        (11, [host(SHOP), path("/search", "/search/*")], to("search")),
        (12, [host(SHOP), path("/checkout*"), method("POST", "PUT")], to("checkout")),
        (13, [host(SHOP), path("/checkout*"), method("GET")], to("storefront")),
        (14, [host(SHOP), path("/checkout*")], answer(405)),
        (15, [host(SHOP), path("/events/*/reviews", "/events/*/reviews/*")], to(("reviews", 90), ("reviews-next", 10))),
        (16, [host(SHOP), path("/events", "/events/*")], to("catalogue")),
        (17, [host(SHOP), path("/basket/*")], redirect(Path="/checkout", Query="#{query}")),
        (18, [host(SHOP, WWW)], to("storefront")),
        # The API: blocks in front, then by path.
        (20, [host(API), path("/*/internal/*", "/internal/*")], answer(403, "not from outside")),
        (21, [host(API), path("/payments/*"), method("POST")], to("payments")),
        (22, [host(API), path("/payments/*")], answer(405, '{"error":"method"}', "application/json")),
        (23, [host(API), path("/tickets/*/pdf")], to("tickets-pdf")),
        (24, [host(API), path("/tickets/*")], to("tickets")),
        (25, [host(API), path("/orders", "/orders/*")], to("orders")),
        (26, [host(API), path("/hooks/*"), header("X-Hook-Source", "mailer", "sms*")], to("hooks")),
        (27, [host(API), path("/health")], answer(200, "ok")),
        # The accounts: a canary by a header, and what nobody outside shall see.
        (30, [host(ACCOUNTS), path("/actuator/*", "/metrics")], answer(403)),
        (31, [host(ACCOUNTS), header("X-Canary", "yes")], to("accounts-canary")),
        (32, [host(ACCOUNTS), path("/signup")], to("accounts-canary")),
        (33, [host(ACCOUNTS), path("/old/*")], redirect(302, Path="/", Query="")),
        (34, [host(ACCOUNTS)], to("accounts")),
        # The back office, from the office alone.
        (40, [host(ADMIN), path("/reports/*"), source("192.0.2.0/24")], to("reports")),
        (41, [host(ADMIN), path("/reports/*")], answer(403)),
        (42, [host(ADMIN), source("192.0.2.0/24", "198.51.100.7/32")], to("backoffice")),
        # Each venue has a host; one of them has moved.
        (50, [host(f"old-opera.venues.{DOMAIN}")], redirect(Host=WWW)),
        # Previews are blocked, and venues that are run by others have an app of their own: patterns below a wildcard.
        (47, [host(f"pr-*.venues.{DOMAIN}"), path("/admin/*")], answer(403)),
        (48, [host(f"?-*.venues.{DOMAIN}", f"*-api.venues.{DOMAIN}")], to("venue-api")),
        (51, [host(VENUES), path("/api/*")], to("venue-api")),
        (52, [host(VENUES), path("/api/*/x", "/export/*.csv")], to("exports")),
        (53, [host(VENUES)], to("venues")),
        # A host below another one, and a general rule behind special ones.
        (60, [host(PLAY_V2)], to("player-next")),
        (61, [host(f"*.play.{DOMAIN}", PLAY), path("/stream/*")], to("streams")),
        (62, [host(PLAY), path("/stream/health")], to("player")),
        (63, [host(PLAY)], to("player")),
        (64, [host(STATUS), path("/?", "/")], to("status")),
    ]),
    ("partners", 443, to("partner-portal"), [
        (5, [path("/api/v2/orders/*"), query(dry_run="1")], answer(202)),
        (6, [path("/api/v2/*")], to("partner-api")),
        (7, [path("/api/*")], answer(410, "use /api/v2")),
    ]),
    # A `%` of a body is no command of Envoy's format strings: one would make it refuse every route of the gateway.
    ("media", 443, answer(503, "100% sold out at %REQ(:path)%"), [
        (1, [host(f"img.{DOMAIN}"), path("*/private/*")], answer(403)),
        (2, [host(f"img.{DOMAIN}"), path("/t/??/*")], to("thumbnails")),
        (3, [host(f"img.{DOMAIN}"), path("/*.png", "/*.jpg"), method("GET", "HEAD")], to("images")),
    ]),
    ("inside", 443, answer(404), [
        (1, [host(f"payments.{INSIDE}"), path("/v1/internal/*")], to("payments")),
        (2, [host(f"payments.{INSIDE}")], answer(403)),
        (3, [host(f"core.{INSIDE}"), path("/orders/*")], to("orders")),
        (4, [host(f"core.{INSIDE}"), path("/stock/*"), method("GET", "POST")], to("stock")),
        (5, [host(f"core.{INSIDE}"), path("/stock/*")], to("pricing")),
        (6, [host(f"core.{INSIDE}"), path("/fraud/score"), method("POST")], to("fraud")),
        (7, [host(f"tickets.{INSIDE}")], to("tickets-admin")),
        (8, [host(f"status.{INSIDE}")], to("status")),
        (9, [host(f"status.{INSIDE}", f"core.{INSIDE}"), path("/ping")], answer(200, "pong")),
    ]),
    ("legacy", 80, to("ledger"), [
        (1, [path("/pricing/*")], to("pricing")),
        (2, [path("/pricing")], redirect(Path="/pricing/")),
        (3, [path("/archive/*")], to("archive")),
    ]),
]

# The names that lead to a balancer, as its zone has them.
RECORDS = {
    "edge": [DOMAIN, SHOP, API, WWW, ACCOUNTS, ADMIN, f"*.venues.{DOMAIN}", DOCS, STATUS, PLAY, f"*.play.{DOMAIN}"],
    "partners": [f"partners.{DOMAIN}", f"partner.{DOMAIN}"],
    "media": [f"img.{DOMAIN}"],
    "inside": [f"payments.{INSIDE}", f"core.{INSIDE}", f"tickets.{INSIDE}", f"status.{INSIDE}"],
    "legacy": [f"ledger.{INSIDE}"],
}

# --- the services ------------------------------------------------------------------------------------------------------


def container(name, port=None, **more):
    base = {
        "name": name,
        "image": f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/{name}:2026-10-1",
        "memory": 256,
        "essential": True,
    }
    ports = [port] if isinstance(port, int) else port or []
    if ports:
        base["portMappings"] = [{"containerPort": one, "protocol": "tcp"} for one in ports]
    return base | more


def proxy(port, behind):
    """nginx in front of the app, which it waits for."""
    return container("nginx", port, dependsOn=[{"containerName": behind, "condition": "START"}])


AGENT = container("datadog-agent", essential=False, environment=[{"name": "ECS_FARGATE", "value": "true"}])
XRAY = container("xray-daemon", essential=False) | {"portMappings": [{"containerPort": 2000, "protocol": "udp"}]}
ROUTER = container("log-router", firelensConfiguration={"type": "fluentbit"})
MIGRATE = container("migrate", essential=False, command=["./manage", "migrate"])
WAITS = [{"containerName": "migrate", "condition": "SUCCESS"}]


def service(name, port=None, *, beside=(), groups=None, count=1, **more):
    """`groups` is {target group: (container, port)}; the service's own name leads to its own container's port."""
    if groups is None:
        groups = {name: (name, port)} if port else {}
    return {"name": name, "containers": [container(name, port, **more), *beside], "groups": groups, "count": count}


SERVICES = [
    service("storefront", 3000, beside=[proxy(8090, "storefront"), ROUTER], groups={"storefront": ("nginx", 8090)}, count=3),
    service("search", 8090, beside=[AGENT], count=2),
    service("search-next", 8090),
    service("checkout", 8070, beside=[XRAY], count=2),
    service("catalogue", 8090, beside=[MIGRATE], dependsOn=WAITS, count=2),
    service("reviews", 5000, count=2),
    service("reviews-next", 5000),
    service("payments", 8090, beside=[container("vault-agent", essential=False)], count=2),
    service(
        "tickets", [8090, 9090],
        beside=[container("pdf", 7000)],
        groups={"tickets": ("tickets", 8090), "tickets-admin": ("tickets", 9090), "tickets-pdf": ("pdf", 7000)},
        count=2,
    ),
    service("orders", 8090, beside=[AGENT, MIGRATE], dependsOn=WAITS, count=2),
    service("hooks", 4000),
    service("accounts", 8090, beside=[container("geoip-refresh", essential=False, command=["./refresh", "--once"])], count=2),
    service("accounts-canary", 8090),
    service("reports", 8090),
    service("backoffice", 8090),
    service("venues", 3000),
    service("venue-api", 8090),
    service("exports", 8090),
    service("player", 3000),
    service("player-next", 3000),
    service("streams", 6000),
    service("status", 3000),
    service("partner-portal", 8090),
    service("partner-api", 8090),
    service("images", 8090, readonlyRootFilesystem=True),
    service("thumbnails", 8090),
    service("stock", 8090),
    service("pricing", 8090),
    service("fraud", 5000),
    service("ledger", 8090),
    service("mail-sender", None, command=["./send", "--queue", "mail"]),
    service("settlement", None, command=["./settle"], count=0),
]


def make_network():
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    zone = ec2.meta.region_name
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.60.{n}.0/24", AvailabilityZone=zone + "ab"[n])["Subnet"]["SubnetId"]
        for n in range(2)
    ]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    everybody = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[everybody])
    return {"vpc": vpc, "subnets": subnets, "group": group}


def make_balancer(name, scheme, network):
    return elb.create_load_balancer(
        Name=name, Scheme=scheme, Subnets=network["subnets"], SecurityGroups=[network["group"]]
    )["LoadBalancers"][0]


def make_groups(service, network):
    for name, (_, port) in service["groups"].items():
        arn = elb.create_target_group(
            Name=name, Protocol="HTTP", Port=port, VpcId=network["vpc"], TargetType="ip", HealthCheckPath="/healthz"
        )["TargetGroups"][0]["TargetGroupArn"]
        delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "20"}]
        elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=delay)
        groups[name] = arn
        made["groups"][arn] = {"service": service["name"], "port": port}


def make_listener(balancers, name, port, default, rules):
    if "archive" not in groups:
        # A target group whose service is gone: the rules that lead there are still there.
        vpc = balancers[name]["VpcId"]
        group = elb.create_target_group(Name="archive", Protocol="HTTP", Port=8090, VpcId=vpc, TargetType="ip")
        groups["archive"] = group["TargetGroups"][0]["TargetGroupArn"]
    more = {"Protocol": "HTTP"}
    if port == 443:
        certificate = acm.request_certificate(DomainName=f"*.{DOMAIN}")["CertificateArn"]
        more = {"Protocol": "HTTPS", "Certificates": [{"CertificateArn": certificate}]}
    listener = elb.create_listener(
        LoadBalancerArn=balancers[name]["LoadBalancerArn"], Port=port, DefaultActions=[default()], **more
    )["Listeners"][0]["ListenerArn"]
    for priority, conditions, action in rules:
        elb.create_rule(ListenerArn=listener, Priority=priority, Conditions=conditions, Actions=[action()])
    said = elb.describe_rules(ListenerArn=listener)["Rules"]
    said.sort(key=lambda rule: (rule["IsDefault"], int(rule["Priority"]) if rule["Priority"].isdigit() else 0))
    about = {"name": f"{name}:{port}", "scheme": BALANCERS[name], "port": port}
    made["listeners"].append(about | {"hosts": RECORDS[name], "rules": said})


def make_definition(name, containers):
    ecs.register_task_definition(
        family=name,
        networkMode="awsvpc",
        cpu="512",
        memory="1024",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=containers,
        tags=[{"key": "team", "value": "tickets"}],
    )
    return name


def make_service(service, network):
    placed = {"awsvpcConfiguration": {"subnets": network["subnets"], "securityGroups": [network["group"]]}}
    front = [
        {"targetGroupArn": groups[group], "containerName": name, "containerPort": port}
        for group, (name, port) in service["groups"].items()
    ]
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=service["name"],
        taskDefinition=make_definition(service["name"], service["containers"]),
        desiredCount=service["count"],
        launchType="FARGATE",
        networkConfiguration=placed,
        loadBalancers=front,
        tags=[{"key": "team", "value": "tickets"}],
    )


# --- by the clock ------------------------------------------------------------------------------------------------------


def make_schedules(network):
    cluster = ecs.describe_clusters(clusters=[CLUSTER])["clusters"][0]["clusterArn"]
    placed = {"AwsvpcConfiguration": {"Subnets": network["subnets"]}}
    for name, when in (("nightly-close", "cron(15 2 ? * MON-FRI *)"), ("sweep", "rate(10 minutes)")):
        make_definition(name, [container(name, command=["./run", name])])
        events.put_rule(Name=name, ScheduleExpression=when)
        task = {"TaskDefinitionArn": definition_arn(name), "TaskCount": 1, "LaunchType": "FARGATE"}
        target = {"Id": "task", "Arn": cluster, "RoleArn": ROLE, "EcsParameters": task}
        events.put_targets(Rule=name, Targets=[target])
    make_definition("payout", [container("payout", command=["./run", "payout"])])
    parameters = {"TaskDefinitionArn": definition_arn("payout"), "TaskCount": 3, "LaunchType": "FARGATE"}
    schedule("payout", "cron(0 4 1,15 * ? *)", {"Arn": cluster, "EcsParameters": parameters}, zone="Europe/Madrid")
    parameters = parameters | {"TaskCount": 1}
    schedule("weekend-report", "cron(30 6 ? * 7-1 *)", {"Arn": cluster, "EcsParameters": parameters}, state="DISABLED")
    schedule("once", "at(2026-12-24T18:00:00)", {"Arn": cluster, "EcsParameters": parameters})
    make_definition("digest", [container("digest", command=["./run", "digest"])])
    request = {
        "Cluster": CLUSTER,
        "TaskDefinition": "digest",
        "LaunchType": "FARGATE",
        "NetworkConfiguration": placed,
        "Overrides": {"ContainerOverrides": [{"Name": "digest", "Command": ["./run", "digest", "--yesterday"]}]},
    }
    schedule("digest", "cron(0 5 * * ? *)", universal("runTask", request), zone="Europe/London")
    for name, when, count in (("fraud-on", "cron(0 6 ? * MON-FRI *)", 2), ("fraud-off", "cron(0 22 ? * MON-FRI *)", 0)):
        request = {"Cluster": CLUSTER, "Service": "fraud", "DesiredCount": count}
        schedule(name, when, universal("updateService", request), zone="Europe/Madrid")


ROLE = "arn:aws:iam::123456789012:role/start-tasks"


def definition_arn(family):
    return ecs.describe_task_definition(taskDefinition=family)["taskDefinition"]["taskDefinitionArn"]


def universal(call, request):
    return {"Arn": f"arn:aws:scheduler:::aws-sdk:ecs:{call}", "Input": json.dumps(request)}


def schedule(name, when, target, zone="UTC", state="ENABLED"):
    scheduler.create_schedule(
        Name=name,
        FlexibleTimeWindow={"Mode": "OFF"},
        ScheduleExpression=when,
        ScheduleExpressionTimezone=zone,
        State=state,
        Target=target | {"RoleArn": ROLE},
    )


def make_scaling():
    for name in ("storefront", "search", "streams"):
        about = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{CLUSTER}/{name}",
            "ScalableDimension": "ecs:service:DesiredCount",
        }
        scaling.register_scalable_target(MinCapacity=2, MaxCapacity=10, **about)
        scaling.put_scaling_policy(
            PolicyName=f"{name}-cpu",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 60.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
            **about,
        )
        if name == "storefront":
            for action, when, least in (("up", "cron(0 9 * * ? *)", 4), ("down", "cron(0 1 * * ? *)", 2)):
                scaling.put_scheduled_action(
                    ScheduledActionName=f"{name}-{action}",
                    Schedule=when,
                    ScalableTargetAction={"MinCapacity": least, "MaxCapacity": 10},
                    **about,
                )


def make_zones(balancers):
    private = {"VPC": {"VPCRegion": ec2.meta.region_name, "VPCId": balancers["inside"]["VpcId"]}}
    zones = {
        zone: route53.create_hosted_zone(Name=zone, CallerReference=zone, **more)["HostedZone"]["Id"]
        for zone, more in ((DOMAIN, {}), (INSIDE, private))
    }
    for name, hosts in RECORDS.items():
        alias = {
            "HostedZoneId": balancers[name]["CanonicalHostedZoneId"],
            "DNSName": balancers[name]["DNSName"],
            "EvaluateTargetHealth": False,
        }
        for host in hosts:
            zone = zones[DOMAIN if host.endswith(DOMAIN) else INSIDE]
            record = {"Name": host, "Type": "A", "AliasTarget": alias}
            changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
            route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)


main()
