using System.Collections;
using System.Globalization;

namespace LabTrace.Reports.ReportPortal.Configuration;

/// <summary>How and where to report, as the .NET agents' configuration says it.</summary>
internal sealed record PortalSettings
{
    private const string DefaultLaunchName = "LabTrace";
    private const int MaxBatch = 1000;
    private const int MaxConnections = 100;
    private const double MaxTimeoutSeconds = 3600;
    private const double MaxDelayMilliseconds = 600_000;

    /// <summary>Reporting is wanted: <c>Enabled</c>.</summary>
    public bool IsEnabled { get; private init; }

    /// <summary>The API's root, ending with <c>/api/</c>.</summary>
    public required Uri Api { get; init; }

    /// <summary>The project's key.</summary>
    public required string Project { get; init; }

    /// <summary>The bearer token.</summary>
    public required string ApiKey { get; init; }

    /// <summary>The server queues what it gets (version 2 of the API).</summary>
    public bool IsAsynchronous { get; init; }

    /// <summary>Logs in one request, at most.</summary>
    public int LogsBatchCapacity { get; init; } = 20;

    /// <summary>Connections at once, at most.</summary>
    public int Connections { get; init; } = 10;

    /// <summary>How long a request may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Any certificate will do.</summary>
    public bool IgnoresSslErrors { get; init; }

    /// <summary>The proxy, or null for the system's.</summary>
    public PortalProxy? Proxy { get; init; }

    /// <summary>What to do when the server does not answer.</summary>
    public RetryPolicy Retry { get; init; } = new();

    /// <summary>The launch's name.</summary>
    public string LaunchName { get; init; } = DefaultLaunchName;

    /// <summary>The launch's description, or null.</summary>
    public string? LaunchDescription { get; init; }

    /// <summary>The launch is for its owner's eyes.</summary>
    public bool IsDebug { get; init; }

    /// <summary>The launch's attributes.</summary>
    public IReadOnlyList<PortalAttribute> Attributes { get; init; } = [];

    /// <summary>A launch that somebody else starts and finishes, for many shards; or null.</summary>
    public Guid? LaunchId { get; init; }

    /// <summary>Adds to an earlier launch, whose items are matched.</summary>
    public bool IsRerun { get; init; }

    /// <summary>The launch to add to; null for the last one of that name.</summary>
    public Guid? RerunOf { get; init; }

    /// <summary>Reads the configuration.</summary>
    /// <param name="file">A configuration file that was named, or null for those of the current directory.</param>
    /// <exception cref="ReportException">Something needed is missing, or does not fit.</exception>
    public static PortalSettings Load(string? file) => Load(Directory.GetCurrentDirectory(), file, Environment.GetEnvironmentVariables());

    /// <summary>Reads the configuration.</summary>
    /// <param name="directory">Where the files are looked for.</param>
    /// <param name="file">A configuration file that was named, or null.</param>
    /// <param name="environment">The environment's variables.</param>
    /// <exception cref="ReportException">Something needed is missing, or does not fit.</exception>
    public static PortalSettings Load(string directory, string? file, IDictionary environment)
    {
        var properties = PortalSources.Read(directory, file, environment);
        if (!properties.Flag("Enabled", usual: true))
        {
            return new PortalSettings { IsEnabled = false, Api = new Uri("http://localhost/api/"), Project = "", ApiKey = "" };
        }

        var retry = new RetryPolicy();
        return new PortalSettings
        {
            IsEnabled = true,
            Api = ApiOf(properties),
            Project = Needed(properties, "the project", "Server:Project"),
            ApiKey = Needed(properties, "the API key", "Server:ApiKey", "Server:Authentication:Uuid").Trim(),
            IsAsynchronous = properties.Flag("Server:AsyncReporting", usual: false),
            LogsBatchCapacity = properties.Count("Server:LogsBatchCapacity", 20, 1, MaxBatch),
            Connections = properties.Count("Server:MaximumConnectionsNumber", 10, 1, MaxConnections),
            Timeout = TimeSpan.FromSeconds(properties.Number("Server:Timeout", 60, 0.001, MaxTimeoutSeconds)),
            IgnoresSslErrors = properties.Flag("Server:IgnoreSslErrors", usual: false),
            Proxy = ProxyOf(properties),
            Retry = new RetryPolicy
            {
                Strategy = properties.Text("Server:Retry:Strategy") is not { } strategy
                    ? retry.Strategy
                    : Enum.TryParse<RetryStrategy>(strategy, ignoreCase: true, out var known) && !char.IsAsciiDigit(strategy[0])
                        ? known
                        : throw properties.Wrong("Server:Retry:Strategy", "Exponential, Linear or None"),
                MaxAttempts = "None".Equals(properties.Text("Server:Retry:Strategy"), StringComparison.OrdinalIgnoreCase)
                    ? 1
                    : properties.Count("Server:Retry:MaxAttempts", retry.MaxAttempts, 1, 100),
                BaseIndex = properties.Number("Server:Retry:BaseIndex", retry.BaseIndex, 1, 10),
                Delay = TimeSpan.FromMilliseconds(properties.Number("Server:Retry:Delay", retry.Delay.TotalMilliseconds, 0, MaxDelayMilliseconds)),
                StatusCodes = [.. properties.List("Server:Retry:HttpStatusCodes").Select(code => StatusOf(properties, code))],
            },
            LaunchName = properties.Text("Launch:Name") ?? DefaultLaunchName,
            LaunchDescription = properties.Text("Launch:Description"),
            IsDebug = properties.Flag("Launch:DebugMode", usual: false),
            Attributes = [.. properties.List("Launch:Attributes").Concat(properties.List("Launch:Tags")).Select(PortalAttribute.Parse)],
            LaunchId = IdOf(properties, "Launch:Id"),
            IsRerun = properties.Flag("Launch:Rerun", usual: false) || properties.Text("Launch:RerunOf") is not null,
            RerunOf = IdOf(properties, "Launch:RerunOf"),
        };
    }

    /// <summary>Tells what of it no report may show.</summary>
    public void KeepSecrets(Action<string> keep)
    {
        keep(ApiKey);
        if (Proxy?.Password is { } password)
        {
            keep(password);
        }
    }

    private static Uri ApiOf(PortalProperties properties)
    {
        var text = Needed(properties, "the server's address", "Server:Url");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            throw properties.Wrong("Server:Url", "an address such as https://reportportal.example.com");
        }

        // As the agents take it: with or without /api, with or without a version.
        var path = url.AbsolutePath.TrimEnd('/');
        foreach (var version in new[] { "/v1", "/v2" })
        {
            path = path.EndsWith(version, StringComparison.OrdinalIgnoreCase) ? path[..^version.Length] : path;
        }

        path = path.EndsWith("/api", StringComparison.OrdinalIgnoreCase) ? path : path + "/api";
        return new UriBuilder(url) { Path = path + "/", Query = "", UserName = "", Password = "" }.Uri;
    }

    private static string Needed(PortalProperties properties, string what, params string[] keys) =>
        properties.Text(keys) ?? throw new ReportException(
            $"ReportPortal: {what} ({keys[0]}) is not configured",
            $"set the variable RP_{keys[0].Replace(':', '_').ToUpperInvariant()}, or {keys[0]} in ReportPortal.config.json");

    private static PortalProxy? ProxyOf(PortalProperties properties)
    {
        if (properties.Text("Server:Proxy:Url", "Server:Proxy") is not { } text)
        {
            return null;
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var url)
            ? new PortalProxy(url, properties.Text("Server:Proxy:Username"), properties.Text("Server:Proxy:Password"), properties.Text("Server:Proxy:Domain"))
            : throw properties.Wrong("Server:Proxy:Url", "an address such as http://proxy.example.com:3128");
    }

    private static Guid? IdOf(PortalProperties properties, string key) =>
        properties.Text(key) is not { } text ? null : Guid.TryParse(text, out var id) ? id : throw properties.Wrong(key, "a launch's uuid");

    private static int StatusOf(PortalProperties properties, string code)
    {
        if (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 400 and < 600)
        {
            return number;
        }

        return Enum.TryParse<System.Net.HttpStatusCode>(code, ignoreCase: true, out var named)
            ? (int)named
            : throw properties.Wrong("Server:Retry:HttpStatusCodes", "status codes such as 500;503");
    }
}

/// <summary>A proxy.</summary>
/// <param name="Url">Its address.</param>
/// <param name="Username">Whom it lets through, or null.</param>
/// <param name="Password">With what.</param>
/// <param name="Domain">Of which domain.</param>
internal sealed record PortalProxy(Uri Url, string? Username, string? Password, string? Domain);
