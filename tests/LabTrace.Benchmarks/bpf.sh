#!/usr/bin/env bash
# eBPF system call tracing on this machine's kernel, beside its peers on the same workload, in one run. Needs root, libbpf1 and a C compiler;
# strace, perf (linux-perf) and bpftrace where they are installed. CALLS makes it shorter.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
calls=${CALLS:-2000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
ours="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks"
workload="$work/labtrace-workload"
cc -O1 -fno-inline -fno-omit-frame-pointer -rdynamic -o "$workload" "$root/fixtures/bpf/labtrace-workload.c"

printf '%s cores, kernel %s, load %s\n' "$(nproc)" "$(uname -r)" "$(cut -d' ' -f1 /proc/loadavg)"

printf '\n== load and attach\n'
"$ours" bpf attach 20

printf '\n== flat out: %s calls, two events each, every event decoded\n' "$calls"
for ring in 8192 65536; do
    printf 'ring %s KiB: ' "$ring"
    "$ours" bpf record plain "$ring" "$workload" spin "$calls"
done
printf 'one event a call: '
"$ours" bpf record whole 65536 "$workload" spin "$calls"
printf 'a reader that is too slow, ring 256 KiB: '
"$ours" bpf record slow 256 "$workload" spin "$calls"

printf '\n== 1,000,000 events a second for 5 s\n'
"$ours" bpf record plain 65536 "$workload" pace 500000 5

printf '\n== 200,000 events a second for 5 s\n'
"$ours" bpf record plain 8192 "$workload" pace 100000 5

printf '\n== cost of a traced call (getppid; the same loop, ns each)\n'
per_call() { # NAME CALLS COMMAND…
    local name=$1
    shift
    printf '%-34s %s\n' "$name" "$("$@" 2>/dev/null | grep -oE '[0-9.]+ ns each' | head -n 1)"
}
per_call "untraced" "$workload" spin "$calls"
per_call "LabTrace, enter and exit" "$ours" bpf record plain 65536 "$workload" spin "$calls"
per_call "LabTrace, whole calls" "$ours" bpf record whole 65536 "$workload" spin "$calls"
if command -v bpftrace >/dev/null; then
    per_call "bpftrace, counting" bpftrace -c "$workload spin $calls" \
        -e 'tracepoint:raw_syscalls:sys_enter /pid == cpid/ { @e[args->id] = count(); } tracepoint:raw_syscalls:sys_exit /pid == cpid/ { @x[args->id] = count(); }'
    per_call "bpftrace, printing" sh -c "bpftrace -o '$work/bpftrace.out' -c '$workload spin $((calls / 10))' \
        -e 'tracepoint:raw_syscalls:sys_enter /pid == cpid/ { printf(\"%d\\n\", args->id); } tracepoint:raw_syscalls:sys_exit /pid == cpid/ { printf(\"%d\\n\", args->ret); }'; cat '$work/bpftrace.out' | grep each"
fi
if command -v perf >/dev/null; then per_call "perf trace" sh -c "perf trace -o '$work/perf.out' '$workload' spin $((calls / 10))"; fi
if command -v strace >/dev/null; then per_call "strace -f" strace -f -o "$work/strace.out" "$workload" spin "$((calls / 20))"; fi
