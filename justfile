# Short names for the commands of the house. None is needed: each is what its line says. `just` lists them.

_default:
    @just --list

# every test; live ones are skipped, and counted, where the machine allows no namespaces
test:
    cargo test

# formatting and lints, warnings are errors
lint:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# the live tests; none may be skipped
live:
    REQUIRE_LIVE=1 cargo test --release --test live

# the live tests N times, as yourself (and as nobody, if you are root), then N times with every core busy
flaky N='50':
    tests/flaky.sh -n {{ N }}

# side by side with the same job done by hand and by pytest (the peers' folder: SOCKLAB_PEERS)
bench:
    cargo bench --bench peers

# a capture of a million packets, beside tshark
bench-analyze:
    cargo bench --bench analyze

# a class of 200, beside only starting its programs
bench-grade:
    cargo bench --bench grade

# the zoo of submissions three times over, and a class of 60 whose grading is killed twenty times
zoo:
    SOCKLAB_ZOO=3 SOCKLAB_CLASS=60 SOCKLAB_KILLS=20 REQUIRE_LIVE=1 cargo test --release --test live -- class

# any bytes as captures and frames (cargo-fuzz, a nightly compiler), each for so many seconds
fuzz SECONDS='60':
    mkdir -p fuzz/corpus/capture && cp tests/data/captures/*.pcap* fuzz/corpus/capture/
    cargo +nightly fuzz run capture -- -max_total_time={{ SECONDS }} -max_len=65536
    cargo +nightly fuzz run frame -- -max_total_time={{ SECONDS }}

# the pictures of README, from real runs (Chromium: Debian's)
pictures:
    docs/pictures/make.sh

# writes the schemas anew from the types
schemas:
    UPDATE_SCHEMAS=1 cargo test schema

# what has to hold of every commit
ci:
    .ci/run
