using System.Globalization;
using System.Xml.Linq;
using LabTrace.Scenarios.Messages;

namespace LabTrace.Reports.Tests.Contract;

/// <summary>JUnit XML, whose attributes say what its elements are.</summary>
public sealed class JUnitSinkContract : RunSinkContract
{
    private protected override async Task<object> ReadAsync(IReadOnlyList<Envelope> stream, bool isReplay)
    {
        var root = XDocument.Parse(await RenderAsync(stream, "junit", isReplay)).Root!;
        int Attribute(XElement of, string name) => int.Parse(of.Attribute(name)?.Value ?? "0", CultureInfo.InvariantCulture);
        var read = (root.Descendants("testcase").Count(), root.Descendants("failure").Count(), root.Descendants("error").Count(), root.Descendants("skipped").Count());
        (Attribute(root, "tests"), Attribute(root, "failures"), Attribute(root, "errors")).Should().Be((read.Item1, read.Item2, read.Item3));
        root.Elements("testsuite").Sum(s => Attribute(s, "skipped")).Should().Be(read.Item4);
        return read;
    }

    private protected override object Say(Totals totals) =>
        (totals.Passed + totals.Failed + totals.Skipped + totals.Broken + totals.NotRun + (totals.HasFault ? 1 : 0), totals.Failed, totals.Broken + (totals.HasFault ? 1 : 0), totals.Skipped + totals.NotRun);
}
