// Amplify's AppSync simulator: its VelocityTemplate with a User Pool caller.
const base = "@aws-amplify/amplify-appsync-simulator/lib/";
const { VelocityTemplate } = require(base + "velocity");
const { AmplifyAppSyncSimulatorAuthenticationType: Auth } = require(base + "type-definition");

const mode = Auth.AMAZON_COGNITO_USER_POOLS;
const simulator = { appSyncConfig: { defaultAuthenticationType: { authenticationType: mode } } };

require("./rates").main({
  parse: (content) => new VelocityTemplate({ path: "auth.vtl", content }, simulator),
  evaluate(template, context) {
    const { fieldName, parentTypeName } = context.info;
    const info = { fieldName, parentType: parentTypeName, fieldNodes: [], variableValues: {}, path: { key: fieldName } };
    const request = {
      requestAuthorizationMode: mode, jwt: context.identity.claims,
      sourceIp: context.identity.sourceIp, headers: context.request.headers,
    };
    const rendered = template.render({ ...context, result: null }, request, info);
    return rendered.hadException ? null : JSON.stringify(rendered.result);
  },
});
