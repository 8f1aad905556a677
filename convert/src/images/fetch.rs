//! The script that fetches what a Dockerfile copies, and checks it by its hash.

use super::block::{Block, block};
use super::shell::quoted;
use crate::Platform;
use caravan_convert_lift::plconfig::{Arch, Function, FunctionLayer, RuntimeClient};

const HEAD: &str = r#"#!/bin/sh
# Fetches what the Dockerfile beside it copies, with the rights to read the function, and checks it. Nothing of it goes into Git.
set -eu
cd "$(dirname "$0")"
rm -rf task opt client
mkdir task opt client
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fetch NAME URL HASH: the package behind a URL, if it has this SHA-256 in base64.
fetch() {
    curl --fail --silent --show-error --location --output "$work/$1.zip" "$2"
    found=$(openssl dgst -sha256 -binary "$work/$1.zip" | base64)
    if [ -n "$3" ] && [ "$found" != "$3" ]; then
        echo "$1: its SHA-256 is $found, and $3 was converted: convert again" >&2
        exit 1
    fi
}
"#;

/// Its lines; none where nothing has to be fetched.
pub(super) fn blocks(function: &Function, arch: Arch, platform: &Platform) -> Option<Vec<Block>> {
    if function.code.image.is_some() {
        return None;
    }
    let runtime = function.built_on()?;
    let region = function.region.as_deref().unwrap_or(&platform.region);
    let mut out = vec![block(HEAD, ("fetch", "fetches and checks what an image is built of"), &[], &[])];
    out.push(code(function, region));
    out.extend(function.layers.iter().map(|layer| of_layer(layer, region)));
    out.extend(client(runtime.client, runtime.image, arch));
    out.push(block("chmod -R a+rX,u+w task opt client\n", ("readable", "the user of the image can read it"), &[], &[]));
    Some(out)
}

fn code(function: &Function, region: &str) -> Block {
    let rule = ("code", "the package of the version that runs, as it is");
    let Some(hash) = &function.code.sha256 else {
        let folder = function.code.folder.as_deref().unwrap_or("CODE");
        let text = format!(
            "\n# Its source tells no hash of a package: the build of its code says in ${folder} in which folder it is.\n\
             cp -R \"${{{folder}:?the folder of the code that was built}}/.\" task/\n"
        );
        return block(text, rule, &["/function/code/folder"], &[]);
    };
    let qualifier = function.version.as_deref().unwrap_or("$LATEST");
    let name = format!("arn:aws:lambda:{region}:{}:function:{}", function.account, function.name);
    let text = format!(
        "\nurl=$(aws lambda get-function --region {} --function-name {} \\\n    \
         --qualifier {} --query Code.Location --output text)\n\
         fetch code \"$url\" {}\nunzip -q -o \"$work/code.zip\" -d task\n",
        quoted(region),
        quoted(&name),
        quoted(qualifier),
        quoted(hash),
    );
    block(text, rule, &["/function"], &["region"])
}

/// One layer over those before it.
fn of_layer(layer: &FunctionLayer, region: &str) -> Block {
    let text = format!(
        "\nurl=$(aws lambda get-layer-version-by-arn --region {} --arn {} \\\n    \
         --query Content.Location --output text)\n\
         fetch layer \"$url\" {}\nunzip -q -o \"$work/layer.zip\" -d opt\n",
        quoted(region),
        quoted(&layer.arn),
        quoted(layer.sha256.as_deref().unwrap_or("")),
    );
    block(text, ("layer", "the layers, in their order, over each other"), &["/function/layers"], &["region"])
}

/// The runtime client at a fixed version, where it has not to be compiled for the base.
fn client(client: RuntimeClient, image: &str, arch: Arch) -> Option<Block> {
    let package = client.package()?;
    let version = image.rsplit(':').next().unwrap_or_default();
    let text = match client {
        RuntimeClient::Python => {
            let machine = if arch == Arch::Arm64 { "aarch64" } else { "x86_64" };
            format!(
                "\npython3 -m pip install --quiet --target client --only-binary=:all: --implementation cp \\\n    \
                 --python-version {version} --platform manylinux2014_{machine} {}\n",
                quoted(package)
            )
        }
        RuntimeClient::Java => format!(
            "\ncat > \"$work/pom.xml\" <<'POM'\n\
             <project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  \
             <modelVersion>4.0.0</modelVersion>\n  <groupId>caravan</groupId>\n  <artifactId>client</artifactId>\n  \
             <version>1</version>\n  <packaging>pom</packaging>\n  <dependencies>\n    <dependency>\n{}    </dependency>\n  \
             </dependencies>\n</project>\nPOM\n\
             mvn --quiet --batch-mode --file \"$work/pom.xml\" dependency:copy-dependencies -DoutputDirectory=\"$PWD/client\"\n",
            coordinates(package)
        ),
        RuntimeClient::Node | RuntimeClient::Base | RuntimeClient::Bootstrap => return None,
    };
    Some(block(text, ("client", "the runtime client at a fixed version"), &["/function/runtime"], &[]))
}

/// `group:artifact:version` as Maven's document says it.
fn coordinates(package: &str) -> String {
    let names = ["groupId", "artifactId", "version"];
    names.iter().zip(package.split(':')).map(|(name, text)| format!("      <{name}>{text}</{name}>\n")).collect()
}
