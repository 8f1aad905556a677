//! What goes into one invocation together.

use super::message::Message;
use bytes::Bytes;
use serde_json::{Value, json};

/// The most that the event of a batch may hold, with room for what is around its records.
const MAX_BYTES: usize = 6 * 1024 * 1024 - 1024;

/// Messages that become one event.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) messages: Vec<Message>,
    records: Vec<Value>,
    bytes: usize,
}

impl Batch {
    /// Divides messages, in their order, so that each event stays within 6 MB and, where `by_group`, holds one group.
    pub(super) fn divide(messages: Vec<Message>, queue_arn: &str, by_group: bool) -> Vec<Self> {
        let mut batches: Vec<Self> = Vec::new();
        for message in messages {
            let record = message.record(queue_arn);
            let size = record.to_string().len() + 1;
            let same = |batch: &Self| !by_group || batch.group() == message.group();
            // The last of its group: an earlier one was full.
            let open = batches
                .iter()
                .rposition(same)
                .filter(|at| batches.get(*at).is_some_and(|batch| batch.bytes + size <= MAX_BYTES));
            match open.and_then(|at| batches.get_mut(at)) {
                Some(batch) => {
                    batch.bytes += size;
                    batch.messages.push(message);
                    batch.records.push(record);
                }
                None => batches.push(Self { messages: vec![message], records: vec![record], bytes: size }),
            }
        }
        batches
    }

    /// The event.
    pub(super) fn event(&self) -> Bytes {
        Bytes::from(json!({"Records": self.records}).to_string())
    }

    /// The group of its messages; nothing outside of FIFO queues.
    pub(super) fn group(&self) -> Option<&str> {
        self.messages.first().and_then(Message::group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: &str, group: Option<&str>, body: &str) -> Message {
        let attributes = group.map_or_else(|| json!({}), |group| json!({"MessageGroupId": group}));
        let value = json!({"MessageId": id, "ReceiptHandle": id, "Body": body, "Attributes": attributes});
        serde_json::from_value(value).unwrap()
    }

    fn ids(batches: &[Batch]) -> Vec<Vec<&str>> {
        batches.iter().map(|batch| batch.messages.iter().map(|one| one.message_id.as_str()).collect()).collect()
    }

    #[test]
    fn groups_stay_apart_and_in_their_order() {
        let messages = vec![
            message("a1", Some("a"), "x"),
            message("b1", Some("b"), "x"),
            message("a2", Some("a"), "x"),
            message("b2", Some("b"), "x"),
        ];
        let batches = Batch::divide(messages, "arn:aws:sqs:eu-west-3:111122223333:q.fifo", true);
        assert_eq!(ids(&batches), [["a1", "a2"], ["b1", "b2"]]);
    }

    #[test]
    fn an_event_stays_within_its_bound() {
        let large = "x".repeat(2 * 1024 * 1024);
        let messages = ["1", "2", "3", "4"].map(|id| message(id, None, &large)).to_vec();
        let batches = Batch::divide(messages, "arn:aws:sqs:eu-west-3:111122223333:q", false);
        assert_eq!(ids(&batches), [["1", "2"], ["3", "4"]]);
        assert!(batches.iter().all(|batch| batch.event().len() < crate::invocation::MAX_EVENT));
    }
}
