//! A schedule that sets how many there are of a service: it calls UpdateService itself (a universal target).

use super::clock::{ClockExpression, translate};
use super::{scheduler, target};
use crate::field::{Field, Object};
use crate::tracker::FieldTracker;
use caravan_inventory::ScheduledCall;

/// One such schedule, with its names and what starts it accounted for.
pub(crate) struct CountSchedule<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Its expression, where it has one.
    pub(crate) when: Option<&'a str>,
    /// What decides something: when, in which zone, between which dates, whether it is on, and what it wants.
    pub(crate) fields: Vec<Field<'a>>,
    /// When it sets how many, where cron can say it and nothing else is wanted.
    pub(crate) setting: Option<CountSetting<'a>>,
    /// How many it wants, as far as that can be read.
    pub(crate) wanted: Option<u32>,
    /// Whether it wants no count, but something else of the service, such as that its instances are started anew.
    pub(crate) is_no_count: bool,
}

/// A count from a moment on.
pub(crate) struct CountSetting<'a> {
    /// Five cron fields.
    pub(crate) moment: String,
    /// The zone that they are in.
    pub(crate) zone: Option<&'a str>,
    /// How many there are to be.
    pub(crate) count: u32,
}

/// Reads the schedules that set the count of a service.
pub(crate) fn counts<'a>(tracker: &mut FieldTracker<'a>, schedules: &[Object<'a>]) -> Vec<CountSchedule<'a>> {
    schedules.iter().map(|schedule| read(tracker, *schedule)).collect()
}

fn read<'a>(tracker: &mut FieldTracker<'a>, schedule: Object<'a>) -> CountSchedule<'a> {
    scheduler::names(tracker, schedule);
    scheduler::window(tracker, schedule);
    if let Some(field) = schedule.field("Description") {
        field.dropped(tracker, "describe-only");
    }
    let inside = schedule.object("Target");
    if let Some(inside) = inside {
        target::map(tracker, inside);
    }
    let mut fields: Vec<Field<'a>> =
        ["ScheduleExpression", "ScheduleExpressionTimezone", "State", "StartDate", "EndDate"]
            .into_iter()
            .filter_map(|name| schedule.field(name))
            .collect();
    fields.extend(inside.and_then(|inside| inside.field("Input")));
    let request = inside.and_then(|inside| ScheduledCall::of(inside.map())).and_then(|call| call.request);
    let wanted = request.as_ref().and_then(|request| request.get("desiredCount")).and_then(crate::field::number);
    let wanted = wanted.and_then(|count| u32::try_from(count).ok());
    let is_no_count = request.as_ref().is_some_and(|request| !request.contains_key("desiredCount"));
    let only = request.is_some_and(|request| {
        request.keys().all(|name| matches!(name.as_str(), "cluster" | "service" | "desiredCount"))
    });
    let on = schedule.peek("State").is_none_or(|state| state == "ENABLED");
    let always = schedule.field("StartDate").is_none() && schedule.field("EndDate").is_none();
    let zone = schedule.peek("ScheduleExpressionTimezone");
    let clean = zone.is_none_or(crate::plconfig::is_time_zone);
    let setting = match (translate(schedule.peek("ScheduleExpression").unwrap_or("")), wanted) {
        (ClockExpression::Same(moment), Some(count)) if only && on && always && clean => {
            Some(CountSetting { moment, zone, count })
        }
        _ => None,
    };
    let (name, when) = (schedule.peek("Name").unwrap_or("schedule"), schedule.peek("ScheduleExpression"));
    CountSchedule { name, when, fields, setting, wanted, is_no_count }
}
