#!/bin/bash
# Measures what a Slurm array job adds to grading: a generated class is graded by plain `grade`, and
# by `grade --slurm` on a cluster of as many nodes with one processor as this machine has. Both have
# the same number of submissions at a time. Exits with 1 if the results differ.
#
#   benches/slurm.sh [SUBMISSIONS [SHARDS]]
#
# SOCKLAB names the program: `cargo build --release` makes it. Needs slurmctld, slurmd, slurm-client.
set -eu
size=${1:-1000} shards=${2:-16} nodes=$(nproc)
socklab=$(realpath -- "${SOCKLAB:-$(dirname -- "$0")/../target/release/socklab}")
here=$(realpath -- "$(dirname -- "$0")/..")
folder=$(mktemp -d)
chmod 755 "$folder"
cd -- "$folder"
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; wait; rm -rf -- "$folder"' EXIT

# Small programs, and a lab of one scenario, so that the overhead shows.
mkdir class lab state
for ((k = 0; k < size; k++)); do
    mkdir "class/student-$k"
    host=127.0.0.1
    [ $((k % 3)) -ne 0 ] || host=0.0.0.0
    sed "s/HOST/$host/; s/PREFIX/b''/" "$here/tests/data/class/tcp_simple.py" >"class/student-$k/server.py"
done
sed '/^scenarios:/,$d; s/^lab: .*/lab: small/' "$here/scenarios/socket-lab/lab.yaml" >lab/lab.yaml
printf 'scenarios:\n  - small.yaml\n' >>lab/lab.yaml
printf 'scenario: small\nsteps: [{ start: tcp-simple }]\nitems: [{ id: small, expect: [listening] }]\n' >lab/small.yaml

user=$(id -un) host=$(hostname -s)
port() { python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
cat >slurm.conf <<CONF
ClusterName=measure
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(port)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/none
CredType=cred/none
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
MpiDefault=none
SwitchType=switch/none
CONF
for ((k = 0; k < nodes; k++)); do
    printf 'NodeName=node%d NodeHostname=%s NodeAddr=127.0.0.1 Port=%s CPUs=1\n' "$k" "$host" "$(port)" >>slurm.conf
done
echo 'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP' >>slurm.conf
export SLURM_CONF=$folder/slurm.conf PATH=$PATH:/usr/sbin
slurmctld -D -f slurm.conf >ctld.out 2>&1 &
started+=($!)
for ((k = 0; k < nodes; k++)); do
    slurmd -D -f slurm.conf -N "node$k" >"slurmd-$k.out" 2>&1 &
    started+=($!)
done
SECONDS=0
until [ "$(sinfo -h -N -o %t 2>/dev/null | grep -c idle)" -eq "$nodes" ]; do
    [ "$SECONDS" -lt 60 ] || { cat ctld.out slurmd-*.out >&2; exit 1; }
done

# Runs a command; the time in seconds is in `took`.
timed() {
    local from=$EPOCHREALTIME
    "$@" >/dev/null 2>last.log || { tail -n 5 last.log >&2; exit 1; }
    took=$(python3 -c "print(round($EPOCHREALTIME - $from, 1))")
}
grade=("$socklab" grade class --lab lab --seed 7 --report csv=/dev/null)
timed "${grade[@]}" --store whole.db
plain=$took
timed "${grade[@]}" --slurm --shards "$shards" --store class.db
slurm=$took
python3 - "$plain" "$slurm" "$nodes" class.db.slurm/progress/*.json <<'REPORT'
import json, sys
plain, slurm, nodes = map(float, sys.argv[1:4])
runs = [json.load(open(name)) for name in sys.argv[4:]]
total = sum(run["total"] for run in runs)
span = max(run["updated"] for run in runs) - min(run["started"] for run in runs)
grading = sum(run["updated"] - run["started"] for run in runs) / nodes
print(f"{total} submissions, {len(runs)} shards: plain {plain} s, Slurm {slurm} s ({100 * (slurm / plain - 1):+.1f} %)")
print(f"Slurm: {slurm - span:.0f} s before the first shard and after the last one; of {span} s between, "
      f"each node graded {grading:.0f} s")
REPORT
"$socklab" report whole.db --format csv >whole.csv
"$socklab" report class.db --format csv >class.csv
cmp whole.csv class.csv
