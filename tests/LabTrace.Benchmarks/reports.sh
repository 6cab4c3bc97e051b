#!/usr/bin/env bash
# Times what reports cost: 2,000 scenarios of 5 steps with the message stream alone, and with messages, TAP, JUnit and HTML besides. Every
# round runs both, so that what else the machine does disturbs both alike. Prints medians over RUNS rounds and the median of the ratios.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=${RUNS:-9}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/features"
awk -v dir="$work/features" 'BEGIN {
    for (i = 1; i <= 2000; i++) {
        if (i % 50 == 1) { file = dir "/f" int(i / 50) ".feature"; printf "Feature: counting from %d\n", i > file }
        printf "\n  Scenario: counter %d\n    Given a counter at %d\n    When I add 1\n    And I add 2\n    Then the counter shows %d\n    And the \"big\" counter is named c%d\n", i, i, i + 3, i > file
    }
}'
dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
steps="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks.dll"
"$root/labtrace" steps >/dev/null

run() { "$root/labtrace" run "$work/features" --steps "$steps" --out "$work/out" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; }
none() { run; }
texts() { run --report console --report "messages:$work/r.ndjson" --report "tap:$work/r.tap" --report "junit:$work/r.xml"; }
all() { run --report console --report "messages:$work/r.ndjson" --report "tap:$work/r.tap" --report "junit:$work/r.xml" --report "html:$work/r.html"; }

TIMEFORMAT='%R %U %S'
for ((round = 0; round <= runs; round++)); do
    for contender in none texts all; do
        rm -rf "$work/out"
        { time "$contender"; } 2>"$work/time"
        # The first round warms the file cache up.
        if [ "$round" -gt 0 ]; then awk '{print $1, $2 + $3}' "$work/time" >>"$work/$contender.times"; fi
    done
done

median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
printf '| 2000 x 5, median of %d | wall s | cpu s | wall, ratio | cpu, ratio |\n|---|---:|---:|---:|---:|\n' "$runs"
row() {
    paste -d' ' "$work/$2.times" "$work/none.times" >"$work/pairs"
    printf '| %s | %.3f | %.3f | %.2f | %.2f |\n' "$1" "$(cut -d' ' -f1 "$work/$2.times" | median)" "$(cut -d' ' -f2 "$work/$2.times" | median)" \
        "$(awk '{print $1 / $3}' "$work/pairs" | median)" "$(awk '{print $2 / $4}' "$work/pairs" | median)"
}
row "the run's own stream and the console" none
row "and messages, TAP, JUnit" texts
row "and messages, TAP, JUnit, HTML" all
