#!/usr/bin/env bash
# Builds what people install, into target/release-archives: a binary for each target that links here, with completions, man
# page and licences, the npm package (wasm32-wasip1), the profile of a guided build, SHA-256 sums and an SBOM (CycloneDX). Says of
# each whether it was run, or only linked.
#
#   scripts/release.sh [TARGET…]      all targets of TARGETS without one
#
# A binary that runs on this machine is guided by a profile: built to count where it goes, trained on the samples and the tests'
# inputs (scripts/train.py), built again with what was counted. Wants llvm-profdata of a fitting LLVM (`rustup component add
# llvm-tools`, or LLVM_PROFDATA); without it, and for targets that do not run here, the build is plain. Each line says which.
# `cargo install` is always plain, and so is everything here with PLAIN=1 (it takes half the time).
#
# Wants cargo-zigbuild and ziglang (PyPI) for targets other than the machine's own, and each target's std: `rustup target add`,
# or a toolchain with its sources and RUSTC_BOOTSTRAP=1 BUILD_STD=1 (a profile then wants LLVM_PROFILER_RT_LIB: LLVM's library
# for it, whole). VTL_EVAL_BINARY names a command of these sources that is there already: completions and man page come from it.
# BENCH=1 builds benches/compare beside the command, in the same way, for benches/compare/run.py --published FOLDER.
#
# The static Linux binaries are always linked by zig, on Linux too: its C library is musl's with another allocator, and with musl's
# own an evaluation takes three times as long (docs/performance.md, *Allocators*).
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."

TARGETS=(x86_64-unknown-linux-musl aarch64-unknown-linux-musl x86_64-pc-windows-gnu x86_64-apple-darwin aarch64-apple-darwin wasm32-wasip1)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
out=target/release-archives
host=$(rustc -vV | sed -n 's/^host: //p')
# The same sources give the same bytes wherever and whenever they are built.
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
export RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$PWD=/vtl-eval --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo -Cstrip=symbols"

# llvm-profdata: what was asked for, the toolchain's own, or one of the machine's that is new enough to read its profiles.
profdata() {
  local own candidate
  own="$(rustc --print sysroot)/lib/rustlib/$host/bin/llvm-profdata"
  for candidate in "${LLVM_PROFDATA:-}" "$own" /usr/lib/llvm-{22,21,20,19}/bin/llvm-profdata; do
    if [ -x "$candidate" ]; then echo "$candidate"; return; fi
  done
  return 1
}

# Whether this target's build can be guided here: it runs, and there is a profile or what makes one.
guidable() {
  [ -z "${PLAIN:-}" ] || return 1
  case "$1" in x86_64-*-linux-*) [ "$(uname -sm)" = "Linux x86_64" ] || return 1 ;; *) return 1 ;; esac
  [ -z "${PROFILE:-}" ] || return 0
  [ -z "${BUILD_STD:-}" ] || [ -n "${LLVM_PROFILER_RT_LIB:-}" ] || return 1
  profdata >/dev/null
}

# Where a target's profile stands. What is counted is not twice the same, so the profile is published too: PROFILE=FILE takes it
# in the place of a new one, and gives the same bytes again. The compiler sees it under a name that its content gives: a path
# would be another one in each folder.
profile() {
  local target=$1 made=${PROFILE:-} named
  if [ -z "$made" ]; then trained "$target" || return 1; made="target/profile/$target/merged.profdata"; fi
  named="/tmp/vtl-eval-$(sha256sum "$made" | cut -c1-16).profdata"
  cp "$made" "$named" && cp "$made" "$out/vtl-eval-$version-$target.profdata" && echo "$named"
}

# A new profile.
trained() {
  local target=$1 folder="$PWD/target/profile/$1"
  local flags="-Cprofile-generate=$folder" linker=()
  rm -rf "$folder" && mkdir -p "$folder"
  # A std that is built here would want the library that counts before there is a std to build it with.
  [ -z "${BUILD_STD:-}" ] || flags+=" -Zno-profiler-runtime -Clink-arg=$LLVM_PROFILER_RT_LIB"
  case "$target" in *-musl) linker=(CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER="$PWD/scripts/zig-linker.sh") ;; esac
  # What is counted is counted before link-time optimisation, so this build does without. Cargo must not know: a function's name
  # holds a hash of its profile, and counts under other names fit nothing. Nor may it have other parts: a private function goes
  # by the name of its part.
  flags+=" -Clto=off -Clinker-plugin-lto=no -Cembed-bitcode=no"
  (
    export RUSTFLAGS="$RUSTFLAGS $flags" CARGO_TARGET_DIR=target/profiling "${linker[@]}"
    build "$target" >&2
  ) || return 1
  python3 scripts/train.py "target/profiling/$target/release/vtl-eval" ${BENCH:+"target/profiling/$target/release/compare"} >&2 || return 1
  "$(profdata)" merge -o "$folder/merged.profdata" "$folder"/*.profraw >&2
}

build() {
  local std=() flags="$RUSTFLAGS" what=(--bin vtl-eval) folder="${CARGO_TARGET_DIR:-target}/$1/release"
  if [ -n "${BENCH:-}" ]; then what+=(--bench compare --features internals); fi
  if [ -n "${BUILD_STD:-}" ]; then
    std=("-Zbuild-std=std,panic_abort")
  fi
  if [ "$1" = "$host" ]; then
    RUSTFLAGS="$flags" cargo build --release --locked "${what[@]}" --target "$1" "${std[@]}" || return 1
  else
    # With zig come musl's start files: those of rustup's std would be there twice.
    local linker=()
    case "$1" in
      *-musl) flags+=" -Clink-self-contained=no" ;;
      *-windows-gnu) linker=(ZIG_TARGET=x86_64-windows-gnu CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER="$PWD/scripts/zig-linker.sh") ;;
    esac
    env "${linker[@]}" RUSTFLAGS="$flags" cargo zigbuild --release --locked "${what[@]}" --target "$1" "${std[@]}" || return 1
  fi
  # The bench has a hash in its name; beside the command it has none.
  if [ -n "${BENCH:-}" ]; then cp "$(find "$folder/deps" -name 'compare-*' -type f -perm -u+x -printf '%T@ %p\n' | sort -n | tail -1 | cut -d' ' -f2)" "$folder/compare"; fi
}

# The sample of the README is denied: exit code 2.
runs() {
  local code=0
  "$@" templates/static-groups/template.vtl --context templates/static-groups/case.json \
    --claims templates/static-groups/claims/deny-lower-case-group.json >/dev/null 2>&1 || code=$?
  [ "$code" = 2 ]
}

# With nothing around it but the sample: no library, no shell. The second argument is what runs the processor's code here.
alone() {
  local binary=$1 emulator=${2:-} folder code=0
  [ "$(id -u)" = 0 ] || return 1
  folder=$(mktemp -d)
  mkdir "$folder/templates"
  cp -r templates/static-groups "$folder/templates/"
  cp "$binary" "$folder/vtl-eval"
  if [ -n "$emulator" ]; then cp "$(command -v "$emulator")" "$folder/emulator"; fi
  runs chroot "$folder" ${emulator:+/emulator} /vtl-eval || code=1
  rm -r "$folder"
  return "$code"
}

# A Windows binary under Wine; an old one lacks a library, for which scripts/wine/ has a stand-in.
under_wine() {
  local emulator=$1 binary=$2 folder
  export WINEDEBUG=-all
  if runs "$emulator" "$binary"; then echo "run under wine"; return; fi
  folder=$(mktemp -d)
  cp "$binary" "$folder/"
  if cargo-zigbuild zig cc -- -target x86_64-windows-gnu -shared -o "$folder/bcryptprimitives.dll" scripts/wine/bcryptprimitives.c -ladvapi32 >&2 &&
    runs "$emulator" "$folder/$(basename "$binary")"
  then echo "run under wine, with a stand-in for bcryptprimitives.dll"
  else echo "only linked"; fi
  rm -r "$folder"
}

# How it was tried on this machine.
tried() {
  local target=$1 binary=$2 emulator=""
  case "$target" in
    x86_64-*-linux-*) [ "$(uname -sm)" = "Linux x86_64" ] || { echo "only linked"; return; } ;;
    aarch64-*-linux-*)
      if [ "$(uname -sm)" != "Linux aarch64" ]; then
        emulator=qemu-aarch64-static
        command -v "$emulator" >/dev/null || { echo "only linked"; return; }
      fi ;;
    *-windows-*)
      emulator=$(command -v wine || command -v /usr/lib/wine/wine64) || { echo "only linked"; return; }
      under_wine "$emulator" "$binary"
      return ;;
    *) echo "only linked"; return ;;
  esac
  if alone "$binary" "$emulator"; then echo "run in an empty chroot${emulator:+ under qemu}"
  elif runs $emulator "$binary"; then echo "run${emulator:+ under qemu}"
  else echo "only linked"; fi
}

pack() {
  local target=$1 binary=$2 name="vtl-eval-$version-$1"
  local folder="$out/$name"
  mkdir -p "$folder/completions"
  cp "$binary" README.md LICENSE-MIT LICENSE-APACHE CHANGELOG.md "$folder/"
  cp "$out/vtl-eval.bash" "$out/vtl-eval.zsh" "$out/vtl-eval.fish" "$out/vtl-eval.powershell" "$folder/completions/"
  cp "$out/vtl-eval.1" "$folder/"
  # Sorted, by nobody, at the commit's time, whatever the umask: the archive too has the same bytes each time.
  tar --sort=name --mode=u=rwX,go=rX --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$out" -cf - "$name" | gzip -n9 > "$out/$name.tar.gz"
  rm -r "$folder"
}

# What npm installs: command and API as WebAssembly.
wasm() {
  packages/npm/build.sh >&2 || return 1
  (cd packages/npm && npm pack --silent --pack-destination "../../$out" >&2) || return 1
  local how="not run"
  runs env VTL_EVAL_WASM=1 node packages/npm/bin/vtl-eval.js && how="run under Node"
  echo "$1: $(stat -c %s packages/npm/dist/engine.wasm) bytes, $(stat -c %s "$out/vtl-eval-$version.tgz") packed for npm, $how"
}

mkdir -p "$out"
own=${VTL_EVAL_BINARY:-target/debug/vtl-eval}
[ -n "${VTL_EVAL_BINARY:-}" ] || cargo build --quiet --locked --bin vtl-eval
for shell in bash zsh fish powershell; do "$own" completions "$shell" > "$out/vtl-eval.$shell"; done
"$own" man > "$out/vtl-eval.1"

[ $# -gt 0 ] || set -- "${TARGETS[@]}"
failed=()
for target in "$@"; do
  if [ "$target" = wasm32-wasip1 ]; then wasm "$target" || failed+=("$target"); continue; fi
  how="plain" profile=""
  # A guided build that fails is not published as a plain one.
  if guidable "$target"; then how="profile-guided"; profile=$(profile "$target") || { failed+=("$target"); continue; }; fi
  if ! RUSTFLAGS="$RUSTFLAGS${profile:+ -Cprofile-use=$profile}" build "$target"; then failed+=("$target"); continue; fi
  binary="target/$target/release/vtl-eval"
  [ -f "$binary.exe" ] && binary="$binary.exe"
  pack "$target" "$binary"
  echo "$target: $(stat -c %s "$binary") bytes, $how, $(tried "$target" "$binary")"
done
rm -f "$out"/vtl-eval.{bash,zsh,fish,powershell,1}
python3 scripts/sbom.py > "$out/vtl-eval-$version.cdx.json"
(cd "$out" && rm -f SHA256SUMS && sums=$(find . -maxdepth 1 -type f -print0 | sort -z | xargs -0 sha256sum) && echo "$sums" | tee SHA256SUMS)
[ ${#failed[@]} = 0 ] || { echo "not built here: ${failed[*]}" >&2; exit 1; }
