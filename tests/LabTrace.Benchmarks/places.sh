#!/usr/bin/env bash
# Places behind ssh, against an sshd of this machine on loopback: starting the agent, reading attributes, a trace streamed beside scp, the
# tracing features beside the local place. Needs root, openssh-server and, for the features, tracefs. MB and READS make it shorter.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mb=${MB:-100} reads=${READS:-2000}
work=$(mktemp -d)
trap 'kill "$(cat "$work/bench/sshd.pid")" 2>/dev/null || true; rm -rf "$work"' EXIT

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
dotnet build "$root/src/LabTrace.Cli" -c Release -v quiet --nologo
agent="$root/artifacts/agent/linux-x64/labtrace-agent"
if [ ! -f "$agent" ]; then
    dotnet publish "$root/src/LabTrace.Agent" -c Release -r linux-x64 -o "$(dirname "$agent")" -v quiet --nologo "-p:ArtifactsPath=$root/artifacts/agent-build"
fi
ours="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks"
labtrace() { dotnet "$root/artifacts/bin/LabTrace.Cli/release/labtrace.dll" "$@"; }
"$root/.ci/loopback-bench" "$work/bench"
setting() { sed -n "s/^$1: //p" "$work/bench/bench.yaml"; }

printf '%s cores, kernel %s, load %s\n' "$(nproc)" "$(uname -r)" "$(cut -d' ' -f1 /proc/loadavg)"

for how in "$agent" never; do
    printf '\n== %s: start\n' "$([ "$how" = never ] && echo "the bench's shell" || echo "the agent")"
    "$ours" places start "$work/bench" "$how" 10
    printf '== attributes\n'
    "$ours" places attribute "$work/bench" "$how" "$([ "$how" = never ] && echo $((reads / 10)) || echo "$reads")"
done

printf '\n== a trace of %s MB, and scp of the same file, in turn\n' "$mb"
head -c "$((mb * 1000000))" /dev/urandom >"$work/trace"
for _ in 1 2 3 4 5; do
    rm -f "$work/ours" "$work/scp"
    printf 'streamed %s, ' "$("$ours" places stream "$work/bench" "$agent" "$work/trace" "$work/ours")"
    begin=$(date +%s%N)
    scp -q -F "$(setting ssh-config)" -P "$(setting port)" -i "$(setting identity)" -o "UserKnownHostsFile=$(setting known-hosts)" \
        "$(setting host):$work/trace" "$work/scp"
    end=$(date +%s%N)
    printf 'scp %s MB/s (with its login)\n' "$((mb * 1000000000 / (end - begin)))"
    cmp -s "$work/ours" "$work/trace" || { echo "what was streamed is not what is there"; exit 1; }
done
printf 'through the shell: streamed %s\n' "$("$ours" places stream "$work/bench" never "$work/trace" "$work/ours")"

if [ -e /sys/kernel/tracing/trace ] || [ -e /sys/kernel/debug/tracing/trace ]; then
    printf '\n== features/tracing, local and over ssh in turn\n'
    for round in 1 2; do
        for place in ci "$work/bench/bench.yaml"; do
            printf '%s: %s\n' "$(basename "$place" .yaml)" "$(cd "$root" && labtrace run features/tracing --place "$place" --out "$work/run-$round-$(basename "$place")" 2>/dev/null | grep '^[0-9]* scenarios: ')"
        done
    done
fi
