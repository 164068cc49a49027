# An image with the languages of submissions, as small as these allow. Build it in the folder of the
# Debian packages:
#
#   docker build -f dist/languages.Dockerfile -t socklab-languages target/dist
#
# docs/install.md has the options of `docker run` with which all items can be verified.
FROM debian:bookworm-slim
ARG TARGETARCH
COPY socklab_*_${TARGETARCH}.deb /tmp/
# Python, C, C++, Java, JavaScript, TypeScript, Go, Rust, C#, Ruby, PHP, Perl, Lua and shell.
RUN apt-get update -q \
    && apt-get install -qy --no-install-recommends \
        python3 gcc g++ libc6-dev make default-jdk-headless nodejs npm golang-go rustc cargo \
        mono-mcs mono-runtime ruby php-cli perl lua5.4 lua-socket \
    && npm install --global --no-audit --no-fund --cache /tmp/npm tsx \
    && apt-get install -qy /tmp/socklab_*.deb \
    && apt-get clean \
    && rm -rf /tmp/* /var/lib/apt/lists/*
ENTRYPOINT ["socklab"]
