#!/usr/bin/env bash
# Builds the files of a release into target/dist: a wheel, a Debian package and a tar.gz for x86-64 and
# for AArch64, and SHA256SUMS. Needs Linux on one of the two, rustup, gcc, Python 3 with venv, Git, and
# the package registries; no root.
#
#   dist/build.sh [x86_64|aarch64]...      default: both
#
# The program is linked statically with musl, by zig. One file then runs on every distribution, however
# old its C library is; one for glibc 2.17 would not run on Alpine, and needs zig too. zig rather than
# musl-gcc, because it compiles the C code (SQLite, zstd) for both architectures. Measured beside the
# dynamic program for glibc, with musl's own allocator: the same verdicts and CPU time (a capture of
# 48 MB, 10,000 clients, a class), and a quarter less memory.
set -euo pipefail
cd "$(dirname "$0")/.."

machine=$(uname -m)
architectures=("$@")
[[ $# -gt 0 ]] || architectures=(x86_64 aarch64)
for architecture in "${architectures[@]}"; do
    [[ $architecture =~ ^(x86_64|aarch64)$ ]] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
done
# The manual pages and completions of all packages come from the program that can run here.
[[ " ${architectures[*]} " = *" $machine "* ]] || architectures=("$machine" "${architectures[@]}")

out=target/dist
tools=$PWD/target/dist-tools
share=target/dist-share
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

# The same sources give the same files: times come from the commit, and no path of this machine is in
# the program.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH CARGO_INCREMENTAL=0
export RUSTFLAGS="--remap-path-prefix=$PWD=socklab --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo"

echo "dist: tools"
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet --requirement dist/tools.txt
RUSTFLAGS='' cargo install --quiet --locked --root "$tools" cargo-deb@3.8.0
export PATH=$tools/bin:$PATH
rustup target add "${architectures[@]/%/-unknown-linux-musl}"

rm -rf "$out" "$share"
mkdir -p "$out" "$share"

for architecture in "${architectures[@]}"; do
    echo "dist: the program and the wheel for $architecture"
    # A static program is compatible with every glibc and every musl, so that one wheel has the tags of
    # both. 2.17 is the oldest glibc for which an installer of today looks.
    maturin build --release --locked --zig --target "$architecture-unknown-linux-musl" \
        --compatibility manylinux_2_17 musllinux_1_2 --out "$out"
done

socklab=target/$machine-unknown-linux-musl/release/socklab
"$socklab" man --output "$share/man"
mkdir "$share/completions"
"$socklab" completions bash >"$share/completions/socklab"
"$socklab" completions zsh >"$share/completions/_socklab"
"$socklab" completions fish >"$share/completions/socklab.fish"

for architecture in "${architectures[@]}"; do
    target=$architecture-unknown-linux-musl
    echo "dist: the Debian package for $architecture"
    cargo deb --locked --no-build --no-strip --target "$target" --output "$out"

    echo "dist: the archive for $architecture"
    name=socklab-$version-$architecture-linux
    folder=target/dist-archive/$name
    rm -rf "$folder"
    mkdir -p "$folder"
    cp -R "target/$target/release/socklab" "$share/man" "$share/completions" \
        README.md CHANGELOG.md LICENSE-APACHE LICENSE-MIT "$folder"
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --mode=u=rwX,go=rX \
        -c -C target/dist-archive "$name" | gzip -9 -n >"$out/$name.tar.gz"
done

(cd "$out" && sha256sum -- *.whl *.deb *.tar.gz >SHA256SUMS)
ls -l "$out"
