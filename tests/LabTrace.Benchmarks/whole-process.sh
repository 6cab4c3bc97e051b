#!/usr/bin/env bash
# Times whole processes side by side: LabTrace, cucumber-js (npm, pinned) and plain NUnit on the same generated scenarios. Every round
# runs every contender once, so that what else the machine does disturbs all alike. Prints medians over RUNS rounds, wall and CPU
# seconds, and the ratios; QUICK=1 leaves out the long ones.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
runs=${RUNS:-5} cucumber_version=12.9.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

features() { # DIRECTORY SCENARIOS STEPS: features of 50 scenarios
    mkdir -p "$1"
    awk -v dir="$1" -v scenarios="$2" -v steps="$3" 'BEGIN {
        for (i = 1; i <= scenarios; i++) {
            if (i % 50 == 1) { file = dir "/f" int(i / 50) ".feature"
                printf "Feature: counting from %d\n", i > file }
            printf "\n  Scenario: counter %d\n    Given a counter at %d\n", i, i > file
            total = i
            for (k = 1; k <= steps - 3; k++) { printf "    %s I add %d\n", (k == 1 ? "When" : "And"), k > file; total += k }
            printf "    Then the counter shows %d\n    And the \"big\" counter is named c%d\n", total, i > file
        }
    }'
}
features "$work/20x5" 20 5
features "$work/2000x5" 2000 5
features "$work/2000x25" 2000 25

# The same assertions without any sentence: a class for a feature, a method for a scenario.
mkdir "$work/plain"
version() { sed -nE "s/.*Include=\"$1\" Version=\"([^\"]+)\".*/\1/p" "$root/Directory.Packages.props"; }
cat >"$work/plain/plain.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework><InvariantGlobalization>true</InvariantGlobalization></PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.NET.Test.Sdk" Version="$(version Microsoft.NET.Test.Sdk)" />
    <PackageReference Include="NUnit" Version="$(version NUnit)" />
    <PackageReference Include="NUnit3TestAdapter" Version="$(version NUnit3TestAdapter)" />
  </ItemGroup>
</Project>
XML
awk 'BEGIN {
    print "using NUnit.Framework;"
    for (i = 1; i <= 2000; i++) {
        if (i % 50 == 1) printf "%spublic class CountingFrom%d {\n", (i > 1 ? "}\n" : ""), i
        printf "  [Test] public void Counter%d() { var counter = %d; counter += 1; counter += 2; Assert.That(counter, Is.EqualTo(%d)); var name = \"c%d\"; Assert.That(\"big\".Length > 0 && name.Length > 0); }\n", i, i, i + 3, i
    }
    print "}"
}' >"$work/plain/Counters.cs"
dotnet build "$work/plain" -c Release -v quiet --nologo >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

dotnet build "$root/tests/LabTrace.Benchmarks" -c Release -v quiet --nologo >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
dotnet build "$root/tests/LabTrace.Acceptance" -c Release -v quiet --nologo >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
export LABTRACE_STEPS="$root/artifacts/bin/LabTrace.Benchmarks/release/LabTrace.Benchmarks.dll"
"$root/labtrace" steps >/dev/null

# 500 definitions that no step uses, nor any that starts as they do.
mkdir "$work/extra"
cat >"$work/extra/extra.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><Reference Include="${LABTRACE_STEPS%/*}/LabTrace.Scenarios.dll" Private="false" /></ItemGroup>
</Project>
XML
{
    echo '[Reqnroll.Binding] public class ExtraSteps {'
    for ((i = 0; i < 500; i++)); do echo "  [Reqnroll.Given(\"the extra $i part number {int} has {word} in it\")] public void Extra$i(int number, string word) { }"; done
    echo '}'
} >"$work/extra/ExtraSteps.cs"
dotnet build "$work/extra" -c Release -v quiet --nologo >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }

npm install --prefix "$work/js" --silent --no-audit --no-fund "@cucumber/cucumber@$cucumber_version"
mkdir "$work/js/steps"
cat >"$work/js/steps/counter.cjs" <<'JS'
const { Given, When, Then } = require('@cucumber/cucumber')
let counter = 0
Given('a counter at {int}', (n) => { counter = n })
When('I add {int}', (n) => { counter += n })
Then('the counter shows {int}', (n) => { if (counter !== n) throw new Error(`expected ${n}, found ${counter}`) })
Then('the {string} counter is named {word}', (t, n) => { if (!t || !n) throw new Error('a name is empty') })
JS
cat >"$work/js/extra.cjs" <<'JS'
const { Given } = require('@cucumber/cucumber')
for (let i = 0; i < 500; i++) Given(`the extra ${i} part number {int} has {word} in it`, () => {})
JS

labtrace() { "$root/labtrace" run "$1" --steps "$LABTRACE_STEPS" "${@:2}" --out "$work/out"; }
cucumber() { (cd "$work/js" && npx cucumber-js "${@:2}" --require steps/counter.cjs --format "message:$work/js/out.ndjson" --format summary "$1/*.feature"); }
nunit() { LABTRACE_FEATURES="$1" dotnet test "$root/tests/LabTrace.Acceptance" -c Release --no-build; }
plain() { dotnet test "$work/plain" -c Release --no-build; }
one() { "$root/labtrace" run "$root/features/tracing/context-switches.feature" --name 'recorded with its fields' --out "$work/out"; }
list() { LABTRACE_FEATURES="$1" dotnet test "$root/tests/LabTrace.Acceptance" -c Release --no-build --list-tests; }

names=() commands=()
contender() { names+=("$1"); commands+=("${*:2}"); }
contender "labtrace run, 1 emulated tracing scenario" one
contender "labtrace run, 20 x 5" labtrace "$work/20x5"
contender "cucumber-js, 20 x 5" cucumber "$work/20x5"
contender "labtrace run, 2000 x 5" labtrace "$work/2000x5"
contender "cucumber-js, 2000 x 5" cucumber "$work/2000x5"
contender "labtrace run, 2000 x 5, 500 more definitions" labtrace "$work/2000x5" --steps "$work/extra/bin/Release/net10.0/extra.dll"
contender "cucumber-js, 2000 x 5, 500 more definitions" cucumber "$work/2000x5" --require extra.cjs
if [ -z "${QUICK:-}" ]; then
    features "$work/10000x5" 10000 5
    contender "labtrace run, 2000 x 25" labtrace "$work/2000x25"
    contender "cucumber-js, 2000 x 25" cucumber "$work/2000x25"
    contender "dotnet test, 2000 x 5 scenarios" nunit "$work/2000x5"
    contender "dotnet test, 2000 plain NUnit tests" plain
    contender "dotnet test --list-tests, 10000 scenarios" list "$work/10000x5"
fi

TIMEFORMAT='%R %U %S'
for ((round = 0; round <= runs; round++)); do
    for i in "${!names[@]}"; do
        rm -rf "$work/out"
        # shellcheck disable=SC2086
        { time ${commands[i]} >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }; } 2>"$work/time"
        # The first round warms the file cache up.
        if [ "$round" -gt 0 ]; then awk -v i="$i" '{print i, $1, $2 + $3}' "$work/time" >>"$work/times"; fi
    done
done

median() { awk -v i="$1" -v c="$2" '$1 == i {print $c}' "$work/times" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
printf '| workload, median of %d | wall s | cpu s |\n|---|---:|---:|\n' "$runs"
for i in "${!names[@]}"; do printf '| %s | %.3f | %.3f |\n' "${names[i]}" "$(median "$i" 2)" "$(median "$i" 3)"; done
# The median of each round's ratio: what else the machine does at the time falls out of it.
ratio() { # TEXT CONTENDER BESIDE
    local a b
    for i in "${!names[@]}"; do [ "${names[i]}" = "$2" ] && a=$i; [ "${names[i]}" = "$3" ] && b=$i; done
    [ -n "${a:-}" ] && [ -n "${b:-}" ] || return 0
    paste <(awk -v i="$a" '$1 == i {print $2, $3}' "$work/times") <(awk -v i="$b" '$1 == i {print $2, $3}' "$work/times") |
        awk '{print $1 / $3, $2 / $4}' >"$work/ratios"
    printf '| %s | %.2f | %.2f |\n' "$1" "$(cut -d' ' -f1 "$work/ratios" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}')" \
        "$(cut -d' ' -f2 "$work/ratios" | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}')"
}
printf '\n| ratio, median over the rounds | wall | cpu |\n|---|---:|---:|\n'
ratio "cucumber-js / labtrace, 20 x 5" "cucumber-js, 20 x 5" "labtrace run, 20 x 5"
ratio "cucumber-js / labtrace, 2000 x 5" "cucumber-js, 2000 x 5" "labtrace run, 2000 x 5"
ratio "cucumber-js / labtrace, 2000 x 5, 500 more definitions" "cucumber-js, 2000 x 5, 500 more definitions" "labtrace run, 2000 x 5, 500 more definitions"
ratio "cucumber-js / labtrace, 2000 x 25" "cucumber-js, 2000 x 25" "labtrace run, 2000 x 25"
ratio "labtrace with 500 more definitions / without" "labtrace run, 2000 x 5, 500 more definitions" "labtrace run, 2000 x 5"
ratio "dotnet test: scenarios / plain NUnit" "dotnet test, 2000 x 5 scenarios" "dotnet test, 2000 plain NUnit tests"
