#!/usr/bin/env bash
# Sends one run of ITEMS items (features, scenarios, steps) to a server on the loopback, side by side in one run: by
# `labtrace report RUN --report reportportal`, by `labtrace run` live, and by the official client-javascript 5.6.0 when npm can supply
# it. Wall time of whole processes and items a second; the server counts what came, so that nobody is fast by leaving things out.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scenarios=${SCENARIOS:-1661} runs=${RUNS:-3}
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

cat >"$work/server.cjs" <<'JS'
const http = require('http'), crypto = require('crypto')
let seen = { items: 0, logs: 0, requests: 0, finished: 0 }
http.createServer((req, res) => {
  const chunks = []
  req.on('data', (c) => chunks.push(c))
  req.on('end', () => {
    const send = (code, o) => { const b = JSON.stringify(o); res.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(b) }); res.end(b) }
    if (req.url === '/seen') { const was = seen; seen = { items: 0, logs: 0, requests: 0, finished: 0 }; return send(200, was) }
    seen.requests++
    const rest = req.url.split('?')[0].replace(/^\/api\/v[12]\/[^/]+\//, '')
    if (req.method === 'POST' && rest.startsWith('item')) { seen.items++; return send(201, { id: JSON.parse(Buffer.concat(chunks)).uuid || crypto.randomUUID() }) }
    if (req.method === 'PUT' && rest.startsWith('item')) { seen.finished++; return send(200, { message: 'ok' }) }
    if (rest === 'log') { seen.logs++; return send(201, req.headers['content-type'].startsWith('multipart') ? { responses: [{ id: crypto.randomUUID() }] } : { id: crypto.randomUUID() }) }
    if (rest === 'launch') { return send(201, { id: (chunks.length && JSON.parse(Buffer.concat(chunks)).uuid) || crypto.randomUUID(), number: 1, content: [] }) }
    send(200, { id: 'x', number: 1, build: { version: '5.15.1' } })
  })
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })
JS
node "$work/server.cjs" >"$work/port" &
server=$!
until [ -s "$work/port" ]; do read -rt 0.05 <> <(:) || true; done
port=$(cat "$work/port")

mkdir -p "$work/features"
for ((f = 0; f * 50 < scenarios; f++)); do
    {
        echo "Feature: counting from $((f * 50))"
        for ((i = f * 50; i < (f + 1) * 50 && i < scenarios; i++)); do
            printf '\n  Scenario: counter %d\n    Given a counter at %d\n    When I add 1\n    And I add 2\n    Then the counter shows %d\n    And the "big" counter is named c%d\n' \
                "$i" "$i" "$((i + 3))" "$i"
        done
    } >"$work/features/f$f.feature"
done
cat >"$work/portal.json" <<JSON
{ "server": { "url": "http://127.0.0.1:$port", "project": "lab", "apiKey": "KEY" } }
JSON

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo
steps="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks.dll"
"$root/labtrace" steps >/dev/null
"$root/labtrace" run "$work/features" --steps "$steps" --out "$work/run" >/dev/null

measure() { # NAME COMMAND…
    local name=$1 best=
    shift
    for ((r = 0; r < runs; r++)); do
        rm -rf "$work/run/reportportal" "$work/live"
        local start end
        start=$(date +%s%N)
        "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; exit 1; }
        end=$(date +%s%N)
        local seen
        seen=$(node -e "fetch('http://127.0.0.1:$port/seen').then(r=>r.json()).then(s=>console.log(s.items, s.finished, s.requests))")
        echo "$(((end - start) / 1000000)) $seen"
    done | sort -n | awk -v name="$name" '{ms[NR]=$1; items=$2; finished=$3; requests=$4} END {m=ms[int((NR+1)/2)]; printf "%-58s %8.2f %8d %8d %10d %10.0f\n", name, m/1000, items, finished, requests, items*1000/m}'
}

printf '%-58s %8s %8s %8s %10s %10s\n' "workload ($(nproc) cores, median of $runs)" seconds started finished requests items/s
measure "labtrace run, no ReportPortal" "$root/labtrace" run "$work/features" --steps "$steps" --out "$work/live"
measure "labtrace run, ReportPortal live" "$root/labtrace" run "$work/features" --steps "$steps" --out "$work/live" --report "reportportal:$work/portal.json"
measure "labtrace report RUN --report reportportal" "$root/labtrace" report "$work/run" --report "reportportal:$work/portal.json"

if npm install --prefix "$work/js" --silent --no-audit --no-fund @reportportal/client-javascript@5.6.0 >/dev/null 2>&1; then
    cat >"$work/js/send.cjs" <<'JS'
const RP = require('@reportportal/client-javascript')
const [port, scenarios] = process.argv.slice(2).map(Number);
(async () => {
  const client = new RP({ apiKey: 'KEY', endpoint: `http://127.0.0.1:${port}/api/v1`, launch: 'bench', project: 'lab' })
  const now = () => Date.now()
  const launch = client.startLaunch({ name: 'bench', startTime: now() })
  for (let f = 0; f * 50 < scenarios; f++) {
    const suite = client.startTestItem({ name: `counting from ${f * 50}`, type: 'SUITE', startTime: now() }, launch.tempId)
    for (let i = f * 50; i < (f + 1) * 50 && i < scenarios; i++) {
      const scenario = client.startTestItem({ name: `counter ${i}`, type: 'STEP', codeRef: `features/f${f}.feature/[SCENARIO:counter ${i}]`, hasStats: true, startTime: now() }, launch.tempId, suite.tempId)
      for (let s = 0; s < 5; s++) {
        const step = client.startTestItem({ name: `step ${s} of ${i}`, type: 'STEP', hasStats: false, startTime: now() }, launch.tempId, scenario.tempId)
        client.finishTestItem(step.tempId, { status: 'passed', endTime: now() })
      }
      client.finishTestItem(scenario.tempId, { status: 'passed', endTime: now() })
    }
    client.finishTestItem(suite.tempId, { endTime: now() })
  }
  await client.finishLaunch(launch.tempId, { endTime: now() }).promise
})().catch((e) => { console.error(e); process.exit(1) })
JS
    export REPORTPORTAL_CLIENT_JS_NO_ANALYTICS=true
    measure "client-javascript 5.6.0" node "$work/js/send.cjs" "$port" "$scenarios"
fi
