//! Which apps a conversion is about.

use crate::error::{Failure, FailureKind};
use crate::suggest::nearest_id;
use crate::waves;
use camino::{Utf8Path, Utf8PathBuf};
use caravan_convert::{App, ledger_path};
use caravan_inventory::WorkloadId;
use clap::Args;
use std::collections::BTreeSet;

/// What narrows a conversion to some apps. Of one kind each narrows to more, of several kinds all must hold.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Narrowing")]
pub(crate) struct SelectionArgs {
    /// The apps of this team; may be repeated
    #[arg(long, value_name = "TEAM")]
    team: Vec<String>,
    /// The app of this workload; may be repeated
    #[arg(long, value_name = "ID")]
    workload: Vec<String>,
    /// The apps of the workloads that plans/wave-WAVE.yaml names; may be repeated
    #[arg(long, value_name = "WAVE")]
    wave: Vec<String>,
    /// The apps with a file at or below this path of the tree, as Git names what a pull request changes; may be repeated
    #[arg(long, value_name = "PATH")]
    path: Vec<Utf8PathBuf>,
}

/// Which apps a conversion is about.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    teams: BTreeSet<String>,
    /// None when it is not narrowed by them.
    workloads: Option<BTreeSet<WorkloadId>>,
    waves: Option<BTreeSet<WorkloadId>>,
    paths: Vec<Utf8PathBuf>,
}

impl Selection {
    /// What the arguments of a command line select; `out` is where the tree stands.
    ///
    /// # Errors
    /// When a wave can't be read.
    pub(super) fn of(args: &SelectionArgs, dir: &Utf8Path, out: &Utf8Path) -> Result<Self, Failure> {
        let mut moved = BTreeSet::new();
        for wave in &args.wave {
            moved.extend(waves::load(dir, wave)?.shifts.into_iter().map(|shift| shift.workload));
        }
        Ok(Self {
            teams: args.team.iter().cloned().collect(),
            workloads: (!args.workload.is_empty()).then(|| args.workload.iter().map(WorkloadId::new).collect()),
            waves: (!args.wave.is_empty()).then_some(moved),
            paths: args.path.iter().map(|path| in_tree(path, out)).collect(),
        })
    }

    /// Whether it is about every app.
    pub(super) fn is_everything(&self) -> bool {
        self.teams.is_empty() && self.workloads.is_none() && self.waves.is_none() && self.paths.is_empty()
    }

    /// Whether it is about this app.
    pub(super) fn holds(&self, app: &App) -> bool {
        let has = |ids: &Option<BTreeSet<WorkloadId>>| {
            ids.as_ref().is_none_or(|ids| app.members.iter().any(|member| ids.contains(&member.workload)))
        };
        (self.teams.is_empty() || self.teams.contains(app.team.as_str()))
            && has(&self.workloads)
            && has(&self.waves)
            && (self.paths.is_empty() || self.paths.iter().any(|path| is_of(app, path)))
    }

    /// Ends a command that is about nothing at all: a misspelt team would be green for ever.
    ///
    /// # Errors
    /// When no app is selected, with what was probably meant.
    pub(super) fn check(&self, apps: &[App]) -> Result<(), Failure> {
        let members = || apps.iter().flat_map(|app| app.members.iter().map(|member| member.workload.as_str()));
        if let Some(id) = self.workloads.iter().flatten().find(|id| !members().any(|known| known == id.as_str())) {
            return Err(unknown("workload", id.as_str(), members()));
        }
        let teams = || apps.iter().map(|app| app.team.as_str());
        if let Some(team) = self.teams.iter().find(|team| !teams().any(|known| known == team.as_str())) {
            return Err(unknown("team", team, teams()));
        }
        if !self.is_everything() && !apps.iter().any(|app| self.holds(app)) {
            return Err(Failure::new(
                FailureKind::Usage,
                "no app is what --team, --workload, --wave and --path ask for",
            )
            .hint("`caravan inventory list` names every workload with its team"));
        }
        Ok(())
    }
}

fn unknown<'a>(what: &str, given: &str, known: impl Iterator<Item = &'a str>) -> Failure {
    let failure = Failure::new(FailureKind::Usage, format!("there is no {what} `{given}`"));
    match nearest_id(given, known) {
        Some(meant) => failure.hint(format!("did you mean `{meant}`?")),
        None => failure.hint("`caravan inventory list` names every workload with its team"),
    }
}

/// A path as the tree names it: without what leads to the tree, and without `.`.
pub(crate) fn in_tree(path: &Utf8Path, out: &Utf8Path) -> Utf8PathBuf {
    let plain = |path: &Utf8Path| path.components().filter(|part| part.as_str() != ".").collect::<Utf8PathBuf>();
    let (path, out) = (plain(path), plain(out));
    match path.strip_prefix(&out) {
        Ok(inside) => inside.to_owned(),
        Err(_) => path,
    }
}

/// Whether an app has files at or below a path, or the path is below its folder.
pub(crate) fn is_of(app: &App, path: &Utf8Path) -> bool {
    let folders =
        [format!("deployment/teams/{}/apps/{}", app.team, app.name), format!("images/{}/{}", app.team, app.name)];
    let ledgers = app.members.iter().map(|member| ledger_path(&member.id()));
    folders.into_iter().chain(ledgers).any(|place| path.starts_with(&place) || Utf8Path::new(&place).starts_with(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_convert::Member;
    use caravan_inventory::{EnvironmentName, TeamName};

    fn app(team: &str, name: &str) -> App {
        let workload = WorkloadId::new(format!("ecs/files/{name}"));
        let members = vec![Member::whole(EnvironmentName::new("prod"), workload)];
        App { team: TeamName::new(team), name: name.to_owned(), members }
    }

    #[test]
    fn a_path_is_of_the_app_whose_files_stand_there() {
        let (web, api) = (app("shop", "web"), app("shop", "web-api"));
        for (path, of_web, of_api) in [
            ("trees/deployment/teams/shop/apps/web/prod/manifests.yaml", true, false),
            ("./trees/deployment/teams/shop", true, true),
            ("deployment/teams/shop/apps/web-api", false, true),
            ("trees/ledger/ecs/files/web.json", true, false),
            ("images/shop/web/prod/Dockerfile", true, false),
            ("docs", false, false),
        ] {
            let paths = vec![in_tree(Utf8Path::new(path), Utf8Path::new("./trees"))];
            let selection = Selection { paths, ..Selection::default() };
            assert_eq!((selection.holds(&web), selection.holds(&api)), (of_web, of_api), "{path}");
        }
    }

    #[test]
    fn kinds_narrow_together_and_what_is_unknown_is_named() {
        let apps = [app("shop", "web"), app("parcels", "api")];
        let teams = BTreeSet::from(["shop".to_owned()]);
        let other = Some(BTreeSet::from([WorkloadId::new("ecs/files/api")]));
        let both = Selection { teams: teams.clone(), workloads: other, ..Selection::default() };
        assert!(apps.iter().all(|app| !both.holds(app)) && both.check(&apps).is_err());
        let one = Selection { teams, ..Selection::default() };
        assert!(one.holds(&apps[0]) && !one.holds(&apps[1]) && one.check(&apps).is_ok());
        let misspelt = Selection { teams: BTreeSet::from(["shops".to_owned()]), ..Selection::default() };
        assert_eq!(misspelt.check(&apps).unwrap_err().error.to_string(), "there is no team `shops`");
    }
}
