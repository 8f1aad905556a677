//! Programs that take a secret where no name says so: behind an option of one letter, in one word with the user, or as an
//! argument at a place of its own. Each by the program's own manual.

/// How a user and a password stand in one word.
pub(super) fn separator(program: &str) -> char {
    match program {
        // smbclient(1): `-U user%password`.
        _ if SAMBA.contains(&program) => '%',
        // lftp(1): `-u user,password`.
        "lftp" => ',',
        _ => ':',
    }
}

/// Samba's clients.
const SAMBA: &[&str] = &["smbclient", "smbget", "smbcacls", "smbtree", "smbmap", "rpcclient", "winexe", "wmic"];

/// Oracle's clients: `user/password@service` is their first argument.
const ORACLE: &[&str] = &["sqlplus", "sqlldr", "rman", "exp", "imp", "expdp", "impdp"];

/// Whether a program's arguments may be `user/password@service`.
pub(super) fn is_oracle(program: &str) -> bool {
    ORACLE.contains(&program)
}

/// Whether what follows an option of one letter is a secret to a program.
pub(super) fn is_secret_option(program: &str, flag: &str) -> bool {
    let flags: &[&str] = match program {
        "redis-cli" => &["a"],
        "sqlcmd" | "bcp" | "osql" | "tsql" | "ipmitool" | "mosquitto_pub" | "mosquitto_sub" | "zip" | "unzip" => &["P"],
        "openssl" => &["k", "K"],
        _ if program.starts_with("ldap") => &["w"],
        // snmpcmd(1): the community, and the pass phrases of version 3.
        _ if is_snmp(program) => &["c", "A", "X"],
        _ => &[],
    };
    flags.contains(&flag)
}

/// net-snmp's clients; its daemons have a `-c` of their own.
fn is_snmp(program: &str) -> bool {
    program.starts_with("snmp") && !matches!(program, "snmpd" | "snmptrapd" | "snmpconf")
}

/// What stands behind an option's letter in the same word, where it is a secret: `-pSECRET`.
pub(super) fn attached<'f>(program: &str, flag: &'f str) -> Option<(&'f str, &'f str)> {
    let letter: &[&str] = match program {
        "sshpass" | "7z" | "7za" | "7zr" | "7zz" => &["p"],
        "rar" | "unrar" => &["hp", "p"],
        "zip" | "unzip" | "ipmitool" | "mosquitto_pub" | "mosquitto_sub" => &["P"],
        _ if is_snmp(program) => &["c", "A", "X"],
        _ => &[],
    };
    let (letter, secret) = letter.iter().find_map(|letter| Some((*letter, flag.strip_prefix(letter)?)))?;
    (!secret.is_empty()).then(|| flag.split_at(letter.len()))
}

/// An argument that is a secret by its place.
struct Place {
    programs: &'static [&'static str],
    /// The words of which one stands before it; none where the program's own arguments are counted.
    after: &'static [&'static str],
    /// From which argument on behind that word they are secrets; those after it too, since options may take words of their own.
    from: usize,
}

#[rustfmt::skip]
const PLACES: &[Place] = &[
    Place { programs: &["vault", "bao"], after: &["login", "unseal", "unwrap", "lookup", "renew", "revoke"], from: 1 },
    Place { programs: &["rabbitmqctl"], after: &["add_user", "change_password", "authenticate_user"], from: 2 },
    Place { programs: &["ngrok"], after: &["authtoken", "add-authtoken"], from: 1 },
    Place { programs: &["redis-cli", "valkey-cli"], after: &["auth", "AUTH"], from: 1 },
    Place { programs: &["grafana-cli", "grafana"], after: &["reset-admin-password"], from: 1 },
    // mc: `alias set NAME URL ACCESS SECRET`, `admin user add NAME ACCESS SECRET`.
    Place { programs: &["mc"], after: &["set", "add"], from: 3 },
    Place { programs: &["radtest"], after: &[], from: 2 },
    Place { programs: &["isql"], after: &[], from: 3 },
    Place { programs: &["net"], after: &["user"], from: 2 },
];

/// What is said of programs whose passwords come on the command line only with an option: htpasswd(1), mosquitto_passwd(1).
const WITH_B: &[&str] = &["htpasswd", "htdbm", "mosquitto_passwd"];

/// Words of programs that read a secret from their input.
const READERS: &[&str] =
    &["--password-stdin", "--passphrase-fd", "--with-token", "chpasswd", "passwd --stdin", "vault login -", "sudo -S"];

/// Whether what is written up to the first pipe of a line goes to one of them: from here to the line's end.
pub(super) fn is_read_as_secret(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or_default();
    line.split_once('|').is_some_and(|(_, readers)| READERS.iter().any(|reader| readers.contains(reader)))
}

/// Whether a word is the name of a program of which something stands here.
pub(super) fn is_one(name: &str) -> bool {
    const BY_OPTION: &[&str] = &[
        "redis-cli",
        "sqlcmd",
        "bcp",
        "osql",
        "tsql",
        "ipmitool",
        "mosquitto_pub",
        "mosquitto_sub",
        "zip",
        "unzip",
        "openssl",
        "sshpass",
        "7z",
        "7za",
        "7zr",
        "7zz",
        "rar",
        "unrar",
        "lftp",
        "ldapsearch",
        "ldapadd",
        "ldapmodify",
        "ldapdelete",
        "ldappasswd",
        "ldapwhoami",
        "ldapcompare",
    ];
    BY_OPTION.contains(&name)
        || WITH_B.contains(&name)
        || SAMBA.contains(&name)
        || is_oracle(name)
        || is_snmp(name)
        || PLACES.iter().any(|place| place.programs.contains(&name))
}

/// Where a reader stands among the arguments of such a program.
#[derive(Default)]
pub(super) struct Arguments {
    /// The place whose word came, and how many arguments have come since.
    at: Option<(usize, usize)>,
    /// Of those whose passwords come with an option: whether it came, and with `-n`, which leaves out the file.
    with_b: bool,
    without_file: bool,
    count: usize,
}

impl Arguments {
    /// Takes an option in.
    pub(super) fn option(&mut self, program: &str, flag: &str) {
        if WITH_B.contains(&program) && !flag.starts_with('-') {
            self.with_b |= flag.contains('b');
            self.without_file |= flag.contains('n');
        }
    }

    /// Takes an argument in that is no option. Whether it is a secret by its place.
    pub(super) fn argument(&mut self, program: &str, word: &str) -> bool {
        self.count += 1;
        if WITH_B.contains(&program) {
            return self.with_b && self.count >= if self.without_file { 2 } else { 3 };
        }
        if let Some((from, since)) = &mut self.at {
            *since += 1;
            return *since >= *from;
        }
        let mut places = PLACES.iter().filter(|place| place.programs.contains(&program));
        let own = places.clone().find(|place| place.after.is_empty());
        if let Some(place) = places.find(|place| place.after.contains(&word)) {
            self.at = Some((place.from, 0));
        }
        own.is_some_and(|place| self.count >= place.from)
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, PLACES, is_one, separator};

    #[test]
    fn every_program_with_a_place_is_known_and_counts_from_it() {
        for place in PLACES {
            for program in place.programs {
                assert!(is_one(program), "{program}");
                let mut arguments = Arguments::default();
                if let Some(word) = place.after.first() {
                    assert!(!arguments.argument(program, word), "{program} {word}");
                }
                let secret: Vec<bool> = (0..place.from).map(|_| arguments.argument(program, "x")).collect();
                assert_eq!(secret.iter().position(|secret| *secret), Some(place.from - 1), "{program}");
            }
        }
        assert_eq!((separator("smbclient"), separator("curl")), ('%', ':'));
    }
}
