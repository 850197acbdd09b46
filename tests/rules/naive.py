"""A naive model of @auth: from rules, caller, arguments and row to who may do what, written from Amplify's
documentation ("Customize your auth rules", "Configure custom identity and group claims", the @auth reference of the first
transformer). Where the documentation is silent, it was settled by what Amplify's transformers write for our own samples: that
who may delete also sets fields to null in an update, that a rule without identityClaim takes username alone too, that the
first transformer lets other modes and lists through to directives and rows, how fields are named. It shares no code with
src/rules, looks at no template, and is compared with the matrix cell by cell:

    python3 tests/rules/naive.py BINARY FOLDER...

Each FOLDER has input.graphql, manifest.json and personas.json. A cell that the templates allowed or filtered must name a
rule that fits its caller here, and no other; or say which other way let the caller in, and that way must be open here.
"""
import json, re, subprocess, sys

READS = ["get", "list", "search", "sync", "listen"]
ALL = ["create", "update", "delete"] + READS
MODES = {"apiKey": "API Key Authorization", "iam": "IAM Authorization", "identityPool": "IAM Authorization",
         "userPools": "User Pool Authorization", "oidc": "Open ID Connect Authorization", "function": "Lambda Authorization"}
DEFAULT = {"owner": "userPools", "groups": "userPools", "private": "userPools", "public": "apiKey", "custom": "function"}


# The schema: a reader of as much SDL as the samples have.

def tokens(text):
    text = re.sub(r'"""(?:.|\n)*?"""', "", text)
    return re.findall(r'"(?:\\.|[^"\\])*"|[A-Za-z_][A-Za-z0-9_]*|-?\d+(?:\.\d+)?|[^\s\w"]', re.sub(r"(?m)^\s*#.*$", "", text))


class Reader:
    def __init__(self, text):
        self.all, self.at = tokens(text), 0

    def peek(self):
        return self.all[self.at] if self.at < len(self.all) else None

    def take(self, wanted=None):
        token = self.peek()
        assert wanted in (None, token), (wanted, token, self.all[self.at - 5:self.at + 5])
        self.at += 1
        return token

    def value(self):
        token = self.take()
        if token == "[":
            items = []
            while self.peek() != "]":
                items.append(self.value())
                if self.peek() == ",":
                    self.take()
            self.take("]")
            return items
        if token == "{":
            members = {}
            while self.peek() != "}":
                name = self.take()
                self.take(":")
                members[name] = self.value()
                if self.peek() == ",":
                    self.take()
            self.take("}")
            return members
        return json.loads(token) if token.startswith('"') else {"null": None, "true": True, "false": False}.get(token, token)

    def arguments(self):
        found = {}
        self.take("(")
        while self.peek() != ")":
            name = self.take()
            self.take(":")
            found[name] = self.value()
            if self.peek() == ",":
                self.take()
        self.take(")")
        return found

    def directives(self):
        found = []
        while self.peek() == "@":
            self.take()
            name = self.take()
            found.append((name, self.arguments() if self.peek() == "(" else {}))
        return found

    def field(self):
        name = self.take()
        if self.peek() == "(":
            depth = 0
            while True:
                token = self.take()
                depth += (token == "(") - (token == ")")
                if depth == 0:
                    break
        self.take(":")
        kind = ""
        while self.peek() in ("[", "]", "!") or re.match(r"[A-Za-z_]", self.peek()) and (kind == "" or kind.endswith("[")):
            kind += self.take()
        return name, kind, self.directives()

    def types(self):
        found = {}
        while self.peek() is not None:
            word = self.take()
            if word != "type":
                depth, starts = 0, ("type", "input", "enum", "scalar", "union", "interface", "schema", "directive", "extend")
                while self.peek() is not None and (depth > 0 or self.peek() not in starts):
                    token = self.take()
                    depth += (token in "{(") - (token in ")}")
                    if depth == 0 and token == "}":
                        break
                continue
            name = self.take()
            own = self.directives()
            fields = {}
            if self.peek() == "implements":
                while self.peek() not in ("{", "@"):
                    self.take()
                own += self.directives()
            self.take("{")
            while self.peek() != "}":
                field, kind, directives = self.field()
                fields[field] = (kind, directives)
            self.take("}")
            found[name] = (own, fields)
        return found


class Rule:
    def __init__(self, where, number, rule, old):
        self.id, self.rule = f"{where}#{number}", rule
        self.allow = rule["allow"]
        self.mode = MODES[rule.get("provider") or DEFAULT[self.allow]]
        words = rule.get("operations")
        if old and words is None and ("queries" in rule or "mutations" in rule):
            queries = rule.get("queries", ["get", "list"]) or []
            mutations = rule.get("mutations", ["create", "update", "delete"]) or []
            words = [*queries, *mutations, *(["listen"] if queries else [])]
        self.operations = ALL if words is None else [own for word in words for own in (READS if word == "read" else [word])]
        groups = rule.get("groups") or []
        self.groups = [groups] if isinstance(groups, str) else groups
        self.field = None
        if self.allow == "owner":
            self.field = rule.get("ownerField", "owner")
        elif self.allow == "groups" and not self.groups:
            self.field = rule.get("groupsField", "groups")
        self.claim = rule.get("groupClaim", "cognito:groups") if self.allow == "groups" else rule.get("identityClaim")


def rules_of(where, directives, old):
    found = [rule for name, arguments in directives if name == "auth" for rule in arguments["rules"]]
    return [Rule(where, number + 1, rule, old) for number, rule in enumerate(found)]


class Schema:
    def __init__(self, text, config):
        self.config = config
        self.old = config.get("transformer") == "v1"
        self.types = {}
        for name, (own, fields) in Reader(text).types().items():
            self.types[name] = {
                "model": any(name == "model" for name, _ in own), "rules": rules_of(name, own, self.old),
                "names": next((arguments for name, arguments in own if name == "model"), {}),
                "fields": {field: {"kind": kind, "directives": directives,
                                   "rules": rules_of(f"{name}.{field}", directives, self.old),
                                   "own": any(each == "auth" for each, _ in directives)}
                           for field, (kind, directives) in fields.items()}}
        # A many-to-many relation has a model between its sides, with the rules of both.
        for name, of in list(self.types.items()):
            for field in of["fields"].values():
                for directive, arguments in field["directives"]:
                    if directive == "manyToMany":
                        join = self.types.setdefault(arguments["relationName"], {"model": True, "rules": [], "fields": {}, "names": {}})
                        join["rules"] = join["rules"] + of["rules"]

    def rules_for(self, of, field):
        field = of["fields"].get(field)
        return field["rules"] if field and field["own"] else of["rules"]

    def everywhere(self, of):
        return of["rules"] + [rule for field in of["fields"].values() for rule in field["rules"]]


# The caller.

def claim(identity, name):
    claims = identity.get("claims") or {}
    if name in ("username", "cognito:username"):
        return claims.get("username", claims.get("cognito:username"))
    return claims.get(name)


def listed(value):
    if isinstance(value, str):
        try:
            parsed = json.loads(value)
        except ValueError:
            parsed = None
        return parsed if isinstance(parsed, list) else [value]
    return value or []


def identities(rule, identity):
    """What the caller may be called in an owner field."""
    def one(names):
        values = [claim(identity, name) for name in names]
        return [] if None in values else [*values, "::".join(map(str, values))]
    if rule.claim:
        return one(rule.claim.split("::"))
    return one(["sub", "username"]) + one(["username"])


def is_for(rule, persona, old=False):
    """Whether a rule is about a caller, as far as the caller alone says."""
    identity = persona.get("identity") or {}
    shared = old and {rule.mode, persona["authType"]} <= {MODES["userPools"], MODES["oidc"]} and rule.allow in ("owner", "groups")
    if rule.mode != persona["authType"] and not shared:
        return False
    if rule.allow == "groups" and rule.groups:
        return bool(set(rule.groups) & set(listed(claim(identity, rule.claim))))
    if rule.allow == "groups":
        return bool(listed(claim(identity, rule.claim)))
    if rule.allow == "owner":
        return old or bool(identities(rule, identity))
    if rule.mode == MODES["iam"]:
        kind = identity.get("cognitoIdentityAuthType")
        return kind is None or (kind == "authenticated") == (rule.allow == "private")
    return True


def holds(rule, persona, row):
    """Whether a row, input or source names the caller."""
    value = (row or {}).get(rule.field)
    if value is None:
        return False
    identity = persona.get("identity") or {}
    own = listed(claim(identity, rule.claim)) if rule.allow == "groups" else identities(rule, identity)
    return any(each in own for each in (value if isinstance(value, list) else [value]))


# What a field is for.

def purpose(schema, field, returns):
    parent, name = field.split(".")
    if parent not in ("Query", "Mutation", "Subscription"):
        kind = returns.get(field) or ""
        related = re.sub(r"^(?:Model|Searchable)(.*)Connection$", r"\1", kind)
        of = schema.types.get(parent)
        if of and related in schema.types and schema.types[related]["model"]:
            return "relation", parent, name, related
        return "field", parent, name, None
    if name in (schema.types.get(parent) or {"fields": {}})["fields"]:
        return "custom", parent, name, None
    kind = re.sub(r"^(?:Model|Searchable)(.*)Connection$", r"\1", returns.get(field) or "")
    if kind not in schema.types:
        return None
    names = schema.types[kind]["names"]
    for group in ("queries", "mutations"):
        for word, own in (names.get(group) or {}).items():
            if own == name:
                return word, kind, None, None
    if parent == "Subscription":
        return "listen", kind, None, None
    for word in ("create", "update", "delete", "get", "sync", "search"):
        if name.startswith(word) and not (word == "get" and "Connection" in (returns.get(field) or "")):
            return word, kind, None, None
    return "list", kind, None, None


def returns_of(text):
    found = {}
    for name, (_, fields) in Reader(text).types().items():
        for field, (kind, _) in fields.items():
            found[f"{name}.{field}"] = re.sub(r"[\[\]!]", "", kind)
    return found


def fitting(schema, what, persona, case):
    """The rules that may let this caller do this: by the operation, the caller, and the row where one is compared."""
    word, model, field, related = what
    of = schema.types[model]
    args, result, source = (case.get(part) or {} for part in ("args", "result", "source"))
    if word in ("field", "relation"):
        own = [rule for rule in schema.rules_for(of, field) if set(rule.operations) & set(READS) or not of["model"]]
        found = [rule for rule in own if is_for(rule, persona, schema.old) and (rule.field is None or holds(rule, persona, source) or word == "relation" or schema.old)]
        if related:
            other = schema.types[related]
            reads = [rule for rule in schema.everywhere(other) if set(rule.operations) & set(READS)]
            found += [rule for rule in reads if is_for(rule, persona, schema.old)]
        return found
    if word == "custom":
        rules = of["fields"][field]["rules"]
        return [rule for rule in rules if is_for(rule, persona, schema.old) and rule.field is None]
    covers = [rule for rule in schema.everywhere(of) if word in rule.operations or word == "update" and "delete" in rule.operations]
    about = [rule for rule in covers if is_for(rule, persona, schema.old)]
    if schema.old or word in READS:
        return about
    row = args.get("input") or {} if word == "create" else result
    def named_by_row(rule):
        # Who creates a row without an owner becomes it.
        fills = word == "create" and rule.allow == "owner" and rule.field not in row
        return rule.field is None or fills or holds(rule, persona, row)
    return [rule for rule in about if named_by_row(rule)]


def other_way(schema, what, persona, which):
    """Whether one of the ways in that no rule asks for is open to this caller."""
    config = schema.config
    if which == "admin-role":
        arn = (persona.get("identity") or {}).get("userArn") or ""
        return persona["authType"] == MODES["iam"] and any(role in arn for role in config.get("synthParameters", {}).get("adminRoles", []))
    if which == "sandbox":
        on = config.get("transformParameters", {}).get("sandboxModeEnabled")
        return bool(on) and persona["authType"] == MODES["apiKey"] and not schema.everywhere(schema.types[what[1]])
    if which == "iam-access":
        # The first transformer leaves IAM to the policies of the roles; a build of today may let in who is of no identity pool.
        pool = (persona.get("identity") or {}).get("cognitoIdentityPoolId")
        return persona["authType"] == MODES["iam"] and (schema.old or not pool)
    return False


def text_of(folder, name):
    with open(f"{folder}/{name}") as file:
        return file.read()


def run(binary, folder):
    text = text_of(folder, "input.graphql")
    config = re.search(r"#config (\{.*\})", text)
    schema = Schema(text, json.loads(config.group(1)) if config else {})
    returns = returns_of(text_of(folder, "schema.graphql"))
    personas = json.loads(text_of(folder, "personas.json"))
    items = personas.get("items") or {}
    def put_in(value):
        if isinstance(value, dict):
            return put_in(items.get(value["$item"])) if "$item" in value else {key: put_in(each) for key, each in value.items()}
        return [put_in(each) for each in value] if isinstance(value, list) else value
    people = {persona["name"]: persona for persona in personas["personas"]}
    command = [binary, "matrix", "--from", folder, "--personas", f"{folder}/personas.json", "--format", "json", "--now", "2024-05-01T10:00:00Z"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    cells = json.loads(done.stdout)["cells"]
    counts, wrong = {}, []
    for cell, case in zip(cells, personas["cases"]):
        verdict = (cell["templates"] or {}).get("verdict")
        what = purpose(schema, cell["field"], returns)
        if what is None or what[1] not in schema.types:
            counts["not Amplify's"] = counts.get("not Amplify's", 0) + 1
            continue
        persona = people[cell["persona"]]
        fits = {rule.id for rule in fitting(schema, what, persona, put_in(case))}
        named = [rule["id"] for rule in cell["rules"]]
        if verdict == "completed" or verdict == "error":
            key = "no rules ran"
        elif verdict not in ("allowed", "filtered"):
            # Whoever a rule names without a look at the row may read.
            static = [rule for rule in fitting(schema, what, persona, put_in(case)) if rule.field is None and rule.mode != MODES["iam"]]
            own_slots = schema.config.get("userDefinedSlots") or {}
            key = "wrong" if named or static and what[0] in READS and not schema.old and cell["field"] not in own_slots else "denied"
        elif set(named) - fits:
            key = "wrong"
        elif named:
            key = "a rule that fits"
        elif cell["notFromRule"]:
            key = cell["notFromRule"] if other_way(schema, what, persona, cell["notFromRule"]) else "wrong"
        elif schema.old and not fits:
            # The first transformer leaves other modes to directives, and lists to the rows that stay.
            key = "no rule: left to directives and rows"
        else:
            key = "wrong"
        if key == "wrong":
            wrong.append((cell["field"], cell["persona"], cell["variant"], verdict, named, cell["notFromRule"], sorted(fits)))
        counts[key] = counts.get(key, 0) + 1
    return counts, wrong


def main():
    binary, folders = sys.argv[1], sys.argv[2:]
    total, bad = {}, 0
    for folder in folders:
        counts, wrong = run(binary, folder.rstrip("/"))
        for key, count in counts.items():
            total[key] = total.get(key, 0) + count
        bad += len(wrong)
        for row in wrong[:6]:
            print("WRONG", folder, *row)
    print("rules:", ", ".join(f"{count} {key}" for key, count in sorted(total.items())))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
