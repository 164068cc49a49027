# Short names for the project's commands. `just` lists them.

_default:
    @just --list

# every test; live tests are skipped and counted if the machine allows no namespaces
test:
    cargo test

# formatting, prose and lints; warnings are errors
lint:
    cargo fmt --check
    python3 tools/prose.py --top 5
    cargo clippy --all-targets -- -D warnings

# the live tests; fails if one is skipped
live:
    REQUIRE_LIVE=1 cargo test --release --test live

# the live tests N times as yourself (and as nobody if you are root), then N times with every core busy
flaky N='50':
    tests/flaky.sh -n {{ N }}

# compare with the same job done by hand and by pytest (SOCKLAB_PEERS: their folder)
bench:
    cargo bench --bench peers

# analyse a capture of a million packets, compared with tshark
bench-analyze:
    cargo bench --bench analyze

# grade a class of 200, compared with only starting its programs
bench-grade:
    cargo bench --bench grade

# every report of a class of 10,000, and the merge of its shards
bench-store:
    cargo bench --bench store

# what a Slurm array adds to grading a class of 1,000 small programs (needs a release build and Slurm)
bench-slurm *SIZES:
    benches/slurm.sh {{ SIZES }}

# kill the grading of a class of 60, its shards and their merge, 20 times each at random moments
kills:
    SOCKLAB_CLASS=60 SOCKLAB_KILLS=20 REQUIRE_LIVE=1 cargo test --release --test live -- class::killed class_shards::

# grade the zoo of submissions six times, and a class of 60 while killing the grading, its shards and their merge
zoo:
    SOCKLAB_ZOO=6 SOCKLAB_CLASS=60 SOCKLAB_KILLS=20 REQUIRE_LIVE=1 cargo test --release --test live -- class

# grade a class on a Slurm cluster of three nodes on this machine (Debian: slurmctld slurmd slurm-client)
slurm:
    REQUIRE_LIVE=1 REQUIRE_SLURM=1 cargo test --test live -- slurm::

# fuzz the readers of captures and frames (needs cargo-fuzz and nightly), SECONDS each
fuzz SECONDS='60':
    mkdir -p fuzz/corpus/capture && cp tests/data/captures/*.pcap* fuzz/corpus/capture/
    cargo +nightly fuzz run capture -- -max_total_time={{ SECONDS }} -max_len=65536
    cargo +nightly fuzz run frame -- -max_total_time={{ SECONDS }}

# make the pictures of the README from real runs (needs Chromium)
pictures:
    docs/pictures/make.sh

# regenerate the schemas from the types
schemas:
    UPDATE_SCHEMAS=1 cargo test schema

# build the files of a release into target/dist: wheels, Debian packages, archives (see dist/build.sh)
dist *ARCHITECTURES:
    dist/build.sh {{ ARCHITECTURES }}

# install the files of `just dist` into fresh places and run the lab from there (see dist/test.sh)
dist-test *OPTIONS:
    dist/test.sh {{ OPTIONS }}

# all checks that every commit must pass
ci:
    .ci/run
