#!/usr/bin/env bash
# Times whole processes on GRT streams that our writer makes from a seed: `grtrace report` on 10 million events, `timeline merge` of 1 GB binary and
# 500 MB text, each beside what the original tools claim for themselves (100 MB/s binary, 50 MB/s text), and files opened, read and closed through the
# FUSE mount. Processor seconds, the best of RUNS. FUSE needs root and python3.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=${RUNS:-3} events=${EVENTS:-10000000} gpu=${GPU_BYTES:-1000000000} cpu=${CPU_BYTES:-500000000} opens=${OPENS:-40000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
dotnet build "$root/src/LabTrace.Cli" -c Release -v quiet --nologo
made=$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks.dll
labtrace=$root/artifacts/bin/LabTrace.Cli/release/labtrace

best() { # COMMAND…: cpu seconds, wall seconds, peak MB
    for ((r = 0; r < runs; r++)); do
        python3 - "$@" <<'PY'
import resource, subprocess, sys, time
start = time.monotonic()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
if done.returncode:
    sys.exit(f"{sys.argv[1:]} failed")
print(f"{used.ru_utime + used.ru_stime:.3f} {wall:.3f} {used.ru_maxrss // 1024}")
PY
    done | sort -n | head -n 1
}

row() { # NAME CLAIMED-SECONDS COMMAND…
    local name=$1 claimed=$2 wall cpu peak
    shift 2
    read -r cpu wall peak < <(best "$@")
    printf '%-52s %8s %8s %8s %9s\n' "$name" "$wall" "$cpu" "$peak" "$(awk -v c="$claimed" -v u="$cpu" 'BEGIN { if (c > 0) printf "%.1f x", c / u; else print "-" }')"
}

printf '%s cores, load %s\n' "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
printf '%-52s %8s %8s %8s %9s\n' "whole process, best of $runs" "wall s" "cpu s" "peak MB" "original"
dotnet "$made" grt "$work/jobs.bin" "$events"
size=$(stat -c %s "$work/jobs.bin")
claimed=$(awk -v b="$size" 'BEGIN { print b / 100e6 }')
row "grtrace report, $events events, every job" "$claimed" "$labtrace" grtrace report -i "$work/jobs.bin"
row "grtrace report --per-ring" "$claimed" "$labtrace" grtrace report -i "$work/jobs.bin" --per-ring
rm "$work/jobs.bin"
dotnet "$made" timeline "$work/gpu.bin" "$work/cpu.txt" "$gpu" "$cpu"
claimed=$(awk -v g="$gpu" -v c="$cpu" 'BEGIN { print g / 100e6 + c / 50e6 }')
row "timeline merge --stats-only, $((gpu / 1000000)) MB + $((cpu / 1000000)) MB" "$claimed" "$labtrace" timeline merge --cpu "$work/cpu.txt" --gpu "$work/gpu.bin" --stats-only
row "timeline merge, all lines written" "$claimed" "$labtrace" timeline merge --cpu "$work/cpu.txt" --gpu "$work/gpu.bin"

[ -e /dev/fuse ] || exit 0
"$labtrace" emulate --mount "$work/lab" --run "modprobe grtrace" >"$work/log" 2>&1 &
lab=$!
for ((i = 0; i < 100; i++)); do grep -q shows "$work/log" && break || sleep 0.1; done
python3 - "$work/lab/sys/kernel/debug/grtrace/level" "$opens" <<'PY'
import os, sys, time
path, n = sys.argv[1], int(sys.argv[2])
best = 0
for _ in range(5):
    start = time.monotonic()
    for _ in range(n // 5):
        fd = os.open(path, os.O_RDONLY)
        os.read(fd, 4096)
        os.close(fd)
    best = max(best, n / 5 / (time.monotonic() - start))
print(f"FUSE: {best:,.0f} open+read+close a second, wall, best fifth of {n:,}")
PY
kill "$lab"
wait "$lab"
