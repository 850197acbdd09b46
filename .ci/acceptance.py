"""Acceptance: every real template parses and evaluates, and the recorded cases agree through `batch`."""
import glob, json, os, re, subprocess, sys

shared = sys.argv[1]
BIN = "target/debug/vtl-eval"


def batch(requests, *options):
    lines = "\n".join(json.dumps(request) for request in requests)
    done = subprocess.run([BIN, "batch", *options], input=lines, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == len(requests), (len(rows), len(requests))
    return rows


def corpus():
    plausible = {
        "arguments": {"id": "1", "input": {"id": "1", "owner": "ann"}},
        "identity": {"sub": "s", "username": "ann", "claims": {"sub": "s", "username": "ann", "cognito:groups": ["Admin"]}},
        "result": {"id": "1", "owner": "ann", "items": []}, "source": {"id": "1"}, "prev": {"result": {}},
        "stash": {"authRole": "a", "unauthRole": "b", "adminRoles": ["x"]},
        "info": {"fieldName": "f", "parentTypeName": "Query"},
    }
    requests = []
    for path in sorted(glob.glob(os.path.join(shared, "corpus/*/resolvers/*.vtl"))):
        with open(path) as file:
            text = file.read()
        for context in ({}, plausible):
            requests.append({"id": path, "template": text, "context": context, "authType": "User Pool Authorization"})
    rows = batch(requests)
    bad = [(row["id"], row["failure"]["message"]) for row in rows if (row["failure"] or {}).get("kind") in ("parse", "input")]
    assert not bad, bad[:5]
    print(f"corpus: {len(rows)} evaluations, all parse")
    return len(rows)


def made(request, changes):
    """The request with the changes that a report suggests."""
    request = json.loads(json.dumps(request))
    for change in changes:
        if change["path"] == "authType":
            request["authType"] = change["value"]
            if change["value"] == "API Key Authorization":
                request["context"]["identity"] = None
            continue
        parts = re.findall(r'\[("[^"]*"|\d+)\]|([^.\[\]]+)', change["path"])
        keys = [json.loads(inside) if inside else name for inside, name in parts]
        at = request["context"]
        for key in ["arguments" if key == "args" and at is request["context"] else key for key in keys[:-1]]:
            at = at[key] if isinstance(at, list) else at.setdefault(key, {})
        if change["op"] == "add":
            at[keys[-1]] = (at.get(keys[-1]) or []) + [change["value"]]
        elif change["op"] == "set":
            at[keys[-1]] = change["value"]
        else:
            del at[keys[-1]]
    return request


def tracing():
    """Tracing changes no outcome, and whoever follows a suggestion gets what it promises, on every real template."""
    callers = [
        ("User Pool Authorization", {"sub": "s", "claims": {"sub": "s", "username": "ann", "cognito:groups": ["admin"]}}),
        ("IAM Authorization", {"userArn": "arn:aws:sts::1:assumed-role/fn-dev/x", "accountId": "1"}),
        ("API Key Authorization", None),
    ]
    requests = []
    for path in sorted(glob.glob(os.path.join(shared, "corpus/*/resolvers/*.vtl"))):
        with open(path) as file:
            text = file.read()
        for mode, identity in callers:
            context = {
                "arguments": {"id": "1", "input": {"id": "1", "owner": "zoe", "title": None}}, "identity": identity,
                "result": {"id": "1", "owner": "zoe"}, "source": {"id": "1"}, "prev": {"result": {}},
                "stash": {"authRole": "a", "unauthRole": "b", "adminRoles": ["x"], "hasAuth": True},
                "info": {"fieldName": "f", "parentTypeName": "Query"},
            }
            requests.append({"id": path, "template": text, "context": context, "authType": mode})
    plain, traced = batch(requests), batch(requests, "--trace")
    # `batch` runs at the present time.
    timeless = lambda value: re.sub(r'\d{4}-\d\d-\d\dT[\d:.]+Z|\b1[78]\d{8,11}\b', "NOW", json.dumps(value))
    followed = []
    for request, without, row in zip(requests, plain, traced):
        assert timeless({key: row[key] for key in without}) == timeless(without), (request["id"], without, row)
        for suggestion in row.get("suggestions") or []:
            followed.append((made(request, suggestion["changes"]), suggestion))
    rows = batch([request for request, _ in followed])
    for (request, suggestion), row in zip(followed, rows):
        assert row["verdict"] == suggestion["verdict"] in ("allowed", "filtered"), (request["id"], suggestion, row["verdict"])
    print(f"tracing: {len(plain)} evaluations as without, {len(followed)} suggestions followed")
    return len(plain) + len(followed)


def names():
    """Every `$util`, `$utils` and `$extensions` function that a real template names is in the reference."""
    listed = subprocess.run([BIN, "util"], capture_output=True, text=True).stdout
    known = {line.split()[0].lstrip("$") for line in listed.splitlines()}
    used = set()
    for path in glob.glob(os.path.join(shared, "corpus/*/resolvers/*")) + glob.glob(os.path.join(shared, "denials/*.json")):
        with open(path) as file:
            found = re.findall(r"\$!?\{?(utils?|extensions)((?:\.[A-Za-z0-9]+)+)\(", file.read())
        used.update(("util" if root.startswith("util") else root) + chain for root, chain in found)
    # A method on what a function gave, `$util.x().y()`, is no name: the chain ends at the first bracket.
    unknown = sorted(name for name in used if name not in known)
    assert used and not unknown, unknown
    print(f"names: {len(used)} functions used, all known")
    return len(used)


# Recorded cases that bind nobody, by their reason: the words that docs/compatibility.md has for the class.
OPEN = {
    "unsupported: $util.authRules.* is undocumented": "`$util.authRules` (SQL models)",
    "stub-shape: HTTP stub has no statusCode": "empty answer of an HTTP stub",
}


def pipelines():
    """Every case of every schema decides as real Velocity did over the whole pipeline."""
    with open("docs/compatibility.md") as file:
        listed = file.read()
    still_open = {}
    words = {"allow": ("allowed", "completed"), "deny": ("denied",), "filtered": ("filtered",), "error": ("error", "denied")}
    agree, wrong = 0, []
    for folder in sorted(glob.glob(os.path.join(shared, "corpus/*/"))):
        command = [BIN, "matrix", "--from", folder, "--personas", folder + "personas.json", "--format", "json", "--now", "2024-05-01T10:00:00Z"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        cells = json.loads(done.stdout)["cells"]
        if not os.path.exists(folder + "velocity.json"):
            continue
        with open(folder + "velocity.json") as file:
            records = json.load(file)
        assert len(cells) == len(records), folder
        for cell, record in zip(cells, records):
            # The records are of the templates alone; a cell's own verdict knows more: absent rows, JavaScript, deployment.
            templates = cell["templates"] or {"verdict": cell["verdict"], "decidedBy": None}
            by, decision = templates["decidedBy"] or {}, record["decision"]
            same = templates["verdict"] in words.get(decision, ())
            if not record["gate"]:
                reason = next((reason for reason in OPEN if record["gateReason"].startswith(reason)), None)
                assert reason and OPEN[reason] in listed, (folder, record["gateReason"])
                counts = still_open.setdefault(reason, {"cases": 0, "recorded verdict": 0, "as recorded": 0, "ours": {}})
                counts["cases"] += 1
                counts["recorded verdict"] += decision in words
                counts["as recorded"] += same
                counts["ours"][templates["verdict"]] = counts["ours"].get(templates["verdict"], 0) + 1
                continue
            if decision in ("deny", "error", "filtered"):
                same &= by.get("template") == record["decidedBy"]["file"]
            if decision in ("deny", "error") and record["thrown"]:
                same &= by.get("line") == record["thrown"].get("line")
            agree += same
            if not same:
                wrong.append((folder, cell, record))
    assert not wrong, wrong[:3]
    print(f"pipelines: {agree} cases decide as Velocity did")
    for reason, counts in still_open.items():
        assert f"| {OPEN[reason]} | {counts['cases']} |" in listed, (reason, counts)
        print(f"  open: {OPEN[reason]}: {counts}")
    return agree


def gen2():
    """A real Gen 2 build decides as the same API with every value known, or says what it does not know."""
    folder = os.path.join(shared, "projects/gen2/")
    with open(folder + "truth.json") as file:
        truth = {(cell["field"], cell["persona"], cell.get("variant")): cell["verdict"] for cell in json.load(file)}

    def cells(source, *options):
        command = [BIN, "matrix", "--from", folder + source, "--personas", folder + "personas.json", "--format", "json", *options]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return {(cell["field"], cell["persona"], cell["variant"]): cell for cell in json.loads(done.stdout)["cells"]}

    known = cells("saved")
    # What a row, arguments or JavaScript decides is so wherever the API is read from.
    counted = [key for key in truth if not set(known[key]["needs"]) & {"row", "args", "javascript"}]
    roles = {"amplifyAuthauthenticatedUserRoleD8DA3689": "shop-auth", "amplifyAuthunauthenticatedUserRole2B524D9E": "shop-unauth"}
    for source, options, least in (
        ("saved", (), 1.0), ("cdk.out", (), 0.75), ("cdk.out", ("--parameters", json.dumps(roles)), 0.95),
    ):
        read, wrong, settled = cells(source, *options), [], 0
        for key, wanted in truth.items():
            cell = read[key]
            alone = (cell["templates"] or {"verdict": "unknown"})["verdict"]
            decided = cell["verdict"] if cell["layer"] == "resolver" and not cell["needs"] else alone
            for verdict in (alone, decided):
                if verdict not in ("unknown", wanted):
                    wrong.append((key, wanted, verdict, cell["reason"]))
            settled += key in counted and "deployment" not in cell["needs"]
        share = settled / len(counted)
        assert not wrong, (source, wrong[:5])
        assert share >= least, (source, share, least)
        print(f"gen2: {source} {' '.join(options[:1])}: 0 of {len(truth)} cells differ, {settled} of {len(counted)} settled ({share:.1%})")
    return len(truth)


def denials():
    """Real refusals: the verdict, the layer, and the decisive name and value in what the report shows first."""
    layers = {"401": ("request",), "mode": ("mode",), "iam": ("iam",), "lambda": ("authorizer",), "vtl": ("resolver",), "filter": ("records", "resolver")}
    verdicts = {"deny": "denied", "filtered": "filtered", "error": "denied", "allow": "allowed"}
    good, all_of, missed = 0, 0, []
    for path in sorted(glob.glob(os.path.join(shared, "denials/*.json"))):
        with open(path) as file:
            report = json.load(file)
        done = subprocess.run([BIN, "diagnose", path, "--format", "json"], capture_output=True, text=True)
        answer = json.loads(done.stdout)
        decisive = report["expected"]["decisive"]
        resolver = answer["resolver"] or {}
        shown = json.dumps([resolver.get("decision"), (resolver.get("candidates") or [None])[0], answer["hints"],
                            [layer for layer in answer["layers"] if layer["layer"] == answer["layer"]]], ensure_ascii=False)
        name = (decisive.get("claim") or decisive.get("variable") or "").strip("$").split(".")[-1]
        actual = decisive.get("actual")
        right = answer["verdict"] == verdicts[report["expected"]["verdict"]] and answer["layer"] in layers[report["layer"]]
        right &= name in shown and (actual is None or str(actual) in shown or json.dumps(actual, ensure_ascii=False) in shown)
        good, all_of = good + right, all_of + 1
        if not right:
            missed.append(os.path.basename(path))
    print(f"denials: {good} of {all_of} explained", *missed)
    assert good >= 0.95 * all_of
    return good


def conformance():
    with open(os.path.join(shared, "conformance/velocity.jsonl")) as file:
        records = [json.loads(line) for line in file]
    left = {}
    for name in ("exceptions", "overruled"):
        with open(f"tests/conformance/{name}.json") as file:
            left.update(json.load(file))
    records = [r for r in records if r["area"] not in ("macro", "auth-macro-checks") and r["id"] not in left]
    rows = batch([{key: r.get(key) for key in ("id", "template", "context", "authType")} for r in records])
    wrong = []
    for record, row in zip(records, rows):
        failed = bool(row["failure"]) or bool(row.get("error"))
        if failed != ("expected_error_class" in record):
            wrong.append((record["id"], "failed" if failed else "did not fail"))
        elif not failed and row["output"] != record["expected_output"]:
            wrong.append((record["id"], row["output"]))
        elif not failed and "expected_vars" in record and row["vars"] != record["expected_vars"]:
            wrong.append((record["id"], row["vars"]))
    assert not wrong, wrong[:10]
    print(f"conformance: {len(rows)} records agree")
    return len(rows)


def rules():
    """A naive model of @auth agrees with the rules that cells name, and statements are tied to rules."""
    folders = sorted(glob.glob(os.path.join(shared, "corpus/*/")))
    for command in (["tests/rules/naive.py", BIN, "tests/rules/notes", *folders], ["scripts/rules-share.py", BIN, *folders]):
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True)
        print(done.stdout.strip())
        assert done.returncode == 0, done.stdout + done.stderr
    return len(folders)


total = rules() + corpus() + tracing() + names() + conformance() + pipelines() + gen2() + denials()
print(f"{total} passed, 0 failed")
