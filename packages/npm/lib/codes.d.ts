// Drawn from the crate's types: `UPDATE_DOCS=1 cargo test --test explain findings`.

/** `denied` a refusal; `filtered` let through with a filter; `completed` no auth logic; `unknown` it rests on what nobody gave. */
export type Verdict = 'allowed' | 'denied' | 'filtered' | 'completed' | 'error' | 'unknown';

/** What decided. */
export type DecisionKind = 'unauthorized' | 'error' | 'set' | 'return' | 'filter' | 'not-set' | 'auth-rules';

/** Fact or guess. */
export type Certainty = 'certain' | 'likely' | 'possible';

/** How bad it is. */
export type Severity = 'error' | 'warning' | 'note';

/** The codes of hints, notes and problems; docs/hints.md explains each. */
export type Code =
  /** A template holds a mark that another tool replaces before the deployment: what it becomes is open. Give it (--parameters). */
  | 'deployment-mark'
  /** A value that the template leaves open was read from a file that the project's tool keeps of its deployment. */
  | 'value-beside'
  /** The decision compares a value that is known only after a deployment. Give it (--parameters), by the name in the report. */
  | 'open-value'
  /** The decision read a part of the context that nobody supplied. Pass it; until then the verdict rests on null. */
  | 'not-given'
  /** A rule authorized the caller, and a later statement took it back. */
  | 'authorization-revoked'
  /** A time in seconds is compared with one in milliseconds, so the comparison comes out the same at all times. */
  | 'time-units'
  /** A text stands alone in a condition: it is compared with nothing, and counts as false. */
  | 'bare-text'
  /** The template wants Cognito's other token (`token_use`). */
  | 'token-kind'
  /** What a loop looks for stands behind the 1,000 items that AppSync lets it come to. Ask the list itself. */
  | 'loop-limit'
  /** The input has a key with null, which Amplify's check of required fields does not take: leave the key out, or send a value. */
  | 'null-argument'
  /** A text of the client stands in an SQL statement as it was sent, and its quote ends the literal. Let a JavaScript resolver bind it. */
  | 'sql-injected'
  /** A list of conditions was begun again, so that what an earlier rule had put there is never asked. */
  | 'terms-discarded'
  /** The answer has null where the schema wants a value, so that AppSync answers with an error: no rule refused. */
  | 'null-for-non-null'
  /** The answer has a value that AppSync cannot make what the schema wants there: no rule refused. */
  | 'value-not-serialized'
  /** A subscription's argument is one value and the field of its name a list, so that no event is ever delivered. */
  | 'argument-of-list'
  /** A check waits for a field in selectionSetList, and the query selects it in a way that the list does not show. */
  | 'selection-not-listed'
  /** The template writes the caller into the input as the owner, and no statement grants for an owner: only another rule can. */
  | 'owner-not-counted'
  /** A rule granted before the block that writes the caller into the input, so the row gets no owner. */
  | 'owner-not-filled'
  /** The role that was let in is the identity pool's own, of everyone who signs in or of every guest. */
  | 'role-of-everybody'
  /** The answer is null because a path leads nowhere, and the data stands beside it under another key. */
  | 'answers-null'
  /** A rule compares `cognito:preferred_role`, of which a token has one only, that of the group with the lowest precedence number. */
  | 'preferred-role'
  /** `$util.authType()` is compared with the name of the API's setting, which it never answers. */
  | 'mode-name'
  /** Every refusal stands in a block for another mode than the caller's, so nothing of this caller was checked. */
  | 'mode-not-checked'
  /** The part of the request that names the caller stands in a block that did not run: the data source is asked for everybody's rows. */
  | 'term-not-sent'
  /** A claim is only asked for being there, and an argument of its name, which the client writes, chooses what is read or written. */
  | 'claim-not-compared'
  /** The refusal stands inside a loop, so the first item that does not fit refuses, though another item would have passed. */
  | 'refused-in-loop'
  /** The client's own filter kept the template's term on the caller out: put it always, and join the client's to it. */
  | 'client-filter'
  /** A subscription's filter holds back an event that was given (`records`): by which field, with both values. */
  | 'events-held-back'
  /** A row comes back by `begins_with`, because the beginning ends in the caller's value without a delimiter. */
  | 'prefix-without-end'
  /** A search asks for a whole value on a field that OpenSearch indexes as words. Ask its `.keyword`. */
  | 'search-analysed'
  /** One item of a list is compared by its place, and another item of it is the one that is wanted. Ask the whole list. */
  | 'item-by-place'
  /** `split` and `replaceAll` take a regular expression, in which the separator means something else. Write it in brackets: `[|]`. */
  | 'separator-is-pattern'
  /** `userArn` is the ARN of a role's session, and it is compared whole with the role's own ARN or another session's. */
  | 'iam-session-arn'
  /** An OpenSearch query names the caller in a `should` beside a `must` or `filter`, where it only ranks what is found. */
  | 'should-only-ranks'
  /** `attribute_not_exists` is to keep an attribute unique, and DynamoDB asks it of the row with the same key alone. */
  | 'condition-on-own-key'
  /** Negations are joined with `||`, so who fails one of them is refused, where one was meant to be enough. Write `&&`. */
  | 'either-negated'
  /** A test with `!=` held because the value is absent: it names who may not, and everybody without the value gets through. */
  | 'absent-differs'
  /** Who owns a row can write another owner into it: nothing compares the new value with the caller. */
  | 'owner-reassigned'
  /** The template refuses because a lookup found no row. */
  | 'lookup-empty'
  /** A mutation's response template refuses: the data source has done its work by then. Check in the request, or by a condition. */
  | 'already-written'
  /** A misspelt directive is printed as text, and what follows belongs to the block before it. */
  | 'directive-as-text'
  /** A call on what is absent gives null, which equals neither true nor false, so the guard did not refuse. */
  | 'null-is-not-false'
  /** An address is tested by its ending, which another domain has too. Begin it with `@` or a dot. */
  | 'ending-not-anchored'
  /** The caller was let in by an address that nobody verified (`email_verified` is false). */
  | 'address-not-verified'
  /** An argument is compared with the row, and nothing of the identity is read: whoever knows the value gets through. */
  | 'row-named-by-client'
  /** The request changes or deletes a row, and nothing of the caller is read: neither a test nor a condition. */
  | 'nobody-asked'
  /** A test of the caller sets a variable that nothing reads. */
  | 'flag-not-read'
  /** A condition on the caller ends in `#return`, which refuses nobody: a pipeline goes on with its next function. */
  | 'return-refuses-nobody'
  /** `$util.appendError` adds an error to the answer and does not stop: the data goes out with it. */
  | 'appended-only'
  /** A value of the request was made with something absent, so that it fits more rows than it should. */
  | 'prefix-of-nothing'
  /** DynamoDB's condition on a write did not hold; old resolvers put the owner's check there. */
  | 'condition-failed'
  /** A term of the condition on a write fails on the stored row: the term, its line and its two values are named. */
  | 'condition-term-failed'
  /** A condition on a write compares the row with the caller, and the row was not given. Give it (`records`). */
  | 'condition-open'
  /** A condition on a write only asks whether the row is there: it tests no right. */
  | 'condition-existence'
  /** Conflict detection refused a write: the `_version` that it was sent with is not the row's. Read the row again and send its version. */
  | 'write-conflict'
  /** DynamoDB refuses an expression that the request carries, whatever the row. */
  | 'expression-refused'
  /** A filter or key condition of the request leaves rows out: by which term, with both values. */
  | 'filter-leaves-out'
  /** The client saw a row that the request leaves out: a cache without the identity among its keys, or another deployment. */
  | 'observed-elsewhere'
  /** A filter compares rows with the caller, and the rows were not given, or are not judged here (SQL, OpenSearch). Give them (`records`). */
  | 'filter-open'
  /** A filter that is there to hold rows back removes none. */
  | 'filter-keeps-all'
  /** `limit` counts before the filter: an empty page with a `nextToken` is not the end. */
  | 'page-before-filter'
  /** The request reads rows without a term on the attribute that names whose they are. */
  | 'rows-not-checked'
  /** A test for truth let the caller through on an empty list or an answer without items: only null and false are false. */
  | 'empty-is-true'
  /** The input points to a row of another owner by its id, and nothing looks at that row. */
  | 'other-row-not-checked'
  /** No rule of the model names the operation, and the template checks nobody. */
  | 'no-rule-checked'
  /** The model's schema has a rule for this caller, and the template has nothing of it: an older deployment, or an override. */
  | 'rule-not-in-template'
  /** Both sides of the comparison that let the caller through are missing, and null equals null. Refuse when either is. */
  | 'null-equals-null'
  /** A test came out in the caller's favour by a null, an empty list, a default or a text in another case, so that the comparison with him was skipped. */
  | 'check-skipped'
  /** The default for an absent claim equals what a row holds: two callers without it are taken for one. */
  | 'placeholder-matches'
  /** Any text is true in Velocity, an empty one and `"false"` included. Compare it. */
  | 'text-is-true'
  /** An argument or a header let the caller through by itself: anybody can send it. */
  | 'client-decides'
  /** `<` and the like order numbers only: with a text on one side they are always false. Convert it. */
  | 'order-of-text'
  /** `defaultAuthStrategy` is the API's setting, the same for every user-pool caller. Test a group or a claim. */
  | 'default-strategy'
  /** The template asks for any group at all: no membership is named. */
  | 'any-group'
  /** A subscription was let in by its argument: events come only from mutations that select that field. */
  | 'select-argument'
  /** A call without parentheses is a property: `$util.unauthorized` refuses nobody, and `$list.size` is null. */
  | 'call-without-parentheses'
  /** The row holds the username alone, without the sub: whoever has that name later gets through too. */
  | 'name-alone'
  /** The loop that refuses, or takes a flag back, had no item, so nothing was checked. */
  | 'nothing-checked'
  /** `#return` ended the template before a check was reached. Move the check above it. */
  | 'return-before-check'
  /** An admin role was let through before filters and lists of fields were made: every row is covered. */
  | 'admin-return'
  /** Whoever comes by IAM without an identity pool is let through: the model's rules do not bind such a caller, its IAM policy does. */
  | 'any-iam-principal'
  /** Every caller of the mode is granted, so a rule on the row behind it is never come to. */
  | 'every-caller'
  /** A rule let the whole list through: the loop that picks the caller's own rows was skipped. */
  | 'whole-list'
  /** What the template rendered is not JSON, so AppSync refuses it; what broke it is named. */
  | 'output-refused'
  /** A call failed, and the template with it: what it was made on, and where that came from. */
  | 'call-failed'
  /** AppSync, or the data source, did not take the request that the template renders: no rule refused the caller. What its message names is told, with the cure. */
  | 'request-rejected'
  /** A `#return` without a value ended the template on a condition, so the data source was not asked and the field is null. */
  | 'returned-nothing'
  /** The template rendered nothing: the branch that would have is named. */
  | 'output-nothing'
  /** A comma before a closing bracket: AppSync accepts it. */
  | 'trailing-comma'
  /** `$extensions.setSubscriptionFilter` was given an object without `filterGroup`, the one member that AppSync reads there. */
  | 'subscription-filter-not-read'
  /** A subscription filter is beyond AppSync's limits. */
  | 'subscription-filter-refused'
  /** The templates at hand let the caller through: by which statement, and with which values. */
  | 'let-through'
  /** The same request by another caller (--compare): the first condition, loop or value that went two ways, and where the values come from. */
  | 'callers-differ'
  /** What the deciding step read was put into the stash, the arguments or the source by a step before it, or was not put there. */
  | 'step-wrote'
  /** A step replaced the filter that a step before it had put into the stash. */
  | 'filter-lost'
  /** The template replaced a value before the check read it, so it compares what it wrote itself. */
  | 'written-before-check'
  /** The check reads `$ctx.prev.result`, and the step before answered with an empty map. */
  | 'prev-empty'
  /** The template took a member out before the check read it. */
  | 'removed-before-check'
  /** A flag was set, and a later turn of the loop set it back: only the last turn counts. */
  | 'reset-in-loop'
  /** The check reads a member of the stash that no step put there, or put under another name. */
  | 'stash-lacks'
  /** The key of a relation was overwritten by a value of the caller, so that another row is looked up. */
  | 'redirected'
  /** Two blocks of rules in one template refuse by themselves: both must hold. */
  | 'both-required'
  /** A loop keeps rows in which nothing stands, for every caller. */
  | 'null-rows-kept'
  /** A loop of the response leaves rows out: each with what was compared. */
  | 'rows-picked'
  /** A loop walks the page of a Query or Scan, which is a map, and so none of the rows in its `items`. */
  | 'loop-over-page'
  /** Rows were found, and the template answered with nothing instead of refusing. */
  | 'emptied-by-rule'
  /** Under version 2017-02-28 the response template does not run when the data source found nothing. */
  | 'old-version'
  /** A group differs from the rule's in upper and lower case (or case and blanks). Names are compared exactly. */
  | 'group-case-mismatch'
  /** A group has a blank at its beginning or end. */
  | 'group-space-mismatch'
  /** One of the names has a prefix or suffix, such as an environment's. */
  | 'group-prefix-mismatch'
  /** The names differ in dashes, blanks, underscores or a plural only. */
  | 'group-spelling-mismatch'
  /** The token has no groups claim, or an empty one: the user is in no group, or the token is older than the membership. */
  | 'no-groups'
  /** The claim is there and does not hold what the rule wants. */
  | 'not-in-list'
  /** A claim that a rule reads is not in the token; the message says which kind of token would have it. */
  | 'claim-absent'
  /** The token has a claim of nearly the same name. */
  | 'claim-name-near'
  /** The claim is a string that holds a JSON list or map. Parse it, or issue a real list. */
  | 'claim-is-json-string'
  /** The claim is one string with several names in it. */
  | 'claim-is-comma-list'
  /** A loop walks a claim that is a string, and so has no items. */
  | 'claim-is-string'
  /** `==` compares a list's text, brackets and all, with a string: it never equals one of the items. Use `.contains()`. */
  | 'list-compared-with-string'
  /** The values look alike, their types differ (`"7"` and `7`). */
  | 'type-mismatch'
  /** The value is in a list inside the list: `.add(list)` where `.addAll(list)` was meant. */
  | 'nested-list'
  /** `.contains()` on a text is a substring test: it lets through more than it says. */
  | 'substring-match'
  /** One side is `sub::username`, the other one half of it, or an e-mail address. */
  | 'owner-format-mismatch'
  /** The owner differs in upper and lower case only. */
  | 'owner-case-mismatch'
  /** The usernames agree, the subs do not: another account of the same name. */
  | 'owner-other-sub'
  /** The rule compares the caller with a row that does not exist: `result` is null. */
  | 'row-missing'
  /** The row or the input names no group, where a rule looks for one of the caller's. */
  | 'group-absent'
  /** The row has no owner: it was written by a caller for whom none is filled in. */
  | 'owner-absent'
  /** A rule walks a list of the row, the parent or the input, and nobody is in it. */
  | 'nobody-named'
  /** The owner is there with null, or with what stands for no user. In an input leave the key out, and it is filled in; a stored row needs its owner written. */
  | 'owner-null'
  /** The template reads a member of the identity that callers of this mode do not have, or that means something else there. */
  | 'member-not-in-mode'
  /** Two values that are compared differ by blanks, quotes or a provider's prefix only, or one of them is empty. */
  | 'values-nearly-equal'
  /** An argument is not the caller's value that the template compares it with. */
  | 'argument-differs'
  /** A member that the template reads is absent, and there is one of nearly the same name. */
  | 'member-name-near'
  /** The decision read a variable that no statement sets, so it is null, whoever calls; where one of nearly the same name is set, that is said. */
  | 'variable-never-set'
  /** The record belongs to someone else. */
  | 'not-owner'
  /** The subscription's owner argument is not the caller. */
  | 'subscription-owner-argument'
  /** A field was sent with null, which needs the delete operation on it. */
  | 'null-needs-delete'
  /** A field was sent that no rule lets this caller write. */
  | 'field-not-allowed'
  /** The row exists and the filter took it away; a row that does not exist gives null. */
  | 'row-filtered-out'
  /** The filter leaves a row out, without an error. */
  | 'filter-matches-nothing'
  /** An old list resolver left rows out of its response, without an error. */
  | 'items-left-out'
  /** The field is redacted (null, or no items), not denied: the parent came from a mutation or a subscription, and the field or the related model has rules of its own. */
  | 'field-redacted'
  /** The subscription is connected with a filter; an event comes only if it matches, and a mutation must select the filtered fields. */
  | 'events-filtered'
  /** No entry of `stash.adminRoles` is in the caller's ARN. */
  | 'iam-role-not-admin'
  /** The right role, but the session has another name than the template wants (a Cognito identity pool's, or the role's own). */
  | 'iam-session-name'
  /** A guest where a signed-in user is wanted, or the other way round. */
  | 'iam-other-role'
  /** The identity pool gave a group's role instead of the authRole. */
  | 'iam-group-role'
  /** The rule is for a role of the identity pool, the caller has another. */
  | 'iam-role-mismatch'
  /** A row is deleted with all its fields, and fields with rules of their own do not give the caller's role delete. */
  | 'delete-not-on-fields'
  /** No statement of the template can authorize anyone: no rule gives this operation. */
  | 'no-rule-for-operation'
  /** The block of the caller's mode ends in a refusal: no rule is for that mode. */
  | 'mode-has-no-rule'
  /** The template has no block for the caller's mode. */
  | 'no-block-for-mode'
  /** The block of the caller's mode cannot authorize anyone. */
  | 'empty-block'
  /** The statement refuses everyone: no condition stands around it (of Amplify's templates: the model has no rule for this). */
  | 'unconditional-refusal'
  /** `stash.hasAuth` is not set: no auth template ran before, or it was left out of this run. */
  | 'no-auth-rules'
  /** Under a Lambda authorizer templates know only `resolverContext`, which lacks what the rule reads. */
  | 'lambda-without-context'
  /** A `#set` with null kept an older value, which was then compared. */
  | 'null-set-kept'
  /** A reference without a value was printed as its own text into a string that is compared or stored. */
  | 'unset-reference-in-text'
  /** A member that the template reads is absent, and another one beside it has the very value that it is compared with. */
  | 'value-elsewhere'
  /** `contains` compares whole items, and the items of the list are maps. Compare a member of each. */
  | 'items-are-maps'
  /** A member is read of what is a text, so it is null: a map was stored as text. */
  | 'member-of-text'
  /** A list of single values is asked whether it holds a list: it never does. Ask for the items. */
  | 'list-in-list'
  /** The service behind the field answered with a success, and the template takes every number but one for a refusal. */
  | 'success-refused'
  /** `$util.matches` takes the pattern first and then the text, and was given them the other way round. */
  | 'arguments-swapped'
  /** `matches` wants the whole text to fit its pattern, which fits a part of it only. */
  | 'matches-whole'
  /** The data source failed (`$ctx.error`), and the template does not look at that: the client sees null and no error. */
  | 'error-not-raised'
  /** The data source failed (`$ctx.error`, or a status of 400 and more), and the template takes its missing result for a refusal. */
  | 'source-failed'
  /** In single quotes Velocity replaces nothing: `'$group'` is the text of the reference. Use double quotes, or none. */
  | 'single-quotes'
  /** `!a == b` negates `a` alone and compares true or false with `b`. Write `a != b`. */
  | 'negated-side'
  /** `$util.parseJson` was given a text that is not JSON, so nothing can be read out of it, and the refusal rests on that. */
  | 'parsed-no-json'
  /** A `#break` ends the loop at an item that does not fit, and one that does was never looked at. */
  | 'left-loop-early'
  /** An item of the list is null, as BatchGetItem gives it for a key without a row, and the loop compares the caller with it. */
  | 'null-item'
  /** A filter for OpenSearch has one text where `terms` takes a list, so the whole query is an error and nothing comes back. */
  | 'terms-not-a-list'
  /** The template calls a function that AppSync does not have: it gives null, and the verdict may rest on it. */
  | 'unknown-function'
  /** The value has no such method in AppSync: the call gives null, and the verdict may rest on it. */
  | 'missing-method'
  /** The method is there, and takes no arguments of these types: the call gives null, and the verdict may rest on it. */
  | 'no-overload'
  /** A rule of `$util.authRules` and why it did not grant the request (inferred: AppSync's code is not public). */
  | 'auth-rule'
  /** Rules grant the caller, but not all fields of the input. */
  | 'auth-rules-fields'
  /** Something overruled the rules that granted. */
  | 'auth-rules-overruled'
  /** The list of rules has no rule for this operation: it is empty, no list, or asked with something else than an operation and an input. */
  | 'auth-rules-empty'
  /** The headers hold no credential, and may have had one: browsers take it out of HAR exports. Export with sensitive data, or give the headers. */
  | 'credentials-unknown'
  /** Neither `Authorization` nor `x-api-key` was sent. Sign the user in before the call, or configure the client's mode. */
  | 'no-credential'
  /** AppSync's `Valid authorization header not provided.`: no credential, or one that fits none of the API's modes. Compare what was sent with the API's modes (`--api`). */
  | 'no-valid-credential'
  /** A key and a token were sent together: the key probably wins, so the caller is nobody in particular. Send one of them. */
  | 'two-credentials'
  /** What was sent is not a JWT, or is one with something around it. Send the token as it was issued. */
  | 'token-malformed'
  /** The token has quotes, blanks, a second prefix or another encoding around it. Send it bare. */
  | 'token-has-extras'
  /** The token's header asks for what AppSync does not know (`crit`), or brings its own key (`jwk`). Let the issuer leave it out. */
  | 'token-critical'
  /** The token holds another token, or is marked as encrypted. Send the signed token itself. */
  | 'token-nested'
  /** The token's header names no algorithm (`alg`), which every signed token does. Send it as it was issued. */
  | 'token-without-algorithm'
  /** The token is sent with `Bearer `, which older APIs refuse for user pools and OIDC. Send the bare token. */
  | 'bearer-prefix'
  /** `exp` lies before the request. Refresh the token before the call; do not keep it in fixed headers. */
  | 'token-expired'
  /** The token is of a user who had signed in before another one did, whose session the client has since. Read the token at each call, and drop what was kept when a user signs out. */
  | 'earlier-user'
  /** `nbf` lies after the request. Look at the clocks, or wait. */
  | 'token-not-yet-valid'
  /** `iat` lies after the request: a clock is wrong. */
  | 'token-issued-later'
  /** The token has no `exp`, which AppSync wants. Let the provider set it. */
  | 'token-without-exp'
  /** The token has no `iss`: AppSync cannot tell who issued it. It may be another service's token. */
  | 'token-without-issuer'
  /** The token is not signed (`alg` none), or by an algorithm that AppSync does not take. */
  | 'algorithm-refused'
  /** A token that says itself that it is neither an ID nor an access token, such as a refresh token. Send one of these. */
  | 'token-use'
  /** The time of the request is not known, so expiry is not judged. Pass `--now`, or a HAR. */
  | 'expiry-unknown'
  /** Another user pool, region or provider issued the token than the API takes. Configure the client with the API's pool, or add the provider to the API. */
  | 'issuer-mismatch'
  /** The issuer is another one, and AppSync does not compare it while OIDC is the only mode. It will once a second mode is added. */
  | 'issuer-not-compared'
  /** The token was issued to another client (`aud`, `client_id`, `azp`) than the API's pattern lets in. Sign in with that client, or widen the pattern. */
  | 'client-mismatch'
  /** The OIDC provider has no `clientId`: tokens of all clients of its issuer pass. Set it. */
  | 'oidc-any-client'
  /** The credential is for a mode that the API does not have. Send another, or add the mode. */
  | 'mode-not-configured'
  /** The request is signed with SigV4, and the API has no IAM mode. Send a token of a mode that it has, or add IAM. */
  | 'sigv4-without-iam'
  /** The `Authorization` header holds an API key. Keys belong in `x-api-key`. */
  | 'key-in-authorization'
  /** The `x-api-key` header holds a token. Tokens belong in `Authorization`. */
  | 'token-in-api-key'
  /** What was sent as the API key does not look like AppSync's (`da2-…`): it may be API Gateway's, an access key, or have something around it. */
  | 'key-form'
  /** The key is none of the API's: another environment's, deleted, cut, or in another case. List the keys with `aws appsync list-api-keys`. */
  | 'key-unknown'
  /** The key looks as it should, and whether it exists and has not expired only the API's list of keys tells. Give it (`aws appsync list-api-keys`). */
  | 'keys-not-given'
  /** The key expired. Extend it or create another (at most 365 days). */
  | 'key-expired'
  /** AppSync's `You are not authorized to make this call.`: the key is unknown or expired, or the Lambda authorizer refused. */
  | 'key-or-authorizer-refused'
  /** The SigV4 header has no complete credential scope, or something else in the access key's place. Sign with a library. */
  | 'signature-malformed'
  /** The signature is for another service, region or day. Sign for `appsync` in the API's region, when the request is sent. */
  | 'signature-scope'
  /** The API wants IAM and the request has no signature. */
  | 'signature-missing'
  /** The signature is not that of this request: a wrong secret key, a body changed after signing, or an expired signature. Look at the clock and at what changes the request on its way. */
  | 'signature-mismatch'
  /** The access key is temporary (`ASIA…`) and `x-amz-security-token` was not sent. Sign with all three parts of the credentials. */
  | 'session-token-missing'
  /** The request was signed more than five minutes from AppSync's time. Set the clock, and sign each request when it is sent. */
  | 'clock-skew'
  /** AWS does not know the access key or session token: deleted, inactive, of another partition, or a session token that is not of this key. */
  | 'iam-credentials-invalid'
  /** The temporary credentials have expired. Fetch new ones before the call. */
  | 'iam-credentials-expired'
  /** AWS WAF (or CloudFront's rule on countries) refused the request before any other check. Look at the web ACL's sampled requests. */
  | 'waf'
  /** The browser has no response: network or CORS. Repeat the request outside the browser. */
  | 'no-response'
  /** The file has the answer's status and size and not its text, so whether a field was refused is not known. Record again with the content, or look at the API's log. */
  | 'answer-left-out'
  /** The status says that the request was refused before any field was resolved; no more is known. Give headers and `--api`. */
  | 'refused-before-graphql'
  /** The key is another API's: it was good at another host, or belongs to the endpoint of the configuration, and this request went elsewhere. Point both at one endpoint, or send a key of the second API. */
  | 'key-of-other-api'
  /** Another entry of the same archive succeeded with the same credential, or on the same field: what that proves need not be looked at again. */
  | 'proved-by-success'
  /** AppSync refused one field of an accepted request: by a directive, a policy, the authorizer's `deniedFields` or a template, never for its credential. */
  | 'not-authorized-field'
  /** Another service (API Gateway, CloudFront, Cognito, STS, S3) refused a request of its own in the same archive, or did not answer it: that is not AppSync's refusal. */
  | 'refused-elsewhere'
  /** The text of Amplify's local mock: the endpoint is not AppSync's. Look at the client's configuration. */
  | 'local-mock'
  /** Another GraphQL server's refusal, which AppSync never words so: AppSync judged nothing. Look where the URL leads. */
  | 'other-graphql-server'
  /** The text of API Gateway: the request went to another endpoint. */
  | 'api-gateway'
  /** The text of Cognito: a sign-in, a refresh, a call of its own, or the exchange of the token for credentials failed, and AppSync was never asked. Look at the pool's providers and client ids. */
  | 'identity-pool'
  /** The client has no endpoint, or no absolute URL: it sent nothing, and nobody was refused. Configure it before the first call. */
  | 'endpoint-missing'
  /** The request went to AppSync's management API, which takes no GraphQL. Send it to the API's own URL. */
  | 'wrong-endpoint'
  /** The text of the client library: it found nobody signed in, or no key, and sent nothing. Sign in first, or set the call's auth mode. */
  | 'client-side'
  /** A word stands in the credential's place (`undefined`, `null`, `[object Object]`, a variable that was not filled in). Await the session before the first call. */
  | 'credential-placeholder'
  /** The credential stands in a header that AppSync does not read. Send it in `Authorization` or `x-api-key`. */
  | 'credential-in-other-header'
  /** A credential was sent and stands masked in the log. Give the token that ends so, or the client's answer. */
  | 'credential-masked'
  /** The OIDC provider's `iatTTL` or `authTTL`, which are milliseconds, ended the token before its `exp`. Set them in milliseconds, or leave them out. */
  | 'token-outlived'
  /** A private API was called from outside its VPC endpoint. Call it from the VPC, or over a VPN. */
  | 'private-api'
  /** A public API's name led to a private address: a VPC endpoint with private DNS. Give the API a custom domain name, or take private DNS off. */
  | 'private-dns'
  /** A CloudFront distribution does not pass the credential's header on. Let it forward the header, or use AppSync's own custom domain names. */
  | 'cloudfront-drops-header'
  /** The credential was sent, or the request was signed, and the header did not reach AppSync: something on the way took it out. Let it pass the header on. */
  | 'credential-lost'
  /** CloudFront, or the bucket of the web site behind it, refused the request: AppSync did not see it. Correct the distribution's behavior for `/graphql`. */
  | 'refused-by-cloudfront'
  /** Something in front of AppSync answered by itself (CloudFront, or a web server's page): AppSync did not see the request. Look at what stands between, and record again. */
  | 'answer-of-cloudfront'
  /** The browser stopped the request at its preflight: it asked for a header that is not allowed, or was answered by a redirect or an error. Leave the header out, or send it to the API's own address. */
  | 'cors-preflight'
  /** A WebSocket on the host of queries, or the realtime host inside `header=`. Connect to the realtime host, and name the GraphQL host in `header=`. */
  | 'socket-host'
  /** The path is not the realtime endpoint's: `/graphql`, or `/graphql/realtime` on a custom domain. */
  | 'socket-path'
  /** The sub-protocol is missing or another one than `graphql-ws` (Event APIs: `aws-appsync-event-ws`). */
  | 'socket-protocol'
  /** The handshake's `header=` is missing or cannot be read. Write base64 of a JSON object with host and credential. */
  | 'socket-header'
  /** Nothing was refused: no keep-alive came any more before the WebSocket ended. Reconnect, and look at the network. */
  | 'socket-keep-alive'
  /** The WebSocket was accepted and closed without a frame: no refusal is shown. Record again, and note the close code. */
  | 'socket-silent'
  /** Which credential of a WebSocket was refused, or is not there: the connection's or the start frame's. */
  | 'socket-credential'
  /** HTTP 429: too many requests, not a refusal. Retry with backoff, or ask for a higher quota. */
  | 'throttled'
  /** GraphQL's own check: a variable without a value, or an operation that does not fit the schema; nobody was refused. Correct what is named. */
  | 'request-invalid'
  /** What a resolver asked did not answer in time; nobody was refused. Make it faster, ask for less, or deliver the result later. */
  | 'data-source-timeout'
  /** HTTP 404, 405, 413, 415 or 5xx: nobody was refused. Look at the URL, the body's size and type, or retry. */
  | 'http-error'
  /** AppSync could not read the body as a GraphQL request; nobody was refused. Correct the query. */
  | 'malformed-request'
  /** A query or mutation was sent over the WebSocket, which takes subscriptions only. Send it as a POST. */
  | 'socket-operation'
  /** A channel that no Event API has: a wildcard that is not its last part, or more than five parts. Name the channel otherwise. */
  | 'event-channel-form'
  /** A connection holds as many subscriptions as it may, or asks for them too fast; nobody was refused. Stop what is not needed, or retry later. */
  | 'subscription-limit'
  /** Introspection is switched off on the API. Take the schema from `get-introspection-schema` or the repository. */
  | 'introspection-off'
  /** The query is deeper than the API's `queryDepthLimit`. Split it, or raise the limit. */
  | 'query-depth'
  /** The request ran more resolvers than the API's `resolverCountLimit`. Ask for smaller pages, or raise the limit. */
  | 'resolver-count'
  /** An Event API's channel namespace lets in other modes than the one that was used. Use one of its modes. */
  | 'event-channel-mode'
  /** An Event API let a subscription in that hears other users' events: its namespace compares no channel with the caller. Give it an `onSubscribe` handler that does. */
  | 'event-channel-wide'
  /** The handler of an Event API's channel namespace refused; the credential had been accepted. Read the handler. */
  | 'event-handler-refused'
  /** No policy allows the Event API's action: `appsync:EventConnect` on the API, `EventPublish` or `EventSubscribe` on the channel namespace. */
  | 'event-not-granted'
  /** A merged API's own role may not call the source API. Allow `appsync:SourceGraphQL` on the source's ARN. */
  | 'source-api-not-granted'
  /** The log of the request is cut or lacks its headers, so it cannot tell. Export the whole request, or turn verbose content on. */
  | 'log-incomplete'
  /** AppSync's log of the same request tells what the browser could not see. */
  | 'log-proves'
  /** A subscription's argument is compared with the mutation's answer, which did not select that field: it counts as null, and nothing is sent. Select it in the mutation. */
  | 'subscription-argument-not-selected'
  /** A subscription with an argument hears only of mutations whose answer has that value in the field of its name: the mutation must select it. */
  | 'subscription-argument-compared'
  /** A subscriber asks for fields that the mutation did not select: they reach it as null, and nobody was refused. Select them in the mutation. */
  | 'mutation-selects-less'
  /** Callers of a mutation may not select what its subscribers read, so that reaches subscribers as null. Open the types to the mutation's callers too. */
  | 'mutation-cannot-select'
  /** AppSync may not invoke the Lambda authorizer, so it never ran. Allow `lambda:InvokeFunction` to `appsync.amazonaws.com`. */
  | 'authorizer-not-invocable'
  /** The authorizer did not answer: it failed or took longer than 10 seconds. Read its log. */
  | 'authorizer-failed'
  /** The token is longer than 2,048 characters, so the Lambda authorizer was not called. Send a shorter one. */
  | 'authorizer-token-too-long'
  /** Which mode the request used is not known. Give its headers, or `--auth-type`. */
  | 'mode-unknown'
  /** The directives are not known. Give the schema (`--schema`). */
  | 'schema-missing'
  /** The schema does not parse. Give SDL, as `aws appsync get-introspection-schema --format SDL --include-directives` writes it. */
  | 'schema-unreadable'
  /** The schema that was given has no such type: it is of another version, or another API's. */
  | 'type-not-in-schema'
  /** The schema that was given has no such field: it is of another version, or another API's. */
  | 'field-not-in-schema'
  /** Which field was refused is not known. Give `info.parentTypeName` and `info.fieldName`. */
  | 'field-unknown'
  /** The field, its type or the returned type lets in other modes. Add the directive of this mode, or call with another credential. */
  | 'directive-excludes-mode'
  /** The directive wants a group that the token does not have. Add the user to it and let them sign in anew, or change the directive. */
  | 'directive-excludes-groups'
  /** A directive begins with `@aws` and is none that AppSync knows, so it counts as none. Write the one that is meant. */
  | 'directive-unknown'
  /** `@aws_auth` counts only on fields of the root types, and only where user pools are the API's only mode; here it protects nothing. Use `@aws_cognito_user_pools(cognito_groups: …)`. */
  | 'aws-auth-ignored'
  /** The field's own directive without groups takes the place of its type's, which asks for groups: whoever is in none of them reads it. Write the groups on the field too. */
  | 'directive-opens-field'
  /** The request came as an additional mode: every field, and every type that it returns, must name it. Add the directive. */
  | 'mode-needs-directive'
  /** The directive asks for a group, and the caller's groups were not given. Give a token of the caller's, or what `aws cognito-idp admin-list-groups-for-user` answers. */
  | 'groups-not-given'
  /** Neither field nor type has a directive, so only the API's default mode gets in, and which that is was not given (`--api`). */
  | 'default-mode-unknown'
  /** The default action of the user pool is DENY, and no directive on the root field lets the caller in. Add the directive (`@aws_auth` with groups, beside other modes `@aws_cognito_user_pools`). */
  | 'default-action-deny'
  /** The token is a JWT, so AppSync took it as the user pool's or provider's, and the Lambda authorizer was not asked. Put a prefix before a token that is meant for it. */
  | 'jwt-not-for-lambda'
  /** `Bearer ` is reserved for JWTs on an API with OIDC or user pools: the Lambda authorizer is not asked. Leave the prefix out, or use one of your own. */
  | 'bearer-reserved'
  /** The caller's policies are not known, or not all of them can be judged. Give them (`--policy`). */
  | 'policy-missing'
  /** AppSync's `Permission denied`: the signature is valid, and no policy allows the field. */
  | 'iam-permission-denied'
  /** The caller is of another account than the API, which has no resource policy. Assume a role of the API's account, and sign with that. */
  | 'iam-other-account'
  /** No statement allows `appsync:GraphQL` on the field. Add its ARN, `…/types/T/fields/F`, to the role's policy. */
  | 'iam-not-granted'
  /** A statement denies it, and a deny wins over every allow. Narrow the statement that is named. */
  | 'iam-explicit-deny'
  /** The permissions boundary does not allow it, so what the policies grant does not count. Widen the boundary. */
  | 'iam-boundary'
  /** A statement would allow it, and its condition does not hold for this request. Compare the two values. */
  | 'iam-condition-failed'
  /** A condition depends on what is not known here; the condition is named. Judge it by hand, or give what it reads. */
  | 'iam-condition-not-judged'
  /** A policy is given by its ARN or name only, so what it says is not known. Read the document (`aws iam get-policy-version`) and give it (`--policy`). */
  | 'iam-policy-unread'
  /** A policy is not one that IAM would accept (a misspelt `Effect`, element or `Version`), so nothing rests on it. Correct it. */
  | 'iam-policy-invalid'
  /** The session policy does not allow it: a session may do only what both it and the role allow. Widen what is passed to AssumeRole. */
  | 'iam-session-policy'
  /** The organization's service control policies do not allow it; no policy of the account can. Ask the organization's administrator. */
  | 'iam-service-control-policy'
  /** All that was given allows the call, and AppSync answered `Permission denied`: a boundary, an SCP, a session policy or another role is not in the material. */
  | 'iam-elsewhere'
  /** A Deny, or an Allow with NotResource, was to keep the field out and names it without `fields/`, so it is about no field. Write `types/TYPE/fields/FIELD`. */
  | 'iam-keeps-nothing-out'
  /** A guest of an identity pool changes data by a statement on the whole API. Name the fields that guests are for. */
  | 'iam-guests-wide'
  /** A statement's star stands after a part of a field's name: it allows every field that begins so. Name the fields one by one. */
  | 'iam-name-star'
  /** The statement that allows it: IAM is not the cause. */
  | 'iam-allowed'
  /** What the function answered is not known. Give it (`--authorizer`), or read its log. */
  | 'authorizer-unknown'
  /** The function said `isAuthorized: false`, or it is not known whether it failed. Look at what it compares the token with. */
  | 'authorizer-refused'
  /** AppSync most likely refused by an earlier answer of the Lambda authorizer, which it keeps for each token. Wait, sign in anew, or let the function answer a no with `ttlOverride: 0`. */
  | 'authorizer-cached'
  /** The answer has not the form that AppSync takes (`isAuthorized` is missing or no boolean, API Gateway's form …). It counts as a refusal. */
  | 'authorizer-malformed'
  /** The answer is larger than 5 MB. Put less into `resolverContext`. */
  | 'authorizer-too-large'
  /** `ttlOverride` is not a whole number of seconds. */
  | 'authorizer-ttl'
  /** The request came as another mode, so this answer did not count. */
  | 'authorizer-not-called'
  /** The token does not match the API's `identityValidationExpression`: refused without asking the function. Change the token's form, or the expression. */
  | 'authorizer-token-pattern'
  /** The expression is not a regular expression that can be read here. Test it by hand. */
  | 'authorizer-token-pattern-unreadable'
  /** `deniedFields` lists the field: it is null whatever its resolver gives. Take it out of the list. */
  | 'field-denied-by-authorizer'
  /** The refused field may not be null, so its null takes what stands around it along, up to the first place that may be null. Make the field nullable, or do not select it. */
  | 'null-climbs'
  /** An entry of `deniedFields` names no field of this API: it has no type, or another API's id. Write `Type.field`, or the field's ARN. */
  | 'denied-field-name'
  /** `deniedFields` has a wildcard; AWS documents whole names only. List whole names. */
  | 'denied-field-wildcard'
  /** `deniedFields` has the name in another case; whether AppSync compares case is not verified. Leave the entry out for callers who should see the field; write the name as the schema does only if the denial is meant. */
  | 'denied-field-case'
  /** The answer has no `resolverContext`: templates know nothing of the caller. Answer with one, if only `{}`. */
  | 'no-resolver-context'
  /** `resolverContext` holds lists or maps, which AppSync does not take. Make it flat: write them as JSON text. */
  | 'resolver-context-nested'
  /** AppSync accepted the credential and refused this one field: a directive, the authorizer's `deniedFields`, or its templates. Give schema and templates. */
  | 'field-refused'
  /** The field's templates are not known. Give them (`--from`). */
  | 'template-missing'
  /** The template refused, and no more special hint fits: the place is named. */
  | 'refused-by-template'
  /** The log says that the resolver refused; why needs the templates and the caller (`--from`, `--identities`). */
  | 'refused-by-resolver'
  /** The log has no entry of a template for the refused field: most likely it was refused before its resolver, by a directive, a policy or the authorizer. Give `--schema`, `--api`, `--policy`. */
  | 'no-mapping-entry'
  /** A role behind the API was refused, not the caller: the data source's own, a function's, or one that AppSync may not assume. Look at the role that the message names. */
  | 'data-source-refused'
  /** The request is allowed with a filter on the rows. Give the rows (`records`) to see which pass. */
  | 'records-missing'
  /** The field came back empty and without an error: a filter, or no such row. Give templates and rows. */
  | 'empty-without-error'
  /** An access token has no `custom:…` and no profile claims. Rules on them need the ID token, or a trigger that adds them. */
  | 'access-token'
  /** An ID token has `cognito:username` rather than `username`, and no `scope`. */
  | 'id-token'
  /** A user pool's token has `token_use`; these claims have none, as if typed by hand: of which of the two they are is not known. */
  | 'token-without-use'
  /** The token lives five minutes or less. A client that keeps it is refused now and then: let it ask for the token before each request. */
  | 'token-short-life'
  /** The signature is not that of the key: changed, or made by hand. */
  | 'signature-invalid'
  /** The token names another algorithm than its key is for: made by hand, or another issuer's. */
  | 'algorithm-mismatch'
  /** The key set has no key of that id: another pool's set, or keys that were rotated. Fetch the set anew. */
  | 'key-not-in-set'
  /** The token's header names no key, so its signature cannot be checked; AppSync wants one. */
  | 'token-without-kid'
  /** The key set's entry for this token cannot be used: a key of an unknown kind. Fetch the set anew. */
  | 'jwks-unreadable'
  /** Other credentials were sent than those that were given: the two differ, the claims were given by hand, or AppSync took what was computed to be refused. Give a HAR with the token. */
  | 'other-token'
  /** The message is about another field than the one that was judged. Give that field's templates and directives. */
  | 'other-field'
  /** A layer refused whose input is missing, or the status says that it was before any template. Give what is named. */
  | 'refused-earlier'
  /** The templates read what was not given, or a row that may have been another one then. Give it (`result`, `stash` …). */
  | 'input-differs'
  /** The deployed resolver is not what the files are. Compare with `aws appsync get-resolver`, or deploy. */
  | 'deployed-differs'
  /** The deployed schema or modes are not those that were given. Fetch them anew. */
  | 'schema-differs'
  /** The caller has other policies than those that were given. List what is attached. */
  | 'policy-differs'
  /** The authorizer answered something else, perhaps from its cache. Read its log for this request. */
  | 'authorizer-differs'
  /** A bare `null` outside of a call's arguments is taken for null. */
  | 'U1'
  /** `$util.matches` is taken to match the whole text. */
  | 'U6'
  /** `$util.isNullOrEmpty` and its kin are given a list or map: empty or not. */
  | 'U7'
  /** `$util.parseJson` of what is not JSON, or a bad time, is taken as null. */
  | 'U8'
  /** The errorType of a short `$util.error`, `$util.appendError` or `$util.validate` is assumed. */
  | 'U9'
  /** A filter of `$util.transform`: the placeholder names of `and`, `or`, `not`, `between` and `in` are not verified. */
  | 'U11'
  /** `$util.transform.toElasticsearchQueryDSL`: which query it writes (`term` or `match`) is not verified. */
  | 'U12'
  /** `$util.rds.toJsonString`, or an answer without columns or rows that fit them: AppSync's form is not verified. */
  | 'U13'
  /** What AppSync has in `$ctx.outErrors` is not verified. */
  | 'U14'
  /** Whether a caller of an additional user pool has `defaultAuthStrategy` is not verified: it is taken as absent. */
  | 'U15'
  /** Whether an OIDC identity has `sourceIp` and `username` is not verified: they are taken as absent. */
  | 'U16'
  /** A guest's `cognitoIdentityAuthProvider` is taken as null, which is not verified. */
  | 'U17'
  /** The caller's mode is not known and was asked for. */
  | 'U18'
  /** A loop ends after 1,000 items. */
  | 'U24'
  /** A comma before a closing bracket in what a template rendered is read over. */
  | 'U25'
  /** `$util.math` in a case that no source settles. */
  | 'U32'
  /** The file of `--context` holds one part of it only, such as an identity, and was taken for that. */
  | 'context-part'
  /** What was given holds what was wanted in another form (an answer of Cognito, a header, a session) or a member that nothing reads: what was taken is said. */
  | 'input-form'
  /** What was given holds an access token and an ID token. The access token is taken, as Amplify sends it; `--token-use id` takes the other. */
  | 'two-tokens'
  /** The caller was made up from `--groups`, `--sub` and `--username`: it has the claims of a user pool's access token, and no others. */
  | 'caller-tried'
  /** The claims are too few to tell the authorization mode. Give it: `--auth-type`. */
  | 'mode-guessed'
  /** AppSync filters an error's `data` by the selection set, which was not given. */
  | 'data-not-filtered'
  /** A call of `$extensions` that AppSync refuses: more than it takes, or not in this kind of field. */
  | 'extension-limit'
  /** A function was called whose implementation in AppSync is not public. */
  | 'inferred'
  /** AppSync's logs of one request are cut off at 1 MB. */
  | 'log-cut'
  /** `$util.list.sortList` sorts at most 1,000 items. */
  | 'sort-list-limit'
  /** Velocity prints as text what was meant for a directive or a claim, such as `#set $x = 1`. */
  | 'slip'
  /** A `#set` of a member of null, or of a value that takes none. */
  | 'set-without-effect'
  /** A malformed subscription filter gives null. */
  | 'subscription-filter'
  /** A filter of `$util.transform` that AppSync may refuse gives null. */
  | 'transform-null'
  /** A point that no source settles and that has no number: the note says what is assumed. */
  | 'unverified'
  /** XML attributes become plain keys: AppSync's form is not verified. */
  | 'xml-attributes'
  /** AppSync's context has no such member (or none of this name in `$ctx.error`). */
  | 'unknown-member'
  /** The template rendered nothing, which AppSync answers with an error. */
  | 'output-empty'
  /** The template rendered what is not JSON, which AppSync answers with an error. */
  | 'output-not-json'
  /** A function runs on APPSYNC_JS, which is not evaluated: what it decides is unknown. */
  | 'javascript-function'
  /** A function is in none of the files that were read: what it decides is unknown. */
  | 'missing-function'
  /** A field has more than one resolver, or half of one, in what was read: the last one is used. */
  | 'duplicate-field'
  /** A key stands twice in a YAML file: the last one counts. */
  | 'duplicate-key'
  /** A saved answer of AWS lacks a part of a resolver. */
  | 'incomplete-answer'
  /** A resolver of the stack lacks a part. */
  | 'incomplete-resolver'
  /** A resolver or function runs on APPSYNC_JS, which is not VTL and is not evaluated. */
  | 'javascript-resolver'
  /** The project names a template that is not there, or is no text. */
  | 'missing-template'
  /** A condition of the stack depends on a value that was not given. */
  | 'open-condition'
  /** A file of the project's own takes the place of a generated template. */
  | 'override'
  /** An override hides a newer generated template. */
  | 'override-shadows-newer'
  /** Stacks or files were found that the source does not use, or that cannot be read. */
  | 'stacks-not-used'
  /** A saved answer of evaluate-mapping-template has a result and no template. */
  | 'no-template'
  /** An introspection has no directives: who may read a field does not stand in it. */
  | 'schema-without-directives'
  /** No pipeline uses this function. */
  | 'unused-function'
  /** No resolver uses this template. */
  | 'unused-template'
  /** An `@auth` that is not understood: what it asks for is unknown. */
  | 'rule-not-read'
  /** A rule covers an operation, and no statement of its templates comes from it: the build is older than the schema. Build again. */
  | 'rule-not-built'
  /** A file of the project's own takes the place of a generated template and leaves a rule out. */
  | 'override-drops-rule'
  /** A statement authorizes, and no rule asks for it: an override, or a build of other rules. */
  | 'statement-without-rule'
  /** Rules of a field take delete or create of the whole row away from the callers of a rule of its type. */
  | 'field-rule-takes-away'
  /** A rule that changes nothing, whoever calls. */
  | 'rule-never-matters'
  /** A relation leads to a model that lets fewer callers read. */
  | 'relation-stricter'
  /** A model has no rules: nobody but the sandbox, admin roles, IAM access or a global rule reaches it. */
  | 'model-without-rules'
  /** Everybody may write rows of a model. */
  | 'model-open'
  /** Subscriptions show rows that queries do not. */
  | 'subscription-wider'
  /** An owner may write the field that names the owner, and so give the row away. */
  | 'owner-reassignable'
  /** The template does not parse. */
  | 'does-not-parse'
  /** A request to DynamoDB has a member that its operation does not know, or an operation that there is not: AppSync ends with "Unsupported element" or "Unsupported operation". */
  | 'unsupported-element'
  /** The API has a mode for which the template has no branch. */
  | 'mode-without-branch'
  /** A condition that comes out the same for every caller: it never holds, or always does. */
  | 'never-holds'
  /** Statements that nothing can reach. */
  | 'never-reached'
  /** A variable is read and never set. */
  | 'never-set'
  /** A comment `## vtl-eval: allow CODE reason` lacks its reason, names no code, or allows nothing. */
  | 'allow-comment'
  /** A cached answer depends on the caller, and the caching keys do not: the next caller gets it. */
  | 'cache-shared'
  /** A link stands behind a call that gives null or true, such as `$map.put(…).put(…)`: it does nothing. */
  | 'chained-on-null'
  /** The response template refuses, and by then the request has written. Check in the request, or in its condition. */
  | 'check-after-write'
  /** No identity has this member; claims stand in `$ctx.identity.claims`. */
  | 'claim-outside-claims'
  /** `$util.error` has no errorType, where the template's others have one. */
  | 'error-without-type'
  /** The caller's filter takes the place of the one that holds rows back. Join them with `and`. */
  | 'filter-replaced'
  /** A pipeline puts `authFilter` into the stash, and none of its templates reads it. */
  | 'filter-unused'
  /** A list shows every caller the rows of which `get` shows some callers some. */
  | 'list-unguarded'
  /** What the template prints is JSON on no way through it, or on none through one of its branches. */
  | 'never-json'
  /** A decision is worked out and nothing refuses by it. */
  | 'nothing-enforces'
  /** `#set` of null keeps the old value: in a loop that is the row before. */
  | 'null-keeps-last'
  /** The owner of a new row is what the caller sends. */
  | 'owner-from-arguments'
  /** A PutItem under a key that the caller names, without a condition: it replaces the row of another. */
  | 'row-replaced'
  /** A map is printed as Java writes it, `{a=b}`, where JSON is wanted. Write `$util.toJson( … )`. */
  | 'java-text'
  /** A map's key without quotes: Velocity takes it in a call's arguments, as null. */
  | 'key-without-quotes'
  /** A text of the caller's stands between quotes as it was sent: a quote in it ends the text, and what follows belongs to the request. Write `$util.toJson( … )`, or a variable. */
  | 'text-in-quotes'
  /** A text of the caller's stands in an expression of DynamoDB as it was sent, so that the caller chooses the attribute or adds terms. Use a placeholder. */
  | 'expression-injected'
  /** The template is one of API Gateway's: AppSync has no `$input` and no `$stageVariables`. */
  | 'gateway-template'
  /** A plain value stands where a request to DynamoDB wants a typed one. Write `$util.dynamodb.toDynamoDBJson( … )`. */
  | 'untyped-value'
  /** A method that no value has. */
  | 'unknown-method'
  /** The claims name no user. */
  | 'no-username'
  /** What looks like a credential, or is named as one, is shown as `[secret]`. `--show-secrets` shows it. */
  | 'secrets-hidden'
  /** `--show-secrets` was given, and the report holds credentials. */
  | 'secrets-shown'
  /** The signature is that of a key that was given. */
  | 'signature'
  /** The project names a schema that is not there or cannot be read: directives are not judged. */
  | 'missing-schema';
