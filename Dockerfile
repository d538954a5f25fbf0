# A resident scheduler: docker run -v /srv/survey:/project manyi
# It ends at once when it is told to (docker stop, SIGTERM); a run that is stopped goes on when it is started again.
# The folder belongs to user 10001 (chown -R 10001 /srv/survey). The root file system may be read-only (--read-only): nothing else is written.
FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --no-install-recommends --yes ca-certificates fonts-noto-cjk tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 10001 manyi
COPY --from=build /source/target/release/manyi /usr/local/bin/manyi
# A number, since Kubernetes cannot tell of a name that it is not root's (runAsNonRoot).
USER 10001
WORKDIR /project
# Podman and Buildah keep the health check only with --format docker.
# Secrets of delivery come as environment variables or files of the container, never in the image.
HEALTHCHECK --interval=1h --timeout=1m CMD ["manyi", "watch", "/project"]
CMD ["manyi", "serve-schedule", "/project", "--log", "json"]
