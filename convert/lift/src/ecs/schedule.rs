//! What starts a task by the clock: a rule of EventBridge, or a schedule of EventBridge Scheduler.

use super::cron::{Clock, translate};
use super::kind::Plan;
use crate::account::{Account, Answer};
use crate::field::{Field, Object, number};
use crate::plconfig::{Component, ComponentType, PlConfig};
use crate::text::Kind;

pub(super) fn map<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    match (plan.facts.rule, plan.facts.schedule) {
        (Some(rule), _) => event_rule(account, plan, rule, config, component),
        (None, Some(schedule)) => scheduler(account, plan, schedule, config, component),
        (None, None) if plan.kind == ComponentType::Cron => unknown_clock(account, component),
        (None, None) => {}
    }
}

fn event_rule<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    rule: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    rule.drop_all(account, &["Arn", "CreatedBy", "ManagedBy", "Tags"], "describe-only");
    rule.drop_all(account, &["Name", "EventBusName"], "named-by-workload");
    rule.drop_all(account, &["RoleArn"], "scheduler-role");
    common(account, plan, rule, config, component);
    if let Some(field) = rule.field("EventPattern") {
        field.blocked(account, "it is started by events, not by the clock");
    }
    let mine = own_target(account, rule);
    for target in rule.objects("Targets") {
        if mine.is_some_and(|mine| mine.peek("Id") == target.peek("Id")) {
            target.drop_all(account, &["Id"], "named-by-workload");
            run_task(account, plan, target, config, component);
        } else {
            target.drop_whole(account, "other-target");
        }
    }
}

/// One rule may start several tasks; each is a workload whose id ends with the target's.
fn own_target<'a>(account: &Account<'a>, rule: Object<'a>) -> Option<Object<'a>> {
    let id = account.source.workload.id.as_str();
    let named = |target: &Object<'a>| {
        target.peek("Id").is_some_and(|target| id.strip_suffix(target).is_some_and(|rest| rest.ends_with('/')))
    };
    let tasks = || rule.objects("Targets").filter(|target| target.object("EcsParameters").is_some());
    tasks().find(named).or_else(|| tasks().next()).or_else(|| rule.objects("Targets").next())
}

fn scheduler<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    schedule: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    schedule.drop_all(
        account,
        &["Arn", "ScheduleArn", "CreationDate", "LastModificationDate", "ClientToken"],
        "describe-only",
    );
    schedule.drop_all(account, &["Name", "GroupName"], "named-by-workload");
    schedule.drop_all(account, &["KmsKeyArn"], "scheduler-role");
    common(account, plan, schedule, config, component);
    if let Some(field) = schedule.field("ScheduleExpressionTimezone") {
        component.timezone = account.text(field.0, Kind::Free).map(Into::into);
        field.exact(account, plan.at("timezone"));
    }
    window(account, schedule);
    for name in ["StartDate", "EndDate"] {
        if let Some(field) = schedule.field(name) {
            let text = "It runs only between certain dates. Will somebody switch it on and off by hand?";
            super::service::ask_everything(account, field, "dates", text, "by-hand");
        }
    }
    if let Some(field) = schedule.field("ActionAfterCompletion") {
        field.dropped(account, "default");
    }
    if let Some(target) = schedule.object("Target") {
        run_task(account, plan, target, config, component);
    }
}

/// What both say: when, whether it is on, what it is for.
fn common<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    holder: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    if let Some(field) = holder.field("Description") {
        config.description = account.text(field.0, Kind::Free).map(Into::into);
        field.exact(account, "/description");
    }
    if let Some(field) = holder.field("State") {
        if holder.peek("State") == Some("DISABLED") {
            account.hold("it is switched off in the source");
            field.exact(account, plan.at("suspended"));
        } else {
            field.dropped(account, "default");
        }
    }
    let Some(field) = holder.field("ScheduleExpression") else {
        component.schedule = Some(NEVER.to_owned());
        return;
    };
    match translate(holder.peek("ScheduleExpression").unwrap_or("")) {
        Clock::Same(schedule) => {
            component.schedule = Some(schedule);
            field.exact(account, plan.at("schedule"));
        }
        Clock::Rhythm(schedule) => {
            component.schedule = Some(schedule);
            field.approximated(account, plan.at("schedule"), "the same rhythm, from another start");
        }
        Clock::Beyond("it runs once") => field.blocked(account, "it runs once, at a fixed time"),
        Clock::Beyond(why) => {
            let shown = crate::marks::without_marks(holder.peek("ScheduleExpression").unwrap_or(""));
            match ask_for_clock(account, &format!("`{shown}` can't be said in five cron fields: {why}.")) {
                Ok(answer) => {
                    component.schedule = Some(answer);
                    field.approximated(account, plan.at("schedule"), "by a person's answer");
                }
                Err(id) => {
                    component.schedule = Some(NEVER.to_owned());
                    field.asked(account, &id);
                }
            }
        }
    }
}

/// The 30th of February: what stands in until somebody says when.
const NEVER: &str = "0 0 30 2 *";

fn unknown_clock(account: &mut Account<'_>, component: &mut Component) {
    let answer = ask_for_clock(account, "Nothing says when it runs.");
    component.schedule = Some(answer.unwrap_or_else(|_| NEVER.to_owned()));
}

fn ask_for_clock(account: &mut Account<'_>, why: &str) -> Result<String, caravan_inventory::QuestionId> {
    let id = account.question_id("schedule", "");
    let text = format!("{why} Which five cron fields should it be?");
    match account.ask_for(id, &text, &[], Some(NEVER), crate::plconfig::is_schedule) {
        Answer::Given(answer) => Ok(answer.to_owned()),
        Answer::Open(id) => {
            account.hold("nobody said when it runs");
            Err(id)
        }
    }
}

fn window<'a>(account: &mut Account<'a>, schedule: Object<'a>) {
    let Some(window) = schedule.object("FlexibleTimeWindow") else {
        return;
    };
    if window.peek("Mode") == Some("FLEXIBLE") {
        for field in ["Mode", "MaximumWindowInMinutes"].into_iter().filter_map(|name| window.field(name)) {
            field.dropped_because(account, "time-window", "it starts at the beginning of its window");
        }
    } else {
        window.drop_whole(account, "default");
    }
}

/// The target: which task, how many of it, and what is different in this run.
fn run_task<'a>(
    account: &mut Account<'a>,
    plan: &Plan<'_, 'a>,
    target: Object<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    target.drop_all(account, &["Arn", "RoleArn"], "scheduler-role");
    if let Some(field) = target.field("RetryPolicy") {
        field.dropped_because(
            account,
            "start-retries",
            "of the attempts to start a task; Kubernetes repeats these anyway",
        );
    }
    if let Some(field) = target.field("DeadLetterConfig") {
        field.dropped_because(account, "start-retries", "starts that failed are seen in the platform's monitoring");
    }
    if let Some(field) = target.field("Input") {
        super::overrides::map(account, plan, field, config, component);
    }
    for name in ["InputPath", "InputTransformer"] {
        if let Some(field) = target.field(name) {
            field.blocked(account, "the event that starts it is its input");
        }
    }
    let Some(task) = target.object("EcsParameters") else {
        return;
    };
    task.drop_all(account, &["TaskDefinitionArn"], "resolved-reference");
    task.drop_all(account, &["LaunchType", "PlatformVersion"], "launch-type");
    task.drop_all(account, &["EnableECSManagedTags", "PropagateTags", "Tags", "Group", "ReferenceId"], "ecs-tags");
    task.drop_all(account, &["EnableExecuteCommand"], "execute-command");
    count(account, task);
    super::service::capacity(account, plan, task.objects("CapacityProviderStrategy"), component);
    super::placement::constraints(account, plan, task.objects("PlacementConstraints"), component);
    super::placement::strategies(account, task.objects("PlacementStrategy"));
    if let Some(network) = task.object("NetworkConfiguration") {
        super::network::awsvpc(account, network, ["Subnets", "SecurityGroups", "AssignPublicIp"]);
    }
}

fn count<'a>(account: &mut Account<'a>, task: Object<'a>) {
    let Some(field) = task.field("TaskCount") else { return };
    match number(field.0) {
        Some(1) => Field::dropped(field, account, "default"),
        _ => field.blocked(account, "each run starts more than one task at a time"),
    }
}
