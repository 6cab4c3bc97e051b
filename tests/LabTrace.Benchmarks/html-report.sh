#!/usr/bin/env bash
# The HTML report of SCENARIOS scenarios of 5 steps, one in 50 of which fails, beside @cucumber/html-formatter on the same message
# stream: size, time to make it, and time until a reader can use it in Chromium. And what reports cost the run they follow.
# Needs npm for the formatter and for playwright-core, and Debian's chromium. Medians of RUNS, in seconds.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scenarios=${SCENARIOS:-5000} runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/features"
for ((f = 0; f < scenarios / 50; f++)); do
    {
        echo "Feature: counting from $((f * 50))"
        for ((i = f * 50; i < f * 50 + 50; i++)); do
            printf '\n  Scenario: counter %d\n    Given a counter at %d\n    When I add 1\n    And I add 2\n    Then the counter shows %d\n    And the "big" counter is named c%d\n' \
                "$i" "$i" "$((i + 3 + (i % 50 == 7)))" "$i"
        done
    } >"$work/features/f$f.feature"
done

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
steps="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks.dll"
"$root/labtrace" steps >/dev/null
npm install --prefix "$work/js" --silent --no-audit --no-fund @cucumber/html-formatter@24.2.0 @cucumber/message-streams@5.0.1 playwright-core@1.54.1 >/dev/null

run() { # REPORT…
    rm -rf "$work/out"
    "$root/labtrace" run "$work/features" --steps "$steps" --out "$work/out" "$@" >"$work/log" 2>&1 || [ $? = 3 ] || { cat "$work/log" >&2; exit 1; }
}

median() { # COMMAND…
    for ((r = 0; r < runs; r++)); do
        local start end
        start=$(date +%s%N)
        "$@"
        end=$(date +%s%N)
        echo $(((end - start) / 1000000))
    done | sort -n | awk '{v[NR]=$1} END {printf "%.3f", v[int((NR+1)/2)]/1000}'
}

line() { printf '%-72s %10s\n' "$1" "$2"; }

line "the run ($(nproc) cores, median of $runs)" seconds
line "labtrace run, $scenarios scenarios x 5 steps" "$(median run)"
line "the same with --report html" "$(median run --report "html:$work/out/report.html")"
line "the same with html, tap and messages" "$(median run --report "html:$work/out/report.html" --report "tap:$work/out/run.tap" --report "messages:$work/out/again.ndjson")"

cat >"$work/js/format.mjs" <<'JS'
import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const { CucumberHtmlStream } = require('@cucumber/html-formatter')
const { NdjsonToMessageStream } = require('@cucumber/message-streams')
await pipeline(createReadStream(process.argv[2]), new NdjsonToMessageStream(), new CucumberHtmlStream(), createWriteStream(process.argv[3]))
JS
cat >"$work/js/open.mjs" <<'JS'
import { chromium } from 'playwright-core'
const [, , file, ready, runs] = process.argv
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
const times = []
for (let i = 0; i < Number(runs); i++) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } })
  const start = performance.now()
  await page.goto(`file://${file}`, { timeout: 240000 })
  await page.locator(ready).first().waitFor({ state: 'attached', timeout: 240000 })
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))
  times.push(performance.now() - start)
  await page.close()
}
await browser.close()
console.log((times.sort((a, b) => a - b)[Math.floor(times.length / 2)] / 1000).toFixed(3))
JS
again() { "$root/labtrace" report "$work/out" --report "html:$work/again.html" >/dev/null; }
formatter() { (cd "$work/js" && node format.mjs "$work/out/messages.ndjson" "$work/formatter.html"); }
size() { awk -v s="$(stat -c %s "$1")" 'BEGIN {printf "%.2f", s/1e6}'; }

echo
line "the report of $scenarios scenarios x 5 steps" ""
line "message stream, MB" "$(size "$work/out/messages.ndjson")"
line "labtrace report, HTML made again from the stream, seconds" "$(median again)"
line "@cucumber/html-formatter 24.2, seconds" "$(median formatter)"
line "labtrace HTML, MB" "$(size "$work/again.html")"
line "@cucumber/html-formatter HTML, MB" "$(size "$work/formatter.html")"
line "labtrace HTML, opened until usable in Chromium, seconds" "$(cd "$work/js" && node open.mjs "$work/again.html" 'html[data-ready]' "$runs")"
line "@cucumber/html-formatter HTML, opened until its content is there, seconds" "$(cd "$work/js" && node open.mjs "$work/formatter.html" '#content > *' 1)"
