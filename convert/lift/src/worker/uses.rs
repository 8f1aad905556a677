//! What a script uses of the runtime and of Cloudflare, as far as its text tells.

use super::module::Module;
use super::{environment, exported};
use crate::plconfig::WorkerModuleKind;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, BindingProperty, CallExpression, ComputedMemberExpression, Expression, ObjectProperty,
    StaticMemberExpression, StringLiteral, TemplateLiteral,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;
use std::collections::BTreeSet;

/// Handlers that something other than a request calls.
const HANDLERS: [&str; 6] = ["scheduled", "queue", "email", "tail", "trace", "alarm"];
/// Headers that Cloudflare writes into requests (Cloudflare, "HTTP headers", "Managed Transforms", "Cache by device type"; Access,
/// "Application token"; Bots, "Bot Management variables").
const HEADERS: [&str; 25] = [
    "cf-access-authenticated-user-email",
    "cf-access-jwt-assertion",
    "cf-bot-score",
    "cf-connecting-ip",
    "cf-connecting-ipv6",
    "cf-device-type",
    "cf-ew-via",
    "cf-ipcity",
    "cf-ipcontinent",
    "cf-ipcountry",
    "cf-iplatitude",
    "cf-iplongitude",
    "cf-ja3-hash",
    "cf-ja4",
    "cf-metro-code",
    "cf-postal-code",
    "cf-ray",
    "cf-region",
    "cf-region-code",
    "cf-timezone",
    "cf-verified-bot",
    "cf-visitor",
    "cf-warp-tag-id",
    "cf-worker",
    "true-client-ip",
];
/// By what a script names what is global.
const GLOBAL: [&str; 2] = ["globalThis", "self"];

/// What was found.
#[derive(Default)]
pub(super) struct Uses {
    /// Names that it reads of its environment.
    pub(super) names: BTreeSet<String>,
    /// Whether it fetches anything.
    pub(super) fetches: bool,
    /// Whether one of its fetches goes somewhere that its text does not name.
    pub(super) fetches_anywhere: bool,
    /// The hosts that its fetches name.
    pub(super) hosts: BTreeSet<String>,
    /// What Cloudflare alone fills: fields of `cf`, headers.
    pub(super) cloudflare: BTreeSet<String>,
    pub(super) handlers: BTreeSet<&'static str>,
    pub(super) caches: bool,
    /// Options of a fetch that only Cloudflare follows.
    pub(super) fetch_options: bool,
    pub(super) passes_through: bool,
    /// Classes of the runtime that keep state.
    pub(super) durable: bool,
    /// Whether the text tells what is exported by default.
    knows_handlers: bool,
    /// Whether it imports `waitUntil`.
    pub(super) waits_by_import: bool,
}

/// Why a script can't run outside of Cloudflare, as far as its text tells.
pub(super) fn without_substitute(uses: &Uses) -> Vec<String> {
    let mut reasons = Vec::new();
    // What no trigger calls, nothing calls on Cloudflare either.
    if let Some(handler) = uses.handlers.iter().find(|handler| **handler != "scheduled") {
        reasons.push(format!(
            "its script handles `{handler}`, which nothing calls outside of Cloudflare yet: leave it there, or take the handler out of \
             the script"
        ));
    }
    if uses.caches {
        reasons.push(
            "its script uses the cache of Cloudflare's data centre (`caches`), for which nothing stands in yet"
                .to_owned(),
        );
    }
    if uses.durable {
        reasons.push("its script keeps state in Durable Objects or Workflows, which only Cloudflare runs".to_owned());
    }
    reasons
}

impl Uses {
    /// What this script or another does.
    pub(super) fn and(&mut self, other: &Self) {
        self.fetches |= other.fetches;
        self.fetches_anywhere |= other.fetches_anywhere;
        self.hosts.extend(other.hosts.iter().cloned());
        self.cloudflare.extend(other.cloudflare.iter().cloned());
        self.fetch_options |= other.fetch_options;
        self.passes_through |= other.passes_through;
    }

    /// Of all modules.
    pub(super) fn of(modules: &[Module<'_>]) -> Self {
        let mut uses = Self::default();
        for (at, module) in modules.iter().enumerate() {
            if matches!(module.kind, WorkerModuleKind::Esm | WorkerModuleKind::ServiceWorker) {
                let allocator = Allocator::default();
                let parsed = Parser::new(&allocator, module.text, SourceType::unambiguous()).parse();
                // Where another module has what is exported by default, every object may be that.
                if at == 0
                    && let Some(names) = exported::names(&parsed.program)
                {
                    uses.knows_handlers = true;
                    uses.handlers.extend(HANDLERS.iter().filter(|one| names.iter().any(|name| name == *one)));
                }
                uses.names.extend(environment::names(&parsed.program, module.kind));
                uses.visit_program(&parsed.program);
            }
        }
        uses
    }

    fn header(&mut self, text: &str) {
        let lower = text.to_ascii_lowercase();
        if HEADERS.contains(&lower.as_str()) {
            self.cloudflare.insert(lower);
        }
    }

    /// Where a fetch goes, by its first argument.
    fn target(&mut self, argument: Option<&Argument<'_>>) {
        self.fetches = true;
        let text = match argument {
            Some(Argument::StringLiteral(text)) => Some(text.value.to_string()),
            Some(Argument::TemplateLiteral(template)) => first_text(template),
            _ => None,
        };
        match text.as_deref().and_then(host_of) {
            Some(host) => drop(self.hosts.insert(host)),
            None => self.fetches_anywhere = true,
        }
    }
}

/// Whether an expression names what is global.
fn is_global(expression: &Expression<'_>) -> bool {
    matches!(expression.get_inner_expression(), Expression::Identifier(id) if GLOBAL.contains(&id.name.as_str()))
}

/// Whether a value is none that is an object.
fn is_nothing(value: &Expression<'_>) -> bool {
    matches!(
        value.get_inner_expression(),
        Expression::StringLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::TemplateLiteral(_)
    )
}

/// What a template begins with, where a whole host stands in it.
fn first_text(template: &TemplateLiteral<'_>) -> Option<String> {
    template.quasis.first().and_then(|quasi| quasi.value.cooked.as_ref()).map(ToString::to_string)
}

fn host_of(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    // Without a `/` behind it the host may go on in what follows.
    let (host, _) = rest.split_once('/').unwrap_or((rest, ""));
    let whole = rest.contains('/') || !host.is_empty() && host.contains('.');
    let plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
    (whole && plain && !host.is_empty()).then(|| host.to_ascii_lowercase())
}

impl<'a> Visit<'a> for Uses {
    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.header(&it.value);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let property = it.property.name.as_str();
        if let Expression::StaticMemberExpression(member) = &it.object
            && member.property.name.as_str() == "cf"
        {
            self.cloudflare.insert(format!("cf.{property}"));
        } else if property == "cf" {
            self.cloudflare.insert("cf".to_owned());
        }
        self.passes_through |= property == "passThroughOnException";
        self.caches |= property == "caches" && is_global(&it.object);
        walk::walk_static_member_expression(self, it);
    }

    /// `request["cf"]`.
    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        if matches!(&it.expression, Expression::StringLiteral(name) if name.value == "cf") {
            self.cloudflare.insert("cf".to_owned());
        }
        walk::walk_computed_member_expression(self, it);
    }

    /// `const { cf } = request`.
    fn visit_binding_property(&mut self, it: &BindingProperty<'a>) {
        match it.key.static_name().as_deref() {
            Some("cf") => drop(self.cloudflare.insert("cf".to_owned())),
            // `const { caches } = globalThis`
            Some("caches") => self.caches = true,
            _ => {}
        }
        walk::walk_binding_property(self, it);
    }

    fn visit_identifier_reference(&mut self, it: &oxc_ast::ast::IdentifierReference<'a>) {
        match it.name.as_str() {
            "caches" => self.caches = true,
            "DurableObject" | "WorkflowEntrypoint" => self.durable = true,
            _ => {}
        }
    }

    fn visit_import_specifier(&mut self, it: &oxc_ast::ast::ImportSpecifier<'a>) {
        self.waits_by_import |= it.imported.name().as_str() == "waitUntil";
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        match &it.callee {
            Expression::Identifier(id) if id.name.as_str() == "fetch" => self.target(it.arguments.first()),
            Expression::StaticMemberExpression(member)
                if member.property.name.as_str() == "fetch" && is_global(&member.object) =>
            {
                self.target(it.arguments.first());
            }
            // Anything may be handed on as a function.
            Expression::Identifier(id) if id.name.as_str() == "addEventListener" => {
                if let Some(Argument::StringLiteral(event)) = it.arguments.first() {
                    self.handlers.extend(HANDLERS.iter().find(|one| **one == event.value.as_str()));
                }
            }
            _ => {}
        }
        if it
            .arguments
            .iter()
            .any(|argument| matches!(argument, Argument::Identifier(id) if id.name.as_str() == "fetch"))
        {
            (self.fetches, self.fetches_anywhere) = (true, true);
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_object_property(&mut self, it: &ObjectProperty<'a>) {
        if let Some(name) = it.key.static_name() {
            let called = it.method
                || matches!(
                    it.value,
                    Expression::FunctionExpression(_)
                        | Expression::ArrowFunctionExpression(_)
                        | Expression::Identifier(_)
                );
            if called && !self.knows_handlers {
                self.handlers.extend(HANDLERS.iter().find(|one| **one == name.as_ref()));
            }
            // What is no object may be one: `{ cf: options }`, `{ ...init, cf }`.
            self.fetch_options |= name == "cf" && !is_nothing(&it.value);
        }
        walk::walk_object_property(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::Uses;
    use oxc_allocator::Allocator;
    use oxc_ast_visit::Visit;
    use oxc_parser::Parser;
    use oxc_span::SourceType;

    fn uses(body: &str) -> Uses {
        let text = format!("export default {{ async fetch(request, env, ctx) {{ {body} }} }};");
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, &text, SourceType::unambiguous()).parse();
        assert!(!parsed.diagnostics.has_errors(), "{text}");
        let mut uses = Uses::default();
        uses.visit_program(&parsed.program);
        uses
    }

    #[test]
    fn the_cache_of_a_data_centre_is_known_by_whatever_name_leads_to_it() {
        for body in [
            "return caches.default.match(request);",
            "return globalThis.caches.default.match(request);",
            "return (await self.caches.open('a')).match(request);",
            "const { caches: kept } = globalThis; return kept.default.match(request);",
        ] {
            assert!(uses(body).caches, "{body}");
        }
        assert!(!uses("return new Response(env.caches + request.caches);").caches);
    }

    #[test]
    fn requests_and_their_options_are_known_by_whatever_name() {
        let found = uses("return globalThis.fetch('https://a.example.com/x');");
        assert!(found.fetches && found.hosts.contains("a.example.com"));
        assert!(uses("return self.fetch(request);").fetches_anywhere);
        assert!(!uses("return env.OTHER.fetch(request);").fetches);
        for body in [
            "return fetch(request, { cf: { cacheTtl: 5 } });",
            "const cf = { cacheTtl: 5 }; return fetch(request, { cf });",
            "const options = make(); return fetch(request, { cf: options });",
        ] {
            assert!(uses(body).fetch_options, "{body}");
        }
        assert!(!uses("return Response.json({ cf: 'none' });").fetch_options);
    }

    #[test]
    fn headers_that_cloudflare_writes_are_known() {
        let found = uses(
            "return new Response(request.headers.get('CF-Device-Type') + request.headers.get('Cf-Access-Jwt-Assertion'));",
        );
        let found: Vec<&str> = found.cloudflare.iter().map(String::as_str).collect();
        assert_eq!(found, ["cf-access-jwt-assertion", "cf-device-type"]);
    }
}
