#!/bin/sh
# precompile.sh CROSSGEN FRAMEWORK CACHE OUTPUT: puts native code beside the IL of the assemblies in OUTPUT. What was compiled before
# is in CACHE under the hash of what it was made from, and by what; what is not used any more is removed. Without the compiler or
# the framework's assemblies OUTPUT stays as it is, which works too. Generic code of the framework is compiled in for the types it is
# used with; where the framework changes, the runtime sees that and compiles it again.
set -eu
crossgen=$1 framework=$2 cache=$3 output=$4
if [ ! -x "$crossgen" ] || [ ! -d "$framework" ]; then
    echo "not precompiled: there is no '$crossgen', or no '$framework'"
    exit 0
fi

mkdir -p "$cache"
used=$(mktemp)
trap 'rm -f "$used" "$cache"/*.part' EXIT
hash() { { echo "$crossgen"; cat "$0" "$1"; } | sha256sum | cut -d' ' -f1; }

for assembly in "$output"/*.dll; do
    key=$(hash "$assembly")
    echo "$key" >>"$used"
    # Native already, or nothing that can be made native.
    if [ -e "$cache/$key.asis" ]; then continue; fi

    if [ ! -e "$cache/$key.dll" ]; then
        if ! "$crossgen" "$assembly" -o "$cache/$key.part" -r "$framework/*.dll" -r "$output/*.dll" \
            --targetos linux --targetarch x64 -O --opt-cross-module "*" --non-local-generics-module "*" >"$cache/$key.log" 2>&1; then
            mv "$cache/$key.log" "$cache/$key.asis"
            continue
        fi
        rm "$cache/$key.log"
        mv "$cache/$key.part" "$cache/$key.dll"
    fi

    made=$(hash "$cache/$key.dll")
    : >"$cache/$made.asis"
    echo "$made" >>"$used"
    cp "$cache/$key.dll" "$assembly.part"
    mv "$assembly.part" "$assembly"
done

for kept in "$cache"/*.dll "$cache"/*.asis; do
    name=${kept##*/}
    grep -qx "${name%.*}" "$used" || rm -f "$kept"
done
