"""What the CDK really writes: every resolver of a small app, by the built command."""
import json, subprocess, sys

binary, out = sys.argv[1], sys.argv[2]


def resolver(field, group):
    claims = json.dumps({"sub": "1", "token_use": "access", "cognito:groups": [group]})
    command = [binary, "resolver", field, "--from", out, "--claims", claims, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


checked = 0
for field in ("Query.listNotes", "Query.getNote", "Query.countNotes", "Query.nestedNotes", "Query.nestedPipeline"):
    for group, code, verdict in (("Admins", 0, "allowed"), ("admins", 2, "denied")):
        exit_code, report, messages = resolver(field, group)
        assert (exit_code, report and report["verdict"]) == (code, verdict), (field, group, exit_code, report, messages)
        checked += 1
        if verdict == "denied":
            assert report["decision"]["at"]["line"] == 6, report["decision"]
            assert report["hints"][0]["code"] == "group-case-mismatch", report["hints"]
exit_code, report, messages = resolver("Query.now", "Admins")
told = json.dumps(report) + messages
assert "APPSYNC_JS" in told, told
print(f"cdk: {checked + 1} passed, 0 failed")
