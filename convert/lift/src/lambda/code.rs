//! The code: its package or image, its layers, and its runtime.

use super::facts::Facts;
use super::version::Unit;
use crate::field::{Field, Object};
use crate::plconfig::{Component, Function, FunctionCode, FunctionLayer, PlConfig, Runtime};
use crate::text::Kind;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::is_of_template;

pub(super) fn map<'a>(
    tracker: &mut FieldTracker<'a>,
    facts: &Facts<'a>,
    unit: &Unit<'a>,
    config: &mut PlConfig,
    component: &mut Component,
) {
    let Some(function) = config.function.as_mut() else { return };
    let image = is_image(unit);
    if let Some(field) = unit.own.field("PackageType") {
        let note =
            "where Lambda brought up another environment at once, a pod has to be scheduled and its image pulled";
        field.dropped_because(tracker, "resolved-reference", note);
    }
    layers(tracker, facts, unit, function);
    if image {
        of_image(tracker, unit, function, component);
    } else {
        runtime(tracker, unit, function);
        package(tracker, unit, function);
    }
    let Some(code) = unit.whole.and_then(|whole| whole.object("Code")) else { return };
    for (name, value) in code.entries().filter(|(_, value)| !crate::field::is_empty(value)) {
        if !tracker.is_marked(value) {
            if name == "SourceKMSKeyArn" {
                Field(value).dropped(tracker, "environment-key");
            } else {
                Field(value).dropped(tracker, "describe-only");
            }
        }
    }
}

/// A SHA-256 in base64.
fn is_hash(text: &str) -> bool {
    text.len() == 44 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

fn is_image(unit: &Unit<'_>) -> bool {
    let code = unit.whole.and_then(|whole| whole.object("Code"));
    unit.own.peek("PackageType") == Some("Image")
        || code.is_some_and(|code| code.peek("ImageUri").or(code.peek("ResolvedImageUri")).is_some())
}

/// The runtime, and the command of its client.
fn runtime<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, function: &mut Function) {
    let said = unit.own.field("Runtime");
    let Some(id) = unit.own.peek("Runtime") else {
        let id = tracker.question_id("runtime", "");
        let text = "Nothing says which runtime it has. Which is it, such as `python3.12` or `provided.al2023`?";
        match tracker.ask_for(id, text, &[], None, |answer| Runtime::known(answer).is_some()) {
            Asked::Given(answer) => function.runtime = Some(answer.to_owned()),
            Asked::Open(_) => {
                tracker.hold("nobody said which runtime it has");
                function.runtime = Some("provided.al2023".to_owned());
            }
        }
        return;
    };
    let Some(field) = said else { return };
    let Some(nearest) = Runtime::nearest(id) else {
        function.runtime = Some("provided.al2023".to_owned());
        return field.blocked(tracker, "its runtime is none for which there is a base to build on");
    };
    function.runtime = Some(id.to_owned());
    if nearest.id == id {
        let note = "where Lambda brought up another environment at once, a pod has to be scheduled before its process comes up";
        field.exact_with(tracker, "/function/runtime", note);
    } else {
        function.base = Some(nearest.id.to_owned());
        let question = tracker.question_id("retired-runtime", id);
        let text = format!(
            "Its runtime `{id}` is retired, and there is no base of it any more: its image is built on that of `{}`. Was its \
             handler tried there?",
            nearest.id
        );
        match tracker.ask(question, &text, &["tried"], None) {
            Asked::Given(_) => {
                field.approximated(tracker, "/function/base", "the nearest base that there is, as a person tried")
            }
            Asked::Open(question) => {
                tracker.hold("nobody tried its handler on another runtime than it had");
                field.asked(tracker, &question);
            }
        }
    }
    // An executable that is named by the handler, which speaks the runtime API where its library is new enough.
    if id == "go1.x" {
        function.command = Some(vec![format!("/var/task/{}", function.handler)]);
    }
}

/// The package of a version, told by its hash. A file knows no hash: the pipeline's build says where the code is.
fn package<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, function: &mut Function) {
    if let (Some(field), Some(hash)) = (unit.own.field("CodeSha256"), unit.own.peek("CodeSha256")) {
        if is_hash(hash) {
            function.code.sha256 = Some(hash.to_owned());
            return field.exact(tracker, "/function/code/sha256");
        }
        field.blocked(tracker, "the hash of its code is none");
    }
    let id = tracker.question_id("code", "");
    let text = "Its source does not tell the hash of its package. What is its `CodeSha256` in Lambda, or is its code a `folder` that \
                the pipeline builds and names (`CODE`)?";
    let usable = |answer: &str| answer == "folder" || is_hash(answer);
    match tracker.ask_for(id, text, &[], Some("folder"), usable) {
        Asked::Given(hash) if is_hash(hash) => function.code.sha256 = Some(hash.to_owned()),
        Asked::Given(_) | Asked::Open(_) => function.code.folder = Some("CODE".to_owned()),
    }
}

/// A layer that the template makes has a version only once it is deployed.
fn made_by_template<'a>(tracker: &mut FieldTracker<'a>, field: Field<'a>, named: &str, function: &mut Function) {
    let name = named.split(':').nth(6).unwrap_or(named);
    let id = tracker.question_id("layer", name);
    let text = format!("Its template makes its layer `{name}`. What is the ARN of the version that was deployed?");
    match tracker.ask_for(id, &text, &[], None, |answer| is_layer(answer) && !is_of_template(answer)) {
        Asked::Given(arn) => {
            function.layers.push(FunctionLayer { arn: arn.to_owned(), sha256: None });
            field.approximated(tracker, "/function/layers", "fetched without a hash that it is checked by");
        }
        Asked::Open(id) => {
            tracker.hold("nobody said which version of a layer it has");
            field.asked(tracker, &id);
        }
    }
}

/// The ARN of a layer's version.
fn is_layer(text: &str) -> bool {
    text.starts_with("arn:") && text.split(':').count() == 8 && !text.contains(char::is_whitespace)
}

fn layers<'a>(tracker: &mut FieldTracker<'a>, facts: &Facts<'a>, unit: &Unit<'a>, function: &mut Function) {
    for layer in unit.own.objects("Layers") {
        layer.drop_all(tracker, &["CodeSize"], "describe-only");
        layer.drop_all(tracker, &["SigningJobArn", "SigningProfileVersionArn"], "code-signing");
        let (Some(field), Some(arn)) = (layer.field("Arn"), layer.peek("Arn")) else { continue };
        if !is_layer(arn) {
            field.blocked(tracker, "one of its layers is named by what is no ARN of a layer's version");
            continue;
        }
        if is_of_template(arn) {
            made_by_template(tracker, field, arn, function);
            continue;
        }
        let known = facts.layers.iter().find(|known| known.peek("LayerVersionArn") == Some(arn));
        let hash = known.and_then(|known| known.object("Content")).and_then(|content| content.peek("CodeSha256"));
        let hash = hash.filter(|hash| is_hash(hash));
        function.layers.push(FunctionLayer { arn: arn.to_owned(), sha256: hash.map(str::to_owned) });
        if hash.is_some() {
            field.exact(tracker, "/function/layers");
        } else {
            let id = tracker.question_id("layer", arn);
            let text =
                format!("Its layer {arn} was not read, so that its hash is not known. Can the pipeline read it?");
            match tracker.ask(id, &text, &["readable"], None) {
                Asked::Given(_) => {
                    field.approximated(tracker, "/function/layers", "fetched without a hash that it is checked by")
                }
                Asked::Open(id) => field.asked(tracker, &id),
            }
        }
    }
    for layer in &facts.layers {
        let used = function.layers.iter().any(|used| layer.peek("LayerVersionArn") == Some(used.arn.as_str()));
        for (name, value) in layer.entries() {
            let content = Object::of(value).filter(|_| name == "Content" && used);
            for (inside, value) in content.into_iter().flat_map(Object::entries) {
                match inside {
                    "CodeSha256" => Field(value).exact(tracker, "/function/layers"),
                    _ if !crate::field::is_empty(value) => Field(value).dropped(tracker, "describe-only"),
                    _ => {}
                }
            }
            if content.is_none() && !crate::field::is_empty(value) {
                if used {
                    Field(value).dropped(tracker, "describe-only");
                } else {
                    Field(value).dropped(tracker, "other-version");
                }
            }
        }
    }
}

/// An image of its own: by the digest that runs, and with the entry point that Lambda was told, if it was.
fn of_image<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, function: &mut Function, component: &mut Component) {
    let code = unit.whole.and_then(|whole| whole.object("Code"));
    let resolved = code.and_then(|code| code.field("ResolvedImageUri"));
    let named = code.and_then(|code| code.field("ImageUri"));
    let image = match (resolved, named) {
        (Some(field), _) => {
            let text = tracker.text(field.0, Kind::Image);
            field.exact(tracker, "/function/code/image");
            text.map(Into::into)
        }
        (None, Some(field)) => {
            let text = tracker.text(field.0, Kind::Image);
            let note = "by its tag, which may mean another image tomorrow; the digest that runs was not read";
            field.approximated(tracker, "/function/code/image", note);
            text.map(Into::into)
        }
        (None, None) => None,
    };
    let image = image.unwrap_or_else(|| {
        let id = tracker.question_id("image", "");
        let text = "Nothing says which image it runs. Which is it, by its digest?";
        let plain = |answer: &str| !answer.is_empty() && answer.bytes().all(|b| b.is_ascii_graphic());
        match tracker.ask_for(id, text, &[], None, plain) {
            Asked::Given(image) => image.to_owned(),
            Asked::Open(_) => {
                tracker.hold("nobody said which image it runs");
                "placeholder.invalid/image:placeholder".to_owned()
            }
        }
    });
    function.code = FunctionCode { image: Some(image), ..FunctionCode::default() };
    if let Some(hash) = unit.own.field("CodeSha256") {
        hash.dropped(tracker, "resolved-reference");
    }
    for name in ["Runtime", "Handler"] {
        if let Some(field) = unit.own.field(name).filter(|field| field.0 == "") {
            field.dropped(tracker, "unset");
        }
    }
    entry(tracker, unit, function, component);
}

fn entry<'a>(tracker: &mut FieldTracker<'a>, unit: &Unit<'a>, function: &mut Function, component: &mut Component) {
    let own = unit.own;
    let told = own.object("ImageConfigResponse").and_then(|answer| answer.object("ImageConfig"));
    let words = |tracker: &mut FieldTracker<'a>, name: &str| {
        let mut words = Vec::new();
        for value in told.map(|config| config.list(name)).unwrap_or_default() {
            if let Some(word) = tracker.text(value, Kind::Command) {
                Field(value).exact(tracker, "/function/command");
                words.push(word.into_owned());
            }
        }
        words
    };
    let entry = words(tracker, "EntryPoint");
    let command = words(tracker, "Command");
    if let Some(error) = own.object("ImageConfigResponse").and_then(|answer| answer.field("Error")) {
        error.dropped(tracker, "describe-only");
    }
    if let Some(field) = told.and_then(|config| config.field("WorkingDirectory")) {
        component.workdir = tracker.text(field.0, Kind::Path).map(Into::into);
        field.exact(tracker, "/components");
    }
    function.handler = command.first().cloned().unwrap_or_default();
    if !entry.is_empty() {
        function.command = Some(entry.into_iter().chain(command).collect());
        return;
    }
    let id = tracker.question_id("entry-point", "");
    let text = "Only its image knows what starts in it. Which words are its ENTRYPOINT and CMD, as a JSON list such as \
                [\"/lambda-entrypoint.sh\", \"app.handler\"]?";
    let read = |answer: &str| {
        serde_json::from_str::<Vec<String>>(answer)
            .ok()
            .filter(|words| words.first().is_some_and(|word| !word.is_empty()))
    };
    match tracker.ask_for(id, text, &[], None, |answer| read(answer).is_some()) {
        Asked::Given(answer) => {
            let words = read(answer).unwrap_or_default();
            if function.handler.is_empty() {
                function.handler = words.get(1).cloned().unwrap_or_default();
            }
            function.command = Some(words);
        }
        Asked::Open(_) => {
            tracker.hold("only its image knows what starts in it");
            function.command = Some([vec!["/lambda-entrypoint.sh".to_owned()], command].concat());
        }
    }
}
