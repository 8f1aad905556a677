//! Groups into waves, one wave after the other.

use super::policy::WavePolicy;
use caravan_inventory::{EnvironmentName, TeamName};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Bound;

/// A group's place in the list.
pub(super) type GroupNumber = usize;

/// Workloads that move as one, as far as placing needs to know them.
pub(super) struct Group<'a> {
    /// Where its environment stands in the order.
    pub(super) rank: usize,
    pub(super) environment: &'a EnvironmentName,
    /// The teams of its members, the first member's first, with how many each has.
    pub(super) teams: Vec<(&'a TeamName, usize)>,
    /// How many members it has.
    pub(super) size: usize,
    /// The points of its riskiest member.
    pub(super) risk: u32,
    /// The groups that it needs, and those that need it; one for each edge.
    pub(super) needs: usize,
    pub(super) needed_by: Vec<GroupNumber>,
    /// The lists of `apart` in which it is.
    pub(super) apart: Vec<usize>,
}

/// One wave: whose, and its groups in the order in which they were taken.
pub(super) struct Wave<'a> {
    pub(super) environment: &'a EnvironmentName,
    pub(super) groups: Vec<GroupNumber>,
}

/// What is ready, by environment, then by team: lower risk first, then by number, which follows the ids.
type Ready<'a> = BTreeMap<usize, BTreeMap<&'a TeamName, BTreeSet<(u32, GroupNumber)>>>;

/// Places every group: none before, nor beside, one that it needs. A wave is of one environment, the first in the order of
/// which anything is ready; it takes the lowest risk of what is ready, as far as its sizes go.
pub(super) fn place<'a>(groups: &[Group<'a>], policy: &WavePolicy) -> Vec<Wave<'a>> {
    let mut waiting: Vec<usize> = groups.iter().map(|group| group.needs).collect();
    let mut ready = Ready::new();
    for (number, group) in groups.iter().enumerate().filter(|(_, group)| group.needs == 0) {
        enter(&mut ready, number, group);
    }
    let (most, first, of_team) = (count(policy.size), count(policy.first), count(policy.team));
    let (mut waves, mut begun) = (Vec::new(), HashSet::new());
    while let Some((&rank, teams)) = ready.first_key_value() {
        let limit = if begun.insert(rank) { first.min(most) } else { most };
        let taken = take(groups, teams, limit, of_team);
        let Some(environment) = taken.first().map(|number| groups[*number].environment) else { break };
        for number in &taken {
            leave(&mut ready, *number, &groups[*number]);
        }
        for number in &taken {
            for &next in &groups[*number].needed_by {
                waiting[next] -= 1;
                if waiting[next] == 0 {
                    enter(&mut ready, next, &groups[next]);
                }
            }
        }
        waves.push(Wave { environment, groups: taken });
    }
    waves
}

fn count(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The groups of one wave. What is larger than a wave goes alone, when nothing else is left to go before it.
fn take(
    groups: &[Group<'_>],
    teams: &BTreeMap<&TeamName, BTreeSet<(u32, GroupNumber)>>,
    limit: usize,
    of_team: usize,
) -> Vec<GroupNumber> {
    let mut heads: BTreeSet<(u32, GroupNumber, &TeamName)> =
        teams.iter().filter_map(|(team, queue)| queue.first().map(|(risk, number)| (*risk, *number, *team))).collect();
    let least = heads.first().map(|(_, number, _)| *number);
    let (mut taken, mut size) = (Vec::new(), 0);
    let mut used: HashMap<&TeamName, usize> = HashMap::new();
    let mut apart: HashSet<usize> = HashSet::new();
    while size < limit
        && let Some((risk, number, team)) = heads.pop_first()
    {
        let group = &groups[number];
        let fits = size + group.size <= limit
            && group.teams.iter().all(|(team, count)| used.get(team).copied().unwrap_or(0) + count <= of_team)
            && group.apart.iter().all(|list| !apart.contains(list));
        if fits {
            size += group.size;
            group.teams.iter().for_each(|(team, count)| *used.entry(team).or_default() += count);
            apart.extend(&group.apart);
            taken.push(number);
        }
        // A team that is at its limit has no further head.
        if used.get(team).copied().unwrap_or(0) < of_team
            && let Some(queue) = teams.get(team)
            && let Some((risk, number)) = queue.range((Bound::Excluded((risk, number)), Bound::Unbounded)).next()
        {
            heads.insert((*risk, *number, team));
        }
    }
    if taken.is_empty() {
        taken.extend(least);
    }
    taken
}

fn enter<'a>(ready: &mut Ready<'a>, number: GroupNumber, group: &Group<'a>) {
    if let Some((team, _)) = group.teams.first() {
        ready.entry(group.rank).or_default().entry(team).or_default().insert((group.risk, number));
    }
}

fn leave<'a>(ready: &mut Ready<'a>, number: GroupNumber, group: &Group<'a>) {
    let Some(((team, _), teams)) = group.teams.first().zip(ready.get_mut(&group.rank)) else { return };
    if let Some(queue) = teams.get_mut(team) {
        queue.remove(&(group.risk, number));
        if queue.is_empty() {
            teams.remove(team);
        }
    }
    if teams.is_empty() {
        ready.remove(&group.rank);
    }
}
