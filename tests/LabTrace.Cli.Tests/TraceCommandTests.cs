using System.Diagnostics;
using System.Text.Json;
using FluentAssertions;
using LabTrace.TestKit;
using LabTrace.Tracing;
using LabTrace.Tracing.Queries;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary><c>labtrace trace …</c> as its users call it.</summary>
public sealed class TraceCommandTests
{
    private static readonly string Lts = Path.Combine(Repository.Root, "fixtures", "gpio-toggler", "lts.dat");
    private static readonly string Rt = Path.Combine(Repository.Root, "fixtures", "gpio-toggler", "rt.dat");

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task A_csv_has_a_header_and_a_row_for_each_event_and_the_counters_are_told_beside_it()
    {
        var result = await RunAsync("convert", Rt, "--to", "csv");

        result.ExitCode.Should().Be(0, result.Error);
        var rows = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        rows.Should().HaveCount(601);
        rows[0].Should().Be("cpu,timestamp_ns,pid,comm,event,fields");
        rows[1].Should().MatchRegex("^2,1000000[0-9]{5},412,gpio_toggle,gpio_value,gpio=17 get=set value=1$");
        result.Error.Should().Contain("600 events written; 0 lost, 0 malformed, 0 skipped, 0 unmatched");
    }

    [Test]
    public async Task Rows_are_in_order_of_time_also_where_a_cpus_clock_stepped_back()
    {
        var file = Path.Combine(scratch.Root, "steps.dat");
        var lines = new[] { 1, 5, 3, 4, 9 }.Select(s => $"               a-1       [000] .....     {s}.000000: tracing_mark_write: at {s}\n");
        using (var reader = TraceReader.Open(Capture.Of(System.Text.Encoding.ASCII.GetBytes(string.Concat(lines)))))
        await using (var stream = File.Create(file))
        {
            reader.KeepWrittenOrder();
            using var dat = TraceConversion.Open(TraceExports.Find("dat")!, stream, reader.Info);
            _ = TraceConversion.Write(new FilteredReader(reader, EventFilter.None), dat, null, CancellationToken.None);
        }

        var result = await RunAsync("convert", file, "--to", "csv");

        result.Output.Split('\n').Skip(1).Select(row => row.Split(',').ElementAtOrDefault(1)).Should().Equal("1000000000", "3000000000", "4000000000", "5000000000", "9000000000", null);
        result.Error.Should().Contain("the clock of their cpu stepped back (1 times); they were put in order of time");
    }

    [Test]
    public async Task An_option_that_does_not_exist_is_named_and_not_taken_for_a_file()
    {
        var result = await RunAsync("info", "--bogus", Rt);

        result.ExitCode.Should().Be(2);
        result.Error.Should().Be("labtrace: there is no option '--bogus'\n  try: labtrace trace info --help\n");
    }

    [Test]
    public async Task A_packed_capture_that_was_cut_is_read_up_to_the_cut_and_refused_when_strict()
    {
        var file = Path.Combine(scratch.Root, "cut.txt.gz");
        var packed = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            var random = new Random(1);
            foreach (var i in Enumerable.Range(0, 20_000))
            {
                gzip.Write(System.Text.Encoding.ASCII.GetBytes($"               a-1       [000] .....     {i}.000000: tracing_mark_write: {random.Next()}\n"));
            }
        }

        await File.WriteAllBytesAsync(file, packed.ToArray()[..(int)(packed.Length / 2)]);

        var salvaged = await RunAsync("stats", file);
        var strict = await RunAsync("stats", file, "--strict");

        salvaged.ExitCode.Should().Be(0);
        (salvaged.Output + salvaged.Error).Should().MatchRegex(@"missing: everything behind the first [\d,]+ unpacked bytes: 'cut.txt.gz' is damaged gzip");
        strict.ExitCode.Should().Be(3);
        strict.Error.Should().StartWith("labtrace: capture 'cut.txt.gz' is damaged gzip: ");
    }

    [TestCase("zstd.dat")]
    [TestCase("packed.zst")]
    [Category(RealKernel.Category)]
    public async Task Where_libzstd_is_absent_the_package_is_named_and_no_capture_is_called_damaged(string name)
    {
        var library = Directory.GetFiles("/usr/lib/x86_64-linux-gnu", "libzstd.so.1").SingleOrDefault();
        RealKernel.Require(Environment.UserName == "root" && library is not null, "root and libzstd, to hide it");
        var file = Path.Combine(scratch.Root, name);
        if (name == "zstd.dat")
        {
            (await RunAsync("cut", Rt, "-o", file, "--compression", "zstd")).ExitCode.Should().Be(0);
        }
        else
        {
            await File.WriteAllBytesAsync(file, [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x00]);
        }

        var labtrace = LabtraceProcess.Describe(scratch.Root, "trace", "info", file);
        var start = LabtraceProcess.Describe(scratch.Root);
        start.FileName = "unshare";
        start.ArgumentList.Clear();
        foreach (var argument in new[] { "--mount", "sh", "-c", $"mount --bind /dev/null $(readlink -f {library}) && exec \"$@\"", "sh", labtrace.FileName }.Concat(labtrace.ArgumentList))
        {
            start.ArgumentList.Add(argument);
        }

        var result = await LabtraceProcess.RunAsync(start);

        result.ExitCode.Should().Be(3, result.Output);
        result.Output.Should().BeEmpty();
        result.Error.Should().StartWith($"labtrace: capture '{name}' is compressed with zstd and libzstd.so.1 is not installed here\n  try: install it (Debian, Ubuntu: apt-get install libzstd1)");
    }

    [Test]
    public async Task What_a_strict_reader_refuses_is_told_with_the_option_to_leave_out()
    {
        var file = Path.Combine(scratch.Root, "cut.dat");
        await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(Rt))[..^3000]);

        var result = await RunAsync("info", file, "--strict");

        result.ExitCode.Should().Be(3);
        result.Error.Should().Contain("try: ").And.Contain("read it without --strict").And.NotContain("ReadMode");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task Rows_are_in_order_of_time_also_when_the_lines_of_text_are_not(bool isPiped)
    {
        var file = Path.Combine(scratch.Root, "late.txt");
        await File.WriteAllTextAsync(file, """
                       b-2       [001] .....     2.000000: tracing_mark_write: two
                       a-1       [000] .....     1.000000: tracing_mark_write: one
                       c-3       [001] .....     3.000000: tracing_mark_write: three

            """);

        var start = LabtraceProcess.Describe(scratch.Root, "trace", "convert", isPiped ? "-" : file, "--to", "csv");
        using var process = Process.Start(start)!;
        if (isPiped)
        {
            await process.StandardInput.WriteAsync(await File.ReadAllTextAsync(file));
        }

        process.StandardInput.Close();
        var (output, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        output.Split('\n').Skip(1).Select(row => row.Split(',').Last()).Should().Equal("buf=one", "buf=two", "buf=three", "");
        error.Should().Contain("warning: 1 events were recorded before").And.Contain("put in order of time");
    }

    [TestCase("csv")]
    [TestCase("jsonl")]
    [TestCase("text")]
    [TestCase("dat")]
    [TestCase("chrome")]
    [TestCase("perfetto")]
    [TestCase("parquet")]
    public async Task Every_kind_is_the_same_on_a_pipe_and_in_a_file(string kind)
    {
        var file = Path.Combine(scratch.Root, "out." + kind);

        var written = await RunAsync("convert", Rt, "--to", kind, "-o", file);
        using var process = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", $"dotnet '{Path.Combine(AppContext.BaseDirectory, "labtrace.dll")}' trace convert '{Rt}' --to {kind} | cat > '{file}.piped'" },
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        _ = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        written.ExitCode.Should().Be(0, written.Error);
        File.ReadAllBytes(file).Should().NotBeEmpty().And.Equal(File.ReadAllBytes(file + ".piped"));
        Directory.GetFiles(scratch.Root, ".*").Should().BeEmpty("a file is written beside its place and moved when it is whole");
    }

    [Test]
    public async Task The_kind_is_what_the_output_s_name_says()
    {
        var file = Path.Combine(scratch.Root, "out.pftrace");

        (await RunAsync("convert", Rt, "-o", file)).ExitCode.Should().Be(0);
        (await RunAsync("convert", Rt)).Error.Should().Contain("--to csv|jsonl");

        File.ReadAllBytes(file)[0].Should().Be(0x0a);
    }

    [Test]
    public async Task A_deadline_decides_the_exit_code()
    {
        var late = await RunAsync("latency", Lts, "--from", "gpio:gpio_value", "--deadline", "1.2ms", "--json");
        var inTime = await RunAsync("latency", Rt, "--from", "gpio:gpio_value where gpio = 17", "--on", "gpio", "--deadline", "1.2ms");
        var none = await RunAsync("latency", Rt, "--from", "no:such", "--deadline", "1.2ms");

        late.ExitCode.Should().Be(1);
        using var json = JsonDocument.Parse(late.Output);
        json.RootElement.GetProperty("intervals").GetInt32().Should().Be(599);
        json.RootElement.GetProperty("deadline").GetProperty("missed").GetInt32().Should().BePositive();
        json.RootElement.GetProperty("unmatched").GetInt32().Should().Be(0);
        json.RootElement.GetProperty("longest")[0].GetProperty("length_ns").GetInt64().Should().Be(json.RootElement.GetProperty("longest_ns").GetInt64());
        inTime.ExitCode.Should().Be(0, inTime.Error);
        inTime.Output.Should().Contain("deadline kept: 0 of 599").And.Contain("p99.9");
        none.ExitCode.Should().Be(1, "nothing was checked");
        none.Output.Should().Contain("there is no interval to speak of");
    }

    [Test]
    public async Task Two_kernels_are_compared_by_what_they_do()
    {
        var better = await RunAsync("compare", Lts, Rt, "--from", "gpio:gpio_value", "--deadline", "1.2ms", "--not-longer");
        var worse = await RunAsync("compare", Rt, Lts, "--from", "gpio:gpio_value", "--not-longer", "--json");
        var rates = await RunAsync("compare", Rt, Lts, "--json");

        better.ExitCode.Should().Be(0, better.Output);
        better.Output.Should().Contain("second to first: shorter in the tail").And.Contain("first      deadline missed").And.Contain("second     deadline kept");
        worse.ExitCode.Should().Be(1);
        using var json = JsonDocument.Parse(worse.Output);
        json.RootElement.GetProperty("comparison").GetProperty("verdict").GetString().Should().Be("longer in the tail");
        rates.ExitCode.Should().Be(0);
        JsonDocument.Parse(rates.Output).RootElement.GetProperty("events")[0].GetProperty("first").GetInt32().Should().Be(600);
    }

    [Test]
    public async Task Questions_are_answered_with_counters_and_exit_codes()
    {
        var rows = await RunAsync("query", Rt, "gpio:gpio_value where value = 1", "--fields", "gpio,value,pid", "--head", "2");
        var count = await RunAsync("query", Rt, "gpio:gpio_value where value = 1", "--count", "--json");
        var rate = await RunAsync("query", Rt, "--rate", "100ms", "--json");
        var gaps = await RunAsync("query", Lts, "--gaps", "2ms", "--on", "gpio");
        var order = await RunAsync("query", Lts, "--order", "gpio_value where value = 1", "--order", "gpio_value where value = 0");
        var broken = await RunAsync("query", Lts, "--order", "gpio_value where value = 0", "--order", "gpio_value where value = 1");
        var two = await RunAsync("query", Lts, "--count", "--stacks");

        rows.Output.Split('\n').Should().HaveCount(4).And.HaveElementAt(0, "time\tgpio\tvalue\tpid");
        JsonDocument.Parse(count.Output).RootElement.GetProperty("skipped").GetInt32().Should().Be(300);
        JsonDocument.Parse(rate.Output).RootElement.GetProperty("counts").EnumerateArray().Sum(c => c.GetInt32()).Should().Be(600);
        gaps.ExitCode.Should().Be(1);
        gaps.Output.Should().Contain("gaps longer than 2 ms").And.Contain("(gpio 17)");
        order.ExitCode.Should().Be(0, order.Output);
        broken.ExitCode.Should().Be(1);
        broken.Output.Should().Contain("expected gpio_value where value = 0").And.Contain("  > ");
        two.ExitCode.Should().Be(2);
        two.Error.Should().Contain("one at a time").And.Contain("labtrace trace query --help");
    }

    [Test]
    public async Task A_part_is_cut_and_parts_are_merged()
    {
        var (left, right, both) = (Path.Combine(scratch.Root, "left.dat"), Path.Combine(scratch.Root, "right.dat"), Path.Combine(scratch.Root, "both.dat"));

        (await RunAsync("cut", Rt, "--before", "200ms", "-o", left, "--compression", "zlib")).ExitCode.Should().Be(0);
        (await RunAsync("cut", Rt, "--after", "200.000001ms", "-o", right)).ExitCode.Should().Be(0);
        (await RunAsync("merge", left, right, "-o", both)).ExitCode.Should().Be(0);

        (await EventsAsync(left) + await EventsAsync(right)).Should().Be(600);
        (await EventsAsync(both)).Should().Be(600);
        var info = await RunAsync("info", both);
        info.Output.Should().Contain("instance   right");
        (await RunAsync("merge", left, right, "--shift", "1ms")).Error.Should().Contain("--shift has 1 times for 2 captures");
    }

    [Test]
    public async Task Standard_input_is_read()
    {
        var start = LabtraceProcess.Describe(scratch.Root, "trace", "stats", "-", "--by", "value", "--json");
        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(await File.ReadAllBytesAsync(Rt));
        process.StandardInput.Close();

        using var json = JsonDocument.Parse(await process.StandardOutput.ReadToEndAsync());

        json.RootElement.GetProperty("counts").EnumerateArray().Select(c => (c.GetProperty("key").GetString(), c.GetProperty("count").GetInt32()))
            .Should().Equal(("0", 300), ("1", 300));
        await process.WaitForExitAsync();
    }

    [Test]
    public async Task A_reader_that_has_enough_is_no_error()
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash")
        {
            ArgumentList =
            {
                "-c", $"for i in 1 2 3 4 5 6 7 8 9; do cat '{scratch.Write("one.txt", string.Concat(Enumerable.Repeat("  a-1 [000] ..... 1.000001: tick: n=1\n", 20_000)))}'; done 2>/dev/null"
                      + $" | dotnet '{Path.Combine(AppContext.BaseDirectory, "labtrace.dll")}' trace show - | head -n 12; echo ${{PIPESTATUS[1]}}",
            },
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var (output, error) = (await process.StandardOutput.ReadToEndAsync(), await process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        output.TrimEnd().Split('\n')[^1].Should().Be("0");
        error.Should().NotContain("pipe");
    }

    [Test]
    public async Task Lanes_show_a_column_for_each_cpu()
    {
        var capture = scratch.Write("two.txt", """
               a-1       [000] d..2.    10.000001: sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=a next_pid=1 next_prio=120
               b-2       [001] .....    10.000002: tick: n=1

            """);

        var result = await RunAsync("show", capture, "--lanes");

        var lines = result.Output.Split('\n');
        lines[0].Should().MatchRegex("time +cpu 0 +cpu 1$", "the first piece of the text tells of both");
        lines[1].Should().MatchRegex("10.000001 +> a-1( |$)");
        lines[2].Should().MatchRegex(@"10.000002 +\| +b: tick n=1$");
    }

    [TestCase("--after", "soon", "no place in a trace")]
    [TestCase("--cpu", "x", "no list of numbers")]
    [TestCase("--where", "a", "no condition at column 1")]
    [TestCase("--event", "", "names no event")]
    public async Task A_filter_that_is_wrong_is_an_error_of_usage(string option, string value, string says)
    {
        var result = await RunAsync("info", Rt, option, value);

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain(says);
    }

    [Test]
    public async Task Filters_select_and_count()
    {
        var result = await RunAsync("info", Rt, "--json", "--cpu", "0-3", "--comm", "gpio_*", "--where", "value = 1 or value = 7", "--pid", "412", "--without", "sched:*");

        using var json = JsonDocument.Parse(result.Output);
        json.RootElement.GetProperty("events").GetInt32().Should().Be(300);
        json.RootElement.GetProperty("skipped").GetInt32().Should().Be(300);
    }

    private Task<LabtraceResult> RunAsync(params string[] arguments) => LabtraceProcess.RunAsync(scratch.Root, ["trace", .. arguments]);

    private async Task<long> EventsAsync(string capture)
    {
        using var json = JsonDocument.Parse((await RunAsync("info", capture, "--json")).Output);
        return json.RootElement.GetProperty("events").GetInt64();
    }
}
