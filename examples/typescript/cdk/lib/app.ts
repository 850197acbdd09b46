// A notes API: one pipeline, its authorization in a template of its own.
import { App, Stack } from 'aws-cdk-lib';
import { Definition, GraphqlApi, MappingTemplate } from 'aws-cdk-lib/aws-appsync';
import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const app = new App({ outdir: here('../cdk.out'), analyticsReporting: false });
const stack = new Stack(app, 'Notes');
const api = new GraphqlApi(stack, 'Api', { name: 'notes', definition: Definition.fromFile(here('schema.graphql')) });

const none = api.addNoneDataSource('Local');
const passed = MappingTemplate.fromString('$util.toJson($ctx.result)');
const mayEdit = none.createFunction('MayEdit', {
  name: 'mayEdit',
  requestMappingTemplate: MappingTemplate.fromFile(here('../resolvers/may-edit.vtl')),
  responseMappingTemplate: passed,
});
const save = none.createFunction('Save', {
  name: 'save',
  requestMappingTemplate: MappingTemplate.fromString('{"version": "2018-05-29", "payload": $util.toJson($ctx.args)}'),
  responseMappingTemplate: passed,
});
api.createResolver('SaveNote', {
  typeName: 'Mutation',
  fieldName: 'saveNote',
  pipelineConfig: [mayEdit, save],
  requestMappingTemplate: MappingTemplate.fromString('{}'),
  responseMappingTemplate: MappingTemplate.fromString('$util.toJson($ctx.prev.result)'),
});
app.synth();
