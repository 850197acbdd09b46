// Writes cdk.out without an account, as `ampx sandbox` would before it deploys.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const out = fileURLToPath(new URL('cdk.out', import.meta.url));
const names = { 'amplify-backend-namespace': 'example', 'amplify-backend-name': 'notes', 'amplify-backend-type': 'sandbox' };
const tsx = fileURLToPath(import.meta.resolve('tsx/cli'));
rmSync(out, { recursive: true, force: true });
const ran = spawnSync(process.execPath, [tsx, 'amplify/backend.ts'], {
  cwd: fileURLToPath(new URL('.', import.meta.url)),
  env: { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: JSON.stringify(names) },
  stdio: 'inherit',
});
process.exitCode = ran.status ?? 1;
