#!/usr/bin/env bash
# A run on Slurm as a log: an array of 8 parts, two of which are killed and sent again, the merge that waits for it, and the comparison with
# one process. Needs a Slurm (.ci/slurm start).
#   benchmarks/slurm.sh [pictures per kind] [program]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
count=${1:-50}
export DCSM=${2:-dotnet $root/src/Dcsm.Cli/bin/Release/net10.0/linux-x64/Dcsm.Cli.dll} DCSM_SHARDS=8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"
start=$SECONDS
say() { printf '%3d s  %s\n' $((SECONDS - start)) "$*"; }

$DCSM synth --out "$work/scenes" --count "$count" --image-size 96 --quiet >/dev/null
score=(score "$work/scenes/images" --caption "a red car" --caption "no dog")
$DCSM "${score[@]}" --out "$work/plain.csv" --quiet
say "$(ls "$work/scenes/images" | wc -l) pictures; one process is done"

array=$(sbatch --parsable --output="$work/%x-%A_%a.log" --array=0-7 "$root/deploy/slurm/shards.sbatch" "${score[@]}" --out "$work/parts")
say "sbatch: array $array"
killed=
for _ in $(seq 3000); do
    task=$(squeue -r -h -t R -j "$array" -o %i | grep -vxF -- "${killed:-none}" | shuf -n 1 || true)
    if [ -n "$task" ]; then
        scancel --signal=KILL --full "$task"
        scontrol requeue "$task" && say "scancel --signal=KILL $task, requeued" && killed+=$task$'\n'
    fi
    [ "$(wc -l <<<"$killed")" -le 2 ] || break
    sleep 0.1
done
merge=$(sbatch --parsable --output="$work/%x-%j.log" --dependency="afterany:$array" "$root/deploy/slurm/merge.sbatch" "$work/parts" --out "$work/merged.csv")
say "sbatch: merge $merge, after $array"
last=
while now=$(squeue -r -h -j "$array,$merge" -o '%i %t' | sort -V | tr '\n' ' ') && [ -n "$now" ]; do
    [ "$now" = "$last" ] || say "squeue: $now"
    last=$now
    # Slurm lets a task that is sent again wait for two minutes.
    squeue -r -h -t PD -j "$array" -o '%i %r' | sed -n 's/ BeginTime$//p' | while read -r task; do
        scontrol update JobId="$task" StartTime=now || true
    done
    sleep 1
done
cat "$work"/dcsm-merge-*.log
cmp "$work/plain.csv" "$work/merged.csv" && say "merged.csv is plain.csv, $(wc -l <"$work/merged.csv") lines"
