//! Values that stay as they are.

use super::{arguments, redactor, variable};
use caravan_inventory::ObservationKind;
use serde_json::json;

#[rustfmt::skip]
const VARIABLES: &[(&str, &str)] = &[
    ("LOG_LEVEL", "info"), ("LOG_LEVEL", "WARN"), ("NODE_ENV", "production"), ("RAILS_ENV", "staging"), ("APP_ENV", "prod"),
    ("ASPNETCORE_ENVIRONMENT", "Production"), ("SPRING_PROFILES_ACTIVE", "aws,metrics,json-logging"), ("DEBUG", "false"),
    ("FLASK_DEBUG", "0"), ("ENABLE_TRACING", "true"), ("FEATURE_FLAGS", "a,b,c"), ("FEATURES", "new-checkout,fast-search,eu_vat"),
    ("PORT", "8080"), ("METRICS_PORT", "9102"), ("WEB_CONCURRENCY", "4"), ("MAX_THREADS", "16"), ("TIMEOUT_MS", "30000"),
    ("TIMEOUT", "30s"), ("CACHE_TTL", "1h30m"), ("RETENTION", "P30D"), ("LEASE", "PT5M"), ("MAX_UPLOAD", "512MB"), ("HEAP", "1.5g"),
    ("SAMPLE_RATE", "0.25"), ("OFFSET", "-1"), ("THRESHOLD", "95%"), ("EPOCH_MS", "1732450000000"),
    ("TZ", "Europe/Berlin"), ("TIMEZONE", "America/Argentina/Buenos_Aires"), ("LANG", "en_US.UTF-8"), ("LC_ALL", "C.UTF-8"),
    ("LOCALE", "de-AT"), ("CURRENCY", "EUR"), ("AWS_REGION", "eu-central-1"), ("AWS_DEFAULT_REGION", "us-gov-west-1"),
    ("ZONES", "eu-west-1a,eu-west-1b"), ("AWS_ACCOUNT_ID", "123456789012"),
    ("DATABASE_HOST", "db.internal"), ("DB_HOST", "orders.cluster-cx2m4kq8z1ab.eu-central-1.rds.amazonaws.com"),
    ("DB_NAME", "orders"), ("DB_USER", "orders_app"), ("DB_PORT", "5432"), ("DB_SSLMODE", "verify-full"),
    ("REDIS_URL", "redis://cache.internal:6379/0"), ("REDIS_HOST", "master.orders.abc1de.euc1.cache.amazonaws.com:6379"),
    ("DATABASE_URL", "postgres://db.internal:5432/orders?sslmode=require"), ("JDBC_URL", "jdbc:postgresql://db.internal:5432/orders"),
    ("SPRING_DATASOURCE_URL", "jdbc:mysql://db.internal:3306/shop?useSSL=true&serverTimezone=UTC"),
    ("MONGO_HOSTS", "mongo-1.internal:27017,mongo-2.internal:27017"), ("MONGODB_URI", "mongodb+srv://cluster0.ab1cd.mongodb.net/parcels"),
    ("KAFKA_BROKERS", "b-1.events.x9y8z7.c3.kafka.eu-central-1.amazonaws.com:9098,b-2.events.x9y8z7.c3.kafka.eu-central-1.amazonaws.com:9098"),
    ("AMQP_URL", "amqps://mq.internal:5671/%2Fparcels"), ("ELASTICSEARCH_URL", "https://search.internal:9200"),
    ("QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/parcel-events"),
    ("QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/parcel-events.fifo"),
    ("TOPIC_ARN", "arn:aws:sns:eu-central-1:123456789012:parcel-events"), ("BUCKET", "parcels-labels-prod-eu"),
    ("S3_URI", "s3://parcels-labels-prod/labels/"), ("TABLE", "parcel_scans"), ("STREAM", "arn:aws:kinesis:eu-central-1:123456789012:stream/scans"),
    ("ROLE_ARN", "arn:aws:iam::123456789012:role/parcels-api"), ("DB_SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbC123"),
    ("SECRET_NAME", "prod/parcels/db"), ("KMS_KEY_ARN", "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    ("CORS_ORIGINS", "https://a,https://b"), ("CORS_ORIGINS", "https://app.example.com,https://admin.example.com"),
    ("ALLOWED_HOSTS", "app.example.com,*.example.com,localhost"), ("PUBLIC_URL", "https://track.example.com/"),
    ("OIDC_ISSUER", "https://login.example.com/realms/parcels"), ("TOKEN_URL", "https://login.example.com/oauth2/token"),
    ("JWKS_URI", "https://login.example.com/.well-known/jwks.json"), ("AUTH_TYPE", "oauth2"), ("AUTH_ENABLED", "true"),
    ("JWT_ALGORITHM", "RS256"), ("PASSWORD_MIN_LENGTH", "12"), ("TOKEN_TTL", "900"), ("COOKIE_SECURE", "true"), ("COOKIE_DOMAIN", ".example.com"),
    ("PASSWORD_FILE", "/run/secrets/db-password"), ("TLS_KEY_PATH", "/etc/tls/tls.key"), ("DB_PASSWORD", "${DB_PASSWORD}"),
    ("DB_PASSWORD", "<DB_PASSWORD>"), ("DB_PASSWORD", "{{ db_password }}"), ("DB_PASSWORD", "$$$DB_PASSWORD$$$"), ("API_KEY", "<YOUR_DATADOG_API_KEY>"),
    ("API_KEY", ""), ("REQUIRE_AUTH", "no"), ("SECRET_ROTATION", "30d"), ("DB_PASSWORD", "{{resolve:secretsmanager:prod/db:SecretString:password}}"),
    ("IMAGE", "123456789012.dkr.ecr.eu-central-1.amazonaws.com/parcels-api:v1.14.2"), ("IMAGE", "nginx:1.27-alpine"), ("BASE", "public.ecr.aws/nginx/nginx"),
    ("VERSION", "v1.14.2"), ("VERSION", "2024.11.3-rc1"), ("BUILD", "4711"), ("GIT_SHA", "3f78685"), ("RELEASE", "parcels@2.3.1"),
    ("SENDER", "no-reply@parcels.example"), ("ADMIN_EMAIL", "Ops Team <ops@example.com>"), ("SMTP_HOST", "email-smtp.eu-central-1.amazonaws.com"),
    ("BIND", "0.0.0.0:8337"), ("LISTEN", ":8080"), ("TRUSTED_PROXIES", "10.0.0.0/8,172.16.0.0/12"), ("DNS", "169.254.169.253"), ("IPV6", "::1"),
    ("DRIVER", "org.postgresql.Driver"), ("DIALECT", "org.hibernate.dialect.PostgreSQLDialect"), ("MAIN", "com.example.parcels.ParcelsApplication"),
    ("ACCEPT", "application/json"), ("CONTENT_TYPE", "text/html; charset=utf-8"), ("USER_AGENT", "parcels-tracker/1.4"), ("HEADER", "X-Forwarded-User"),
    ("JAVA_OPTS", "-Xms256m -Xmx512m -XX:+UseG1GC -XX:MaxRAMPercentage=75.0"),
    ("JAVA_TOOL_OPTIONS", "-javaagent:/opt/dd-java-agent.jar -Ddd.service=parcels -Duser.timezone=UTC"),
    ("NODE_OPTIONS", "--max-old-space-size=460 --enable-source-maps"), ("PYTHONPATH", "/app:/app/lib"), ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ("PYTHONUNBUFFERED", "1"), ("PHP_MEMORY_LIMIT", "256M"), ("GUNICORN_CMD_ARGS", "--bind=0.0.0.0:8000 --workers=4 --access-logfile -"),
    ("FLUENTD_OPT", "-v"), ("CELERY_QUEUES", "default,mail,labels"), ("DJANGO_SETTINGS_MODULE", "parcels.settings.production"),
    ("CRON", "0 3 * * *"), ("CRON", "*/15 8-18 * * MON-FRI"), ("SCHEDULE", "rate(5 minutes)"), ("SCHEDULE", "cron(0 12 * * ? *)"), ("EVERY", "@daily"),
    ("DD_SITE", "datadoghq.eu"), ("DD_SERVICE", "parcels-api"), ("DD_TAGS", "team:tracking,env:prod"), ("DD_TRACE_AGENT_URL", "unix:///var/run/datadog/apm.socket"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=parcels,deployment.environment=prod"),
    ("AWS_XRAY_DAEMON_ADDRESS", "xray-daemon:2000"), ("STATSD", "udp://127.0.0.1:8125"), ("DOCKER_HOST", "unix:///var/run/docker.sock"),
    ("SECURITY_GROUP", "sg-0123456789abcdef0"), ("SUBNETS", "subnet-0123456789abcdef0,subnet-0fedcba9876543210"), ("EFS_ID", "fs-0bd3a463a25a5632b"),
    ("COGNITO_USER_POOL_ID", "eu-central-1_AbCdEfGhI"), ("AZURE_TENANT_ID", "72f988bf-86f1-41af-91ab-2d7cd011db47"),
    ("COMPANY_NAME", "Example Parcels GmbH"), ("GREETING", "Welcome to the parcel tracker."), ("COUNTRIES", "ae,cn,ir,lt,ru,ua"),
    ("COLOR", "#ff8800"), ("RANGE", "1-10"), ("DATE", "2024-11-24"), ("SINCE", "2024-11-24T13:00:00Z"), ("PREFIX", "murm:"), ("EMPTY", ""),
    ("SETTINGS", r#"{"level":"debug","retries":3,"hosts":["a.example.com","b.example.com"]}"#), ("LOG_FORMAT", "json_lines"),
    ("Storage__Provider", "S3"), ("Storage__BucketName", "parcels-static-assets-production-123456789012"), ("worker_id", "3"),
    ("PARTITION_KEY", "tenant_id"), ("CACHE_KEY", "users"), ("SORT_KEYS", "created_at"), ("STRATEGY", "least-outstanding-requests"),
    ("UPSTREAM", "http://orders.local:8080/api/v1/orders?limit=100&sort=-created_at"), ("PROXY", "http://proxy.internal:3128"), ("NO_PROXY", "169.254.169.254,169.254.170.2,.internal"),
    ("BEDROCK_MODEL", "anthropic.claude-3-haiku-20240307-v1:0"), ("INSTANCE", "m5a.2xlarge"), ("SOCKET", r"\\.\pipe\docker_engine"),
    ("PRICES", "a $(PORT) $$x"), ("GREETING", "hello ${USER} from $(HOST)"), ("ROW", "%NAME% costs $$5"),
    ("CLOUDFRONT", "https://d111111abcdef8.cloudfront.net/assets"), ("WEBSITE", "https://www.example.co.uk/en-gb/about-us.html#team"),
    ("GEOIP_TRIGGERED_BY", "scheduled"), ("PROXY_PASS", "/"), ("COMMAND", "bundle exec rails db:migrate && bundle exec puma -C config/puma.rb"),
];

#[rustfmt::skip]
const COMMANDS: &[&[&str]] = &[
    &["agent", "-ui", "-client=0.0.0.0", "-retry-join", "provider=aws tag_key=consul tag_value=member", "-data-dir=/consul/data"],
    &["sh", "-c", "curl -f http://localhost:8080/actuator/health/liveness || exit 1"],
    &["bash", "-c", "bundle exec rails db:migrate && bundle exec puma -C /workdir/config/puma.rb"],
    &["CMD-SHELL", "wget --no-verbose --tries=1 --spider http://localhost:3000/health || exit 1"],
    &["mkdir", "-p", "/var/lib/parcels"], &["sh", "-c", "mkdir -p data && nc -l -p 9000"], &["sleep", "360"], &["node", "dist/main.js", "--port=80"],
    &["if capsh --print | grep -q \"cap_sys_admin\" && ! capsh --print | grep -q \"cap_mknod\"; then exit 42; else exit 1; fi"],
    &["[ \"$(cat /proc/self/limits  | grep \"^Max open files\" | awk '{print $4\" \"$5}')\" == \"123 234\" ] && exit 42 || exit 1"],
    &["egrep \"nameserver\\s+1\\.2\\.3\\.4\" /etc/resolv.conf && exit 42 || exit 1"],
    &["psql", "-h", "db.internal", "-p", "5432", "-U", "app", "orders"], &["redis-cli", "-h", "cache.internal", "ping"],
    &["docker", "run", "-u", "1000:1000", "-p", "80:8080", "-e", "LOG_LEVEL=info", "nginx:1.27"],
    &["mysql", "-h", "db.internal", "-u", "app", "-p$DB_PASSWORD", "orders"], &["app", "--password", "$DB_PASSWORD", "--token-file", "/run/secrets/token"],
    &["sh", "-c", "export DB_PASSWORD=$(cat /run/secrets/db) && exec ./server"], &["celery", "-A", "parcels", "worker", "-Q", "mail,labels", "--concurrency=4"],
    &["powershell", "-Command", "Start-Service W3SVC; Invoke-WebRequest http://localhost/ -UseBasicParsing"],
    &["java", "-Xmx512m", "-jar", "/app/parcels-1.4.2.jar", "--spring.profiles.active=prod"], &["gunicorn", "parcels.wsgi:application", "-b", "0.0.0.0:8000"],
    &["/bin/sh -c \"echo '<html> <head> <title>Sample App</title> </head><body> <div>Hello</div></body></html>' > /usr/share/nginx/html/index.html\""],
];

#[test]
fn harmless_variables_stay_untouched() {
    let changed: Vec<_> = VARIABLES
        .iter()
        .map(|(name, value)| (name, value, variable(name, value)))
        .filter(|(_, before, after)| before != &after)
        .collect();
    assert!(VARIABLES.len() >= 150, "{}", VARIABLES.len());
    assert!(changed.is_empty(), "{changed:#?}");
}

#[test]
fn harmless_commands_stay_untouched() {
    let changed: Vec<_> = COMMANDS
        .iter()
        .map(|words| (words, arguments(words)))
        .filter(|(before, after)| before[..] != after[..])
        .collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

#[test]
fn identities_and_references_stay_whatever_they_look_like() {
    let document = json!({"taskDefinition": {
        "taskDefinitionArn": "arn:aws:ecs:eu-central-1:123456789012:task-definition/x7Fq9-k2Lm4:42",
        "family": "x7Fq9-k2Lm4", "registeredBy": "arn:aws:sts::123456789012:assumed-role/deploy/i-0abc", "cpu": ".25 vcpu",
        "containerDefinitions": [{
            "name": "q8Zx2LmP0rT5", "image": "repo.example.com/a@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbC123:password::"},
                        {"name": "API_TOKEN", "valueFrom": "/parcels/prod/api-token"}],
            "portMappings": [{"containerPort": 8080, "name": "http-8080-tcp"}],
        }],
        "volumes": [{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-0bd3a463a25a5632b", "authorizationConfig": {"accessPointId": "fsap-0123456789abcdef0", "iam": "ENABLED"}}}],
    }, "tags": [{"key": "team", "value": "tracking"}, {"key": "cost-center", "value": "4711"}]});
    let mut redacted = document.clone();
    redactor().redact(&mut redacted, ObservationKind::EcsTaskDefinition);
    assert_eq!(redacted, document);
}

#[test]
fn what_leads_from_an_api_to_what_answers_stays() {
    let function = "arn:aws:lambda:eu-central-1:123456789012:function:${stageVariables.fn}:${stageVariables.alias}";
    let invocation = format!("arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{function}/invocations");
    let method =
        |integration| json!({"path": "/orders/{id}", "resourceMethods": {"GET": {"methodIntegration": integration}}});
    let integration =
        |uri: &str| json!({"apiId": "x7Fq9k2Lm4", "integrationType": "HTTP_PROXY", "integrationUri": uri});
    for (kind, document) in [
        (ObservationKind::RestResource, method(json!({"type": "AWS_PROXY", "uri": invocation}))),
        (
            ObservationKind::RestResource,
            method(json!({"type": "HTTP", "uri": "http://inner.example.com:8080/orders/{id}"})),
        ),
        (ObservationKind::RestResource, method(json!({"uri": "https://${stageVariables.host}/v1"}))),
        (
            ObservationKind::RestStage,
            json!({"stageName": "prod", "variables": {"fn": "orders", "alias": "live", "host": "api.example.com"}}),
        ),
        (ObservationKind::HttpStage, json!({"stageName": "$default", "stageVariables": {"alias": "live"}})),
        (
            ObservationKind::HttpIntegration,
            integration("arn:aws:lambda:eu-central-1:123456789012:function:orders:live"),
        ),
        (
            ObservationKind::HttpIntegration,
            integration(
                "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/in/50dc6c495c0c9188/f2f7dc8efc522ab2",
            ),
        ),
        (
            ObservationKind::HttpIntegration,
            integration("arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-4xq7ehiuvkxrmpg2"),
        ),
        (ObservationKind::HttpRoute, json!({"routeKey": "GET /orders/{id}", "target": "integrations/x7Fq9k2"})),
        (
            ObservationKind::HttpDomain,
            json!({"domainName": "api.example.com", "domainNameConfigurations": [
            {"apiGatewayDomainName": "d-x7fq9k2lm4.execute-api.eu-central-1.amazonaws.com", "certificateArn": "arn:aws:acm:eu-central-1:1:certificate/0f4a5b6c"}]}),
        ),
    ] {
        let mut redacted = document.clone();
        redactor().redact(&mut redacted, kind);
        assert_eq!(redacted, document);
    }
}

#[test]
fn the_demonstration_estate_is_redacted_already() {
    let estate = include_str!("../../../../examples/estate/inventory.jsonl");
    let mut seen = 0;
    for line in estate.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(observation) = record.get("observation") else {
            continue;
        };
        let kind = observation["kind"].as_str().and_then(ObservationKind::parse).unwrap();
        let mut redacted = observation["body"].clone();
        redactor().redact(&mut redacted, kind);
        assert_eq!(redacted, observation["body"], "{}", observation["id"]);
        seen += 1;
    }
    assert!(seen > 200, "{seen}");
}

#[test]
fn names_of_variables_in_words_stay_and_what_was_issued_does_not() {
    let names = |name: &str| {
        let mut document = json!({"Configuration": {"Environment": {"Variables": {name: "info"}}}});
        redactor().redact(&mut document, ObservationKind::LambdaFunction);
        let variables = document["Configuration"]["Environment"]["Variables"].as_object().unwrap();
        variables.keys().next().unwrap().clone()
    };
    for name in
        ["PAYMENT_FUNCTION_ARN", "TAX_FUNCTION_ARN", "SNS_TOPIC_ARN_XX", "DLQ_FUNCTION_ARN", "EVENTBUS_NAME_ARN"]
    {
        assert_eq!(names(name), name);
    }
    for name in ["AKIAIOSFODNN7EXAMPLE", "QZXJKVWQPLMNBVCXZQWK", "Zk9QxLw3_VbN7tR2s_PqX"] {
        assert_ne!(names(name), name);
    }
}
