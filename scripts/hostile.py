#!/usr/bin/env python3
"""Two hundred hostile inputs from a seed, each given to a command that reads such a thing.

    scripts/hostile.py [--binary target/release/vtl-eval] [--seed 1] [--count 200]
    scripts/hostile.py --templates --count 2000     templates alone: each ends within 2 s of processor time and 512 MB

Each runs under `ulimit -v 600000 -t 10` (HOSTILE_SECONDS for a build that is not optimised). It must end by itself with exit code 0, 1, 2 or 3, without a panic, without the
escape that stands in every input, and without its token. Exits with 1 where one did not, and leaves its input in a folder.
"""
import argparse, base64, json, os, pathlib, random, shutil, subprocess, sys, tempfile

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJob3N0aWxlIn0.aG9zdGlsZS1zaWduYXR1cmUtMDE5OQ"
FOREIGN = "\x1b[31m\u202e\u0085</script>\"'%0A::error::,=1+1"
SECONDS = int(os.environ.get("HOSTILE_SECONDS", "10"))
ROOT = pathlib.Path(__file__).resolve().parent.parent


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def deep(rand, count):
    opening, closing = rand.choice([("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
    return opening * count + "1" + closing * rand.choice([count, count - 1, 0])


def broken(rand, text):
    """A text that was cut, doubled, or had bytes put into it."""
    raw = bytearray(text.encode("utf-8", "surrogatepass"))
    for _ in range(rand.randint(1, 12)):
        at = rand.randrange(len(raw) + 1)
        what = rand.randrange(4)
        if what == 0:
            raw[at:at] = rand.choice([b"\0", b"\xff\xfe", b"\xed\xa0\x80", FOREIGN.encode(), b'"', b"{", b"\\u0000", b"#end", b"$"])
        elif what == 1:
            del raw[at:at + rand.randint(1, 40)]
        elif what == 2:
            raw[at:at] = raw[max(0, at - 60):at] * rand.choice([1, 2, 50])
        else:
            raw[at:at] = str(rand.choice([-1, 2**63, 1e309, 10**400])).encode()
    return bytes(raw)


def valid(kind):
    """A small valid input of each kind, with the foreign text in it."""
    claims = {"sub": "a", "username": FOREIGN, "cognito:groups": [FOREIGN], "iss": "https://x", "exp": 2}
    headers = {"authorization": TOKEN, "x": FOREIGN}
    template = '#set($isAuthorized = false)#if($ctx.identity.username == "x")#set($isAuthorized = true)#end$util.toJson($ctx)#if(!$isAuthorized)$util.unauthorized()#end'
    entry = {"startedDateTime": "2026-05-01T10:00:00Z", "request": {"method": "POST", "url": "https://x.appsync-api.eu-west-1.amazonaws.com/graphql", "headers": [{"name": "Authorization", "value": TOKEN}], "postData": {"text": '{"query":"{a}"}'}}, "response": {"status": 401, "headers": [], "content": {"text": "{}"}}}
    return {
        "template": template,
        "context": json.dumps({"arguments": {"a": FOREIGN}, "identity": {"claims": claims, "sub": "a"}, "request": {"headers": headers}}),
        "token": ".".join([encoded({"alg": "RS256", "kid": FOREIGN}), encoded(claims), "c2ln"]),
        "report": json.dumps({"template": template, "context": {"identity": {"claims": claims}, "request": {"headers": headers}}}),
        "har": json.dumps({"log": {"entries": [entry] * 3}}),
        "log": json.dumps({"events": [{"timestamp": 1, "message": f"1-2-3 GraphQL Request {FOREIGN} {TOKEN}"}] * 3}),
        "cloudformation": json.dumps({"Resources": {"R": {"Type": "AWS::AppSync::Resolver", "Properties": {"TypeName": "Query", "FieldName": "a", "RequestMappingTemplate": {"Fn::Sub": ["${A}" * 20, {"A": FOREIGN}]}}}}}),
        "yaml": "a: &a [x, x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)),
        "terraform": 'resource "aws_appsync_resolver" "r" {\n type = "Query"\n field = "a"\n request_template = "${join("", ["a"])}"\n}\n',
        "batch": json.dumps({"id": FOREIGN, "template": template, "context": {"request": {"headers": headers}}}) + "\n",
        "cases": json.dumps({"template": "t.vtl", "cases": [{"name": FOREIGN, "expect": {"verdict": "allowed"}}]}),
        "schema": "type Query { a: String @aws_auth(cognito_groups: [\"g\"]) }",
        "model": 'type Post @model @auth(rules: [{allow: owner}, {allow: groups, groups: ["g"]}]) { id: ID! title: String @auth(rules: [{allow: private}]) }',
        "personas": json.dumps({"personas": [{"name": FOREIGN, "claims": claims}, {"name": "b", "claimsFile": "/etc/hostname", "headers": headers}], "items": {"a": {"$item": "a"}}, "cases": [{"persona": "b", "field": "Query.listNotes", "args": {"$item": "a"}}]}),
        "policy": json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": FOREIGN, "Effect": "Allow", "Action": "appsync:*", "Resource": "*" * 9 + "a", "Condition": {"StringLike": {"aws:username": "*a*a*a*a*b"}}}]}),
        "jwks": json.dumps({"keys": [{"kty": "RSA", "kid": FOREIGN, "alg": "RS256", "n": "AQAB" * 64, "e": "AQAB"}, {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}),
        "frame": json.dumps({"log": {"entries": [dict(entry, request=dict(entry["request"], url="wss://x.appsync-realtime-api.eu-west-1.amazonaws.com/graphql?header=" + encoded(headers) + "&payload=e30="), _webSocketMessages=[{"type": "send", "time": 1, "opcode": 1, "data": json.dumps({"id": FOREIGN, "type": "start", "payload": {"data": "{}", "extensions": {"authorization": headers}}})}])]}}),
        "serverless": "service: a\nprovider: {name: aws}\nplugins: [serverless-appsync-plugin]\ncustom: {a: '${self:custom.b}${self:custom.b}', b: '${file(./serverless.yml):custom.a}'}\nappSync:\n  name: x\n  schema: s.graphql\n  dataSources: {n: {type: NONE}}\n  resolvers: {Query.a: {kind: UNIT, dataSource: n, request: '${self:custom.a}'}}\n",
        "csv": f'@timestamp,@message\n2026-01-01 00:00:00.000,"1-2-3 Request Headers: {{authorization=[{TOKEN}]}} {FOREIGN}"\n',
        "matrix": json.dumps({"schema": 1, "cells": [{"field": FOREIGN, "persona": FOREIGN, "variant": None, "verdict": "denied", "decidedBy": None, "filter": None, "reason": TOKEN}]}),
        "config": f'from = "."\npersonas = "/etc/hostname"\n[parameters]\n"{TOKEN}" = 1\n',
    }[kind]


# Kind of input: the file's name, and the arguments with FILE in the file's place.
COMMANDS = {
    "template": ("t.vtl", [["FILE"], ["FILE", "--format", "html"], ["check", "FILE"]]),
    "context": ("c.json", [["templates/static-groups/template.vtl", "--context", "FILE"]]),
    "token": ("t.jwt", [["token", "FILE"], ["templates/static-groups/template.vtl", "--claims", "FILE", "--format", "json"]]),
    "report": ("r.json", [["diagnose", "FILE"], ["diagnose", "FILE", "--format", "json"]]),
    "har": ("h.har", [["diagnose", "FILE"], ["diagnose", "FILE", "--format", "html"]]),
    "log": ("l.json", [["replay", "FILE"], ["replay", "FILE", "--format", "csv"]]),
    "cloudformation": ("stack.json", [["fields", "--from", "FILE"], ["check", "FILE", "--format", "sarif"]]),
    "yaml": ("stack.yaml", [["fields", "--from", "FILE"]]),
    "terraform": ("main.tf", [["fields", "--from", "FOLDER"]]),
    "batch": ("b.ndjson", [["batch", "FILE", "--jobs", "1"], ["batch", "FILE", "--trace", "--jobs", "1"]]),
    "cases": ("x.vtltest.json", [["test", "FILE"], ["test", "FILE", "--update"]]),
    "schema": ("s.graphql", [["diagnose", "{}", "--schema", "FILE"], ["fields", "--from", "templates/notes-api", "--schema", "FILE"]]),
    "model": ("m.graphql", [["rules", "--model", "FILE"], ["rules", "--model", "FILE", "--format", "json"]]),
    "personas": ("p.json", [["matrix", "--from", "templates/notes-api", "--personas", "FILE"], ["matrix", "--from", "templates/notes-api", "--personas", "FILE", "--format", "csv"]]),
    "policy": ("p.json", [["diagnose", '{"authType": "AWS_IAM", "context": {"identity": {"userArn": "arn:aws:iam::1:user/a", "username": "a"}}}', "--policy", "FILE"]]),
    "jwks": ("k.json", [["token", TOKEN, "--jwks", "FILE"]]),
    "frame": ("w.har", [["diagnose", "FILE"], ["diagnose", "FILE", "--format", "json"]]),
    "serverless": ("serverless.yml", [["fields", "--from", "FOLDER"], ["check", "FOLDER"]]),
    "csv": ("l.csv", [["replay", "FILE"], ["replay", "FILE", "--ndjson"]]),
    "matrix": ("old.json", [["matrix", "--from", "templates/notes-api", "--personas", "templates/notes-api/personas.json", "--diff", "FILE"]]),
    "config": ("vtl-eval.toml", [["fields", "--from", "FOLDER"], ["check", "FOLDER"]]),
}


# Values that templates of --templates begin with, and what they do to them: $a to $f are variables, N a small number, OP one of
# these again.
VALUES = ["[1..1000000]", "[1..1000]", "{'k': 1}", "[]", "{}", "'x'", "'xé '", "$ctx", "$ctx.args", "$ctx.identity.claims", "1", "-1.5", "$util.parseJson('1e400')",
          "$util.parseJson('{\"a\":[1,{\"b\":null}]}')", "$util.autoId()", "$util.time.nowISO8601()", "true", "$null", "'(a+)+b'", "'<a><b/></a>'"]
WORK = ["#set($V = [$V, $W])", "#set($V = \"$V$W\")", "#set($V = \"$!V-$!W\")", "#set($V = {'a': $V, 'b': $W})", "$util.qr($V.add($W))", "$util.qr($V.addAll($W))", "$util.qr($V.put(\"$W\", $V))",
        "$util.qr($V.put($W, $V))", "$util.qr($V.putAll($W))", "$util.qr($V.remove($W))", "$util.qr($V.retainAll($W))", "$util.qr($V.containsAll($W))", "$util.qr($V.contains($W))", "$util.qr($V.indexOf($W))",
        "#if($V == $W)x#end", "#if($V.equals($W))x#end", "$util.qr($V.hashCode())", "#set($V = $V.toString())", "#set($V = $V.clone())", "#set($V = $V.entrySet())", "#set($V = $V.keySet())", "#set($V = $V.values())",
        "#set($V = $V.split($W))", "#set($V = $V.replaceAll(\"x\", \"xx\"))", "#set($V = $V.replace(\"x\", \"$W\"))", "$util.qr($V.matches(\"(x|xx)+y\"))", "$util.qr($V.matches($W))", "#set($V = $V.repeat(N))", "#set($V = $V.concat($W))",
        "#set($V = $V.substring(0, N))", "#set($V = $V.toUpperCase())", "#set($V = $V.toCharArray())", "#set($V = $V.subList(0, N))", "$V.sort($null)", "#set($V = $V + $W)", "#set($V = $V * $V)", "#set($V = $V / $W)", "#set($V = $V % 7)",
        "#set($V = $util.toJson($V))", "#set($V = $util.parseJson($V))", "#set($V = $util.parseJson($util.toJson($V)))", "#set($V = $util.urlEncode($V))", "#set($V = $util.base64Encode($V))", "#set($V = $util.escapeJavaScript($V))",
        "#set($V = $util.dynamodb.toDynamoDB($V))", "#set($V = $util.dynamodb.toMapValues($V))", "#set($V = $util.transform.toDynamoDBFilterExpression($V))", "#set($V = $util.transform.toElasticsearchQueryDSL($V))", "#set($V = $util.xml.toMap(\"<r>$V</r>\"))",
        "#set($V = $util.xml.toJsonString(\"<r>$V</r>\"))", "#set($V = $util.rds.toJsonString($V))", "#set($V = $util.list.copyAndRetainAll($V, $W))", "#set($V = $util.list.sortList($V, false, 'a'))", "#set($V = $util.map.copyAndRemoveAllKeys($V, $W))",
        "$util.log.info($V)", "$util.qr($ctx.stash.put(\"$W\", $V))", "#set($ctx.stash.s = $V)", "#set($V = $ctx.args.get($W))", "#set($V = $ctx.args.getOrDefault(\"$V\", $W))", "$util.appendError(\"$V\", 'T', $V)", "$V", "$!V", "$V.nothing($W)",
        "#foreach($i in $V)$i#end", "#foreach($i in $V)#if($i == $W)#break#end#end", "#set($V[0] = $W)", "#set($V.a = $V)", "#set($V = $V.format(\"%N00000s\", $W))", "#set($isAuthorized = $V)", "#if($ctx.identity.claims.get(\"$V\") == $W)#set($isAuthorized = true)#end"]


def template(rand):
    """A template of at most 64 KB that works on a few variables, in loops."""
    def work(depth):
        out = ""
        for _ in range(rand.randint(1, 6)):
            kind = rand.random()
            if kind < 0.25 and depth < 4:
                out += f"#foreach($n{depth} in [1..{rand.choice([3, 30, 60, 1000])}])" + work(depth + 1) + "#end"
            elif kind < 0.3 and depth < 6:
                out += "#if($a != $b)" + work(depth + 1) + "#else" + work(depth + 1) + "#end"
            else:
                words = rand.choice(WORK)
                for name in ("V", "W"):
                    words = words.replace("$!" + name, "$!" + rand.choice("abcdef")) if "$!" + name in words else words
                first, second = rand.choice("abcdef"), rand.choice(["a", "b", "c", "d", "e", "f", "n0"])
                out += words.replace("$V", "$" + first).replace("$W", "$" + second).replace("N", str(rand.choice([1, 2, 50, 9000000])))
        return out
    begin = "".join(f"#set(${name} = {rand.choice(VALUES)})" for name in "abcdef")
    body = begin + "".join(work(0) for _ in range(rand.choice([1, 3, 20])))
    return (body if len(body.encode()) <= 64 << 10 else begin) + rand.choice(["", " done", "$util.unauthorized()", "#if(!$isAuthorized)$util.unauthorized()#end"])


def templates(binary, seed, count):
    """How many ended with an answer or an error, within 2 s and 512 MB."""
    rand, failed, codes = random.Random(seed), 0, {}
    for turn in range(count):
        text = template(rand)
        shell = f'ulimit -v 524288; ulimit -t {os.environ.get("HOSTILE_SECONDS", "2")}; exec "$0" "$@"'
        command = ["sh", "-c", shell, binary, "-", "--claims", '{"sub": "a"}', "--args", '{"x": [1]}', "--format", "json"]
        done = subprocess.run(command, cwd=ROOT, input=text.encode(), capture_output=True)
        codes[done.returncode] = codes.get(done.returncode, 0) + 1
        if done.returncode not in (0, 1, 2, 3) or b"panicked" in done.stderr:
            failed += 1
            kept = pathlib.Path(tempfile.mkdtemp(prefix="vtl-eval-hostile-")) / "t.vtl"
            kept.write_text(text)
            print(f"{turn} ({kept}): exit {done.returncode}: {done.stderr[-200:]!r}", flush=True)
    print(f"{count - failed} of {count} templates survived (seed {seed}), exits {codes}")
    return 1 if failed else 0


def hostile(rand, kind):
    how = rand.randrange(8)
    if how == 0:
        return deep(rand, rand.choice([100, 5_000, 1_000_000])).encode()
    if how == 1:
        return (rand.choice(["a", "[", "\"", "é", "\n", "{}", "a: ", "0"]) * rand.choice([1, 10**4, 10**7])).encode()
    if how == 2:
        return rand.randbytes(rand.choice([0, 1, 100, 10**6]))
    if how == 3:
        return (valid(kind) * rand.choice([2, 500])).encode()
    return broken(rand, valid(kind))


def run(binary, folder, kind, arguments, data):
    file = folder / COMMANDS[kind][0]
    file.write_bytes(data)
    arguments = [a.replace("FILE", str(file)).replace("FOLDER", str(folder)) for a in arguments]
    shell = f'ulimit -v 600000; ulimit -t {SECONDS}; exec "$0" "$@"'
    try:
        done = subprocess.run(["sh", "-c", shell, binary, *arguments], cwd=ROOT, capture_output=True, timeout=300, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return "did not end"
    told = done.stdout + done.stderr
    if done.returncode not in (0, 1, 2, 3):
        return f"exit {done.returncode}: {told[-200:]!r}"
    for word, what in [(b"panicked", "a panic"), (b"error: internal", "a panic"), (b"\x1b", "an escape"), (b"\xe2\x80\xae", "a mark of direction"), (b"\xc2\x85", "a control character"), (b"\n::error", "a command for a runner"), (TOKEN[40:].encode(), "the token")]:
        if word in told:
            return f"{what} came out"
    return None


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--binary", default=str(ROOT / "target/release/vtl-eval"))
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--templates", action="store_true")
    options = options.parse_args()
    if options.templates:
        return templates(os.path.abspath(options.binary), options.seed, options.count)
    rand = random.Random(options.seed)
    failed = 0
    for turn in range(options.count):
        kind = rand.choice(list(COMMANDS))
        arguments = rand.choice(COMMANDS[kind][1])
        data = hostile(rand, kind)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="vtl-eval-hostile-"))
        wrong = run(os.path.abspath(options.binary), folder, kind, arguments, data)
        if wrong:
            failed += 1
            print(f"{turn} {kind} {' '.join(arguments)} ({folder}): {wrong}")
        else:
            shutil.rmtree(folder)
    print(f"{options.count - failed} of {options.count} survived (seed {options.seed})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
