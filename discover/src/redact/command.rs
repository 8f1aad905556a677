//! Commands: argument vectors, shell lines and scripts, word by word.

use super::address::split_login;
use super::names::{Suspicion, suspicion};
use super::programs::{self, Arguments};
use super::value::is_option_name;
use super::{Redactor, blocks, shapes, words};
use std::ops::Range;

/// What is expected of the next word.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Next {
    /// Nothing special.
    #[default]
    Any,
    /// A secret: the word before was `--password`, `Authorization:`, `"token":`.
    Secret,
    /// `user:password`, after `-u` and `--user`.
    Login,
    /// A secret unless it is a number, a path or the like: `-p` means the port as often as the password.
    Doubtful,
}

/// Where a reader of words stands.
#[derive(Default)]
struct Reading {
    next: Next,
    /// The program whose arguments these are.
    program: String,
    /// The last word that is a program with a place for passwords that no name tells; wrappers may stand before it.
    client: String,
    /// Where among its arguments.
    arguments: Arguments,
    /// Whether what `echo` and `printf` write here goes to a program that reads a secret.
    piped: bool,
    /// The last word that could be a name.
    last: String,
    /// What is under way on this line, whose words say where a secret stands.
    form: Form,
    /// Whether these are the elements of an array that is called like a secret: they go on to its bracket, over lines too.
    in_array: bool,
}

/// Forms that name a secret by their words.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Form {
    #[default]
    None,
    /// `machine HOST login NAME password SECRET` (ftp(1), ".netrc").
    Netrc,
    /// `IDENTIFIED BY 'SECRET'`, `WITH PASSWORD 'SECRET'`.
    Sql,
    /// `define('NAME', 'SECRET')` of PHP.
    Define,
}

/// One word of a line: no whitespace and no quotes in it.
struct Word {
    start: usize,
    end: usize,
    /// The quote that stands right before it.
    quote: Option<char>,
    /// Whether it begins a line.
    first_of_line: bool,
    /// Where what stands between two spaces begins and ends, quotes and all.
    chunk: Range<usize>,
}

/// Programs to which `-p` is no password.
#[rustfmt::skip]
const PLAIN_P: &[&str] = &[
    "cp", "mkdir", "install", "nc", "ncat", "netcat", "tar", "rsync", "kubectl", "npm", "yarn", "pnpm", "node", "git", "ssh",
    "scp", "php", "python", "python3", "perl", "ruby", "rails", "puma", "gunicorn", "uvicorn", "read", "test", "tee", "ps", "ss", "lsof",
    "make", "cargo", "go", "dotnet", "java", "nginx", "http-server", "serve", "celery",
];

/// Programs that take `-pSECRET` in one word.
const MYSQL: &[&str] = &["mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mariadb", "mariadb-dump"];

impl Redactor {
    /// The arguments of a container's `command` or the like, each maybe a whole shell line.
    pub(super) fn arguments<'t>(&self, arguments: impl Iterator<Item = &'t mut String>) {
        let mut reading = Reading::default();
        for argument in arguments {
            if argument.contains(char::is_whitespace) {
                // A shell line: its program is in it.
                reading.program.clear();
            }
            if let Some(masked) = self.line(argument, &mut reading) {
                *argument = masked;
            }
        }
    }

    /// A shell line or script; none when nothing in it had to go.
    pub(super) fn command(&self, text: &str) -> Option<String> {
        self.line(text, &mut Reading::default())
    }

    fn line(&self, text: &str, reading: &mut Reading) -> Option<String> {
        if let Some(masked) = self.known_tokens(text).or_else(|| blocks::masked(self, text)) {
            return Some(self.line(&masked, reading).unwrap_or(masked));
        }
        let mut out = String::new();
        let mut done = 0;
        let words = words_of(text);
        for (word, next) in words.iter().zip(words.iter().skip(1).map(Some).chain([None])) {
            if word.start < done {
                continue;
            }
            if word.first_of_line && word.start > 0 {
                *reading = Reading { in_array: reading.in_array, ..Reading::default() };
            }
            if matches!(reading.program.as_str(), "echo" | "printf") {
                reading.piped = programs::is_read_as_secret(&text[word.start..]);
            }
            let end = secret_end(text, word, reading);
            if let Some(masked) = self.read(&text[word.start..end], reading) {
                out += &text[done..word.start];
                out += &masked;
                done = end;
                reading.end_at(&text[word.start..end]);
            } else if next.is_none_or(|next| next.chunk != word.chunk)
                && done <= word.chunk.start
                && is_odd(&text[word.chunk.clone()])
            {
                // No word of it is odd enough alone, but with its quotes it is no text.
                out += &text[done..word.chunk.start];
                out += &self.mark(&text[word.chunk.clone()]).to_string();
                done = word.chunk.end;
            }
        }
        (done > 0).then(|| out + &text[done..])
    }

    /// Reads one word: what of it has to go, and what it says about the next one.
    fn read(&self, word: &str, reading: &mut Reading) -> Option<String> {
        let (before, core, after) = trim(word);
        if reading.in_array {
            reading.in_array = !word.contains(')');
            let is_secret = !core.is_empty() && !core.starts_with('#') && !is_reference(core);
            return is_secret.then(|| format!("{before}{}{after}", self.unless_mark(core)));
        }
        let masked = match reading.next {
            // `ConvertTo-SecureString -String SECRET`
            Next::Secret if core.eq_ignore_ascii_case("-string") => return None,
            _ if core.is_empty() => {
                self.read_signs(word, reading);
                return None;
            }
            Next::Secret if is_scheme(core) => return None,
            Next::Secret if is_reference(core) => None,
            Next::Secret => Some(self.unless_mark(core)),
            Next::Login => self.login(core, programs::separator(&reading.client)),
            Next::Doubtful if is_reference(core) || is_ports(core) => None,
            Next::Doubtful => Some(self.unless_mark(core)),
            Next::Any => {
                return self.read_any(word, reading).or_else(|| {
                    reading.next_program(word);
                    None
                });
            }
        };
        reading.next = Next::Any;
        masked.map(|masked| format!("{before}{masked}{after}"))
    }

    fn read_any(&self, word: &str, reading: &mut Reading) -> Option<String> {
        let (before, core, after) = trim(word);
        let rebuilt = |masked: String| format!("{before}{masked}{after}");
        if let Some(masked) = self.pairs(core) {
            return Some(rebuilt(masked));
        }
        let whole = core.trim_end_matches([':', '=']);
        let name = behind_brackets(whole).unwrap_or(whole);
        if core.len() > whole.len() && is_option_name(name.trim_start_matches('-')) {
            // `Authorization:`, or `PASSWORD=` before a quote.
            reading.expect_after(name);
            return None;
        }
        if let Some((key, value)) = core.split_once('=')
            && is_option_name(key)
        {
            if ["$(", "($(", "`"].iter().any(|begin| value.starts_with(begin)) {
                // The shell fills it in.
                return None;
            }
            let name = key.strip_prefix("-D").unwrap_or(key).trim_start_matches('-');
            if suspicion(name) == Suspicion::Strong {
                if value.starts_with("%s") {
                    // `printf 'TOKEN=%s' SECRET`
                    reading.next = Next::Secret;
                    return None;
                }
                reading.in_array = value.starts_with('(') && !word.contains(')');
            }
            if matches!(key, "--user" | "--proxy-user")
                && let Some(masked) = self.login(value, programs::separator(&reading.client))
            {
                return Some(rebuilt(format!("{key}={masked}")));
            }
            return self.value(value, name).map(|masked| rebuilt(format!("{key}={masked}")));
        }
        if let Some(flag) = core.strip_prefix('-') {
            return self.read_flag(core, flag, reading).map(rebuilt);
        }
        if let Some((key, value)) = core.split_once(':')
            && is_option_name(key)
            && suspicion(key) == Suspicion::Strong
            && !value.starts_with("//")
        {
            return self.value(value, key).map(|masked| rebuilt(format!("{key}:{masked}")));
        }
        if let Some(masked) = self.by_place(core, reading) {
            return Some(rebuilt(masked));
        }
        if reading.last == "set" && suspicion(core) == Suspicion::Strong {
            // `aws configure set aws_secret_access_key VALUE`
            reading.next = Next::Secret;
        }
        reading.follow(core);
        core.clone_into(&mut reading.last);
        if programs::is_one(core.rsplit('/').next().unwrap_or_default()) {
            // Its name is no secret, however odd.
            return None;
        }
        self.word(core, "").map(rebuilt)
    }

    /// An argument that is a secret by its place, to the program whose argument it is.
    fn by_place(&self, core: &str, reading: &mut Reading) -> Option<String> {
        let client = reading.client.as_str();
        if programs::is_oracle(client)
            && let Some((user, rest)) = core.split_once('/')
            && !user.is_empty()
            && !user.starts_with('@')
        {
            let (password, service) = rest.split_at(rest.find('@').unwrap_or(rest.len()));
            return (!password.is_empty() && !is_reference(password))
                .then(|| format!("{user}/{}{service}", self.unless_mark(password)));
        }
        let is_secret = reading.piped || reading.arguments.argument(client, core);
        (is_secret && !is_reference(core)).then(|| self.unless_mark(core))
    }

    fn read_flag(&self, core: &str, flag: &str, reading: &mut Reading) -> Option<String> {
        let (program, client) = (reading.program.as_str(), reading.client.as_str());
        let mysql = MYSQL.contains(&client);
        if let Some(login) = flag.strip_prefix('u').filter(|login| login.contains(':') && !login.contains("://")) {
            return self.login(login, ':').map(|masked| format!("-u{masked}"));
        }
        let sign = programs::separator(client);
        if let Some(login) = flag.strip_prefix(['u', 'U']).filter(|login| sign != ':' && login.contains(sign)) {
            return self.login(login, sign).map(|masked| format!("-{}{masked}", &flag[..1]));
        }
        if let Some((letter, secret)) = programs::attached(client, flag) {
            return (!is_reference(secret)).then(|| format!("-{letter}{}", self.unless_mark(secret)));
        }
        reading.arguments.option(client, flag);
        if mysql && flag.len() > 1 && flag.starts_with('p') && !flag.starts_with("protocol") {
            return (!is_reference(&flag[1..])).then(|| format!("-p{}", self.unless_mark(&flag[1..])));
        }
        reading.next = match flag {
            "u" | "-user" | "U" | "-proxy-user" | "-basic" => Next::Login,
            "p" if mysql || PLAIN_P.contains(&program) => Next::Any,
            "p" | "pw" => Next::Doubtful,
            _ if programs::is_secret_option(client, flag) => Next::Secret,
            _ if suspicion(flag) == Suspicion::Strong => Next::Secret,
            _ => Next::Any,
        };
        self.word(core, "")
    }

    /// Signs alone: `:` and `=` tie the last word to the next, anything else does not.
    fn read_signs(&self, signs: &str, reading: &mut Reading) {
        if signs.contains([':', '=']) && reading.next == Next::Any {
            let name = std::mem::take(&mut reading.last);
            reading.expect_after(&name);
        }
        if signs.starts_with(',') && reading.form == Form::Define {
            let name = std::mem::take(&mut reading.last);
            reading.expect_after(&name);
        }
        if signs.contains([';', '|']) || signs.contains("&&") {
            *reading = Reading::default();
        }
    }

    /// Several pairs in one word, one of them of a secret: `username=me,password=SECRET`, `user=me&password=SECRET`,
    /// `s|^token=.*|token=SECRET|`. None where none is.
    fn pairs(&self, core: &str) -> Option<String> {
        let slashes = core.starts_with("s/");
        let is_between = |c: char| matches!(c, ',' | '&' | ';' | '|') || slashes && c == '/';
        if core.contains("://") || !core.contains(is_between) {
            return None;
        }
        let mut any = false;
        let mut out = String::with_capacity(core.len());
        for piece in core.split_inclusive(is_between) {
            let (text, end) = piece.strip_suffix(is_between).map_or((piece, ""), |text| (text, &piece[text.len()..]));
            let masked = text.split_once('=').and_then(|(key, value)| {
                let name = key.trim_start_matches(['^', '(', '{', '[', '-']);
                let is_secret =
                    is_option_name(name) && suspicion(name) == Suspicion::Strong && !value.starts_with("$(");
                let masked = is_secret.then(|| self.value(value, name)).flatten()?;
                Some(format!("{key}={masked}"))
            });
            any |= masked.is_some();
            out += masked.as_deref().unwrap_or(text);
            out += end;
        }
        // What stands beside it may be as secret.
        any.then(|| self.word(&out, "").unwrap_or(out))
    }

    /// A user and a password in one word, without the password.
    pub(super) fn login(&self, core: &str, separator: char) -> Option<String> {
        let (user, password) = split_login(core, separator)?;
        let ids = core.bytes().all(|b| b.is_ascii_digit() || b == b':');
        (!ids && !is_reference(password) && !password.is_empty()).then(|| {
            let user = self.word(user, "").unwrap_or_else(|| user.to_owned());
            format!("{user}{separator}{}", self.unless_mark(password))
        })
    }

    fn unless_mark(&self, text: &str) -> String {
        if self.is_mark(text) { text.to_owned() } else { self.mark(text).to_string() }
    }
}

impl Reading {
    /// What a word says about the next one where it is of a form.
    fn follow(&mut self, core: &str) {
        let is = |word: &str| core.eq_ignore_ascii_case(word);
        let last = |word: &str| self.last.eq_ignore_ascii_case(word);
        self.form = match core {
            "machine" | "login" => Form::Netrc,
            "define(" => Form::Define,
            _ if is("identified") => Form::Sql,
            _ => self.form,
        };
        let follows = self.form == Form::Netrc && is("password")
            || self.form == Form::Sql && is("by")
            || is("password") && (last("with") || last("encrypted"))
            || is("ConvertTo-SecureString");
        if follows {
            self.next = Next::Secret;
        }
    }

    fn expect_after(&mut self, name: &str) {
        if suspicion(name.trim_start_matches('-')) == Suspicion::Strong {
            self.next = Next::Secret;
        }
    }

    /// The first word of a simple command is its program.
    fn next_program(&mut self, word: &str) {
        const BEFORE: &[&str] = &[
            "exec",
            "sudo",
            "then",
            "do",
            "else",
            "if",
            "while",
            "env",
            "time",
            "nohup",
            "sh",
            "bash",
            "CMD-SHELL",
            "CMD",
        ];
        let (_, core, _) = trim(word);
        let name = core.rsplit('/').next().unwrap_or_default();
        if self.program.is_empty() && !word.contains('=') && !BEFORE.contains(&name) && !word.starts_with('-') {
            name.clone_into(&mut self.program);
        }
        if MYSQL.contains(&name) || programs::is_one(name) {
            name.clone_into(&mut self.client);
            self.arguments = Arguments::default();
        }
        self.end_at(word);
    }

    /// A simple command ends with `;`.
    fn end_at(&mut self, word: &str) {
        if word.ends_with(';') {
            self.program.clear();
            self.client.clear();
            self.piped = false;
        }
    }
}

/// `Authorization: Bearer …`.
fn is_scheme(word: &str) -> bool {
    matches!(word.to_ascii_lowercase().as_str(), "bearer" | "basic" | "token" | "apikey" | "digest" | "splunk" | "key")
}

/// Something that leads to a secret, or a switch, instead of the secret itself; also the next option.
fn is_reference(word: &str) -> bool {
    shapes::is_harmless_under_secret_name(word)
        || word.starts_with("$(")
        || word.strip_prefix('$').is_some_and(shapes::is_variable)
        || word.starts_with('`')
        || word.starts_with("--")
        || word.starts_with('@') && word.contains('/')
        || matches!(word, "|" | "||" | "&&" | "<" | ">" | "-")
}

/// `5432`, `80:8080`, `127.0.0.1:80:8080`, `8000-8010`.
fn is_ports(word: &str) -> bool {
    word.split([':', '.', '-', '/']).all(|part| part.len() <= 5 && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A secret between quotes goes on to the closing quote, spaces and all.
fn secret_end(text: &str, word: &Word, reading: &Reading) -> usize {
    let closing = |quote| text[word.end..].find(quote).map(|at| word.end + at);
    match word
        .quote
        .filter(|_| reading.next == Next::Secret && !is_scheme(&text[word.start..word.end]))
        .and_then(closing)
    {
        Some(end) if !text[word.start..end].contains('\n') => end,
        _ => word.end,
    }
}

/// Signs before, the word, signs after: brackets, commas and the backslash of an escaped quote belong to the line.
fn trim(word: &str) -> (&str, &str, &str) {
    if shapes::is_placeholder(word) {
        return ("", word, "");
    }
    let core = word.trim_start_matches(['(', '[', '{', ',', ';', '\\']);
    let before = &word[..word.len() - core.len()];
    let core = core.trim_end_matches([')', ']', '}', ',', ';', '\\']);
    let signs = !core.is_empty() && core.bytes().all(|b| matches!(b, b':' | b'=' | b'|' | b'&'));
    if signs { (word, "", "") } else { (before, core, &word[before.len() + core.len()..]) }
}

/// The name of a secret behind the brackets of a call: `connect({password`; none where it is none, or what stands before it is odd.
fn behind_brackets(whole: &str) -> Option<&str> {
    let at = whole.rfind(['(', '{', '['])?;
    let (before, name) = whole.split_at(at + 1);
    let is_call = |b: u8| b.is_ascii_alphanumeric() || b"_.({[".contains(&b);
    let is_plain = before.len() <= 40 && before.bytes().all(is_call) && words::is_plain(before);
    (is_plain && suspicion(name) == Suspicion::Strong).then_some(name)
}

/// Whether quotes alone keep a text from being taken for a secret.
fn is_odd(chunk: &str) -> bool {
    chunk.contains(['"', '\'', '`']) && !words::is_plain(chunk) && !chunk.contains("<redacted:") && !is_attribute(chunk)
}

/// `rel="stylesheet"`, `content="width=device-width,`: a name and a text that are plain, with the quotes of a page around it.
fn is_attribute(chunk: &str) -> bool {
    let Some((name, value)) = chunk.split_once('=') else { return false };
    let value = value.trim_end_matches([',', ';', '/', '>', ')']);
    let Some(inner) = value.strip_prefix(['"', '\'']) else { return false };
    let inner = inner.strip_suffix(['"', '\'']).unwrap_or(inner);
    is_option_name(name) && !inner.contains(['"', '\'', '`']) && words::is_plain(inner)
}

fn words_of(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut start = None;
    let mut before = None;
    let mut first_of_line = true;
    // Where what stands between two spaces begins, and its first word.
    let (mut chunk, mut first_of_chunk) = (0, 0);
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        let between = letter.is_whitespace() || matches!(letter, '"' | '\'' | '`');
        match (between, start) {
            (false, None) => start = Some(at),
            (true, Some(begun)) => {
                let quote = before.filter(|quote| matches!(quote, '"' | '\'' | '`'));
                words.push(Word { start: begun, end: at, quote, first_of_line, chunk: chunk..at });
                first_of_line = false;
                start = None;
            }
            _ => {}
        }
        if between {
            before = Some(letter);
            first_of_line |= letter == '\n';
        }
        if letter.is_whitespace() {
            words[first_of_chunk..].iter_mut().for_each(|word| word.chunk.end = at);
            first_of_chunk = words.len();
            chunk = at + letter.len_utf8();
        }
    }
    words
}
