//! Terraform's expressions, as far as a configuration alone says what they are; the rest is open.

use super::text::text;
use super::modules::{ModuleId, Modules, attribute, check_nesting, entries};
use crate::open::{OpenKind, is_open};
use crate::project::TOO_MUCH;
use hcl::Expression;
use hcl::expr::{BinaryOperator, FuncCall, ObjectKey, Operation, Traversal, TraversalOperator, UnaryOperator};
use hcl::template::{Directive, Element, Template};
use serde_json::{Map, Value as Json};
use std::path::PathBuf;
use std::str::FromStr as _;

/// Expressions evaluated in a project.
const MOST: u32 = 2_000_000;

type Scope<'s> = Option<&'s Map<String, Json>>;

impl Modules<'_> {
    /// The value of an expression in a module, with the variables of a loop or template in `scope`.
    pub fn value(&self, module: ModuleId, expression: &Expression, scope: Scope<'_>) -> Json {
        self.eval(module, expression, scope, 0)
    }

    fn eval(&self, module: ModuleId, expression: &Expression, scope: Scope<'_>, depth: usize) -> Json {
        let steps = self.steps.get().saturating_add(1);
        self.steps.set(steps);
        if depth > 100 || steps > MOST {
            return self.leave_open(module, "an expression that nests too deep", OpenKind::Expression);
        }
        if self.place.root.is_expanded() {
            return self.leave_open(module, TOO_MUCH, OpenKind::Expression);
        }
        let made = self.made(module, expression, scope, depth);
        // What a list or an object holds was counted when it was made.
        match expression {
            Expression::Array(_) | Expression::Object(_) => made,
            _ => self.within(module, made),
        }
    }

    /// A value within the budget of the project.
    fn within(&self, module: ModuleId, made: Json) -> Json {
        let within = self.place.root.expanded(made);
        within.unwrap_or_else(|| self.leave_open(module, TOO_MUCH, OpenKind::Expression))
    }

    fn made(&self, module: ModuleId, expression: &Expression, scope: Scope<'_>, depth: usize) -> Json {
        let eval = |inner: &Expression| self.eval(module, inner, scope, depth + 1);
        match expression {
            Expression::Null => Json::Null,
            Expression::Bool(value) => Json::from(*value),
            Expression::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or_default(),
            Expression::String(text) => Json::from(text.as_str()),
            Expression::Array(items) => items.iter().map(eval).collect(),
            Expression::Object(object) => {
                let key = |key: &ObjectKey| match key {
                    ObjectKey::Identifier(name) => name.to_string(),
                    ObjectKey::Expression(inner) => text(&eval(inner)),
                    _ => String::new(),
                };
                object.iter().map(|(name, value)| (key(name), eval(value))).collect::<Map<_, _>>().into()
            }
            Expression::TemplateExpr(template) => match Template::from_expr(template) {
                Ok(parsed) => self.template(module, &parsed, scope, depth),
                Err(_) => Json::from(template.to_string()),
            },
            Expression::Variable(name) => {
                scope.and_then(|scope| scope.get(name.as_str())).cloned().unwrap_or_else(|| Json::from(name.as_str()))
            }
            Expression::Traversal(traversal) => self.traverse(module, traversal, scope, depth),
            Expression::FuncCall(call) => self.call(module, call, scope, depth),
            Expression::Parenthesis(inner) => eval(inner),
            Expression::Conditional(choice) => match eval(&choice.cond_expr) {
                Json::Bool(true) => eval(&choice.true_expr),
                Json::Bool(false) => eval(&choice.false_expr),
                _ => self.leave_open(module, &shown(expression), OpenKind::Condition),
            },
            Expression::Operation(operation) => {
                let value = match &**operation {
                    Operation::Unary(unary) => match (unary.operator, eval(&unary.expr)) {
                        (UnaryOperator::Not, Json::Bool(value)) => Some(Json::from(!value)),
                        _ => None,
                    },
                    Operation::Binary(binary) => {
                        compute(binary.operator, &eval(&binary.lhs_expr), &eval(&binary.rhs_expr))
                    }
                };
                value.unwrap_or_else(|| self.leave_open(module, &shown(expression), OpenKind::Expression))
            }
            Expression::ForExpr(each) => self.each(module, each, scope, depth),
            _ => self.leave_open(module, &shown(expression), OpenKind::Expression),
        }
    }

    /// A text with `${…}` and `%{…}` in it. One that is a single expression keeps that one's type.
    fn template(&self, module: ModuleId, template: &Template, scope: Scope<'_>, depth: usize) -> Json {
        if let [Element::Interpolation(only)] = template.elements() {
            return self.eval(module, &only.expr, scope, depth + 1);
        }
        let mut out = String::new();
        for element in template.elements() {
            match element {
                Element::Literal(literal) => out.push_str(literal),
                Element::Interpolation(inner) => out.push_str(&text(&self.eval(module, &inner.expr, scope, depth + 1))),
                Element::Directive(directive) => {
                    out.push_str(&text(&self.directive(module, directive, scope, depth + 1)));
                }
            }
        }
        Json::from(out)
    }

    fn directive(&self, module: ModuleId, directive: &Directive, scope: Scope<'_>, depth: usize) -> Json {
        match directive {
            Directive::If(choice) => match self.eval(module, &choice.cond_expr, scope, depth) {
                Json::Bool(true) => self.template(module, &choice.true_template, scope, depth),
                Json::Bool(false) => {
                    let other = choice.false_template.as_ref();
                    other.map_or_else(|| Json::from(""), |other| self.template(module, other, scope, depth))
                }
                _ => self.leave_open(module, &shown(&choice.cond_expr), OpenKind::Condition),
            },
            Directive::For(each) => {
                let all = self.eval(module, &each.collection_expr, scope, depth);
                if all.as_str().is_some_and(is_open) {
                    return all;
                }
                let mut out = String::new();
                for (key, value) in pairs(&all) {
                    let Some(inner) = self.inner(scope, &each.key_var, key, &each.value_var, value) else {
                        return self.leave_open(module, TOO_MUCH, OpenKind::Expression);
                    };
                    out.push_str(&text(&self.template(module, &each.template, Some(&inner), depth)));
                }
                Json::from(out)
            }
        }
    }

    fn each(&self, module: ModuleId, each: &hcl::expr::ForExpr, scope: Scope<'_>, depth: usize) -> Json {
        let all = self.eval(module, &each.collection_expr, scope, depth + 1);
        if all.as_str().is_some_and(is_open) {
            return all;
        }
        let (mut list, mut map) = (Vec::new(), Map::new());
        for (key, value) in pairs(&all) {
            let Some(inner) = self.inner(scope, &each.key_var, key, &each.value_var, value) else {
                return self.leave_open(module, TOO_MUCH, OpenKind::Expression);
            };
            let eval = |expression: &Expression| self.eval(module, expression, Some(&inner), depth + 1);
            if each.cond_expr.as_ref().is_some_and(|condition| eval(condition) == Json::Bool(false)) {
                continue;
            }
            let value = eval(&each.value_expr);
            match &each.key_expr {
                Some(key) => {
                    map.insert(text(&eval(key)), value);
                }
                None => list.push(value),
            }
        }
        if each.key_expr.is_some() { map.into() } else { list.into() }
    }

    /// The variables inside a loop, within the budget of the project.
    fn inner(
        &self,
        scope: Scope<'_>,
        key_var: &Option<hcl::Identifier>,
        key: Json,
        value_var: &hcl::Identifier,
        value: Json,
    ) -> Option<Map<String, Json>> {
        let mut inner = scope.cloned().unwrap_or_default();
        inner.extend(key_var.as_ref().map(|name| (name.to_string(), key)));
        inner.insert(value_var.to_string(), value);
        match self.place.root.expanded(inner.into())? {
            Json::Object(inner) => Some(inner),
            _ => None,
        }
    }

    fn traverse(&self, module: ModuleId, traversal: &Traversal, scope: Scope<'_>, depth: usize) -> Json {
        let Expression::Variable(root) = &traversal.expr else {
            let value = self.eval(module, &traversal.expr, scope, depth + 1);
            return self.walk(module, value, &traversal.operators, scope, depth, "an expression");
        };
        if let Some(value) = scope.and_then(|scope| scope.get(root.as_str())) {
            return self.walk(module, value.clone(), &traversal.operators, scope, depth, root.as_str());
        }
        let names: Vec<&str> = traversal
            .operators
            .iter()
            .map_while(|operator| match operator {
                TraversalOperator::GetAttr(name) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let whole = std::iter::once(root.as_str()).chain(names.iter().copied()).collect::<Vec<_>>().join(".");
        let (value, used) = match (root.as_str(), names.as_slice()) {
            ("var", [name, ..]) => (self.variable(module, name, depth), 1),
            ("local", [name, ..]) => (self.local(module, name, depth), 1),
            ("path", [name, ..]) => (self.path(module, name), 1),
            ("module", [call, output, ..]) => (self.output(module, call, output, depth), 2),
            ("data", [kind, name, part, ..]) => (self.data(module, kind, name, part, depth), 3),
            (kind, [name, rest @ ..]) => {
                let index = traversal.operators.get(1).filter(|_| rest.is_empty());
                let key = match index {
                    Some(TraversalOperator::Index(key)) => Some(text(&self.eval(module, key, scope, depth + 1))),
                    _ => None,
                };
                let attribute = rest.first().copied().or_else(|| match traversal.operators.get(2) {
                    Some(TraversalOperator::GetAttr(name)) if key.is_some() => Some(name.as_str()),
                    _ => None,
                });
                let found = self.resource(module, (kind, name), key.as_deref(), attribute.unwrap_or_default(), depth);
                (found, if key.is_some() { 3 } else { 2 })
            }
            _ => (self.leave_open(module, &whole, OpenKind::Expression), traversal.operators.len()),
        };
        let rest = traversal.operators.get(used..).unwrap_or_default();
        self.walk(module, value, rest, scope, depth, &whole)
    }

    fn walk(
        &self,
        module: ModuleId,
        mut value: Json,
        operators: &[TraversalOperator],
        scope: Scope<'_>,
        depth: usize,
        name: &str,
    ) -> Json {
        for operator in operators {
            if value.as_str().is_some_and(is_open) {
                return value;
            }
            let next = match operator {
                TraversalOperator::GetAttr(name) => value.get(name.as_str()).cloned(),
                TraversalOperator::Index(key) => match self.eval(module, key, scope, depth + 1) {
                    Json::Number(at) => at.as_u64().and_then(|at| value.get(at as usize).cloned()),
                    key => value.get(text(&key)).cloned(),
                },
                TraversalOperator::LegacyIndex(at) => value.get(*at as usize).cloned(),
                _ => None,
            };
            value = match next {
                Some(next) => next,
                None => return self.leave_open(module, name, OpenKind::Expression),
            };
        }
        value
    }

    /// Looks something up once; while it is looked for, it is open, so that a circle ends.
    fn once(&self, module: ModuleId, name: &str, kind: OpenKind, find: impl FnOnce() -> Option<Json>) -> Json {
        let key = (module, name.to_owned());
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let open = self.leave_open(module, name, kind);
        self.known.borrow_mut().insert(key.clone(), open.clone());
        let found = find().unwrap_or(open);
        self.known.borrow_mut().insert(key, found.clone());
        found
    }

    fn variable(&self, module: ModuleId, name: &str, depth: usize) -> Json {
        let own = &self.all[module];
        let full = format!("var.{name}");
        let given = self.place.given.value(&[&format!("{}{full}", own.prefix), &full, name]).cloned();
        let value = self.once(module, &full, OpenKind::Parameter, || {
            given
                .or_else(|| {
                    let (caller, body) = own.caller.as_ref()?;
                    Some(self.eval(*caller, attribute(body, name)?, None, depth + 1))
                })
                .or_else(|| Some(self.eval(module, own.values.get(name)?, None, depth + 1)))
                .or_else(|| {
                    let (_, block) = own.blocks("variable", &[name]).next()?;
                    Some(self.eval(module, attribute(block.body(), "default")?, None, depth + 1))
                })
        });
        let sensitive = own.blocks("variable", &[name]).next().and_then(|(_, block)| attribute(block.body(), "sensitive"));
        self.place.root.fill_in(name, &value, sensitive.is_some_and(|expression| matches!(expression, Expression::Bool(true))));
        value
    }

    fn local(&self, module: ModuleId, name: &str, depth: usize) -> Json {
        let full = format!("local.{name}");
        let value = self.once(module, &full, OpenKind::Expression, || {
            let own = &self.all[module];
            let expression = own.blocks("locals", &[]).find_map(|(_, block)| attribute(block.body(), name))?;
            Some(self.eval(module, expression, None, depth + 1))
        });
        self.place.root.fill_in(name, &value, false);
        value
    }

    fn path(&self, module: ModuleId, name: &str) -> Json {
        let folder = if name == "module" { &self.all[module].folder } else { &self.all[0].folder };
        // Whole, as a relative one would be taken from the outermost folder once more.
        let whole = crate::files::real_or_same(folder);
        Json::from(whole.display().to_string())
    }

    fn output(&self, module: ModuleId, call: &str, output: &str, depth: usize) -> Json {
        let full = format!("module.{call}.{output}");
        self.once(module, &full, OpenKind::Attribute, || {
            let child = *self.all[module].calls.get(call)?;
            let (_, block) = self.all[child].blocks("output", &[output]).next()?;
            Some(self.eval(child, attribute(block.body(), "value")?, None, depth + 1))
        })
    }

    /// `data.local_file.x.content` and `data.template_file.x.rendered`; all else is looked up at deployment.
    fn data(&self, module: ModuleId, kind: &str, name: &str, part: &str, depth: usize) -> Json {
        let full = format!("data.{kind}.{name}.{part}");
        self.once(module, &full, OpenKind::Lookup, || {
            let (_, block) = self.all[module].blocks("data", &[kind, name]).next()?;
            let own = |name: &str| Some(self.eval(module, attribute(block.body(), name)?, None, depth + 1));
            match (kind, part) {
                ("local_file", "content") => self.file(module, &text(&own("filename")?)).map(Json::from),
                ("template_file", "rendered") => {
                    let scope = own("vars").unwrap_or_default();
                    self.rendered(module, &text(&own("template")?), scope.as_object(), depth)
                }
                _ => None,
            }
        })
    }

    /// An attribute of a resource: what its block says, or for ids of AppSync's own resources the address.
    fn resource(
        &self,
        module: ModuleId,
        (kind, name): (&str, &str),
        key: Option<&str>,
        part: &str,
        depth: usize,
    ) -> Json {
        let own = &self.all[module];
        let address = match key {
            Some(key) => format!("{}{kind}.{name}[{key}]", own.prefix),
            None => format!("{}{kind}.{name}", own.prefix),
        };
        let is_own = super::kind(kind).is_some();
        if is_own && matches!(part, "function_id" | "id" | "arn") {
            return Json::from(address);
        }
        let full = format!("{kind}.{name}{}.{part}", key.map_or(String::new(), |key| format!("[{key}]")));
        self.once(module, &full, OpenKind::Attribute, || {
            let (_, block) = own.blocks("resource", &[kind, name]).next()?;
            let scope = attribute(block.body(), "for_each").and_then(|all| {
                let all = self.eval(module, all, None, depth + 1);
                let value = entries(&all).into_iter().find(|(own, _)| Some(own.as_str()) == key)?.1;
                serde_json::json!({"each": {"key": key, "value": value}}).as_object().cloned()
            });
            if let Some(expression) = attribute(block.body(), part) {
                return Some(self.eval(module, expression, scope.as_ref(), depth + 1));
            }
            // `content` of a file that Terraform writes, blocks such as `dynamodb_config`, and names that AWS makes up.
            let inner = block.body().blocks().find(|inner| inner.identifier() == part)?;
            Some(Json::Array(vec![self.body(module, inner.body(), scope.as_ref())]))
        })
    }

    fn call(&self, module: ModuleId, call: &FuncCall, scope: Scope<'_>, depth: usize) -> Json {
        let args: Vec<Json> = call.args.iter().map(|arg| self.eval(module, arg, scope, depth + 1)).collect();
        let name = call.name.name.as_str();
        let first = args.first().map(text).unwrap_or_default();
        let found = match name {
            _ if is_open(&first) => None,
            "file" => self.file(module, &first).map(Json::from),
            // As Terraform: "cannot recursively call templatefile from inside templatefile".
            "templatefile" if self.filling.get() => None,
            "templatefile" => self
                .file(module, &first)
                .and_then(|template| self.rendered(module, &template, args.get(1).and_then(Json::as_object), depth)),
            "fileexists" => Some(Json::from(self.place.root.has(&self.at(module, &first)))),
            "join" | "replace" if !self.may_grow(&args) => Some(self.leave_open(module, TOO_MUCH, OpenKind::Expression)),
            "try" | "coalesce" => args.iter().find(|arg| !arg.is_null() && arg.as_str() != Some("")).cloned(),
            _ => super::functions::call(name, &args),
        };
        found.unwrap_or_else(|| {
            let whole = Expression::from(call.clone());
            self.leave_open(module, &shown(&whole), OpenKind::Expression)
        })
    }

    /// Whether texts may be put together: a long separator between many items, or a long text in many places.
    fn may_grow(&self, args: &[Json]) -> bool {
        match args {
            [separator, Json::Array(items)] => self.place.root.may_join(items.len(), text(separator).len()),
            [Json::String(whole), _, Json::String(to)] => self.place.root.may_join(whole.len() + 1, to.len()),
            _ => true,
        }
    }

    fn at(&self, module: ModuleId, path: &str) -> PathBuf {
        // Terraform resolves them from the working directory, which is the outermost module's folder.
        let own = self.all[0].folder.join(path);
        if own.exists() { own } else { self.all[module].folder.join(path) }
    }

    fn file(&self, module: ModuleId, path: &str) -> Option<String> {
        self.place.root.text(&self.at(module, path)).ok()
    }

    fn rendered(
        &self,
        module: ModuleId,
        template: &str,
        scope: Option<&Map<String, Json>>,
        depth: usize,
    ) -> Option<Json> {
        // It is read anew each time, also in a loop.
        self.steps.set(self.steps.get().saturating_add(u32::try_from(template.len()).unwrap_or(u32::MAX) / 8 + 200));
        if self.steps.get() > MOST {
            return None;
        }
        check_nesting(template).ok()?;
        let parsed = Template::from_str(template).ok()?;
        let none = Map::new();
        self.filling.set(true);
        let whole = self.template(module, &parsed, Some(scope.unwrap_or(&none)), depth + 1);
        self.filling.set(false);
        Some(Json::from(text(&whole)))
    }
}

/// The items of a list or map, with their keys.
fn pairs(json: &Json) -> Vec<(Json, Json)> {
    match json {
        Json::Array(items) => items.iter().enumerate().map(|(at, item)| (Json::from(at), item.clone())).collect(),
        Json::Object(map) => map.iter().map(|(key, value)| (Json::from(key.as_str()), value.clone())).collect(),
        _ => Vec::new(),
    }
}

/// An expression for a reader, on one line.
fn shown(expression: &Expression) -> String {
    let text = hcl::format::to_string(expression).unwrap_or_default();
    let line = crate::source::one_line(&text);
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn compute(operator: BinaryOperator, left: &Json, right: &Json) -> Option<Json> {
    if [left, right].into_iter().any(|side| side.as_str().is_some_and(is_open)) {
        return None;
    }
    Some(match (operator, left, right) {
        (BinaryOperator::Eq, ..) => Json::from(left == right),
        (BinaryOperator::NotEq, ..) => Json::from(left != right),
        (BinaryOperator::And, Json::Bool(left), Json::Bool(right)) => Json::from(*left && *right),
        (BinaryOperator::Or, Json::Bool(left), Json::Bool(right)) => Json::from(*left || *right),
        _ => return None,
    })
}
