#!/bin/bash
#SBATCH --job-name=@NAME@
#SBATCH --output=@OUTPUT@
#SBATCH --open-mode=append
#SBATCH --requeue
# Written by `socklab grade --slurm`. Merges the parts on the node's disk, and moves the results file
# of the class into place. `socklab merge` refuses if a part is missing.
set -u
folder=@FOLDER@
store=@STORE@
cd -- "$folder" || exit 4
: >logs/merge.log
exec >>logs/merge.log 2>&1
disk=${SLURM_TMPDIR:-${TMPDIR:-/tmp}}
[ -d "$disk" ] && [ -w "$disk" ] || disk=/tmp
scratch=$(mktemp -d "$disk/socklab-XXXXXXXX") || exit 4
copy=
trap 'rm -rf -- "$scratch" ${copy:+"$copy"}' EXIT

# An earlier results file keeps its marks.
stamp() { stat -c '%i %s %y' -- "$store" 2>/dev/null; }
before=$(stamp)
if [ -s "$store-wal" ]; then
    printf '%s: in use\n' "$store" >&2
    exit 4
fi
if [ -f "$store" ]; then
    cp -- "$store" "$scratch/class.db" || exit 4
fi
@PROGRAM@ merge --store "$scratch/class.db" parts/[0-9]*.db || exit
copy=$(mktemp "$store.XXXXXXXX") || exit 4
cp -- "$scratch/class.db" "$copy" || exit 4
if [ -f "$store" ]; then chmod --reference="$store" -- "$copy"; else chmod =rw -- "$copy"; fi
sync -- "$copy" || :
if [ "$(stamp)" != "$before" ] || [ -s "$store-wal" ]; then
    printf '%s: changed during the merge; run the same command again\n' "$store" >&2
    exit 4
fi
mv -f -- "$copy" "$store" || exit 4
: >merged
