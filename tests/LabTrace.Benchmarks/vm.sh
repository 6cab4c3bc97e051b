#!/usr/bin/env bash
# From the command to the first step in a virtual machine, booted and from its kept state, beside the same kernel and first file
# system started by hand until a shell's prompt, in one run. Needs qemu-system-x86, busybox-static and kmod. RUNS says how often.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export XDG_CACHE_HOME="$work/cache"
mkdir -p "$work/lab-config" "$work/features" "$XDG_CACHE_HOME/labtrace/vm"

# Kernels are fetched once; all else is made anew.
usual="$HOME/.cache/labtrace/vm/kernels"
if [ -d "$usual" ]; then cp -al "$usual" "$XDG_CACHE_HOME/labtrace/vm/kernels" 2>/dev/null || cp -a "$usual" "$XDG_CACHE_HOME/labtrace/vm/kernels"; fi
printf 'kind: vm\naccel: tcg\nkeep-state: false\n' >"$work/lab-config/booted.yaml"
printf 'kind: vm\naccel: tcg\n' >"$work/lab-config/kept.yaml"
printf 'Feature: f\n  Scenario: s\n    When I run "true"\n    Then the command succeeded\n' >"$work/features/f.feature"
"$root/labtrace" --version >/dev/null
cd "$work"

now() { date +%s.%N; }
spread() { sort -n | awk '{ a[NR] = $1 } END { printf "min %.2f s, median %.2f s, max %.2f s\n", a[1], a[int((NR + 1) / 2)], a[NR] }'; }

# The console is marked when a step begins; the machine is up then. Milliseconds of "a step" itself are the command's.
first_step() { # PLACE
    local begin end
    begin=$(now)
    "$root/labtrace" run --place "$1" --out "$work/run" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    end=$(date -d "$(grep -m1 '==== step' "$work/run/console.log" | cut -d' ' -f1)" +%s.%N)
    awk -v a="$begin" -v b="$end" 'BEGIN { print b - a }'
}

by_hand() { # KERNEL INITRAMFS
    local begin qemu line=
    begin=$(now)
    coproc qemu { exec qemu-system-x86_64 -machine q35 -accel tcg -cpu max -smp 2 -m 512M -nodefaults -nographic -serial stdio -no-reboot \
        -kernel "$1" -initrd "$2" -append 'console=ttyS0 quiet panic=-1 rdinit=/bin/sh' 2>/dev/null; }
    while IFS= read -r -n1 -t 120 -u "${qemu[0]}" c; do line=$line$c; case $line in *'# ') break ;; esac; done
    awk -v a="$begin" -v b="$(now)" 'BEGIN { print b - a }'
    kill "$qemu_PID"
    wait "$qemu_PID" 2>/dev/null || true
}

first_step booted >/dev/null
first_step kept >/dev/null
kernel=$(ls "$XDG_CACHE_HOME"/labtrace/vm/kernels/*/boot/vmlinuz-* | head -n 1)
initramfs=$(ls -t "$XDG_CACHE_HOME"/labtrace/vm/initramfs/*.cpio | head -n 1)
printf '%s cores, QEMU %s, kernel %s, initramfs %s MB, load %s\n' "$(nproc)" "$(qemu-system-x86_64 --version | sed -nE '1s/.*version ([0-9.]+).*/\1/p')" \
    "$(basename "$kernel" | sed 's/vmlinuz-//')" "$(($(stat -c %s "$initramfs") / 1000000))" "$(cut -d' ' -f1 /proc/loadavg)"
for kind in booted kept hand; do : >"$work/$kind"; done
for _ in $(seq "$runs"); do
    first_step booted >>"$work/booted"
    first_step kept >>"$work/kept"
    by_hand "$kernel" "$initramfs" >>"$work/hand"
done
printf 'labtrace run, booted, to the first step:      %s\n' "$(spread <"$work/booted")"
printf 'labtrace run, kept state, to the first step:  %s\n' "$(spread <"$work/kept")"
printf 'by hand, bzImage, to the prompt of a shell:   %s\n' "$(spread <"$work/hand")"
