#!/bin/sh
# A newcomer's ten problems, in an empty folder, with nothing at hand but README.md and what `--help` says: five at resolvers,
# three before them, two with a whole project. Each line `solve` is a command as the README or its links show it; the answer
# must hold the words. VTL_EVAL names the program (target/debug/vtl-eval without it).
set -u
program=${VTL_EVAL:-$(cd "$(dirname "$0")/.." && pwd)/target/debug/vtl-eval}
folder=$(mktemp -d) && cd "$folder" || exit 1
trap 'rm -rf "$folder"' EXIT
problems=0 commands=0 failed=0

problem() { problems=$((problems + 1)); echo "$problems. $1"; }

# solve CODE "words" ARGUMENTS…
solve() {
    wanted=$1 words=$2; shift 2
    commands=$((commands + 1))
    told=$("$program" "$@" 2>&1); code=$?
    echo "     vtl-eval $*" | cut -c1-150
    case $(echo "$told" | tr '\n' ' ' | tr -s ' ') in *"$words"*) found=1 ;; *) found=0 ;; esac
    if [ "$code" != "$wanted" ] || [ "$found" = 0 ]; then
        failed=$((failed + 1)); echo "     ✗ wanted exit $wanted and \"$words\", got exit $code:"; echo "$told" | sed 's/^/       /'
    fi
}

part() { printf '%s' "$1" | base64 | tr -d '=\n' | tr '+/' '-_'; }
token() { echo "$(part '{"alg":"RS256","kid":"k"}').$(part "$1").$(part 'a signature that nobody checks here')"; }
pool='"iss":"https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example"'

cat > Query.listReports.auth.1.req.vtl <<'VTL'
#set( $isAuthorized = false )
#set( $groups = $util.defaultIfNull($ctx.identity.claims.get("cognito:groups"), []) )
#if( $groups.contains("Editors") )
  #set( $isAuthorized = true )
#end
#if( !$isAuthorized && $ctx.identity.claims.get("email") == "ann@example.com" )
  #set( $isAuthorized = true )
#end
#if( !$isAuthorized )
$util.unauthorized()
#end
{}
VTL
cat > owner.vtl <<'VTL'
#if( $ctx.result.owner != $ctx.identity.username )
$util.unauthorized()
#end
$util.toJson($ctx.result)
VTL

problem 'The user is in the group "editors", and is refused.'
token "{\"sub\":\"ann-1\",\"token_use\":\"access\",\"username\":\"ann\",\"cognito:groups\":[\"editors\"],$pool,\"exp\":4102444800}" > token.txt
solve 2 'upper and lower case differ' Query.listReports.auth.1.req.vtl --claims token.txt

problem 'The rule wants an email, and only one of the two tokens has it.'
access=$(token "{\"sub\":\"ann-1\",\"token_use\":\"access\",\"username\":\"ann\",$pool,\"exp\":4102444800}")
id=$(token "{\"sub\":\"ann-1\",\"token_use\":\"id\",\"cognito:username\":\"ann\",\"email\":\"ann@example.com\",$pool,\"exp\":4102444800}")
echo "{\"AuthenticationResult\": {\"AccessToken\": \"$access\", \"IdToken\": \"$id\"}}" > auth.json
solve 2 '--token-use id' Query.listReports.auth.1.req.vtl --claims auth.json
solve 0 'ALLOWED' Query.listReports.auth.1.req.vtl --claims auth.json --token-use id

problem 'The row decides: nobody gave it, then it is somebody else'"'"'s.'
solve 3 '--result' owner.vtl --username ann
solve 2 'bob' owner.vtl --username ann --result '{"id": "7", "owner": "bob"}'

problem 'All that there is of the resolver is what the AWS CLI saved.'
cat > resolver.json <<'JSON'
{"resolver": {"typeName": "Mutation", "fieldName": "deleteReport", "requestMappingTemplate": "#if( !$ctx.identity.groups.contains(\"Admin\") )$util.unauthorized()#end{}", "responseMappingTemplate": "$util.toJson($ctx.result)"}}
JSON
solve 2 'Not Authorized to access deleteReport on type Mutation' resolver.json --groups Editors

problem 'No token at hand: would an editor get in?'
solve 0 'ALLOWED' Query.listReports.auth.1.req.vtl --groups Editors

problem 'The browser sent a word in the place of a token.'
cat > request.txt <<'TXT'
curl 'https://abc.appsync-api.eu-west-1.amazonaws.com/graphql' -H 'authorization: Bearer undefined' -H 'content-type: application/json' --data-raw '{"query":"{ listReports { id } }"}'
TXT
solve 2 'undefined' diagnose request.txt

problem 'All that is left is the body of the response.'
echo '{"errors": [{"errorType": "UnauthorizedException", "message": "Token has expired."}]}' > body.json
solve 2 'expired' diagnose body.json

problem 'Is it the token?'
token "{\"sub\":\"ann-1\",\"token_use\":\"access\",$pool,\"exp\":1700000000}" > old.txt
solve 2 'expired' token old.txt

mkdir -p api/resolvers
cp Query.listReports.auth.1.req.vtl api/resolvers/
echo '{}' > api/resolvers/pass.vtl
cat > api/manifest.json <<'JSON'
{"pipelines": {"Query.listReports": {"kind": "PIPELINE", "functions": [{"name": "auth", "slot": "auth", "index": 1, "dataSource": {"name": "NONE_DS", "type": "NONE"}, "request": {"file": "Query.listReports.auth.1.req.vtl"}, "response": {"file": "pass.vtl"}}]}}}
JSON

problem 'Which field of the project refuses, and in which template?'
solve 0 'Query.listReports' fields --from api
solve 2 'Query.listReports.auth.1.req.vtl' resolver Query.listReports --from api --groups Readers

problem 'What does a change open?'
echo '{"personas": [{"name": "editor", "claims": {"sub": "e", "token_use": "access", "cognito:groups": ["Editors"]}}, {"name": "reader", "claims": {"sub": "r", "token_use": "access", "cognito:groups": ["Readers"]}}]}' > personas.json
solve 0 '' matrix --from api --personas personas.json -o before.json
sed 's/contains("Editors")/contains("Readers")/' Query.listReports.auth.1.req.vtl > api/resolvers/Query.listReports.auth.1.req.vtl
solve 2 'OPENED' matrix --from api --personas personas.json --diff before.json

echo "$problems problems, $commands commands, $failed not answered"
[ "$failed" = 0 ]
