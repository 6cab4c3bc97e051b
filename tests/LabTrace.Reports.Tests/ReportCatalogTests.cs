namespace LabTrace.Reports.Tests;

public sealed class ReportCatalogTests
{
    [TestCase("console", "console", null)]
    [TestCase("tap", "tap", null)]
    [TestCase("tap:-", "tap", null)]
    [TestCase("tap:out/a.tap", "tap", "out/a.tap")]
    [TestCase("messages:C:x.ndjson", "messages", "C:x.ndjson")]
    public void A_report_is_asked_for_by_kind_and_file(string text, string kind, string? path)
    {
        var request = ReportCatalog.Parse(text);

        request.Kind.Name.Should().Be(kind);
        request.Path.Should().Be(path);
        request.TakesStandardOutput.Should().Be(kind == "tap" && path is null);
    }

    [TestCase("tab", "there is no report 'tab'\n  try: one of console, tap[:FILE|-], *")]
    [TestCase("console:x", "'console:x' is no way to ask for the report 'console'\n  try: --report console")]
    [TestCase("tap:", "'tap:' is no way to ask for the report 'tap'\n  try: --report tap[:FILE|-]")]
    [TestCase("messages", "'messages' is no way to ask for the report 'messages'\n  try: --report messages:FILE")]
    [TestCase("messages:-", "'messages:-' is no way to ask for the report 'messages'\n  try: --report messages:FILE")]
    public void A_wrong_request_tells_the_right_one(string text, string message)
    {
        var parse = () => ReportCatalog.Parse(text);

        parse.Should().Throw<ReportException>().WithMessage(message);
    }

    [TestCase("tap")]
    [TestCase("messages")]
    [TestCase("html")]
    public void A_file_that_cannot_be_made_is_told_with_the_reason(string kind)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(path, "a file, no directory");

        var open = () => ReportCatalog.Parse($"{kind}:{path}/out").Open(new ReportContext { Out = TextWriter.Null, Console = TextWriter.Null });

        open.Should().Throw<ReportException>().WithMessage($"cannot write the report '{kind}' to '{path}/out': *\n  try: make room or choose another place*");
        File.Delete(path);
    }

    [TestCase("tap")]
    [TestCase("messages")]
    public async Task A_report_goes_to_its_file_in_directories_made_for_it(string kind)
    {
        var directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var path = Path.Combine(directory, "deep", "out");

        await Runs.RenderAsync(Runs.Make([]), $"{kind}:{path}");

        (await File.ReadAllTextAsync(path)).Should().NotBeEmpty().And.EndWith("\n");
        Directory.Delete(directory, recursive: true);
    }
}
