# Three stages: the widget with Node, the server with Rust, and a small image with nothing but the binary.
#
#   docker build -t afterword .
#   docker run -p 8080:8080 -v afterword:/data -e AFTERWORD_SERVER__BASE_URL=https://comments.example.org afterword

FROM node:20-bookworm-slim AS widget
WORKDIR /build
COPY widget/package.json widget/package-lock.json widget/.npmrc* ./widget/
RUN npm --prefix widget ci
COPY widget ./widget
RUN npm --prefix widget run build

FROM rust:1.95-slim-bookworm AS server
WORKDIR /build
COPY Cargo.toml Cargo.lock build.rs ./
COPY src ./src
# The manifest names a benchmark, and cargo wants to see it.
COPY benches ./benches
COPY migrations ./migrations
COPY templates ./templates
COPY --from=widget /build/widget/dist ./widget/dist
RUN cargo build --locked --profile dist --bin afterword

FROM debian:bookworm-slim
# For mail servers' certificates.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin afterword \
    && install -d -o afterword -g afterword -m 0700 /data
COPY --from=server /build/target/dist/afterword /usr/local/bin/afterword
COPY LICENSE /usr/share/doc/afterword/LICENSE
# The last: the C library keeps a heap for every thread otherwise, and with it what that thread once used.
ENV AFTERWORD_SERVER__LISTEN=0.0.0.0:8080 \
    AFTERWORD_STORAGE__DIRECTORY=/data \
    MALLOC_ARENA_MAX=8
USER afterword
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --start-interval=1s CMD ["afterword", "health"]
ENTRYPOINT ["afterword"]
CMD ["serve"]
