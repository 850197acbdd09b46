#!/usr/bin/env bash
# Builds and tests what stands beside the crate: the npm package (command and API as WebAssembly beside the native command; the
# packed tarball in an empty project), projects that use it, and the playground in Chromium. Wants target/debug/vtl-eval.
#
# The engine is built quickly here; what is published is built by packages/npm/build.sh as it stands. VTL_EVAL_ENGINE=as-built
# takes packages/npm/dist as it is, and VTL_EVAL_FIGURES=1 holds it to its figures (size, evaluations a second).
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${VTL_EVAL_ENGINE:-}" != as-built ]; then
  if [ ! -d "$(rustc --print sysroot)/lib/rustlib/wasm32-wasip1/lib" ] && { [ ! -e /usr/lib/wasm32-wasi/crt1-reactor.o ] || [ ! -x /usr/bin/cargo ]; }; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends rustc-web cargo-web rust-web-src lld-19 wasi-libc >/dev/null
  fi
  python3 -c "import ziglang" 2>/dev/null || pip install --quiet ziglang
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 BROTLI_QUALITY=5 packages/npm/build.sh
fi
(cd packages/npm && npm test --silent)
for example in cdk amplify migrating; do
  (cd "examples/typescript/$example" && npm ci --no-audit --no-fund --ignore-scripts --silent && npm test --silent)
done

# The playground, with that engine, in a real browser.
(cd playground && npm ci --no-audit --no-fund --ignore-scripts --silent && npm run build --silent && npm test --silent)
