"""The wheel as it is installed: API, command, plugin."""

import base64
import datetime
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import vtl_eval
from vtl_eval import Project, Template, VtlEvalError

SAMPLES = Path(__file__).resolve().parents[3] / "templates"
GUARD = """#if($ctx.identity.claims["cognito:groups"].contains("Admin"))
#set($isAuthorized = true)#end#if(!$isAuthorized)$util.unauthorized()#end{}"""


def test_a_refusal_is_explained():
    why = vtl_eval.explain(GUARD, claims={"cognito:groups": ["admin"], "token_use": "access"})
    assert why["verdict"] == "denied"
    assert why["hints"][0]["code"] == "group-case-mismatch"
    assert why["text"].startswith("DENIED")


def test_an_evaluation_gives_output_and_stash():
    done = vtl_eval.evaluate('$util.qr($ctx.stash.put("a", 1))$util.toJson($ctx.args)', args={"id": "7"})
    assert (done["output"], done["stash"], done["verdict"]) == ('{"id":"7"}', {"a": 1}, "completed")


def test_the_time_is_the_one_given():
    template = Template("$util.time.nowISO8601()")
    for now in ("2026-01-02T03:04:05Z", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), 1767323045):
        assert template.evaluate(now=now)["output"] == "2026-01-02T03:04:05.000Z"


@pytest.mark.parametrize(
    "work, code, line",
    [
        (lambda: Template("#if($x)"), "template", 1),
        (lambda: Template(7), "input", None),
        (lambda: Template.file("no/such/file.vtl"), "input", None),
        (lambda: Template.file(__file__[:-11]), "input", None),
        (lambda: vtl_eval.evaluate("", klaims={}), "input", None),
        (lambda: vtl_eval.evaluate("", now="soon"), "input", None),
        (lambda: vtl_eval.evaluate("", args={"a": object()}), "input", None),
        (lambda: vtl_eval.evaluate("", args={"a": float("nan")}), "input", None),
        (lambda: vtl_eval.evaluate("", claims={}, identity={}), "input", None),
        (lambda: vtl_eval.evaluate("", auth_type="password"), "input", None),
        (lambda: vtl_eval.token("not a token"), "input", None),
        (lambda: vtl_eval.diagnose("{"), "input", None),
        (lambda: Project.open("no/such/folder"), "project", None),
        (lambda: Project.open(SAMPLES / "notes-api").explain("Mutation.deleteNotes"), "unknown-field", None),
        (lambda: Project.open(SAMPLES / "notes-api").matrix({"personas": []}), "project", None),
    ],
)
def test_errors_have_a_code(work, code, line):
    with pytest.raises(VtlEvalError) as caught:
        work()
    assert (caught.value.code, caught.value.line) == (code, line)


def test_a_runaway_template_ends_and_the_next_call_is_answered():
    endless = '#set($s = "x")#foreach($i in [1..100000])#set($s = "$s$s")#end'
    assert vtl_eval.evaluate(endless)["verdict"] == "error"
    with pytest.raises(VtlEvalError):
        Template("#if(true)" * 5000)
    assert vtl_eval.evaluate("ok")["output"] == "ok"


def test_findings_a_diagnosis_and_a_token():
    assert vtl_eval.check("$util.isNul(1)")[0]["code"] == "unknown-function"
    assert vtl_eval.diagnose({"template": "$util.unauthorized()", "context": {"identity": None}})["verdict"] == "denied"

    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    jwt = f"{part({'alg': 'none'})}.{part({'sub': 'ann', 'exp': 100})}."
    assert vtl_eval.token(jwt, now=200)["refused"] is True


def test_a_project():
    project = Project.open(SAMPLES / "notes-api")
    assert sorted(project.fields()) == ["Mutation.deleteNote", "Query.listNotes", "Query.serverTime"]
    moderator = {"sub": "mo-1", "username": "mo", "token_use": "access", "cognito:groups": ["moderators"]}
    refused = project.explain("Mutation.deleteNote", claims=moderator, args={"id": "n1"}, result={"id": "n1", "owner": "ann-1"})
    assert (refused["verdict"], refused["field"], refused["hints"][0]["code"]) == ("denied", "Mutation.deleteNote", "group-case-mismatch")
    matrix = project.matrix(SAMPLES / "notes-api" / "personas.json")
    assert {cell["field"] for cell in matrix["cells"]} == set(project.fields())


def test_a_template_is_used_by_several_threads():
    template, outputs = Template("$ctx.args.n"), []

    def work(n):
        outputs.append(template.evaluate(args={"n": n})["output"])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outputs) == [str(n) for n in range(8)]


def test_rows_are_those_of_batch():
    lines = ['{"id": 1, "template": "$ctx.args.a", "context": {"arguments": {"a": "b"}}}', "no json"]
    here = list(vtl_eval.rows(lines, now=0))
    ran = subprocess.run(
        [sys.executable, "-m", "vtl_eval", "batch", "--now", "0"], input="\n".join(lines), capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == here
    assert json.loads(here[0])["output"] == "b"


def test_the_command_has_the_exit_code_of_the_native_one():
    sample = SAMPLES / "static-groups"
    command = [sys.executable, "-m", "vtl_eval", str(sample / "template.vtl"), "--context", str(sample / "case.json")]
    command += ["--claims", str(sample / "claims" / "deny-lower-case-group.json")]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout.split()[0], ran.stderr) == (2, "DENIED", "")


def test_case_files_are_collected(pytester):
    pytester.makefile(".vtl", t="$util.unauthorized()")
    pytester.makefile(
        ".vtltest.yaml",
        cases="""
        template: t.vtl
        cases:
          - name: nobody may
            claims: {sub: a}
            expect: {verdict: denied}
          - name: everyone may
            claims: {sub: a}
            expect: {verdict: allowed}
        """,
    )
    pytester.makefile(".vtltest.json", broken="{")
    result = pytester.runpytest_subprocess()
    assert result.parseoutcomes() == {"error": 1} or result.parseoutcomes() == {"errors": 1}
    result = pytester.runpytest_subprocess("--continue-on-collection-errors")
    outcomes = result.parseoutcomes()
    assert (outcomes["passed"], outcomes["failed"]) == (1, 1)
    result.stdout.fnmatch_lines(['*verdict: expected "allowed", got "denied"*', "*DENIED*", "*cause *", "*refused at 1:1*", "*FAILED cases.vtltest.yaml::everyone may*"])


pytest_plugins = ["pytester"]
