using System.Diagnostics;
using FluentAssertions;
using LabTrace.TestKit;
using LabTrace.Tracing.Tests.TraceDat;
using NUnit.Framework;

namespace LabTrace.Tracing.Tests.Kernel;

/// <summary>Records this machine's kernel with the real trace-cmd and reads its files beside it.</summary>
[Category(RealKernel.Category)]
[NonParallelizable]
public sealed class TraceCmdRecordingTests
{
    private TemporaryDirectory _folder = null!;
    private string _shim = "";

    [OneTimeSetUp]
    public void Prepare()
    {
        RealKernel.RequireTracefs();
        RealKernel.Require(TraceCmdReport.Run("--version") is not null, "trace-cmd (apt-get install trace-cmd)");
        _folder = new TemporaryDirectory();
        _shim = Compile(_folder);
    }

    [OneTimeTearDown]
    public void CleanUp() => _folder?.Dispose();

    [TestCase("v7 zstd", "--compression zstd")]
    [TestCase("v7 none", "--compression none")]
    [TestCase("v6", "--file-version 6")]
    [TestCase("clock mono", "-C mono")]
    [TestCase("clock boot", "-C boot")]
    [TestCase("clock x86-tsc", "-C x86-tsc")]
    [TestCase("clock counter", "-C counter")]
    [TestCase("clock uptime", "-C uptime")]
    [TestCase("clock tai", "-C tai")]
    [TestCase("date", "--date")]
    [TestCase("v6 date", "--file-version 6 --date")]
    [TestCase("an instance of another clock", "-B one -C mono -e irq")]
    [TestCase("time offset", "--ts-offset 1000000")]
    [TestCase("small buffer that overflows", "-b 8 -e raw_syscalls")]
    [TestCase("v7 instances", "-B one -e raw_syscalls -B two -e irq")]
    [TestCase("v6 instances", "--file-version 6 -B one -e raw_syscalls")]
    [TestCase("one cpu", "-M 2")]
    public void A_recording_is_what_trace_cmd_reports_event_for_event(string name, string options)
    {
        var path = Record(name, options);

        using var reader = TraceReader.Open(path);
        var trace = reader.ReadToEnd();

        trace.Tally.Malformed.Should().Be(0, trace.Tally.ToString());
        trace.Tally.Missing.Should().BeEmpty();
        trace.Events.Should().NotBeEmpty();
        var report = TraceCmdReport.Of(path);
        report.Should().NotBeNull();
        report!.ShouldEqual(trace);

        // trace-cmd does not tell the losses of an instance behind its last event.
        trace.Losses.Where(l => l.Count > 0 && (l.Index < trace.Events.Count || !options.Contains("-B", StringComparison.Ordinal))).Sum(l => l.Count).Should().Be(report.Lost);
    }

    [Test]
    public void A_zlib_file_has_the_events_of_the_file_it_was_made_from()
    {
        var path = Record("zlib source", "--compression none");
        var packed = _folder.At("zlib.dat");
        File.WriteAllBytes(packed, ZlibTwin.Of(File.ReadAllBytes(path)));

        using var plain = TraceReader.Open(path);
        using var zlib = TraceReader.Open(packed);

        var (expected, found) = (plain.ReadToEnd(), zlib.ReadToEnd());
        expected.Events.Should().NotBeEmpty();
        zlib.Info.Should().BeEquivalentTo(plain.Info, options => options.Excluding(i => i.Explanation));
        found.Events.Select(e => (e.Time, e.Cpu, e.Pid, e.Comm, e.Name, e.Text)).Should().Equal(expected.Events.Select(e => (e.Time, e.Cpu, e.Pid, e.Comm, e.Name, e.Text)));
        found.Tally.ToString().Should().Be(expected.Tally.ToString());
    }

    [Test]
    public void Pieces_that_a_killed_recording_left_are_read_without_their_file()
    {
        var path = Record("pieces", "--file-version 6");
        using var whole = TraceReader.Open(path);
        var expected = whole.ReadToEnd();
        var pieces = _folder.At("killed.dat");
        var cpus = 0;
        foreach (var (cpu, pages) in PagesOf(path))
        {
            File.WriteAllBytes($"{pieces}.cpu{cpu}", pages);
            cpus++;
        }

        using var reader = TraceReader.Open($"{pieces}.cpu0", ReadMode.Salvage);
        var trace = reader.ReadToEnd();

        cpus.Should().BePositive();
        trace.Events.Select(e => (e.Time, e.Cpu, e.Pid)).Should().Equal(expected.Events.Select(e => (e.Time, e.Cpu, e.Pid)));
        trace.Events.Select(e => e.Name).Should().Equal(expected.Events.Select(e => e.Name), "the pieces are of this machine's running kernel, which explains them");
    }

    private static string Compile(TemporaryDirectory folder)
    {
        var source = Path.Combine(TestContext.CurrentContext.TestDirectory, "Kernel", "hide-function-tracer.c");
        var shim = folder.At("hide-function-tracer.so");
        try
        {
            using var gcc = Process.Start(new ProcessStartInfo("gcc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", shim, source, "-ldl"]) { UseShellExecute = false })!;
            gcc.WaitForExit();
            gcc.ExitCode.Should().Be(0);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            RealKernel.Require(isThere: false, "gcc (apt-get install gcc libc6-dev)");
        }

        return shim;
    }

    /// <summary>Records; once more when trace-cmd itself finds nothing in its file: it records with the kernel's top buffer, which others on this
    /// machine may stop or reset meanwhile.</summary>
    private string Record(string name, string options)
    {
        const int attempts = 4;
        var path = "";
        for (var attempt = 1; attempt <= attempts; attempt++)
        {
            path = RecordOnce(name, options);
            if (TraceCmdReport.Of(path) is not { Lines.Count: 0 })
            {
                break;
            }

            TestContext.Out.WriteLine($"attempt {attempt}: trace-cmd reports no event");
        }

        return path;
    }

    private string RecordOnce(string name, string options)
    {
        var path = _folder.At(name.Replace(' ', '-') + ".dat");
        var start = new ProcessStartInfo("trace-cmd", ["record", "-o", path, "-e", "sched", .. options.Split(' '), "sh", "-c", "for i in 1 2 3; do ls / >/dev/null; done"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _folder.Path,
        };
        start.Environment["LD_PRELOAD"] = _shim;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        File.Exists(path).Should().BeTrue($"trace-cmd record said: {errors.Result}");
        return path;
    }

    /// <summary>The pages of each cpu of a version 6 file, as trace-cmd's table says: the last numbers before the text of the clocks.</summary>
    private static IEnumerable<(int Cpu, byte[] Pages)> PagesOf(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var table = bytes.AsSpan().LastIndexOf("flyrecord\0"u8) + 10;
        for (var cpu = 0; cpu < Environment.ProcessorCount; cpu++)
        {
            var offset = BitConverter.ToInt64(bytes, table + (cpu * 16));
            var size = BitConverter.ToInt64(bytes, table + (cpu * 16) + 8);
            yield return (cpu, bytes.AsSpan((int)offset, (int)size).ToArray());
        }
    }
}
