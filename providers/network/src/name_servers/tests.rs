//! Name servers on loopback.

use super::unsettled;
use caravan_inventory::AccountId;
use caravan_providers::Write;
use caravan_providers::target::{FencingToken, NameQuestion, RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target};
use simple_dns::rdata::{A, RData, TXT};
use simple_dns::{CLASS, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};

/// What a server knows.
#[derive(Clone, Copy)]
struct Knows {
    token: Option<&'static str>,
    address: [u8; 4],
    is_authoritative: bool,
    code: RCODE,
}

const NEW: Knows =
    Knows { token: Some("r1/2/3"), address: [192, 0, 2, 2], is_authoritative: true, code: RCODE::NoError };

/// A server that speaks UDP until the test ends, and its address.
async fn server(knows: Knows) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
            let asked = Packet::parse(&buffer[..length]).unwrap();
            let question = asked.questions[0].clone();
            let mut reply = Packet::new_reply(asked.id());
            if knows.is_authoritative {
                reply.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
            }
            *reply.rcode_mut() = knows.code;
            let data = match question.qtype {
                QTYPE::TYPE(TYPE::TXT) => knows.token.map(|token| RData::TXT(TXT::new().with_string(token).unwrap())),
                QTYPE::TYPE(TYPE::A) => Some(RData::A(A { address: u32::from_be_bytes(knows.address) })),
                _ => None,
            };
            let data = data.filter(|_| knows.code == RCODE::NoError);
            let record = |data| ResourceRecord::new(question.qname.clone(), CLASS::IN, 60, data);
            reply.answers.extend(data.map(record));
            reply.questions.push(question.clone());
            let _ = socket.send_to(&reply.build_bytes_vec().unwrap(), from).await;
        }
    });
    address
}

/// What is asked after a write of 192.0.2.2, under a token or without.
fn questions(token: bool) -> Vec<NameQuestion> {
    let target = RecordSetsTarget {
        account: AccountId::new("123456789012"),
        zone: "Z1".to_owned(),
        name: "shop.example.com.".to_owned(),
        types: vec!["A".to_owned()],
        settled_by: SettledBy::NameServers,
    };
    let set = RecordSet { kind: "A".to_owned(), values: vec!["192.0.2.2".to_owned()], ..RecordSet::default() };
    target.questions(&Write {
        target: Target::Records(target.clone()),
        before: Snapshot::Records(Vec::new()),
        after: Snapshot::Records(vec![set]),
        token_before: None,
        token_after: token.then(|| FencingToken { run: "r1".to_owned(), epoch: 2, sequence: 3 }),
        in_flight: 30,
    })
}

#[tokio::test]
async fn a_change_is_settled_when_every_name_server_of_the_zone_answers_it() {
    let servers = [server(NEW).await, server(NEW).await, server(NEW).await, server(NEW).await];
    assert_eq!(unsettled(&servers, &questions(true)).await, None);
    let gone = server(Knows { token: None, ..NEW }).await;
    assert_eq!(unsettled(&[gone], &questions(false)).await, None);
    let none = Knows { token: None, code: RCODE::NameError, ..NEW };
    let said = unsettled(&[server(none).await], &questions(false)).await.unwrap();
    assert!(said.ends_with("answers nothing for A shop.example.com."), "{said}");
}

#[tokio::test]
async fn one_name_server_that_is_behind_or_does_not_answer_is_named() {
    for (behind, why) in [
        (Knows { token: Some("r1/2/2"), ..NEW }, "answers r1/2/2 for TXT _caravan.shop.example.com."),
        (Knows { token: None, ..NEW }, "answers nothing for TXT _caravan.shop.example.com."),
        (Knows { address: [192, 0, 2, 1], ..NEW }, "answers 192.0.2.1 for A shop.example.com."),
        (Knows { is_authoritative: false, ..NEW }, "does not speak for _caravan.shop.example.com."),
        (Knows { code: RCODE::ServerFailure, ..NEW }, "answers ServerFailure for TXT _caravan.shop.example.com."),
    ] {
        let servers = [server(NEW).await, server(behind).await, server(NEW).await];
        let said = unsettled(&servers, &questions(true)).await.unwrap();
        assert!(said.starts_with(&format!("name server {} {why}", servers[1])), "{said}");
    }
    // It takes questions and answers none.
    let mute = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let servers = [server(NEW).await, mute.local_addr().unwrap().to_string()];
    let said = unsettled(&servers, &questions(true)).await.unwrap();
    assert!(said.starts_with(&format!("name server {} gives no answer", servers[1])), "{said}");
    let said = unsettled(&["nowhere.invalid".to_owned()], &questions(true)).await.unwrap();
    assert!(said.starts_with("name server nowhere.invalid can't be looked up"), "{said}");
}

/// What a name server answers of an A record with these many values.
fn long_answer(query: &[u8], values: u32) -> Packet<'static> {
    let asked = Packet::parse(query).unwrap().questions[0].clone().into_owned();
    let mut reply = Packet::new_reply(u16::from_be_bytes([query[0], query[1]]));
    reply.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
    let record =
        |last| ResourceRecord::new(asked.qname.clone(), CLASS::IN, 60, RData::A(A { address: 0xC000_0200 + last }));
    reply.answers.extend((0..values).map(record));
    reply.questions.push(asked.clone());
    reply
}

#[tokio::test]
async fn an_answer_that_udp_does_not_carry_is_asked_for_by_tcp() {
    const VALUES: u32 = 60;
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            break (udp, tcp);
        }
    };
    let server = udp.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, from)) = udp.recv_from(&mut buffer).await {
            let mut cut = long_answer(&buffer[..length], 0);
            cut.set_flags(PacketFlag::TRUNCATION);
            let _ = udp.send_to(&cut.build_bytes_vec().unwrap(), from).await;
        }
    });
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = tcp.accept().await {
            let mut query = vec![0; usize::from(stream.read_u16().await.unwrap())];
            stream.read_exact(&mut query).await.unwrap();
            let answer = long_answer(&query, VALUES).build_bytes_vec().unwrap();
            assert!(answer.len() > 512);
            stream.write_u16(u16::try_from(answer.len()).unwrap()).await.unwrap();
            stream.write_all(&answer).await.unwrap();
        }
    });
    let values = |count: u32| (0..count).map(|last| format!("192.0.2.{last}")).collect::<Vec<_>>();
    let asked = |values: Vec<String>| {
        let target = RecordSetsTarget {
            account: AccountId::new("123456789012"),
            zone: "Z1".to_owned(),
            name: "shop.example.com.".to_owned(),
            types: vec!["A".to_owned()],
            settled_by: SettledBy::NameServers,
        };
        let set = RecordSet { kind: "A".to_owned(), values, ..RecordSet::default() };
        let questions = target.questions(&Write {
            target: Target::Records(target.clone()),
            before: Snapshot::Records(Vec::new()),
            after: Snapshot::Records(vec![set]),
            token_before: None,
            token_after: None,
            in_flight: 30,
        });
        questions.into_iter().filter(|one| one.kind == "A").collect::<Vec<_>>()
    };
    assert_eq!(unsettled(std::slice::from_ref(&server), &asked(values(VALUES))).await, None);
    let said = unsettled(&[server], &asked(values(VALUES - 1))).await.unwrap();
    assert!(said.contains("192.0.2.59"), "{said}");
}
