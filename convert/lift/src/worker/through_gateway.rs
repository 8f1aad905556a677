//! What a script reads of a request that the gateway does not let through as it came: headers with an underscore in their names, and
//! addresses that stand in the path.

use super::Plan;
use super::beside::Called;
use super::module::Module;
use crate::plconfig::WorkerModuleKind;
use crate::tracker::{Asked, FieldTracker};
use oxc_allocator::Allocator;
use oxc_ast::ast::{Argument, BindingPattern, CallExpression, Expression, NewExpression, VariableDeclarator};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;
use std::collections::BTreeSet;

/// What was found, as far as the text tells.
#[derive(Default)]
struct Reads {
    /// Names of headers with an underscore, in small letters.
    headers: BTreeSet<String>,
    /// Whether it takes an address out of the path: `https://proxy.example.com/https://example.org/file`.
    addresses: bool,
    /// Variables of one module that hold what stands behind the origin, or behind the first slash.
    rests: BTreeSet<String>,
}

/// Asks whether the script does without, and those of the Workers that it calls: it may hand its request on.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, plan: &mut Plan<'a>, called: &[Called<'a>]) {
    let beside = called.iter().flat_map(|one| &one.modules.0);
    let Reads { headers, addresses, .. } = Reads::of(plan.modules.0.iter().chain(beside));
    if !headers.is_empty() {
        let named: Vec<String> = headers.iter().map(|one| format!("`{one}`")).collect();
        let id = tracker.question_id("header-names", "");
        let text = format!(
            "Its script reads {}, and the gateway answers a request with `_` in the name of a header with 400, unless its \
             ClientTrafficPolicy says `headers: {{withUnderscoresAction: Allow}}`. Does nobody send it (`without`), or does yours allow it \
             (`allowed`)?",
            named.join(", ")
        );
        if let Asked::Open(id) = tracker.ask(id, &text, &["without", "allowed"], None) {
            plan.close(tracker, id, "its script reads a header whose name the gateway refuses");
        }
    }
    if addresses {
        let id = tracker.question_id("path-addresses", "");
        let text = "Its script takes an address out of the path, and the gateway merges slashes before: of `/https://example.org/file` \
                    the script gets `/https:/example.org/file`, unless its ClientTrafficPolicy says `path: {disableMergeSlashes: true}`. \
                    Does the script do the same with it (`without`), or does yours leave slashes alone (`allowed`)?";
        if let Asked::Open(id) = tracker.ask(id, text, &["without", "allowed"], None) {
            plan.close(tracker, id, "its script takes an address out of the path, which the gateway writes anew");
        }
    }
}

impl Reads {
    fn of<'m, 't: 'm>(modules: impl Iterator<Item = &'m Module<'t>>) -> Self {
        let mut reads = Self::default();
        for module in modules.filter(|one| matches!(one.kind, WorkerModuleKind::Esm | WorkerModuleKind::ServiceWorker))
        {
            reads.read(module.text);
        }
        reads
    }

    fn read(&mut self, text: &str) {
        self.rests.clear();
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
        // Twice: what a variable holds may stand below where it is used.
        self.visit_program(&parsed.program);
        self.visit_program(&parsed.program);
    }

    /// Whether an expression is what stands behind the origin of the request's address, or behind the path's first slash.
    fn is_rest(&self, expression: &Expression<'_>) -> bool {
        match expression.get_inner_expression() {
            Expression::Identifier(id) => self.rests.contains(id.name.as_str()),
            Expression::CallExpression(call) => is_cut(call),
            _ => false,
        }
    }

    fn takes(&mut self, argument: Option<&Argument<'_>>) {
        self.addresses |= argument.and_then(Argument::as_expression).is_some_and(|one| self.is_rest(one));
    }
}

/// `url.href.slice(…)`, `request.url.substring(…)`, `url.pathname.slice(1)`, `url.href.replace(url.origin + "/", "")`.
fn is_cut(call: &CallExpression<'_>) -> bool {
    let Expression::StaticMemberExpression(member) = &call.callee else { return false };
    let Expression::StaticMemberExpression(of) = member.object.get_inner_expression() else { return false };
    let first = call.arguments.first().and_then(Argument::as_expression);
    let cuts = matches!(member.property.name.as_str(), "slice" | "substring" | "substr");
    match of.property.name.as_str() {
        "href" | "url" if cuts => true,
        "href" | "url" => member.property.name == "replace" && first.is_some_and(names_origin),
        "pathname" => {
            let behind_slash =
                |one: &Expression<'_>| matches!(one, Expression::NumericLiteral(number) if number.value == 1.0);
            cuts && first.is_some_and(behind_slash)
        }
        _ => false,
    }
}

/// Whether an expression has `origin` of something in it.
fn names_origin(expression: &Expression<'_>) -> bool {
    match expression.get_inner_expression() {
        Expression::StaticMemberExpression(member) => member.property.name == "origin",
        Expression::BinaryExpression(sum) => names_origin(&sum.left) || names_origin(&sum.right),
        Expression::TemplateLiteral(template) => template.expressions.iter().any(names_origin),
        _ => false,
    }
}

/// Whether an expression is the headers of something.
fn is_headers(expression: &Expression<'_>) -> bool {
    let name = match expression.get_inner_expression() {
        Expression::StaticMemberExpression(member) => member.property.name.as_str(),
        Expression::Identifier(id) => id.name.as_str(),
        _ => "",
    };
    name.to_ascii_lowercase().ends_with("headers")
}

impl<'a> Visit<'a> for Reads {
    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let (BindingPattern::BindingIdentifier(id), Some(init)) = (&it.id, &it.init)
            && self.is_rest(init)
        {
            self.rests.insert(id.name.to_string());
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        let called = matches!(&it.callee, Expression::Identifier(id) if matches!(id.name.as_str(), "URL" | "Request"));
        // With an origin behind it, it is a path.
        let is_request = matches!(&it.callee, Expression::Identifier(id) if id.name == "Request");
        if called && (is_request || it.arguments.len() == 1) {
            self.takes(it.arguments.first());
        }
        walk::walk_new_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        match &it.callee {
            Expression::Identifier(id) if id.name == "fetch" => self.takes(it.arguments.first()),
            Expression::StaticMemberExpression(member) => {
                let first = match it.arguments.first() {
                    Some(Argument::StringLiteral(text)) => text.value.as_str(),
                    _ => "",
                };
                match member.property.name.as_str() {
                    "get" | "has" if first.contains('_') && is_headers(&member.object) => {
                        self.headers.insert(first.to_ascii_lowercase());
                    }
                    "startsWith" if first.starts_with("http") => self.addresses |= self.is_rest(&member.object),
                    _ => {}
                }
            }
            _ => {}
        }
        walk::walk_call_expression(self, it);
    }
}

#[cfg(test)]
mod tests {
    use super::Reads;

    fn reads(body: &str) -> Reads {
        let mut reads = Reads::default();
        reads.read(&format!(
            "export default {{ async fetch(request) {{ const url = new URL(request.url); {body} }} }};"
        ));
        reads
    }

    #[test]
    fn a_script_that_takes_an_address_out_of_the_path_is_known() {
        for body in [
            "const to = url.href.slice(url.origin.length + 1); return fetch(to);",
            "return fetch(request.url.substring(26), request);",
            "const to = url.pathname.slice(1); if (to.startsWith('https://')) return fetch(to);",
            "return fetch(new Request(url.pathname.substr(1), request));",
            "return Response.redirect(new URL(url.href.replace(url.origin + '/', '')), 302);",
            "return fetch(url.href.replace(`${url.origin}/`, ''));",
            "const go = () => fetch(rest); var rest = url.pathname.slice(1); return go();",
        ] {
            assert!(reads(body).addresses, "{body}");
        }
        for body in [
            "return fetch(url.href.replace('/old', '/new'));",
            "return new Response(url.pathname.slice(1));",
            "return fetch(new URL(url.pathname.slice(1), 'https://a.example.com'));",
            "return fetch(url.pathname.slice('/api'.length));",
            "const id = url.pathname.slice(1); return fetch(`https://a.example.com/${id}`);",
            "if (url.pathname.slice(1).startsWith('api')) return new Response('x');",
        ] {
            assert!(!reads(body).addresses, "{body}");
        }
    }

    #[test]
    fn a_variable_of_one_module_is_none_of_another() {
        let mut reads = Reads::default();
        reads.read("const to = url.pathname.slice(1);");
        reads.read("const to = 'https://a.example.com'; fetch(to);");
        assert!(!reads.addresses);
    }

    #[test]
    fn a_header_that_the_gateway_refuses_is_known() {
        let found = reads(
            "const { headers } = request; return new Response(request.headers.get('X_API_Key') + headers.has('a_b'));",
        );
        assert_eq!(found.headers.into_iter().collect::<Vec<_>>(), ["a_b", "x_api_key"]);
        assert!(
            reads("return new Response(request.headers.get('x-api-key') + url.searchParams.get('a_b'));")
                .headers
                .is_empty()
        );
    }
}
