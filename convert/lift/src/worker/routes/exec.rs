//! Following a script's statements on every way that a request may take.

use super::atom::Atom;
use super::state::{Fits, State, Ways, unfit};
use super::value::{Callable, Value};
use oxc_ast::ast::{
    ArrowFunctionBody, BindingPattern, ForOfStatement, ForStatementLeft, FormalParameters, IfStatement, Statement,
    SwitchStatement, VariableDeclaration,
};

/// Ways through one script: more are no table that a gateway should hold.
const MOST: usize = 6000;
/// Calls inside of calls.
const DEEPEST: usize = 24;

/// What statements came to.
#[derive(Clone, Debug)]
pub(super) enum Flow<'a> {
    Next,
    Return(Value<'a>),
    Break,
    Continue,
}

/// One script being followed.
pub(super) struct Follow<'a> {
    /// What stands at the top of the script.
    pub(super) globals: Vec<(String, Value<'a>)>,
    /// The hosts that requests come to, where all of them are known by name.
    pub(super) hosts: Vec<String>,
    pub(super) depth: usize,
}

impl<'a> Follow<'a> {
    /// Statements one after the other.
    pub(super) fn block(&mut self, state: State<'a>, statements: &'a [Statement<'a>]) -> Fits<Ways<'a, Flow<'a>>> {
        let mut open = vec![(state, Flow::Next)];
        for statement in statements {
            let mut next = Vec::with_capacity(open.len());
            for (state, flow) in open {
                match flow {
                    Flow::Next => next.extend(self.statement(state, statement)?),
                    done => next.push((state, done)),
                }
            }
            if next.len() > MOST {
                return unfit(format!("it goes more than {MOST} ways"));
            }
            open = next;
        }
        Ok(open)
    }

    /// What is declared inside ends with it.
    fn scoped(&mut self, state: State<'a>, statements: &'a [Statement<'a>]) -> Fits<Ways<'a, Flow<'a>>> {
        let before = state.variables.len();
        let mut ways = self.block(state, statements)?;
        ways.iter_mut().for_each(|(state, _)| state.variables.truncate(before));
        Ok(ways)
    }

    fn statement(&mut self, state: State<'a>, statement: &'a Statement<'a>) -> Fits<Ways<'a, Flow<'a>>> {
        match statement {
            Statement::EmptyStatement(_) => Ok(vec![(state, Flow::Next)]),
            Statement::BlockStatement(block) => self.scoped(state, &block.body),
            Statement::ExpressionStatement(only) => {
                let ways = self.expression(state, &only.expression)?;
                Ok(ways.into_iter().map(|(state, _)| (state, Flow::Next)).collect())
            }
            Statement::VariableDeclaration(declaration) => self.declaration(state, declaration),
            Statement::ReturnStatement(returned) => match &returned.argument {
                None => Ok(vec![(state, Flow::Return(Value::Undefined))]),
                Some(argument) => {
                    let ways = self.expression(state, argument)?;
                    Ok(ways.into_iter().map(|(state, value)| (state, Flow::Return(value))).collect())
                }
            },
            Statement::IfStatement(decision) => self.decision(state, decision),
            Statement::SwitchStatement(switch) => self.switch(state, switch),
            Statement::ForOfStatement(each) => self.each(state, each),
            Statement::BreakStatement(it) if it.label.is_none() => Ok(vec![(state, Flow::Break)]),
            Statement::ContinueStatement(it) if it.label.is_none() => Ok(vec![(state, Flow::Continue)]),
            Statement::ThrowStatement(_) => unfit("it throws"),
            Statement::TryStatement(_) => unfit("it catches errors"),
            _ => unfit("it has a statement that no route can say"),
        }
    }

    fn decision(&mut self, state: State<'a>, decision: &'a IfStatement<'a>) -> Fits<Ways<'a, Flow<'a>>> {
        let mut out = Vec::new();
        for (state, yes) in self.test(state, &decision.test)? {
            let before = state.variables.len();
            let mut ways = match (yes, &decision.alternate) {
                (true, _) => self.statement(state, &decision.consequent)?,
                (false, Some(other)) => self.statement(state, other)?,
                (false, None) => vec![(state, Flow::Next)],
            };
            ways.iter_mut().for_each(|(state, _)| state.variables.truncate(before));
            out.extend(ways);
        }
        Ok(out)
    }

    fn switch(&mut self, state: State<'a>, switch: &'a SwitchStatement<'a>) -> Fits<Ways<'a, Flow<'a>>> {
        if switch.cases.iter().rev().skip(1).any(|case| case.test.is_none()) {
            return unfit("the `default` of a switch is not its last case");
        }
        let mut out = Vec::new();
        for (state, value) in self.expression(state, &switch.discriminant)? {
            let mut open = vec![state];
            for (at, case) in switch.cases.iter().enumerate() {
                let mut left = Vec::new();
                for state in std::mem::take(&mut open) {
                    let Some(test) = &case.test else {
                        out.extend(self.cases(state, switch, at)?);
                        continue;
                    };
                    for (state, wanted) in self.expression(state, test)? {
                        for (state, is) in self.equal(state, &value, &wanted)? {
                            if is { out.extend(self.cases(state, switch, at)?) } else { left.push(state) }
                        }
                    }
                }
                open = left;
            }
            out.extend(open.into_iter().map(|state| (state, Flow::Next)));
        }
        Ok(out)
    }

    /// A case and those that it falls through to.
    fn cases(&mut self, state: State<'a>, switch: &'a SwitchStatement<'a>, at: usize) -> Fits<Ways<'a, Flow<'a>>> {
        let before = state.variables.len();
        let mut open = vec![(state, Flow::Next)];
        for case in &switch.cases[at..] {
            let mut next = Vec::new();
            for (state, flow) in open {
                match flow {
                    Flow::Next => next.extend(self.block(state, &case.consequent)?),
                    done => next.push((state, done)),
                }
            }
            open = next;
        }
        let ends = |(mut state, flow): (State<'a>, Flow<'a>)| {
            state.variables.truncate(before);
            (state, if matches!(flow, Flow::Break) { Flow::Next } else { flow })
        };
        Ok(open.into_iter().map(ends).collect())
    }

    /// A loop over what is constant.
    fn each(&mut self, state: State<'a>, each: &'a ForOfStatement<'a>) -> Fits<Ways<'a, Flow<'a>>> {
        let ForStatementLeft::VariableDeclaration(declared) = &each.left else {
            return unfit("a loop changes a variable outside of it");
        };
        let Some(declarator) = declared.declarations.first() else { return unfit("a loop has no variable") };
        let mut out = Vec::new();
        for (state, list) in self.expression(state, &each.right)? {
            let items = super::calls::items(&list)?;
            let before = state.variables.len();
            let mut open = vec![(state, Flow::Next)];
            for item in items {
                let mut next = Vec::new();
                for (mut state, flow) in open {
                    if !matches!(flow, Flow::Next) {
                        next.push((state, flow));
                        continue;
                    }
                    bind(&mut state, &declarator.id, item.clone())?;
                    for (mut state, flow) in self.statement(state, &each.body)? {
                        state.variables.truncate(before);
                        next.push((state, if matches!(flow, Flow::Continue) { Flow::Next } else { flow }));
                    }
                }
                open = next;
            }
            let ends = |(state, flow)| (state, if matches!(flow, Flow::Break) { Flow::Next } else { flow });
            out.extend(open.into_iter().map(ends));
        }
        Ok(out)
    }

    pub(super) fn declaration(
        &mut self,
        state: State<'a>,
        declaration: &'a VariableDeclaration<'a>,
    ) -> Fits<Ways<'a, Flow<'a>>> {
        if declaration.kind.is_var() && self.depth > 0 && declaration.declarations.iter().any(|one| one.init.is_none())
        {
            return unfit("a `var` without a value");
        }
        let mut open = vec![state];
        for declarator in &declaration.declarations {
            let mut next = Vec::new();
            for state in open {
                let ways = match &declarator.init {
                    Some(init) => self.expression(state, init)?,
                    None => vec![(state, Value::Undefined)],
                };
                for (mut state, value) in ways {
                    bind(&mut state, &declarator.id, value)?;
                    next.push(state);
                }
            }
            open = next;
        }
        Ok(open.into_iter().map(|state| (state, Flow::Next)).collect())
    }

    /// Calls a function of the script. `local` says whether it sees the variables of where it is called: then it is written
    /// there.
    pub(super) fn call(
        &mut self,
        mut state: State<'a>,
        callable: Callable<'a>,
        arguments: Vec<Value<'a>>,
        local: bool,
    ) -> Fits<Ways<'a, Value<'a>>> {
        if self.depth >= DEEPEST {
            return unfit("its functions call each other too deep");
        }
        let (parameters, body): (&'a FormalParameters<'a>, &'a [Statement<'a>]) = match callable {
            Callable::Function(function) if function.generator => return unfit("it has a generator"),
            Callable::Function(function) => {
                let Some(body) = &function.body else { return unfit("a function has no body") };
                (&function.params, &body.statements)
            }
            Callable::Arrow(arrow) => match &arrow.body {
                ArrowFunctionBody::FunctionBody(body) => (&arrow.params, &body.statements),
                expression => {
                    let outer = if local { state.variables.clone() } else { std::mem::take(&mut state.variables) };
                    bind_all(&mut state, &arrow.params, arguments)?;
                    let Some(expression) = expression.as_expression() else { return unfit("a function has no body") };
                    self.depth += 1;
                    let ways = self.expression(state, expression);
                    self.depth -= 1;
                    return Ok(back(ways?, &outer, local));
                }
            },
        };
        let outer = if local { state.variables.clone() } else { std::mem::take(&mut state.variables) };
        bind_all(&mut state, parameters, arguments)?;
        self.depth += 1;
        let ways = self.block(state, body);
        self.depth -= 1;
        let returned = |(state, flow)| match flow {
            Flow::Return(value) => (state, value),
            _ => (state, Value::Undefined),
        };
        Ok(back(ways?.into_iter().map(returned).collect(), &outer, local))
    }

    /// Whether a value counts as true, on each way.
    pub(super) fn test(
        &mut self,
        state: State<'a>,
        expression: &'a oxc_ast::ast::Expression<'a>,
    ) -> Fits<Ways<'a, bool>> {
        let mut out = Vec::new();
        for (state, value) in self.expression(state, expression)? {
            out.extend(self.truth(state, &value)?);
        }
        Ok(out)
    }

    /// Both ways of a condition; the host is known where requests come to one alone.
    pub(super) fn fork(&self, state: State<'a>, atom: &Atom) -> Ways<'a, bool> {
        if let (Atom::Host(host), false) = (atom, self.hosts.is_empty()) {
            let covered = |known: &String| known == host || super::order::is_above(known, host);
            if !self.hosts.iter().any(covered) {
                return vec![(state, false)];
            }
            if self.hosts.len() == 1 && self.hosts[0] == *host {
                return vec![(state, true)];
            }
        }
        state.fork(atom)
    }
}

/// After a call: the variables of its caller, as the call left them where it is written there.
fn back<'a>(ways: Ways<'a, Value<'a>>, outer: &[(String, Value<'a>)], local: bool) -> Ways<'a, Value<'a>> {
    let restore = |(mut state, value): (State<'a>, Value<'a>)| {
        if local {
            state.variables.truncate(outer.len());
        } else {
            state.variables = outer.to_vec();
        }
        (state, value)
    };
    ways.into_iter().map(restore).collect()
}

fn bind_all<'a>(state: &mut State<'a>, parameters: &'a FormalParameters<'a>, arguments: Vec<Value<'a>>) -> Fits<()> {
    if parameters.rest.is_some() {
        return unfit("a function takes any number of arguments");
    }
    let mut arguments = arguments.into_iter();
    for parameter in &parameters.items {
        if parameter.initializer.is_some() {
            return unfit("a function has a default for an argument");
        }
        bind(state, &parameter.pattern, arguments.next().unwrap_or(Value::Undefined))?;
    }
    Ok(())
}

/// Gives the names of a pattern their values.
pub(super) fn bind<'a>(state: &mut State<'a>, pattern: &'a BindingPattern<'a>, value: Value<'a>) -> Fits<()> {
    match pattern {
        BindingPattern::BindingIdentifier(id) => state.variables.push((id.name.to_string(), value)),
        BindingPattern::ArrayPattern(list) if list.rest.is_none() => {
            let items = super::calls::items(&value)?;
            for (at, element) in list.elements.iter().enumerate() {
                if let Some(element) = element {
                    bind(state, element, items.get(at).cloned().unwrap_or(Value::Undefined))?;
                }
            }
        }
        BindingPattern::ObjectPattern(fields) if fields.rest.is_none() => {
            for property in &fields.properties {
                let Some(name) = property.key.static_name() else { return unfit("a field's name is computed") };
                let field = super::members::get(state, &value, &name)?;
                bind(state, &property.value, field)?;
            }
        }
        _ => return unfit("it takes values apart in a way that is not followed"),
    }
    Ok(())
}
