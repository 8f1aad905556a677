//! Ports for servers that can't say which one they took.

use std::io;
use std::net::TcpListener;

/// A port of loopback that nobody had a moment ago.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
