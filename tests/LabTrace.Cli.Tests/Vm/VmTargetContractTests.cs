using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.ExceptionServices;
using LabTrace.Devices;
using LabTrace.Devices.Vm;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Vm;

/// <summary>The agent in a virtual machine does what every target does. All tests use one machine.</summary>
[Category("vm")]
[NonParallelizable]
public sealed class VmTargetContractTests : TargetContract
{
    private static int _directories;
    private ITarget? _machine;
    private string _root = "";

    protected override string Root => _root;

    protected override Devices.Command IgnoringInterrupt => new("sh", "-c", "trap '' INT; sleep 30");

    protected override FileWrite InvalidWrite => new("/proc/self/oom_score_adj", "many"u8.ToArray());

    [OneTimeSetUp]
    public async Task StartMachineAsync()
    {
        RealKernel.Require(File.Exists("/usr/bin/qemu-system-x86_64") && File.Exists("/usr/bin/busybox"), "qemu-system-x86 and busybox-static");
        var place = new PlaceDescription("vm", TargetKind.Vm, "", null, [], new Dictionary<string, string> { ["accel"] = "tcg" });
        var agent = await AgentProgram.FindAsync(TestContext.Progress.WriteLine, CancellationToken.None);
        _machine = await VmTarget.OpenAsync(place, agent, cards: null, TestContext.Progress.WriteLine, TimeProvider.System, CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task EndMachineAsync()
    {
        if (_machine is not null)
        {
            await _machine.DisposeAsync();
        }
    }

    protected override async ValueTask<ITarget> OpenTargetAsync()
    {
        _root = $"/tmp/contract-{Interlocked.Increment(ref _directories)}";
        await _machine!.CreateDirectoryAsync(_root, Token);
        return Lent.Of(_machine);
    }

    protected override async ValueTask<WaitingFile> OpenWaitingFileAsync()
    {
        var path = At("pipe");
        _ = (await Target.RunAsync(new Devices.Command("mkfifo", path), Token)).EnsureSuccess();

        // Holds a writer's end, so that a reader waits and does not see its end.
        var holder = await Target.StartAsync(new Devices.Command("sh", "-c", "exec 3<>\"$1\"; echo; exec sleep 600", "sh", path), Token);
        _ = await holder.StandardOutput.ReadAsync(new byte[1], Token);
        return new WaitingFile(
            path,
            async text => _ = (await Target.RunAsync(new Devices.Command("sh", "-c", "printf %s \"$1\" >\"$2\"", "sh", text, path), Token)).EnsureSuccess(),
            holder.DisposeAsync);
    }

    // The machine, which outlives the test that disposes of it.
    [SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it.")]
    private class Lent : DispatchProxy
    {
        private ITarget _target = null!;

        public static ITarget Of(ITarget target)
        {
            var lent = Create<ITarget, Lent>();
            ((Lent)(object)lent)._target = target;
            return lent;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod!.Name == nameof(IAsyncDisposable.DisposeAsync))
            {
                return ValueTask.CompletedTask;
            }

            try
            {
                return targetMethod.Invoke(_target, args);
            }
            catch (TargetInvocationException e)
            {
                ExceptionDispatchInfo.Throw(e.InnerException!);
                throw;
            }
        }
    }
}
