//! The Dockerfile of a function.

use super::FRONT_CONFIG;
use super::block::{Block, block};
use super::shell::value;
use crate::Platform;
use caravan_convert_lift::plconfig::{Function, PlConfig, RuntimeClient};
use caravan_inventory::TEMPLATE_ACCOUNT;

/// Where the front lies in its own image, and in that of a function.
pub(super) const FRONT: &str = "/caravan-front";

/// What the image of a function is built on: its own image, or the base of its runtime.
pub(super) fn base(function: &Function, platform: &Platform) -> Option<String> {
    match &function.code.image {
        Some(image) => Some(image.clone()),
        None => Some(format!("{}/{}", platform.images.base, function.built_on()?.image)),
    }
}

/// Its lines; none where nothing is known to build on.
pub(super) fn blocks(config: &PlConfig, function: &Function, platform: &Platform) -> Option<Vec<Block>> {
    let base = base(function, platform)?;
    let client = function.built_on().map(|runtime| runtime.client).filter(|_| function.code.image.is_none());
    let mut out = vec![
        block(
            "# The image of a Lambda function, its handler untouched, behind a front that speaks Lambda's runtime API.\n\
             # fetch.sh brings what is copied here; the pipeline gives BASE and FRONT by their digests.\n",
            ("header", "a word for whoever opens the file"),
            &[],
            &[],
        ),
        block(
            format!("ARG BASE={base}\n"),
            ("base", "the function's own image, or the base of its runtime"),
            &["/function"],
            &["images/base"],
        ),
        block(
            format!("ARG FRONT={}\n\nFROM ${{FRONT}} AS front\n", platform.images.front),
            ("front-image", "the image that the front is copied from"),
            &[],
            &["images/front"],
        ),
    ];
    out.extend(client.and_then(stage));
    out.push(block(
        "\nFROM ${BASE}\n",
        ("base", "the function's own image, or the base of its runtime"),
        &["/function"],
        &[],
    ));
    out.extend(client.map(|client| copies(function, client)));
    out.push(block(
        format!("COPY --from=front {FRONT} /caravan/front\nENV CARAVAN_FRONT_CONFIG={FRONT_CONFIG}\n"),
        ("front", "the front, and where it reads its configuration"),
        &[],
        &[],
    ));
    out.extend(client.and_then(|client| paths(function, client)));
    out.push(labels(config, function));
    out.push(block(
        format!("USER {0}:{0}\n", platform.user),
        ("user", "the platform's user, who is not root"),
        &[],
        &["user"],
    ));
    if client.is_some() {
        out.push(block("WORKDIR /var/task\n", ("workdir", "where Lambda starts a handler"), &[], &[]));
    }
    out.push(block(
        "ENTRYPOINT [\"/caravan/front\"]\nCMD [\"serve\"]\n",
        ("entry-point", "the front starts the runtime client"),
        &[],
        &[],
    ));
    Some(out)
}

/// The stage that builds a client which has to be compiled for the base: Node's.
fn stage(client: RuntimeClient) -> Option<Block> {
    let package = client.package().filter(|_| client == RuntimeClient::Node)?;
    let text = format!(
        "\nFROM ${{BASE}} AS client\nUSER root\n\
         RUN dnf install -y autoconf automake cmake gcc-c++ gzip libtool make python3 tar \\\n    \
         && npm install --prefix /client --no-audit --no-fund {package}\n"
    );
    Some(block(text, ("client", "the runtime client at a fixed version"), &["/function/runtime"], &[]))
}

/// What lies where Lambda had it: the layers under `/opt`, the package under `/var/task`.
fn copies(function: &Function, client: RuntimeClient) -> Block {
    let mut text = String::new();
    if !function.layers.is_empty() {
        text.push_str("COPY opt/ /opt/\n");
    }
    text.push_str("COPY task/ /var/task/\n");
    match client {
        RuntimeClient::Node => text.push_str("COPY --from=client /client/ /caravan/client/\n"),
        RuntimeClient::Python | RuntimeClient::Java => text.push_str("COPY client/ /caravan/client/\n"),
        RuntimeClient::Base | RuntimeClient::Bootstrap => {}
    }
    block(text, ("content", "layers, package and client where Lambda had them"), &["/function"], &[])
}

/// Where a runtime looks for modules, as Lambda's own start of it said (Lambda developer guide, "Layer paths").
fn paths(function: &Function, client: RuntimeClient) -> Option<Block> {
    let image = function.built_on()?.image;
    let version = image.rsplit(':').next().unwrap_or_default();
    let text = match client {
        RuntimeClient::Python => format!(
            "ENV PYTHONPATH=/opt/python/lib/python{version}/site-packages:/opt/python:/var/runtime:/caravan/client\n"
        ),
        RuntimeClient::Node => format!(
            "ENV NODE_PATH=/opt/nodejs/node{version}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:\
             /var/runtime:/var/task\n"
        ),
        RuntimeClient::Java | RuntimeClient::Base | RuntimeClient::Bootstrap => return None,
    };
    Some(block(text, ("module-paths", "where its runtime looks for modules"), &["/function/runtime"], &[]))
}

/// What the image was made of.
fn labels(config: &PlConfig, function: &Function) -> Block {
    let arn = |region: &str| format!("arn:aws:lambda:{region}:{}:function:{}", function.account, function.name);
    let known = function.account != TEMPLATE_ACCOUNT;
    let version = function.version.as_deref().unwrap_or("$LATEST");
    let mut labels = vec![
        ("org.opencontainers.image.title", config.app.clone()),
        ("dev.caravan.team", config.team.clone()),
        (
            "dev.caravan.function",
            if known { arn(function.region.as_deref().unwrap_or("")) } else { function.name.clone() },
        ),
        ("dev.caravan.version", version.to_owned()),
    ];
    labels.extend(function.code.sha256.iter().map(|hash| ("dev.caravan.code-sha256", hash.clone())));
    labels.extend(function.code.image.iter().map(|image| ("dev.caravan.code-image", image.clone())));
    if !function.layers.is_empty() {
        let layers: Vec<&str> = function.layers.iter().map(|layer| layer.arn.as_str()).collect();
        labels.push(("dev.caravan.layers", layers.join(",")));
    }
    let lines: String = labels.iter().map(|(name, text)| format!("LABEL {name}={}\n", value(text))).collect();
    block(lines, ("provenance", "what the image was made of"), &["/function", "/app", "/team"], &[])
}
