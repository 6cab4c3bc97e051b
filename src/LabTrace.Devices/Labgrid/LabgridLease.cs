using System.Globalization;

namespace LabTrace.Devices.Labgrid;

/// <summary>
/// A labgrid place held for a run, through labgrid's own client: reserved, acquired, asked for its network address, released. labgrid
/// lets nobody's place go by itself, so the lease does it when its time is over, whatever the run does.
/// </summary>
internal sealed class LabgridLease : IAsyncDisposable
{
    // Whatever ends the runner closes the shell's standard input, and the place is given back.
    private const string Guard = "read -r _; \"$1\" -p \"$2\" release; [ -z \"$3\" ] || \"$1\" cancel-reservation \"$3\"";
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(1);

    // What the client has said must be known also when it has to be ended: the token of a reservation that was waited for.
    private static readonly Dictionary<string, string> Unbuffered = new(StringComparer.Ordinal) { ["PYTHONUNBUFFERED"] = "1" };

    private readonly LabgridSettings _settings;
    private readonly string _place;
    private readonly string _labgridPlace;
    private readonly LocalProcess _guard;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer _timeToLive;
    private readonly Lazy<Task> _release;

    private LabgridLease(string place, LabgridSettings settings, string labgridPlace, string? token, Action<string>? progress, TimeProvider time)
    {
        (_place, _settings, _labgridPlace) = (place, settings, labgridPlace);
        _guard = LocalProcess.StartConversation(place, new Command("sh", "-c", Guard, "labtrace-lease", settings.Client, labgridPlace, token ?? ""), time);
        _release = new Lazy<Task>(ReleaseAsync);
        _timeToLive = time.CreateTimer(
            _ =>
            {
                _ = _over.TrySetResult();
                progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"'{place}' has been held for {settings.TimeToLive.TotalSeconds} s, and is released (`labgrid-ttl`)"));
                _ = _release.Value;
            },
            null,
            settings.TimeToLive,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Completes when its time is over: the bench is no longer this run's.</summary>
    public Task Over => _over.Task;

    /// <summary>Host, and user where the exporter tells one.</summary>
    public string Host { get; private set; } = "";

    /// <summary>Port, or null for ssh's own.</summary>
    public int? Port { get; private set; }

    /// <summary>Takes a place.</summary>
    /// <param name="place">LabTrace's place, for messages.</param>
    /// <param name="settings">What is wanted.</param>
    /// <param name="progress">Told what is waited for; may be null.</param>
    /// <param name="time">Ends the lease.</param>
    /// <param name="cancellationToken">Gives it up; what was taken is given back.</param>
    /// <exception cref="PlaceNotAvailableException">labgrid's client is not installed.</exception>
    /// <exception cref="PlaceBusyException">The place is another's, or no reservation was given in time.</exception>
    /// <exception cref="LabConfigException">The place has no network address.</exception>
    public static async Task<LabgridLease> TakeAsync(string place, LabgridSettings settings, Action<string>? progress, TimeProvider time, CancellationToken cancellationToken)
    {
        Vm.HostTools.Require(place, settings.Client, "labgrid (pip install labgrid)");
        string? token = null;
        var labgridPlace = settings.Place ?? "";
        if (settings.Place is null)
        {
            progress?.Invoke($"reserving {string.Join(" ", settings.Filters)} of labgrid for '{place}'…");
            token = await ReserveAsync(place, settings, cancellationToken);
            labgridPlace = "+" + token;
        }

        try
        {
            // The reservation ends with the place's release; from here on the place goes by its name.
            labgridPlace = NameOf(await CheckedAsync(place, settings, ["-p", labgridPlace, "acquire"], cancellationToken)) ?? labgridPlace;
        }
        catch
        {
            await CancelAsync(settings, token);
            throw;
        }

        var lease = new LabgridLease(place, settings, labgridPlace, token, progress, time);
        try
        {
            await lease.ReadAddressAsync(cancellationToken);
            return lease;
        }
        catch
        {
            await lease.DisposeAsync();
            throw;
        }
    }

    /// <summary>Gives the place back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timeToLive.DisposeAsync();
        await _release.Value;
    }

    private static async Task<string> ReserveAsync(string place, LabgridSettings settings, CancellationToken cancellationToken)
    {
        var told = await RunAsync(settings, ["reserve", "--wait", "--shell", .. settings.Filters], settings.Wait, cancellationToken);
        foreach (var line in told.OutputText.Split('\n', StringSplitOptions.TrimEntries))
        {
            var text = line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..] : line;
            if (told.ExitCode == 0 && !told.TimedOut && text.StartsWith("LG_TOKEN=", StringComparison.Ordinal))
            {
                return text["LG_TOKEN=".Length..].Trim('"', '\'');
            }
        }

        // A reservation that is waited for no longer would be given to nobody.
        if (TokenOf(told.OutputText) is { } pending)
        {
            await CancelAsync(settings, pending);
        }

        throw new PlaceBusyException(
            told.TimedOut
                ? string.Create(CultureInfo.InvariantCulture, $"place '{place}': labgrid gave no place for {string.Join(" ", settings.Filters)} within {settings.Wait.TotalSeconds} s")
                : $"place '{place}': labgrid gave no reservation for {string.Join(" ", settings.Filters)}: {told.ErrorText.Trim()}",
            "see `labgrid-client reservations` and `labgrid-client places`");
    }

    private static string? TokenOf(string text) => text.Split('\n', StringSplitOptions.TrimEntries)
        .Where(l => l.Contains("LG_TOKEN=", StringComparison.Ordinal)).Select(l => l[(l.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim('"', '\'')).FirstOrDefault();

    private static string? NameOf(string text)
    {
        const string acquired = "acquired place ";
        return text.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(l => l.StartsWith(acquired, StringComparison.Ordinal))?[acquired.Length..];
    }

    private static async Task<string> CheckedAsync(string place, LabgridSettings settings, string[] words, CancellationToken cancellationToken)
    {
        var told = await RunAsync(settings, words, CallLimit, cancellationToken);
        if (told.ErrorText.Contains("matches nothing", StringComparison.Ordinal))
        {
            throw new LabConfigException($"place '{place}': {told.ErrorText.Trim()}", "see `labgrid-client places`");
        }

        if (told.ExitCode != 0 || told.TimedOut)
        {
            throw new PlaceBusyException(
                $"place '{place}': `{told.Command}` {(told.TimedOut ? "did not end" : $"ended with {told.ExitCode}")}: {(told.ErrorText + told.OutputText).Trim()}", "see `labgrid-client who`");
        }

        return told.OutputText;
    }

    private static async Task CancelAsync(LabgridSettings settings, string? token)
    {
        if (token is not null)
        {
            _ = await RunAsync(settings, ["cancel-reservation", token], CallLimit, CancellationToken.None);
        }
    }

    private static async Task<CommandResult> RunAsync(LabgridSettings settings, string[] words, TimeSpan limit, CancellationToken cancellationToken)
    {
        await using var machine = new LocalTarget("this machine");
        return await machine.RunAsync(new Command(settings.Client, words) { Timeout = limit, Environment = Unbuffered }, cancellationToken);
    }

    // `env` prints a configuration with the place's resources. `export` says only what drivers tell, and takes the place of the file it is given.
    private async Task ReadAddressAsync(CancellationToken cancellationToken)
    {
        var text = await CheckedAsync(_place, _settings, ["-p", _labgridPlace, "env"], cancellationToken);
        if (!TryReadAddress(text))
        {
            throw new LabConfigException(
                $"place '{_place}': labgrid's {_labgridPlace} has no NetworkService with an address: {text.Trim()}", "export a NetworkService there, for ssh");
        }
    }

    // YAML in blocks, as the client dumps it: the first NetworkService, and the lines that are indented deeper than its name.
    private bool TryReadAddress(string text)
    {
        Dictionary<string, string>? values = null;
        var indent = 0;
        foreach (var line in text.Split('\n').Select(l => l.TrimEnd()))
        {
            var content = line.TrimStart(' ', '-');
            var depth = line.Length - content.Length;
            if (values is null)
            {
                if (content == "NetworkService:")
                {
                    (values, indent) = ([], depth);
                }
            }
            else if (content.Length == 0 || depth <= indent)
            {
                break;
            }
            else if (content.IndexOf(": ", StringComparison.Ordinal) is > 0 and var colon)
            {
                values[content[..colon]] = content[(colon + 2)..].Trim('\'', '"');
            }
        }

        if (values is null || !values.TryGetValue("address", out var host) || host.Length == 0 || host[0] == '-')
        {
            return false;
        }

        Host = values.TryGetValue("username", out var user) && user.Length > 0 ? $"{user}@{host}" : host;
        Port = values.TryGetValue("port", out var port) && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return true;
    }

    private async Task ReleaseAsync()
    {
        await _guard.StandardInput.DisposeAsync();
        using var limit = new CancellationTokenSource(CallLimit);
        try
        {
            _ = await _guard.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // labgrid does not answer; it was told.
        }

        await _guard.DisposeAsync();
    }
}
