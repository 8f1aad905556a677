//! The few questions that a person at a terminal is asked for what no option says.

use super::answers::{Answers, AppKind, AuthKind, Outside, Used, parse_use};
use super::app::AppArgs;
use crate::error::{Failure, FailureKind};
use caravan_convert_lift::plconfig::is_schedule;
use caravan_inventory::TeamName;
use clap::ValueEnum;
use std::io::{self, BufRead as _, Write as _};

/// What is known of the tree, for what is proposed.
pub(super) struct Known {
    pub(super) teams: Vec<String>,
    pub(super) environments: Vec<String>,
}

/// Where no option and no answer says it.
const PORT: u16 = 8080;
const ENVIRONMENT: &str = "production";

/// Whoever answers: a person at a terminal, or nobody.
pub(super) struct Asker {
    /// Whether somebody is there who can answer.
    pub(super) asks: bool,
}

impl Asker {
    /// Everything, from the options and the answers.
    ///
    /// # Errors
    /// A usage failure that names the options that are missing where nobody can be asked, or when the answers end.
    pub(super) fn answers(&self, args: &AppArgs, known: &Known) -> Result<Answers, Failure> {
        self.all_there(args)?;
        let app = self.text(args.name.as_deref(), "name of the app", None, label)?;
        let team = self.text(args.team.as_deref(), &of("team", &known.teams), only(&known.teams), label)?;
        let kind = self.choice(args.kind, "kind", AppKind::Web)?;
        let image = self.text(args.image.as_deref(), "image, with its tag", None, image)?;
        let port = match kind {
            AppKind::Web => Some(self.parsed(args.port, "port", PORT)?),
            _ => args.port,
        };
        let schedule = match kind {
            AppKind::Cron => {
                Some(self.text(args.schedule.as_deref(), "schedule, as in `0 5 * * *` (UTC)", None, schedule)?)
            }
            _ => args.schedule.clone(),
        };
        let said_outside =
            args.outside || !args.hosts.is_empty() || args.auth.is_some_and(|auth| auth != AuthKind::None);
        let outside = match (said_outside, kind) {
            (false, AppKind::Web) => {
                self.choice(None, "reached from outside the cluster", Outside::No)? == Outside::Yes
            }
            (said, _) => said,
        };
        let is_asked = outside && kind == AppKind::Web;
        let hosts =
            self.list(&args.hosts, is_asked, "hosts of your own, with blanks between; none: only the platform's")?;
        let auth = if is_asked {
            self.choice(args.auth, "who may come in", AuthKind::None)?
        } else {
            args.auth.unwrap_or(AuthKind::None)
        };
        let people = matches!(auth, AuthKind::Login | AuthKind::Bearer);
        let groups =
            self.list(&args.groups, people, "groups that are let in; none: whoever has proven who they are")?;
        let tokens = matches!(auth, AuthKind::Bearer | AuthKind::Service);
        let scopes = self.list(&args.scopes, auth == AuthKind::Service, "scopes that a token must have")?;
        let audience = match &args.audience {
            None if tokens && self.asks => some(typed("whom tokens are meant for (audience)", Some(&app))?),
            said => said.clone(),
        };
        let proposed =
            if known.environments.is_empty() { vec![ENVIRONMENT.to_owned()] } else { known.environments.clone() };
        let environments =
            self.list(&args.environments, true, &format!("environments; none: {}", proposed.join(" ")))?;
        let uses = self.uses(&args.uses)?;
        Ok(Answers {
            environments: if environments.is_empty() { proposed } else { environments },
            timezone: args.timezone.clone(),
            app,
            team,
            kind,
            image,
            port,
            schedule,
            outside,
            hosts,
            auth,
            groups,
            scopes,
            audience,
            uses,
        })
    }

    /// Where nobody can be asked, everything that has no default is there.
    fn all_there(&self, args: &AppArgs) -> Result<(), Failure> {
        let mut missing = Vec::new();
        for (option, is_there) in [
            ("NAME", args.name.is_some()),
            ("--team TEAM", args.team.is_some()),
            ("--image IMAGE", args.image.is_some()),
            ("--schedule SCHEDULE", args.kind != Some(AppKind::Cron) || args.schedule.is_some()),
        ] {
            if !is_there {
                missing.push(option);
            }
        }
        if self.asks || missing.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Usage,
            format!("nobody can be asked here, and this is missing: {}", missing.join(", ")),
        )
        .hint("say it on the command line, or run the command in a terminal without `--yes`"))
    }

    /// A text that is as it has to be; asked again until it is.
    fn text(
        &self,
        said: Option<&str>,
        question: &str,
        proposed: Option<&str>,
        check: fn(&str) -> Result<(), String>,
    ) -> Result<String, Failure> {
        if let Some(said) = said {
            // What an option says is checked with everything else.
            return Ok(said.to_owned());
        }
        loop {
            let line = typed(question, proposed)?;
            match check(&line) {
                Ok(()) => return Ok(line),
                Err(problem) => tell(&problem),
            }
        }
    }

    /// One of some words.
    fn choice<T: ValueEnum + Copy>(&self, said: Option<T>, question: &str, usual: T) -> Result<T, Failure> {
        if let Some(said) = said {
            return Ok(said);
        }
        if !self.asks {
            return Ok(usual);
        }
        let name = |value: &T| value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let words: Vec<String> = T::value_variants().iter().map(name).collect();
        loop {
            let line = typed(&format!("{question} ({})", words.join(", ")), Some(&name(&usual)))?;
            match T::from_str(&line, true) {
                Ok(value) => return Ok(value),
                Err(_) => tell(&format!("`{line}` is none of {}", words.join(", "))),
            }
        }
    }

    fn parsed(&self, said: Option<u16>, question: &str, usual: u16) -> Result<u16, Failure> {
        if let Some(said) = said {
            return Ok(said);
        }
        if !self.asks {
            return Ok(usual);
        }
        loop {
            let line = typed(question, Some(&usual.to_string()))?;
            match line.parse() {
                Ok(port) if port > 0 => return Ok(port),
                _ => tell(&format!("`{line}` is no port from 1 to 65535")),
            }
        }
    }

    /// Some texts, or none.
    fn list(&self, said: &[String], is_asked: bool, question: &str) -> Result<Vec<String>, Failure> {
        if !said.is_empty() || !is_asked || !self.asks {
            return Ok(said.to_vec());
        }
        Ok(typed(question, None)?.split([' ', ',']).filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }

    fn uses(&self, said: &[Used]) -> Result<Vec<Used>, Failure> {
        if !said.is_empty() || !self.asks {
            return Ok(said.to_vec());
        }
        loop {
            let line = typed("what it uses (ALIAS=TYPE:NAME, with blanks between); none", None)?;
            let read: Result<Vec<Used>, String> = line.split_whitespace().map(parse_use).collect();
            match read {
                Ok(uses) => return Ok(uses),
                Err(problem) => tell(&problem),
            }
        }
    }

    /// Whether it is to be written: Enter alone never confirms (S3).
    ///
    /// # Errors
    /// When nothing can be read.
    pub(super) fn confirms(&self, text: &str, path: &str) -> Result<bool, Failure> {
        if !self.asks {
            return Ok(true);
        }
        tell(&format!("\n{text}"));
        Ok(typed(&format!("write it to {path}? Type yes"), None)? == "yes")
    }
}

/// What a person types; what is proposed where they only press Enter.
fn typed(question: &str, proposed: Option<&str>) -> Result<String, Failure> {
    let proposal = proposed.map(|text| format!(" [{text}]")).unwrap_or_default();
    let _gone = write!(io::stderr().lock(), "{question}{proposal}: ");
    let mut typed = String::new();
    let read = io::stdin().lock().read_line(&mut typed);
    let read = read.map_err(|error| Failure::caused(FailureKind::Work, error).context("can't read what was typed"))?;
    if read == 0 {
        return Err(Failure::new(FailureKind::Usage, "the answers ended before the questions: nothing was written"));
    }
    let typed = typed.trim();
    Ok(if typed.is_empty() { proposed.unwrap_or_default().to_owned() } else { typed.to_owned() })
}

/// A line of standard error. One that is gone is no reason to stop.
fn tell(text: &str) {
    let _gone = writeln!(io::stderr().lock(), "{text}");
}

fn of(what: &str, known: &[String]) -> String {
    if known.is_empty() { what.to_owned() } else { format!("{what} ({})", known.join(", ")) }
}

fn only(known: &[String]) -> Option<&str> {
    match known {
        [one] => Some(one),
        _ => None,
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn label(text: &str) -> Result<(), String> {
    TeamName::parse(text).map(|_| ()).map_err(|error| error.to_string())
}

fn image(text: &str) -> Result<(), String> {
    let fits = !text.is_empty() && !text.contains(char::is_whitespace);
    if fits {
        Ok(())
    } else {
        Err("an image is a name with a tag, as in registry.example.com/shop/desk:1.2".to_owned())
    }
}

fn schedule(text: &str) -> Result<(), String> {
    if is_schedule(text) { Ok(()) } else { Err(format!("`{text}` is no schedule of five fields, as in 0 5 * * *")) }
}
