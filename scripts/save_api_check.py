"""examples/save-api.sh against botocore's own service model: every command that it types must be one that AWS knows, with the
options that it takes and wants; what it saves must be a project that `vtl-eval --from` reads.

    pip install botocore && python3 scripts/save_api_check.py target/debug/vtl-eval
"""
import json, os, stat, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

TEMPLATE = '#if($ctx.identity.username != "ann")$util.unauthorized()#end{}'
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "appsync:GraphQL", "Resource": "*"}]}
ANSWERS = {
    "appsync get-graphql-api": {"graphqlApi": {"name": "notes", "apiId": "a1", "authenticationType": "AMAZON_COGNITO_USER_POOLS",
        "arn": "arn:aws:appsync:eu-west-1:111122223333:apis/a1",
        "additionalAuthenticationProviders": [{"authenticationType": "AWS_LAMBDA"}, {"authenticationType": "AWS_IAM"}],
        "lambdaAuthorizerConfig": {"authorizerUri": "arn:aws:lambda:eu-west-1:111122223333:function:authorizer"}}},
    "appsync list-data-sources": {"dataSources": [{"name": "NONE_DS", "type": "NONE"}]},
    "appsync list-functions": {"functions": [{"functionId": "f1", "name": "auth", "dataSourceName": "NONE_DS",
        "requestMappingTemplate": TEMPLATE, "responseMappingTemplate": "$util.toJson($ctx.result)"}]},
    "appsync list-types": {"types": [{"name": "Query", "definition": "type Query { getNote: String }"}, {"name": "Note", "definition": "type Note { id: ID }"}]},
    "appsync list-resolvers Query": {"resolvers": [{"typeName": "Query", "fieldName": "getNote", "kind": "PIPELINE",
        "requestMappingTemplate": "{}", "responseMappingTemplate": "$util.toJson($ctx.prev.result)", "pipelineConfig": {"functions": ["f1"]}}]},
    "appsync list-resolvers Note": {"resolvers": []},
    "appsync get-graphql-api-environment-variables": {"environmentVariables": {"STAGE": "dev"}},
    "lambda get-function-configuration": {"FunctionName": "authorizer"},
    "lambda get-policy": {"Policy": "{}"},
    "cognito-identity get-identity-pool-roles": {"IdentityPoolId": "p", "Roles": {
        "authenticated": "arn:aws:iam::111122223333:role/notes-auth", "unauthenticated": "arn:aws:iam::111122223333:role/notes-unauth"}},
    "iam get-role": {"Role": {"RoleName": "notes"}},
    "iam list-role-policies": {"PolicyNames": ["own"]},
    "iam get-role-policy": {"RoleName": "notes-auth", "PolicyName": "own", "PolicyDocument": POLICY},
    "iam list-attached-role-policies": {"AttachedPolicies": [{"PolicyName": "more", "PolicyArn": "arn:aws:iam::111122223333:policy/more"}]},
    "iam get-policy": {"Policy": {"DefaultVersionId": "v2"}},
    "iam get-policy-version": {"PolicyVersion": {"Document": POLICY, "VersionId": "v2"}},
}


def stub(arguments):
    """The AWS CLI as far as the script needs it: refuses what botocore's model does not have."""
    import botocore.session, jmespath
    from botocore import xform_name

    service, command, rest = arguments[0], arguments[1], arguments[2:]
    model = botocore.session.get_session().get_service_model(service)
    names = {xform_name(name, "-"): name for name in model.operation_names}
    assert command in names, f"{service} has no {command}"
    operation = model.operation_model(names[command])
    members = {xform_name(name, "-"): shape for name, shape in operation.input_shape.members.items()}
    given, positional, at = {}, [], 0
    while at < len(rest):
        word = rest[at]
        if not word.startswith("--"):
            positional.append(word)
            at += 1
            continue
        option = word[2:]
        assert option in members or option in ("output", "query"), f"{service} {command} has no {word}"
        if option in members and members[option].type_name == "boolean":
            given[option], at = True, at + 1
            continue
        value = rest[at + 1]
        enum = getattr(members.get(option), "enum", None)
        assert not enum or value in enum, f"{word} {value}: one of {enum}"
        given[option], at = value, at + 2
    wanted = {xform_name(name, "-") for name in operation.input_shape.required_members}
    assert wanted <= set(given), f"{service} {command} wants {wanted - set(given)}"
    streaming = [name for name, shape in (operation.output_shape.members if operation.output_shape else {}).items() if shape.type_name == "blob"]
    assert bool(streaming) == bool(positional), f"{service} {command}: {positional}"
    if streaming:
        with open(positional[0], "w") as file:
            file.write("type Query { getNote: String @aws_lambda @aws_cognito_user_pools } type Note { id: ID }")
        print("{}")
        return
    key = f"{service} {command}"
    answer = ANSWERS.get(key) or ANSWERS.get(f"{key} {given.get('type-name')}")
    if answer is None:
        sys.exit("An error occurred (NotFoundException) when calling the operation")
    if given.get("role-name") and "RoleName" in answer:
        answer = {**answer, "RoleName": given["role-name"]}
    # What a real answer cannot have must not be what the script rests on.
    known = set(operation.output_shape.members)
    assert set(answer) <= known, (key, set(answer) - known)
    if "query" in given:
        answer = jmespath.search(given["query"], answer)
    if given.get("output") != "text":
        return print(json.dumps(answer))
    words = answer if isinstance(answer, list) else [answer]
    print("\t".join("None" if word is None else str(word) for word in words))


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        aws = os.path.join(folder, "aws")
        with open(aws, "w") as file:
            file.write(f"#!/bin/sh\nexec {sys.executable} {os.path.abspath(__file__)} --stub \"$@\"\n")
        os.chmod(aws, os.stat(aws).st_mode | stat.S_IXUSR)
        environment = {**os.environ, "PATH": folder + os.pathsep + os.environ["PATH"]}
        saved = os.path.join(folder, "saved")
        script = os.path.join(HERE, "..", "examples", "save-api.sh")
        done = subprocess.run(["bash", script, "a1", saved, "--identity-pool", "eu-west-1:p"], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        out = subprocess.run([binary, "fields", "--from", saved, "--json"], capture_output=True, text=True)
        assert out.returncode == 0, out.stderr
        fields = json.loads(out.stdout)
        assert "Query.getNote" in out.stdout and "AWS_LAMBDA" not in out.stderr, fields
        matrix = subprocess.run([binary, "matrix", "--from", saved, "--format", "json"], capture_output=True, text=True)
        cells = {cell["persona"]: cell for cell in json.loads(matrix.stdout)["cells"]}
        # The schema's directives and the API's modes were saved: IAM is let in nowhere.
        assert (cells["signed-in role"]["verdict"], cells["signed-in role"]["layer"]) == ("denied", "mode"), cells["signed-in role"]
        assert cells["owner"]["verdict"] == "denied" and cells["owner"]["layer"] == "resolver", cells["owner"]
        print(f"save-api: {len(os.listdir(saved))} files saved and read, every option known to botocore")


if sys.argv[1] == "--stub":
    stub(sys.argv[2:])
else:
    main(sys.argv[1])
