#!/usr/bin/env bash
# Compiles the programs: build.sh DIRECTORY [NAME...]. Needs clang, bpftool and the headers of libbpf (Debian: clang bpftool libbpf-dev).
# The objects in ../Objects are what it makes of them with Debian 12's clang 14; renew them with: build.sh ../Objects
set -euo pipefail
out=$(realpath -m "${1:?usage: build.sh DIRECTORY [NAME...]}")
shift
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p "$out"
[ $# -gt 0 ] || set -- syscalls pcie dma_fence nvlink drm_ioctl function_latency tcp_drop
for name; do
    clang -g -O2 -Wall -Werror -Wno-unused-function -target bpf -mcpu=v3 -D__TARGET_ARCH_x86 -fdebug-prefix-map="$PWD=." -c "$name.bpf.c" -o "$out/$name.tmp.o"
    # Links it anew, which leaves the types (BTF) that CO-RE needs and drops DWARF.
    bpftool gen object "$out/$name.bpf.o" "$out/$name.tmp.o"
    rm "$out/$name.tmp.o"
done
