//! The format: what is read, what is refused and with which words, environments, and the round trip.

use caravan_convert_lift::plconfig::{PlConfig, PlConfigError, Scale, Seconds};

const WHOLE: &str = "\
plconfig: v1
app: checkout
team: shop
x-caravan: {from: here}
env: {LOG_LEVEL: info, ZIP: '0123', x-odd: kept}
components:
  web:
    type: web
    image: nginx:1.25
    port: 8080
    health: /healthz
    scale: {min: 2, max: 10, cpu: 70, x-note: why}
    stop: 45s
    x-caravan: 1
  mailer:
    type: worker
    image: mailer:1
    command: [node, 'mail ${secret:KEY}']
    secrets: {KEY: 'sm:prod/mail#key'}
    scale: 3
environments:
  prod: {}
  staging: {components: {web: {scale: 1, x-a: b}, mailer: null}, env: {LOG_LEVEL: debug}}
";

#[test]
fn a_whole_file_is_read() {
    let config = PlConfig::read(WHOLE).unwrap();
    let web = &config.components["web"];
    assert_eq!(web.health.as_ref().unwrap().ready.as_ref().unwrap().path.as_deref(), Some("/healthz"));
    assert_eq!(web.health.as_ref().unwrap().live, web.health.as_ref().unwrap().ready);
    assert!(matches!(&web.scale, Some(Scale::Range(range)) if range.cpu == Some(70)));
    assert_eq!(web.stop, Some(Seconds(45)));
    assert_eq!(config.env["ZIP"], "0123");
    assert_eq!(config.env["x-odd"], "kept", "names that people give are taken as they are");
    assert_eq!(config.components["mailer"].scale, Some(Scale::Fixed(3)));
}

#[test]
fn an_environment_is_the_rest_with_its_patch() {
    let config = PlConfig::read(WHOLE).unwrap();
    let staging = config.for_environment("staging").unwrap();
    assert_eq!(staging.components["web"].scale, Some(Scale::Fixed(1)));
    assert_eq!(staging.env["LOG_LEVEL"], "debug");
    assert!(!staging.components.contains_key("mailer") && staging.environments.is_empty());
    let prod = config.for_environment("prod").unwrap();
    assert_eq!(prod.components, config.components);
    let error = config.for_environment("pord").unwrap_err().to_string();
    assert_eq!(error, "there is no environment `pord`; the file names prod, staging");
}

#[test]
fn an_unknown_key_names_its_line_and_what_was_meant() {
    let text = WHOLE.replace("    port: 8080", "    prot: 8080");
    let error = PlConfig::read(&text).unwrap_err();
    assert_eq!(error.to_string(), "line 10: components.web.prot: there is no such key; did you mean `port`?");
    let text = WHOLE.replace("cpu: 70", "cpus: 70");
    let error = PlConfig::read(&text).unwrap_err();
    assert_eq!(error.to_string(), "line 12: components.web.scale.cpus: there is no such key; did you mean `cpu`?");
    let text = WHOLE.replace("scale: 1, x-a: b", "scael: 1");
    let error = PlConfig::read(&text).unwrap_err().to_string();
    assert!(error.starts_with("environments.staging.components.web.scael: "), "{error}");
}

#[test]
fn what_can_not_be_names_its_place() {
    for (from, to, wanted) in [
        ("    port: 8080\n", "", "components.web.port: a web component needs one"),
        ("app: checkout", "app: Checkout", "app: `Checkout` is no name"),
        ("KEY}", "KEYS}", "components.mailer.command: there is no secret `KEYS`"),
        ("min: 2", "min: 0", "components.web.scale: with `min: 0` nothing wakes it"),
        ("sm:prod/mail#key", "sm:", "components.mailer.secrets.KEY: `sm:` is no secret"),
        ("stop: 45s", "stop: 45", "line 13: components.web.stop: "),
        ("stop: 45s", "volumes: {/a: {}}", "components.web.volumes./a: says neither"),
        ("stop: 45s", "volumes: {/a: {size: 1Gi, temporary: disk}}", "components.web.volumes./a: has more than one"),
        ("stop: 45s", "ingress: {paths: [x]}", "components.web.ingress.paths: `x` is neither"),
        ("stop: 45s", "ingress: {paths: ['=/a\"b']}", "components.web.ingress.paths: `=/a\"b` is no path"),
        ("stop: 45s", "ingress: {paths: [/100%]}", "components.web.ingress.paths: `/100%` is no path"),
        ("stop: 45s", "ingress: {paths: [/a//b]}", "components.web.ingress.paths: `/a//b` is no path"),
        (
            "stop: 45s",
            "ingress: {routes: [{paths: ['/x|y']}]}",
            "components.web.ingress.routes.0.paths: `/x|y` is no path",
        ),
        (
            "stop: 45s",
            "ingress: {routes: [{query: {'filter[name]': x}}]}",
            "components.web.ingress.routes.0.query: the gateway compares nothing of the name `filter[name]`",
        ),
        (
            "stop: 45s",
            "ingress: {routes: [{query: {\u{e9}t\u{e9}: x}}]}",
            "components.web.ingress.routes.0.query: the gateway compares nothing",
        ),
        (
            "stop: 45s",
            "ingress: {routes: [{headers: {'x y': a}}]}",
            "components.web.ingress.routes.0.headers: the gateway compares nothing",
        ),
        (
            "stop: 45s",
            "ingress: {routes: [{headers: {x-tenant: ''}}]}",
            "components.web.ingress.routes.0.headers: `x-tenant` has 1 to 4096 characters",
        ),
        (
            "stop: 45s",
            "ingress: {routes: [{redirect: {scheme: https, status: 301}}]}",
            "components.web.ingress.routes.0.redirect: leads back to the address",
        ),
        ("stop: 45s", "drain: 45s", "components.web.drain: is longer"),
        ("type: worker", "type: wroker", "line 16: components.mailer.type: "),
        ("plconfig: v1", "plconfig: v2", "line 1: plconfig: "),
        ("health: /healthz", "health: healthz", "components.web.health: "),
        ("scale: 1", "scale: {min: 0, max: 1}", "environments.staging.components.web.scale: "),
        ("env: {LOG_LEVEL: debug}", "environments: {a: {}}", "environments.staging.environments: has no effect"),
    ] {
        let text = WHOLE.replace(from, to);
        assert_ne!(text, WHOLE, "{from}");
        let error = PlConfig::read(&text).unwrap_err().to_string();
        assert!(error.contains(wanted), "{error}\nwanted {wanted}");
    }
    let error = PlConfig::read("plconfig: v1\napp: a\nteam: b\ncomponents: {}\n").unwrap_err();
    assert!(matches!(error, PlConfigError::Invalid { path, .. } if path == "components"));
    assert!(PlConfig::read("plconfig: v1\napp: a\napp: b\n").is_err(), "a key twice");
    assert!(PlConfig::read("").is_err());
    for path in ["/caf%C3%A9", "=/a'b(c)@d", "~/a\"b.*", "/.well-known", "~/100%"] {
        let text = WHOLE.replace("stop: 45s", &format!("ingress: {{paths: [{}]}}", serde_json::json!(path)));
        assert!(PlConfig::read(&text).is_ok(), "{path}");
    }
}

#[test]
fn what_is_written_is_read_again_and_written_the_same() {
    let mut config = PlConfig::read(WHOLE).unwrap();
    for text in [
        "on",
        "no",
        "0123",
        "1_000",
        "=",
        "<<",
        " x ",
        "a: b",
        "#",
        "",
        "~",
        "1e3",
        "é\n\tx",
        "'",
        "\"",
        "- a",
        &"long ".repeat(60),
    ] {
        config.env.insert(format!("T_{}", config.env.len()), text.to_owned());
    }
    let text = config.write().unwrap();
    let again = PlConfig::read(&text).unwrap();
    assert_eq!(again, config);
    assert_eq!(again.write().unwrap(), text);
}

mod round_trip {
    use super::PlConfig;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_survives(values in proptest::collection::btree_map("[A-Z_]{1,8}", "\\PC{0,40}|[ -~\n\t]{0,80}", 0..6), word in "[ -~]{0,60}") {
            let mut config = PlConfig::read(super::WHOLE).unwrap();
            config.env.extend(values);
            let web = config.components.get_mut("web").unwrap();
            web.args = Some(vec![word.replace("${secret:", "")]);
            let text = config.write().unwrap();
            prop_assert_eq!(PlConfig::read(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?, config);
        }
    }
}

/// What all containers have is said once and read back the same; what differs stays where it is.
#[test]
fn a_profile_says_once_what_every_container_has() {
    let ecs = "user: image, writable: true, capabilities: {default: true}";
    for (component, profile, rest) in [
        (format!("{{type: worker, image: a, {ecs}, spot: never, arch: amd64}}"), true, "    image: a\n"),
        (
            format!(
                "{{type: worker, image: a, {ecs}, spot: prefer, arch: arm64, sidecars: {{b: {{image: b, user: '7', writable: false, capabilities: {{add: [CHOWN]}}}}}}}}"
            ),
            true,
            "writable: false",
        ),
        // A container that says nothing has what the platform gives, and not what the profile says.
        (
            format!("{{type: worker, image: a, {ecs}, spot: never, arch: amd64, sidecars: {{b: {{image: b}}}}}}"),
            false,
            "spot: never",
        ),
        ("{type: worker, image: a}".to_owned(), false, "image: a"),
    ] {
        let text = format!("plconfig: v1\napp: shop\nteam: t\ncomponents: {{one: {component}}}\n");
        let config = PlConfig::read(&text).unwrap();
        let short = config.clone().in_few_words();
        let written = short.write().unwrap();
        assert_eq!(written.contains("profile: ecs\n"), profile, "{written}");
        assert!(written.contains(rest), "{written}");
        assert_eq!(
            written.contains("writable: true") || written.contains("spot: never"),
            !profile && component.contains("spot"),
            "{written}"
        );
        let back = PlConfig::read(&written).unwrap();
        assert_eq!(back, short);
        assert_eq!(back.with_profile().into_owned(), config);
        assert_eq!(back.clone().in_few_words(), back, "in few words already");
    }
}
