//! `caravan domains serve`: pages for colleagues, on this machine alone.

mod answers;
mod card;
mod query;

use super::board::Board;
use crate::error::{Failure, FailureKind};
use crate::exit::Exit;
use crate::global::Global;
use crate::printer::Printer;
use crate::signals;
use answers::Pages;
use caravan_providers_network::pages::{PageServer, PageServerError};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::net::SocketAddr;

pub(crate) use answers::{CardDocument, StatusDocument};

/// Show pages of all hostnames in a browser: how far each is, whose the next step is, and the message to send
///
/// On this machine alone, and only to be read: the address is printed, and Ctrl-C ends it. There is no sign-on for the pages, so that
/// an address which others could reach is refused. Everything on them is also there as JSON.
#[derive(Args, Debug)]
pub(crate) struct ServeArgs {
    /// Where it listens; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8427")]
    listen: SocketAddr,
}

/// `caravan.domain-pages/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    url: String,
}

/// Runs the command, until a signal ends it.
///
/// # Errors
/// When there is no inventory, or nobody can listen there.
pub(crate) fn run(global: &Global, printer: &Printer, args: &ServeArgs) -> Result<Exit, Failure> {
    let mut board = Board::open(&global.dir)?;
    // What can't be read is said before anybody looks.
    board.refresh()?;
    let pages = Pages::new(board, global.repeated());
    signals::block_on(async {
        let server = PageServer::listen(args.listen).await.map_err(refused)?;
        let url = format!("http://{}/", server.address());
        if printer.is_json() {
            printer.json(&Document { schema: "caravan.domain-pages/v1", url })?;
        } else {
            printer.text(|out| writeln!(out, "{url}"))?;
        }
        printer.note("whoever works on this machine can read the pages; Ctrl-C ends them");
        tokio::select! {
            () = server.serve(move |asked| pages.answer(&asked)) => {}
            () = signals::told_to_end() => {}
        }
        Ok(Exit::Done)
    })?
}

fn refused(error: PageServerError) -> Failure {
    match error {
        PageServerError::NotLoopback(_) => Failure::caused(FailureKind::Usage, error)
            .hint("there is no sign-on for these pages, and they name customers: listen at 127.0.0.1 or [::1]"),
        PageServerError::Listen { .. } => {
            Failure::caused(FailureKind::Work, error).hint("another port may be free: --listen 127.0.0.1:0")
        }
    }
}
