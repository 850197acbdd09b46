import { expect } from 'vitest';
import shared from './matchers.js';

expect.extend(shared.matchers);
expect.addSnapshotSerializer(shared.serializer);

export const { matchers, serializer } = shared;
