using System.Diagnostics.CodeAnalysis;

namespace LabTrace.Devices.Tests;

/// <summary>A <see cref="Victim"/> that has said its first line.</summary>
internal sealed class RunningVictim(ITargetProcess process, string firstLine) : IAsyncDisposable
{
    public int Pid => process.Pid;

    public string FirstLine => firstLine;

    [SuppressMessage("Reliability", "CA2000", Justification = "the reader ends with the process, which the caller disposes of")]
    public static async Task<RunningVictim> StartAsync(params string[] arguments)
    {
        var process = await new LocalTarget().StartAsync(Victim.Command(arguments), CancellationToken.None);
        var line = await new StreamReader(process.StandardOutput).ReadLineAsync(CancellationToken.None);
        return line is not null
            ? new RunningVictim(process, line)
            : throw new InvalidOperationException((await process.WaitAsync(CancellationToken.None)).ErrorText);
    }

    public async Task<int> EndByAsync(TargetSignal signal)
    {
        await process.SignalAsync(signal, CancellationToken.None);
        return (await process.WaitAsync(CancellationToken.None)).ExitCode;
    }

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
