//! Bodies of HTTP that are sent, and how bodies that come are read within bounds.

use crate::invocation::BrokenOff;
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::mpsc;

/// A body that is sent: whole, or piece by piece.
#[derive(Debug)]
pub(crate) enum Sent {
    /// Whole; nothing once it was sent.
    Whole(Option<Bytes>),
    /// What was read of a stream already, and the rest of it.
    Stream(Option<Bytes>, mpsc::Receiver<Result<Bytes, BrokenOff>>),
}

impl From<Bytes> for Sent {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(if bytes.is_empty() { None } else { Some(bytes) })
    }
}

impl From<String> for Sent {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl Body for Sent {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream(first, rest) => match first.take().filter(|bytes| !bytes.is_empty()) {
                Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
                None => rest.poll_recv(context).map(|piece| piece.map(|piece| piece.map(Frame::data))),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Self::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Stream(..) => SizeHint::default(),
        }
    }
}

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// Larger than is taken.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The sender went away.
    #[error("the sender went away")]
    Gone,
}

/// A whole body of at most `most` bytes.
pub(crate) async fn read(body: Incoming, most: usize) -> Result<Bytes, ReadError> {
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ReadError::TooLarge(most)),
        Err(_) => Err(ReadError::Gone),
    }
}
