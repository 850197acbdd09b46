//! What is said of a thing that was not wanted here: what it is, and which command or option takes it.

use super::kind::PastedKind;

impl PastedKind {
    /// Its name in a sentence, with its article.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Token => "a token",
            Self::EncryptedToken => "an encrypted token (JWE)",
            Self::ApiKey => "an API key",
            Self::AccessKey => "an AWS access key's id",
            Self::Credentials => "credentials of AWS, keys with their secrets",
            Self::Signature => "a signature of AWS (SigV4)",
            Self::Arn => "the ARN of an IAM caller",
            Self::Undefined => "`undefined` or `null`",
            Self::ObjectText => "`[object Object]`",
            Self::Pending => "a promise that is still pending",
            Self::Instance => "what Dart prints of an object",
            Self::Printed => "a response as curl prints it",
            Self::Evaluated => "the answer of evaluate-mapping-template",
            Self::Gen2Schema => "the schema of an Amplify Gen 2 project, in TypeScript",
            Self::CdkCode => "the code of a CDK app",
            Self::SavedYaml => "the answer of get-resolver or get-function in YAML",
            Self::Serverless => "a Serverless file",
            Self::Saml => "an assertion of SAML",
            Self::Binary => "no text (a picture, an archive, or another file of bytes)",
            Self::Claims => "the claims of a token",
            Self::Identity => "an AppSync identity",
            Self::Context => "a context",
            Self::Session => "an answer or a session that holds a caller",
            Self::Har => "a HAR, a browser's record of requests",
            Self::Curl => "a request as cURL",
            Self::Fetch => "a request as fetch()",
            Self::PowerShell => "a request as PowerShell",
            Self::Refused => "the body of a refused response",
            Self::Answer => "the body of a response without errors",
            Self::ErrorText => "the text of an error",
            Self::Log => "AppSync's log",
            _ => self.noun_of_file(),
        }
    }

    /// The same of what a project, an issuer or another program writes.
    const fn noun_of_file(self) -> &'static str {
        match self {
            Self::Template => "a VTL template",
            Self::JavaScript => "JavaScript",
            Self::Schema => "a GraphQL schema",
            Self::Operation => "a GraphQL operation",
            Self::RequestBody => "the body of a GraphQL request",
            Self::SavedResolver => "the answer of get-resolver or get-function",
            Self::SavedList => "the answer of list-resolvers or list-functions",
            Self::CloudFormation => "a CloudFormation template",
            Self::Terraform => "Terraform",
            Self::Manifest => "a pipeline manifest",
            Self::Api => "the configuration of an API or its client (amplify_outputs.json, aws-exports.js, get-graphql-api)",
            Self::Jwks => "the keys of an issuer (JWKS)",
            Self::Policy => "an IAM policy",
            Self::Report => "a refusal report",
            Self::Personas => "a personas file",
            Self::Html => "a page of HTML",
            Self::Xml => "XML",
            Self::Pem => "a PEM file (a certificate or a key)",
            Self::Pdf => "a PDF",
            Self::Yaml => "YAML",
            Self::Url => "an address",
            Self::Collection => "a collection of requests (Postman, Insomnia)",
            Self::CloudTrail => "a record of CloudTrail",
            Self::Json => "JSON of another kind",
            _ => "a text of another kind",
        }
    }

    /// What takes it.
    fn taken_by(self, name: &str) -> String {
        match self {
            Self::Empty => "the file was never filled, or the command that should have filled it failed".to_owned(),
            Self::Token | Self::Claims | Self::Identity | Self::Session => {
                format!("`--claims {name}` takes it as the caller, `vtl-eval token {name}` tells what it says")
            }
            Self::EncryptedToken => "only its issuer can read it: Cognito's refresh token is one. Send and give the access token or the ID token".to_owned(),
            Self::ApiKey => "a caller with a key has no claims: leave the key out and give `--auth-type api-key`".to_owned(),
            Self::AccessKey => "give the answer of `aws sts get-caller-identity` as `--claims`, or `--auth-type iam`".to_owned(),
            Self::Credentials => "a secret is no caller, and is not needed here: run `aws sts get-caller-identity` with these credentials, and give its answer as `--claims`".to_owned(),
            Self::Signature => "it tells neither user nor role. Run `aws sts get-caller-identity` with the credentials that signed, and give its answer as `--claims`".to_owned(),
            Self::Arn => "`--claims` takes it as the caller, under IAM".to_owned(),
            Self::Undefined => "a value that was not there when a script (JavaScript, a shell) made a text of it. Was the session fetched before it was printed, and is the user signed in? If it was sent like this, it is why the request was refused".to_owned(),
            Self::ObjectText => "JavaScript made a text of an object, and its members are lost: print it with `JSON.stringify(object, null, 2)`".to_owned(),
            Self::Pending => "it was printed before its value was there: put `await` before the call, as in `console.log(JSON.stringify((await fetchAuthSession()).tokens, null, 2))`".to_owned(),
            Self::Instance => "Dart prints an object's class alone: print the token, `session.userPoolTokensResult.value.accessToken.raw`".to_owned(),
            Self::Evaluated => "it is what AppSync made of a template. `vtl-eval TEMPLATE --context FILE` runs the same template with the same context, and tells why".to_owned(),
            Self::Gen2Schema => "its resolvers stand in `.amplify/artifacts/cdk.out` once `npx ampx sandbox` ran: `vtl-eval fields --from .amplify/artifacts/cdk.out` lists them".to_owned(),
            Self::CdkCode => "`npx cdk synth` writes the templates into `cdk.out`: `vtl-eval fields --from cdk.out` lists them".to_owned(),
            Self::SavedYaml => "ask again with `--output json`, and `vtl-eval FILE` runs its template".to_owned(),
            Self::Saml => "AppSync knows no SAML: Cognito makes a token of it when the user signs in. Give that token".to_owned(),
            Self::Binary => "copy what it shows as text".to_owned(),
            Self::Context => format!("`vtl-eval TEMPLATE --context {name}` takes it"),
            Self::Har | Self::Curl | Self::Fetch | Self::Refused | Self::Report | Self::Printed => {
                format!("`vtl-eval diagnose {name}` judges it")
            }
            Self::PowerShell => "\"Copy as cURL\" in the same menu gives what `vtl-eval diagnose` judges".to_owned(),
            Self::Answer => format!("nothing in it is refused. `vtl-eval diagnose {name}` takes the whole response, best as a HAR"),
            Self::ErrorText => "`vtl-eval explain \"THE TEXT\"` tells who says it and why".to_owned(),
            Self::Log => format!("`vtl-eval replay {name}` reads it"),
            Self::Template => format!("`vtl-eval {name}` runs it"),
            Self::JavaScript => "only VTL is run here: a resolver or function in JavaScript (APPSYNC_JS) is named in a project's reports, and never judged".to_owned(),
            Self::Schema => format!("`--schema {name}` takes it (with @model and @auth: `--model {name}`), beside a project or a refusal"),
            Self::Operation | Self::RequestBody => "it is what was asked, not the answer: `vtl-eval diagnose` wants the HAR, or the request as cURL".to_owned(),
            Self::SavedResolver => format!("`vtl-eval {name}` runs its template"),
            Self::SavedList | Self::CloudFormation | Self::Terraform | Self::Manifest | Self::Serverless => {
                format!("`vtl-eval resolver TYPE.FIELD --from {name}` runs a field of it, `vtl-eval fields --from {name}` lists them")
            }
            Self::Api => format!("`--api {name}` takes it"),
            Self::Jwks => format!("`--jwks {name}` takes it, beside a token"),
            Self::Policy => format!("`--policy {name}` takes it"),
            Self::Personas => format!("`vtl-eval matrix --personas {name}` takes it"),
            Self::Html => "a page was saved in the place of what it shows: a sign-in page, or an answer of a proxy. Ask again with the right credentials, or copy the text itself".to_owned(),
            Self::Xml => "no command takes it".to_owned(),
            Self::Pem => "no command takes it: signatures are verified with the issuer's JWKS (`--jwks`)".to_owned(),
            Self::Pdf => "copy the text out of it".to_owned(),
            Self::Yaml => "claims and contexts are read as JSON: write `{\"sub\": \"…\", \"cognito:groups\": [\"…\"]}`, or try a caller without a token with --groups and --username".to_owned(),
            Self::Url => "nothing is fetched from the network here. Open it, save what it shows, and give that file".to_owned(),
            Self::Collection => "it is what would be asked, not what was answered: send the request there, show its code as cURL (with the answer beside it), and `vtl-eval diagnose` judges that".to_owned(),
            Self::CloudTrail => "it tells who called AWS's own API, and not why a field of yours was refused. AppSync's own log in CloudWatch (/aws/appsync/apis/ID) does: `vtl-eval replay LOG` reads it".to_owned(),
            Self::Json | Self::Text => "no command takes it".to_owned(),
        }
    }

    /// `this is a HAR, …: `vtl-eval diagnose NAME` judges it`
    pub fn sentence(self, name: &str) -> String {
        let (name, noun) = (shell_word(name), self.noun());
        match self {
            Self::Empty => format!("it is empty: {}", self.taken_by(&name)),
            Self::Json | Self::Text => "it is neither JSON nor a token in any of their forms".to_owned(),
            _ => format!("this is {noun}: {}", self.taken_by(&name)),
        }
    }

    /// Whether tokens, claims or an identity may be found in it.
    pub const fn may_hold_caller(self) -> bool {
        matches!(
            self,
            Self::Token
                | Self::Claims
                | Self::Identity
                | Self::Context
                | Self::Session
                | Self::Arn
                | Self::Credentials
                | Self::Printed
                | Self::Curl
                | Self::Fetch
                | Self::Json
                | Self::Text
                | Self::Url
                | Self::ErrorText
        )
    }
}

/// A file's name as a shell takes it.
pub fn shell_word(name: &str) -> String {
    let plain = |letter: char| letter.is_alphanumeric() || "-_./\\:@%+=,~".contains(letter);
    if !name.is_empty() && name.chars().all(plain) { name.to_owned() } else { format!("'{name}'") }
}
