using System.Text;
using LabTrace.Devices;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Emulation.Tests;

[TestFixture]
public sealed class EmulatedTargetContractTests : TargetContract
{
    private const string Instance = "/sys/kernel/tracing/instances/waiting";

    protected override string Root => "/tmp";

    protected override Command IgnoringInterrupt => new("sh", "-c", "trap '' INT; sleep 30");

    protected override FileWrite InvalidWrite => new("/sys/kernel/tracing/tracing_on", "no number\n"u8.ToArray());

    protected override ValueTask<ITarget> OpenTargetAsync() => ValueTask.FromResult<ITarget>(new EmulatedTarget(new EmulationOptions { Cpus = 1 }));

    protected override async ValueTask<WaitingFile> OpenWaitingFileAsync()
    {
        await Target.CreateDirectoryAsync(Instance, Token);
        return new WaitingFile(
            Instance + "/per_cpu/cpu0/trace_pipe_raw",
            text => Target.WriteAsync(Instance + "/trace_marker", Encoding.UTF8.GetBytes(text), WriteMode.Truncate, Token),
            () => ValueTask.CompletedTask);
    }
}
