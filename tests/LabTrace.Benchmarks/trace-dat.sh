#!/usr/bin/env bash
# Times whole processes on one trace.dat made from a seed: LabTrace's reader beside trace-cmd's library (peers/libtracecmd.c) and, when
# REPORT=1, trace-cmd report. Wall and processor time and peak memory, the best of RUNS. `warm` is the best of ten rounds in one process.
# Needs gcc and Debian's libtracecmd-dev for the peer; without them LabTrace's figures stand alone. EVENTS makes a smaller file.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
events=${EVENTS:-11050000} runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
ours="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks"
"$ours" trace generate "$work/none.dat" "$events" none
"$ours" trace generate "$work/zstd.dat" "$events" zstd

peer=
if command -v gcc >/dev/null && flags=$(pkg-config --cflags --libs libtracecmd 2>/dev/null); then
    # shellcheck disable=SC2086
    gcc -O2 -o "$work/libtracecmd" "$root/tests/LabTrace.Benchmarks/peers/libtracecmd.c" $flags && peer="$work/libtracecmd"
fi

# wall cpu peak, best of RUNS by wall time
best() { # COMMAND…
    for ((r = 0; r < runs; r++)); do
        /usr/bin/env python3 - "$@" <<'PY'
import os, resource, subprocess, sys, time
start = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode:
    sys.exit(f"{sys.argv[1:]} failed")
print(f"{wall:.3f} {used.ru_utime + used.ru_stime:.3f} {used.ru_maxrss // 1024}")
PY
    done | sort -n | head -n 1
}

row() { # NAME COMMAND…
    local name=$1 wall cpu peak
    shift
    read -r wall cpu peak < <(best "$@")
    printf '%-44s %8s %8s %8s %10s\n' "$name" "$wall" "$cpu" "$peak" "$(awk -v e="$events" -v c="$cpu" 'BEGIN { printf "%.1f", e / c / 1e6 }')"
}

printf '%s events, %s MB, %s cores, load %s\n' "$events" "$(($(stat -c %s "$work/none.dat") / 1000000))" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
printf '%-44s %8s %8s %8s %10s\n' "whole process, best of $runs" "wall s" "cpu s" "peak MB" "M/s of cpu"
for task in iterate fields; do
    for kind in none zstd; do
        row "LabTrace $task, $kind" "$ours" trace "$task" "$work/$kind.dat"
        if [ -n "$peer" ]; then row "libtracecmd $task, $kind" "$peer" "$task" "$work/$kind.dat"; fi
    done
done
row "LabTrace columns, none" "$ours" trace columns "$work/none.dat"
row "LabTrace columns, zstd" "$ours" trace columns "$work/zstd.dat"
if [ "${REPORT:-0}" = 1 ] && command -v trace-cmd >/dev/null; then row "trace-cmd report -N, none" trace-cmd report -N -i "$work/none.dat"; fi

printf '\nwarm, the best of ten rounds in one process\n'
for task in iterate fields columns; do
    for kind in none zstd; do printf '%-18s %s\n' "$task, $kind" "$("$ours" trace "$task" "$work/$kind.dat" 10)"; done
done

# Same events, same sums.
if [ -n "$peer" ]; then
    for task in iterate fields; do
        diff <("$ours" trace "$task" "$work/none.dat" | cut -d, -f1,2) <("$peer" "$task" "$work/none.dat" | cut -d, -f1,2)
    done
    echo "both sides read the same events and sums"
fi
