using System.Text;
using LabTrace.Devices.Labgrid;
using LabTrace.Devices.Wire;

namespace LabTrace.Devices;

/// <summary>
/// A bench behind ssh: the OpenSSH client with the user's own configuration carries the agent's byte stream. The agent is sent
/// when the bench does not have it, and ends, with all it started, when the link does.
/// </summary>
public static class SshTarget
{
    private const int MostBannerLines = 200;
    private const int LongestLine = 4096;
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(5);

    /// <summary>Connects and starts the agent.</summary>
    /// <param name="name">The place's name, for messages.</param>
    /// <param name="settings">How the bench is reached.</param>
    /// <param name="agent">The agent for the bench's kind of machine.</param>
    /// <param name="progress">Told, for people, what takes long; may be null.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="TargetUnreachableException">The bench did not answer, or cannot run the agent.</exception>
    public static async Task<ITarget> OpenAsync(
        string name, SshSettings settings, AgentFile agent, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(agent);

        var bench = new SshBench(name, settings, token => ConnectAsync(name, settings, agent, progress, time, token), time);
        await bench.RenewAsync(cancellationToken);
        return bench;
    }

    /// <summary>Checks what a place of kind <c>ssh</c> says, before anything is built or leased for it.</summary>
    /// <exception cref="LabConfigException">It names neither a host nor what to lease.</exception>
    public static void Check(PlaceDescription place)
    {
        if (LabgridSettings.Of(place) is null)
        {
            _ = SshSettings.Of(place);
        }
    }

    /// <summary>Connects to a place of kind <c>ssh</c>, leased from labgrid first where the place says so.</summary>
    /// <param name="place">The place.</param>
    /// <param name="agent">The agent for the bench's kind of machine.</param>
    /// <param name="progress">Told, for people, what takes long; may be null.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">The place names no host, or what it leases has none.</exception>
    /// <exception cref="PlaceBusyException">labgrid gives the bench to somebody else.</exception>
    /// <exception cref="TargetUnreachableException">The bench did not answer, or cannot run the agent.</exception>
    public static async Task<ITarget> OpenAsync(
        PlaceDescription place, AgentFile agent, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        if (LabgridSettings.Of(place) is not { } labgrid)
        {
            return await OpenAsync(place.Name, SshSettings.Of(place), agent, progress, time, cancellationToken);
        }

        var lease = await LabgridLease.TakeAsync(place.Name, labgrid, progress, time, cancellationToken);
        try
        {
            var settings = SshSettings.Of(place, lease.Host, lease.Port);
            var bench = new SshBench(place.Name, settings, token => ConnectAsync(place.Name, settings, agent, progress, time, token), time, lease);
            await bench.RenewAsync(cancellationToken);
            return bench;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    private static async Task<ITarget> ConnectAsync(
        string name, SshSettings settings, AgentFile agent, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        var ssh = LocalProcess.StartConversation(name, settings.ToCommand(SshBootstrap.CommandLine(settings, agent)), time);
        try
        {
            await StartAgentAsync(name, settings, ssh, agent, progress, cancellationToken);
            var link = await WireLink.OpenAsync(name, ssh.StandardOutput, ssh.StandardInput, () => Task.FromResult(Complaint(ssh.ErrorSoFar)), cancellationToken);
            return new WireTarget(name, TargetKind.Ssh, link, time, new Carrier(ssh));
        }
        catch (IOException e)
        {
            var lost = await DescribeEndAsync(name, settings, ssh, e);
            await ssh.DisposeAsync();
            throw lost;
        }
        catch
        {
            await ssh.DisposeAsync();
            throw;
        }
    }

    // An IOException stands for a conversation that ended early: why, ssh says on its standard error.
    private static async Task StartAgentAsync(
        string name, SshSettings settings, LocalProcess ssh, AgentFile agent, Action<string>? progress, CancellationToken cancellationToken)
    {
        for (var lines = 0; lines < MostBannerLines; lines++)
        {
            var line = await ReadLineAsync(ssh.StandardOutput, cancellationToken);
            if (!line.StartsWith(SshBootstrap.Mark, StringComparison.Ordinal))
            {
                continue;
            }

            var words = line[SshBootstrap.Mark.Length..].Split(' ');
            switch (words[0])
            {
                case "have":
                    break;
                case "send":
                    progress?.Invoke($"sending the agent to '{name}' ({agent.Content.Length / 1024 / 1024.0:0.0} MiB)");
                    await ssh.StandardInput.WriteAsync(agent.Content, cancellationToken);
                    await ssh.StandardInput.FlushAsync(cancellationToken);
                    break;
                case "start":
                    return;
                case "machine":
                    throw new TargetUnreachableException(
                        name, $"its machine is {words.ElementAtOrDefault(1)} and this agent is for {agent.Machine}", "build the agent for that machine");
                case "libc":
                    throw new TargetUnreachableException(name, "it has no GNU C library, which the agent needs", "use a bench with glibc");
                case "nowhere":
                    throw new TargetUnreachableException(
                        name, "no directory was found there that the agent can be run from", "set `agent-directory` to one that is yours and not mounted noexec");
                case "damaged":
                    throw new TargetUnreachableException(
                        name, "the agent arrived damaged, or there is no room for it, or the bench lacks head or sha256sum", "free space on the bench");
            }
        }

        throw new TargetUnreachableException(
            name, $"its login shell printed {MostBannerLines} lines and did not run a command", "see what `ssh " + settings.Host + " true` prints");
    }

    // Byte by byte: what follows the last line is the agent's.
    private static async Task<string> ReadLineAsync(Stream stream, CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            if (line.Count < LongestLine)
            {
                line.Add(one[0]);
            }
        }

        throw new EndOfStreamException("the connection ended");
    }

    private static async Task<TargetUnreachableException> DescribeEndAsync(string name, SshSettings settings, LocalProcess ssh, Exception cause)
    {
        using var grace = new CancellationTokenSource(EndGrace);
        try
        {
            _ = await ssh.WaitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            // It was ended; what it said is kept.
        }

        var complaint = Complaint(ssh.ErrorSoFar);
        return new TargetUnreachableException(
            name, complaint.Length == 0 ? $"ssh {settings.Host}: {cause.Message}" : $"ssh {settings.Host}: {complaint}", HintFor(settings, complaint), cause);
    }

    private static string Complaint(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join("; ", lines.TakeLast(3));
    }

    private static string HintFor(SshSettings settings, string complaint) => complaint switch
    {
        _ when complaint.Contains("Host key verification failed", StringComparison.Ordinal) =>
            $"check the bench's host key and accept it once with `ssh {settings.Host}`",
        _ when complaint.Contains("Permission denied", StringComparison.Ordinal) =>
            $"give the bench your public key: `ssh-copy-id {settings.Host}`; nobody is there to type a password",
        _ when complaint.Contains("a password is required", StringComparison.Ordinal) =>
            "allow `sudo -n` for that user, or log in as root",
        _ when complaint.Contains("Could not resolve", StringComparison.Ordinal) => "check `host` in the place's file, or your ssh configuration",
        _ => $"see what `ssh {settings.Host} true` says",
    };

    // The link ends first: the agent sees it, ends what it started, and ssh ends by itself.
    private sealed class Carrier(LocalProcess ssh) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            using var grace = new CancellationTokenSource(EndGrace);
            try
            {
                _ = await ssh.WaitAsync(grace.Token);
            }
            catch (OperationCanceledException)
            {
                // It was ended.
            }

            await ssh.DisposeAsync();
        }
    }
}
