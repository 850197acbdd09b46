'use strict';
/* global expect */
const { matchers, serializer } = require('./matchers.js');

expect.extend(matchers);
expect.addSnapshotSerializer(serializer);

module.exports = { matchers, serializer };
