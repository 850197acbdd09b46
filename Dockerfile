# vtl-eval alone: one static binary, no shell, no user but nobody. Mount what it should read:
#   docker run --rm -v "$PWD:/work:ro" -w /work vtl-eval check .
FROM rust:1-alpine AS build
# This stage is thrown away, and its tag moves: a version of one package would only make it stop.
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin vtl-eval && strip target/release/vtl-eval

FROM scratch
COPY --from=build /src/target/release/vtl-eval /vtl-eval
USER 65534:65534
ENTRYPOINT ["/vtl-eval"]
