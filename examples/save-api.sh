#!/usr/bin/env bash
# Saves a deployed AppSync API with the AWS CLI into a folder that `vtl-eval --from DIR` reads: the API, its schema with
# directives, resolvers and functions (all pages), data sources, cache, environment, and the policies of the roles that its
# callers sign with. It only reads. Credentials, region and profile are the AWS CLI's own.
#
#   examples/save-api.sh API_ID [DIR] [--identity-pool POOL_ID] [--role NAME]...
set -euo pipefail

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 1; }
api=${1:-}
case "$api" in ""|-*) usage ;; esac
shift
dir="saved-$api"
case "${1:-}" in ""|-*) ;; *) dir=$1; shift ;; esac
pool=""
roles=()
while [ $# -gt 0 ]; do
  case "$1" in
    --identity-pool) pool=${2:?an id}; shift 2 ;;
    --role) roles+=("${2:?a name}"); shift 2 ;;
    *) usage ;;
  esac
done
mkdir -p "$dir"

# The CLI follows all pages of a list by itself and puts them together.
save() { local file=$1; shift; aws "$@" --output json > "$dir/$file.json"; }
# What an API need not have is left out where it is missing.
try() { local file=$1; shift; if ! aws "$@" --output json > "$dir/$file.json" 2> "$dir/.error"; then
  grep -q -e NotFound -e NoSuchEntity "$dir/.error" || { cat "$dir/.error" >&2; exit 1; }; rm -f "$dir/$file.json"; fi; rm -f "$dir/.error"; }
# Words of an answer, one a line.
words() { tr '\t' '\n' | grep -v -e '^None$' -e '^$' || true; }

save api appsync get-graphql-api --api-id "$api"
aws appsync get-introspection-schema --api-id "$api" --format SDL --include-directives "$dir/schema.graphql" > /dev/null
save data-sources appsync list-data-sources --api-id "$api"
save functions appsync list-functions --api-id "$api"
save types appsync list-types --api-id "$api" --format SDL
try environment appsync get-graphql-api-environment-variables --api-id "$api"
try cache appsync get-api-cache --api-id "$api"

aws appsync list-types --api-id "$api" --format SDL --query 'types[].name' --output text | words | while read -r type; do
  save "resolvers-$type" appsync list-resolvers --api-id "$api" --type-name "$type"
  # A type without resolvers says nothing.
  grep -q '"fieldName"' "$dir/resolvers-$type.json" || rm "$dir/resolvers-$type.json"
done

# The Lambda authorizer: its configuration, and who may call it.
authorizer=$(aws appsync get-graphql-api --api-id "$api" --query 'graphqlApi.lambdaAuthorizerConfig.authorizerUri' --output text | words)
if [ -n "$authorizer" ]; then
  try authorizer lambda get-function-configuration --function-name "$authorizer"
  try authorizer-policy lambda get-policy --function-name "$authorizer"
fi

# Guests and signed-in users of an identity pool.
if [ -n "$pool" ]; then
  save identity-pool-roles cognito-identity get-identity-pool-roles --identity-pool-id "$pool"
  while read -r arn; do roles+=("${arn##*/}"); done < <(
    aws cognito-identity get-identity-pool-roles --identity-pool-id "$pool" --query 'Roles.[authenticated, unauthenticated]' --output text | words)
fi
for role in ${roles[@]+"${roles[@]}"}; do
  save "role-$role" iam get-role --role-name "$role"
  aws iam list-role-policies --role-name "$role" --query 'PolicyNames' --output text | words | while read -r name; do
    save "role-$role-$name" iam get-role-policy --role-name "$role" --policy-name "$name"
  done
  # Managed policies in their version in force, under the role's name as its inline ones are.
  aws iam list-attached-role-policies --role-name "$role" --query 'AttachedPolicies[].PolicyArn' --output text | words | while read -r arn; do
    version=$(aws iam get-policy --policy-arn "$arn" --query 'Policy.DefaultVersionId' --output text)
    save "role-$role-${arn##*/}" iam get-policy-version --policy-arn "$arn" --version-id "$version" \
      --query "{RoleName: '$role', PolicyName: '${arn##*/}', PolicyDocument: PolicyVersion.Document}"
  done
done
echo "saved to $dir: vtl-eval fields --from $dir" >&2
