// SARIF that `vtl-eval check` wrote, against the schema of the standard, formats of URIs included.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(import.meta.url);
const Ajv = require("ajv");
const ajv = new Ajv({ schemaId: "id", allErrors: true, meta: false });
ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json"));
const schema = JSON.parse(readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json")));
const valid = ajv.compile(schema);

for (const file of process.argv.slice(2)) {
  const log = JSON.parse(readFileSync(file));
  if (!valid(log)) {
    console.error(file, JSON.stringify(valid.errors, null, 1));
    process.exit(1);
  }
  console.log(`sarif: ${file}: ${log.runs[0].results.length} results, valid`);
}
