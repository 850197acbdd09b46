import { a, type ClientSchema, defineData } from '@aws-amplify/backend';

const schema = a.schema({
  // Its owner may do all, an editor may read and change it, nobody else sees it.
  Note: a
    .model({ text: a.string().required(), owner: a.string() })
    .authorization((allow) => [allow.owner(), allow.group('Editors').to(['read', 'update'])]),
  // Everyone may read it, signed in or not; signed-in users may post.
  Notice: a
    .model({ text: a.string().required() })
    .authorization((allow) => [allow.publicApiKey().to(['read']), allow.authenticated().to(['read', 'create'])]),
});

export type Schema = ClientSchema<typeof schema>;
export const data = defineData({
  schema,
  authorizationModes: { defaultAuthorizationMode: 'userPool', apiKeyAuthorizationMode: { expiresInDays: 30 } },
});
