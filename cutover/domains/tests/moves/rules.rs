//! What must hold whatever happens.

use crate::plans::START;
use crate::world::World;
use caravan_cutover_domains::{Act, Lead, Message, MovePlan, Outcome, Stage, State};
use caravan_cutover_engine::Moment;

#[derive(Default)]
pub(crate) struct Rules {
    /// What was broken, in words.
    pub(crate) violations: Vec<String>,
    /// When the name was led to the new edge, or the customer was told to.
    led: Option<Moment>,
}

impl Rules {
    pub(crate) fn broken(&mut self, what: String) {
        self.violations.push(what);
    }

    /// Right before a change is made.
    pub(crate) fn before(&mut self, plan: &MovePlan, act: &Act, state: &State, world: &World) {
        let at = world.now.0 - START.0;
        match act {
            Act::Write(write) => {
                let Lead::Ours(own) = &plan.lead else {
                    return self.broken(format!("at {at}: a customer's record is written"));
                };
                if write.after == own.moved && write.before != write.after && state.stage != Stage::Back {
                    self.leads(state, world);
                }
                if write.token_after.is_none() && state.stage != Stage::Back && state.released_by.is_none() {
                    self.broken(format!("at {at}: the token goes, and nobody has released the old side"));
                }
            }
            Act::Tell(Message::Instruct) => self.leads(state, world),
            Act::Order if state.held.is_some() && state.renewed == 0 => {
                self.broken(format!("at {at}: a certificate is ordered that is there"));
            }
            _ => {}
        }
    }

    fn leads(&mut self, state: &State, world: &World) {
        let at = world.now.0 - START.0;
        if !world.new_is_ready() {
            self.broken(format!("at {at}: the name is led to an edge that does not serve it"));
        }
        if !state.approved {
            self.broken(format!("at {at}: the name is led elsewhere, and nobody has approved it"));
        }
        self.led.get_or_insert(world.now);
    }

    /// After each event.
    pub(crate) fn after(&mut self, plan: &MovePlan, state: &State, world: &mut World) {
        if plan.authority.has_limits && world.orders.len() as u64 > world.reserved {
            self.broken(format!("at {}: an order was placed that no limit was asked for", world.now.0 - START.0));
        }
        if state.stage == Stage::Over(Outcome::Done) && !world.old_is_gone {
            if plan.own_zones.is_some() && state.left_dangling.is_empty() && !world.dangling().is_empty() {
                self.broken("it is done, and something is left dangling".to_owned());
            }
            // Whoever runs the old edge takes it away at once.
            world.old_is_gone = true;
            let soaked = self.led.is_some_and(|led| world.now >= led.plus_ms(plan.times.soak));
            if !soaked {
                self.broken("the old side is released before the soak can be over".to_owned());
            }
        }
        let hour = Moment(world.now.0.saturating_sub(plan.times.failures));
        if world.failed.iter().filter(|at| **at > hour).count() > 2 {
            self.broken(format!("at {}: three validations failed within an hour", world.now.0 - START.0));
            world.failed.clear();
        }
    }
}
