#!/usr/bin/env node
// Makes the packages that bring a native binary, one for each platform, as esbuild and Biome have them: `vtl-eval` names them
// as optional dependencies, and npm installs the one whose `os` and `cpu` fit. Without one, the engine does the same work.
//
//   node platforms.mjs TARGET=BINARY… [--out DIR]      dist/platforms/NAME for each, and dist/platforms/vtl-eval beside them
//
// TARGET is Rust's name of the platform. `vtl-eval` there is this package with those optional dependencies: they stand in no
// package.json of the repository, since a lock file cannot hold what is not published yet.
import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import native from './lib/native.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const own = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

/** Rust's names, and Node's `process.platform` and `process.arch`. The Linux binaries are static: any libc will do. */
const PLATFORMS = {
  'x86_64-unknown-linux-musl': ['linux', 'x64'],
  'aarch64-unknown-linux-musl': ['linux', 'arm64'],
  'x86_64-pc-windows-gnu': ['win32', 'x64'],
  'x86_64-apple-darwin': ['darwin', 'x64'],
  'aarch64-apple-darwin': ['darwin', 'arm64'],
};

function asked(args) {
  const at = args.indexOf('--out');
  const out = at < 0 ? join(here, 'dist', 'platforms') : args[at + 1];
  const rest = at < 0 ? args : args.toSpliced(at, 2);
  const binaries = rest.map((arg) => {
    const [target, ...file] = arg.split('=');
    if (!(target in PLATFORMS) || file.length === 0) {
      throw new Error(`"${arg}" is not TARGET=BINARY; the targets are ${Object.keys(PLATFORMS).join(', ')}`);
    }
    return { target, file: file.join('=') };
  });
  if (!out || binaries.length === 0) throw new Error('wanted: node platforms.mjs TARGET=BINARY… [--out DIR]');
  return { out, binaries };
}

/** The package of one platform: its manifest, the binary, licences. */
function write(out, { target, file }) {
  const [os, cpu] = PLATFORMS[target];
  const name = native.packageOf(os, cpu);
  const folder = join(out, name.split('/')[1]);
  const binary = join('bin', os === 'win32' ? 'vtl-eval.exe' : 'vtl-eval');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  cpSync(file, join(folder, binary));
  chmodSync(join(folder, binary), 0o755);
  for (const licence of ['LICENSE-MIT', 'LICENSE-APACHE']) cpSync(join(here, '..', '..', licence), join(folder, licence));
  const description = `The native binary of vtl-eval for ${os} ${cpu}; install vtl-eval instead`;
  const { version, license, repository } = own;
  const manifest = { name, version, description, license, repository, os: [os], cpu: [cpu], files: ['bin', 'LICENSE-MIT', 'LICENSE-APACHE'] };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(folder, 'README.md'), `# ${name}\n\n${description}: npm brings this package with it where it fits.\n`);
  return name;
}

/** `vtl-eval` itself, with the packages that were made as its optional dependencies. */
function main({ out, binaries }) {
  rmSync(out, { recursive: true, force: true });
  const names = binaries.map((one) => write(out, one));
  const folder = join(out, own.name);
  for (const file of [...own.files, 'package.json']) cpSync(join(here, file), join(folder, file), { recursive: true });
  const optionalDependencies = Object.fromEntries(names.map((name) => [name, own.version]));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...own, optionalDependencies }, null, 2)}\n`);
  for (const name of [...names, own.name]) console.log(name);
}

main(asked(process.argv.slice(2)));
