#!/bin/bash
#SBATCH --job-name=@NAME@
#SBATCH --array=@ARRAY@
#SBATCH --output=@OUTPUT@
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@60
# Written by `socklab grade --slurm`. Each task grades one shard into a part on the node's disk, and
# moves it into this folder at the end. At a time limit or for a requeue, the unfinished part is
# saved too: the task goes on with it.
set -u
folder=@FOLDER@
cd -- "$folder" || exit 4
exec >>"logs/shard-$SLURM_ARRAY_TASK_ID.log" 2>&1
name=$(printf %05d "$SLURM_ARRAY_TASK_ID")
disk=${SLURM_TMPDIR:-${TMPDIR:-/tmp}}
[ -d "$disk" ] && [ -w "$disk" ] || disk=/tmp
scratch=$(mktemp -d "$disk/socklab-XXXXXXXX") || exit 4
trap 'rm -rf -- "$scratch"' EXIT
grading=
stopped=
trap 'stopped=1; [ -z "$grading" ] || kill -TERM "$grading"' TERM INT

# Renames a copy of $1, so that a part is never seen half.
save() {
    local copy
    copy=$(mktemp "parts/.$name.XXXXXXXX") || return
    cp -- "$1" "$copy" && { sync -- "$copy" || :; } && mv -f -- "$copy" "$2" || { rm -f -- "$copy"; return 1; }
}

rm -f -- "parts/.$name."* "progress/$name.json"
if [ -f "parts/$name.unfinished.tar" ]; then
    tar -xf "parts/$name.unfinished.tar" -C "$scratch" || rm -f -- "$scratch"/part.db*
elif [ -f "parts/$name.db" ]; then
    cp -- "parts/$name.db" "$scratch/part.db" || exit 4
fi
workers=${SLURM_CPUS_ON_NODE:-1}
[ "$workers" -le 256 ] || workers=256
code=4
if [ -z "$stopped" ]; then
    @PROGRAM@ grade --shard "$SLURM_ARRAY_TASK_ID/@SHARDS@" \
        --store "$scratch/part.db" --progress "progress/$name.json"@WORKERS@ \
        @WORDS@ >/dev/null &
    grading=$!
    [ -z "$stopped" ] || kill -TERM "$grading"
    # A signal ends `wait` before the program has ended.
    while wait "$grading"; code=$?; kill -0 "$grading" 2>/dev/null; do :; done
fi
trap '' TERM INT
# Exit codes 1, 3 and 4 may be those of submissions: the shard is graded if the program has recorded it.
if grep -q '"state":"finished"' "progress/$name.json" 2>/dev/null; then
    save "$scratch/part.db" "parts/$name.db" || exit 4
    rm -f -- "parts/$name.unfinished.tar"
    exit 0
fi
if [ -f "$scratch/part.db" ]; then
    # The log of a program that was killed belongs to its results.
    (cd -- "$scratch" && tar -cf unfinished.tar part.db $([ ! -f part.db-wal ] || echo part.db-wal)) &&
        save "$scratch/unfinished.tar" "parts/$name.unfinished.tar"
fi
[ "$code" -ne 0 ] || code=4
exit "$code"
