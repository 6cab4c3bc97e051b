using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LabTrace.Devices.Vm;

/// <summary>
/// A machine of a place that people use: it stays until they end it. The process that started it holds it; its record, in the
/// state directory, says how to get in.
/// </summary>
public static class PeoplesVm
{
    private const string RecordName = "vm.json";
    private const string KeyName = "vm-key";
    private const string HostKeyName = "vm-host-key";

    /// <summary>The machine of a place that runs, or null.</summary>
    public static RunningVm? Find(PlaceDescription place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var file = Path.Combine(StateDirectory.OfPlace(StateDirectory.Default, place.StateName), RecordName);
        try
        {
            var record = JsonNode.Parse(File.ReadAllText(file))!;
            var holder = new ProcessIdentity((string)record["host"]!, (string)record["boot"]!, (int)record["pid"]!, (long)record["ticks"]!);
            return holder.IsAlive ? new RunningVm(holder.Pid, (int)record["port"]!, (string)record["key"]!, (string)record["knownHosts"]!) : null;
        }
        catch (Exception e) when (e is IOException or JsonException or NullReferenceException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Starts a machine with an ssh server, tells how to get in, and keeps it until the token is cancelled.</summary>
    /// <param name="place">A place of kind <c>vm</c>.</param>
    /// <param name="agent">The agent for x86_64.</param>
    /// <param name="cards">Makes the cards in its slots; null for none.</param>
    /// <param name="consoleFile">Where its console is kept.</param>
    /// <param name="progress">Told what takes long.</param>
    /// <param name="isUp">Told when people can get in.</param>
    /// <param name="time">The runner's clock.</param>
    /// <param name="cancellationToken">Ends the machine.</param>
    /// <exception cref="PlaceNotAvailableException">QEMU, dropbear or another program is missing.</exception>
    /// <exception cref="PlaceBusyException">One runs already.</exception>
    public static async Task HoldAsync(
        PlaceDescription place, AgentFile agent, Func<IReadOnlyList<IPciCard>>? cards, string consoleFile, Action<string>? progress, Action<RunningVm> isUp, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(isUp);
        if (Find(place) is { } running)
        {
            throw new PlaceBusyException($"a machine of '{place.Name}' is up already, held by pid {running.Pid}", $"labtrace vm ssh --place {place.Name}, or labtrace vm down --place {place.Name}");
        }

        VmTarget.Require(place);
        HostTools.Require(place.Name, "dropbear", "dropbear-bin");
        HostTools.Require(place.Name, "ssh-keygen", "openssh-client");
        var state = Directory.CreateDirectory(StateDirectory.OfPlace(StateDirectory.Default, place.StateName)).FullName;
        var key = Path.Combine(state, KeyName);
        if (!File.Exists(key))
        {
            _ = await HostTools.RunAsync(new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "labtrace-vm", "-f", key), cancellationToken);
        }

        var hostKey = Path.Combine(state, HostKeyName);
        if (!File.Exists(hostKey))
        {
            _ = await HostTools.RunAsync(new Command("dropbearkey", "-t", "ed25519", "-f", hostKey), cancellationToken);
        }

        var door = new VmDoor(FreePort(), (await File.ReadAllTextAsync(key + ".pub", cancellationToken)).Trim(), hostKey);
        var settings = VmSettings.Of(place) with { Door = door, KeepsState = false };
        var cache = VmCache.OpenDefault();
        var image = await VmImage.PrepareAsync(place.Name, settings, agent, cache, progress, cancellationToken);
        await using var machine = new BootedVm(
            place.Name, settings, image, (other, token) => VmImage.PrepareAsync(place.Name, other, agent, cache, progress, token), cache, cards, progress, time);
        machine.KeepConsole(consoleFile);
        await machine.RenewAsync(cancellationToken);
        var hosts = Path.Combine(state, "vm-known-hosts");
        File.Delete(hosts);
        var record = Path.Combine(state, RecordName);
        var me = ProcessIdentity.Current;
        await File.WriteAllTextAsync(
            record,
            new JsonObject
            {
                ["host"] = me.Host,
                ["boot"] = me.BootId,
                ["pid"] = me.Pid,
                ["ticks"] = me.StartTicks,
                ["port"] = settings.Door!.Port,
                ["key"] = key,
                ["knownHosts"] = hosts,
            }.ToJsonString(),
            cancellationToken);
        try
        {
            isUp(new RunningVm(me.Pid, settings.Door.Port, key, hosts));
            while (machine.Down is null)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, cancellationToken);
            }

            throw new TargetUnreachableException(place.Name, machine.Down!, $"its console is in {consoleFile}");
        }
        finally
        {
            File.Delete(record);
        }
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>A machine that is up for people.</summary>
/// <param name="Pid">The process that holds it: SIGTERM ends both.</param>
/// <param name="Port">Its ssh server, on this machine's loopback.</param>
/// <param name="KeyFile">The private key that is let in.</param>
/// <param name="KnownHostsFile">Takes the machine's key, which is new with every machine.</param>
public sealed record RunningVm(int Pid, int Port, string KeyFile, string KnownHostsFile)
{
    /// <summary>The ssh client's words that get in.</summary>
    public IReadOnlyList<string> SshArguments =>
    [
        "-p", Port.ToString(CultureInfo.InvariantCulture), "-i", KeyFile, "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=accept-new",
        "-o", $"UserKnownHostsFile={KnownHostsFile}", "-o", "LogLevel=ERROR", "root@127.0.0.1",
    ];
}
