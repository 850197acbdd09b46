#!/usr/bin/env bash
# Builds the engine (wasm32-wasip1) and puts it into dist/, and packed beside it as the package holds it. Two ways:
#   1. a toolchain with the target: `rustup target add wasm32-wasip1`
#   2. Debian's packages rustc-web, cargo-web, rust-web-src, lld-19 and wasi-libc, with PyPI's ziglang for seven stubs
set -euo pipefail
cd "$(dirname "$0")"
target=wasm32-wasip1
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/engine/target}"
# The same sources give the same bytes wherever they stand. RUSTFLAGS would hide a target's own flags: they are joined here.
root=$(cd ../.. && pwd)
flags="${RUSTFLAGS:-} --remap-path-prefix=$root=/vtl-eval --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo"
unset RUSTFLAGS

if [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; then
  CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="$flags" cargo build --release --locked --target $target --manifest-path engine/Cargo.toml
else
  if [ ! -f /usr/lib/wasm32-wasi/crt1-reactor.o ] || [ ! -x /usr/bin/cargo ]; then
    echo "no $target here: run \`rustup target add $target\`, or install rustc-web, cargo-web, rust-web-src, lld-19 and wasi-libc" >&2
    exit 1
  fi
  mkdir -p "$CARGO_TARGET_DIR"
  stubs="$CARGO_TARGET_DIR/stubs.o"
  python3 -m ziglang cc -target wasm32-wasi -O2 -c engine/stubs.c -o "$stubs"
  PATH="/usr/bin:$PATH" RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_WASM32_WASIP1_LINKER=wasm-ld-19 \
    CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="$flags -Clink-self-contained=no -L/usr/lib/wasm32-wasi -Clink-arg=/usr/lib/wasm32-wasi/crt1-reactor.o -Clink-arg=$stubs" \
    /usr/bin/cargo build --release --locked --target $target --manifest-path engine/Cargo.toml -Zbuild-std=std,panic_abort
fi

cp ../../LICENSE-MIT ../../LICENSE-APACHE .
mkdir -p dist
cp "$CARGO_TARGET_DIR/$target/release/vtl_eval_engine.wasm" dist/engine.wasm
node engine/pack.mjs
