#!/usr/bin/env bash
# What cutting a list costs: scores it in 1, 2, 4 and 8 parts, two at a time, merges them, compares with one process, and prints a table.
#   benchmarks/shards.sh [pictures per kind] [program]
set -euo pipefail
count=${1:-50}
read -ra dcsm <<<"${2:-dotnet src/Dcsm.Cli/bin/Release/net10.0/linux-x64/Dcsm.Cli.dll}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${dcsm[@]}" synth --out "$work/scenes" --count "$count" --image-size 96 --quiet >/dev/null
printf '%s\n' "a red car" "a blue car left of a cat" "no dog" >"$work/captions.txt"
score=("${dcsm[@]}" score "$work/scenes/images" --captions "$work/captions.txt" --quiet --threads 1)
"${score[@]}" --out "$work/plain.csv"

# Seconds of the wall, and of the processors, of what the function is given.
timed() {
    local TIMEFORMAT='%R %U %S'
    { time "$@" >/dev/null 2>"$work/errors"; } 2>&1
}

parts() {
    seq "$1" | xargs -P 2 -I{} "${score[@]}" --out "$work/parts-$1" --shard "{}/$1"
}

echo "| parts | all parts, s | processors, s | merge, s | processors, s |"
echo "|---:|---:|---:|---:|---:|"
for n in 1 2 4 8; do
    read -r wall user system < <(timed parts "$n")
    read -r merge merge_user merge_system < <(timed "${dcsm[@]}" merge "$work/parts-$n" --out "$work/merged-$n.csv" --quiet)
    cmp "$work/plain.csv" "$work/merged-$n.csv"
    awk -v n="$n" -v w="$wall" -v c="$(awk "BEGIN { print $user + $system }")" -v m="$merge" \
        -v d="$(awk "BEGIN { print $merge_user + $merge_system }")" 'BEGIN { printf "| %d | %.1f | %.1f | %.1f | %.1f |\n", n, w, c, m, d }'
done
echo "each of $(ls "$work/scenes/images" | wc -l) pictures with 3 captions; merged files are those of one process, to the byte"
