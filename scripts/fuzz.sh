#!/bin/sh
# Builds the fuzz targets and runs each for a while by coverage, without cargo-fuzz:
#
#     scripts/fuzz.sh [SECONDS [TARGET...]]        600 seconds, all targets
#     FUZZ_JOBS=2 scripts/fuzz.sh 600              two at a time
#     FUZZ_BUILT=1 scripts/fuzz.sh 600             with the targets as they are
#
# It needs a compiler that knows sanitizer coverage: a nightly one, or FUZZ_TOOLCHAIN=stable, which is then told to act as one.
# A corpus is kept in fuzz/corpus; what ends a target lies in fuzz/artifacts, and the run goes on behind it. fuzz/runs.log gets
# a line for each target: executions, coverage, crashes.
set -eu
cd "$(dirname "$0")/.."
SECONDS_EACH=${1:-600}
[ $# -gt 0 ] && shift
TOOLCHAIN=${FUZZ_TOOLCHAIN:-nightly}
HOST=$(rustc -vV | sed -n 's/^host: //p')
TARGETS=${*:-$(sed -n 's/^name = "\([a-z]*\)"$/\1/p' fuzz/Cargo.toml)}
BUILT=fuzz/target/$HOST/release

# The flags of cargo-fuzz with `-s none -a`: coverage and comparisons, assertions and overflows, no address sanitizer.
RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Cllvm-args=-simplifycfg-branch-fold-threshold=0 --cfg fuzzing -Cdebug-assertions"
[ "$TOOLCHAIN" = stable ] && export RUSTC_BOOTSTRAP=1
export RUSTFLAGS
[ -n "${FUZZ_BUILT:-}" ] || cargo "+$TOOLCHAIN" build --release --target "$HOST" --manifest-path fuzz/Cargo.toml

# What the tests read, as a beginning: each target takes the files of its format.
begin() {
    case $1 in
    parse | evaluate) find tests/inputs templates -name '*.vtl' ;;
    har | frame) find tests -name '*.har' -size -64k ;;
    log) find tests -name '*.log' -size -64k ;;
    sdl) find tests templates examples -name '*.graphql' -size -64k ;;
    hcl) find tests examples -name '*.tf' ;;
    serverless) find tests examples -name 'serverless.y*ml' ;;
    cloudformation) find tests examples -name '*.template.json' -o -name 'stack*.json' -o -name 'stack*.y*ml' ;;
    yaml) find tests examples templates -name '*.y*ml' -size -64k ;;
    cases) find tests templates examples -name '*.vtltest.*' ;;
    claims | token) find templates -path '*claims*' -name '*.json' ;;
    context) find templates tests -name '*context*.json' -size -64k ;;
    policy) find tests examples -name '*policy*.json' ;;
    esac | grep -v node_modules | while read -r file; do
        cp "$file" "fuzz/corpus/$1/$(echo "$file" | tr / _)"
    done
}

run() {
    mkdir -p "fuzz/corpus/$1" "fuzz/artifacts/$1" fuzz/logs
    begin "$1"
    # Seconds of `-timeout` are of the clock, also on a busy machine. One process goes on where an input ended another one (-fork=1 -ignore_*).
    "$BUILT/$1" -fork=1 -ignore_crashes=1 -ignore_timeouts=1 -ignore_ooms=1 -rss_limit_mb=1024 -timeout=60 "-max_len=$(case $1 in parse | evaluate) echo 4096 ;; *) echo 32768 ;; esac)" \
        -dict=fuzz/vtl.dict "-max_total_time=$SECONDS_EACH" \
        "-artifact_prefix=fuzz/artifacts/$1/" \
        "fuzz/corpus/$1" "fuzz/seeds/$1" >"fuzz/logs/$1" 2>&1 || true
    found=$(find "fuzz/artifacts/$1" -type f | wc -l)
    last=$(grep -a '^#[0-9]*: cov' "fuzz/logs/$1" | tail -1)
    echo "$(date -u +%FT%TZ) $1 ${SECONDS_EACH} s: ${last:-no execution}, $found artifacts" | tee -a fuzz/runs.log
}

count=0
for target in $TARGETS; do
    run "$target" &
    count=$((count + 1))
    [ $((count % ${FUZZ_JOBS:-1})) -eq 0 ] && wait
done
wait
