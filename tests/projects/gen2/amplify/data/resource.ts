import { a, defineData } from '@aws-amplify/backend';

const schema = a.schema({
  Note: a
    .model({ text: a.string() })
    .disableOperations(['update', 'list', 'subscriptions'])
    .authorization((allow) => [allow.owner().to(['create', 'get']), allow.group('Admins'), allow.guest().to(['get'])]),
});
export const data = defineData({ schema, authorizationModes: { defaultAuthorizationMode: 'userPool' } });
