//! What is answered to whom: pages, and the same as JSON.

use super::super::board::{Board, Standing};
use super::card::{card, document};
use super::query::{ListQuery, WHOSE, href, name};
use crate::clock;
use crate::error::Failure;
use crate::printer::printable;
use caravan_cutover_domains::Whose;
use caravan_plans::domains::status::{STYLE, StatusChoice, StatusCount, StatusDomain, StatusList, StatusRow};
use caravan_providers_network::pages::{PageAnswer, PageKind, PageRequest};
use schemars::JsonSchema;
use serde::Serialize;
use std::fmt::Display;
use std::sync::{Mutex, PoisonError};

/// Hostnames in a window.
const WINDOW: usize = 100;

/// `caravan.domain-status/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct StatusDocument {
    #[schemars(extend("const" = "caravan.domain-status/v1"))]
    schema: &'static str,
    #[serde(flatten)]
    list: StatusList,
}

/// `caravan.domain-card/v1`.
#[derive(JsonSchema, Serialize)]
pub(crate) struct CardDocument {
    #[schemars(extend("const" = "caravan.domain-card/v1"))]
    schema: &'static str,
    #[serde(flatten)]
    card: StatusDomain,
}

/// The pages.
pub(super) struct Pages {
    board: Mutex<Board>,
    /// What belongs behind `caravan` in a command that is named.
    options: String,
}

impl Pages {
    pub(super) const fn new(board: Board, options: String) -> Self {
        Self { board: Mutex::new(board), options }
    }

    /// Answers a request.
    pub(super) fn answer(&self, asked: &PageRequest) -> PageAnswer {
        match asked.path.as_str() {
            "/style.css" => return answer(200, PageKind::Style, STYLE.to_owned()),
            // A browser asks for it by itself.
            "/favicon.ico" => return answer(204, PageKind::Text, String::new()),
            "/" | "/domains.json" | "/domain" | "/domain.json" | "/document" => {}
            _ => return missing("there is no such page; the hostnames are at /\n"),
        }
        let mut board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let answered = board.refresh().and_then(|()| self.of_the_board(&board, asked));
        answered.unwrap_or_else(|failure| broken(&failure))
    }

    fn of_the_board(&self, board: &Board, asked: &PageRequest) -> Result<PageAnswer, Failure> {
        let (path, query) = (asked.path.as_str(), asked.query.as_str());
        if matches!(path, "/" | "/domains.json") {
            let list = list(board, ListQuery::read(query));
            if path == "/" {
                return Ok(page(list.page()));
            }
            return Ok(json(&StatusDocument { schema: "caravan.domain-status/v1", list }));
        }
        let wanted = name(query).unwrap_or_default();
        let Some(standing) = board.one(&wanted) else { return Ok(missing("there is no such hostname\n")) };
        if path == "/document" {
            return Ok(match document(board, &standing)? {
                Ok(html) => answer(200, PageKind::Document, html),
                Err(why) => missing(&format!("{}\n", printable(&why))),
            });
        }
        let Some(card) = card(board, &standing, &self.options)? else {
            return Ok(missing("it has just gone from the inventory\n"));
        };
        if path == "/domain" {
            return Ok(page(card.page()));
        }
        Ok(json(&CardDocument { schema: "caravan.domain-card/v1", card }))
    }
}

/// The time, as pages show it.
pub(super) fn as_of() -> String {
    clock::now().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn list(board: &Board, query: ListQuery) -> StatusList {
    let part = query.part.to_lowercase();
    let holds = |text: &str| part.is_empty() || text.to_lowercase().contains(&part);
    let fits = |one: &Standing<'_>| {
        let customer = one.known.customer.as_deref().unwrap_or_default();
        holds(&one.known.name) || holds(customer)
    };
    let (mut all, mut counted, mut rows) = (0, WHOSE.map(|whose| (whose, 0)), Vec::new());
    for one in board.all() {
        all += 1;
        if !fits(&one) {
            continue;
        }
        let whose = one.next.whose;
        counted.iter_mut().filter(|(of, _)| *of == whose).for_each(|(_, count)| *count += 1);
        if query.whose.is_none_or(|wanted| wanted == whose) {
            rows.push(one);
        }
    }
    let (total, pages) = (rows.len(), rows.len().div_ceil(WINDOW).max(1));
    let page = query.page.min(pages);
    let at = |page: usize| ListQuery { page, ..query.clone() }.href("/");
    let of = |whose: Option<Whose>| ListQuery { whose, page: 1, ..query.clone() };
    let from = (page - 1) * WINDOW;
    let domains: Vec<StatusRow> = rows.iter().skip(from).take(WINDOW).map(row).collect();
    let choice = |whose: Option<Whose>| StatusChoice {
        value: whose.map_or("", Whose::as_str).to_owned(),
        text: whose.map_or("anybody's", words).to_owned(),
        selected: whose == query.whose,
    };
    StatusList {
        as_of: as_of(),
        json: ListQuery { page, ..query.clone() }.href("/domains.json"),
        counts: counted
            .into_iter()
            .map(|(whose, count)| StatusCount { text: words(whose).to_owned(), count, href: of(Some(whose)).href("/") })
            .collect(),
        choices: std::iter::once(None).chain(WHOSE.map(Some)).map(choice).collect(),
        all,
        total,
        from: if domains.is_empty() { 0 } else { from + 1 },
        to: from + domains.len(),
        page,
        pages,
        previous: (page > 1).then(|| at(page - 1)),
        next: (page < pages).then(|| at(page + 1)),
        domains,
        part: query.part,
    }
}

/// Whose step it is, in words.
pub(super) const fn words(whose: Whose) -> &'static str {
    match whose {
        Whose::Colleague => "yours, who know the customer",
        Whose::Customer => "the customer's",
        Whose::Mover => "theirs who move hostnames",
        Whose::Nobody => "nobody's: it goes on, or is over",
    }
}

fn row(one: &Standing<'_>) -> StatusRow {
    StatusRow {
        name: one.known.name.clone(),
        href: href("/domain", &one.known.name),
        customer: one.known.customer.clone(),
        class: one.known.class.map(str::to_owned),
        state: one.state().to_owned(),
        whose: one.next.whose.as_str().to_owned(),
        next: one.next.text.clone(),
        message: one.unsent.map(|due| due.kind.as_str().to_owned()),
    }
}

fn answer(status: u16, kind: PageKind, body: String) -> PageAnswer {
    PageAnswer { status, kind, body }
}

fn page(made: Result<String, impl Display>) -> PageAnswer {
    match made {
        Ok(html) => answer(200, PageKind::Page, html),
        Err(error) => answer(500, PageKind::Text, format!("{error}: this is a defect of Caravan: please report it\n")),
    }
}

fn json(document: &impl Serialize) -> PageAnswer {
    match serde_json::to_string_pretty(document) {
        Ok(text) => answer(200, PageKind::Json, text + "\n"),
        Err(error) => answer(500, PageKind::Text, format!("{error}\n")),
    }
}

fn missing(text: &str) -> PageAnswer {
    answer(404, PageKind::Text, text.to_owned())
}

/// What could not be read is said to whoever looks, too.
fn broken(failure: &Failure) -> PageAnswer {
    let causes: Vec<String> = failure.error.chain().map(|cause| printable(&cause.to_string()).into_owned()).collect();
    answer(500, PageKind::Text, format!("{}\n", causes.join(": ")))
}
