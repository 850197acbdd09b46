#!/usr/bin/env bash
# zig as the linker where cargo-zigbuild's own call of it does not do: of a static Linux binary that counts where it goes
# (scripts/release.sh), where rustc names the runtime by `-u NAME`, which zig does not read as two words; and of a Windows binary
# by a rustc that asks for MinGW's library `ssp_nonshared`, which zig has not. ZIG_TARGET is what is linked for.
set -euo pipefail
args=()
while [ $# -gt 0 ]; do
  case "$1" in
    -u) args+=("-Wl,-u,$2") && shift ;;
    -lssp_nonshared) ;;
    *) args+=("$1") ;;
  esac
  shift
done
exec cargo-zigbuild zig cc -- -target "${ZIG_TARGET:-x86_64-linux-musl}" "${args[@]}"
