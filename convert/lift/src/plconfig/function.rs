//! `function`: a Lambda function that all components of an app run, each behind a front of its own.

use super::runtime::{Runtime, RuntimeClient};
use super::shapes::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A Lambda function, as its handler and its runtime client know it. The image of components that name none is built from
/// a context that is emitted beside the manifests.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The published version that runs; none is `$LATEST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The account of twelve digits that it lived in.
    pub account: String,
    /// Its region; none is the platform's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The runtime's identifier, such as `python3.12`; none for the code of an image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// The runtime whose base the image is built on, where that of `runtime` is retired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// What its runtime client calls: `app.handler`.
    pub handler: String,
    /// The program of the runtime client and its arguments; none is that of the runtime.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Vec<String>>,
    /// Memory in MB that the handler may read of.
    pub memory: u32,
    /// How long one invocation may take, 15 minutes at most.
    pub timeout: Seconds,
    /// How long a process may take to come up; none is 10 s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Seconds>,
    /// The log group that the handler may read of; none is `/aws/lambda/<name>`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
    /// Where its code is.
    pub code: FunctionCode,
    /// Layers, in the order in which they lie over each other under `/opt`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<FunctionLayer>,
}

/// Where the code of a function is: exactly one of these.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct FunctionCode {
    /// In Lambda: the SHA-256 of its package in base64, `CodeSha256`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// In a folder that the pipeline builds and names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// In an image, by its digest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// A version of a layer.
#[derive(Clone, Debug, Default, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct FunctionLayer {
    /// Its ARN, with the version.
    pub arn: String,
    /// The SHA-256 of its package in base64; none where nobody could read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Where Java's client looks for classes: its own, the package's, the layers'.
const CLASSES: &str = "/caravan/client/*:/var/task:/var/task/lib/*:/opt/java/lib/*";
/// The main class of Java's client.
const MAIN: &str = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";
/// A custom runtime's `bootstrap` lies in the package, or in a layer (Lambda developer guide, "Building a custom runtime").
const EITHER: &str = "if [ -x /var/task/bootstrap ]; then exec /var/task/bootstrap; fi; exec /opt/bootstrap";

impl Function {
    /// The runtime whose base its image is built on; none where there is no base of it, and for the code of an image.
    #[must_use]
    pub fn built_on(&self) -> Option<&'static Runtime> {
        Runtime::known(self.base.as_deref().or(self.runtime.as_deref())?)
    }

    /// The program that calls the handler, and its arguments; none where nothing says it.
    #[must_use]
    pub fn client_command(&self) -> Option<Vec<String>> {
        if self.command.is_some() {
            return self.command.clone();
        }
        let handler = self.handler.as_str();
        let words: &[&str] = match self.built_on()?.client {
            RuntimeClient::Python => &["python3", "-m", "awslambdaric", handler],
            RuntimeClient::Node => &["node", "/caravan/client/node_modules/aws-lambda-ric/index.mjs", handler],
            RuntimeClient::Java => &["java", "-cp", CLASSES, MAIN, handler],
            RuntimeClient::Base => &["/var/runtime/bootstrap"],
            RuntimeClient::Bootstrap if self.layers.is_empty() => &["/var/task/bootstrap"],
            RuntimeClient::Bootstrap => &["/bin/sh", "-c", EITHER],
        };
        Some(words.iter().map(|&word| word.to_owned()).collect())
    }
}
