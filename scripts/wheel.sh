#!/usr/bin/env bash
# Builds the wheel (packages/python), installs it into an empty environment and tests it there: API, command, pytest plugin, types.
#
#   scripts/wheel.sh [--release] [OPTION OF MATURIN…]      quickly built without --release
set -euo pipefail
cd "$(dirname "$0")/.."

# The crates below are those of the command: what was built for it is used again.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
python=$(command -v python3 || command -v python)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Where an environment has its programs: Windows has another name for it.
bin() { if [ -d "$work/$1/Scripts" ]; then echo "$work/$1/Scripts"; else echo "$work/$1/bin"; fi; }

"$python" -m venv "$work/build"
"$(bin build)/python" -m pip install --quiet "maturin[zig]>=1.7,<2"
PATH="$(bin build):$PATH" maturin build --manifest-path packages/python/Cargo.toml --out "$work/wheels" --locked "$@"
mkdir -p target/wheels && cp "$work"/wheels/*.whl target/wheels/

"$python" -m venv "$work/user"
"$(bin user)/python" -m pip install --quiet --no-index "$work"/wheels/*.whl
"$(bin user)/python" -m pip install --quiet pytest mypy typing_extensions
mkdir -p "$work/a/b"
cp -r packages/python/tests "$work/a/b/"
cp -r templates "$work/"
cd "$work"
"$(bin user)/python" -m pytest -q a/b/tests
"$(bin user)/python" -m mypy --strict a/b/tests/types_check.py
ls -l wheels/*.whl
