using System.Diagnostics;
using System.Text;

namespace LabTrace.Cli.Tests;

/// <summary>Runs the built command as its users do: a process, arguments, an exit code.</summary>
internal static class LabtraceProcess
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static ProcessStartInfo Describe(string workingDirectory, params string[] arguments)
    {
        // A shell that starts tests in the background lets them ignore Ctrl-C, and their children too.
        var start = new ProcessStartInfo("env")
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("--default-signal=INT");
        start.ArgumentList.Add("dotnet");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "labtrace.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public static async Task<LabtraceResult> RunAsync(string workingDirectory, params string[] arguments) =>
        await RunAsync(Describe(workingDirectory, arguments));

    public static async Task<LabtraceResult> RunAsync(ProcessStartInfo start, TimeSpan? limit = null)
    {
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(limit ?? Deadline);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"labtrace {string.Join(' ', start.ArgumentList.Skip(3))} did not end within {(limit ?? Deadline).TotalSeconds} s", e);
        }

        return new LabtraceResult(process.Id, process.ExitCode, await output, await error);
    }
}

internal sealed record LabtraceResult(int Pid, int ExitCode, string Output, string Error);
