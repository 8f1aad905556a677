//! The calls themselves: four services by their SDK, the others by one table of signed calls. Only reads.

mod ecs;
mod elasticloadbalancing;
mod route53;
mod signed;

use crate::capture::Capture;
use crate::fault::Fault;
use crate::session::Session;
use caravan_providers::Read;
use serde_json::Value;

/// The body of a call's answer, or what went wrong after every retry.
pub(crate) async fn answer(session: &Session, read: &Read, capture: &Capture) -> Result<Vec<u8>, Fault> {
    match read.api.split_once(':').map_or("", |(service, _)| service) {
        "ecs" => ecs::send(session, read, capture).await?,
        "elasticloadbalancing" => elasticloadbalancing::send(session, read, capture).await?,
        "route53" => route53::send(session, read, capture).await?,
        _ => return signed::send(session, read, capture).await,
    }
    Ok(capture.take())
}

/// Sends an operation of an SDK with the capture in it, and throws the typed output away.
macro_rules! send {
    ($capture:expr, $operation:expr) => {
        $operation
            .customize()
            .interceptor($capture.clone())
            .send()
            .await
            .map(drop)
            .map_err(|error| $crate::fault::Fault::of_sdk(&error))
    };
}
use send;

/// A text of the request.
fn text(read: &Read, key: &str) -> Option<String> {
    read.input.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// A list of texts of the request.
fn texts(read: &Read, key: &str) -> Option<Vec<String>> {
    let values = read.input.get(key)?.as_array()?;
    Some(values.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

/// A call that is in no table: a defect of whoever asked.
fn unknown(read: &Read) -> Fault {
    Fault::refused(format!("no reader knows {}", read.api))
}
