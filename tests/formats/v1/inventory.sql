PRAGMA application_id = 1129469513;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE domain (
    name        TEXT NOT NULL PRIMARY KEY,
    customer    TEXT,
    target      TEXT,
    observation TEXT REFERENCES observation (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE edge (
    source      TEXT NOT NULL,
    target      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    observation TEXT NOT NULL REFERENCES observation (id),
    path        TEXT NOT NULL,
    confidence  TEXT NOT NULL,
    PRIMARY KEY (source, target, kind, observation, path)
) STRICT, WITHOUT ROWID;
INSERT INTO "edge" VALUES('ecs/417263850914/eu-central-1/task/support-shell','iam:arn:aws:iam::417263850914:role/ecs-task-execution','role','ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/support-shell:2','/taskDefinition/executionRoleArn','stated');
INSERT INTO "edge" VALUES('ecs/417263850914/eu-central-1/task/support-shell','iam:arn:aws:iam::417263850914:role/support-shell-task','role','ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/support-shell:2','/taskDefinition/taskRoleArn','stated');
INSERT INTO "edge" VALUES('ecs/417263850914/eu-central-1/tracking-prod/address-validator','ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33','runs','ecs.service/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:service/tracking-prod/address-validator','/taskDefinition','stated');
INSERT INTO "edge" VALUES('ecs/417263850914/eu-central-1/tracking-prod/address-validator','iam:arn:aws:iam::417263850914:role/address-validator-task','role','ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33','/taskDefinition/taskRoleArn','stated');
INSERT INTO "edge" VALUES('ecs/417263850914/eu-central-1/tracking-prod/address-validator','iam:arn:aws:iam::417263850914:role/ecs-task-execution','role','ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33','/taskDefinition/executionRoleArn','stated');
INSERT INTO "edge" VALUES('ecs/417263850914/eu-central-1/tracking-prod/address-validator','s3:arn:aws:s3:::tracklark-address-index','data','ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33','/taskDefinition/containerDefinitions/0/command/0','stated');
INSERT INTO "edge" VALUES('worker/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/carrier-status-cron','cloudflare-queue:carrier-alerts','queue','cloudflare.worker/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/carrier-status-cron','/bindings/1/queue_name','stated');
CREATE TABLE feed (
    scan   TEXT NOT NULL,
    target TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (scan, target, source),
    FOREIGN KEY (scan, target) REFERENCES unit (scan, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeClusters','aws/417263850914/eu-central-1/ecs:ListClusters');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','aws/417263850914/eu-central-1/ecs:ListServices');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','aws/417263850914/eu-central-1/ecs:DescribeServices');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','aws/417263850914/eu-central-1/ecs:DescribeTasks');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','aws/417263850914/eu-central-1/events:ListTargetsByRule');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','aws/417263850914/eu-central-1/scheduler:GetSchedule');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeTasks','aws/417263850914/eu-central-1/ecs:ListTasks');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListServices','aws/417263850914/eu-central-1/ecs:ListClusters');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListTasks','aws/417263850914/eu-central-1/ecs:ListClusters');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeListeners','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeLoadBalancers');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeRules','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeListeners');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTags','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeLoadBalancers');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTags','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeRules');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTargetGroupAttributes','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTargetGroups');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/events:ListRules','aws/417263850914/eu-central-1/events:ListEventBuses');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/events:ListTargetsByRule','aws/417263850914/eu-central-1/events:ListRules');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/scheduler:GetSchedule','aws/417263850914/eu-central-1/scheduler:ListSchedules');
INSERT INTO "feed" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/global/route53:ListResourceRecordSets','aws/417263850914/global/route53:ListHostedZones');
CREATE TABLE observation (
    number     INTEGER NOT NULL PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    kind       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    account    TEXT,
    region     TEXT,
    api        TEXT    NOT NULL,
    first_seen TEXT    NOT NULL,
    last_seen  TEXT    NOT NULL,
    gone_at    TEXT,
    unit       TEXT,
    scan       TEXT REFERENCES scan (id),
    body       TEXT    NOT NULL
) STRICT;
INSERT INTO "observation" VALUES(1,'cloudflare.worker/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/carrier-status-cron','cloudflare.worker','carrier-status-cron','7f3c1d9a5be04e2c8d6a90b1f2e4c7d3','global','cloudflare:ListWorkers','2026-10-05T04:58:02.000000000Z','2026-11-23T05:04:48.000000000Z',NULL,'cloudflare/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/cloudflare:ListWorkers','01M83CGY1RNVG2QM2F8KRYDESH','{"bindings":[{"id":"b297cf83-b5e0-f27e-5b75-8ae304955562","name":"STATUS","type":"d1"},{"name":"ALERTS","queue_name":"carrier-alerts","type":"queue"},{"name":"PAGER_TOKEN","type":"secret_text"}],"compatibility_date":"2026-01-20","compatibility_flags":["nodejs_compat"],"created_on":"2025-11-27T21:23:03Z","domains":[],"etag":"c11119180e01b4dd4714f90fe0ebe6c5ed96bdab6f8cfc7dd1fd47433d64484f","handlers":["scheduled","fetch"],"has_assets":false,"has_modules":true,"id":"carrier-status-cron","last_deployed_from":"wrangler","logpush":false,"modified_on":"2026-09-23T10:55:06Z","routes":[],"schedules":[{"created_on":"2026-09-24T00:25:52Z","cron":"*/10 * * * *","modified_on":"2026-09-24T00:25:52Z"}],"tag":"6bfe78da017437318754b4d45b79e14b","tags":["team:integrations","environment:production"],"usage_model":"standard"}');
INSERT INTO "observation" VALUES(2,'ecs.service/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:service/tracking-prod/address-validator','ecs.service','arn:aws:ecs:eu-central-1:417263850914:service/tracking-prod/address-validator','417263850914','eu-central-1','ecs:DescribeServices','2026-10-05T04:58:02.000000000Z','2026-11-23T05:04:48.000000000Z',NULL,'aws/417263850914/eu-central-1/ecs:DescribeServices','01M83CGY1RNVG2QM2F8KRYDESH','{"availabilityZoneRebalancing":"ENABLED","clusterArn":"arn:aws:ecs:eu-central-1:417263850914:cluster/tracking-prod","createdAt":1733799446.019,"createdBy":"arn:aws:iam::417263850914:role/terraform-apply","deploymentConfiguration":{"bakeTimeInMinutes":0,"deploymentCircuitBreaker":{"enable":true,"rollback":true},"maximumPercent":200,"minimumHealthyPercent":100,"strategy":"ROLLING"},"deploymentController":{"type":"ECS"},"deployments":[{"createdAt":1789877266.019,"desiredCount":2,"failedTasks":0,"id":"ecs-svc/1000189154627716427","launchType":"FARGATE","networkConfiguration":{"awsvpcConfiguration":{"assignPublicIp":"DISABLED","securityGroups":["sg-01f9b4adf95c0faec"],"subnets":["subnet-04d1b7c93fae5520a","subnet-0a97e3f15bd2c8846","subnet-0f3e8d2270c91b6a5"]}},"pendingCount":0,"platformFamily":"Linux","platformVersion":"1.4.0","rolloutState":"COMPLETED","rolloutStateReason":"ECS deployment ecs-svc/1000189154627716427 completed.","runningCount":2,"serviceConnectConfiguration":{"enabled":true,"namespace":"arn:aws:servicediscovery:eu-central-1:417263850914:namespace/ns-6fd1239fb4f9eadd","services":[{"clientAliases":[{"dnsName":"address-validator.tracking.local","port":8080}],"discoveryName":"address-validator","portName":"http"}]},"status":"PRIMARY","taskDefinition":"arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33","updatedAt":1789877578.519}],"desiredCount":2,"enableECSManagedTags":true,"enableExecuteCommand":false,"events":[{"createdAt":1795402931.193,"id":"b6878158-560c-9cb2-e401-33d7ea195681","message":"(service address-validator) has reached a steady state."}],"launchType":"FARGATE","loadBalancers":[],"networkConfiguration":{"awsvpcConfiguration":{"assignPublicIp":"DISABLED","securityGroups":["sg-01f9b4adf95c0faec"],"subnets":["subnet-04d1b7c93fae5520a","subnet-0a97e3f15bd2c8846","subnet-0f3e8d2270c91b6a5"]}},"pendingCount":0,"placementConstraints":[],"placementStrategy":[],"platformFamily":"Linux","platformVersion":"LATEST","propagateTags":"SERVICE","roleArn":"arn:aws:iam::417263850914:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS","runningCount":2,"schedulingStrategy":"REPLICA","serviceArn":"arn:aws:ecs:eu-central-1:417263850914:service/tracking-prod/address-validator","serviceName":"address-validator","serviceRegistries":[{"containerName":"validator","containerPort":8080,"registryArn":"arn:aws:servicediscovery:eu-central-1:417263850914:service/srv-b89f2a77fa6d4fd7"}],"status":"ACTIVE","tags":[{"key":"team","value":"tracking"},{"key":"environment","value":"production"},{"key":"app","value":"address-validator"}],"taskDefinition":"arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33"}');
INSERT INTO "observation" VALUES(3,'ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33','ecs.task-definition','arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33','417263850914','eu-central-1','ecs:DescribeTaskDefinition','2026-10-05T04:58:02.000000000Z','2026-11-23T05:04:48.000000000Z',NULL,'aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','01M83CGY1RNVG2QM2F8KRYDESH','{"tags":[{"key":"team","value":"tracking"},{"key":"environment","value":"production"},{"key":"app","value":"address-validator"}],"taskDefinition":{"compatibilities":["EC2","FARGATE"],"containerDefinitions":[{"command":["s3://tracklark-address-index/current.tar","/data"],"cpu":0,"environment":[{"name":"ZSTD_THREADS","value":"2"}],"essential":false,"image":"417263850914.dkr.ecr.eu-central-1.amazonaws.com/platform/s3-fetch:0.4.1","logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/production/address-validator","awslogs-region":"eu-central-1","awslogs-stream-prefix":"fetch"},"secretOptions":[]},"memoryReservation":128,"mountPoints":[{"containerPath":"/data","readOnly":false,"sourceVolume":"index"}],"name":"fetch-index","portMappings":[],"systemControls":[],"volumesFrom":[]},{"cpu":1024,"dependsOn":[{"condition":"SUCCESS","containerName":"fetch-index"}],"environment":[{"name":"JAVA_TOOL_OPTIONS","value":"-XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError"},{"name":"index.path","value":"/data"},{"name":"index.refresh.cron","value":"-"},{"name":"server.port","value":"8080"},{"name":"management.endpoints.web.exposure.include","value":"health,prometheus"}],"essential":true,"healthCheck":{"command":["CMD-SHELL","wget -qO- http://localhost:8080/actuator/health | grep -q UP"],"interval":20,"retries":5,"startPeriod":180,"timeout":5},"image":"417263850914.dkr.ecr.eu-central-1.amazonaws.com/tracking/address-validator:5.2.0","logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/production/address-validator","awslogs-multiline-pattern":"^\\d{4}-","awslogs-region":"eu-central-1","awslogs-stream-prefix":"validator"},"secretOptions":[]},"memory":3072,"memoryReservation":2560,"mountPoints":[{"containerPath":"/data","readOnly":true,"sourceVolume":"index"}],"name":"validator","portMappings":[{"appProtocol":"http","containerPort":8080,"hostPort":8080,"name":"http","protocol":"tcp"}],"startTimeout":300,"systemControls":[],"volumesFrom":[]}],"cpu":"1024","executionRoleArn":"arn:aws:iam::417263850914:role/ecs-task-execution","family":"address-validator","memory":"4096","networkMode":"awsvpc","placementConstraints":[],"registeredAt":1789855312.635,"registeredBy":"arn:aws:sts::417263850914:assumed-role/github-deploy/GitHubActions","requiresAttributes":[{"name":"com.amazonaws.ecs.capability.docker-remote-api.1.18"},{"name":"com.amazonaws.ecs.capability.ecr-auth"},{"name":"com.amazonaws.ecs.capability.logging-driver.awslogs"},{"name":"com.amazonaws.ecs.capability.task-iam-role"},{"name":"ecs.capability.container-health-check"},{"name":"ecs.capability.task-eni"}],"requiresCompatibilities":["FARGATE"],"revision":33,"runtimePlatform":{"cpuArchitecture":"ARM64","operatingSystemFamily":"LINUX"},"status":"ACTIVE","taskDefinitionArn":"arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33","taskRoleArn":"arn:aws:iam::417263850914:role/address-validator-task","volumes":[{"host":{},"name":"index"}]}}');
INSERT INTO "observation" VALUES(4,'ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/support-shell:2','ecs.task-definition','arn:aws:ecs:eu-central-1:417263850914:task-definition/support-shell:2','417263850914','eu-central-1','ecs:DescribeTaskDefinition','2026-10-05T04:58:02.000000000Z','2026-11-23T05:04:48.000000000Z',NULL,'aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','01M83CGY1RNVG2QM2F8KRYDESH','{"tags":[{"key":"team","value":"platform"},{"key":"environment","value":"production"}],"taskDefinition":{"compatibilities":["EC2","FARGATE"],"containerDefinitions":[{"command":["bash"],"cpu":0,"environment":[{"name":"PS1","value":"[support] \\w $$ "}],"essential":true,"image":"417263850914.dkr.ecr.eu-central-1.amazonaws.com/platform/toolbox:2025.3","interactive":true,"linuxParameters":{"initProcessEnabled":true},"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/ecs/production/support-shell","awslogs-region":"eu-central-1","awslogs-stream-prefix":"ecs"},"secretOptions":[]},"memory":512,"mountPoints":[],"name":"shell","portMappings":[],"pseudoTerminal":true,"systemControls":[],"volumesFrom":[]}],"cpu":"256","executionRoleArn":"arn:aws:iam::417263850914:role/ecs-task-execution","family":"support-shell","memory":"512","networkMode":"awsvpc","placementConstraints":[],"registeredAt":1761830532.98,"registeredBy":"arn:aws:sts::417263850914:assumed-role/github-hand/GitHubActions","requiresAttributes":[{"name":"com.amazonaws.ecs.capability.docker-remote-api.1.18"},{"name":"com.amazonaws.ecs.capability.ecr-auth"},{"name":"com.amazonaws.ecs.capability.logging-driver.awslogs"},{"name":"com.amazonaws.ecs.capability.task-iam-role"},{"name":"ecs.capability.task-eni"}],"requiresCompatibilities":["FARGATE"],"revision":2,"status":"ACTIVE","taskDefinitionArn":"arn:aws:ecs:eu-central-1:417263850914:task-definition/support-shell:2","taskRoleArn":"arn:aws:iam::417263850914:role/support-shell-task","volumes":[]}}');
INSERT INTO "observation" VALUES(5,'ecs.cluster/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:123456789012:cluster/prod','ecs.cluster','arn:aws:ecs:eu-central-1:123456789012:cluster/prod','417263850914','eu-central-1','ecs:DescribeClusters','2026-11-24T12:00:00.000000000Z','2026-11-24T12:00:00.000000000Z',NULL,'aws/417263850914/eu-central-1/ecs:DescribeClusters','01M86PTPG0KNM4EAKWXBQ43M1W','{"clusterArn":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"}');
CREATE TABLE part (
    workload    TEXT    NOT NULL REFERENCES workload (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    observation TEXT    NOT NULL REFERENCES observation (id),
    PRIMARY KEY (workload, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "part" VALUES('worker/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/carrier-status-cron',0,'cloudflare.worker/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/carrier-status-cron');
INSERT INTO "part" VALUES('ecs/417263850914/eu-central-1/tracking-prod/address-validator',0,'ecs.service/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:service/tracking-prod/address-validator');
INSERT INTO "part" VALUES('ecs/417263850914/eu-central-1/tracking-prod/address-validator',1,'ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/address-validator:33');
INSERT INTO "part" VALUES('ecs/417263850914/eu-central-1/task/support-shell',0,'ecs.task-definition/417263850914/eu-central-1/arn:aws:ecs:eu-central-1:417263850914:task-definition/support-shell:2');
CREATE TABLE question (
    id       TEXT NOT NULL PRIMARY KEY,
    workload TEXT NOT NULL REFERENCES workload (id) ON DELETE CASCADE,
    text     TEXT NOT NULL,
    options  TEXT NOT NULL,
    assumed  TEXT
) STRICT, WITHOUT ROWID;
CREATE TABLE scan (
    id        TEXT NOT NULL PRIMARY KEY,
    began     TEXT NOT NULL,
    ended     TEXT,
    state     TEXT NOT NULL CHECK (state IN ('running', 'finished', 'abandoned')),
    selection TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "scan" VALUES('01M83CGY1RNVG2QM2F8KRYDESH','2026-11-23T05:02:11.000000000Z','2026-11-23T05:04:48.000000000Z','finished','{"accounts":[{"id":"417263850914","regions":["eu-central-1","us-east-1"]},{"id":"862094173355","regions":["eu-central-1"]}],"only":[],"source":"aws"}');
INSERT INTO "scan" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','2026-11-24T12:00:00.000000000Z',NULL,'running','{"accounts":[{"id":"417263850914","regions":["eu-central-1"]}],"only":[],"source":"aws"}');
CREATE TABLE unit (
    scan    TEXT    NOT NULL REFERENCES scan (id),
    id      TEXT    NOT NULL,
    account TEXT,
    region  TEXT,
    api     TEXT    NOT NULL,
    state   TEXT    NOT NULL,
    found   INTEGER NOT NULL,
    reason  TEXT,
    PRIMARY KEY (scan, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "unit" VALUES('01M83CGY1RNVG2QM2F8KRYDESH','aws/417263850914/eu-central-1/ecs:DescribeServices','417263850914','eu-central-1','ecs:DescribeServices','complete',19,NULL);
INSERT INTO "unit" VALUES('01M83CGY1RNVG2QM2F8KRYDESH','aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','417263850914','eu-central-1','ecs:DescribeTaskDefinition','complete',25,NULL);
INSERT INTO "unit" VALUES('01M83CGY1RNVG2QM2F8KRYDESH','cloudflare/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/cloudflare:ListWorkers','7f3c1d9a5be04e2c8d6a90b1f2e4c7d3','global','cloudflare:ListWorkers','complete',8,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/application-autoscaling:DescribeScalableTargets','417263850914','eu-central-1','application-autoscaling:DescribeScalableTargets','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/application-autoscaling:DescribeScalingPolicies','417263850914','eu-central-1','application-autoscaling:DescribeScalingPolicies','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/application-autoscaling:DescribeScheduledActions','417263850914','eu-central-1','application-autoscaling:DescribeScheduledActions','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeClusters','417263850914','eu-central-1','ecs:DescribeClusters','partial',1,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','417263850914','eu-central-1','ecs:DescribeServices','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeTaskDefinition','417263850914','eu-central-1','ecs:DescribeTaskDefinition','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeTasks','417263850914','eu-central-1','ecs:DescribeTasks','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListClusters','417263850914','eu-central-1','ecs:ListClusters','partial',1,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListServices','417263850914','eu-central-1','ecs:ListServices','partial',12,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListTasks','417263850914','eu-central-1','ecs:ListTasks','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeListeners','417263850914','eu-central-1','elasticloadbalancing:DescribeListeners','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeLoadBalancers','417263850914','eu-central-1','elasticloadbalancing:DescribeLoadBalancers','partial',2,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeRules','417263850914','eu-central-1','elasticloadbalancing:DescribeRules','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTags','417263850914','eu-central-1','elasticloadbalancing:DescribeTags','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTargetGroupAttributes','417263850914','eu-central-1','elasticloadbalancing:DescribeTargetGroupAttributes','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTargetGroups','417263850914','eu-central-1','elasticloadbalancing:DescribeTargetGroups','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/events:ListEventBuses','417263850914','eu-central-1','events:ListEventBuses','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/events:ListRules','417263850914','eu-central-1','events:ListRules','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/events:ListTargetsByRule','417263850914','eu-central-1','events:ListTargetsByRule','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/scheduler:GetSchedule','417263850914','eu-central-1','scheduler:GetSchedule','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/scheduler:ListSchedules','417263850914','eu-central-1','scheduler:ListSchedules','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/global/route53:ListHostedZones','417263850914','global','route53:ListHostedZones','partial',0,NULL);
INSERT INTO "unit" VALUES('01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/global/route53:ListResourceRecordSets','417263850914','global','route53:ListResourceRecordSets','partial',0,NULL);
CREATE TABLE work (
    id      INTEGER NOT NULL PRIMARY KEY,
    scan    TEXT    NOT NULL,
    unit    TEXT    NOT NULL,
    request TEXT    NOT NULL,
    token   TEXT,
    found   INTEGER NOT NULL DEFAULT 0,
    done    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (scan, request),
    FOREIGN KEY (scan, unit) REFERENCES unit (scan, id)
) STRICT;
INSERT INTO "work" VALUES(1,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListClusters','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:ListClusters","input":{},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(2,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/events:ListEventBuses','{"read":{"account":"417263850914","region":"eu-central-1","api":"events:ListEventBuses","input":{},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(3,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/scheduler:ListSchedules','{"read":{"account":"417263850914","region":"eu-central-1","api":"scheduler:ListSchedules","input":{},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(4,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/application-autoscaling:DescribeScalableTargets','{"read":{"account":"417263850914","region":"eu-central-1","api":"application-autoscaling:DescribeScalableTargets","input":{"ServiceNamespace":"ecs"},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(5,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/application-autoscaling:DescribeScalingPolicies','{"read":{"account":"417263850914","region":"eu-central-1","api":"application-autoscaling:DescribeScalingPolicies","input":{"ServiceNamespace":"ecs"},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(6,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/application-autoscaling:DescribeScheduledActions','{"read":{"account":"417263850914","region":"eu-central-1","api":"application-autoscaling:DescribeScheduledActions","input":{"ServiceNamespace":"ecs"},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(7,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeLoadBalancers','{"read":{"account":"417263850914","region":"eu-central-1","api":"elasticloadbalancing:DescribeLoadBalancers","input":{},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(8,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTargetGroups','{"read":{"account":"417263850914","region":"eu-central-1","api":"elasticloadbalancing:DescribeTargetGroups","input":{},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(9,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/global/route53:ListHostedZones','{"read":{"account":"417263850914","region":"global","api":"route53:ListHostedZones","input":{},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(10,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTags','{"read":{"account":"417263850914","region":"eu-central-1","api":"elasticloadbalancing:DescribeTags","input":{},"token":null},"member":"lb:1","carried":{"kind":"elbv2.load-balancer","name":"lb:1","api":"elasticloadbalancing:DescribeLoadBalancers","body":{"LoadBalancerArn":"lb:1"}}}',NULL,0,0);
INSERT INTO "work" VALUES(11,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeTags','{"read":{"account":"417263850914","region":"eu-central-1","api":"elasticloadbalancing:DescribeTags","input":{},"token":null},"member":"lb:2","carried":{"kind":"elbv2.load-balancer","name":"lb:2","api":"elasticloadbalancing:DescribeLoadBalancers","body":{"LoadBalancerArn":"lb:2"}}}',NULL,0,0);
INSERT INTO "work" VALUES(12,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeListeners','{"read":{"account":"417263850914","region":"eu-central-1","api":"elasticloadbalancing:DescribeListeners","input":{"LoadBalancerArn":"lb:1"},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(13,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/elasticloadbalancing:DescribeListeners','{"read":{"account":"417263850914","region":"eu-central-1","api":"elasticloadbalancing:DescribeListeners","input":{"LoadBalancerArn":"lb:2"},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(14,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeClusters','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeClusters","input":{},"token":null},"member":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod","carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(15,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:ListServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(16,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:ListTasks','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:ListTasks","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":null,"carried":null}',NULL,0,1);
INSERT INTO "work" VALUES(17,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s0","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(18,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s1","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(19,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s2","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(20,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s3","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(21,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s4","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(22,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s5","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(23,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s6","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(24,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s7","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(25,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s8","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(26,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s9","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(27,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s10","carried":null}',NULL,0,0);
INSERT INTO "work" VALUES(28,'01M86PTPG0KNM4EAKWXBQ43M1W','aws/417263850914/eu-central-1/ecs:DescribeServices','{"read":{"account":"417263850914","region":"eu-central-1","api":"ecs:DescribeServices","input":{"cluster":"arn:aws:ecs:eu-central-1:123456789012:cluster/prod"},"token":null},"member":"arn:s11","carried":null}',NULL,0,0);
CREATE TABLE workload (
    id          TEXT NOT NULL PRIMARY KEY,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL,
    team        TEXT NOT NULL,
    environment TEXT NOT NULL,
    account     TEXT,
    region      TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "workload" VALUES('ecs/417263850914/eu-central-1/task/support-shell','ecs','support-shell','platform','production','417263850914','eu-central-1');
INSERT INTO "workload" VALUES('ecs/417263850914/eu-central-1/tracking-prod/address-validator','ecs','address-validator','tracking','production','417263850914','eu-central-1');
INSERT INTO "workload" VALUES('worker/7f3c1d9a5be04e2c8d6a90b1f2e4c7d3/global/carrier-status-cron','worker','carrier-status-cron','integrations','production','7f3c1d9a5be04e2c8d6a90b1f2e4c7d3','global');
CREATE INDEX unit_by_id ON unit (id, scan);
CREATE INDEX work_pending ON work (scan, id) WHERE done = 0;
CREATE INDEX work_by_unit ON work (scan, unit, done);
CREATE INDEX observation_by_kind ON observation (kind, id);
CREATE INDEX observation_by_unit ON observation (unit, scan) WHERE gone_at IS NULL;
CREATE INDEX part_by_observation ON part (observation);
CREATE INDEX edge_by_target ON edge (target, source);
CREATE INDEX question_by_workload ON question (workload, id);
COMMIT;
