//! Files and folders that stand side by side in a folder import each other in one direction only.

use crate::tokens::{File, files, ident, inside, is};
use proc_macro2::TokenTree;
use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<String>;

/// The modules that a file names, from the root.
fn named(file: &Path, tokens: &[TokenTree], modules: &BTreeSet<Path>, out: &mut BTreeSet<Path>) {
    let mut at = 0;
    while at < tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            named(file, &inside(group), modules, out);
            at += 1;
            continue;
        }
        let Some(name) = ident(tokens.get(at)) else {
            at += 1;
            continue;
        };
        let starts = match name.as_str() {
            "crate" => Some(Vec::new()),
            "super" => Some(file[..file.len() - 1].to_vec()),
            "self" => Some(file.clone()),
            "use" => {
                at += 1;
                continue;
            }
            _ => {
                let mut child = file.clone();
                child.push(name);
                modules.contains(&child).then_some(child)
            }
        };
        at = match starts {
            Some(start) => walk(start, tokens, at + 1, modules, out),
            None => after(tokens, at + 1),
        };
    }
}

/// Past the rest of a path that is none of ours.
fn after(tokens: &[TokenTree], mut at: usize) -> usize {
    while is(tokens.get(at), ':') && is(tokens.get(at + 1), ':') && ident(tokens.get(at + 2)).is_some() {
        at += 3;
    }
    at
}

/// Follows a path as far as it names modules; a group in braces branches.
fn walk(from: Path, tokens: &[TokenTree], mut at: usize, modules: &BTreeSet<Path>, out: &mut BTreeSet<Path>) -> usize {
    let mut path = from;
    while is(tokens.get(at), ':') && is(tokens.get(at + 1), ':') {
        match tokens.get(at + 2) {
            Some(TokenTree::Ident(name)) if name == "super" => {
                path.pop();
            }
            Some(TokenTree::Ident(name)) => {
                path.push(name.to_string());
                if !modules.contains(&path) {
                    path.pop();
                    out.insert(path);
                    return after(tokens, at);
                }
            }
            Some(TokenTree::Group(group)) => {
                let parts = inside(group);
                for part in parts.split(|token| is(Some(token), ',')) {
                    let mut inner = path.clone();
                    let Some(name) = ident(part.first()) else { continue };
                    inner.push(name);
                    if modules.contains(&inner) {
                        walk(inner, part, 1, modules, out);
                    } else {
                        out.insert(path.clone());
                    }
                }
                return at + 3;
            }
            _ => break,
        }
        at += 3;
    }
    out.insert(path);
    at
}

fn module(file: &File) -> Path {
    let mut path: Path = file.name.split('/').map(str::to_owned).collect();
    path.pop_if(|last| last == "mod");
    path
}

/// For each folder: who imports whom of those that stand in it.
fn neighbours() -> BTreeMap<Path, BTreeMap<String, BTreeSet<String>>> {
    let files: Vec<File> = files().into_iter().filter(|file| !matches!(file.name.as_str(), "lib" | "main")).collect();
    let modules: BTreeSet<Path> = files.iter().map(module).collect();
    let mut found: BTreeMap<Path, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for file in &files {
        let own = module(file);
        let mut imports = BTreeSet::new();
        named(&own, &file.tokens, &modules, &mut imports);
        for other in imports {
            let common = own.iter().zip(&other).take_while(|(left, right)| left == right).count();
            if let (Some(left), Some(right)) = (own.get(common), other.get(common)) {
                let folder = found.entry(own[..common].to_vec()).or_default();
                folder.entry(left.clone()).or_default().insert(right.clone());
            }
        }
    }
    found
}

/// Those that reach each other, smallest first.
fn circles(imports: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<BTreeSet<String>> {
    let reach = |from: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
        while let Some(one) = open.pop() {
            open.extend(imports.get(one).into_iter().flatten().filter(|next| seen.insert((*next).clone())));
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = imports.keys().map(|one| (one, reach(one))).collect();
    let of = |one: &String| -> BTreeSet<String> {
        reached[one].iter().filter(|other| reached.get(other).is_some_and(|back| back.contains(one))).cloned().collect()
    };
    imports.keys().map(of).filter(|circle| !circle.is_empty()).collect()
}

#[test]
fn no_circles_inside_a_folder() {
    let found: Vec<String> = neighbours()
        .iter()
        .flat_map(|(folder, imports)| {
            let name = |circle: BTreeSet<String>| {
                let names: Vec<String> = circle.into_iter().collect();
                format!("{}: {}", folder.join("/"), names.join(", "))
            };
            circles(imports).into_iter().map(name)
        })
        .collect();
    assert_eq!(found, [""; 0], "files that import each other");
}

#[test]
fn a_circle_is_seen() {
    let imports = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]
        .map(|(from, to)| (from.to_owned(), BTreeSet::from([to.to_owned()])));
    let circle = ["a", "b", "c"].map(str::to_owned).into();
    assert_eq!(circles(&imports.into()), BTreeSet::from([circle]));
    assert!(neighbours()[&vec!["explain".to_owned()]].len() > 5);
}
