"""Acceptance: every real template parses and evaluates, and the recorded cases agree through `batch`."""
import glob, json, os, subprocess, sys

shared = sys.argv[1]
BIN = "target/debug/vtl-eval"


def batch(requests):
    lines = "\n".join(json.dumps(request) for request in requests)
    done = subprocess.run([BIN, "batch"], input=lines, capture_output=True, text=True)
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


total = corpus() + conformance()
print(f"{total} passed, 0 failed")
