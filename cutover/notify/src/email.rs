//! Mail by SMTP.

use crate::address::{AddressError, is_this_machine};
use caravan_cutover::notice::{Notice, SendError, Sender, Sending};
use lettre::message::{Mailbox, Mailboxes, MessageBuilder};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use reqwest::Url;
use std::time::Duration;

/// How long the mail server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A mail server, whom it sends for, and to whom. A mail's `Message-ID` is the notice's id, so that one that comes twice is
/// told by it.
pub struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Mailboxes,
}

impl Email {
    /// Mail by the server of a URL (`smtps://USER:PASSWORD@HOST`, `smtp://USER:PASSWORD@HOST:587?tls=required`; without TLS only
    /// on this machine), from one address to others, with commas between.
    ///
    /// # Errors
    /// [`AddressError`].
    pub fn new(server: &str, from: &str, to: &str) -> Result<Self, AddressError> {
        let malformed = |wanted| move |()| AddressError::Malformed { wanted };
        let url = Url::parse(server).map_err(drop).map_err(malformed("URL of a mail server, smtps://… or smtp://…"))?;
        let mut wanted =
            url.query_pairs().filter(|(key, _)| key == "tls").map(|(_, value)| value == "required").peekable();
        let has_tls = url.scheme() == "smtps" || wanted.peek().is_some() && wanted.all(|is| is);
        if !has_tls && !is_this_machine(&url) {
            return Err(AddressError::WithoutTls);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(server)
            .map_err(drop)
            .map_err(malformed("URL of a mail server, smtps://… or smtp://…"))?;
        let list = "list of mail addresses";
        let to: Mailboxes = to.parse().map_err(|_| ()).map_err(malformed(list))?;
        if to.iter().next().is_none() {
            return Err(malformed(list)(()));
        }
        Ok(Self {
            transport: transport.timeout(Some(PATIENCE)).build(),
            from: from.parse().map_err(|_| ()).map_err(malformed("mail address"))?,
            to,
        })
    }

    fn message(&self, notice: &Notice) -> Result<Message, SendError> {
        let local: String =
            notice.id.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '.' }).collect();
        let to = self.to.iter().cloned();
        let builder = to.fold(Message::builder().from(self.from.clone()), MessageBuilder::to);
        let message = builder
            .message_id(Some(format!("<{local}@caravan.invalid>")))
            .subject(notice.title())
            .body(notice.text())
            .map_err(|error| SendError::Rejected(format!("it can't be written as a mail: {error}")))?;
        Ok(message)
    }
}

impl Sender for Email {
    fn send<'a>(&'a self, notice: &'a Notice) -> Sending<'a> {
        Box::pin(async move {
            let sent = self.transport.send(self.message(notice)?).await;
            // A server that says no for good has read it (RFC 5321, 4.2.1); what it says of all mails it says of each.
            let of = |error: &lettre::transport::smtp::Error| match error.is_permanent() {
                true => SendError::Rejected,
                false => SendError::Unavailable,
            };
            sent.map(drop).map_err(|error| of(&error)(refused(&error)))
        })
    }
}

/// Why a mail was not taken, without an address.
fn refused(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answered {code}"),
        None if error.is_timeout() => "the mail server gave no answer in time".to_owned(),
        None => "the mail server can't be reached, or its answer broke off".to_owned(),
    }
}
