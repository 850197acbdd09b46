#!/usr/bin/env python3
"""The tie of rules to statements, checked by what Amplify's own transformers do when one rule is taken away.

    cd scripts/rule-pairs && npm install --ignore-scripts && python3 pairs.py ../../target/debug/vtl-eval [NAME...]

Each schema of schemas.json is built whole and again without one of its rules, or with one operation less in one of them. What
stands in the templates of the whole build and not in those of the other must be what `vtl-eval rules` ties to that rule:

* each statement that is tied to that rule alone, and is about what was taken away, is gone;
* nothing is gone that is tied to other rules alone;
* no authorizing statement is gone that is tied to nothing.

A statement is known by its text and the blocks around it; what Amplify numbers ($ownerClaim0) is compared without the number.
Nothing is written but to a temporary folder; needs 700 MB of node_modules, and some minutes. It is no part of the gate.
"""
import collections, json, os, re, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
NUMBER = re.compile(r"([$#:]!?\{?[A-Za-z_.]*?[A-Za-z_])\d+(?:_\d+)?\b")
DIRECTIVE = re.compile(r"#\{?(if|foreach|elseif|else|end)\b")
# Whether an earlier rule has let the caller in: written only where there is an earlier rule.
FLAG = re.compile(r"^#(if|elseif)\(\s*!?\s*\$is\w*Authorized\w*\s*\)")
AUTHORIZES = re.compile(r"isAuthorized = true|AllowedFields\w* = \[\"|allowedFields\.add|authFilter\.add|authRules\.add|is(?!Authorized)\w+Authorized\w* = true|GroupRoles = \[\{")


def read(path):
    with open(path) as file:
        return file.read()


# The first transformer has one block for the modes of all rules on users: which ones it asks for changes with any of them.
MODES = re.compile(r"^#if\( \$authMode == .*\)$")


def plain(text):
    return MODES.sub("#if( $authMode )", NUMBER.sub(r"\1", " ".join(text.split())))


def statements(text):
    """Each line of a template with the blocks around it, by its number."""
    found, around = {}, []
    for number, line in enumerate(text.split("\n"), 1):
        own = plain(line)
        words = DIRECTIVE.findall(own)
        if words[:1] == ["end"] or words[:1] in (["else"], ["elseif"]):
            if around:
                around.pop()
        found[number] = (tuple(head for head in around if not FLAG.match(head)), own)
        if words[:1] in (["if"], ["foreach"], ["else"], ["elseif"]):
            around.append(own)
        for word in words[1:]:
            if word == "end" and around:
                around.pop()
            elif word in ("if", "foreach"):
                around.append(own)
    return found


class Build:
    def __init__(self, binary, folder):
        inner = os.path.join(folder, "cdk.out")
        self.source = inner if os.path.isdir(inner) else os.path.join(folder, "amplify/backend/api/pairs/build")
        model = [] if os.path.isdir(inner) else ["--model", os.path.join(os.path.dirname(self.source), "schema.graphql")]
        ask = lambda *words: json.loads(subprocess.run([binary, *words, "--from", self.source, "--json", *model], check=True, capture_output=True, text=True).stdout)
        self.rules = ask("rules")
        # Field -> template -> its text.
        self.templates = collections.defaultdict(dict)
        for row in ask("fields")["fields"]:
            halves = [(function.get(half)) for function in row["functions"] for half in ("request", "response")]
            halves += [row.get("before"), row.get("after")]
            for half in filter(None, halves):
                if half.get("file") and not half["inline"] and not half["missing"]:
                    self.templates[row["field"]][half["template"]] = read(half["file"])

    def lines(self, field):
        """How often each statement stands in a field's templates."""
        return collections.Counter(one for text in self.templates[field].values() for one in statements(text).values())

    def tied(self, field):
        """The statements that the tool ties, with their rules."""
        for one in self.rules["statements"]:
            if field in one["usedBy"] and one["template"] in self.templates[field]:
                yield statements(self.templates[field][one["template"]])[one["line"]], one


def compare(whole, less, rule, operation):
    """What is wrong in one pair."""
    wrong, seen = [], collections.Counter()
    for field in whole.templates:
        gone = whole.lines(field) - less.lines(field)
        about = operation is None or any(row["field"] == field and row["rule"] == rule and row["operation"] == operation for row in whole.rules["access"])
        tied = collections.defaultdict(list)
        for key, one in whole.tied(field):
            tied[key].append(one)
        for key, ones in tied.items():
            alone = sum(one["rules"] == [rule] for one in ones)
            others = sum(rule not in one["rules"] for one in ones)
            seen["tied to it alone"] += alone
            # What gathers, or asks flags alone, is written with every rule, also where nothing is left to gather.
            flags = key[0] and re.fullmatch(r"#if\((?:[\s()|&!]|==|true|\$is\w+)*\)", key[0][-1])
            gathers = flags or any(one["effect"] == "gather" for one in ones)
            if about and operation is None and gone[key] < alone and not gathers:
                wrong.append((field, "tied to the rule, and still there without it", key))
            if gone[key] > len(ones) - others:
                wrong.append((field, "gone without the rule, and not tied to it", key))
        for key, count in gone.items():
            if AUTHORIZES.search(key[1]):
                seen["gone"] += count
                if key not in tied:
                    wrong.append((field, "authorizes, is gone, and is tied to nothing", key))
    return wrong, seen


RULE = re.compile(r"\{ ?allow:[^{}]*\}")
READS = ["read", "get", "list", "listen", "search", "sync"]


def variants(sdl):
    """Schemas with one rule less, or one operation less in a rule: (what, rule's id, operation, text)."""
    for auth in re.finditer(r"@auth\(rules: \[(.*?)\]\)(?=\s|\))", sdl):
        before = sdl[:auth.start()]
        owner = re.findall(r"type (\w+)", before)[-1]
        body = before[before.rindex(f"type {owner}"):]
        field = re.findall(r"(\w+)(?:\([^()]*\))?: [\[\]\w!]+(?: @(?!auth)\w+(?:\([^()]*\))?)*\s*$", body) if "{ " in body.split("@auth")[-1] or " {" in body else []
        place = f"{owner}.{field[-1]}" if field else owner
        rules = list(RULE.finditer(sdl, auth.start(), auth.end()))
        for number, rule in enumerate(rules, 1):
            if len(rules) > 1:
                end = rule.end() + len(re.match(r",? ?", sdl[rule.end():]).group())
                yield f"without rule {number} of {place}", f"{place}#{number}", None, sdl[:rule.start()] + sdl[end:]
            written = re.search(r"operations: \[(.*?)\]", rule.group())
            words = written.group(1).split(", ") if written else ["create", "update", "delete", "read"]
            for word in [word for word in words if len(words) > 1 and word not in READS]:
                rest = f"operations: [{', '.join(own for own in words if own != word)}]"
                text = rule.group().replace(written.group(), rest) if written else rule.group()[:-1].rstrip() + f", {rest}}}"
                yield f"rule {number} of {place} without {word}", f"{place}#{number}", word, sdl[:rule.start()] + text + sdl[rule.end():]


def main():
    binary, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    schemas = [row for row in json.loads(read(os.path.join(HERE, "schemas.json"))) if not names or row["name"] in names]
    rows, pairs = [], []
    for schema in schemas:
        schema["sdl"] = schema["sdl"] if isinstance(schema["sdl"], str) else "\n".join(schema["sdl"])
        rows.append(schema)
        for at, (what, rule, operation, sdl) in enumerate(variants(schema["sdl"])):
            name = f"{schema['name']}-{at}"
            rows.append({**schema, "name": name, "sdl": sdl})
            pairs.append((schema["name"], name, what, rule, operation))
    total, bad, refused = collections.Counter(), 0, 0
    with tempfile.TemporaryDirectory() as out:
        with open(os.path.join(out, "list.json"), "w") as file:
            json.dump(rows, file)
        subprocess.run(["node", os.path.join(HERE, "build.js"), os.path.join(out, "list.json"), out], check=True, stderr=subprocess.DEVNULL)
        builds = {}
        for whole, less, what, rule, operation in pairs:
            why = [os.path.join(out, name, "refused.txt") for name in (whole, less)]
            if any(map(os.path.exists, why)):
                refused += 1
                print(f"{whole}, {what}: Amplify refuses it: {' '.join(read(one) for one in why if os.path.exists(one))[:160]}")
                continue
            if whole not in builds:
                builds = {whole: Build(binary, os.path.join(out, whole))}
            assert any(one["id"] == rule for one in builds[whole].rules["rules"]), (whole, rule)
            wrong, seen = compare(builds[whole], Build(binary, os.path.join(out, less)), rule, operation)
            total += seen
            total["pairs"] += 1
            bad += len(wrong)
            for field, why, (around, text) in wrong[:5]:
                print(f"WRONG {whole}, {what}: {field}: {why}: {' / '.join(around[-2:])} / {text}")
    print(f"{total['pairs']} pairs ({refused} refused by Amplify): {total['gone']} authorizing statements gone, {total['tied to it alone']} tied to one rule alone; {bad} wrong")
    return 1 if bad or not total["pairs"] else 0


if __name__ == "__main__":
    sys.exit(main())
