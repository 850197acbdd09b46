//! The skeleton that every refusal has: generated guards, of which a second, naive reading knows the deciding terms, must be
//! told by exactly these, with both values and their places.

use crate::support::files::folder;
use crate::support::generator::Generator;
use serde_json::{Map, Value as Json, json};
use vtl_eval::appsync::{AuthType, Given};
use vtl_eval::code::Code;
use vtl_eval::explain::{Explanation, Question, Subject, explain};
use vtl_eval::resolver::{Answers, LoadOptions, load};
use vtl_eval::source::Source;
use vtl_eval::syntax::parse;
use vtl_eval::trace::Verdict;
use vtl_eval::value::Value;

/// A term, and what it looks at: a member of the context with a name of its own, and its value.
struct Atom {
    text: String,
    holds: bool,
    /// The place's last name, and the value as a sentence shows it.
    tells: (String, String),
}

enum Guard {
    Atom(usize),
    Not(Box<Guard>),
    All(Box<(Guard, Guard)>),
    Any(Box<(Guard, Guard)>),
}

/// A generated template with what it reads.
struct Made {
    generator: Generator,
    atoms: Vec<Atom>,
    args: Map<String, Json>,
    row: Map<String, Json>,
    claims: Map<String, Json>,
}

impl Made {
    fn new(seed: u64) -> Self {
        let sub = json!("sub-0");
        let claims = Map::from_iter([("sub".to_owned(), sub), ("token_use".to_owned(), json!("id"))]);
        Self { generator: Generator::new(seed), atoms: Vec::new(), args: Map::new(), row: Map::new(), claims }
    }

    fn atom(&mut self) -> Guard {
        let at = self.atoms.len();
        let (holds, name, value) = (self.generator.next(2) == 0, format!("part{at}"), format!("value{at}"));
        let other = format!("other{at}");
        let sent = if holds { &value } else { &other };
        let tells = (name.clone(), format!("\"{sent}\""));
        let (text, tells) = match self.generator.next(6) {
            0 => {
                self.args.insert(name.clone(), json!(sent));
                (format!("$ctx.args.{name} == \"{value}\""), tells)
            }
            1 => {
                self.row.insert(name.clone(), json!(sent));
                self.claims.insert(format!("custom:{name}"), json!(value));
                (format!("$ctx.result.{name} == $ctx.identity.claims.get(\"custom:{name}\")"), tells)
            }
            2 => {
                self.row.insert(name.clone(), json!([sent, "more"]));
                (format!("$ctx.result.{name}.contains(\"{value}\")"), tells)
            }
            3 => {
                let given = if holds { Json::Null } else { json!(other) };
                let shown = given.to_string();
                self.args.insert(name.clone(), given);
                (format!("$util.isNull($ctx.args.{name})"), (name, shown))
            }
            4 => {
                self.args.insert(name.clone(), json!(holds));
                (format!("$ctx.args.{name}"), (name, holds.to_string()))
            }
            _ => {
                let number = 10 + at as i64 + if holds { 100 } else { 0 };
                self.row.insert(name.clone(), json!(number));
                (format!("$ctx.result.{name} > 99"), (name, number.to_string()))
            }
        };
        self.atoms.push(Atom { text, holds, tells });
        Guard::Atom(at)
    }

    fn guard(&mut self, depth: usize) -> Guard {
        match self.generator.next(if depth == 0 { 1 } else { 4 }) {
            0 => self.atom(),
            1 => Guard::Not(Box::new(self.guard(depth - 1))),
            2 => Guard::All(Box::new((self.guard(depth - 1), self.guard(depth - 1)))),
            _ => Guard::Any(Box::new((self.guard(depth - 1), self.guard(depth - 1)))),
        }
    }

    fn text(&self, guard: &Guard) -> String {
        match guard {
            Guard::Atom(at) => self.atoms[*at].text.clone(),
            Guard::Not(inner) => format!("!({})", self.text(inner)),
            Guard::All(sides) => format!("({} && {})", self.text(&sides.0), self.text(&sides.1)),
            Guard::Any(sides) => format!("({} || {})", self.text(&sides.0), self.text(&sides.1)),
        }
    }

    fn holds(&self, guard: &Guard) -> bool {
        match guard {
            Guard::Atom(at) => self.atoms[*at].holds,
            Guard::Not(inner) => !self.holds(inner),
            Guard::All(sides) => self.holds(&sides.0) && self.holds(&sides.1),
            Guard::Any(sides) => self.holds(&sides.0) || self.holds(&sides.1),
        }
    }

    /// The naive reading: of a conjunction that failed the first part that did, of a disjunction that held the first that did.
    fn deciding(&self, guard: &Guard, found: &mut Vec<usize>) {
        match guard {
            Guard::Atom(at) => found.push(*at),
            Guard::Not(inner) => self.deciding(inner, found),
            Guard::All(sides) | Guard::Any(sides) => {
                let all = matches!(guard, Guard::All(_));
                match (self.holds(&sides.0) == all, self.holds(&sides.1) == all) {
                    (false, _) => self.deciding(&sides.0, found),
                    (true, false) => self.deciding(&sides.1, found),
                    (true, true) => {
                        self.deciding(&sides.0, found);
                        self.deciding(&sides.1, found);
                    }
                }
            }
        }
    }

    /// A template that refuses by this guard, and the line of the refusal.
    fn template(&mut self, guard: &Guard) -> (String, u32) {
        let text = self.text(guard);
        let held = self.holds(guard);
        let (refuses, grants) =
            if held { (text.clone(), format!("!({text})")) } else { (format!("!({text})"), text.clone()) };
        match self.generator.next(8) {
            0 => (format!("#if({refuses})\n$util.unauthorized()\n#end\n{{}}"), 2),
            1 => (
                format!(
                    "#set($ok = false)\n#if({grants})\n#set($ok = true)\n#end\n#if(!$ok)\n$util.unauthorized()\n#end\n{{}}"
                ),
                6,
            ),
            2 => (format!("#set($ok = {grants})\n#if(!$ok)\n$util.unauthorized()\n#end\n{{}}"), 3),
            3 => (format!("#if({grants})\n{{}}\n#else\n$util.unauthorized()\n#end"), 4),
            6 => (
                format!(
                    "#set($ok = false)\n#foreach($it in [\"a\", \"b\"])\n#if($it == \"b\" && ({grants}))\n#set($ok = true)\n#end\n#end\n#if(!$ok)\n$util.unauthorized()\n#end\n{{}}"
                ),
                8,
            ),
            4 => (format!("#if({grants})\n#return({{}})\n#end\n$util.unauthorized()"), 4),
            5 => (
                format!(
                    "#set($may = {{}})\n#set($ok = {grants})\n$util.qr($may.put(\"it\", $ok))\n#if(!$may.it)\n$util.error(\"no\", \"Unauthorized\")\n#end\n{{}}"
                ),
                5,
            ),
            _ => (
                format!(
                    "#set($list = [])\n#if({grants})\n$util.qr($list.add(\"it\"))\n#end\n#if($list.isEmpty())\n$util.unauthorized()\n#end\n{{}}"
                ),
                6,
            ),
        }
    }

    /// Two templates of a pipeline: the first puts into the stash what the second refuses by, in its line 2.
    fn steps(&mut self, guard: &Guard) -> (String, String) {
        let text = self.text(guard);
        let grants = if self.holds(guard) { format!("!({text})") } else { text };
        let first = match self.generator.next(3) {
            0 => format!("#set($ok = {grants})\n$util.qr($ctx.stash.put(\"may\", $ok))\n{{}}"),
            1 => format!(
                "#set($ok = false)\n#if({grants})\n#set($ok = true)\n#end\n$util.qr($ctx.stash.put(\"may\", $ok))\n{{}}"
            ),
            _ => format!("#if({grants})\n$util.qr($ctx.stash.put(\"may\", true))\n#end\n{{}}"),
        };
        (first, "#if(!$ctx.stash.may)\n$util.unauthorized()\n#end\n{}".to_owned())
    }

    fn given(&self) -> Given {
        let identity = json!({"sub": "sub-0", "username": "sub-0", "claims": self.claims});
        let context = json!({"arguments": self.args, "result": self.row, "identity": identity, "stash": {}});
        let members = Value::from(&context).as_map().unwrap().clone();
        Given { auth_type: AuthType::parse("User Pool Authorization"), ..Given::new(members) }
    }

    fn explained(&self, template: &str) -> Explanation {
        let given = self.given();
        let program =
            parse(&Source::new("made.vtl", template)).unwrap_or_else(|error| panic!("{template}: {}", error.message));
        explain(Subject::Template(&program.into()), &given, &Question::default()).unwrap()
    }
}

/// The first lines: the first finding, and why the statement ran where that does not tell it.
fn first_lines(explained: &Explanation) -> String {
    let decided = explained.why.as_ref().and_then(|why| why.decided.as_ref());
    let first = explained.hints().first();
    format!(
        "{}\n{}",
        first.map_or(String::new(), |hint| hint.message.to_string()),
        decided.map_or(String::new(), |decided| decided.message.to_string())
    )
}

#[test]
fn the_first_lines_tell_the_deciding_terms_and_no_others() {
    let (mut wrong, mut told) = (Vec::new(), 0);
    for seed in 0..1_500 {
        let mut made = Made::new(seed);
        let guard = made.guard(3);
        let (template, line) = made.template(&guard);
        let explained = made.explained(&template);
        let mut deciding = Vec::new();
        made.deciding(&guard, &mut deciding);
        let lines = first_lines(&explained);
        let mut lacks = Vec::new();
        if explained.verdict != Verdict::Denied {
            lacks.push(format!("verdict {}", explained.verdict));
        }
        if !lines.contains(&format!("line {line}")) {
            lacks.push(format!("line {line}"));
        }
        for atom in deciding.iter().take(3).map(|at| &made.atoms[*at]) {
            told += 1;
            if !lines.contains(&atom.tells.0) || !lines.contains(&atom.tells.1) {
                lacks.push(format!("{} is {}", atom.tells.0, atom.tells.1));
            }
        }
        // The first finding is of a deciding term.
        if let Some(path) = explained.hints().first().and_then(|hint| hint.path.as_deref()) {
            let name = path.rsplit(['.', ':']).next().unwrap_or(path).trim_end_matches(['"', ']', '[', '0', '1']);
            let of = |at: &usize| made.atoms[*at].tells.0.starts_with(name) || path.contains(&made.atoms[*at].tells.0);
            if explained.hints()[0].code != Code::UnconditionalRefusal && !deciding.iter().any(of) {
                lacks.push(format!("a deciding term, not {path}"));
            }
        }
        if !lacks.is_empty() {
            wrong.push(format!("seed {seed}: {template}\n  lacks {}\n  says {lines}", lacks.join(", ")));
        }
    }
    assert!(told > 2_000, "only {told} terms");
    assert!(
        wrong.is_empty(),
        "{} of 1500: {}",
        wrong.len(),
        wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn what_a_step_before_put_into_the_stash_is_told_by_its_own_terms() {
    let manifest = json!({"pipelines": {"Query.f": {"kind": "PIPELINE", "functions": [
        {"name": "a", "slot": "auth", "index": 0, "dataSource": {"name": "NONE", "type": "NONE"}, "request": {"file": "a.vtl"}},
        {"name": "b", "slot": "main", "index": 1, "dataSource": {"name": "NONE", "type": "NONE"}, "request": {"file": "b.vtl"}},
    ]}}});
    let (mut wrong, mut told) = (Vec::new(), 0);
    for seed in 0..300 {
        let mut made = Made::new(seed);
        let guard = made.guard(3);
        let (first, second) = made.steps(&guard);
        // A request template of a pipeline has no row yet.
        let first = first.replace("$ctx.result.", "$ctx.source.");
        let files =
            [("manifest.json", manifest.to_string()), ("resolvers/a.vtl", first.clone()), ("resolvers/b.vtl", second)];
        let folder = folder("steps", &files.each_ref().map(|(name, text)| (*name, text.as_str())));
        let project = load(&folder.join("manifest.json"), &LoadOptions::default()).unwrap();
        let subject = Subject::Resolver(&project.by_field["Query.f"], &Answers::default());
        let given = made.given();
        given.members.put_str("source", Value::from(&Json::Object(made.row.clone())));
        let explained = explain(subject, &given, &Question::default()).unwrap();
        let mut deciding = Vec::new();
        made.deciding(&guard, &mut deciding);
        let lines = first_lines(&explained);
        let mut lacks = Vec::new();
        if explained.verdict != Verdict::Denied {
            lacks.push(format!("verdict {}", explained.verdict));
        }
        for atom in deciding.iter().take(3).map(|at| &made.atoms[*at]) {
            told += 1;
            if !lines.contains(&atom.tells.0) || !lines.contains(&atom.tells.1) {
                lacks.push(format!("{} is {}", atom.tells.0, atom.tells.1));
            }
        }
        if !lacks.is_empty() {
            wrong.push(format!("seed {seed}: {first}\n  lacks {}\n  says {lines}", lacks.join(", ")));
        }
    }
    assert!(told > 350, "only {told} terms");
    assert!(
        wrong.is_empty(),
        "{} of 300: {}",
        wrong.len(),
        wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n")
    );
}
