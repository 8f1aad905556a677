//! User data of machines, decoded: base64, maybe gzip, maybe MIME in several parts (EC2 user guide, "Run commands when you
//! launch an EC2 instance with user data input"; cloud-init, "User-data formats").
//!
//! The parts are kept beside the field that they were decoded from, under [`PARTS`]. They are scripts and texts, and are
//! redacted word by word like any command; the undecoded field is one opaque value.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::MultiGzDecoder;
use mailparse::ParsedMail;
use serde_json::{Value, json};
use std::io::Read;

/// The field of the parts, in documents of every kind.
pub(crate) const PARTS: &str = "userDataParts";

/// AWS takes 16 KiB, which may be packed; what is longer than this when it is unpacked was made to hurt.
const LONGEST: u64 = 1024 * 1024;

/// A part of it.
struct Part {
    content_type: String,
    file_name: Option<String>,
    content: Result<String, &'static str>,
}

/// Puts the parts of the user data that `field` of an object holds beside it; an object without one stays as it is.
pub(crate) fn decode_beside(object: &mut Value, field: &str) {
    let text = object.get(field).and_then(|held| held.get("value").unwrap_or(held).as_str());
    let Some(parts) = text.filter(|text| !text.trim().is_empty()).map(decode) else { return };
    if let Value::Object(fields) = object {
        fields.insert(PARTS.to_owned(), Value::Array(parts.into_iter().map(Part::into_value).collect()));
    }
}

/// The parts of user data as a file holds it, in no encoding.
pub(crate) fn of_file(bytes: Vec<u8>) -> Value {
    Value::Array(parts(bytes).into_iter().map(Part::into_value).collect())
}

/// Whether a text begins as nothing but user data does. A script begins like any other: `named` is whether it is known by its
/// name, or by whoever named it.
pub(crate) fn is_user_data(head: &[u8], named: bool) -> bool {
    if head.starts_with(&[0x1f, 0x8b]) {
        return named;
    }
    let head = String::from_utf8_lossy(head);
    match by_beginning(&head) {
        "text/plain" => {
            let small = head.trim_start().to_ascii_lowercase();
            let mime = small.starts_with("mime-version:") || small.starts_with("content-type: multipart/");
            mime && small.contains("multipart/")
        }
        // Other files begin so, too.
        "text/x-include-url" => includes(&head),
        "text/x-shellscript" | "text/x-windows-script" | BOTTLEROCKET => named,
        _ => true,
    }
}

/// What base64 in a file holds, where that begins as user data does: as Terraform and launch templates keep it.
pub(crate) fn out_of_base64(bytes: &[u8]) -> Option<Vec<u8>> {
    let packed: Vec<u8> = bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let held = STANDARD.decode(packed).ok().filter(|held| !held.is_empty())?;
    is_user_data(&held[..held.len().min(1024)], true).then_some(held)
}

fn decode(text: &str) -> Vec<Part> {
    let packed: String = text.split_whitespace().collect();
    match STANDARD.decode(packed) {
        Ok(bytes) => parts(bytes),
        Err(_) => vec![Part::unread("the user data is not base64")],
    }
}

fn parts(bytes: Vec<u8>) -> Vec<Part> {
    let bytes = match unpacked(bytes) {
        Ok(bytes) => bytes,
        Err(problem) => return vec![Part::unread(problem)],
    };
    // Whoever writes it into a template often leaves an empty line before it.
    let mail = bytes.trim_ascii_start();
    let head = String::from_utf8_lossy(&mail[..mail.len().min(2048)]).to_ascii_lowercase();
    if head.contains("content-type:") && (head.starts_with("content-type:") || head.starts_with("mime-version:")) {
        match mailparse::parse_mail(mail) {
            Ok(mail) => return leaves(&mail),
            Err(_) => return vec![Part::unread("the user data is not the MIME that it says")],
        }
    }
    vec![Part::of(None, None, bytes)]
}

/// Every part that has no parts itself, in their order.
fn leaves(mail: &ParsedMail<'_>) -> Vec<Part> {
    if !mail.subparts.is_empty() {
        return mail.subparts.iter().flat_map(leaves).collect();
    }
    let file_name = mail.get_content_disposition().params.get("filename").cloned();
    match mail.get_body_raw().map(unpacked) {
        Ok(Ok(bytes)) => vec![Part::of(Some(mail.ctype.mimetype.clone()), file_name, bytes)],
        Ok(Err(problem)) => vec![Part::unread(problem)],
        Err(_) => vec![Part::unread("the part is not in the encoding that it says")],
    }
}

/// The bytes, out of gzip if they are in it.
fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut out = Vec::new();
    let read = MultiGzDecoder::new(bytes.as_slice()).take(LONGEST + 1).read_to_end(&mut out);
    match read {
        Err(_) => Err("the gzip is not whole"),
        Ok(_) if out.len() as u64 > LONGEST => Err("unpacked it is longer than 1 MiB"),
        Ok(_) => Ok(out),
    }
}

impl Part {
    /// A part of this type, or of the one that its first line says.
    fn of(content_type: Option<String>, file_name: Option<String>, bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => {
                let told = content_type.filter(|told| told != "text/plain" && told != "application/octet-stream");
                let content_type = told.unwrap_or_else(|| by_beginning(&text).to_owned());
                Self { content_type, file_name, content: Ok(text) }
            }
            Err(_) => {
                let content_type = content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
                Self { content_type, file_name, content: Err("it is no text") }
            }
        }
    }

    fn unread(problem: &'static str) -> Self {
        Self { content_type: "application/octet-stream".to_owned(), file_name: None, content: Err(problem) }
    }

    fn into_value(self) -> Value {
        let Self { content_type, file_name, content } = self;
        let mut value = match content {
            Ok(text) => json!({"contentType": content_type, "text": text}),
            Err(problem) => json!({"contentType": content_type, "problem": problem}),
        };
        if let (Some(name), Value::Object(fields)) = (file_name, &mut value) {
            fields.insert("fileName".to_owned(), Value::String(name));
        }
        value
    }
}

/// What cloud-init takes a text for by its beginning (cloud-init, `handlers/__init__.py`), EC2Launch by its tags, and
/// Bottlerocket because it knows nothing else.
fn by_beginning(text: &str) -> &'static str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.trim_start().lines().next().unwrap_or_default();
    let said = FIRST_LINES.iter().find(|(word, _)| begins(first, word));
    match said {
        Some((_, content_type)) => content_type,
        None if first.starts_with("#!") => "text/x-shellscript",
        None if text.lines().any(|line| WINDOWS.iter().any(|tag| begins(line.trim(), tag))) => "text/x-windows-script",
        None if is_bottlerocket(text) => BOTTLEROCKET,
        None if is_node_of_eks(text) => NODE_OF_EKS,
        None if is_powershell(text) => "text/x-windows-script",
        None => "text/plain",
    }
}

/// What `nodeadm` of Amazon Linux 2023 reads (Amazon EKS AMI, "nodeadm"): a document of its own, also without MIME around it.
const NODE_OF_EKS: &str = "application/node.eks.aws";

fn is_node_of_eks(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '-']));
    let of_eks = |line: &str| {
        line.strip_prefix("apiVersion:")
            .is_some_and(|said| said.trim().trim_matches(['"', '\'']).starts_with("node.eks.aws/"))
    };
    lines.clone().take(2).any(of_eks) && lines.any(|line| line.starts_with("kind:") && line.ends_with("NodeConfig"))
}

/// Whether a text begins with a command of PowerShell (`Write-Host`, `Set-Item`), or with what only stands in front of such: whoever
/// starts the machine puts the tags around it.
fn is_powershell(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let first = lines.next().unwrap_or_default();
    let word = first.split_whitespace().next().unwrap_or_default();
    let capital = |part: &str| part.starts_with(|c: char| c.is_ascii_uppercase());
    let letters = |part: &str| part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_command = word.split_once('-').is_some_and(|(verb, noun)| {
        capital(verb)
            && capital(noun)
            && letters(verb)
            && letters(noun)
            && verb.bytes().all(|b| b.is_ascii_alphabetic())
    });
    let begins =
        ["[string]$", "[Net.ServicePointManager]", "[CmdletBinding("].iter().any(|begin| first.starts_with(begin));
    let assigns = first.starts_with('$') && first.split_once('=').is_some_and(|(name, _)| letters(name[1..].trim()));
    is_command && !first.ends_with(':') || begins || assigns
}

/// Whether an address follows, on the first line or behind it.
fn includes(head: &str) -> bool {
    let mut lines = head.trim_start().lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let next = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    [Some(first), next].into_iter().flatten().any(|line| line.contains("://"))
}

/// The settings of a Bottlerocket node, in TOML (Bottlerocket, "Settings").
const BOTTLEROCKET: &str = "text/x-bottlerocket-settings";
/// What EC2Launch runs stands between such tags, wherever they are.
const WINDOWS: [&str; 2] = ["<powershell>", "<script>"];
/// First lines, and what follows them.
const FIRST_LINES: [(&str, &str); 11] = [
    ("#cloud-config", "text/cloud-config"),
    ("#cloud-boothook", "text/cloud-boothook"),
    ("#cloud-config-archive", "text/cloud-config-archive"),
    ("#cloud-config-jsonp", "text/cloud-config-jsonp"),
    ("#include", "text/x-include-url"),
    ("#include-once", "text/x-include-url"),
    ("#part-handler", "text/part-handler"),
    ("## template: jinja", "text/jinja2"),
    ("#ps1", "text/x-windows-script"),
    ("#ps1_sysnative", "text/x-windows-script"),
    ("#ps1_x86", "text/x-windows-script"),
];

/// Whether a line begins with a word, whatever its case, and nothing of a longer word.
fn begins(line: &str, word: &str) -> bool {
    let head = line.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    head && line[word.len()..].chars().next().is_none_or(|next| word.ends_with('>') || next.is_whitespace())
}

fn is_bottlerocket(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.next().is_some_and(|line| line.starts_with("[settings") || line.starts_with("settings."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(bytes: &[u8]) -> Value {
        let mut object = json!({"UserData": STANDARD.encode(bytes)});
        decode_beside(&mut object, "UserData");
        object[PARTS].take()
    }

    #[test]
    fn a_script_is_one_part_also_out_of_gzip() {
        let script = "#!/bin/bash\ndocker run -d ledger:4\n";
        let expected = json!([{"contentType": "text/x-shellscript", "text": script}]);
        assert_eq!(decoded(script.as_bytes()), expected);
        assert_eq!(decoded(&gzip(script.as_bytes())), expected);
        let mut of_attribute = json!({"userData": {"value": STANDARD.encode(script)}});
        decode_beside(&mut of_attribute, "userData");
        assert_eq!(of_attribute[PARTS], expected);
    }

    #[test]
    fn mime_gives_its_parts_with_their_types_and_names() {
        let packed = STANDARD.encode(gzip(b"#cloud-config\npackages: [nginx]\n"));
        let mail = format!(
            "Content-Type: multipart/mixed; boundary=\"==B==\"\r\nMIME-Version: 1.0\r\n\r\n--==B==\r\n\
             Content-Type: text/x-shellscript; charset=\"us-ascii\"\r\nContent-Disposition: attachment; filename=\"start.sh\"\r\n\r\n\
             #!/bin/sh\necho hi\r\n--==B==\r\nContent-Type: text/cloud-config\r\nContent-Transfer-Encoding: base64\r\n\r\n{packed}\r\n--==B==--\r\n"
        );
        let parts = decoded(&gzip(mail.as_bytes()));
        assert_eq!(parts[0]["contentType"], "text/x-shellscript");
        assert_eq!(parts[0]["fileName"], "start.sh");
        assert!(parts[0]["text"].as_str().unwrap().starts_with("#!/bin/sh\necho hi"));
        assert_eq!(parts[1], json!({"contentType": "text/cloud-config", "text": "#cloud-config\npackages: [nginx]\n"}));
    }

    #[test]
    fn what_can_not_be_read_is_said() {
        let problem = |bytes: &[u8]| decoded(bytes)[0]["problem"].as_str().map(str::to_owned);
        assert_eq!(problem(&[0xff, 0xfe, 0x00]).as_deref(), Some("it is no text"));
        assert_eq!(problem(&gzip(b"#!/bin/sh\n")[..8]).as_deref(), Some("the gzip is not whole"));
        let bomb = gzip(&vec![b'a'; 2 * 1024 * 1024]);
        assert_eq!(problem(&bomb).as_deref(), Some("unpacked it is longer than 1 MiB"));
        let mut no_base64 = json!({"UserData": "%%%"});
        decode_beside(&mut no_base64, "UserData");
        assert_eq!(no_base64[PARTS][0]["problem"], "the user data is not base64");
    }

    #[test]
    fn a_file_is_user_data_by_its_beginning_and_a_script_by_its_name() {
        for head in
            ["#cloud-config\n", "#cloud-boothook\n#!/bin/sh\n", "## template: jinja\n", "#cloud-config-archive\n"]
        {
            assert!(is_user_data(head.as_bytes(), false), "{head}");
        }
        assert!(is_user_data(b"\n #Cloud-Config # of the shop\n", false));
        assert!(is_user_data(b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n", false));
        assert!(is_user_data(b"#!/bin/bash\n", true) && !is_user_data(b"#!/bin/bash\n", false));
        assert!(is_user_data(b"#include\n# of the shop\nhttps://boot.example.com/a\n", false));
        assert!(!is_user_data(b"#include <stdio.h>\nint main() {}\n", false));
        assert!(is_user_data(b"---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n", false));
        assert!(!is_user_data(b"apiVersion: v1\nkind: ConfigMap\n", true));
        for head in ["", "Subject: x\n", "# a comment\n", "{}", "MIME-Version: 1.0\n", "#cloud-configuration\n"] {
            assert!(!is_user_data(head.as_bytes(), true), "{head}");
        }
        let parts = of_file(b"#cloud-config\npackages: [jq]\n".to_vec());
        assert_eq!(parts, json!([{"contentType": "text/cloud-config", "text": "#cloud-config\npackages: [jq]\n"}]));
    }

    #[test]
    fn the_type_is_what_the_system_that_starts_takes_it_for() {
        for (text, expected) in [
            ("#include https://a.example/x\n", "text/x-include-url"),
            ("#INCLUDE-ONCE\nhttps://a.example/x\n", "text/x-include-url"),
            ("\n\n#cloud-config\n", "text/cloud-config"),
            ("#cloud-config-jsonp\n[]\n", "text/cloud-config-jsonp"),
            ("# of the desk\n<powershell>\nGet-Date\n</powershell>\n", "text/x-windows-script"),
            ("<script>echo</script>", "text/x-windows-script"),
            ("#ps1_sysnative\nGet-Date\n", "text/x-windows-script"),
            ("# ours\n[settings.kubernetes]\ncluster-name = \"a\"\n", BOTTLEROCKET),
            ("settings.ecs.cluster = \"a\"\n", BOTTLEROCKET),
            ("apiVersion: \"node.eks.aws/v1alpha1\"\nkind: NodeConfig\n", NODE_OF_EKS),
            ("# of the desk\nSet-TimeZone UTC\n", "text/x-windows-script"),
            ("$Region = \"eu-west-1\"\nWrite-Output $Region\n", "text/x-windows-script"),
            ("Set-Cookie: a=b\n", "text/plain"),
            ("Well-Known words of ours:\n", "text/plain"),
            ("a-b\n", "text/plain"),
            ("#cloud-configuration\n", "text/plain"),
            ("echo <powershell>\n", "text/plain"),
        ] {
            assert_eq!(decoded(text.as_bytes())[0]["contentType"], expected, "{text}");
        }
        let mail = "\n\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"x\"\n\n--x\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--x--\n";
        assert_eq!(decoded(mail.as_bytes())[0]["contentType"], "text/x-shellscript");
    }

    #[test]
    fn base64_in_a_file_is_user_data_where_that_is_what_it_holds() {
        let packed = STANDARD.encode(gzip(b"#!/bin/sh\ntrue\n"));
        let held = out_of_base64(format!("{}\n{}\n", &packed[..8], &packed[8..]).as_bytes()).unwrap();
        assert_eq!(of_file(held)[0]["text"], "#!/bin/sh\ntrue\n");
        for other in ["", "word", "aGVsbG8=", "%%"] {
            assert!(out_of_base64(other.as_bytes()).is_none(), "{other}");
        }
    }

    #[test]
    fn without_user_data_nothing_is_added() {
        for mut object in [json!({}), json!({"UserData": ""}), json!({"UserData": {"value": ""}}), json!(7)] {
            let before = object.clone();
            decode_beside(&mut object, "UserData");
            assert_eq!(object, before);
        }
    }
}
