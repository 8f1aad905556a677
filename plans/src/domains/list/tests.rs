//! Lists as colleagues write them.

use super::*;

fn read(text: &str) -> Vec<Row> {
    read_csv(text.as_bytes()).unwrap()
}

fn said(text: &str) -> Vec<String> {
    check_rows(&read(text)).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_list_is_read_from_what_a_spreadsheet_exports() {
    let comma = "Customer,Hostname,Contact,Window,Language,Tier\r\n\
        \"Dubois, Fils\",suivi.dubois.fr,dns@dubois.fr,2027-01-16 22:00-02:00 Europe/Paris,EN,2\r\n\r\n,,,,,\r\n\
        Müller,Träcking.Müller.de.,,,,\r\n";
    let listed = check_rows(&read(comma)).unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!((listed[0].customer.as_str(), listed[0].name.as_str()), ("Dubois, Fils", "suivi.dubois.fr"));
    let request = DomainRequest {
        contact: Some("dns@dubois.fr".to_owned()),
        window: Some("2027-01-16 22:00-02:00 Europe/Paris".to_owned()),
        language: Some(Language::En),
        tier: Some(2),
    };
    assert_eq!(listed[0].request, request);
    assert_eq!(listed[1].name.as_str(), "xn--trcking-6wa.xn--mller-kva.de");
    assert_eq!(listed[1].request, DomainRequest::default());
    let semicolon = "\u{feff}hostname;customer\nshop.example.com;A\n";
    assert_eq!(read(semicolon)[0].number, 2);
    assert_eq!(check_rows(&read(&semicolon.replace(';', "\t"))).unwrap(), check_rows(&read(semicolon)).unwrap());
}

#[test]
fn all_that_is_wrong_is_said_at_once_with_row_field_and_remedy() {
    let text = "customer,hostname,contact,window,language,tier\n\
        ,shop,nobody,tomorrow,fr,9\n\
        A,track.a.com,,,,\n\
        A,TRACK.a.com.,,,,\n";
    assert_eq!(
        said(text),
        [
            "row 2, customer: is empty; write the name under which the company knows the customer",
            "row 2, hostname: `shop` has no dot; write the whole name, as `track.customer.com`",
            "row 2, contact: `nobody` is no address of mail; write one address, as `dns@customer.com`",
            "row 2, window: `tomorrow` is no day with hours and a time zone; write it as `2027-01-16 02:00-04:00 Europe/Vienna`",
            "row 2, language: `fr` is a language without templates; write one of: en, de",
            "row 2, tier: `9` is no tier; write 1 (moves first) to 5 (moves last)",
            "row 4, hostname: `TRACK.a.com.` stands in row 3 already; keep one of the two rows",
        ]
    );
}

#[test]
fn a_hostname_is_what_dns_knows() {
    for (text, name) in [
        ("shop.example.com", "shop.example.com"),
        ("  Shop.Example.COM.  ", "shop.example.com"),
        ("example.co.uk", "example.co.uk"),
        ("*.shops.example.com", "*.shops.example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("*.Bücher.example", "*.xn--bcher-kva.example"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ] {
        assert_eq!(host(text).map(|name| name.as_str().to_owned()), Ok(name.to_owned()), "{text}");
    }
    let long = format!("{}.com", "a".repeat(64));
    let longest = format!("{}com", "abcdefgh.".repeat(28));
    for (text, problem) in [
        ("https://shop.example.com", HostProblem::Url),
        ("shop.example.com/cart", HostProblem::Url),
        ("shop.example.com:443", HostProblem::Url),
        ("203.0.113.7", HostProblem::Address),
        ("2001:db8::7", HostProblem::Address),
        ("shop.example.7", HostProblem::Address),
        ("localhost", HostProblem::NoDot),
        ("*.com", HostProblem::NoDot),
        ("*", HostProblem::Star),
        ("sh*p.example.com", HostProblem::Star),
        ("*.*.example.com", HostProblem::Star),
        ("co.uk", HostProblem::PublicSuffix),
        ("*.github.io", HostProblem::PublicSuffix),
        ("shop..example.com", HostProblem::Invalid),
        ("shop_1.example.com", HostProblem::Invalid),
        ("-shop.example.com", HostProblem::Invalid),
        ("shop example.com", HostProblem::Invalid),
        ("shop.example.com..", HostProblem::Invalid),
        (long.as_str(), HostProblem::Invalid),
        (longest.as_str(), HostProblem::Invalid),
    ] {
        assert_eq!(host(text), Err(problem), "{text}");
    }
}

#[test]
fn a_window_is_a_day_with_hours_by_a_clock() {
    let window = |text: &str| window::window(text).map_err(|(problem, _)| problem);
    assert_eq!(window("2027-01-16  02:00–04:00  Europe/Vienna").unwrap(), "2027-01-16 02:00-04:00 Europe/Vienna");
    assert_eq!(window("2027-01-16 23:30-00:30 UTC").unwrap(), "2027-01-16 23:30-00:30 UTC");
    for (text, problem) in [
        ("2027-02-30 02:00-04:00 Europe/Vienna", "has no such day"),
        ("2027-01-16 02:00 Europe/Vienna", "has no hours from and to"),
        ("2027-01-16 2:00-4:00 Europe/Vienna", "has hours that are none"),
        ("2027-01-16 24:00-25:00 Europe/Vienna", "has hours that are none"),
        ("2027-01-16 02:00-02:00 Europe/Vienna", "ends when it begins"),
        (
            "2027-03-28 02:30-03:00 Europe/Vienna",
            "is at no moment that there is, or ends before it begins, since clocks are turned in it",
        ),
        ("2027-01-16 02:00-04:00 Vienna", "has a time zone that nobody knows"),
        ("2027-01-16 02:00-04:00", "is no day with hours and a time zone"),
    ] {
        assert_eq!(window(text), Err(problem.to_owned()), "{text}");
    }
}

#[test]
fn a_file_of_another_form_is_named_as_what_it_is() {
    let error = |bytes: &[u8]| read_csv(bytes).unwrap_err().to_string();
    let known = "customer, hostname, contact, window, language, tier";
    assert_eq!(error(b"PK\x03\x04..."), "it is a spreadsheet's own file; export it as \"CSV UTF-8\"");
    assert_eq!(
        error("customer;hostname\nM\u{fc}ller;a.de".chars().map(|c| c as u8).collect::<Vec<_>>().as_slice()),
        "it is not UTF-8; save it as \"CSV UTF-8\""
    );
    assert_eq!(error(b" \n"), format!("it is empty; its first line has the headings: {known}"));
    assert_eq!(
        error(b"customer,host,mail\n"),
        format!("its first line has headings that are not known: `host`, `mail`; those that are known: {known}")
    );
    assert_eq!(error(b"customer,tier\n"), format!("its first line has no `hostname`; the headings are: {known}"));
    assert_eq!(error(b"customer,hostname,hostname\n"), "its first line has `hostname` twice");
    assert_eq!(error(b"customer,hostname\nA,a.de,more\n"), "line 2: it has 3 fields, and there are 2 headings");
    assert_eq!(read("customer,hostname\n"), []);
}

#[test]
fn no_cell_holds_what_shows_itself_as_something_else() {
    let of = |customer: &str| said(&format!("customer,hostname\n\"{customer}\",track.a.com\n"));
    assert_eq!(
        of("Evil\n# Heading"),
        ["row 2, customer: `Evil\u{fffd}# Heading` holds U+000A, which shows a text as another; \
          write it in one line of visible characters"]
    );
    for c in ['\r', '\t', '\u{1b}', '\u{7f}', '\u{85}', '\u{200f}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{2069}'] {
        assert_eq!(of(&format!("a{c}b")).len(), 1, "{c:?}");
    }
    // What stands around a text is none of it.
    assert_eq!(check_rows(&read("customer,hostname\n\" Acme\r\n\",track.a.com\n")).unwrap().len(), 1);
    // Of every column, and not of the first alone.
    let contact = said("customer,hostname,contact\nA,track.a.com,a\u{202e}@b.com\n");
    assert!(contact[0].starts_with("row 2, contact: `a\u{fffd}@b.com` holds U+202E"), "{contact:?}");
    // Letters of any script, and the joiners that some of them need, are none of these.
    assert_eq!(check_rows(&read("customer,hostname\nأحمد می\u{200c}خواهم Š,track.a.com\n")).unwrap().len(), 1);
}

#[test]
fn a_window_is_two_moments() {
    let moments = |text: &str| {
        let Moments { begin, end } = moments(text).unwrap();
        (begin.to_string(), end.to_string())
    };
    let two = |begin: &str, end: &str| (begin.to_owned(), end.to_owned());
    assert_eq!(moments("2027-01-16 02:00-04:00 Europe/Vienna"), two("2027-01-16T01:00:00Z", "2027-01-16T03:00:00Z"));
    assert_eq!(moments("2027-01-16 23:30-00:30 UTC"), two("2027-01-16T23:30:00Z", "2027-01-17T00:30:00Z"));
    // The night in which clocks go back: three hours by the clock are four.
    assert_eq!(moments("2027-10-31 01:00-04:00 Europe/Vienna"), two("2027-10-30T23:00:00Z", "2027-10-31T03:00:00Z"));
    assert_eq!(super::moments("tomorrow"), None);
}
