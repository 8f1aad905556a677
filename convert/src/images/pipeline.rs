//! What builds and pushes all images of a tree, once for all apps: a script, the pipelines that run it, and the context of
//! the front's own image.

use super::block::{block, file};
use super::dockerfile::FRONT;
use super::shell::quoted;
use crate::provenance::Trace;
use crate::{File, Platform};

const BUILD: &str = r#"#!/bin/sh
# Builds and pushes the images of all contexts below, those that are not there yet. Wants docker with buildx, logged in to the
# registry, and for what fetch.sh needs: aws, curl, openssl, unzip, python3 with pip, mvn.
set -eu
cd "$(dirname "$0")"

# By its digest, whatever it was named by.
resolve() {
    case "$1" in
        *@*) echo "$1" ;;
        *) echo "$1@$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$1")" ;;
    esac
}

# shellcheck source=/dev/null
. ./front.env
# The front of functions, built when the first image wants it: one of a Worker has none.
front=
with_front() {
    [ -z "$front" ] || return 0
    if ! docker buildx imagetools inspect "$FRONT" > /dev/null 2>&1; then
        : "${CARAVAN_SOURCE:?a checkout of caravan, from which its front is built}"
        docker buildx build --push --platform linux/amd64,linux/arm64 --build-context "source=$CARAVAN_SOURCE" \
            --tag "$FRONT" caravan-front
    fi
    front=$(resolve "$FRONT")
}

for settings in */*/*/build.env; do
    [ -e "$settings" ] || continue
    context=$(dirname "$settings")
    # shellcheck source=/dev/null
    . "./$settings"
    if docker buildx imagetools inspect "$IMAGE" > /dev/null 2>&1; then
        echo "$IMAGE is there"
        continue
    fi
    if [ -e "$context/fetch.sh" ]; then
        sh "$context/fetch.sh"
    fi
    base=$(resolve "$BASE")
    set -- --build-arg "BASE=$base"
    if grep -q '^ARG FRONT' "$context/Dockerfile"; then
        with_front
        set -- "$@" --build-arg "FRONT=$front"
    fi
    docker buildx build --push --platform "$PLATFORMS" "$@" \
        --label "dev.caravan.base=$base" --tag "$IMAGE" "$context"
done
"#;

/// The toolchain is the one that the front is tested with.
const FRONT_DOCKERFILE: &str = r#"# The front of functions, for both architectures: static, alone in its image. `source` is a checkout of caravan.
FROM rust:1.95.0-bookworm AS build
COPY --from=source / /source/
WORKDIR /source
ENV RUSTFLAGS="-C target-feature=+crt-static" CARGO_PROFILE_RELEASE_STRIP=true
RUN target=$(uname -m)-unknown-linux-gnu \
    && rustup target add "$target" \
    && cargo build --release --locked -p caravan-convert-front --target "$target" \
    && cp "target/$target/release/caravan-front" /caravan-front

FROM scratch
COPY --from=build /caravan-front /caravan-front
ENTRYPOINT ["/caravan-front"]
"#;

const GITHUB: &str = r#"# Builds the images of functions that the manifests name and that are not there yet.
name: images of functions
on:
  push:
    paths: ["images/**"]
  workflow_dispatch:
permissions:
  contents: read
  id-token: write
concurrency: images-of-functions
jobs:
  images:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/checkout@v4
        with:
          repository: ${{ vars.CARAVAN_REPOSITORY }}
          path: .caravan
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: ${{ vars.IMAGES_ROLE }}
          aws-region: ${{ vars.IMAGES_REGION }}
      - uses: docker/setup-qemu-action@v3
      - uses: docker/setup-buildx-action@v3
      - uses: docker/login-action@v3
        with:
          registry: ${{ vars.IMAGES_REGISTRY }}
          username: ${{ vars.IMAGES_USER }}
          password: ${{ secrets.IMAGES_PASSWORD }}
      - run: sh images/build.sh
        env:
          CARAVAN_SOURCE: ${{ github.workspace }}/.caravan
"#;

const GITLAB: &str = r#"# Builds the images of functions that the manifests name and that are not there yet. To be included by .gitlab-ci.yml.
# The runner has docker with buildx, and the tools that images/build.sh names.
images-of-functions:
  rules:
    - changes: ["images/**/*"]
  resource_group: images-of-functions
  script:
    - echo "$IMAGES_PASSWORD" | docker login --username "$IMAGES_USER" --password-stdin "$IMAGES_REGISTRY"
    - test -d .caravan || git clone --depth 1 "$CARAVAN_REPOSITORY_URL" .caravan
    - CARAVAN_SOURCE="$PWD/.caravan" sh images/build.sh
"#;

/// The files that every tree with functions has once, whatever app emits them.
pub(crate) fn files(platform: &Platform, trace: Trace) -> Vec<(String, File)> {
    debug_assert!(FRONT_DOCKERFILE.contains(FRONT));
    let rule = ("pipeline", "builds and pushes all images of the tree");
    let settings = format!("FRONT={}\n", quoted(&platform.images.front));
    let front = ("front-image", "the image that the front is copied from");
    let files = [
        ("images/build.sh", BUILD.to_owned(), rule, &[] as &[&'static str]),
        ("images/front.env", settings, front, &["images/front"]),
        ("images/caravan-front/Dockerfile", FRONT_DOCKERFILE.to_owned(), front, &[]),
        (".github/workflows/images-of-functions.yml", GITHUB.to_owned(), rule, &[]),
        ("images/gitlab-ci.yml", GITLAB.to_owned(), rule, &[]),
    ];
    let one = |(path, text, rule, settings): (&str, String, (&'static str, &'static str), &[&'static str])| {
        (path.to_owned(), file(vec![block(text, rule, &[], settings)], trace))
    };
    files.into_iter().map(one).collect()
}
