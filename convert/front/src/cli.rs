//! The command line.

use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Answers in a pod as AWS Lambda did, in front of an untouched runtime client and handler.
#[derive(Debug, Parser)]
#[command(name = "caravan-front", version, after_help = AFTER)]
pub(crate) struct Cli {
    /// The configuration: JSON or YAML. Without it, `CARAVAN_FRONT_CONFIG`.
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What to do; without it, serve.
    #[command(subcommand)]
    pub(crate) command: Option<Order>,
}

/// What the program does.
#[derive(Debug, Subcommand)]
pub(crate) enum Order {
    /// Take requests or messages until SIGTERM.
    Serve,
    /// Make one invocation, repeat it as Lambda did, and end by its result.
    Invoke {
        /// The event: a file of JSON, or `-` for standard input. Without it, the event of EventBridge for a schedule.
        #[arg(long, short, value_name = "FILE")]
        event: Option<PathBuf>,
        /// Where the answer is written.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Read the configuration, say what is wrong with it, and end.
    Check,
}

const AFTER: &str = "\
Environment:
  CARAVAN_FRONT_CONFIG  the configuration's file, or the document itself where it begins with `{`
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, or
  AWS_CONTAINER_CREDENTIALS_FULL_URI and AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE (EKS Pod Identity)
                        credentials, for a queue of SQS

Exit codes:
  0  it ended as it was told, or the invocation succeeded
  1  the invocation failed, after its repetitions
  2  the command line, the configuration or the event can't be read
  3  it could not begin: a port, signals, credentials

A configuration:
  function: {name: orders, account: \"123456789012\", region: eu-central-1, handler: app.handler, timeout_seconds: 30}
  command: [python3, -m, awslambdaric, app.handler]
  source: {http: {event: http-2.0, routes: [\"GET /orders/{id}\"]}}
Every key: docs/lambda-front.md.";
