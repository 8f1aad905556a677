//! A resolver as authorities and users have one: it follows aliases from zone to zone, and remembers nothing.

use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, Question, TYPE};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Where every zone of the test is answered.
const SERVER: &str = "127.0.0.1:53";
/// More aliases than that are a circle.
const LONGEST: usize = 8;

/// Listens on a free port over TCP and UDP, as long as the runtime lives, and gives where.
pub(super) async fn listen() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let socket = UdpSocket::bind(address).await.unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                // Whoever breaks off asks again.
                let _broken = over_tcp(stream).await;
            });
        }
    });
    tokio::spawn(async move {
        let mut question = [0; 1_500];
        while let Ok((length, from)) = socket.recv_from(&mut question).await {
            // What can't be answered is not: whoever asked asks again.
            if let Ok(answer) = answer(&question[..length]).await {
                let _gone = socket.send_to(&answer, from).await;
            }
        }
    });
    address
}

/// Questions and answers of one connection, each with its length before it (RFC 1035, 4.2.2).
async fn over_tcp(mut stream: TcpStream) -> std::io::Result<()> {
    loop {
        let mut question = vec![0; stream.read_u16().await?.into()];
        stream.read_exact(&mut question).await?;
        let answer = answer(&question).await.map_err(std::io::Error::other)?;
        stream.write_u16(u16::try_from(answer.len()).map_err(std::io::Error::other)?).await?;
        stream.write_all(&answer).await?;
    }
}

/// The answer to a question, with every alias on the way.
async fn answer(question: &[u8]) -> Result<Vec<u8>, String> {
    let asked = Packet::parse(question).map_err(|error| error.to_string())?;
    let wanted = asked.questions.first().ok_or("no question")?;
    let QTYPE::TYPE(kind) = wanted.qtype else { return Err("no type".to_owned()) };
    let mut name = wanted.qname.to_string();
    let mut whole = Packet::new_reply(asked.id());
    whole.set_flags(PacketFlag::RECURSION_AVAILABLE | PacketFlag::RECURSION_DESIRED);
    whole.questions.push(wanted.clone());
    for _ in 0..LONGEST {
        let bytes = ask(&name, kind).await?;
        let part = Packet::parse(&bytes).map_err(|error| error.to_string())?;
        *whole.rcode_mut() = part.rcode();
        whole.answers.extend(part.answers.iter().map(|record| record.clone().into_owned()));
        let is_there = part.answers.iter().any(|record| record.rdata.type_code() == kind);
        match part.answers.iter().rev().find_map(target) {
            Some(target) if !is_there => name = target,
            _ => break,
        }
    }
    whole.build_bytes_vec().map_err(|error| error.to_string())
}

fn target(record: &simple_dns::ResourceRecord<'_>) -> Option<String> {
    if let RData::CNAME(target) = &record.rdata { Some(target.0.to_string()) } else { None }
}

/// Asks the name server, again where nothing comes.
async fn ask(name: &str, kind: TYPE) -> Result<Vec<u8>, String> {
    let mut query = Packet::new_query(7);
    let name = Name::new(name).map_err(|error| error.to_string())?;
    query.questions.push(Question::new(name, kind.into(), CLASS::IN.into(), false));
    let query = query.build_bytes_vec().map_err(|error| error.to_string())?;
    let socket = UdpSocket::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    for _ in 0..3 {
        socket.send_to(&query, SERVER).await.map_err(|error| error.to_string())?;
        let mut answer = vec![0; 1_500];
        if let Ok(Ok(length)) = tokio::time::timeout(Duration::from_secs(1), socket.recv(&mut answer)).await {
            answer.truncate(length);
            return Ok(answer);
        }
    }
    Err("the name server gives no answer".to_owned())
}

/// The address of a host and for how many seconds it may be remembered: no longer than any part of the way there.
pub(super) async fn resolve(host: &str) -> Result<(Ipv4Addr, u32), String> {
    let mut question = Packet::new_query(7);
    let name = Name::new(host).map_err(|error| error.to_string())?;
    question.questions.push(Question::new(name, TYPE::A.into(), CLASS::IN.into(), false));
    let whole = answer(&question.build_bytes_vec().map_err(|error| error.to_string())?).await?;
    let whole = Packet::parse(&whole).map_err(|error| error.to_string())?;
    let ttl = whole.answers.iter().map(|record| record.ttl).min().unwrap_or_default();
    let address = whole.answers.iter().find_map(|record| match &record.rdata {
        RData::A(a) => Some(Ipv4Addr::from(a.address)),
        _ => None,
    });
    address.map(|address| (address, ttl)).ok_or_else(|| format!("no address: {:?}", whole.answers))
}
