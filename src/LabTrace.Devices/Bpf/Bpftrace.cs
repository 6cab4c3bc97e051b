using System.Globalization;
using System.Text;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Runs bpftrace on a target as a capture: its text or JSON becomes events, maps and histograms.</summary>
public static class Bpftrace
{
    private const string Program = "bpftrace";

    /// <summary>How long it has to print its maps when it is asked to end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Runs a script to its end, to the end of its command, or for a time.</summary>
    /// <param name="changes">Starts it; what is left of it at the end is ended.</param>
    /// <param name="run">What to run.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TargetIOException">The target has no bpftrace.</exception>
    /// <exception cref="BpftraceFailedException">bpftrace refused the script, or the kernel refused what it asked for.</exception>
    public static async Task<BpftraceRecording> RunAsync(TargetChanges changes, BpftraceRun run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(changes);
        ArgumentNullException.ThrowIfNull(run);
        List<string> arguments = run.Json ? ["-f", "json"] : [];
        if (run.Command is { } command)
        {
            arguments.AddRange(["-c", CommandLine.Join([command.Program, .. command.Arguments])]);
        }

        arguments.AddRange(run.IsFile ? [run.Script] : ["-e", run.Script]);

        var result = await changes.RunAsync(new Command(Program, arguments) { Timeout = run.Timeout, KillGrace = Grace }, cancellationToken);
        if (result.ExitCode != 0 && !result.TimedOut)
        {
            throw new BpftraceFailedException(changes.Target.Name, run.Script, result);
        }

        // What a script prints itself may come before anything by which the format is known: it is told, not recognised.
        var trace = Read(result.StandardOutput, run.Json);
        var output = BpftraceOutput.Read(Capture.Of(result.StandardOutput, Program), run.Json);
        return new BpftraceRecording(result.StandardOutput, trace, output, result);
    }

    private static Trace Read(byte[] output, bool isJson) =>
        (isJson ? (ITraceFormat)new BpftraceJsonFormat() : new BpftraceTextFormat()).Read(Capture.Of(output, Program), ReadMode.Strict);
}

/// <summary>What bpftrace is to run.</summary>
/// <param name="Script">The program, or the path of a file on the target that holds it.</param>
public sealed record BpftraceRun(string Script)
{
    /// <summary>Whether <see cref="Script"/> is a file's path.</summary>
    public bool IsFile { get; init; }

    /// <summary>Whether it prints JSON.</summary>
    public bool Json { get; init; } = true;

    /// <summary>A command to run with it: bpftrace starts it when its probes are attached and ends when it ends; its pid is <c>cpid</c>. No shell takes part.</summary>
    public Command? Command { get; init; }

    /// <summary>After so long it is asked to end, and prints its maps; null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }
}

/// <summary>What bpftrace printed.</summary>
/// <param name="Bytes">Its standard output.</param>
/// <param name="Trace">As events.</param>
/// <param name="Output">Its maps, histograms and lines.</param>
/// <param name="Result">How it ended.</param>
public sealed record BpftraceRecording(byte[] Bytes, Trace Trace, BpftraceOutput Output, CommandResult Result);

/// <summary>bpftrace refused a script, or the kernel refused what it asked for.</summary>
public sealed class BpftraceFailedException : LabException
{
    private const int MaxErrors = 2000;

    /// <summary>Makes the error.</summary>
    public BpftraceFailedException(string target, string script, CommandResult result)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"bpftrace on target '{target}' ended with {result?.ExitCode} for `{script}`: {Errors(result)}"),
            "try the script there with `bpftrace -e '…'`; it needs root")
    {
    }

    private static string Errors(CommandResult? result)
    {
        var text = Encoding.UTF8.GetString(result?.StandardError ?? []).Trim();
        return text.Length <= MaxErrors ? text : text[^MaxErrors..];
    }
}
