//! The contexts of images, and what builds them.

use crate::estate::{http_api, orders};
use crate::{Function, text};
use caravan_convert::{Converted, Trace};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

const CONTEXT: &str = "images/shop/orders/prod";

fn built(runtime: &str) -> Converted {
    orders(runtime, "app.handler", http_api(&["$default"], Some("orders.example.com"))).convert(Trace::Lines)
}

/// Whether a shell takes a script for one.
fn is_script(text: &str) -> bool {
    let mut shell = Command::new("sh").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    shell.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    shell.wait().unwrap().success()
}

#[test]
fn every_runtime_has_a_context_of_its_base_and_its_client() {
    for (runtime, base, client) in [
        ("python3.13", "python:3.13", "'awslambdaric==4.2.2'"),
        ("java21", "java:21", "<version>2.6.0</version>"),
        ("provided.al2023", "provided:al2023", ""),
        ("ruby3.3", "ruby:3.3", ""),
    ] {
        let done = built(runtime);
        let (dockerfile, fetch) =
            (text(&done, &format!("{CONTEXT}/Dockerfile")), text(&done, &format!("{CONTEXT}/fetch.sh")));
        assert!(dockerfile.contains(&format!("ARG BASE=public.ecr.aws/lambda/{base}\n")), "{dockerfile}");
        assert!(!dockerfile.contains("@sha256:"), "no digest is made up: {dockerfile}");
        assert!(fetch.contains(client) && is_script(fetch), "{fetch}");
        let copies = dockerfile.contains("COPY client/ /caravan/client/");
        assert_eq!(copies, !client.is_empty(), "{dockerfile}");
        // Code is checked by its hash and is nothing that Git sees.
        assert!(fetch.contains("'47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"), "{fetch}");
        assert!(text(&done, &format!("{CONTEXT}/.gitignore")).contains("/task/"));
        assert!(dockerfile.contains("USER 10001:10001\n") && dockerfile.contains("COPY --from=front /caravan-front"));
    }
    let node = built("nodejs22.x");
    let dockerfile = text(&node, &format!("{CONTEXT}/Dockerfile"));
    assert!(dockerfile.contains("aws-lambda-ric@4.0.2") && dockerfile.contains("COPY --from=client"), "{dockerfile}");
}

#[test]
fn layers_lie_over_each_other_in_their_order() {
    let layer =
        |name: &str| json!({"Arn": format!("arn:aws:lambda:eu-west-3:111122223333:layer:{name}:1"), "CodeSize": 1});
    let mut function = orders("python3.12", "app.handler", http_api(&["$default"], Some("orders.example.com")));
    function.observations[0].body["Configuration"]["Layers"] = json!([layer("first"), layer("second")]);
    let done = function.convert(Trace::Lines);
    let fetch = text(&done, &format!("{CONTEXT}/fetch.sh"));
    let (first, second) = (fetch.find(":layer:first:1").unwrap(), fetch.find(":layer:second:1").unwrap());
    assert!(first < second && is_script(fetch));
    assert!(text(&done, &format!("{CONTEXT}/Dockerfile")).contains("COPY opt/ /opt/\n"));
}

#[test]
fn an_image_of_its_own_is_built_on_by_the_digest_that_runs() {
    let image = "111122223333.dkr.ecr.eu-west-3.amazonaws.com/orders@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    let function = |image: &str| -> Function {
        let mut function = orders("x", "x", http_api(&["$default"], Some("orders.example.com")));
        let body = &mut function.observations[0].body;
        body["Configuration"]["PackageType"] = json!("Image");
        body["Configuration"].as_object_mut().unwrap().retain(|name, _| name != "Runtime" && name != "Handler");
        body["Configuration"]["ImageConfigResponse"] =
            json!({"ImageConfig": {"EntryPoint": ["/run"], "Command": ["orders.main"]}});
        body["Code"] = json!({"ImageUri": "r/orders:4", "ResolvedImageUri": image});
        function
    };
    let done = function(image).convert(Trace::Lines);
    let dockerfile = text(&done, &format!("{CONTEXT}/Dockerfile"));
    assert!(dockerfile.contains(&format!("ARG BASE={image}\n")) && !dockerfile.contains("COPY task/"), "{dockerfile}");
    assert!(done.files.get(&format!("{CONTEXT}/fetch.sh")).is_none());
    let manifests = text(&done, "deployment/teams/shop/apps/orders/prod/manifests.yaml");
    assert!(manifests.contains("- /run\n"), "{manifests}");
}

#[test]
fn another_code_is_another_image_and_the_same_is_the_same() {
    let image = |done: &Converted| {
        let settings = text(done, &format!("{CONTEXT}/build.env")).to_owned();
        let manifests = text(done, "deployment/teams/shop/apps/orders/prod/manifests.yaml");
        let line = settings.lines().find(|line| line.starts_with("IMAGE=")).unwrap().to_owned();
        assert!(manifests.contains(line.trim_start_matches("IMAGE=").trim_matches('\'')), "the manifests name it");
        line
    };
    let first = image(&built("python3.12"));
    assert_eq!(first, image(&built("python3.12")));
    let mut other = orders("python3.12", "app.handler", http_api(&["$default"], Some("orders.example.com")));
    other.observations[0].body["Configuration"]["CodeSha256"] = json!("A".repeat(43) + "=");
    assert_ne!(first, image(&other.convert(Trace::Off)));
}

#[test]
fn what_builds_all_contexts_is_emitted_once_and_can_be_read() {
    let done = built("python3.12");
    for path in ["images/build.sh", &format!("{CONTEXT}/fetch.sh")] {
        assert!(is_script(text(&done, path)), "{path}");
    }
    for path in [".github/workflows/images-of-functions.yml", "images/gitlab-ci.yml"] {
        let read: Value = serde_yaml::from_str(text(&done, path)).unwrap();
        assert!(read.is_object(), "{path}");
        assert!(text(&done, path).contains("images/build.sh"));
    }
    assert!(text(&done, "images/caravan-front/Dockerfile").contains("-p caravan-convert-front"));
    // What is there once does not depend on the app.
    let other = built("nodejs22.x");
    for (path, _) in done.files.iter().filter(|(path, _)| !path.contains("orders") && !path.starts_with("ledger")) {
        assert_eq!(done.files.get(path), other.files.get(path), "{path}");
    }
    // Every line of all of it has an origin.
    for (path, file) in done.files.iter() {
        let lines = std::str::from_utf8(&file.bytes).unwrap().lines().count();
        for at in 1..=lines {
            let at = u32::try_from(at).unwrap();
            assert!(file.provenance.line(at).is_some_and(|span| !span.origins.is_empty()), "{path}:{at}");
        }
    }
}
