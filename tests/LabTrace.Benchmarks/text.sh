#!/usr/bin/env bash
# Times whole processes side by side on one trace.dat that our writer makes from a seed: the full text of every event by `labtrace trace convert`
# and by `trace-cmd report`, and reading that text back. Wall and processor seconds, the best of RUNS; EVENTS makes another size.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
events=${EVENTS:-1000000} runs=${RUNS:-3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
dotnet "$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks.dll" text "$work/trace.dat" "$events"
"$root/labtrace" trace info "$work/trace.dat" >"$work/info"
"$root/labtrace" trace convert "$work/trace.dat" --to text >"$work/trace.txt"

# wall cpu, best of RUNS by processor time
best() { # COMMAND…
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

row() { # NAME COMMAND…
    local name=$1 wall cpu peak
    shift
    read -r cpu wall peak < <(best "$@")
    printf '%-44s %8s %8s %8s %10s\n' "$name" "$wall" "$cpu" "$peak" "$(awk -v e="$events" -v c="$cpu" 'BEGIN { printf "%.2f", e / c / 1e6 }')"
}

printf '%s events, %s MB of pages, %s MB of text, %s cores, load %s\n' "$events" "$(($(stat -c %s "$work/trace.dat") / 1000000))" \
    "$(($(stat -c %s "$work/trace.txt") / 1000000))" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
printf '%-44s %8s %8s %8s %10s\n' "whole process, best of $runs" "wall s" "cpu s" "peak MB" "M/s of cpu"
row "labtrace trace convert --to text" "$root/labtrace" trace convert "$work/trace.dat" --to text
if command -v trace-cmd >/dev/null; then
    row "trace-cmd report -N" trace-cmd report -N -i "$work/trace.dat"
    row "trace-cmd report" trace-cmd report -i "$work/trace.dat"
fi
row "labtrace trace info of the text" "$root/labtrace" trace info "$work/trace.txt"
