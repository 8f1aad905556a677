//! Runs the interface: threads that read the keyboard, answer questions and carry orders out, and the loop that draws.
//!
//! The loop waits for events alone: no file, no database and no network is touched on it, so a key never waits for one (S4).

use crate::effect::{Effect, Lane, Order, Question};
use crate::event::{Answer, Event};
use crate::model::Model;
use crate::place::{Access, Place};
use crate::session::{Operator, Session};
use crate::terminal::{self, Guard};
use crate::theme::Theme;
use crate::update::{begin, update};
use crate::view::view;
use caravan_cutover_engine::Moment;
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// How often it looks what has become of what is shown.
const TICK: Duration = Duration::from_millis(250);
/// The shortest time between two frames: 30 a second.
const FRAME: Duration = Duration::from_millis(33);

/// Why the interface ended otherwise than a person wanted.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    /// The terminal can't be used.
    #[error("the terminal can't be used")]
    Terminal(#[from] io::Error),
    /// It could not go on: the keyboard is gone, or a thread died.
    #[error("{0}")]
    Broken(String),
}

/// Ends an interface from outside: when a signal says so.
#[derive(Clone, Debug)]
pub struct Remote(Sender<Event>);

impl Remote {
    /// Ends it; nothing where it has ended.
    pub fn end(&self) {
        let _ended = self.0.send(Event::End);
    }
}

/// Who carries orders out; a read-only interface has none.
type Orders = Option<Sender<Order>>;

/// Shows everything and changes nothing: there is nobody who could carry an order out (S2). `sessions` are asked beside each
/// other, the quick one and the one for what may take long; `now` tells the time of day; `started` is given what ends it.
///
/// # Errors
/// [`TuiError`].
pub fn watch(
    place: Place,
    theme: Theme,
    sessions: [impl Session; 2],
    now: fn() -> Moment,
    started: impl FnOnce(Remote),
) -> Result<(), TuiError> {
    let (events, received) = mpsc::channel();
    started(Remote(events.clone()));
    let place = Place { access: Access::ReadOnly, ..place };
    run(place, theme, sessions, now, None, events, &received)
}

/// As [`watch`], and carries orders out.
///
/// # Errors
/// [`TuiError`].
pub fn operate(
    place: Place,
    theme: Theme,
    sessions: [impl Session; 2],
    operator: impl Operator,
    now: fn() -> Moment,
    started: impl FnOnce(Remote),
) -> Result<(), TuiError> {
    let (events, received) = mpsc::channel();
    started(Remote(events.clone()));
    let place = Place { access: Access::Operator, ..place };
    let orders = carry_out(operator, events.clone());
    run(place, theme, sessions, now, Some(orders), events, &received)
}

fn run(
    place: Place,
    theme: Theme,
    sessions: [impl Session; 2],
    now: fn() -> Moment,
    orders: Orders,
    events: Sender<Event>,
    received: &Receiver<Event>,
) -> Result<(), TuiError> {
    let [quick, slow] = sessions.map(|session| answer(session, events.clone()));
    let _guard = Guard::take()?;
    let mut screen = terminal::screen()?;
    let size = screen.size()?;
    read_keys(events);
    let mut model = Model::new(place, (size.width, size.height), now());
    let mut effects = begin(&mut model);
    let mut drawn = Moment(0);
    loop {
        for effect in effects {
            match effect {
                Effect::Ask(question) if question.lane() == Lane::Quick => drop(quick.send(question)),
                Effect::Ask(question) => drop(slow.send(question)),
                Effect::Order(order) => drop(orders.as_ref().map(|orders| orders.send(order))),
                Effect::Copy(text) => terminal::copy(&text)?,
                Effect::Suspend => {
                    terminal::suspend()?;
                    // Not cleared: that would ask where the cursor is, and the answer goes to whoever reads keys.
                    screen = terminal::screen()?;
                    model.dirty = true;
                }
                Effect::Quit => return Ok(()),
            }
        }
        let since_drawn = Duration::from_millis(now().0.saturating_sub(drawn.0));
        if model.dirty && since_drawn >= FRAME {
            screen.draw(|frame| view(&model, theme, frame.area(), frame.buffer_mut()))?;
            model.dirty = false;
            drawn = now();
        }
        let patience = if model.dirty { FRAME } else { TICK };
        let event = match received.recv_timeout(patience) {
            Ok(event) => event,
            Err(RecvTimeoutError::Timeout) => Event::Tick,
            Err(RecvTimeoutError::Disconnected) => Event::Broken("every thread is gone".to_owned()),
        };
        if terminal::has_panicked() {
            return Err(TuiError::Broken(
                "a thread broke off: this is a defect of Caravan, please report it".to_owned(),
            ));
        }
        if let Event::Broken(why) = event {
            return Err(TuiError::Broken(why));
        }
        effects = update(&mut model, event, now());
    }
}

/// Reads the keyboard until it is gone.
fn read_keys(events: Sender<Event>) {
    use crossterm::event::Event as Input;
    thread::spawn(move || {
        loop {
            let event = match crossterm::event::read() {
                Ok(Input::Key(key)) => Event::Key(key),
                Ok(Input::Paste(text)) => Event::Paste(text),
                Ok(Input::Resize(columns, rows)) => Event::Resized(columns, rows),
                Ok(_) => continue,
                Err(error) => Event::Broken(format!("the keyboard can't be read: {error}")),
            };
            let is_over = matches!(event, Event::Broken(_));
            if events.send(event).is_err() || is_over {
                return;
            }
        }
    });
}

/// Answers questions, of those that wait the newest of each kind: who holds a key down is not answered for each line.
fn answer(mut session: impl Session, events: Sender<Event>) -> Sender<Question> {
    let (questions, asked) = mpsc::channel::<Question>();
    thread::spawn(move || {
        let mut waiting: Vec<Question> = Vec::new();
        loop {
            if waiting.is_empty() {
                match asked.recv() {
                    Ok(question) => waiting.push(question),
                    Err(_) => return,
                }
            }
            for question in asked.try_iter() {
                waiting.retain(|other| !other.is_like(&question));
                waiting.push(question);
            }
            let question = waiting.remove(0);
            if events.send(Event::Answered(Box::new(ask(&mut session, question)))).is_err() {
                return;
            }
        }
    });
    questions
}

fn ask(session: &mut impl Session, question: Question) -> Answer {
    match question {
        Question::Overview => Answer::Overview(session.overview()),
        Question::OpenQuestions => Answer::OpenQuestions(session.open_questions()),
        Question::Window { text, query, from, limit } => Answer::Window(text, session.window(&query, from, limit)),
        Question::Detail(id) => {
            let told = session.detail(&id).map(Box::new);
            Answer::Detail(id, told)
        }
        Question::Doors { part, from, limit } => {
            let told = session.doors(&part, from, limit);
            Answer::Doors(part, told)
        }
        Question::Graph(id) => {
            let told = session.graph(&id).map(Box::new);
            Answer::Graph(id, told)
        }
        Question::Readiness { sieve, from, limit } => {
            let told = session.readiness(&sieve, from, limit);
            Answer::Readiness(sieve, told)
        }
        Question::Assessed(id) => {
            let told = session.assessed(&id).map(Box::new);
            Answer::Assessed(id, told)
        }
        Question::Journal { run, people, from, limit } => {
            let told = session.entries(&run, people, from, limit);
            Answer::Journal(run, people, told)
        }
        Question::Entry { run, sequence } => {
            let told = session.entry(&run, sequence);
            Answer::Entry(run, sequence, told)
        }
        Question::Domains { part, from, limit } => {
            let told = session.domains(&part, from, limit);
            Answer::Domains(part, told)
        }
        Question::Domain(hostname) => {
            let told = session.domain(&hostname).map(Box::new);
            Answer::Domain(hostname, told)
        }
        Question::Preview(workload) => {
            let told = session.preview(&workload).map(Box::new);
            Answer::Preview(workload, told)
        }
        Question::PreviewFile { workload, path } => {
            let told = session.preview_file(&workload, &path).map(Box::new);
            Answer::PreviewFile(workload, path, told)
        }
        Question::Waves => Answer::Waves(session.waves()),
        Question::Plan(wave) => {
            let told = session.plan(&wave);
            Answer::Plan(wave, told)
        }
        Question::Members(wave) => {
            let told = session.members(&wave);
            Answer::Members(wave, told)
        }
        Question::Run(run) => {
            let told = session.run(&run).map(Box::new);
            Answer::Run(run, told)
        }
    }
}

/// Carries orders out, one after the other.
fn carry_out(mut operator: impl Operator, events: Sender<Event>) -> Sender<Order> {
    let (orders, ordered) = mpsc::channel::<Order>();
    thread::spawn(move || {
        for order in ordered {
            let done = operator.carry_out(&order);
            if events.send(Event::Ordered(order, done)).is_err() {
                return;
            }
        }
    });
    orders
}
