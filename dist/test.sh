#!/usr/bin/env bash
# Installs the files of dist/build.sh into fresh places and runs the lab from each: eighteen items must
# pass. The commands are those of docs/install.md.
#
#   dist/test.sh [-s SUITE]... [FOLDER]      default: bookworm, target/dist
#
# The wheel goes into a virtual environment, the archive into an empty folder, and wheel and Debian
# package into a small Debian of each SUITE, in which an ordinary user runs socklab. That part needs
# root and debootstrap. Parts that cannot run here are reported; with REQUIRE_ALL=1 they are errors.
set -euo pipefail
cd "$(dirname "$0")/.."

suites=()
while getopts s: option; do
    case $option in
        s) suites+=("$OPTARG") ;;
        *) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done
shift $((OPTIND - 1))
[[ ${#suites[@]} -gt 0 ]] || suites=(bookworm)
dist=$(realpath "${1:-target/dist}")

machine=$(uname -m)
case $machine in
    x86_64) debian=amd64 ;;
    aarch64) debian=arm64 ;;
    *) echo "dist: nothing is built for $machine" >&2; exit 2 ;;
esac

# Readable for the ordinary user of the small Debian.
place=$(mktemp -d)
chmod 755 "$place"
trap 'rm -rf --one-file-system "$place"' EXIT

passed=0 left_out=0
pass() { echo "ok: $*"; passed=$((passed + 1)); }
fail() { echo "FAILED: $*" >&2; exit 1; }
leave_out() {
    echo "left out: $*"
    left_out=$((left_out + 1))
    [[ -z ${REQUIRE_ALL:-} ]] || fail "REQUIRE_ALL is set"
}

# lab NAME COMMAND...: the bundled lab passes completely if it is run by this command.
lab() {
    local name=$1 output seconds=$SECONDS
    shift
    output=$("$@" 2>&1) || { printf '%s\n' "$output"; fail "$name: socklab run exits with $?"; }
    grep -q '^45/45 .* 18 ' <<<"$output" || { printf '%s\n' "$output"; fail "$name: not all eighteen items passed"; }
    pass "$name: $(tail -n 1 <<<"$output") ($((SECONDS - seconds)) s with start)"
}

(cd "$dist" && sha256sum --check --quiet --strict SHA256SUMS)
pass "sums of $(wc -l <"$dist/SHA256SUMS") files"

# Only the files for this machine, as a user downloads them, and nothing of this user's environment.
fresh=$place/fresh
mkdir "$fresh"
cp "$dist"/socklab-*-"$machine"-linux.tar.gz "$dist"/socklab-*_"$machine".whl "$dist"/socklab_*_"$debian".deb "$fresh"
cd "$fresh"
in_fresh() { env -i HOME="$fresh" PATH=/usr/local/bin:/usr/bin:/bin TERM=dumb LC_ALL=C.UTF-8 bash -ec "$1"; }

# The programs need no interpreter and no library, on both architectures.
for archive in "$dist"/socklab-*-linux.tar.gz; do
    name=$(basename "$archive" .tar.gz)
    tar -xzf "$archive" -C "$place" "$name/socklab"
    headers=$(readelf -W -l -d "$place/$name/socklab")
    ! grep -q 'INTERP\|NEEDED' <<<"$headers" || fail "$name is not static"
    pass "$name: static, $(stat -c %s "$place/$name/socklab") bytes"
done

# wheel_and_archive PLACE SHELL: installs and runs both by this shell. The commands are those of
# docs/install.md (tests/live/readme.rs compares them).
# shellcheck disable=SC2088 # the shell expands the tilde
wheel_and_archive() {
    "$2" 'python3 -m venv ~/.socklab'
    "$2" '~/.socklab/bin/pip install --no-index socklab-*.whl' >"$place/log" 2>&1 ||
        { cat "$place/log"; fail "$1: the wheel cannot be installed"; }
    lab "$1: the wheel" "$2" '~/.socklab/bin/socklab run'
    "$2" 'tar -xzf socklab-*-linux.tar.gz'
    lab "$1: the archive" "$2" 'socklab-*-linux/socklab run'
}

wheel_and_archive "this machine" in_fresh
in_fresh '.socklab/bin/socklab init --ci github .' >/dev/null
template=$(sed -n 's|.*CHANGE-ME/\(socklab.*whl\)$|\1|p' .github/workflows/socklab.yml)
[[ $machine != x86_64 || -e $template ]] || fail "the workflow template names $template, which was not built"
pass "the workflow template names the wheel"

# in_root ROOT COMMAND...: runs a command in this root, with a /proc, /sys and /dev of its own. The
# root is changed by pivot_root: after a chroot, the kernel makes no user namespaces.
in_root() {
    local root=$1
    shift
    # shellcheck disable=SC2016 # the inner shell expands these
    unshare --mount --pid --fork --kill-child --propagation private -- bash -c '
        set -e
        mount --bind "$0" "$0"
        cd "$0"
        mount -t proc proc proc
        mount --rbind /sys sys
        mount --rbind /dev dev
        mkdir -p .old
        pivot_root . .old
        umount -l .old
        exec chroot . /usr/bin/env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    ' "$root" "$@"
}

# The installation in a small Debian, and the check of a small submission, by an ordinary user.
small_debian() {
    local suite=$1 root=$place/$1
    debootstrap --variant=minbase --include=python3-venv,man-db "$suite" "$root" >"$place/log" 2>&1 ||
        { tail -n 5 "$place/log"; fail "debootstrap $suite"; }
    in_root "$root" useradd --create-home --shell /bin/bash ana
    cp -- *.whl *.tar.gz *.deb "$root/home/ana"
    ana() { in_root "$root" su - ana -c "$1"; }
    wheel_and_archive "$suite, an ordinary user" ana

    in_root "$root" bash -c 'cd /home/ana && apt-get install ./socklab_*.deb' >"$place/log" 2>&1 ||
        { cat "$place/log"; fail "$suite: the package cannot be installed"; }
    lab "$suite, an ordinary user: the package" ana 'socklab run'
    ana 'man --where socklab socklab-check' >/dev/null || fail "$suite: no manual pages"
    mkdir "$root/home/ana/trabalho"
    cat >"$root/home/ana/trabalho/server.py" <<'PYTHON'
import socket

with socket.create_server(("127.0.0.1", 65432)) as server:
    while True:
        connection, address = server.accept()
        with connection:
            while data := connection.recv(1024):
                connection.sendall(data.upper())
PYTHON
    ana 'socklab check trabalho --item "tcp-multi.*"' >"$place/log" 2>&1 ||
        { cat "$place/log"; fail "$suite: a correct server did not pass"; }
    pass "$suite, an ordinary user: check of a small submission: $(tail -n 1 "$place/log")"

    in_root "$root" dpkg --purge socklab >/dev/null 2>&1 || fail "$suite: the package cannot be removed"
    local left
    left=$(find "$root/usr" "$root/etc" -name '*socklab*')
    [[ -z $left ]] || fail "$suite: the package leaves $left"
    pass "$suite: the package is removed completely"
}

if [[ $(id -u) -ne 0 ]] || ! command -v debootstrap >/dev/null; then
    leave_out "a small Debian: needs root and debootstrap"
else
    for suite in "${suites[@]}"; do small_debian "$suite"; done
fi

echo
echo "$passed passed, 0 failed, $left_out skipped"
