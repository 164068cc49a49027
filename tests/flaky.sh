#!/usr/bin/env bash
# Runs the live tests repeatedly until the first failure. They are compiled once.
#
#   tests/flaky.sh [-d] [-n RUNS] [-l idle|loaded|both] [-u self|nobody|both] [-c CORES] [-t TESTS]
#
# Defaults: 50 runs and "both". -l: on the idle machine, then with every core kept busy. -u: as
# the caller and, if that is root, also as nobody. -c: the only CPUs for a run (`0,1`; taskset).
# -t: only tests whose names contain one of these words. -d: a debug build, which compiles faster.
# Exits with 0 only if no run failed.
#
# The programs run from a copy in a temporary folder, since the user nobody cannot enter a home
# folder. The test program finds the copy through cargo's variables CARGO_BIN_EXE_NAME and
# CARGO_MANIFEST_DIR.
set -euo pipefail
cd "$(dirname "$0")/.."

runs=50 load=both user=both cores='' tests='' build=--release
while getopts dn:l:u:c:t: option; do
    case $option in
        d) build= ;;
        n) runs=$OPTARG ;;
        l) load=$OPTARG ;;
        u) user=$OPTARG ;;
        c) cores=$OPTARG ;;
        t) tests=$OPTARG ;;
        *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    esac
done
if [[ ! $runs =~ ^[1-9][0-9]*$ || ! $load =~ ^(idle|loaded|both)$ || ! $user =~ ^(self|nobody|both)$ ]]; then
    sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
pin=()
[[ -z $cores ]] || pin=(taskset -c "$cores")
read -ra words <<<"$tests"
root=
[[ $(id -u) -eq 0 ]] && root=yes
if [[ $user = nobody && -z $root ]]; then
    echo "flaky: only root can become nobody" >&2
    exit 2
fi

echo "flaky: building"
built=$(cargo test $build --test live --no-run --message-format=json)
# Cargo prints one message per line, with the path of each program that it built.
programs=$(sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' <<<"$built")
[[ -n $programs ]] || { echo "flaky: cargo has named no program" >&2; exit 1; }

copy=$(mktemp -d)
busy=()
finish() {
    local pid
    for pid in "${busy[@]}"; do kill "$pid" 2>/dev/null || true; done
    rm -rf "$copy"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

settings=(REQUIRE_LIVE=1 CARGO_MANIFEST_DIR="$copy" INSTA_WORKSPACE_ROOT="$copy" INSTA_UPDATE=no)
live=
while IFS= read -r program; do
    name=$(basename "$program")
    if [[ $name == live-* ]]; then
        live=$copy/live
        name=live
    else
        settings+=("CARGO_BIN_EXE_$name=$copy/$name")
    fi
    cp "$program" "$copy/$name"
done <<<"$programs"
[[ -n $live ]] || { echo "flaky: cargo has built no test named live" >&2; exit 1; }
cp -R Cargo.toml src tests scenarios schema docs "$copy"
chmod -R a+rX "$copy"

# once WHO: one run of the test program.
once() {
    case $1 in
        self) (cd "$copy" && "${pin[@]}" env "${settings[@]}" "$live" "${words[@]}") ;;
        nobody) (cd "$copy" && "${pin[@]}" setpriv --reuid 65534 --regid 65534 --clear-groups \
            env -u USER -u LOGNAME -u XDG_RUNTIME_DIR HOME=/nonexistent "${settings[@]}" "$live" "${words[@]}") ;;
    esac
}

# many WHO LOAD: all runs, until the first failure.
many() {
    local run
    for ((run = 1; run <= runs; run++)); do
        if ! once "$1" >"$copy/log" 2>&1; then
            cat "$copy/log"
            echo "flaky: run $run of $runs failed (as $1, $2)"
            exit 1
        fi
        echo "flaky: run $run of $runs passed (as $1, $2)"
    done
    echo "flaky: $runs runs as $1, $2: $(grep '^test result' "$copy/log" | tail -n 1)"
}

everyone() {
    if [[ $user != nobody ]]; then many self "$1"; fi
    if [[ $user != self && -n $root ]]; then many nobody "$1"; fi
}

if [[ $load != loaded ]]; then everyone idle; fi
if [[ $load != idle ]]; then
    for ((core = 0; core < $(nproc); core++)); do
        yes >/dev/null &
        busy+=("$!")
    done
    everyone "every core busy"
fi
