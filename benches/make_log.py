#!/usr/bin/env python3
"""Writes an AppSync log of about N megabytes to standard output, for measuring `vtl-eval replay`.

    benches/make_log.py 2000 > big.log
    /usr/bin/time -v vtl-eval replay big.log --from templates/notes-api/manifest.json --claims '{"sub": "s-1"}' > /dev/null

The requests are those of templates/notes-api; one in five is refused, four are under way at a time.
"""
import itertools
import json
import sys

LIMIT = float(sys.argv[1]) * 1e6
FIELD = "arn:aws:appsync:eu-west-1:111122223333:apis/abc/types/Mutation/fields/deleteNote"


def request(number):
    name = f"6f1d2c3b-0000-4000-8000-{number:012x}"
    refused = number % 5 == 0
    owner = "somebody" if refused else "s-1"
    note = {"id": f"n{number}", "owner": owner, "text": "lorem ipsum dolor sit amet " * 20}
    get = '{"version": "2018-05-29", "operation": "GetItem", "key": {"id": {"S": "n%d"}}}' % number

    def entry(kind, function, text, result=None, errors=()):
        context = {"arguments": {"id": note["id"]}, "stash": {"typeName": "Mutation", "fieldName": "deleteNote"}, "outErrors": []}
        if result is not None:
            context["result"] = result
        return {"logType": kind, "path": ["deleteNote"], "fieldName": "deleteNote", "resolverArn": FIELD, "requestId": name,
                "functionName": function, "context": context, "fieldInError": bool(errors), "errors": list(errors),
                "parentType": "Mutation", "graphQLAPIId": "abc", "transformedTemplate": text}

    yield f"{name} GraphQL Query: mutation {{ deleteNote(id: \"n{number}\") {{ id text }} }}, Operation: null, Variables: {{}}"
    yield f"{name} Request Headers: {{host=[abc.appsync-api.eu-west-1.amazonaws.com], content-type=[application/json]}}"
    yield entry("BeforeMapping", None, "{}")
    yield entry("RequestFunctionMapping", "authDeleteNote", get)
    if refused:
        error = "CustomTemplateException(message=Not Authorized to access deleteNote on type Mutation, errorType=Unauthorized, data=null, errorInfo=null)"
        yield entry("ResponseFunctionMapping", "authDeleteNote", "", note, [error])
    else:
        yield entry("ResponseFunctionMapping", "authDeleteNote", json.dumps(note), note)
        yield entry("RequestFunctionMapping", "deleteNote", get.replace("GetItem", "DeleteItem"))
        yield entry("ResponseFunctionMapping", "deleteNote", json.dumps(note), note)
    yield {"logType": "Tracing", "path": ["deleteNote"], "fieldName": "deleteNote", "parentType": "Mutation", "requestId": name, "duration": 11247}
    yield {"logType": "ExecutionSummary", "requestId": name, "duration": 217406145, "version": 1}
    yield {"logType": "RequestSummary", "requestId": name, "statusCode": 200, "latency": 8000000}


written, numbers = 0, itertools.count()
while written < LIMIT:
    four = [request(next(numbers)) for _ in range(4)]
    for group in itertools.zip_longest(*four):
        for event in filter(None, group):
            text = event if isinstance(event, str) else json.dumps(event)
            line = f"2026-11-02T06:06:18.956Z {text}\n"
            sys.stdout.write(line)
            written += len(line)
