//! One question to one server, and what its answer says, as plain values.

use super::pace::Pace;
use crate::exchange::{LONGEST_ANSWER, exchange};
use caravan_inventory::CaaRecord;
use simple_dns::rdata::{OPT, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, Question, RCODE, TYPE};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::time::timeout;

/// Of UDP a question or an answer may be lost: it is asked so often, each time for so long.
const TRIES: u32 = 2;
const LIMIT: Duration = Duration::from_millis(1500);

/// What an answer says.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    /// Whether the server speaks for the name.
    pub(super) authoritative: bool,
    /// The records that answer.
    pub(super) answers: Vec<Record>,
    /// Those that say who speaks for it.
    pub(super) authority: Vec<Record>,
    /// Those that say where these are.
    pub(super) additional: Vec<Record>,
}

/// A record of a kind that is looked at.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Record {
    /// Its name, in lower case without a trailing dot.
    pub(super) name: String,
    pub(super) ttl: u32,
    pub(super) data: Data,
}

/// What a record says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Data {
    Address(IpAddr),
    Alias(String),
    Server(String),
    /// The negative time to live that it gives.
    Start(u32),
    Caa(CaaRecord),
    /// That it is there is all that counts.
    Https,
    Signer,
}

/// Asks a server, again while nothing comes.
///
/// # Errors
/// Why it told nothing: no answer, or one that is none.
pub(super) async fn ask(pace: &Pace, server: SocketAddr, name: &str, kind: TYPE) -> Result<Answer, String> {
    let mut why = String::new();
    for _ in 0..TRIES {
        let id = fastrand::u16(..);
        let query = query(id, name, kind).map_err(|error| format!("can't be asked for {name}: {error}"))?;
        match pace.take(server, timeout(LIMIT, exchange(server, &query))).await {
            Err(_) => why = format!("gives no answer within {} ms", LIMIT.as_millis()),
            Ok(Err(error)) => why = format!("gives no answer: {error}"),
            Ok(Ok(bytes)) => return read(id, name, &bytes),
        }
    }
    Err(why)
}

fn query(id: u16, name: &str, kind: TYPE) -> simple_dns::Result<Vec<u8>> {
    let mut packet = Packet::new_query(id);
    *packet.opt_mut() = Some(OPT { opt_codes: Vec::new(), udp_packet_size: LONGEST_ANSWER, version: 0 });
    packet.questions.push(Question::new(Name::new(name)?, kind.into(), CLASS::IN.into(), false));
    packet.build_bytes_vec()
}

fn read(id: u16, name: &str, bytes: &[u8]) -> Result<Answer, String> {
    let unreadable = || format!("gives no readable answer for {name}");
    let packet = Packet::parse(bytes).map_err(|_| unreadable())?;
    if packet.id() != id || !packet.has_flags(PacketFlag::RESPONSE) {
        return Err(unreadable());
    }
    // That a name does not exist is an answer as any other.
    match packet.rcode() {
        RCODE::NoError | RCODE::NameError => {}
        other => return Err(format!("answers {} for {name}", said(other))),
    }
    let records = |records: &[simple_dns::ResourceRecord<'_>]| records.iter().filter_map(record).collect();
    Ok(Answer {
        authoritative: packet.has_flags(PacketFlag::AUTHORITATIVE_ANSWER),
        answers: records(&packet.answers),
        authority: records(&packet.name_servers),
        additional: records(&packet.additional_records),
    })
}

/// A code as people know it.
fn said(code: RCODE) -> String {
    match code {
        RCODE::ServerFailure => "SERVFAIL".to_owned(),
        RCODE::Refused => "REFUSED".to_owned(),
        RCODE::NotImplemented => "NOTIMP".to_owned(),
        RCODE::FormatError => "FORMERR".to_owned(),
        other => format!("{other:?}"),
    }
}

fn record(record: &simple_dns::ResourceRecord<'_>) -> Option<Record> {
    let data = match &record.rdata {
        RData::A(a) => Data::Address(Ipv4Addr::from(a.address).into()),
        RData::AAAA(aaaa) => Data::Address(Ipv6Addr::from(aaaa.address).into()),
        RData::CNAME(target) => Data::Alias(plain(&target.0)),
        RData::NS(server) => Data::Server(plain(&server.0)),
        RData::SOA(start) => Data::Start(start.minimum.min(record.ttl)),
        RData::CAA(caa) => Data::Caa(CaaRecord {
            flags: caa.flag,
            tag: caa.tag.to_string(),
            value: String::from_utf8_lossy(&caa.value).into_owned(),
        }),
        RData::HTTPS(_) => Data::Https,
        RData::DS(_) => Data::Signer,
        _ => return None,
    };
    Some(Record { name: plain(&record.name), ttl: record.ttl, data })
}

fn plain(name: &Name<'_>) -> String {
    name.to_string().trim_end_matches('.').to_ascii_lowercase()
}
