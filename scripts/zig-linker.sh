#!/usr/bin/env bash
# zig as the linker of a static Linux binary that counts where it goes (scripts/release.sh): rustc names the runtime by `-u NAME`,
# which zig does not read as two words.
set -euo pipefail
args=()
while [ $# -gt 0 ]; do
  if [ "$1" = -u ]; then args+=("-Wl,-u,$2") && shift 2; else args+=("$1") && shift; fi
done
exec cargo-zigbuild zig cc -- -target x86_64-linux-musl "${args[@]}"
