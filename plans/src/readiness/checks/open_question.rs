//! `open-question`: a question that nobody has answered.

use crate::readiness::note::Finding;
use crate::readiness::subject::Subject;
use caravan_convert_lift::FieldVerdict;

/// Those of the lift; who owns it is a note of its own.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let questions = subject.questions.iter().filter(|question| !question.id.as_str().starts_with("owner/"));
    questions
        .map(|question| {
            let places =
                subject.places(|verdict| matches!(verdict, FieldVerdict::Question { id } if *id == question.id));
            let answer = question.options.first().map_or("TEXT", String::as_str);
            let assumed = question.assumed.as_ref().map(|assumed| format!("; assumed until then: {assumed}"));
            let remedy = format!("answer it: caravan decide '{}={answer}'{}", question.id, assumed.unwrap_or_default());
            Finding::new(question.text.trim_end_matches('.').to_owned(), places, remedy)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use caravan_inventory::{Question, QuestionId};
    use serde_json::json;

    #[test]
    fn each_open_question_is_a_note_with_the_command_that_answers_it() {
        let mut fixture = service(json!({}), json!({}), json!({}));
        let ask = |id: &str| Question {
            id: QuestionId::new(id),
            workload: fixture.workload.id.clone(),
            text: "Is it so?".to_owned(),
            options: vec!["yes".to_owned(), "no".to_owned()],
            assumed: Some("no".to_owned()),
            rests_on: None,
        };
        let questions = vec![ask("topic/it"), ask("owner/it")];
        let had = fixture.notes(NoteKind::OpenQuestion).len();
        fixture.questions = questions;
        let notes = fixture.notes(NoteKind::OpenQuestion);
        assert_eq!(notes.len(), had + 1);
        assert_eq!(notes[0].text, "Is it so?");
        assert_eq!(notes[0].remedy, "answer it: caravan decide 'topic/it=yes'; assumed until then: no");
    }
}
