//! What people are told of each field besides what its type says: what holds without it, and how it is written.
//!
//! Tests hold the rows to the schema (each field has one, in the order of the type) and the examples to the reader.

/// A field of a type of the format.
#[derive(Clone, Copy, Debug)]
pub struct FieldNote {
    /// The type, by its name in the schema: `Component`.
    pub of: &'static str,
    /// The key.
    pub key: &'static str,
    /// What holds where it is left out; empty where it must be there.
    pub default: &'static str,
    /// A value of it, as YAML in one line.
    pub example: &'static str,
}

macro_rules! notes {
    ($($of:literal: $(($key:literal, $default:literal, $example:literal)),* $(,)?;)*) => {
        /// Every field, type by type, in the order of the types.
        pub const FIELDS: &[FieldNote] = &[
            $($(FieldNote { of: $of, key: $key, default: $default, example: $example },)*)*
        ];
    };
}

notes! {
    "PlConfig":
        ("plconfig", "", "v1"),
        ("app", "", "checkout"),
        ("team", "", "shop"),
        ("profile", "the platform's own ways", "ecs"),
        ("description", "nothing", "Takes orders"),
        ("contact", "nobody", "'#shop-on-call'"),
        ("image", "each component names its own", "registry.example.com/shop/checkout:1.2"),
        ("function", "none", "{name: orders, account: '123456789012', handler: app.handler, memory: 512, timeout: 30s, code: {folder: build}}"),
        ("env", "none", "{LOG_LEVEL: info}"),
        ("secrets", "none", "{DATABASE_URL: 'checkout#DATABASE_URL'}"),
        ("uses", "none", "{role: {type: iam, name: 'arn:aws:iam::123456789012:role/checkout'}}"),
        ("hosts", "every vanity host is the app's alone", "{www.example.com: {owner: web/site}}"),
        ("internal_hosts", "every internal host is the app's alone", "{shop.internal.example.com: {guests: [shop/search]}}"),
        ("worker", "none", "{compatibility_date: '2025-06-01', modules: [{name: index.js, type: esm, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}]}"),
        ("machine", "none", "{base: 'debian:12', steps: [{packages: [nginx]}]}"),
        ("components", "", "{web: {type: web, port: 8080}}"),
        ("monitoring", "everything is watched", "{apm: false}"),
        ("environments", "the file is the same in each", "{prod: {}, staging: {components: {web: {scale: 1}}}}");
    "Component":
        ("type", "web", "worker"),
        ("image", "the app's `image`", "registry.example.com/shop/web:1.2"),
        ("pull_secrets", "none", "['registry#login']"),
        ("command", "the image's", "[/bin/server, --port, '8080']"),
        ("args", "the image's", "[--verbose]"),
        ("workdir", "the image's", "/srv/app"),
        ("user", "the platform's non-root user", "'1000:1000'"),
        ("env", "the app's alone", "{LOG_LEVEL: debug}"),
        ("secrets", "the app's alone", "{API_KEY: 'checkout#API_KEY'}"),
        ("port", "none; a `web` component needs one", "8080"),
        ("protocol", "http", "grpc"),
        ("ports", "none", "{metrics: '9090', statsd: 8125/udp}"),
        ("health", "a TCP check of `port`", "/healthz"),
        ("resources", "nothing is asked for", "{cpu: 250m, memory: 384Mi}"),
        ("scale", "1", "{min: 2, max: 10, cpu: 60}"),
        ("concurrency", "1", "4"),
        ("trigger", "none: the image runs by itself", "{http: {event: http-2.0}}"),
        ("deploy", "a quarter more, none missing", "{surge: 100%, unavailable: 0%}"),
        ("ingress", "only reached inside the cluster", "{hosts: [www.example.com]}"),
        ("schedule", "none; a `cron` component needs one", "0 5 * * *"),
        ("timezone", "UTC", "Europe/Berlin"),
        ("timeout", "none", "1h"),
        ("retries", "0", "3"),
        ("overlap", "forbid", "replace"),
        ("spot", "prefer", "never"),
        ("stop", "30s", "2m"),
        ("drain", "10s of a `web` component, at most half of `stop`; else 0s", "15s"),
        ("volumes", "none", "{/data: {size: 20Gi}}"),
        ("files", "none", "{/etc/app.conf: 'level = info'}"),
        ("sidecars", "none", "{proxy: {image: 'envoy:1.31'}}"),
        ("init", "none", "[{name: migrate, container: {command: [/bin/migrate]}}]"),
        ("writable", "no", "true"),
        ("arch", "amd64", "arm64"),
        ("network", "the jail's baseline", "{allow: [{app: search/api}]}"),
        ("capabilities", "none: everything is dropped", "{add: [NET_BIND_SERVICE]}"),
        ("hostname", "the pod's name", "checkout"),
        ("hosts", "none", "{legacy.example.com: 10.0.0.7}"),
        ("dns", "the cluster's", "{search: [corp.example.com]}"),
        ("sysctls", "none", "{net.ipv4.ip_local_port_range: 1024 65000}"),
        ("share_processes", "no", "true"),
        ("stdin", "no", "true"),
        ("tty", "no", "true"),
        ("tags", "none", "{cost-centre: '4711'}"),
        ("suspended", "it runs", "until its hand-over");
    "Container":
        ("image", "the app's `image`", "envoy:1.31"),
        ("command", "the image's", "[/bin/proxy]"),
        ("args", "the image's", "[--verbose]"),
        ("workdir", "the image's", "/srv"),
        ("user", "the platform's non-root user", "image"),
        ("env", "the app's alone", "{LEVEL: info}"),
        ("secrets", "the app's alone", "{TOKEN: 'proxy#TOKEN'}"),
        ("ports", "none", "{admin: '9901'}"),
        ("health", "none", "{live: {command: [/bin/check]}}"),
        ("resources", "nothing is asked for", "{cpu: 50m, memory: 64Mi}"),
        ("volumes", "none", "{/data: {name: data}}"),
        ("writable", "no", "true"),
        ("capabilities", "none: everything is dropped", "{default: true}"),
        ("stdin", "no", "true"),
        ("tty", "no", "true"),
        ("after", "none", "[proxy]");
    "InitContainer":
        ("name", "", "migrate"),
        ("container", "", "{command: [/bin/migrate]}");
    "Health":
        ("ready", "none", "{path: /ready}"),
        ("live", "none", "{path: /live, interval: 10s}"),
        ("startup", "none", "2m");
    "HealthProbe":
        ("path", "no HTTP check", "/healthz"),
        ("port", "the component's", "9000"),
        ("command", "no command", "[/bin/check]"),
        ("tls", "no", "true"),
        ("interval", "10s", "10s"),
        ("timeout", "1s", "5s"),
        ("failures", "3", "3"),
        ("successes", "1", "2");
    "Resources":
        ("cpu", "nothing is asked for", "250m"),
        ("memory", "nothing is asked for", "384Mi"),
        ("memory_limit", "`memory`", "512Mi"),
        ("disk", "none", "20Gi"),
        ("gpu", "none", "1");
    "ScaleRange":
        ("min", "0", "2"),
        ("max", "0", "10"),
        ("cpu", "not by CPU", "60"),
        ("memory", "not by memory", "70"),
        ("rps", "not by requests", "50.0"),
        ("queue", "not by a queue", "{use: 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders', length: 20}"),
        ("cron", "not by the clock", "[{start: 0 7 * * *, end: 0 20 * * *, min: 4}]"),
        ("down_after", "the autoscaler's own", "5m"),
        ("up_every", "the autoscaler's own", "1m");
    "QueueScale":
        ("use", "", "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"),
        ("length", "", "20"),
        ("in_flight", "yes", "false");
    "CronScale":
        ("start", "", "0 7 * * *"),
        ("end", "", "0 20 * * *"),
        ("timezone", "UTC", "Europe/Berlin"),
        ("min", "", "4");
    "Deploy":
        ("surge", "25%", "100%"),
        ("unavailable", "0", "0%"),
        ("deadline", "10m", "10m");
    "Ingress":
        ("hosts", "none besides its own", "[www.example.com]"),
        ("paths", "every path", "[/api, =/login]"),
        ("routes", "`hosts` and `paths`", "[{paths: [/api], methods: [GET]}]"),
        ("timeout", "without bound", "30s"),
        ("idle_timeout", "60s", "5m"),
        ("response_headers", "as the app says", "{X-Frame-Options: DENY}"),
        ("internal", "no", "true"),
        ("own_host", "yes", "false"),
        ("sticky", "no", "1h"),
        ("auth", "everybody", "{mode: login, groups: [staff]}"),
        ("suspended", "its hosts move at once", "until its hand-over");
    "Route":
        ("hosts", "every host of the app", "[www.example.com]"),
        ("paths", "`/`", "[/api]"),
        ("headers", "any", "{X-Beta: 'yes'}"),
        ("query", "any", "{version: '2'}"),
        ("methods", "all", "[GET, POST]"),
        ("internal", "as the ingress says", "true"),
        ("port", "the component's", "9000"),
        ("response_headers", "the ingress's", "{Cache-Control: no-store}"),
        ("respond", "the component answers", "{status: 410, body: gone}"),
        ("redirect", "the component answers", "{host: www.example.com, status: 301}");
    "Respond":
        ("status", "", "410"),
        ("content_type", "none", "text/plain"),
        ("body", "nothing", "gone");
    "Redirect":
        ("scheme", "the request's", "https"),
        ("host", "the request's", "www.example.com"),
        ("port", "the scheme's", "8443"),
        ("path", "the request's", "/new"),
        ("status", "", "301");
    "HostShare":
        ("owner", "this app", "web/site"),
        ("guests", "none", "[shop/search]"),
        ("set", "1", "2");
    "Auth":
        ("mode", "login", "bearer"),
        ("groups", "everybody who has proven who they are", "[shop-users]"),
        ("scopes", "none; `service` needs one", "['orders:read']"),
        ("audience", "the app's own client, `TEAM.APP.ENVIRONMENT`", "orders"),
        ("public", "none", "[/webhooks, =/status]");
    "Volume":
        ("name", "its own", "data"),
        ("size", "no disk", "20Gi"),
        ("class", "the cluster's default", "gp3"),
        ("efs", "no shared file system", "{file_system: fs-0123456789abcdef0}"),
        ("secret", "no secret", "'checkout#certificate'"),
        ("temporary", "no temporary space", "memory"),
        ("limit", "none", "64Mi"),
        ("read_only", "no", "true");
    "VolumeEfs":
        ("file_system", "", "fs-0123456789abcdef0"),
        ("access_point", "none", "fsap-0123456789abcdef0"),
        ("root", "`/`", "/exports"),
        ("encrypted", "yes", "false"),
        ("iam", "no", "true");
    "Capabilities":
        ("default", "no: everything is dropped", "true"),
        ("add", "none", "[NET_BIND_SERVICE]"),
        ("drop", "none", "[MKNOD]");
    "Dns":
        ("servers", "the cluster's", "[10.0.0.2]"),
        ("search", "the cluster's", "[corp.example.com]"),
        ("only", "no", "true");
    "Network":
        ("allow", "the jail's baseline", "[{host: api.example.com, port: 443}]"),
        ("from", "the jail's baseline", "[{app: web/site}]");
    "Peer":
        ("app", "another kind of peer", "search/api"),
        ("host", "another kind of peer", "api.example.com"),
        ("cidr", "another kind of peer", "10.0.0.0/8"),
        ("port", "every port", "443");
    "Use":
        ("type", "", "iam"),
        ("name", "", "arn:aws:iam::123456789012:role/checkout"),
        ("access", "none", "[read]"),
        ("env", "none", "QUEUE_URL");
    "Monitoring":
        ("apm", "yes", "false"),
        ("logs", "yes", "false"),
        ("notify", "nobody", "'@slack-shop'"),
        ("alerts", "none", "{error_rate: 2%}");
    "Function":
        ("name", "", "orders"),
        ("version", "`$LATEST`", "'12'"),
        ("account", "", "'123456789012'"),
        ("region", "the platform's", "eu-central-1"),
        ("runtime", "the code is an image", "python3.12"),
        ("base", "that of `runtime`", "python3.12"),
        ("handler", "", "app.handler"),
        ("command", "the runtime's", "[python3, -m, awslambdaric, app.handler]"),
        ("memory", "", "512"),
        ("timeout", "", "30s"),
        ("init", "10s", "30s"),
        ("log_group", "`/aws/lambda/<name>`", "/aws/lambda/orders"),
        ("code", "", "{folder: build}"),
        ("layers", "none", "[{arn: 'arn:aws:lambda:eu-central-1:123456789012:layer:common:3'}]");
    "Worker":
        ("compatibility_date", "", "2025-06-01"),
        ("compatibility_flags", "none", "[nodejs_compat]"),
        ("modules", "", "[{name: index.js, type: esm, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}]"),
        ("bindings", "none", "{API_KEY: {variable: API_KEY}}"),
        ("origin", "whoever has its hosts' names", "{hosts: [www.example.com], address: 'https://origin.example.com'}"),
        ("beside", "none", "{auth: {compatibility_date: '2025-06-01', modules: [{name: index.js, type: esm, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}]}}");
    "WorkerBeside":
        ("compatibility_date", "", "2025-06-01"),
        ("compatibility_flags", "none", "[nodejs_compat]"),
        ("modules", "", "[{name: index.js, type: esm, sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08}]"),
        ("bindings", "none", "{API_KEY: {variable: API_KEY}}");
    "WorkerModule":
        ("name", "", "index.js"),
        ("type", "", "esm"),
        ("sha256", "", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    "WorkerBinding":
        ("variable", "none", "API_KEY"),
        ("json", "none", "'{\"retries\":3}'"),
        ("service", "none", "auth"),
        ("entrypoint", "the one by default", "Admin");
    "WorkerOrigin":
        ("hosts", "", "[www.example.com]"),
        ("address", "", "https://origin.example.com");
    "Machine":
        ("base", "", "'debian:12'"),
        ("steps", "nothing is put on top", "[{packages: [nginx]}]");
    "MachineStep":
        ("packages", "none", "[nginx, openssl]"),
        ("user", "none", "{name: ledger, uid: 10001}"),
        ("file", "none", "{path: /etc/ledger.conf, content: 'level = info'}"),
        ("fetch", "none", "{from: 's3://acme-artifacts/ledger.jar', to: /opt/ledger.jar}"),
        ("run", "none", "[mkdir, -p, /var/lib/ledger]");
    "MachineUser":
        ("name", "", "ledger"),
        ("uid", "", "10001"),
        ("home", "none", "/opt/ledger");
    "MachineFile":
        ("path", "", "/etc/ledger.conf"),
        ("content", "", "'password = ${secret:LEDGER_PASSWORD}'"),
        ("mode", "'0644'", "'0600'"),
        ("owner", "root", "10001");
    "MachineFetch":
        ("from", "", "'https://downloads.example.com/ledger.jar'"),
        ("to", "", "/opt/ledger.jar"),
        ("sha256", "whatever is there is taken", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    "FunctionCode":
        ("sha256", "another place", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="),
        ("folder", "another place", "build"),
        ("image", "another place", "registry.example.com/shop/orders@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    "FunctionLayer":
        ("arn", "", "arn:aws:lambda:eu-central-1:123456789012:layer:common:3"),
        ("sha256", "not known", "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=");
    "Trigger":
        ("http", "another kind", "{event: rest}"),
        ("sqs", "another kind", "{queue: 'https://sqs.eu-central-1.amazonaws.com/123456789012/orders', arn: 'arn:aws:sqs:eu-central-1:123456789012:orders'}"),
        ("schedule", "another kind", "{retries: 2}");
    "HttpTrigger":
        ("event", "", "http-2.0"),
        ("routes", "all", "['GET /orders/{id}']"),
        ("api", "none", "a1b2c3d4e5"),
        ("stage", "none", "prod"),
        ("stage_variables", "none", "{table: orders}"),
        ("binary", "none", "[image/png]"),
        ("timeout", "what the service has", "29s"),
        ("target_group", "none", "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/orders/0123456789abcdef"),
        ("multi_value", "no", "true"),
        ("stream", "no", "true");
    "SqsTrigger":
        ("queue", "", "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"),
        ("arn", "", "arn:aws:sqs:eu-central-1:123456789012:orders"),
        ("batch", "10", "5"),
        ("window", "none", "5s"),
        ("filters", "none", "['{\"body\": {\"kind\": [\"paid\"]}}']"),
        ("partial", "no", "true"),
        ("visibility", "30s", "6m");
    "ScheduleTrigger":
        ("retries", "2", "0"),
        ("max_age", "6h", "1h"),
        ("rule", "none", "arn:aws:events:eu-central-1:123456789012:rule/nightly");
}

/// What values are counted in, where the type does not say it: type, key, unit.
pub const UNITS: &[(&str, &str, &str)] = &[
    ("Component", "concurrency", "processes in a pod"),
    ("Component", "port", "port"),
    ("Component", "ports", "port, with `/udp` where it is"),
    ("Component", "retries", "times"),
    ("Container", "ports", "port, with `/udp` where it is"),
    ("HealthProbe", "port", "port"),
    ("HealthProbe", "failures", "checks in a row"),
    ("HealthProbe", "successes", "checks in a row"),
    ("Resources", "cpu", "cores; `m` is a thousandth"),
    ("Resources", "memory", "bytes: `Mi`, `Gi`"),
    ("Resources", "memory_limit", "bytes: `Mi`, `Gi`"),
    ("Resources", "disk", "bytes: `Mi`, `Gi`"),
    ("Resources", "gpu", "GPUs"),
    ("ScaleRange", "min", "instances"),
    ("ScaleRange", "max", "instances"),
    ("ScaleRange", "cpu", "percent of the requested CPU"),
    ("ScaleRange", "memory", "percent of the requested memory"),
    ("ScaleRange", "rps", "requests a second and instance"),
    ("QueueScale", "length", "messages for each instance"),
    ("CronScale", "min", "instances"),
    ("Deploy", "surge", "instances, or `%` of them"),
    ("Deploy", "unavailable", "instances, or `%` of them"),
    ("Route", "port", "port"),
    ("Redirect", "port", "port"),
    ("Peer", "port", "port"),
    ("Volume", "size", "bytes: `Mi`, `Gi`"),
    ("Volume", "limit", "bytes: `Mi`, `Gi`"),
    ("Function", "memory", "MB"),
    ("SqsTrigger", "batch", "messages"),
    ("ScheduleTrigger", "retries", "times"),
];

#[cfg(test)]
mod tests {
    use super::super::*;
    use super::{FIELDS, UNITS};
    use serde::de::DeserializeOwned;
    use std::collections::BTreeSet;

    /// The keys of a type in the schema; some types may be written in a shorter form besides.
    fn keys(of: &str) -> BTreeSet<String> {
        let schema = serde_json::to_value(schema()).unwrap();
        let definition = if of == "PlConfig" { &schema } else { &schema["$defs"][of] };
        let forms = definition["anyOf"].as_array().map_or_else(|| vec![definition], |forms| forms.iter().collect());
        let objects = forms.into_iter().filter_map(|form| form["properties"].as_object());
        objects.flat_map(|properties| properties.keys().cloned()).collect()
    }

    #[test]
    fn every_field_has_a_note_and_every_note_a_field() {
        let schema = serde_json::to_value(schema()).unwrap();
        let types = schema["$defs"].as_object().unwrap().keys().map(String::as_str).chain(["PlConfig"]);
        let mut count = 0;
        for of in types.filter(|of| !keys(of).is_empty()) {
            let noted: Vec<String> =
                FIELDS.iter().filter(|note| note.of == of).map(|note| note.key.to_owned()).collect();
            let unique: BTreeSet<String> = noted.iter().cloned().collect();
            assert_eq!((unique.len(), &unique), (noted.len(), &keys(of)), "{of}");
            count += noted.len();
        }
        assert_eq!(count, FIELDS.len());
        for (of, key, _) in UNITS {
            assert!(keys(of).contains(*key), "{of}.{key}");
        }
    }

    #[test]
    fn every_example_is_read_by_its_type() {
        for note in FIELDS {
            // What must be there, with the field itself.
            let there =
                FIELDS.iter().filter(|one| one.of == note.of && (one.default.is_empty() || one.key == note.key));
            let text: String = there.map(|one| format!("{}: {}\n", one.key, one.example)).collect();
            let read = match note.of {
                "PlConfig" => read::<PlConfig>(&text),
                "Component" => read::<Component>(&text),
                "Container" => read::<Container>(&text),
                "InitContainer" => read::<InitContainer>(&text),
                "Health" => read::<Health>(&text),
                "HealthProbe" => read::<HealthProbe>(&text),
                "Resources" => read::<Resources>(&text),
                "ScaleRange" => read::<ScaleRange>(&text),
                "QueueScale" => read::<QueueScale>(&text),
                "CronScale" => read::<CronScale>(&text),
                "Deploy" => read::<Deploy>(&text),
                "Ingress" => read::<Ingress>(&text),
                "Route" => read::<Route>(&text),
                "Respond" => read::<Respond>(&text),
                "Redirect" => read::<Redirect>(&text),
                "HostShare" => read::<HostShare>(&text),
                "Auth" => read::<Auth>(&text),
                "Volume" => read::<Volume>(&text),
                "VolumeEfs" => read::<VolumeEfs>(&text),
                "Capabilities" => read::<Capabilities>(&text),
                "Dns" => read::<Dns>(&text),
                "Network" => read::<Network>(&text),
                "Peer" => read::<Peer>(&text),
                "Use" => read::<Use>(&text),
                "Monitoring" => read::<Monitoring>(&text),
                "Function" => read::<Function>(&text),
                "FunctionCode" => read::<FunctionCode>(&text),
                "FunctionLayer" => read::<FunctionLayer>(&text),
                "Worker" => read::<Worker>(&text),
                "WorkerBeside" => read::<WorkerBeside>(&text),
                "WorkerModule" => read::<WorkerModule>(&text),
                "WorkerBinding" => read::<WorkerBinding>(&text),
                "WorkerOrigin" => read::<WorkerOrigin>(&text),
                "Machine" => read::<Machine>(&text),
                "MachineStep" => read::<MachineStep>(&text),
                "MachineUser" => read::<MachineUser>(&text),
                "MachineFile" => read::<MachineFile>(&text),
                "MachineFetch" => read::<MachineFetch>(&text),
                "Trigger" => read::<Trigger>(&text),
                "HttpTrigger" => read::<HttpTrigger>(&text),
                "SqsTrigger" => read::<SqsTrigger>(&text),
                "ScheduleTrigger" => read::<ScheduleTrigger>(&text),
                other => Err(format!("no type {other}")),
            };
            assert_eq!(read, Ok(()), "{}.{}:\n{text}", note.of, note.key);
        }
    }

    fn read<T: DeserializeOwned>(text: &str) -> Result<(), String> {
        serde_yaml::from_str::<T>(text).map(drop).map_err(|error| error.to_string())
    }
}
