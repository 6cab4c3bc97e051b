using System.Globalization;
using System.Text.RegularExpressions;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What hist triggers counted in the kernel itself, without an event being recorded.</summary>
[Binding]
public sealed partial class HistogramSteps(TracingBench bench)
{
    [Then("the histogram of {string} counted at least {int}")]
    public async Task ThenTheHistogramCounted(string name, int least)
    {
        var text = await bench.ReadHistogramAsync(name);
        var hits = Hits().Match(text) is { Success: true } m ? long.Parse(m.Groups["n"].ValueSpan, CultureInfo.InvariantCulture) : -1;
        if (hits < least)
        {
            Assert.Fail($"expected: at least {least} hits in the histogram of '{name}'\n  found:    {(hits < 0 ? "no totals" : hits)} in\n{text}");
        }
    }

    [Then("the histogram of {string} has the key {string}")]
    public async Task ThenTheHistogramHasTheKey(string name, string key)
    {
        var text = await bench.ReadHistogramAsync(name);
        if (!Keys().Matches(text).Any(m => m.Groups["keys"].Value.Contains(key, StringComparison.Ordinal)))
        {
            Assert.Fail($"expected: the key \"{key}\" in the histogram of '{name}'\n  found:\n{text}");
        }
    }

    [GeneratedRegex(@"^\s*Hits:\s*(?<n>\d+)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hits();

    [GeneratedRegex(@"^\{(?<keys>[^}]*)\}\s+hitcount:", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Keys();
}
