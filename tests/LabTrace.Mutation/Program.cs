using System.Diagnostics.CodeAnalysis;
using LabTrace.Mutation;

// Checks the checks: every defect that can be seeded must make a scenario fail. Prints `killed N of M` last.
var wanted = args.FirstOrDefault(a => !a.StartsWith('-'));
var only = args.SkipWhile(a => a != "--only").Skip(1).FirstOrDefault();
var from = args.SkipWhile(a => a != "--from").Skip(1).FirstOrDefault();
var suite = MutationSuite.All.FirstOrDefault(s => s.Name == wanted);
if (suite is null)
{
    Console.Error.WriteLine($"usage: tests/mutation {string.Join('|', MutationSuite.All.Select(s => s.Name))} [--only TEXT] [--from TEXT] [--list]");
    return 2;
}

var defects = suite.Defects.Where(d => only is null || d.Contains(only, StringComparison.OrdinalIgnoreCase))
    .SkipWhile(d => from is not null && !d.Contains(from, StringComparison.OrdinalIgnoreCase)).ToList();
if (args.Contains("--list"))
{
    defects.ForEach(Console.WriteLine);
    return 0;
}

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    interrupt.Cancel();
};
var directory = Directory.CreateTempSubdirectory("labtrace-mutation").FullName;
try
{
    var run = new MutationRun(suite, directory);
    if (await run.FindFalseAlarmAsync(interrupt.Token) is { } falseAlarm)
    {
        Console.Error.WriteLine($"without a defect: {falseAlarm}");
        return 3;
    }

    var killed = 0;
    foreach (var defect in defects)
    {
        var alarm = await run.FindAlarmAsync(defect, interrupt.Token);
        killed += alarm is null ? 0 : 1;
        Console.WriteLine($"{(alarm is null ? "SURVIVED" : "killed"),-8}  {defect,-44} {Short(alarm ?? "no scenario noticed it")}");
    }

    Console.WriteLine($"killed {killed} of {defects.Count}");
    return killed == defects.Count ? 0 : 1;
}
finally
{
    Directory.Delete(directory, recursive: true);
}

[SuppressMessage("Style", "IDE0062", Justification = "a local function of a program without a class")]
string Short(string text) => text.Length > 200 ? text[..200] + "…" : text;
