//! The modules of a script, as they were read.

use super::secrets;
use crate::field::{Field, Object};
use crate::lifted::ModuleText;
use crate::marks::without_marks;
use crate::plconfig::{WorkerModule, WorkerModuleKind};
use crate::tracker::FieldTracker;
use caravan_inventory::QuestionId;
use sha2::{Digest, Sha256};

/// One module.
#[derive(Clone, Copy)]
pub(super) struct Module<'a> {
    pub(super) document: Object<'a>,
    pub(super) name: &'a str,
    pub(super) kind: WorkerModuleKind,
    pub(super) text: &'a str,
}

/// All of them, the main one first.
pub(super) struct Modules<'a>(pub(super) Vec<Module<'a>>);

/// Reads them; none where the script is not whole, or there is none.
pub(super) fn read<'a>(tracker: &mut FieldTracker<'a>, config: Object<'a>) -> Option<Modules<'a>> {
    if let Some(field) = config.field("script_error") {
        let reason = without_marks(config.peek("script_error").unwrap_or("its script could not be read"));
        field.blocked(tracker, format!("its script is not whole: {reason}"));
    }
    let modules: Vec<Module<'a>> = config.objects("modules").filter_map(one).collect();
    if !tracker.is_refused() && (modules.is_empty() || modules.len() < config.list("modules").len()) {
        tracker.refuse(match config.field("assets").or(config.field("site")) {
            Some(_) if modules.is_empty() => "it serves nothing but assets, which are not converted yet",
            _ if config.peek("pages_build_output_dir").is_some() => {
                "it is a project of Pages, whose functions and files are not converted yet: leave it on Cloudflare"
            }
            _ if config.peek("main").is_none() => {
                "its configuration names no script (`main`), and no assets: name what the build makes"
            }
            _ => {
                "its script could not be read, or can't be told apart from the secrets in it: read its repository again"
            }
        });
    }
    if tracker.is_refused() {
        // Whoever builds it would meet them next.
        super::bindings::refuse(tracker, config);
        config.drop_whole(tracker, "refused");
        return None;
    }
    Some(Modules(modules))
}

/// The modules of a configuration, where all of them were read.
pub(super) fn all(config: Object<'_>) -> Option<Modules<'_>> {
    let modules: Vec<Module<'_>> = config.objects("modules").filter_map(one).collect();
    (!modules.is_empty() && modules.len() == config.list("modules").len()).then_some(Modules(modules))
}

fn one(document: Object<'_>) -> Option<Module<'_>> {
    let kind = match document.peek("type")? {
        "esm" => WorkerModuleKind::Esm,
        "service-worker" => WorkerModuleKind::ServiceWorker,
        "text" => WorkerModuleKind::Text,
        "json" => WorkerModuleKind::Json,
        "data" => WorkerModuleKind::Data,
        "wasm" => WorkerModuleKind::Wasm,
        _ => return None,
    };
    Some(Module { document, name: document.peek("name")?, kind, text: document.peek("content")? })
}

impl<'a> Modules<'a> {
    /// The modules as the image carries them.
    pub(super) fn carried(
        &self,
        tracker: &mut FieldTracker<'a>,
        target: &str,
        why: &str,
        names: &secrets::Names,
    ) -> Option<Vec<WorkerModule>> {
        let mut out = Vec::with_capacity(self.0.len());
        for module in &self.0 {
            let filled = secrets::filled(module, names);
            let text = match filled {
                Ok(text) => text,
                Err(reason) => {
                    if let Some(content) = module.document.field("content") {
                        content.blocked(tracker, reason);
                    }
                    return None;
                }
            };
            let bytes = if module.kind.is_bytes() { of_hex(&text) } else { text.clone().into_bytes() };
            let sha256 = hex(&Sha256::digest(bytes));
            for name in ["name", "type"] {
                if let Some(field) = module.document.field(name) {
                    field.exact(tracker, target.to_owned());
                }
            }
            if let Some(field) = module.document.raw("content") {
                field.exact_with(tracker, target.to_owned(), why.to_owned());
            }
            out.push(WorkerModule { name: module.name.to_owned(), kind: module.kind, sha256: sha256.clone() });
            tracker.keep_module(ModuleText { sha256, text });
        }
        Some(out)
    }

    /// What became of them where the gateway answers in their place.
    pub(super) fn answered_by_routes(&self, tracker: &mut FieldTracker<'a>, closed: Option<&QuestionId>) {
        for module in &self.0 {
            for name in ["name", "type"] {
                if let Some(field) = module.document.field(name) {
                    field.dropped(tracker, "no-runtime");
                }
            }
            match (module.document.raw("content"), closed) {
                (Some(field), Some(id)) => field.asked(tracker, id),
                (Some(field), None) => {
                    let note = "each way that a request may take through it is a route; another way is none";
                    field.exact_with(tracker, "/components/web/ingress/routes", note);
                }
                (None, _) => {}
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn of_hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or_default());
    pairs.filter_map(|pair| u8::from_str_radix(pair, 16).ok()).collect()
}

/// A field that is dropped where it stands, empty or not.
pub(super) fn drop_field<'a>(tracker: &mut FieldTracker<'a>, field: Option<Field<'a>>, rule: &'static str) {
    if let Some(field) = field {
        field.dropped(tracker, rule);
    }
}
