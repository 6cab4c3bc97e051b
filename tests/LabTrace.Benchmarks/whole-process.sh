#!/usr/bin/env bash
# Times whole processes side by side in one run: the start of `labtrace run` on one scenario, and SCENARIOS scenarios of 5 steps
# through `labtrace run` and, when npm can supply it, cucumber-js 12.9. Median of RUNS wall times, in seconds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scenarios=${SCENARIOS:-2000} runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/features/one" "$work/features/many"
feature() { # FILE FIRST COUNT
    {
        echo "Feature: counting from $2"
        for ((i = $2; i < $2 + $3; i++)); do
            printf '\n  Scenario: counter %d\n    Given a counter at %d\n    When I add 1\n    And I add 2\n    Then the counter shows %d\n    And the "big" counter is named c%d\n' \
                "$i" "$i" "$((i + 3))" "$i"
        done
    } >"$1"
}
feature "$work/features/one/one.feature" 1 1
for ((f = 0; f < scenarios / 50; f++)); do feature "$work/features/many/f$f.feature" $((f * 50 + 1)) 50; done

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
steps="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks.dll"
"$root/labtrace" steps >/dev/null

median() { # COMMAND…
    for ((r = 0; r < runs; r++)); do
        rm -rf "$work/out"
        local start end
        start=$(date +%s%N)
        "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
        end=$(date +%s%N)
        echo $(((end - start) / 1000000))
    done | sort -n | awk '{v[NR]=$1} END {printf "%.3f", v[int((NR+1)/2)]/1000}'
}

printf '%-60s %8s\n' "workload ($(nproc) cores, median of $runs)" seconds
printf '%-60s %8s\n' "labtrace run, 1 emulated tracing scenario" "$(median "$root/labtrace" run "$root/features/tracing/context-switches.feature" --name 'recorded with its fields' --out "$work/out")"
printf '%-60s %8s\n' "labtrace run, 1 scenario x 5 steps" "$(median "$root/labtrace" run "$work/features/one" --steps "$steps" --out "$work/out")"
printf '%-60s %8s\n' "labtrace run, $scenarios scenarios x 5 steps" "$(median "$root/labtrace" run "$work/features/many" --steps "$steps" --out "$work/out")"

if npm install --prefix "$work/js" --silent --no-audit --no-fund @cucumber/cucumber@12.9.0 >/dev/null 2>&1; then
    mkdir -p "$work/js/steps"
    cat >"$work/js/steps/counter.cjs" <<'JS'
const { Given, When, Then } = require('@cucumber/cucumber')
let counter = 0
Given('a counter at {int}', (n) => { counter = n })
When('I add {int}', (n) => { counter += n })
Then('the counter shows {int}', (n) => { if (counter !== n) throw new Error(`expected ${n}, found ${counter}`) })
Then('the {string} counter is named {word}', (t, n) => { if (!t || !n) throw new Error('a name is empty') })
JS
    cucumber() { (cd "$work/js" && npx cucumber-js --require steps/counter.cjs --format "message:$work/js/out.ndjson" --format summary "$1"); }
    printf '%-60s %8s\n' "cucumber-js 12.9, 1 scenario x 5 steps" "$(median cucumber "$work/features/one/*.feature")"
    printf '%-60s %8s\n' "cucumber-js 12.9, $scenarios scenarios x 5 steps" "$(median cucumber "$work/features/many/*.feature")"
fi
