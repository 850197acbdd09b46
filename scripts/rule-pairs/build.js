// Builds each schema of a list with Amplify's own transformers: node build.js LIST.json OUT
// A row of the list is {"name", "generation": 1 | 2, "sql": true | false, "sdl"}; OUT/name is what vtl-eval's --from reads.
const fs = require("fs");
const path = require("path");

const modes = ["AMAZON_COGNITO_USER_POOLS", "API_KEY", "AWS_IAM", "OPENID_CONNECT", "AWS_LAMBDA"];
const quiet = () => undefined;
console.warn = quiet;
console.log = quiet;

/** The transformer of today, by the construct that Amplify Gen 2 uses. */
function second({ sdl, sql }, out) {
  const cdk = require("aws-cdk-lib");
  const cognito = require("aws-cdk-lib/aws-cognito");
  const iam = require("aws-cdk-lib/aws-iam");
  const lambda = require("aws-cdk-lib/aws-lambda");
  const { AmplifyGraphqlApi, AmplifyGraphqlDefinition, SQLLambdaModelDataSourceStrategyFactory } = require("@aws-amplify/graphql-api-construct");
  const app = new cdk.App({ outdir: path.join(out, "cdk.out"), analyticsReporting: false });
  const stack = new cdk.Stack(app, "Pairs");
  const role = (name) => new iam.Role(stack, name, { assumedBy: new iam.ServicePrincipal("cognito-identity.amazonaws.com") });
  const definition = sql
    ? AmplifyGraphqlDefinition.fromString(sdl, {
        name: "sql",
        dbType: "MYSQL",
        dbConnectionConfig: { databaseNameSsmPath: "/n", hostnameSsmPath: "/h", passwordSsmPath: "/p", portSsmPath: "/o", usernameSsmPath: "/u" },
      })
    : AmplifyGraphqlDefinition.fromString(sdl);
  new AmplifyGraphqlApi(stack, "Api", {
    definition,
    authorizationModes: {
      defaultAuthorizationMode: modes[0],
      userPoolConfig: { userPool: new cognito.UserPool(stack, "Pool") },
      apiKeyConfig: { expires: cdk.Duration.days(7) },
      iamConfig: { identityPoolId: "eu-west-1:0", authenticatedUserRole: role("Auth"), unauthenticatedUserRole: role("Unauth") },
      oidcConfig: { oidcProviderName: "own", oidcIssuerUrl: "https://issuer.example", tokenExpiryFromAuth: cdk.Duration.hours(1), tokenExpiryFromIssue: cdk.Duration.hours(1) },
      lambdaConfig: {
        function: new lambda.Function(stack, "Own", { runtime: lambda.Runtime.NODEJS_24_X, handler: "i.h", code: lambda.Code.fromInline("exports.h = 1") }),
        ttl: cdk.Duration.minutes(5),
      },
    },
  });
  app.synth();
}

/** The first transformer, as Amplify Gen 1 had it until 2021. */
function first({ sdl }, out) {
  const { GraphQLTransform } = require("graphql-transformer-core");
  const { DynamoDBModelTransformer } = require("graphql-dynamodb-transformer");
  const { KeyTransformer } = require("graphql-key-transformer");
  const { ModelConnectionTransformer } = require("graphql-connection-transformer");
  const { ModelAuthTransformer } = require("graphql-auth-transformer");
  const provider = (authenticationType) => ({
    authenticationType,
    ...(authenticationType === modes[3] && { openIDConnectConfig: { name: "own", issuerUrl: "https://issuer.example" } }),
  });
  const authConfig = { defaultAuthentication: provider(modes[0]), additionalAuthenticationProviders: modes.slice(1, 4).map(provider) };
  const plain = (_, otherwise) => otherwise;
  const transform = new GraphQLTransform({
    transformers: [new DynamoDBModelTransformer(), new KeyTransformer(), new ModelConnectionTransformer(), new ModelAuthTransformer({ authConfig })],
    featureFlags: { getBoolean: (_, otherwise) => otherwise ?? false, getNumber: plain, getString: plain, getObject: plain },
  });
  const { resolvers, schema } = transform.transform(sdl);
  const api = path.join(out, "amplify/backend/api/pairs");
  fs.mkdirSync(path.join(api, "build/resolvers"), { recursive: true });
  fs.writeFileSync(path.join(api, "schema.graphql"), sdl);
  fs.writeFileSync(path.join(api, "build/schema.graphql"), schema);
  for (const [name, text] of Object.entries(resolvers)) {
    fs.writeFileSync(path.join(api, "build/resolvers", name), text);
  }
}

const [list, target] = process.argv.slice(2);
for (const row of JSON.parse(fs.readFileSync(list, "utf8"))) {
  const out = path.join(target, row.name);
  fs.mkdirSync(out, { recursive: true });
  try {
    (row.generation === 1 ? first : second)(row, out);
  } catch (error) {
    fs.writeFileSync(path.join(out, "refused.txt"), String(error.message));
  }
}
