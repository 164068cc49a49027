#!/usr/bin/env bash
# Renders the pictures of the documents from real runs: the sequence diagram of one connection, and
# the page of a class (the test submissions). Needs namespaces, and Chromium for the page.
#
#   docs/pictures/make.sh [FOLDER]
#
# FOLDER defaults to docs/pictures.
set -euo pipefail
cd "$(dirname "$0")/../.."
to=$(realpath "${1:-docs/pictures}")
cargo build --release
socklab=$PWD/target/release/socklab
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"

# The pictures are in English.
export LC_ALL=C.UTF-8
"$socklab" run --item tcp-multi.4 --evidence "$work/evidence" >/dev/null
cp "$work/evidence/tcp-multi/timeline.svg" "$to/timeline.svg"

cp -R tests/data/submissions "$work/class"
rm "$work/class"/*.yaml
"$socklab" grade "$work/class" --store "$work/class.db" --report csv="$work/class.csv"
"$socklab" report "$work/class.db" --format html --output "$work/pages" --anonymous
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
"$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=1280,900 \
    --user-data-dir="$work/chromium" --screenshot="$to/class.png" "file://$work/pages/index.html" 2>/dev/null
ls -l "$to"
