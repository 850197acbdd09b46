// A small API of our own for tests/cdk/check.sh: VTL inline and as an asset, a pipeline, a function in JavaScript.
const path = require("path");
const { App, Stack } = require("aws-cdk-lib");
const appsync = require("aws-cdk-lib/aws-appsync");

const { MappingTemplate } = appsync;
const app = new App({ outdir: process.argv[2], analyticsReporting: false });
const stack = new Stack(app, "Notes");
const api = new appsync.GraphqlApi(stack, "Api", {
  name: "notes",
  definition: appsync.Definition.fromFile(path.join(__dirname, "schema.graphql")),
});
const none = api.addNoneDataSource("Local");
const result = MappingTemplate.fromString("$util.toJson($ctx.result)");
const auth = none.createFunction("Auth", {
  name: "auth",
  requestMappingTemplate: MappingTemplate.fromFile(path.join(__dirname, "auth.vtl")),
  responseMappingTemplate: result,
});
const read = none.createFunction("Read", {
  name: "read",
  requestMappingTemplate: MappingTemplate.fromString('{"payload": {"stack": "' + stack.region + '"}}'),
  responseMappingTemplate: result,
});
api.createResolver("ListNotes", {
  typeName: "Query",
  fieldName: "listNotes",
  pipelineConfig: [auth, read],
  requestMappingTemplate: MappingTemplate.fromString("{}"),
  responseMappingTemplate: MappingTemplate.fromString("$util.toJson($ctx.prev.result)"),
});
none.createResolver("GetNote", {
  typeName: "Query",
  fieldName: "getNote",
  requestMappingTemplate: MappingTemplate.fromFile(path.join(__dirname, "auth.vtl")),
  responseMappingTemplate: result,
});
none.createResolver("Now", {
  typeName: "Query",
  fieldName: "now",
  runtime: appsync.FunctionRuntime.JS_1_0_0,
  code: appsync.Code.fromInline("export const request = () => ({payload: 1}); export const response = (ctx) => ctx.result;"),
});
// Another stack uses a function of the first one: the CDK exports and imports its id.
const other = new Stack(app, "Extra");
new appsync.CfnResolver(other, "Count", {
  apiId: api.apiId,
  typeName: "Query",
  fieldName: "countNotes",
  kind: "PIPELINE",
  pipelineConfig: { functions: [auth.functionId] },
  requestMappingTemplate: "{}",
  responseMappingTemplate: "$util.toJson($ctx.prev.result)",
});
app.synth();
