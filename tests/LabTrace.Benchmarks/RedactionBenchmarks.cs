using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BenchmarkDotNet.Attributes;
using LabTrace.Devices;

namespace LabTrace.Benchmarks;

/// <summary>What it costs to look for secrets in all texts of a run: step texts, failures with their events, kernel logs.</summary>
[Config(typeof(ReaderConfig))]
[MemoryDiagnoser]
public partial class RedactionBenchmarks
{
    private const string Told = "correct-horse-battery-staple";

    private readonly SecretRedactor _redactor = new();
    private string[] _texts = [];

    /// <summary>How many of a hundred texts speak of keys, tokens or addresses, and must be looked at closely.</summary>
    [Params(0, 10)]
    public int Suspicious { get; set; }

    /// <summary>Characters of all texts.</summary>
    public long Characters => _texts.Sum(t => (long)t.Length);

    [GlobalSetup]
    public void Setup()
    {
        _redactor.Add(Told);
        _redactor.Add("another-value-that-was-told");
        _texts = Make(Suspicious);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_texts.Length} texts, {Characters} characters"));
    }

    /// <summary>What one writes first: each told value and each pattern, one after the other, over each text.</summary>
    [Benchmark(Baseline = true)]
    public long EachOverEach()
    {
        var length = 0L;
        foreach (var text in _texts)
        {
            var left = text.Replace(Told, SecretRedactor.Replacement, StringComparison.Ordinal).Replace("another-value-that-was-told", SecretRedactor.Replacement, StringComparison.Ordinal);
            left = Assigned().Replace(left, "${name}[redacted]");
            left = Bearer().Replace(left, "${name}[redacted]");
            left = Url().Replace(left, "${name}[redacted]@");
            left = Issued().Replace(left, "[redacted]");
            length += Key().Replace(left, "[redacted]").Length;
        }

        return length;
    }

    [Benchmark]
    public long LabTraceRedactor()
    {
        var length = 0L;
        foreach (var text in _texts)
        {
            length += _redactor.Redact(text).Length;
        }

        return length;
    }

    private static string[] Make(int suspicious)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 10_000).Select(i =>
        {
            var text = new StringBuilder();
            switch (i % 10)
            {
                case < 6:
                    text.Append(CultureInfo.InvariantCulture, $"some \"sched:sched_switch\" event has \"prev_comm\" equal to \"sleep{i}\"");
                    break;
                case < 9:
                    for (var line = 0; line < 20; line++)
                    {
                        text.Append(CultureInfo.InvariantCulture, $"           sleep-{random.Next(9999)}    [001] d..2.  1200.{random.Next(999999):D6}: sched_switch: prev_comm=sleep prev_prio=120 prev_state=S ==> next_comm=swapper/1\n");
                    }

                    break;
                default:
                    for (var line = 0; line < 100; line++)
                    {
                        text.Append(CultureInfo.InvariantCulture, $"[{random.Next(9999)}.{random.Next(999999):D6}] ptp_ocp 0000:0b:00.0: PPS update event, seq {line}\n");
                    }

                    break;
            }

            if (i % 100 < suspicious)
            {
                text.Append(CultureInfo.InvariantCulture, $" token={random.Next()}abcdef{random.Next()} https://lab.example/{i}");
            }

            return text.ToString();
        })];
    }

    [GeneratedRegex(@"(?<name>(password|secret|token|api_key|credential)\s*[=:]\s*)\S+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"(?<name>bearer\s+)[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Bearer();

    [GeneratedRegex(@"(?<name>://[^/\s:]+:)[^@\s]+@", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Url();

    [GeneratedRegex("gh[pousr]_[A-Za-z0-9]{16,}|glpat-[A-Za-z0-9_-]{16,}|AKIA[A-Z0-9]{16}|xox[abeprs]-[A-Za-z0-9-]{10,}", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex Issued();

    [GeneratedRegex("-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", RegexOptions.Singleline | RegexOptions.CultureInvariant, 5000)]
    private static partial Regex Key();
}
