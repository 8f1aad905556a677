//! `Fn::ForEach`: loops over lists, unrolled before anything else of a template is read (CloudFormation user guide,
//! "Fn::ForEach"). A loop over what the template leaves open is not read, and that is said.

use super::document::Template;
use super::intrinsic::{Intrinsic, scalar, short};
use serde_json::{Map, Value};

const LOOP: &str = "Fn::ForEach::";

/// The resources that a template may have (CloudFormation quotas), and so the rounds that its loops may make.
const MOST: usize = 500;

/// A loop inside a loop inside…; CloudFormation takes five.
const DEEPEST: usize = 8;

/// The same section with every loop in it unrolled; what can't be is added to the template's notes.
pub(super) fn unrolled(template: &mut Template, section: Map<String, Value>) -> Map<String, Value> {
    let mut loops = Loops { template, notes: Vec::new(), rounds: 0 };
    let section = loops.fields(section, 0);
    let notes = loops.notes;
    template.notes.extend(notes);
    section
}

struct Loops<'t> {
    template: &'t Template,
    notes: Vec<String>,
    rounds: usize,
}

impl Loops<'_> {
    fn value(&mut self, value: Value, depth: usize) -> Value {
        match value {
            Value::Object(fields) => Value::Object(self.fields(fields, depth)),
            Value::Array(items) => items.into_iter().map(|item| self.value(item, depth)).collect(),
            scalar => scalar,
        }
    }

    fn fields(&mut self, fields: Map<String, Value>, depth: usize) -> Map<String, Value> {
        let mut unrolled = Map::new();
        for (field, value) in fields {
            if !field.starts_with(LOOP) {
                unrolled.insert(field, self.value(value, depth));
                continue;
            }
            match self.rounds(&value, depth) {
                Ok(rounds) => {
                    for (made, value) in rounds {
                        if unrolled.contains_key(&made) {
                            self.note(&field, &format!("makes {made} twice, of which the first is read"));
                        } else {
                            unrolled.insert(made, value);
                        }
                    }
                }
                Err(why) => self.note(&field, &format!("{why}, and what it makes is not read")),
            }
        }
        unrolled
    }

    /// What a loop makes: a field for each of its rounds and outputs.
    fn rounds(&mut self, value: &Value, depth: usize) -> Result<Vec<(String, Value)>, String> {
        let Some([Value::String(name), over, Value::Object(body)]) = value.as_array().map(Vec::as_slice) else {
            return Err("has not a name, a list and what is made of each of its items".to_owned());
        };
        if depth >= DEEPEST {
            return Err(format!("stands in {DEEPEST} others"));
        }
        let mut made = Vec::new();
        for item in self.items(over)? {
            self.rounds += 1;
            if self.rounds > MOST {
                return Err(format!("goes round more often than a template has resources, {MOST}"));
            }
            let Value::Object(round) = bound(Value::Object(body.clone()), name, &item) else { continue };
            made.extend(self.fields(round, depth + 1));
        }
        Ok(made)
    }

    /// The items that a loop goes over: texts, and parameters that hold lists and whose values were said.
    fn items(&self, over: &Value) -> Result<Vec<String>, String> {
        let open = |value: &Value| {
            let parameter = match Intrinsic::of(value) {
                Some(Intrinsic::Ref(name)) if self.template.parameters.contains_key(name) => name,
                _ => return format!("goes over {}, which nothing here decides", short(value)),
            };
            format!("goes over !Ref {parameter} (say it: --template-parameter {parameter}=one,two)")
        };
        let of = |value: &Value| match Intrinsic::of(value) {
            Some(Intrinsic::Ref(name)) => {
                let given = self.template.parameter(name).and_then(|parameter| parameter.given);
                match given {
                    Some(Value::Array(items)) => {
                        items.iter().map(|item| scalar(item).ok_or_else(|| open(value))).collect()
                    }
                    Some(one) => scalar(&one).map(|one| vec![one]).ok_or_else(|| open(value)),
                    None => Err(open(value)),
                }
            }
            Some(_) => Err(open(value)),
            None => scalar(value).map(|one| vec![one]).ok_or_else(|| open(value)),
        };
        match over {
            Value::Array(items) => {
                let items: Vec<Vec<String>> = items.iter().map(of).collect::<Result<_, String>>()?;
                Ok(items.concat())
            }
            over => of(over),
        }
    }

    /// Says it of a loop, once.
    fn note(&mut self, field: &str, what: &str) {
        let said = format!("{} {what}", self.template.at(field));
        if !self.notes.contains(&said) {
            self.notes.push(said);
        }
    }
}

/// A value in one round: `${Name}`, `&{Name}` (letters and digits alone) and `!Ref Name` are the item.
fn bound(value: Value, name: &str, item: &str) -> Value {
    match value {
        Value::String(text) => Value::String(filled(&text, name, item)),
        Value::Array(items) => items.into_iter().map(|one| bound(one, name, item)).collect(),
        Value::Object(fields) => {
            if fields.len() == 1 && fields.get("Ref").is_some_and(|named| named == name) {
                return Value::String(item.to_owned());
            }
            let fields: Map<String, Value> = fields
                .into_iter()
                .map(|(field, value)| (filled(&field, name, item), bound(value, name, item)))
                .collect();
            match fields.get("Fn::Sub") {
                // Nothing is left to put in, and where a name must stand no function may.
                Some(Value::String(text)) if fields.len() == 1 && !text.contains("${") => Value::String(text.clone()),
                _ => Value::Object(fields),
            }
        }
        scalar => scalar,
    }
}

fn filled(text: &str, name: &str, item: &str) -> String {
    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
    text.replace(&format!("${{{name}}}"), item).replace(&format!("&{{{name}}}"), &plain)
}
