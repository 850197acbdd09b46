#!/usr/bin/env python3
"""Compares the layer of modes with answers that AWS gave: every mix of directives on a query's field, on the type that it returns and
on that type's field, for a user pool alone (default action ALLOW and DENY) and for a user pool with IAM, either first.

    python3 scripts/recorded_directives.py new.json target/debug/vtl-eval

new.json was recorded by github.com/sashee/appsync-directives-tester (commit 9884e00); it is not ours, so it is not kept here. The
caller is in the group `user`. Ends with 1 where one answer differs.
"""
import concurrent.futures, json, os, subprocess, sys

ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc"
POOL, IAM = "AMAZON_COGNITO_USER_POOLS", "AWS_IAM"
USER = {"sub": "s1", "username": "user", "issuer": ISSUER, "sourceIp": ["192.0.2.1"], "groups": ["user"],
        "claims": {"sub": "s1", "iss": ISSUER, "username": "user", "token_use": "access", "client_id": "c", "cognito:groups": ["user"]}}
SIGNER = {"accountId": "111122223333", "userArn": "arn:aws:iam::111122223333:user/dev", "username": "AIDA", "sourceIp": ["192.0.2.1"],
          "cognitoIdentityPoolId": None, "cognitoIdentityId": None, "cognitoIdentityAuthType": None, "cognitoIdentityAuthProvider": None}


def report(result, by_iam):
    """The refusal report of one recorded request."""
    name = result["APIname"]
    modes = [POOL] if "only" in name else [IAM, POOL] if "iam_first" in name else [POOL, IAM]
    action = "DENY" if "deny" in name else "ALLOW"
    put = lambda place: " ".join(filter(None, [result[f"{place}_0"], result[f"{place}_1"]]))
    schema = f"type T {put('t')} {{ f: String! {put('f')} }}\ntype Query {{ q: T! {put('q')} }}\nschema {{ query: Query }}"
    identity = SIGNER if by_iam else {**USER, "defaultAuthStrategy": action}
    api = {"default": modes[0], "additional": modes[1:], "issuer": ISSUER, "defaultAction": action}
    info = {"parentTypeName": "Query", "fieldName": "q", "selectionSetList": ["f"]}
    context = {"identity": identity, "arguments": {}, "source": None, "stash": {}, "info": info, "schema": schema, "apiConfig": api}
    return {"template": '{"version": "2018-05-29", "payload": {}}', "templateName": "Query.q.req.vtl",
            "authType": "IAM Authorization" if by_iam else "User Pool Authorization", "context": context}


def refuses(binary, given):
    ran = subprocess.run([binary, "diagnose", "-", "--format", "json"], input=json.dumps(given), capture_output=True, text=True)
    return json.loads(ran.stdout)["verdict"] == "denied"


def main():
    recorded, binary = json.load(open(sys.argv[1], encoding="utf-8"))["results"], sys.argv[2]
    asked = [(one, by_iam, one[name]) for name, by_iam in (("resultCognito", False), ("resultIam", True)) for one in recorded if name in one]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        ours = list(pool.map(lambda ask: refuses(binary, report(ask[0], ask[1])), asked))
    others = [ask for ask, refused in zip(asked, ours) if refused == ask[2]]
    for one, by_iam, passed in others[:20]:
        print(f"{one['APIname']}, {'IAM' if by_iam else 'user pool'}: AWS {'answered' if passed else 'refused'}, we do not: {one}")
    print(f"{len(asked) - len(others)} of {len(asked)} as AWS answered")
    sys.exit(bool(others))


if __name__ == "__main__":
    main()
