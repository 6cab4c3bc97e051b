using System.Globalization;
using LabTrace.Devices.Labgrid;
using LabTrace.Devices.Shell;
using LabTrace.Devices.Wire;

namespace LabTrace.Devices;

/// <summary>A bench behind ssh, and behind a link that is made anew when it was lost or the bench has booted.</summary>
internal sealed class SshBench(string name, SshSettings settings, Func<CancellationToken, Task<ITarget>> connect, TimeProvider time, LabgridLease? lease = null)
    : SwitchedTarget(name, TargetKind.Ssh, time), ILockTarget
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);

    private ITarget? _wire;

    public override string? Down => IsLeaseOver ? "its labgrid lease is over" : _wire is null ? "it is not connected" : _wire is WireTarget { Link.IsLost: true } or ShellTarget { Link.IsLost: true } ? "its link is lost" : null;

    public override bool IsDisposable => false;

    private bool IsLeaseOver => lease is { Over.IsCompleted: true };

    public override async Task RenewAsync(CancellationToken cancellationToken)
    {
        _wire = null;
        await CloseCurrentAsync();
        if (IsLeaseOver)
        {
            throw new TargetUnreachableException(Name, "its labgrid lease is over, and it may be somebody else's by now", "raise `labgrid-ttl`");
        }

        Switch(_wire = await connect(cancellationToken));
        if (lease is not null && Generation == 1)
        {
            _ = EndWithLeaseAsync();
        }
    }

    public override async Task RebootAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var before = (await ReadKernelIdentityAsync(cancellationToken)).BootId;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        var last = "it did not go down";
        try
        {
            await TellAsync(deadline.Token);
            while (Down is null)
            {
                await Task.Delay(Poll, Time, deadline.Token);
            }

            last = "it went down";
            while (true)
            {
                try
                {
                    await RenewAsync(deadline.Token);
                    if ((await ReadKernelIdentityAsync(deadline.Token)).BootId != before)
                    {
                        return;
                    }

                    last = "it answers, and is the same boot";
                }
                catch (TargetUnreachableException e)
                {
                    last = e.Message;
                }

                await Task.Delay(Retry, Time, deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TargetUnreachableException(
                Name, string.Create(CultureInfo.InvariantCulture, $"it was told to boot (`{settings.RebootCommand}`) and was not up again within {limit.TotalSeconds} s: {last}"), "allow it more time, or set `reboot-command`");
        }
    }

    public ValueTask<string?> TryLockAsync(string path, string holder, CancellationToken cancellationToken) =>
        Current is ILockTarget own ? own.TryLockAsync(path, holder, cancellationToken) : ValueTask.FromResult<string?>("");

    protected override async ValueTask DisposeMachineAsync()
    {
        if (lease is not null)
        {
            await lease.DisposeAsync();
        }
    }

    // What is under way when the lease ends is cut off: the bench may be another's the next moment.
    private async Task EndWithLeaseAsync()
    {
        await lease!.Over;
        await CloseCurrentAsync();
    }

    // It answers before it goes down, so that a command that is not there is told.
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        try
        {
            var told = await Current.RunAsync(new Command("sh", "-c", settings.RebootCommand), cancellationToken);
            _ = told.EnsureSuccess();
        }
        catch (TargetUnreachableException)
        {
            // It was quick.
        }
    }
}
