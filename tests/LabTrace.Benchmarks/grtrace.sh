#!/usr/bin/env bash
# Times whole processes on GRT streams that our writer makes from a seed: `grtrace report` on 10 million events, `timeline merge` of 1 GB binary and
# 500 MB text, each beside what the original tools claim for themselves (100 MB/s binary, 50 MB/s text), and files opened, read and closed through the
# FUSE mount. Processor seconds, the best of RUNS. Needs python3; FUSE needs root and a C compiler.
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

# One small C program opens, reads and closes; the least FUSE server there can be and a file in memory are measured by it too.
[ -e /dev/fuse ] && [ "$(id -u)" = 0 ] && command -v cc >/dev/null || exit 0
peers=$root/tests/LabTrace.Benchmarks/peers
cc -O2 -pthread -o "$work/opens" "$peers/opens.c"
cc -O2 -o "$work/leastfuse" "$peers/leastfuse.c"
rates() { # NAME FILE COUNT
    printf '%-52s %12s %12s\n' "$1" "$("$work/opens" "$2" "$3" 1)" "$("$work/opens" "$2" "$(($3 / 2))" 2)"
}
printf '\n%-52s %12s %12s\n' "open+read+close a second, wall, best of 5" "1 thread" "2 threads"
printf 'normal\n' >/dev/shm/labtrace-opens.$$
rates "a file of tmpfs" /dev/shm/labtrace-opens.$$ $((opens * 5))
rm /dev/shm/labtrace-opens.$$
mkdir "$work/least"
"$work/leastfuse" "$work/least" &
least=$!
for ((i = 0; i < 100; i++)); do mountpoint -q "$work/least" && break || sleep 0.1; done
rates "the least FUSE server in C, one constant file" "$work/least/file" $((opens / 5))
umount "$work/least"
wait "$least"
"$labtrace" emulate --mount "$work/lab" --run "modprobe grtrace" >"$work/log" 2>&1 &
lab=$!
for ((i = 0; i < 100; i++)); do grep -q shows "$work/log" && break || sleep 0.1; done
rates "labtrace emulate, grtrace's level" "$work/lab/sys/kernel/debug/grtrace/level" $((opens / 5))
kill "$lab"
wait "$lab"
