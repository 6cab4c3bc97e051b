using System.Globalization;

namespace LabTrace.Devices;

/// <summary>How a bench is reached over ssh. What is not said here comes from the user's own ssh configuration.</summary>
/// <param name="Host">A host, <c>user@host</c>, or a name from the user's ssh configuration.</param>
public sealed record SshSettings(string Host)
{
    /// <summary>Login name, or null for ssh's own choice.</summary>
    public string? User { get; init; }

    /// <summary>TCP port, or null for ssh's own choice.</summary>
    public int? Port { get; init; }

    /// <summary>File of the private key, or null for ssh's own choice (agent, configuration).</summary>
    public string? IdentityFile { get; init; }

    /// <summary>An ssh configuration used in place of the user's, or null.</summary>
    public string? ConfigurationFile { get; init; }

    /// <summary>File of the host keys that are trusted, or null for the user's own.</summary>
    public string? KnownHostsFile { get; init; }

    /// <summary>Serve the target as root through <c>sudo -n</c>.</summary>
    public bool Sudo { get; init; }

    /// <summary>Whether the agent serves the target.</summary>
    public AgentUse Agent { get; init; }

    /// <summary>Directory on the target for the agent, or null for the first of the usual ones that programs can be run from.</summary>
    public string? AgentDirectory { get; init; }

    /// <summary>Leave the agent on the target, so that the next run need not send it.</summary>
    public bool KeepAgent { get; init; }

    /// <summary>The usual shell command that boots a bench: it answers at once, and the bench goes down a moment later.</summary>
    public const string UsualRebootCommand = "(sleep 1; systemctl reboot || reboot || busybox reboot -f) >/dev/null 2>&1 </dev/null &";

    /// <summary>Boots the bench: a command of its shell.</summary>
    public string RebootCommand { get; init; } = UsualRebootCommand;

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Reads the settings of a place of kind <c>ssh</c>.</summary>
    /// <param name="place">The place.</param>
    /// <exception cref="LabConfigException">The place names no host.</exception>
    public static SshSettings Of(PlaceDescription place) => Of(place, leasedHost: null, leasedPort: null);

    /// <summary>Reads the settings of a place whose host comes from whoever lends it.</summary>
    internal static SshSettings Of(PlaceDescription place, string? leasedHost, int? leasedPort)
    {
        ArgumentNullException.ThrowIfNull(place);

        var settings = place.Settings;
        var host = settings.GetValueOrDefault("host") ?? leasedHost ?? "";
        if (host.Length == 0 || host[0] == '-')
        {
            throw new LabConfigException($"place '{place.Name}' of kind 'ssh' names no host", "add `host: bench-3`: a host, or a name from your ssh configuration");
        }

        return new SshSettings(host)
        {
            User = settings.GetValueOrDefault("user"),
            Port = Number("port") ?? leasedPort,
            IdentityFile = settings.GetValueOrDefault("identity"),
            ConfigurationFile = settings.GetValueOrDefault("ssh-config"),
            KnownHostsFile = settings.GetValueOrDefault("known-hosts"),
            Sudo = settings.GetValueOrDefault("sudo") == "true",
            Agent = Use(settings.GetValueOrDefault("agent") ?? "auto"),
            AgentDirectory = settings.GetValueOrDefault("agent-directory"),
            RebootCommand = settings.GetValueOrDefault("reboot-command") ?? UsualRebootCommand,
            KeepAgent = settings.GetValueOrDefault("keep-agent") == "true",
            ConnectTimeout = Number("connect-timeout") is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromSeconds(15),
        };

        AgentUse Use(string word) => word switch
        {
            "auto" => AgentUse.Auto,
            "always" => AgentUse.Always,
            "never" => AgentUse.Never,
            _ => throw new LabConfigException($"place '{place.Name}' says `agent: {word}`", "say `auto`, `always` or `never`"),
        };

        int? Number(string key) => settings.TryGetValue(key, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>The ssh client's command line that runs one command line of the target's login shell.</summary>
    internal Command ToCommand(string remoteCommand)
    {
        List<string> arguments =
        [
            "-T",
            "-o", "BatchMode=yes",
            "-o", "StrictHostKeyChecking=yes",
            "-o", string.Create(CultureInfo.InvariantCulture, $"ConnectTimeout={(int)Math.Ceiling(ConnectTimeout.TotalSeconds)}"),
            "-o", "ServerAliveInterval=5",
            "-o", "ServerAliveCountMax=3",
        ];
        Add("-F", ConfigurationFile);
        Add("-l", User);
        Add("-p", Port?.ToString(CultureInfo.InvariantCulture));
        Add("-i", IdentityFile);
        Add("-o", KnownHostsFile is null ? null : $"UserKnownHostsFile={KnownHostsFile}");
        arguments.AddRange(["--", Host, remoteCommand]);
        return new Command("ssh", arguments);

        void Add(string option, string? value)
        {
            if (value is not null)
            {
                arguments.AddRange([option, value]);
            }
        }
    }
}

/// <summary>Whether the agent serves a target.</summary>
public enum AgentUse
{
    /// <summary>Where it runs; elsewhere the target's own shell does what it can.</summary>
    Auto,

    /// <summary>A target where it does not run is not used.</summary>
    Always,

    /// <summary>The target's own shell serves it.</summary>
    Never,
}
