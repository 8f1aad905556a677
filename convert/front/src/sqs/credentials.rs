//! Credentials: the variables of the pod, or the agent of EKS Pod Identity.

use super::connection::Connections;
use aws_credential_types::Credentials;
use bytes::Bytes;
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Request, Uri};
use jiff::Timestamp;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// Where credentials come from.
#[derive(Debug)]
pub(super) enum Source {
    /// Variables, as they were when the front began.
    Fixed(Credentials),
    /// The agent of Pod Identity.
    Agent(Box<Agent>),
}

/// The endpoint of Pod Identity, and the last credentials that it gave.
#[derive(Debug)]
pub(super) struct Agent {
    uri: Uri,
    connections: Connections,
    token: Token,
    last: Mutex<Option<Credentials>>,
}

/// What the agent is asked with.
#[derive(Debug)]
pub(super) enum Token {
    /// A file that is written anew now and then.
    File(PathBuf),
    /// A text.
    Text(String),
    /// Nothing.
    None,
}

/// Why there are no credentials.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// Neither variables nor an agent.
    #[error(
        "no credentials: neither AWS_ACCESS_KEY_ID nor AWS_CONTAINER_CREDENTIALS_FULL_URI (EKS Pod Identity) is set"
    )]
    None,
    /// The agent does not answer, or something else than credentials.
    #[error("the agent of Pod Identity at {0} gives no credentials: {1}")]
    Agent(Uri, String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<Timestamp>,
}

/// Credentials are asked for anew this long before they end.
const BEFORE: Duration = Duration::from_secs(300);

impl Source {
    /// By the variables of the pod.
    #[expect(clippy::disallowed_methods, reason = "AWS's SDKs take credentials from these variables, and so does this")]
    pub(super) fn find() -> Result<Self, CredentialsError> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let (Some(key), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY")) {
            let token = variable("AWS_SESSION_TOKEN");
            return Ok(Self::Fixed(Credentials::new(key, secret, token, None, "environment")));
        }
        let full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI").ok_or(CredentialsError::None)?;
        let wrong = |why: String| CredentialsError::Agent(Uri::default(), format!("{full}: {why}"));
        let uri: Uri = full.parse().map_err(|error: hyper::http::uri::InvalidUri| wrong(error.to_string()))?;
        let connections = Connections::new(&uri).map_err(|error| wrong(error.to_string()))?;
        let token =
            match (variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"), variable("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
                (Some(file), _) => Token::File(file.into()),
                (None, Some(text)) => Token::Text(text),
                (None, None) => Token::None,
            };
        Ok(Self::Agent(Box::new(Agent { uri, connections, token, last: Mutex::new(None) })))
    }

    /// Credentials that are good for some minutes at least.
    pub(super) async fn get(&self, now: SystemTime) -> Result<Credentials, CredentialsError> {
        match self {
            Self::Fixed(credentials) => Ok(credentials.clone()),
            Self::Agent(agent) => {
                let mut last = agent.last.lock().await;
                let fresh = |one: &&Credentials| one.expiry().is_none_or(|expiry| expiry > now + BEFORE);
                if let Some(credentials) = last.as_ref().filter(fresh) {
                    return Ok(credentials.clone());
                }
                let credentials = ask(&agent.uri, &agent.connections, &agent.token).await?;
                *last = Some(credentials.clone());
                Ok(credentials)
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the agent's token is a file that is written anew now and then")]
async fn ask(uri: &Uri, connections: &Connections, token: &Token) -> Result<Credentials, CredentialsError> {
    let failed = |why: String| CredentialsError::Agent(uri.clone(), why);
    let token = match token {
        Token::File(file) => {
            let text = std::fs::read_to_string(file).map_err(|error| failed(format!("{}: {error}", file.display())))?;
            text.trim().to_owned()
        }
        Token::Text(text) => text.clone(),
        Token::None => String::new(),
    };
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::get(path).header(HOST, uri.authority().map_or("", |authority| authority.as_str()));
    if !token.is_empty() {
        request = request.header(AUTHORIZATION, token);
    }
    let request = request.body(Bytes::new()).map_err(|error| failed(error.to_string()))?;
    let response =
        connections.call(request, Duration::from_secs(5)).await.map_err(|error| failed(error.to_string()))?;
    if !response.status().is_success() {
        return Err(failed(format!("it answers {}", response.status())));
    }
    // The answer is secret: what is wrong with it is not quoted.
    let given: Given =
        serde_json::from_slice(response.body()).map_err(|_| failed("it answers no credentials".to_owned()))?;
    let expiry = given.expiration.map(SystemTime::from);
    Ok(Credentials::new(given.access_key_id, given.secret_access_key, given.token, expiry, "pod identity"))
}
