using System.Text;

namespace LabTrace.Devices;

/// <summary>How a command ended. A non-zero exit code is a result, not an error.</summary>
/// <param name="Target">The target it ran on.</param>
/// <param name="Command">What ran.</param>
/// <param name="ExitCode">0 to 255; 128 + n when signal n ended it.</param>
/// <param name="StandardOutput">What it wrote, up to the limit and without what was streamed.</param>
/// <param name="StandardError">What it wrote to standard error, up to the limit.</param>
/// <param name="OutputDropped">Bytes of both streams beyond the limit.</param>
/// <param name="TimedOut">Its own timeout ended it.</param>
/// <param name="Elapsed">Time on the target's clock.</param>
public sealed record CommandResult(
    string Target,
    Command Command,
    int ExitCode,
    byte[] StandardOutput,
    byte[] StandardError,
    long OutputDropped,
    bool TimedOut,
    TimeSpan Elapsed)
{
    /// <summary>Standard output as UTF-8 text.</summary>
    public string OutputText => Encoding.UTF8.GetString(StandardOutput);

    /// <summary>Standard error as UTF-8 text.</summary>
    public string ErrorText => Encoding.UTF8.GetString(StandardError);

    /// <summary>Returns this result when the command ended with zero in time.</summary>
    /// <exception cref="CommandFailedException">It did not; names target, command line, exit code and the tail of standard error.</exception>
    public CommandResult EnsureSuccess() =>
        ExitCode == 0 && !TimedOut ? this : throw new CommandFailedException(this);
}
