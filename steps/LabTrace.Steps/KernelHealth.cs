using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LabTrace.Devices;
using LabTrace.Tracing;
using LabTrace.Tracing.KernelLog;
using NUnit.Framework;
using Reqnroll;

namespace LabTrace.Steps;

/// <summary>What the kernel says of itself while a scenario runs: charged to the step that ran, unless it is known or expected.</summary>
public sealed class KernelHealth(ScenarioPlace place, ModuleBench modules, ScenarioContext scenario, IReqnrollOutputHelper output)
{
    private const int ShownLines = 12;
    private const string ExpectsTag = "kernel-warns";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Lkdtm = "provoke-crash/DIRECT";

    // Of the exit codes of who was ended by a signal, as the kernel ends who met an oops.
    private const int FirstSignal = 128;

    private readonly List<KernelReport> reports = [];
    private readonly List<KernelReport> open = [];
    private readonly List<string> expected = [];

    private bool IsEmulated => place.Lab.Place.Kind == TargetKind.Emulated;

    /// <summary>Reports of this title, a pattern, do not fail the scenario.</summary>
    public void Expect(string title) => expected.Add(title);

    /// <summary>Looks at what has come since the last look, at the end of a step.</summary>
    public async Task ChargeAsync()
    {
        if (await LookAsync() is not { } verdict)
        {
            return;
        }

        if (scenario.TestError is null or TargetUnreachableException)
        {
            // A target that a dying kernel took along is no lab that broke.
            Assert.Fail(scenario.TestError is null ? verdict : $"{verdict}\n  and with it: {scenario.TestError.Message}");
        }
        else
        {
            // The step has failed by itself; what the kernel said stands beside it.
            output.WriteLine(verdict);
        }
    }

    /// <summary>The last look; what nobody has asked for by now was not expected.</summary>
    public async Task ConcludeAsync()
    {
        if (scenario.TestError is not null)
        {
            await place.EndIfDeafAsync();
        }

        await ChargeAsync();
        if (open.Count > 0 && scenario.TestError is null)
        {
            Assert.Fail(Describe(open, "the scenario, and no step of it asked for that"));
        }
    }

    /// <summary>The kernel must have made a report of this title, a pattern.</summary>
    public async Task ShouldHaveReportedAsync(string title)
    {
        Expect(title);
        await NeedWatchAsync();
        await ChargeAsync();
        if (open.RemoveAll(r => Glob.IsMatch(title, r.Title)) == 0 && !reports.Exists(r => Glob.IsMatch(title, r.Title)))
        {
            Assert.Fail($"expected: a report of the kernel titled \"{title}\"\n  found:    {(reports.Count == 0 ? "none" : string.Join(", ", reports.Select(r => $"\"{r.Title}\"")))}");
        }
    }

    /// <summary>The kernel must have logged a text during the scenario.</summary>
    public async Task ShouldHaveLoggedAsync(string text)
    {
        await NeedWatchAsync();
        var lines = await place.KernelWatch!.ReadLinesAsync(place.Cancellation);
        if (!lines.Any(l => l.Contains(text, StringComparison.Ordinal)))
        {
            var last = lines.Count == 0 ? "\n    nothing" : string.Concat(lines.TakeLast(ShownLines).Select(l => "\n    " + l));
            Assert.Fail($"expected: \"{text}\" in the kernel's log\n  found during the scenario:{last}");
        }
    }

    /// <summary>The kernel must have said nothing, known things included.</summary>
    public async Task ShouldHaveReportedNothingAsync()
    {
        await NeedWatchAsync();
        await ChargeAsync();
        if (reports.Count > 0)
        {
            Assert.Fail(Describe(reports, "the scenario"));
        }
    }

    /// <summary>Nobody else's machine is crashed on purpose.</summary>
    public async Task NeedExpendableAsync()
    {
        await NeedWatchAsync();
        if (!IsEmulated && (await place.OpenAsync()).Target is not IBootableTarget { IsDisposable: true })
        {
            throw new IgnoreException(
                $"place '{place.Lab.Place.Name}' runs a real kernel, and a crash would take it away from everybody: try --place emulated, or a place of kind vm");
        }
    }

    /// <summary>Only the emulated kernel has sanitizers, lockdep and an NMI watchdog for certain; nobody waits for its timers, and its OOM killer ends nobody.</summary>
    public async Task NeedEveryCheckAsync()
    {
        await NeedWatchAsync();
        if (!IsEmulated)
        {
            throw new IgnoreException(
                $"place '{place.Lab.Place.Name}' runs a real kernel, which need not have been built with sanitizers and lockdep nor have an NMI watchdog, and whose OOM killer may end LabTrace's agent: try --place emulated");
        }
    }

    /// <summary>Lets lkdtm do its worst, by a program of its own: the kernel ends the writer, and perhaps itself.</summary>
    public async Task ProvokeAsync(string crash)
    {
        var target = (await place.OpenAsync()).Target;
        if (IsEmulated)
        {
            // Whose programs cannot write into files, and need not end.
            await target.WriteTextAsync("/sys/kernel/debug/" + Lkdtm, crash, place.Cancellation);
            return;
        }

        try
        {
            var result = await modules.WriteAsync(Lkdtm, crash);
            _ = result.ExitCode < FirstSignal ? result.EnsureSuccess() : result;
        }
        catch (TargetUnreachableException) when (target is IBootableTarget { IsDisposable: true, Down: not null })
        {
            // As asked; what the kernel said is on its console.
        }
    }

    /// <summary>What is written into <c>/proc/sys/kernel/tainted</c> to set the flag of a letter.</summary>
    public static byte[] TaintText(string letter) => Encoding.ASCII.GetBytes(KernelTaint.FlagOf(letter).ToString(System.Globalization.CultureInfo.InvariantCulture));

    private async Task NeedWatchAsync()
    {
        _ = await place.OpenAsync();
        if (place.KernelWatch is null)
        {
            throw new IgnoreException($"place '{place.Lab.Place.Name}' does not let its kernel's log be read: {place.NoKernelWatch}");
        }
    }

    // What must be said, or null when all is well.
    private async Task<string?> LookAsync()
    {
        if (place.KernelWatch is not { } watch)
        {
            return null;
        }

        var findings = await watch.LookAsync(place.Cancellation);
        if (findings.IsNothing)
        {
            return null;
        }

        if (findings.Overwritten > 0)
        {
            output.WriteLine($"the kernel of target '{place.Lab.Place.Name}' overwrote {findings.Overwritten} records of its log before they were read: reports may be missing (raise log_buf_len)");
        }

        List<KernelReport> unknown = [];
        foreach (var report in findings.Reports)
        {
            Attach(report);
            reports.Add(report);
            if (expected.Concat(place.Lab.Place.AllowedKernelReports).Any(pattern => Glob.IsMatch(pattern, report.Title)))
            {
                continue;
            }

            (scenario.ScenarioInfo.CombinedTags.Contains(ExpectsTag, StringComparer.Ordinal) ? open : unknown).Add(report);
        }

        if (unknown.Count > 0)
        {
            return Describe(unknown, "this step");
        }

        return findings.NewTaint == 0 ? null : JudgeTaint(findings);
    }

    private string? JudgeTaint(KernelFindings findings)
    {
        var damage = findings.NewTaint & KernelTaint.Damage & ~(findings.Reports.Count > 0 ? KernelTaint.OfReports : 0);
        var sentence = $"the kernel of target '{place.Lab.Place.Name}' became tainted during this step: {KernelTaint.Describe(damage == 0 ? findings.NewTaint : damage)}";
        if (damage != 0)
        {
            return sentence;
        }

        if (findings.Reports.Count == 0)
        {
            output.WriteLine(sentence);
        }

        return null;
    }

    private string Describe(IReadOnlyList<KernelReport> found, string when)
    {
        StringBuilder text = new();
        _ = text.Append("expected: nothing from the kernel of target '").Append(place.Lab.Place.Name).Append("'\n  found during ").Append(when).Append(':');
        foreach (var report in found)
        {
            _ = text.Append("\n    ").Append(report.Title).Append("  [").Append(report.Type).Append(']');
        }

        _ = text.Append('\n');
        foreach (var line in found[0].Excerpt.Take(ShownLines))
        {
            _ = text.Append("\n      ").Append(line);
        }

        return text.Append("\n  try: if it is known there, add \"").Append(found[0].Title).Append("\" to allow-kernel-reports of ")
            .Append(place.Lab.Place.SourceFile ?? "the place's file").ToString();
    }

    private void Attach(KernelReport report)
    {
        var directory = Path.Combine(place.Lab.OutputDirectory, "kernel");
        _ = Directory.CreateDirectory(directory);
        var file = Path.Combine(directory, $"{Guid.NewGuid():N}.kernel-report.json");
        File.WriteAllText(file, SecretRedactor.Process.Redact(JsonSerializer.Serialize(
            new { title = report.Title, type = report.Type, target = place.Lab.Place.Name, excerpt = report.Excerpt }, Readable)));
        output.AddAttachment(file);
    }
}
