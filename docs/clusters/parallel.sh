#!/bin/bash
# Grades a class on several machines with GNU parallel over ssh, and merges the results:
#
#   parallel.sh CLASS STORE SHARDS MACHINES
#   parallel.sh entregas class.db 24 lab1,lab2,lab3
#
# The machines have socklab in their PATH, and the folders of this script, of the class and of the
# results under the same names as here. Each grades one shard at a time, on its own disk. Run the
# same command again after Ctrl-C, the loss of a machine, or a late submission: a shard that is
# complete is only looked at again. `jobs.log` lists the shards with their machines and exit codes.
set -eu

if [ "$1" = --shard ]; then
    # On one of the machines.
    shard=$2 shards=$3 class=$4 part=$5/part-$2.db
    disk=$(mktemp -d)
    trap 'rm -rf -- "$disk"' EXIT
    [ ! -f "$part" ] || cp -- "$part" "$disk/part.db"
    socklab grade --shard "$shard/$shards" --store "$disk/part.db" --progress "$disk/progress.json" \
        --report csv=/dev/null -- "$class" || code=$?
    # The exit code is also that of an error with one submission.
    grep -q '"state":"finished"' "$disk/progress.json" || exit "${code:-4}"
    # Another machine never sees half a part.
    cp -- "$disk/part.db" "$part.new" && mv -f -- "$part.new" "$part"
    exit
fi

class=$(realpath -- "$1") store=$(realpath -- "$2") shards=$3 machines=$4
mkdir -p -- "$store.parts"
# One shard at a time on each machine, since `grade` uses all of its processors. A shard of a machine
# that is lost is given to another one. Input sources (`:::`) are quoted for both shells.
parallel --jobs 1 --sshlogin "$machines" --retries 3 --joblog "$store.parts/jobs.log" \
    bash {1} --shard {2} {3} {4} {5} \
    ::: "$(realpath -- "$0")" ::: $(seq "$shards") ::: "$shards" ::: "$class" ::: "$store.parts"
socklab merge --store "$store" "$store".parts/part-*.db
