#!/usr/bin/env bash
# Builds and tests what stands beside the crate: the npm package (command and API as WebAssembly beside the native command), a
# project that uses it, and the playground in Chromium. The engine is built quickly here; what is published is built by
# packages/npm/build.sh as it stands. Wants target/debug/vtl-eval.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-wasip1/lib" ] && [ ! -e /usr/lib/wasm32-wasi/crt1-reactor.o ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends rustc-web rust-web-src lld-19 wasi-libc >/dev/null
fi
python3 -c "import ziglang" 2>/dev/null || pip install --quiet ziglang
CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 packages/npm/build.sh
(cd packages/npm && npm test --silent)
(cd examples/typescript/cdk && npm ci --no-audit --no-fund --ignore-scripts --silent && npm test --silent)

# The playground, with that engine, in a real browser.
(cd playground && npm ci --no-audit --no-fund --ignore-scripts --silent && npm run build --silent && npm test --silent)
