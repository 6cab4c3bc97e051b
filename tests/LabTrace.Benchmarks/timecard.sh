#!/usr/bin/env bash
# The Time Card suite at the emulated place, and the processor time of watching 30 attributes ten times a second, beside a loop of
# Python that reads as many files of the same card as often, in one run. Needs fuse3 and python3. SECONDS_LONG says how long.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
long=${SECONDS_LONG:-20}
work=$(mktemp -d)
mount=$work/mount
mkdir "$mount"
trap 'kill %1 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
attributes="clock_source clock_status_drift clock_status_offset freq1/seconds freq1/frequency freq2/seconds gen1/duty gen1/period
  gen1/phase gen1/polarity gen1/running gen1/signal gen1/start gen2/signal gen2/running gnss_sync irig_b_mode serialnum sma1 sma2 sma3
  sma4 tod_correction ts_window_adjust utc_tai_offset available_clock_sources available_sma_inputs available_sma_outputs gen3/running
  gen4/running"
"$root/labtrace" --version >/dev/null

TIMEFORMAT='%R %U %S'
processor() { awk '{ print $2 + $3 }'; } # of bash's time
percent() { awk -v a="$1" -v b="$2" -v s="$long" 'BEGIN { printf "%.2f s, of a core %.2f %%", a, 100 * (a - b) / s }'; }

for _ in 1 2 3; do { time "$root/labtrace" run "$root/features/timecard" --out "$work/run" >"$work/log" 2>&1; } 2>>"$work/suite"; done
# shellcheck disable=SC2086
{ time "$root/labtrace" timecard monitor $attributes -i 0.1 --for "${long}s" --json >/dev/null; } 2>"$work/monitor"
# shellcheck disable=SC2086
{ time "$root/labtrace" timecard monitor $attributes -i 0.1 --for 0.1s --json >/dev/null; } 2>"$work/start"

"$root/labtrace" emulate --mount "$mount" >"$work/mount.log" 2>&1 &
for _ in $(seq 100); do if [ -d "$mount/sys/class/timecard/ocp0" ]; then break; fi; sleep 0.1; done
cat >"$work/loop.py" <<'P'
import sys, time
directory, seconds, names = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
seen, end = {}, time.monotonic() + seconds
while time.monotonic() < end:
    for name in names:
        with open(directory + "/" + name) as file:
            text = file.read()
        if seen.get(name) != text:
            seen[name] = text
            print(time.time(), name, text)
    time.sleep(0.1)
P
# shellcheck disable=SC2086
{ time python3 "$work/loop.py" "$mount/sys/class/timecard/ocp0" "$long" $attributes >"$work/loop.out"; } 2>"$work/loop"
# shellcheck disable=SC2086
{ time python3 "$work/loop.py" "$mount/sys/class/timecard/ocp0" 0 $attributes >/dev/null; } 2>"$work/loop-start"

printf '%s cores, load %s, %s attributes, %s s\n' "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)" "$(wc -w <<<"$attributes")" "$long"
printf 'labtrace run features/timecard: %s s of wall; %s\n' "$(sort -n "$work/suite" | awk '{ printf "%s ", $1 }')" "$(grep '^[0-9]* scenarios' "$work/log")"
printf 'labtrace timecard monitor, its start among it: %s without its start\n' "$(percent "$(processor <"$work/monitor")" "$(processor <"$work/start")")"
printf 'a loop of Python over the mount, its start among it: %s without its start (the mount answers in a process of its own)\n' \
    "$(percent "$(processor <"$work/loop")" "$(processor <"$work/loop-start")")"
