//! What the text of a script says of the requests that it tells apart: literals, and what each is compared with.

use crate::patterns;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, BinaryExpression, BindingPattern, CallExpression, ComputedMemberExpression, Expression, NewExpression,
    ObjectExpression, PropertyKey, RegExpLiteral, StringLiteral, SwitchStatement, TemplateLiteral, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;
use std::collections::{BTreeMap, BTreeSet};

/// Longer texts are pages and messages.
const LONGEST: usize = 200;

/// A part of a request that a script reads.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Part {
    Method,
    Host,
    Path,
    /// By its name in small letters.
    Header(String),
    /// Of the query.
    Query(String),
    /// Of a form, or of what is not known.
    Field(String),
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Literals {
    /// Every text of a moderate length, in the order in which they stand.
    pub(crate) texts: Vec<String>,
    /// Texts that a part of a request is compared with.
    pub(crate) values: BTreeMap<Part, BTreeSet<String>>,
    /// Names of fields of objects that the script reads or writes.
    pub(crate) names: BTreeSet<String>,
    /// Texts that its regular expressions take.
    pub(crate) samples: Vec<String>,
    /// Whether it asks others.
    pub(crate) fetches: bool,
    /// Whether it goes on after its answer.
    pub(crate) waits: bool,
    /// Whether it opens sockets.
    pub(crate) sockets: bool,
    /// Whether it reads bodies.
    pub(crate) bodies: bool,
}

/// Reads scripts; what can't be parsed says nothing.
pub(crate) fn read(scripts: &[String]) -> Literals {
    let mut out = Literals::default();
    for text in scripts {
        let allocator = Allocator::default();
        let parsed = Parser::new(&allocator, text, SourceType::unambiguous()).parse();
        // Twice: what a variable holds may stand below where it is compared.
        let mut reading = Reading { out: &mut out, held: BTreeMap::new(), tables: BTreeMap::new() };
        reading.visit_program(&parsed.program);
        reading.visit_program(&parsed.program);
    }
    let mut seen = BTreeSet::new();
    out.texts.retain(|text| seen.insert(text.clone()));
    let mut seen = BTreeSet::new();
    out.samples.retain(|text| seen.insert(text.clone()));
    out
}

struct Reading<'o> {
    out: &'o mut Literals,
    /// Variable → the part of the request that it holds.
    held: BTreeMap<String, Part>,
    /// Variable → the keys of the object that it holds.
    tables: BTreeMap<String, Vec<String>>,
}

impl Reading<'_> {
    /// The part of the request that an expression is; texts made of it count as the part.
    fn part(&self, expression: &Expression<'_>) -> Option<Part> {
        match expression.get_inner_expression() {
            Expression::Identifier(id) => self.held.get(id.name.as_str()).cloned(),
            Expression::StaticMemberExpression(member) => match member.property.name.as_str() {
                "method" => Some(Part::Method),
                "hostname" | "host" => Some(Part::Host),
                "pathname" => Some(Part::Path),
                _ => self.part(&member.object),
            },
            Expression::CallExpression(call) => self.called(call),
            Expression::LogicalExpression(logical) => self.part(&logical.left),
            Expression::AwaitExpression(awaited) => self.part(&awaited.argument),
            Expression::ChainExpression(chain) => match &chain.expression {
                oxc_ast::ast::ChainElement::CallExpression(call) => self.called(call),
                oxc_ast::ast::ChainElement::StaticMemberExpression(member) => self.part(&member.object),
                _ => None,
            },
            Expression::ComputedMemberExpression(member) => self.part(&member.object),
            _ => None,
        }
    }

    fn called(&self, call: &CallExpression<'_>) -> Option<Part> {
        let Expression::StaticMemberExpression(member) = &call.callee else { return None };
        let first = call.arguments.first().and_then(Argument::as_expression);
        let name = first.and_then(|first| match first.get_inner_expression() {
            Expression::StringLiteral(text) => Some(text.value.to_string()),
            _ => None,
        });
        match (member.property.name.as_str(), name) {
            ("get" | "has" | "getAll", Some(name)) => Some(self.named(&member.object, name)),
            // What is cut out of a part, or written otherwise.
            _ => self.part(&member.object),
        }
    }

    /// What is read under a name: by the word behind which the name stands.
    fn named(&self, object: &Expression<'_>, name: String) -> Part {
        let of = match object.get_inner_expression() {
            Expression::StaticMemberExpression(member) => member.property.name.to_string(),
            Expression::Identifier(id) => id.name.to_string(),
            _ => String::new(),
        };
        let of = of.to_ascii_lowercase();
        if of.contains("header") {
            Part::Header(name.to_ascii_lowercase())
        } else if of.contains("param") || of.contains("query") || of == "search" {
            Part::Query(name)
        } else {
            Part::Field(name)
        }
    }

    fn read_part(&mut self, part: Option<Part>) {
        if let Some(part) = part {
            self.out.values.entry(part).or_default();
        }
    }

    fn compared(&mut self, part: Option<Part>, text: &str) {
        if let (Some(part), true) = (part, text.len() <= LONGEST) {
            self.out.values.entry(part).or_default().insert(text.to_owned());
        }
    }

    /// The keys of an object that stands here or that a variable holds; none of anything else.
    fn keys(&self, table: &Expression<'_>) -> Vec<String> {
        match table.get_inner_expression() {
            Expression::Identifier(id) => self.tables.get(id.name.as_str()).cloned().unwrap_or_default(),
            Expression::ObjectExpression(object) => keys(object),
            _ => Vec::new(),
        }
    }

    fn text(&mut self, text: &str) {
        if !text.is_empty() && text.len() <= LONGEST && !text.contains('\n') {
            self.out.texts.push(text.to_owned());
        }
    }

    fn sample(&mut self, part: Option<Part>, source: &str) {
        for sample in patterns::samples(source) {
            self.compared(part.clone(), &sample);
            self.out.samples.push(sample);
        }
    }
}

fn keys(object: &ObjectExpression<'_>) -> Vec<String> {
    let named = object.properties.iter().filter_map(|one| one.as_property());
    named.filter_map(|one| one.key.static_name()).map(|name| name.to_string()).collect()
}

fn literal<'e>(expression: &'e Expression<'_>) -> Option<&'e str> {
    match expression.get_inner_expression() {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        _ => None,
    }
}

impl<'a> Visit<'a> for Reading<'_> {
    fn visit_string_literal(&mut self, it: &StringLiteral<'a>) {
        self.text(&it.value);
    }

    fn visit_template_literal(&mut self, it: &TemplateLiteral<'a>) {
        for part in &it.quasis {
            if let Some(cooked) = &part.value.cooked {
                self.text(cooked);
            }
        }
        walk::walk_template_literal(self, it);
    }

    fn visit_reg_exp_literal(&mut self, it: &RegExpLiteral<'a>) {
        let source = it.regex.pattern.text.to_string();
        self.sample(None, &source);
    }

    fn visit_property_key(&mut self, it: &PropertyKey<'a>) {
        if let Some(name) = it.static_name() {
            self.out.names.insert(name.to_string());
        }
        walk::walk_property_key(self, it);
    }

    fn visit_static_member_expression(&mut self, it: &oxc_ast::ast::StaticMemberExpression<'a>) {
        self.out.names.insert(it.property.name.to_string());
        walk::walk_static_member_expression(self, it);
    }

    /// What is looked up in a table is compared with the table's keys.
    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        if let Some(part) = self.part(&it.expression) {
            self.keys(&it.object).iter().for_each(|key| self.compared(Some(part.clone()), key));
        }
        walk::walk_computed_member_expression(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let Some(init) = &it.init {
            if let (BindingPattern::BindingIdentifier(id), Expression::ObjectExpression(object)) =
                (&it.id, init.get_inner_expression())
            {
                self.tables.insert(id.name.to_string(), keys(object));
            }
            match (&it.id, self.part(init)) {
                (BindingPattern::BindingIdentifier(id), Some(part)) => {
                    self.held.insert(id.name.to_string(), part);
                }
                (BindingPattern::ArrayPattern(array), Some(part)) => {
                    for id in array.elements.iter().flatten().flat_map(|one| one.get_binding_identifiers()) {
                        self.held.insert(id.name.to_string(), part.clone());
                    }
                }
                (BindingPattern::ObjectPattern(object), _) => {
                    for property in &object.properties {
                        let part = match property.key.static_name().as_deref() {
                            Some("method") => Part::Method,
                            Some("hostname" | "host") => Part::Host,
                            Some("pathname") => Part::Path,
                            _ => continue,
                        };
                        for id in property.value.get_binding_identifiers() {
                            self.held.insert(id.name.to_string(), part.clone());
                        }
                    }
                }
                _ => {}
            }
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_binary_expression(&mut self, it: &BinaryExpression<'a>) {
        for (one, other) in [(&it.left, &it.right), (&it.right, &it.left)] {
            if let Some(text) = literal(other) {
                self.compared(self.part(one), text);
            }
        }
        walk::walk_binary_expression(self, it);
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        let part = self.part(&it.discriminant);
        for text in it.cases.iter().filter_map(|case| case.test.as_ref()).filter_map(literal) {
            self.compared(part.clone(), text);
        }
        walk::walk_switch_statement(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        if let Expression::Identifier(id) = &it.callee {
            match (id.name.as_str(), it.arguments.first().and_then(Argument::as_expression)) {
                ("WebSocketPair", _) => self.out.sockets = true,
                ("RegExp", Some(first)) => {
                    if let Some(source) = literal(first) {
                        let source = source.to_owned();
                        self.sample(None, &source);
                    }
                }
                _ => {}
            }
        }
        walk::walk_new_expression(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        match &it.callee {
            Expression::Identifier(id) if id.name == "fetch" => self.out.fetches = true,
            Expression::StaticMemberExpression(member) => {
                let first = it.arguments.first().and_then(Argument::as_expression);
                match member.property.name.as_str() {
                    "fetch" => self.out.fetches = true,
                    "waitUntil" => self.out.waits = true,
                    "json" | "formData" | "text" | "arrayBuffer" | "getReader" | "pipeThrough" => {
                        self.out.bodies = true;
                    }
                    "get" | "has" | "getAll" => self.read_part(self.called(it)),
                    "startsWith" | "endsWith" | "includes" | "indexOf" | "split" => {
                        if let Some(text) = first.and_then(literal) {
                            self.compared(self.part(&member.object), text);
                        }
                        // A list that holds what is looked for.
                        if let (Expression::ArrayExpression(list), Some(part)) =
                            (member.object.get_inner_expression(), first.and_then(|first| self.part(first)))
                        {
                            let texts = list.elements.iter().filter_map(|one| one.as_expression()).filter_map(literal);
                            let texts: Vec<String> = texts.map(str::to_owned).collect();
                            texts.iter().for_each(|text| self.compared(Some(part.clone()), text));
                        }
                    }
                    "match" | "replace" | "test" | "exec" => {
                        let regex = [Some(&member.object), first].into_iter().flatten().find_map(|one| {
                            match one.get_inner_expression() {
                                Expression::RegExpLiteral(regex) => Some(regex.regex.pattern.text.to_string()),
                                _ => None,
                            }
                        });
                        let part = self.part(&member.object).or_else(|| first.and_then(|first| self.part(first)));
                        if let Some(source) = regex {
                            self.sample(part, &source);
                        }
                    }
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
    use super::{Part, read};

    #[test]
    fn what_a_part_of_a_request_is_compared_with_is_known() {
        let script = r#"
            const isMobile = (ua) => /Mobile|Android/.test(ua);
            export default { async fetch(request, env, ctx) {
                const url = new URL(request.url), lang = request.headers.get("Accept-Language") ?? "en";
                const { pathname } = url;
                const kind = url.searchParams.get("kind");
                if (request.method === "DELETE" || kind === "old") return new Response("no");
                if (lang.startsWith("de")) return new Response("ja");
                if (["/a", "/b"].includes(pathname)) return fetch(request);
                switch (url.hostname) { case "x.example.com": return new Response(`/t/${kind}`); }
                ctx.waitUntil(later());
                if (pathname.match(/^\/item\/(\d+)$/)) return new Response("item");
            } };"#;
        let found = read(&[script.to_owned()]);
        let of = |part: Part| found.values.get(&part).map(|all| all.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(of(Part::Method).unwrap(), ["DELETE"]);
        assert_eq!(of(Part::Header("accept-language".to_owned())).unwrap(), ["de"]);
        assert_eq!(of(Part::Query("kind".to_owned())).unwrap(), ["old"]);
        assert_eq!(of(Part::Host).unwrap(), ["x.example.com"]);
        let paths = of(Part::Path).unwrap();
        assert!(paths.contains(&"/a") && paths.contains(&"/b"), "{paths:?}");
        assert!(paths.iter().any(|path| path.starts_with("/item/") && path.len() > 6), "{paths:?}");
        assert!(found.samples.iter().any(|sample| sample == "Mobile"), "{:?}", found.samples);
        assert!(found.fetches && found.waits && !found.sockets);
    }

    #[test]
    fn what_is_looked_up_in_a_table_is_compared_with_its_keys() {
        let script = r#"
            export default { fetch(request, env) {
                const [, name, field] = new URL(request.url).pathname.split("/");
                const plan = request.headers.get("X-Plan");
                const limit = { limits: env.LIMITS, "free-tier": 1 }[plan];
                return fetch(SERVICES[name] + limit + field[0]);
            } };
            const SERVICES = { users: "https://users.example.net", orders: "https://orders.example.net" };"#;
        let found = read(&[script.to_owned()]);
        let of = |part: Part| found.values[&part].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(of(Part::Path), ["/", "orders", "users"]);
        assert_eq!(of(Part::Header("x-plan".to_owned())), ["free-tier", "limits"]);
    }
}
