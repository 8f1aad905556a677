//! A world of name servers on loopback: a root, and the servers of zones, each at an address of its own, all at one port.

use simple_dns::rdata::{A, AAAA, CAA, CNAME, DS, HTTPS, NS, RData, SOA, SVCB};
use simple_dns::{CLASS, CharacterString, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;

/// A record as a test writes it: name, type, value; `3600 ` before the value is its time to live, 60 without.
pub(super) type Line = (&'static str, &'static str, &'static str);

/// A server: what it speaks for, and its records. Names in a delegation get an answer without authority.
#[derive(Clone, Default)]
pub(super) struct Zone {
    pub(super) name: &'static str,
    pub(super) lines: Vec<Line>,
    /// Answers this instead.
    pub(super) code: Option<RCODE>,
}

/// What was asked of whom: the last byte of the server's address, the name and the type.
pub(super) type Asked = Arc<Mutex<BTreeSet<(u8, String, String)>>>;

/// Starts the servers at 127.0.0.<last> of one port, and gives it. They end with the test.
pub(super) async fn world(servers: Vec<(u8, Vec<Zone>)>) -> (u16, Asked) {
    let asked = Asked::default();
    // A port that is free at every one of the addresses.
    'ports: loop {
        let first = UdpSocket::bind((Ipv4Addr::new(127, 0, 0, 1), 0)).await.unwrap();
        let port = first.local_addr().unwrap().port();
        drop(first);
        let mut sockets = Vec::new();
        for (last, zones) in &servers {
            match UdpSocket::bind((Ipv4Addr::new(127, 0, 0, *last), port)).await {
                Ok(socket) => sockets.push((*last, socket, zones.clone())),
                Err(_) => continue 'ports,
            }
        }
        for (last, socket, zones) in sockets {
            tokio::spawn(serve(last, socket, zones, Arc::clone(&asked)));
        }
        return (port, asked);
    }
}

async fn serve(last: u8, socket: UdpSocket, zones: Vec<Zone>, asked: Asked) {
    let mut buffer = [0; 1500];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let bytes = answer(last, &buffer[..length], &zones, &asked);
        send(&socket, from, &bytes).await;
    }
}

async fn send(socket: &UdpSocket, to: SocketAddr, bytes: &[u8]) {
    socket.send_to(bytes, to).await.unwrap();
}

fn answer(last: u8, query: &[u8], zones: &[Zone], asked: &Asked) -> Vec<u8> {
    let query = Packet::parse(query).unwrap();
    let question = query.questions[0].clone().into_owned();
    let QTYPE::TYPE(kind) = question.qtype else { panic!("{question:?}") };
    let name = question.qname.to_string();
    asked.lock().unwrap().insert((last, name.clone(), format!("{kind:?}")));
    let mut reply = Packet::new_reply(query.id());
    reply.questions.push(question);
    let is_below = |zone: &str| zone.is_empty() || name == zone || name.ends_with(&format!(".{zone}"));
    // A DS record is the parent's to tell.
    let of_parent = |zone: &Zone| kind == TYPE::DS && zone.name == name;
    let nearest =
        zones.iter().filter(|zone| is_below(zone.name) && !of_parent(zone)).max_by_key(|zone| zone.name.len());
    let Some(zone) = nearest else {
        *reply.rcode_mut() = RCODE::Refused;
        return reply.build_bytes_vec().unwrap();
    };
    if let Some(code) = zone.code {
        *reply.rcode_mut() = code;
        return reply.build_bytes_vec().unwrap();
    }
    let cut = zone.lines.iter().find(|(at, kind, _)| *kind == "NS" && *at != zone.name && is_below(at));
    if let Some((cut, ..)) = cut.filter(|_| kind != TYPE::DS) {
        let lines = zone.lines.iter().filter(|(at, kind, _)| at == cut && *kind == "NS");
        for line in lines {
            reply.name_servers.push(record(line));
            reply.additional_records.extend(zone.lines.iter().filter(|(at, ..)| *at == line.2).map(record));
        }
        return reply.build_bytes_vec().unwrap();
    }
    reply.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
    let of = |wanted: &str| {
        zone.lines.iter().filter(|(at, kind, _)| *at == name && *kind == wanted).map(record).collect::<Vec<_>>()
    };
    let aliases = of("CNAME");
    let found = if aliases.is_empty() { of(&format!("{kind:?}")) } else { aliases };
    if found.is_empty() {
        let start = (zone.name, "SOA", "900 86400");
        reply.name_servers.push(record(&start));
        if !zone.lines.iter().any(|(at, ..)| *at == name) {
            *reply.rcode_mut() = RCODE::NameError;
        }
    }
    reply.answers.extend(found);
    reply.build_bytes_vec().unwrap()
}

fn record(line: &Line) -> ResourceRecord<'static> {
    let (name, kind, value) = *line;
    let (ttl, value) = match value.split_once(' ').and_then(|(ttl, rest)| Some((ttl.parse().ok()?, rest))) {
        Some((ttl, rest)) if kind != "CAA" => (ttl, rest),
        _ => (60, value),
    };
    let data = match kind {
        "A" => RData::A(A { address: value.parse::<Ipv4Addr>().unwrap().into() }),
        "AAAA" => match value.parse().unwrap() {
            IpAddr::V6(address) => RData::AAAA(AAAA { address: address.into() }),
            IpAddr::V4(_) => panic!("{line:?}"),
        },
        "CNAME" => RData::CNAME(CNAME(Name::new(value).unwrap())),
        "NS" => RData::NS(NS(Name::new(value).unwrap())),
        "SOA" => RData::SOA(SOA {
            mname: Name::new("ns").unwrap(),
            rname: Name::new("host").unwrap(),
            serial: 1,
            refresh: 1,
            retry: 1,
            expire: 1,
            minimum: value.parse().unwrap(),
        }),
        "CAA" => {
            let (tag, value) = value.split_once(' ').unwrap();
            RData::CAA(CAA {
                flag: 0,
                tag: CharacterString::new(tag.as_bytes()).unwrap(),
                value: value.as_bytes().into(),
            })
        }
        "DS" => RData::DS(DS { key_tag: 1, algorithm: 13, digest_type: 2, digest: vec![0; 32].into() }),
        "HTTPS" => RData::HTTPS(HTTPS(SVCB::new(1, Name::new(value).unwrap()))),
        other => panic!("{other}"),
    };
    ResourceRecord::new(Name::new(name).unwrap(), CLASS::IN, ttl, data)
}
