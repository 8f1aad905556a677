//! One question to one name server: the bytes there and back.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

/// What whoever asks takes over UDP at most, by EDNS: what passes every network in one piece (DNS flag day 2020).
pub(crate) const LONGEST_ANSWER: u16 = 1232;
/// In the third byte of an answer that was cut (RFC 1035, section 4.1.1).
const TRUNCATED: u8 = 0b10;

/// Over UDP, and where the answer is longer than that carries, over TCP (RFC 1035, section 4.2; RFC 7766).
pub(crate) async fn exchange(server: SocketAddr, query: &[u8]) -> std::io::Result<Vec<u8>> {
    let answer = by_udp(server, query).await?;
    let is_cut = answer.get(2).is_some_and(|flags| flags & TRUNCATED != 0);
    if is_cut { by_tcp(server, query).await } else { Ok(answer) }
}

/// Each message with its length before it.
async fn by_tcp(server: SocketAddr, query: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(query.len()).map_err(std::io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), query].concat()).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// Only what comes from the server itself is taken.
async fn by_udp(server: SocketAddr, query: &[u8]) -> std::io::Result<Vec<u8>> {
    let any = if server.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(server).await?;
    socket.send(query).await?;
    let mut buffer = [0; LONGEST_ANSWER as usize];
    loop {
        let length = socket.recv(&mut buffer).await?;
        // One to another question is not this one's.
        if buffer[..length].get(..2) == query.get(..2) {
            return Ok(buffer[..length].to_vec());
        }
    }
}
