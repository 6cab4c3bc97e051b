using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using LabTrace.Devices;
using LabTrace.Reports;
using LabTrace.Reports.Kcidb;
using LabTrace.Scenarios;

namespace LabTrace.Cli;

/// <summary>A run on its way to a KCIDB server.</summary>
internal sealed class KcidbSubmission
{
    private const string TokenVariable = "LABTRACE_KCIDB_TOKEN";
    private static readonly TimeSpan UsualPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(30);

    private readonly Uri _url;
    private readonly string? _token;
    private readonly TimeSpan _patience;
    private readonly StringBuilder _report = new();

    private KcidbSubmission(Uri url, string? token, TimeSpan patience)
    {
        _url = url;
        _token = token;
        _patience = patience;
    }

    /// <summary>Reads what was asked for.</summary>
    /// <returns>Null when nothing is to be submitted.</returns>
    /// <exception cref="UsageException">The token stands on the command line itself.</exception>
    /// <exception cref="LabConfigException">The token cannot be read.</exception>
    public static KcidbSubmission? Of(Uri? url, string? token, TimeSpan? patience)
    {
        if (url is null)
        {
            return token is null ? null : throw new UsageException("--token is for --submit");
        }

        if (token is not null && !SecretReference.TryParse(token, out _))
        {
            throw new UsageException("a reference is wanted behind --token, for what stands on the command line can be read by everybody\n  try: --token '${env:NAME}' or --token '${file:PATH}'");
        }

        token = token is not null ? SecretReference.Expand(token) : Environment.GetEnvironmentVariable(TokenVariable);
        return new KcidbSubmission(url, string.IsNullOrEmpty(token) ? null : token, patience ?? UsualPatience);
    }

    /// <summary>Reads a server's address.</summary>
    public static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return url;
        }

        result.AddError($"'{result.Tokens[0].Value}' is no address; write for example https://db.kernelci.org/submit");
        return null;
    }

    /// <summary>The report that is to be sent, made of the messages it is given.</summary>
    public IRunSink Open() => ReportCatalog.Parse("kcidb").Open(new ReportContext { Out = new StringWriter(_report, CultureInfo.InvariantCulture), Console = TextWriter.Null, IsReplay = true });

    /// <summary>Sends it.</summary>
    /// <exception cref="ReportException">The server did not take it in.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = RequestTimeout };
        var client = new KcidbClient(http, _url, _token, TimeProvider.System);
        var id = await client.SubmitAsync(_report.ToString(), _patience, message => Console.Error.WriteLine($"labtrace: {message}"), cancellationToken);
        Console.WriteLine($"{_url} took the run in as {id}");
    }
}
