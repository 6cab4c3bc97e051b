using System.Diagnostics;
using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

/// <summary>What <c>labtrace trace</c> does on a terminal: a real one, made by <c>script</c> of util-linux.</summary>
public sealed class TerminalTests
{
    private static readonly string Capture = Path.Combine(Repository.Root, "fixtures", "gpio-toggler", "rt.dat");

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [Test]
    public async Task Show_gives_its_text_to_the_pager()
    {
        var (exitCode, screen) = await OnTerminalAsync($"PAGER='tr a-z A-Z' {Labtrace} show {Capture}");

        exitCode.Should().Be(0, screen);
        screen.Should().Contain("# TRACER: NOP").And.Contain("GPIO_VALUE: 17 SET 1");
    }

    [Test]
    public async Task A_pager_that_is_left_early_ends_the_command_without_the_rest_being_read()
    {
        var endless = Path.Combine(scratch.Root, "endless");
        var line = "           bash-1       [001] .....     1.000000: tracing_mark_write: one";

        // The writer of the pipe never ends: only a command that reads no more than is wanted does.
        var (exitCode, screen) = await OnTerminalAsync(
            $"mkfifo {endless}; yes '{line}' > {endless} & PAGER='head -n 14' {Labtrace} show {endless}; code=$?; kill %1 2>/dev/null; exit $code");

        exitCode.Should().Be(0, screen);
        screen.Split('\n').Count(l => l.Contains("tracing_mark_write: one", StringComparison.Ordinal)).Should().BeInRange(1, 14);
    }

    [Test]
    public async Task Without_a_pager_the_text_goes_to_the_terminal()
    {
        var (exitCode, screen) = await OnTerminalAsync($"PAGER='echo PAGED' {Labtrace} show {Capture} --no-pager --head 3");

        exitCode.Should().Be(0, screen);
        screen.Should().Contain("gpio_value: 17 set 1").And.NotContain("PAGED");
    }

    [Test]
    public async Task Long_work_tells_how_far_it_is_and_takes_the_line_away()
    {
        var text = Path.Combine(scratch.Root, "long.txt");
        await File.WriteAllLinesAsync(text, Enumerable.Range(0, 20_000).Select(i => $"           bash-1       [001] ..... {i / 1000,5}.{i % 1000:D3}000: tracing_mark_write: {i}"));

        // Who reads the output is slow, so the work is long.
        var (exitCode, screen) = await OnTerminalAsync($"{Labtrace} convert {text} --to csv | (sleep 2; tail -n 1)");

        exitCode.Should().Be(0, screen);
        screen.Should().MatchRegex(@"\r\x1b\[K\[#+\.*\] +\d+ %  ", "a bar with its share").And.Contain("buf=19999");
        screen.Should().MatchRegex(@"\r\x1b\[Klabtrace: 20,000 events written", "the line was taken away before the last word");
    }

    [Test]
    public async Task Binary_output_is_not_thrown_at_a_terminal()
    {
        var (exitCode, screen) = await OnTerminalAsync($"{Labtrace} convert {Capture} --to parquet");

        exitCode.Should().Be(2, screen);
        screen.Should().Contain("this kind of file is binary and standard output is a terminal").And.NotContain("PAR1");
    }

    private static string Labtrace => $"dotnet '{Path.Combine(AppContext.BaseDirectory, "labtrace.dll")}' trace";

    private async Task<(int ExitCode, string Screen)> OnTerminalAsync(string command)
    {
        var start = new ProcessStartInfo("script")
        {
            ArgumentList = { "--quiet", "--return", "--command", command, "/dev/null" },
            WorkingDirectory = scratch.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["TERM"] = "xterm";
        start.Environment["SHELL"] = "/bin/bash";
        using var process = Process.Start(start)!;
        using var deadline = new CancellationTokenSource(LabtraceProcess.Deadline);
        var screen = process.StandardOutput.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"'{command}' did not end on its terminal within {LabtraceProcess.Deadline.TotalSeconds} s", e);
        }

        return (process.ExitCode, await screen);
    }
}
