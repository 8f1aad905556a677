//! One job: read, collect, redact. Runs beside the others and touches no store.

use super::queue::{Job, Pending};
use crate::Redactor;
use crate::collect::{Collected, Element, Found, Start, call, collect, without_answer};
use crate::request::{Carried, Request};
use caravan_inventory_store::NewWork;
use caravan_providers::{Page, Read, ReadError, Reader};
use serde_json::Value;

/// What a job came to.
#[derive(Debug)]
pub(super) enum Performed {
    /// An answer: for each of the job's reads what it says, and where the next page begins.
    Page(Vec<Told>, Option<String>),
    /// None, and what is to be recorded of each all the same.
    Failed(ReadError, Vec<Option<Element>>),
}

/// What an answer says about one read; redacted.
#[derive(Debug)]
pub(super) enum Told {
    /// What it says.
    Found { count: u64, elements: Vec<Element>, follow_up: Vec<NewWork> },
    /// A part of it, for this reason.
    Partly(String, Box<Told>),
    /// It doesn't say, for this reason; what is to be recorded all the same.
    Unanswered(String, Option<Element>),
}

/// Makes the reads of a job.
pub(super) async fn perform<R: Reader>(reader: R, redactor: Redactor, job: &Job) -> Performed {
    let requests: Vec<Request> = job.iter().map(|pending| pending.request.clone()).collect();
    let redact = |element: Option<Element>| element.map(|element| redacted(&redactor, element));
    match page_of(&reader, job).await {
        Err(error) => {
            Performed::Failed(error, requests.iter().map(|request| redact(without_answer(request))).collect())
        }
        Ok(page) => {
            let answers = collect(&requests, &page.body).into_iter().zip(&requests);
            let told = answers.map(|(answer, request)| match answer {
                Collected::Found(found) => found_redacted(&redactor, found),
                Collected::Partly(found, why) => Told::Partly(why, Box::new(found_redacted(&redactor, found))),
                Collected::Unanswered(why) => Told::Unanswered(why, redact(without_answer(request))),
            });
            Performed::Page(told.collect(), page.next)
        }
    }
}

/// One page, or all of them where they belong to one thing.
async fn page_of<R: Reader>(reader: &R, job: &[Pending]) -> Result<Page, ReadError> {
    let Some(first) = job.first() else {
        return Ok(Page { body: Value::Null, next: None });
    };
    let mut read = read_of(first, job);
    let mut page = reader.read(&read).await?;
    if let Some(Start::Whole(field) | Start::Last(field)) = call(read.scope.provider, &read.api).map(|call| &call.start)
    {
        while let Some(token) = page.next.take() {
            read.token = Some(token);
            let further = reader.read(&read).await?;
            append(&mut page.body, field, further.body);
            page.next = further.next;
        }
    }
    Ok(page)
}

fn read_of(first: &Pending, job: &[Pending]) -> Read {
    let mut read = Read { token: first.item.token.clone(), ..first.request.read.clone() };
    if let Some(Start::Batch(field, _)) = call(read.scope.provider, &read.api).map(|call| &call.start)
        && let Value::Object(input) = &mut read.input
    {
        let members: Vec<&str> = job.iter().filter_map(|pending| pending.request.member.as_deref()).collect();
        input.insert((*field).to_owned(), Value::from(members));
    }
    read
}

fn append(body: &mut Value, field: &str, mut further: Value) {
    if let (Some(Value::Array(all)), Some(Value::Array(more))) = (body.get_mut(field), further.get_mut(field)) {
        all.append(more);
    }
}

fn found_redacted(redactor: &Redactor, found: Found) -> Told {
    let work = |mut request: Request| {
        if let Some(Carried { kind, body, .. }) = &mut request.carried {
            redactor.redact(body, *kind);
        }
        request.into_work()
    };
    Told::Found {
        count: found.count,
        elements: found.elements.into_iter().map(|element| redacted(redactor, element)).collect(),
        follow_up: found.follow_up.into_iter().map(work).collect(),
    }
}

fn redacted(redactor: &Redactor, mut element: Element) -> Element {
    redactor.redact(&mut element.body, element.kind);
    element
}
