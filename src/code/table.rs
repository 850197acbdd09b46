//! Every code with its kind, severity, certainty, layer and meaning: what `vtl-eval explain`, docs/hints.md and the SARIF
//! rules are drawn from.

use super::{Certainty, Entry, Kind, Severity, Stage};

codes! {
    // In a template, or where a pipeline decided.
    NotGiven = "not-given", Doubt Warning Certain Resolver, "The decision read a part of the context that nobody supplied. Pass it; until then the verdict rests on null.";
    AuthorizationRevoked = "authorization-revoked", Cause Error Certain Resolver, "A rule authorized the caller, and a later statement took it back.";
    ConditionFailed = "condition-failed", Consequence Error Certain Resolver, "DynamoDB's condition on a write did not hold; old resolvers put the owner's check there.";
    GroupCaseMismatch = "group-case-mismatch", Cause Error Certain Resolver, "A group differs from the rule's in upper and lower case (or case and blanks). Names are compared exactly.";
    GroupSpaceMismatch = "group-space-mismatch", Cause Error Certain Resolver, "A group has a blank at its beginning or end.";
    GroupPrefixMismatch = "group-prefix-mismatch", Cause Error Likely Resolver, "One of the names has a prefix or suffix, such as an environment's.";
    GroupSpellingMismatch = "group-spelling-mismatch", Cause Error Likely Resolver, "The names differ in dashes, blanks, underscores or a plural only.";
    NoGroups = "no-groups", Cause Error Likely Resolver, "The token has no groups claim, or an empty one: the user is in no group, or the token is older than the membership.";
    NotInList = "not-in-list", Cause Error Certain Resolver, "The claim is there and does not hold what the rule wants.";
    ClaimAbsent = "claim-absent", Cause Error Certain Resolver, "A claim that a rule reads is not in the token; the message says which kind of token would have it.";
    ClaimNameNear = "claim-name-near", Cause Error Likely Resolver, "The token has a claim of nearly the same name.";
    ClaimIsJsonString = "claim-is-json-string", Cause Error Certain Resolver, "The claim is a string that holds a JSON list or map. Parse it, or issue a real list.";
    ClaimIsCommaList = "claim-is-comma-list", Cause Error Certain Resolver, "The claim is one string with several names in it.";
    ClaimIsString = "claim-is-string", Cause Error Certain Resolver, "A loop walks a claim that is a string, and so has no items.";
    ListComparedWithString = "list-compared-with-string", Cause Error Certain Resolver, "`==` compares a list's text with a string: never equal. Use `.contains()`.";
    TypeMismatch = "type-mismatch", Cause Error Certain Resolver, "The values look alike, their types differ (`\"7\"` and `7`).";
    NestedList = "nested-list", Cause Error Certain Resolver, "The value is in a list inside the list: `.add(list)` where `.addAll(list)` was meant.";
    SubstringMatch = "substring-match", Cause Error Likely Resolver, "`.contains()` on a text is a substring test: it lets through more than it says.";
    OwnerFormatMismatch = "owner-format-mismatch", Cause Error Likely Resolver, "One side is `sub::username`, the other one half of it, or an e-mail address.";
    OwnerCaseMismatch = "owner-case-mismatch", Cause Error Likely Resolver, "The owner differs in upper and lower case only.";
    OwnerOtherSub = "owner-other-sub", Cause Error Likely Resolver, "The usernames agree, the subs do not: another account of the same name.";
    RowMissing = "row-missing", Doubt Warning Possible Resolver, "The rule compares the caller with a row that does not exist: `result` is null.";
    GroupAbsent = "group-absent", Cause Error Certain Resolver, "The row or the input names no group, where a rule looks for one of the caller's.";
    OwnerAbsent = "owner-absent", Cause Error Certain Resolver, "The row has no owner: it was written by a caller for whom none is filled in.";
    OwnerNull = "owner-null", Cause Error Certain Resolver, "The owner is there with null. Leave the key out and it is filled in.";
    MemberNotInMode = "member-not-in-mode", Cause Error Certain Resolver, "The template reads a member of the identity that callers of this mode do not have, or that means something else there.";
    ValuesNearlyEqual = "values-nearly-equal", Cause Error Certain Resolver, "Two values that are compared differ by blanks, quotes or a provider's prefix only, or one of them is empty.";
    ArgumentDiffers = "argument-differs", Cause Error Certain Resolver, "An argument is not the caller's value that the template compares it with.";
    MemberNameNear = "member-name-near", Cause Error Certain Resolver, "A member that the template reads is absent, and there is one of nearly the same name.";
    VariableNeverSet = "variable-never-set", Cause Error Certain Resolver, "The decision read a variable that no statement sets, and one of nearly the same name is set.";
    NotOwner = "not-owner", Cause Error Certain Resolver, "The record belongs to someone else.";
    SubscriptionOwnerArgument = "subscription-owner-argument", Cause Error Certain Resolver, "The subscription's owner argument is not the caller.";
    NullNeedsDelete = "null-needs-delete", Cause Error Certain Resolver, "A field was sent with null, which needs the delete operation on it.";
    FieldNotAllowed = "field-not-allowed", Cause Error Certain Resolver, "A field was sent that no rule lets this caller write.";
    RowFilteredOut = "row-filtered-out", Cause Error Certain Resolver, "The row exists and the filter took it away; a row that does not exist gives null.";
    FilterMatchesNothing = "filter-matches-nothing", Cause Error Certain Resolver, "The filter leaves a row out, without an error.";
    ItemsLeftOut = "items-left-out", Cause Error Certain Resolver, "An old list resolver left rows out of its response, without an error.";
    FieldRedacted = "field-redacted", Cause Error Certain Resolver, "The field is redacted (null, or no items), not denied: the parent came from a mutation or a subscription, and the field or the related model has rules of its own.";
    EventsFiltered = "events-filtered", Cause Error Certain Resolver, "The subscription is connected with a filter; an event comes only if it matches, and a mutation must select the filtered fields.";
    IamRoleNotAdmin = "iam-role-not-admin", Cause Error Certain Resolver, "No entry of `stash.adminRoles` is in the caller's ARN.";
    IamSessionName = "iam-session-name", Cause Error Certain Resolver, "The right role, but the session was not opened by a Cognito identity pool.";
    IamOtherRole = "iam-other-role", Cause Error Likely Resolver, "A guest where a signed-in user is wanted, or the other way round.";
    IamGroupRole = "iam-group-role", Cause Error Certain Resolver, "The identity pool gave a group's role instead of the authRole.";
    IamRoleMismatch = "iam-role-mismatch", Cause Error Certain Resolver, "The rule is for a role of the identity pool, the caller has another.";
    NoRuleForOperation = "no-rule-for-operation", Cause Error Certain Resolver, "No statement of the template can authorize anyone: no rule gives this operation.";
    ModeHasNoRule = "mode-has-no-rule", Cause Error Certain Resolver, "The block of the caller's mode ends in a refusal: no rule is for that mode.";
    NoBlockForMode = "no-block-for-mode", Cause Error Certain Resolver, "The template has no block for the caller's mode.";
    EmptyBlock = "empty-block", Cause Error Certain Resolver, "The block of the caller's mode cannot authorize anyone.";
    UnconditionalRefusal = "unconditional-refusal", Cause Error Certain Resolver, "The statement refuses everyone: the (related) model has no rules.";
    NoAuthRules = "no-auth-rules", Cause Error Certain Resolver, "`stash.hasAuth` is not set: no auth template ran before.";
    LambdaWithoutContext = "lambda-without-context", Cause Error Certain Resolver, "Under a Lambda authorizer templates know only `resolverContext`, which lacks what the rule reads.";
    NullSetKept = "null-set-kept", Cause Error Certain Resolver, "A `#set` with null kept an older value, which was then compared.";
    UnsetReferenceInText = "unset-reference-in-text", Cause Error Certain Resolver, "A reference without a value was printed as its own text into a string that is compared.";
    UnknownFunction = "unknown-function", Cause Error Certain Resolver, "A call that AppSync does not have gives null; the verdict may rest on it.";
    MissingMethod = "missing-method", Cause Error Certain Resolver, "A call that AppSync does not have gives null; the verdict may rest on it.";
    NoOverload = "no-overload", Cause Error Certain Resolver, "A call that AppSync does not have gives null; the verdict may rest on it.";
    AuthRule = "auth-rule", Cause Error Certain Resolver, "A rule of `$util.authRules` and why it did not grant the request (inferred: AppSync's code is not public).";
    AuthRulesFields = "auth-rules-fields", Cause Error Certain Resolver, "Rules grant the caller, but not all fields of the input.";
    AuthRulesOverruled = "auth-rules-overruled", Cause Error Certain Resolver, "Something overruled the rules that granted.";
    AuthRulesEmpty = "auth-rules-empty", Cause Error Certain Resolver, "The list of rules is empty: no rule is for this operation.";

    // In a layer `request`.
    CredentialsUnknown = "credentials-unknown", Doubt Warning Possible Request, "The headers hold no credential, and may have had one: browsers take it out of HAR exports. Export with sensitive data, or give the headers.";
    NoCredential = "no-credential", Cause Error Certain Request, "Neither `Authorization` nor `x-api-key` was sent. Sign the user in before the call, or configure the client's mode.";
    NoValidCredential = "no-valid-credential", Cause Error Certain Request, "AppSync's `Valid authorization header not provided.`: no credential, or one that fits none of the API's modes. Compare what was sent with the API's modes (`--api`).";
    TwoCredentials = "two-credentials", Cause Error Certain Request, "A key and a token were sent together: the key probably wins, so the caller is nobody in particular. Send one of them.";
    TokenMalformed = "token-malformed", Cause Error Certain Request, "What was sent is no JWT. Send the token as it was issued.";
    TokenHasExtras = "token-has-extras", Cause Error Certain Request, "The token has quotes, blanks or a second prefix around it. Send it bare.";
    BearerPrefix = "bearer-prefix", Cause Error Certain Request, "The token is sent with `Bearer `, which older APIs refuse for user pools and OIDC. Send the bare token.";
    TokenExpired = "token-expired", Cause Error Certain Request, "`exp` lies before the request. Refresh the token before the call; do not keep it in fixed headers.";
    TokenNotYetValid = "token-not-yet-valid", Cause Error Certain Request, "`nbf` lies after the request. Look at the clocks, or wait.";
    TokenIssuedLater = "token-issued-later", Cause Error Certain Request, "`iat` lies after the request: a clock is wrong.";
    TokenWithoutExp = "token-without-exp", Cause Error Certain Request, "The token has no `exp`, which AppSync wants. Let the provider set it.";
    TokenWithoutIssuer = "token-without-issuer", Cause Error Certain Request, "The token has no `iss`: AppSync cannot tell who issued it. It may be another service's token.";
    AlgorithmRefused = "algorithm-refused", Cause Error Certain Request, "The token is not signed (`alg` none), or by an algorithm that AppSync does not take.";
    TokenUse = "token-use", Cause Error Certain Request, "A user pool's token that is neither an ID nor an access token. Send one of these.";
    ExpiryUnknown = "expiry-unknown", Doubt Warning Possible Request, "The time of the request is not known, so expiry is not judged. Pass `--now`, or a HAR.";
    IssuerMismatch = "issuer-mismatch", Cause Error Certain Request, "Another user pool, region or provider issued the token than the API takes. Configure the client with the API's pool, or add the provider to the API.";
    IssuerNotCompared = "issuer-not-compared", Cause Error Certain Request, "The issuer is another one, and AppSync does not compare it while OIDC is the only mode. It will once a second mode is added.";
    ClientMismatch = "client-mismatch", Cause Error Certain Request, "The token was issued to another client (`aud`, `client_id`, `azp`) than the API's pattern lets in. Sign in with that client, or widen the pattern.";
    ModeNotConfigured = "mode-not-configured", Cause Error Certain Request, "The credential is for a mode that the API does not have. Send another, or add the mode.";
    Sigv4WithoutIam = "sigv4-without-iam", Cause Error Certain Request, "The request is signed with SigV4, and the API has no IAM mode. Send a token of a mode that it has, or add IAM.";
    KeyInAuthorization = "key-in-authorization", Cause Error Certain Request, "The `Authorization` header holds an API key. Keys belong in `x-api-key`.";
    TokenInApiKey = "token-in-api-key", Cause Error Certain Request, "The `x-api-key` header holds a token. Tokens belong in `Authorization`.";
    KeyForm = "key-form", Cause Error Certain Request, "The API key does not look like AppSync's (`da2-…`): it may be API Gateway's.";
    KeyUnknown = "key-unknown", Cause Error Certain Request, "The key is none of the API's: another environment's, or deleted. List the keys with `aws appsync list-api-keys`.";
    KeyExpired = "key-expired", Cause Error Certain Request, "The key expired. Extend it or create another (at most 365 days).";
    KeyOrAuthorizerRefused = "key-or-authorizer-refused", Cause Error Certain Request, "AppSync's `You are not authorized to make this call.`: the key is unknown or expired, or the Lambda authorizer refused.";
    SignatureMalformed = "signature-malformed", Cause Error Certain Request, "The SigV4 header has no complete credential scope. Sign with a library.";
    SignatureScope = "signature-scope", Cause Error Certain Request, "The signature is for another service or region. Sign for `appsync` in the API's region.";
    SignatureMissing = "signature-missing", Doubt Warning Possible Request, "The API wants IAM and the request has no signature.";
    SignatureMismatch = "signature-mismatch", Cause Error Certain Request, "The signature is not that of this request: a wrong secret key, a body changed after signing, or an expired signature. Look at the clock and at what changes the request on its way.";
    SessionTokenMissing = "session-token-missing", Cause Error Certain Request, "The access key is temporary (`ASIA…`) and `x-amz-security-token` was not sent. Sign with all three parts of the credentials.";
    ClockSkew = "clock-skew", Cause Error Certain Request, "The request was signed more than five minutes from its own time. Set the clock.";
    IamCredentialsInvalid = "iam-credentials-invalid", Cause Error Certain Request, "AWS does not know the access key or session token: another account or partition, or revoked.";
    IamCredentialsExpired = "iam-credentials-expired", Cause Error Certain Request, "The temporary credentials have expired. Fetch new ones before the call.";
    Waf = "waf", Cause Error Certain Request, "A WAF rule refused the request before any other check. Look at the web ACL's sampled requests.";
    NoResponse = "no-response", Cause Error Certain Request, "The browser has no response: network or CORS. Repeat the request outside the browser.";
    RefusedBeforeGraphql = "refused-before-graphql", Doubt Warning Possible Request, "The status says that the request was refused before any field was resolved; no more is known. Give headers and `--api`.";
    KeyOfOtherApi = "key-of-other-api", Cause Error Certain Request, "The same key was good at another host, and this request went to another API. Point both at one endpoint, or send a key of the second API.";
    ProvedBySuccess = "proved-by-success", Evidence Note Certain Anywhere, "Another entry of the same archive succeeded with the same credential, or on the same field: what that proves need not be looked at again.";
    RefusedElsewhere = "refused-elsewhere", Evidence Note Certain Anywhere, "Another service (API Gateway, CloudFront, Cognito, STS, S3) refused a request of its own in the same archive: that is not AppSync's refusal.";
    LocalMock = "local-mock", Cause Error Certain Request, "The text of Amplify's local mock: the endpoint is not AppSync's. Look at the client's configuration.";
    ApiGateway = "api-gateway", Cause Error Certain Request, "The text of API Gateway: the request went to another endpoint.";
    IdentityPool = "identity-pool", Cause Error Certain Request, "The text of a Cognito identity pool: the exchange of the token for credentials failed, and AppSync was never asked. Look at the pool's providers and client ids.";
    ClientSide = "client-side", Cause Error Certain Request, "The text of the client library: it found nobody signed in, or no key, and sent nothing. Sign in first, or set the call's auth mode.";
    CredentialPlaceholder = "credential-placeholder", Cause Error Certain Request, "A word stands in the credential's place (`undefined`, `null`, `[object Object]`, a variable that was not filled in). Await the session before the first call.";
    CredentialElsewhere = "credential-in-other-header", Cause Error Certain Request, "The credential stands in a header that AppSync does not read. Send it in `Authorization` or `x-api-key`.";
    CredentialMasked = "credential-masked", Doubt Warning Possible Request, "A credential was sent and stands masked in the log. Give the token that ends so, or the client's answer.";
    TokenTtl = "token-outlived", Cause Error Certain Request, "The OIDC provider's `iatTTL` or `authTTL`, which are milliseconds, ended the token before its `exp`. Set them in milliseconds, or leave them out.";
    PrivateApi = "private-api", Cause Error Certain Request, "A private API was called from outside its VPC endpoint. Call it from the VPC, or over a VPN.";
    PrivateDns = "private-dns", Cause Error Certain Request, "A public API's name led to a private address: a VPC endpoint with private DNS. Give the API a custom domain name, or take private DNS off.";
    CloudfrontHeader = "cloudfront-drops-header", Cause Error Certain Request, "A CloudFront distribution does not pass the credential's header on. Let it forward the header, or use AppSync's own custom domain names.";
    CloudfrontAnswer = "answer-of-cloudfront", Doubt Warning Possible Request, "CloudFront answered by itself, AppSync did not see the request. Switch caching off for `/graphql`, and record again.";
    CorsPreflight = "cors-preflight", Doubt Warning Possible Request, "The browser stopped the request: its preflight asked for a header that is not allowed. Leave the header out.";
    SocketHost = "socket-host", Cause Error Certain Request, "A WebSocket on the host of queries, or the realtime host inside `header=`. Connect to the realtime host, and name the GraphQL host in `header=`.";
    SocketPath = "socket-path", Cause Error Certain Request, "The path is not the realtime endpoint's: `/graphql`, or `/graphql/realtime` on a custom domain.";
    SocketProtocol = "socket-protocol", Cause Error Certain Request, "The sub-protocol is missing or another one than `graphql-ws` (Event APIs: `aws-appsync-event-ws`).";
    SocketHeader = "socket-header", Cause Error Certain Request, "The handshake's `header=` is missing or cannot be read. Write base64 of a JSON object with host and credential.";
    SocketSilent = "socket-silent", Doubt Warning Possible Request, "The WebSocket was accepted and closed without a frame: no refusal is shown. Record again, and note the close code.";
    SocketCredential = "socket-credential", Evidence Note Certain Request, "Which credential of a WebSocket was refused: the connection's or the start frame's.";
    Throttled = "throttled", Cause Error Certain Request, "HTTP 429: too many requests, not a refusal. Retry with backoff, or ask for a higher quota.";
    IntrospectionOff = "introspection-off", Cause Error Certain Request, "Introspection is switched off on the API. Take the schema from `get-introspection-schema` or the repository.";
    QueryDepth = "query-depth", Cause Error Certain Request, "The query is deeper than the API's `queryDepthLimit`. Split it, or raise the limit.";
    ResolverCount = "resolver-count", Cause Error Certain Request, "The request ran more resolvers than the API's `resolverCountLimit`. Ask for smaller pages, or raise the limit.";
    EventMode = "event-channel-mode", Cause Error Certain Mode, "An Event API's channel namespace lets in other modes than the one that was used. Use one of its modes.";
    EventNotGranted = "event-not-granted", Cause Error Certain Iam, "No policy allows the Event API's action on the channel namespace. Add `appsync:EventConnect`, `EventPublish` or `EventSubscribe`.";
    SourceNotGranted = "source-api-not-granted", Cause Error Certain Iam, "A merged API's own role may not call the source API. Allow `appsync:SourceGraphQL` on the source's ARN.";
    LogIncomplete = "log-incomplete", Doubt Warning Possible Request, "The log of the request is cut or lacks its headers, so it cannot tell. Export the whole request, or turn verbose content on.";
    LogProves = "log-proves", Evidence Note Certain Request, "AppSync's log of the same request tells what the browser could not see.";
    SubscriptionSilent = "subscription-argument-not-selected", Cause Warning Certain Anywhere, "A subscription's argument is compared with the mutation's answer, which did not select that field: it counts as null, and nothing is sent. Select it in the mutation.";
    AuthorizerNotInvocable = "authorizer-not-invocable", Cause Error Certain Authorizer, "AppSync may not invoke the Lambda authorizer, so it never ran. Allow `lambda:InvokeFunction` to `appsync.amazonaws.com`.";
    AuthorizerFailed = "authorizer-failed", Cause Error Certain Authorizer, "The authorizer did not answer: it failed or took longer than 10 seconds. Read its log.";
    AuthorizerTokenTooLong = "authorizer-token-too-long", Cause Error Certain Authorizer, "The token is longer than 2,048 characters, so the Lambda authorizer was not called. Send a shorter one.";

    // In a layer `mode`.
    ModeUnknown = "mode-unknown", Doubt Warning Possible Mode, "Which mode the request used is not known. Give its headers, or `--auth-type`.";
    SchemaMissing = "schema-missing", Doubt Warning Possible Mode, "The directives are not known. Give the schema (`--schema`).";
    SchemaUnreadable = "schema-unreadable", Cause Error Certain Mode, "The schema does not parse. Give SDL, as `aws appsync get-introspection-schema --format SDL --include-directives` writes it.";
    TypeNotInSchema = "type-not-in-schema", Cause Error Certain Mode, "The schema does not have what was asked for: another version, or another API's.";
    FieldNotInSchema = "field-not-in-schema", Cause Error Certain Mode, "The schema does not have what was asked for: another version, or another API's.";
    FieldUnknown = "field-unknown", Doubt Warning Possible Mode, "Which field was refused is not known. Give `info.parentTypeName` and `info.fieldName`.";
    DirectiveExcludesMode = "directive-excludes-mode", Cause Error Certain Mode, "The field, its type or the returned type lets in other modes. Add the directive of this mode, or call with another credential.";
    DirectiveExcludesGroups = "directive-excludes-groups", Cause Error Certain Mode, "The directive wants a group that the token does not have. Add the user to it and let them sign in anew, or change the directive.";
    DirectiveUnknown = "directive-unknown", Cause Warning Certain Mode, "A directive begins with `@aws` and is none that AppSync knows, so it counts as none. Write the one that is meant.";
    AwsAuthIgnored = "aws-auth-ignored", Cause Error Certain Mode, "`@aws_auth` counts only on fields of the root types, and only where user pools are the API's only mode; here it protects nothing. Use `@aws_cognito_user_pools(cognito_groups: …)`.";
    ModeNeedsDirective = "mode-needs-directive", Doubt Warning Possible Mode, "The request came as an additional mode: every field, and every type that it returns, must name it. Add the directive.";
    DefaultModeUnknown = "default-mode-unknown", Doubt Warning Possible Mode, "Neither field nor type has a directive, so only the API's default mode gets in, and which that is was not given (`--api`).";
    DefaultActionDeny = "default-action-deny", Cause Error Certain Mode, "The default action of the user pool is DENY, and no directive lets the caller in. Add `@aws_cognito_user_pools`, or set ALLOW.";
    JwtNotForLambda = "jwt-not-for-lambda", Cause Error Certain Mode, "The token is a JWT, so AppSync took it as the user pool's or provider's, and the Lambda authorizer was not asked. Put a prefix before a token that is meant for it.";
    BearerReserved = "bearer-reserved", Cause Error Certain Mode, "`Bearer ` is reserved for JWTs on an API with OIDC or user pools: the Lambda authorizer is not asked. Leave the prefix out, or use one of your own.";

    // In a layer `iam`.
    PolicyMissing = "policy-missing", Doubt Warning Possible Iam, "The caller's policies are not known. Give them (`--policy`).";
    IamPermissionDenied = "iam-permission-denied", Cause Error Certain Iam, "AppSync's `Permission denied`: the signature is valid, and no policy allows the field.";
    IamNotGranted = "iam-not-granted", Cause Error Certain Iam, "No statement allows `appsync:GraphQL` on the field. Add its ARN, `…/types/T/fields/F`, to the role's policy.";
    IamExplicitDeny = "iam-explicit-deny", Cause Error Certain Iam, "A statement denies it, and a deny wins over every allow. Narrow the statement that is named.";
    IamBoundary = "iam-boundary", Cause Error Certain Iam, "The permissions boundary does not allow it, so what the policies grant does not count. Widen the boundary.";
    IamConditionFailed = "iam-condition-failed", Cause Error Certain Iam, "A statement would allow it, and its condition does not hold for this request. Compare the two values.";
    IamConditionNotJudged = "iam-condition-not-judged", Cause Error Certain Iam, "A condition depends on what is not known here; the condition is named. Judge it by hand, or give what it reads.";
    IamPolicyUnread = "iam-policy-unread", Doubt Warning Likely Iam, "A policy is given by its ARN or name only, so what it says is not known. Read the document (`aws iam get-policy-version`) and give it (`--policy`).";
    IamPolicyInvalid = "iam-policy-invalid", Doubt Warning Certain Iam, "A policy is not one that IAM would accept (a misspelt `Effect`, element or `Version`), so nothing rests on it. Correct it.";
    IamSessionPolicy = "iam-session-policy", Cause Error Certain Iam, "The session policy does not allow it: a session may do only what both it and the role allow. Widen what is passed to AssumeRole.";
    IamServiceControl = "iam-service-control-policy", Cause Error Certain Iam, "The organization's service control policies do not allow it; no policy of the account can. Ask the organization's administrator.";
    IamElsewhere = "iam-elsewhere", Doubt Warning Likely Iam, "All that was given allows the call, and AppSync answered `Permission denied`: a boundary, an SCP, a session policy or another role is not in the material.";
    IamAllowed = "iam-allowed", Cause Error Certain Iam, "The statement that allows it: IAM is not the cause.";

    // In a layer `authorizer`.
    AuthorizerUnknown = "authorizer-unknown", Doubt Warning Possible Authorizer, "What the function answered is not known. Give it (`--authorizer`), or read its log.";
    AuthorizerRefused = "authorizer-refused", Cause Error Certain Authorizer, "The function said `isAuthorized: false`, or failed. Look at what it compares the token with.";
    AuthorizerMalformed = "authorizer-malformed", Cause Error Certain Authorizer, "The answer has not the form that AppSync takes (`isAuthorized` is missing or no boolean, API Gateway's form …). It counts as a refusal.";
    AuthorizerTooLarge = "authorizer-too-large", Cause Error Certain Authorizer, "The answer is larger than 5 MB. Put less into `resolverContext`.";
    AuthorizerTtl = "authorizer-ttl", Cause Error Certain Authorizer, "`ttlOverride` is no whole number of seconds.";
    AuthorizerNotCalled = "authorizer-not-called", Cause Error Certain Authorizer, "The request came as another mode, so this answer did not count.";
    AuthorizerTokenPattern = "authorizer-token-pattern", Cause Error Certain Authorizer, "The token does not match the API's `identityValidationExpression`: refused without asking the function. Change the token's form, or the expression.";
    AuthorizerTokenPatternUnreadable = "authorizer-token-pattern-unreadable", Cause Error Certain Authorizer, "The expression is no regular expression that can be read here. Test it by hand.";
    FieldDeniedByAuthorizer = "field-denied-by-authorizer", Cause Error Certain Authorizer, "`deniedFields` lists the field: it is null whatever its resolver gives. Take it out of the list.";
    DeniedFieldWildcard = "denied-field-wildcard", Cause Error Certain Authorizer, "`deniedFields` has a wildcard; AWS documents whole names only. List whole names.";
    DeniedFieldCase = "denied-field-case", Cause Error Certain Authorizer, "`deniedFields` has the name in another case; whether AppSync compares case is not verified. Write it as the schema does.";
    NoResolverContext = "no-resolver-context", Cause Error Certain Authorizer, "The answer has no `resolverContext`: templates know nothing of the caller. Answer with one, if only `{}`.";
    ResolverContextNested = "resolver-context-nested", Cause Error Certain Authorizer, "`resolverContext` holds lists or maps, which AppSync does not take. Make it flat: write them as JSON text.";

    // In a layer `resolver`.
    TemplateMissing = "template-missing", Doubt Warning Possible Resolver, "The field's templates are not known. Give them (`--from`).";
    RefusedByTemplate = "refused-by-template", Consequence Error Certain Resolver, "The template refused, and no more special hint fits: the place is named.";
    RefusedByResolver = "refused-by-resolver", Cause Error Certain Resolver, "The log says that the resolver refused; why needs the templates and the caller (`--from`, `--identities`).";
    NoMappingEntry = "no-mapping-entry", Cause Error Certain Resolver, "The log has no entry of a template for the refused field: it was refused before its resolver, by a directive, a policy or the authorizer. Give `--schema`, `--api`, `--policy`.";
    DataSourceRefused = "data-source-refused", Cause Error Certain Resolver, "The data source refused the API's own role, not the caller. Widen the data source's service role.";
    RecordsMissing = "records-missing", Doubt Warning Possible Resolver, "The request is allowed with a filter on the rows. Give the rows (`records`) to see which pass.";
    EmptyWithoutError = "empty-without-error", Doubt Warning Possible Resolver, "The field came back empty and without an error: a filter, or no such row. Give templates and rows.";

    // In a layer `request`.
    AccessToken = "access-token", Cause Error Certain Request, "An access token has no `custom:…` and no profile claims. Rules on them need the ID token, or a trigger that adds them.";
    IdToken = "id-token", Cause Error Certain Request, "An ID token has `cognito:username` rather than `username`, and no `scope`.";
    TokenWithoutUse = "token-without-use", Cause Error Certain Request, "A user pool's token has `token_use`; this has none, as if made by hand.";
    SignatureInvalid = "signature-invalid", Cause Error Certain Request, "The signature is not that of the key: changed, or made by hand.";
    AlgorithmMismatch = "algorithm-mismatch", Cause Error Certain Request, "The token names another algorithm than its key is for: made by hand, or another issuer's.";
    KeyNotInSet = "key-not-in-set", Cause Error Certain Request, "The key set has no key of that id: another pool's set, or keys that were rotated. Fetch the set anew.";
    TokenWithoutKid = "token-without-kid", Cause Error Certain Request, "The token's header names no key, so its signature cannot be checked; AppSync wants one.";
    JwksUnreadable = "jwks-unreadable", Cause Error Certain Request, "The key set's entry for this token cannot be used: a key of an unknown kind. Fetch the set anew.";

    // Where what was seen does not fit what was computed.
    OtherToken = "other-token", Doubt Warning Possible Anywhere, "Other credentials were sent than those that were given: the two differ, or the claims were given by hand. Give a HAR with the token.";
    OtherField = "other-field", Doubt Warning Possible Anywhere, "The message is about another field than the one that was judged. Give that field's templates and directives.";
    RefusedEarlier = "refused-earlier", Doubt Warning Possible Anywhere, "A layer refused whose input is missing, or the status says that it was before any template. Give what is named.";
    InputDiffers = "input-differs", Doubt Warning Possible Anywhere, "The templates read what was not given, or a row that may have been another one then. Give it (`result`, `stash` …).";
    DeployedDiffers = "deployed-differs", Doubt Warning Possible Anywhere, "The deployed resolver is not what the files are. Compare with `aws appsync get-resolver`, or deploy.";
    SchemaDiffers = "schema-differs", Doubt Warning Possible Anywhere, "The deployed schema or modes are not those that were given. Fetch them anew.";
    PolicyDiffers = "policy-differs", Doubt Warning Possible Anywhere, "The caller has other policies than those that were given. List what is attached.";
    AuthorizerDiffers = "authorizer-differs", Doubt Warning Possible Anywhere, "The authorizer answered something else, perhaps from its cache. Read its log for this request.";

    // Notes: what a reader must know to trust a result.
    U1 = "U1", Evidence Note Certain Anywhere, "A bare `null` outside of a call's arguments is taken for null.";
    U6 = "U6", Evidence Note Certain Anywhere, "`$util.matches` is taken to match the whole text.";
    U7 = "U7", Evidence Note Certain Anywhere, "`$util.isNullOrEmpty` and its kin are given a list or map: empty or not.";
    U8 = "U8", Evidence Note Certain Anywhere, "`$util.parseJson` of what is not JSON, or a bad time, is taken as null.";
    U9 = "U9", Evidence Note Certain Anywhere, "The errorType of a short `$util.error`, `$util.appendError` or `$util.validate` is assumed.";
    U11 = "U11", Evidence Note Certain Anywhere, "A filter of `$util.transform` that AppSync may refuse.";
    U12 = "U12", Evidence Note Certain Anywhere, "A part of `$util.transform` whose form is not verified.";
    U13 = "U13", Evidence Note Certain Anywhere, "`$util.rds.toJsonString`, or an answer without columns or rows that fit them: AppSync's form is not verified.";
    U14 = "U14", Evidence Note Certain Anywhere, "How AppSync fills this part of the context is not verified.";
    U15 = "U15", Evidence Note Certain Anywhere, "How AppSync fills this part of the context is not verified.";
    U16 = "U16", Evidence Note Certain Anywhere, "How AppSync fills this part of the context is not verified.";
    U17 = "U17", Evidence Note Certain Anywhere, "How AppSync fills this part of the context is not verified.";
    U18 = "U18", Evidence Note Certain Anywhere, "The caller's mode is not known and was asked for.";
    U24 = "U24", Evidence Note Certain Anywhere, "A loop ends after 1,000 items.";
    U25 = "U25", Evidence Note Certain Anywhere, "A comma before a closing bracket in what a template rendered is read over.";
    U32 = "U32", Evidence Note Certain Anywhere, "`$util.math` in a case that no source settles.";
    ContextPart = "context-part", Evidence Note Certain Anywhere, "The file of `--context` holds one part of it only, such as an identity, and was taken for that.";
    DataNotFiltered = "data-not-filtered", Evidence Note Certain Anywhere, "AppSync filters an error's `data` by the selection set, which was not given.";
    ExtensionLimit = "extension-limit", Evidence Note Certain Anywhere, "A call of `$extensions` that AppSync refuses: more than it takes, or not in this kind of field.";
    Inferred = "inferred", Evidence Note Certain Anywhere, "A function was called whose implementation in AppSync is not public.";
    LogCut = "log-cut", Evidence Note Certain Anywhere, "AppSync's logs of one request are cut off at 1 MB.";
    SortListLimit = "sort-list-limit", Evidence Note Certain Anywhere, "`$util.list.sortList` sorts at most 1,000 items.";
    Slip = "slip", Evidence Note Certain Anywhere, "Velocity prints as text what was meant for a directive or a claim, such as `#set $x = 1`.";
    SetWithoutEffect = "set-without-effect", Evidence Note Certain Anywhere, "A `#set` of a member of null, or of a value that takes none.";
    SubscriptionFilter = "subscription-filter", Evidence Note Certain Anywhere, "A malformed subscription filter gives null.";
    TransformNull = "transform-null", Evidence Note Certain Anywhere, "A filter of `$util.transform` that AppSync may refuse gives null.";
    Unverified = "unverified", Evidence Note Certain Anywhere, "A point that no source settles and that has no number: the note says what is assumed.";
    XmlAttributes = "xml-attributes", Evidence Note Certain Anywhere, "XML attributes become plain keys: AppSync's form is not verified.";
    UnknownMember = "unknown-member", Evidence Note Certain Anywhere, "AppSync's context has no such member.";
    OutputEmpty = "output-empty", Evidence Note Certain Anywhere, "The template rendered nothing, which AppSync answers with an error.";
    OutputNotJson = "output-not-json", Evidence Note Certain Anywhere, "The template rendered what is not JSON, which AppSync answers with an error.";
    JavascriptFunction = "javascript-function", Evidence Note Certain Anywhere, "A function runs on APPSYNC_JS, which is not evaluated: what it decides is unknown.";
    MissingFunction = "missing-function", Evidence Note Certain Anywhere, "A function is in none of the files that were read: what it decides is unknown.";

    // What was read.
    DuplicateField = "duplicate-field", Cause Warning Certain Anywhere, "A field has more than one resolver in what was read: the last one is used.";
    DuplicateKey = "duplicate-key", Cause Warning Certain Anywhere, "A key stands twice in a YAML file: the last one counts.";
    IncompleteAnswer = "incomplete-answer", Cause Warning Certain Anywhere, "A saved answer of AWS lacks a part of a resolver.";
    IncompleteResolver = "incomplete-resolver", Cause Warning Certain Anywhere, "A resolver of the stack lacks a part.";
    JavascriptResolver = "javascript-resolver", Cause Note Certain Anywhere, "A resolver or function runs on APPSYNC_JS, which is not VTL and is not evaluated.";
    MissingTemplate = "missing-template", Cause Error Certain Anywhere, "The project names a template that is not there.";
    OpenCondition = "open-condition", Cause Warning Certain Anywhere, "A condition of the stack depends on a value that was not given.";
    Override = "override", Cause Note Certain Anywhere, "A file of the project's own takes the place of a generated template.";
    OverrideShadowsNewer = "override-shadows-newer", Cause Warning Certain Anywhere, "An override hides a newer generated template.";
    StacksNotUsed = "stacks-not-used", Cause Warning Certain Anywhere, "Stacks were found that the source does not use.";
    NoTemplate = "no-template", Cause Note Certain Anywhere, "A saved answer of evaluate-mapping-template has a result and no template.";
    SchemaWithoutDirectives = "schema-without-directives", Cause Warning Certain Anywhere, "An introspection has no directives: who may read a field does not stand in it.";
    UnusedFunction = "unused-function", Cause Note Certain Anywhere, "No pipeline uses this function.";
    UnusedTemplate = "unused-template", Cause Note Certain Anywhere, "No resolver uses this template.";

    // `vtl-eval check`.
    DoesNotParse = "does-not-parse", Cause Error Certain Anywhere, "The template does not parse.";
    ModeWithoutBranch = "mode-without-branch", Cause Warning Certain Anywhere, "The API has a mode for which the template has no branch.";
    NeverHolds = "never-holds", Cause Warning Certain Anywhere, "A condition that can never hold.";
    NeverReached = "never-reached", Cause Warning Certain Anywhere, "Statements that nothing can reach.";
    NeverSet = "never-set", Cause Warning Certain Anywhere, "A variable is read and never set.";
    UnknownMethod = "unknown-method", Cause Error Certain Anywhere, "A method that no value has.";
    // Notes on what was given.
    NoUsername = "no-username", Evidence Note Certain Request, "The claims name no user.";
    SignatureGood = "signature", Evidence Note Certain Request, "The signature is that of a key that was given.";
    MissingSchema = "missing-schema", Cause Warning Certain Anywhere, "The project names a schema that is not there or cannot be read: directives are not judged.";
}
