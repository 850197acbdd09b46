// A small API of our own for check.py: VTL inline and as an asset, a pipeline, a function in JavaScript, a nested stack.
const path = require("path");
const { App, NestedStack, Stack } = require("aws-cdk-lib");
const { Asset } = require("aws-cdk-lib/aws-s3-assets");
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
// A nested stack with a template that is an asset: a file in a bucket, named by its hash.
const nested = new NestedStack(stack, "More");
const template = new Asset(nested, "AuthTemplate", { path: path.join(__dirname, "auth.vtl") });
new appsync.CfnResolver(nested, "Nested", {
  apiId: api.apiId,
  typeName: "Query",
  fieldName: "nestedNotes",
  dataSourceName: none.name,
  requestMappingTemplateS3Location: template.s3ObjectUrl,
  responseMappingTemplate: "$util.toJson($ctx.result)",
});
new appsync.CfnResolver(nested, "NestedPipeline", {
  apiId: api.apiId,
  typeName: "Query",
  fieldName: "nestedPipeline",
  kind: "PIPELINE",
  pipelineConfig: { functions: [auth.functionId, read.functionId] },
  requestMappingTemplate: "{}",
  responseMappingTemplate: "$util.toJson($ctx.prev.result)",
});
app.synth();
