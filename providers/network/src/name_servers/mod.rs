//! Asks the name servers of a zone what they answer, each for itself: not through a resolver, which may keep what stood there
//! before.

#[cfg(test)]
mod tests;

use crate::exchange::exchange;
use caravan_providers::target::{NameAnswer, NameQuestion};
use simple_dns::rdata::RData;
use simple_dns::{CLASS, Name, Packet, PacketFlag, Question, RCODE, TYPE};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::lookup_host;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Of UDP a question or an answer may be lost: it is asked so often, each time for so long.
const TRIES: u32 = 3;
const LIMIT: Duration = Duration::from_millis(1500);
/// Where name servers listen.
const PORT: u16 = 53;

/// Asks every server every question. Gives why a change has not reached them all, or why nobody can tell; none when each of
/// them shows it. A server is a host name, or `address:port`.
pub async fn unsettled(servers: &[String], questions: &[NameQuestion]) -> Option<String> {
    let mut asking = JoinSet::new();
    for server in servers {
        let (server, questions) = (server.clone(), questions.to_vec());
        asking.spawn(async move {
            let why = ask(&server, &questions).await.err()?;
            Some(format!("name server {server} {why}"))
        });
    }
    let mut reasons: Vec<String> = asking.join_all().await.into_iter().flatten().collect();
    reasons.sort();
    let first = reasons.first()?.clone();
    Some(match reasons.len() {
        1 => first,
        more => format!("{first} (and {} of {} besides)", more - 1, servers.len()),
    })
}

/// Asks one server; gives why it does not show the change.
async fn ask(server: &str, questions: &[NameQuestion]) -> Result<(), String> {
    let address = address(server).await?;
    for question in questions {
        let answer = answer(address, question).await?;
        question.unanswered(&answer).map_or(Ok(()), Err)?;
    }
    Ok(())
}

async fn address(server: &str) -> Result<SocketAddr, String> {
    let found = match server.parse::<SocketAddr>() {
        Ok(address) => return Ok(address),
        Err(_) => lookup_host((server, PORT)).await.map_err(|error| format!("can't be looked up: {error}"))?,
    };
    let found: Vec<SocketAddr> = found.collect();
    // Not every machine has a way to the other family of addresses.
    let first = found.iter().find(|address| address.is_ipv4()).or(found.first()).copied();
    first.ok_or_else(|| "can't be looked up: it has no address".to_owned())
}

/// Asks one question, again while nothing comes.
async fn answer(server: SocketAddr, question: &NameQuestion) -> Result<NameAnswer, String> {
    let mut why = String::new();
    for _ in 0..TRIES {
        let id = fastrand::u16(..);
        let query = query(id, question)?;
        match timeout(LIMIT, exchange(server, &query)).await {
            Err(_) => why = format!("gives no answer within {} ms", LIMIT.as_millis()),
            Ok(Err(error)) => why = format!("gives no answer: {error}"),
            Ok(Ok(bytes)) => return read(id, question, &bytes),
        }
    }
    Err(why)
}

fn query(id: u16, question: &NameQuestion) -> Result<Vec<u8>, String> {
    let wrong =
        |error: &dyn std::fmt::Display| format!("can't be asked for {} {}: {error}", question.kind, question.name);
    let kind = match question.kind.as_str() {
        "A" => TYPE::A,
        "AAAA" => TYPE::AAAA,
        "CNAME" => TYPE::CNAME,
        "HTTPS" => TYPE::HTTPS,
        "TXT" => TYPE::TXT,
        _ => return Err(wrong(&"it is of no type that says where to connect")),
    };
    let name = Name::new(question.name.trim_end_matches('.')).map_err(|error| wrong(&error))?;
    let mut packet = Packet::new_query(id);
    packet.questions.push(Question::new(name, kind.into(), CLASS::IN.into(), false));
    packet.build_bytes_vec().map_err(|error| wrong(&error))
}

fn read(id: u16, question: &NameQuestion, bytes: &[u8]) -> Result<NameAnswer, String> {
    let unreadable = || format!("gives no readable answer for {} {}", question.kind, question.name);
    let packet = Packet::parse(bytes).map_err(|_| unreadable())?;
    if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
        return Err(unreadable());
    }
    match packet.rcode() {
        RCODE::NoError | RCODE::NameError => {}
        other => return Err(format!("answers {other:?} for {} {}", question.kind, question.name)),
    }
    let values = packet.answers.iter().filter_map(|record| value(&question.kind, &record.rdata));
    Ok(NameAnswer { is_authoritative: packet.has_flags(PacketFlag::AUTHORITATIVE_ANSWER), values: values.collect() })
}

/// What a record says, if it is of the type that was asked for.
fn value(kind: &str, data: &RData<'_>) -> Option<String> {
    match (kind, data) {
        ("A", RData::A(a)) => Some(Ipv4Addr::from(a.address).to_string()),
        ("AAAA", RData::AAAA(aaaa)) => Some(Ipv6Addr::from(aaaa.address).to_string()),
        ("CNAME", RData::CNAME(name)) => Some(name.0.to_string()),
        ("HTTPS", RData::HTTPS(_)) => Some("HTTPS".to_owned()),
        ("TXT", RData::TXT(text)) => String::try_from(text.clone()).ok(),
        _ => None,
    }
}
