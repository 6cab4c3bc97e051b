using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using LabTrace.Reports.ReportPortal.Configuration;

namespace LabTrace.Reports.ReportPortal.Delivering;

/// <summary>Makes requests of ReportPortal's HTTP API and tells what their answers mean. It never makes one again by itself.</summary>
internal sealed class PortalClient : IDisposable
{
    private const int LongestQuote = 300;
    private readonly PortalSettings _settings;
    private readonly HttpClient _http;

    public PortalClient(PortalSettings settings)
    {
        _settings = settings;
        _http = new HttpClient(HandlerOf(settings)) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _ = _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + settings.ApiKey);
        _ = _http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", $"LabTrace/{typeof(PortalClient).Assembly.GetName().Version?.ToString(3)}");
    }

    /// <summary>Makes a request.</summary>
    /// <param name="method">POST, PUT or GET.</param>
    /// <param name="path">The path behind the project: <c>item/UUID</c>.</param>
    /// <param name="content">The body, disposed of here; or null.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <param name="version">1 or 2; null for the configured one.</param>
    public async Task<PortalAnswer> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, int? version = null)
    {
        var root = (version ?? (_settings.IsAsynchronous ? 2 : 1)) == 2 ? "v2" : "v1";
        var url = new Uri(_settings.Api, $"{root}/{Uri.EscapeDataString(_settings.Project)}/{path}");
        using var request = new HttpRequestMessage(method, url) { Content = content };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_settings.Timeout);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
            var body = await response.Content.ReadAsStringAsync(limit.Token);
            return Judge(response, body);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new PortalAnswer(AnswerKind.Unavailable, string.Create(CultureInfo.InvariantCulture, $"no answer within {_settings.Timeout.TotalSeconds:0.#} s"));
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            var reason = error.InnerException is { } inner && !error.Message.Contains(inner.Message, StringComparison.Ordinal)
                ? $"{error.Message}: {inner.Message}"
                : error.Message;
            return new PortalAnswer(AnswerKind.Unavailable, reason);
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler HandlerOf(PortalSettings settings)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = settings.Connections,
            ConnectTimeout = settings.Timeout,
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,

            // A redirected POST becomes a GET: what it carried would be lost without a word.
            AllowAutoRedirect = false,
        };
        if (settings.Proxy is { } proxy)
        {
            handler.Proxy = new WebProxy(proxy.Url)
            {
                Credentials = proxy.Username is null ? null : new NetworkCredential(proxy.Username, proxy.Password, proxy.Domain),
            };
        }

        if (settings.IgnoresSslErrors)
        {
#pragma warning disable CA5359, MA0039 // The user asks for it by Server:IgnoreSslErrors.
            handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        }

        return handler;
    }

    private PortalAnswer Judge(HttpResponseMessage response, string body)
    {
        var status = (int)response.StatusCode;
        var json = Parse(body);
        return status switch
        {
            >= 200 and < 300 => json is null ? NotOurs(response, body) : Accepted(json.Value),
            >= 300 and < 400 => new PortalAnswer(
                AnswerKind.Denied, $"the server sends us on to '{response.Headers.Location}' (HTTP {status}); try: that address as Server:Url"),
            _ => Failed(response, status, json, body),
        };
    }

    private static PortalAnswer Accepted(JsonElement json) => new(AnswerKind.Done, "")
    {
        WasAnswered = true,
        Id = Text(json, "id"),
        Link = Text(json, "link"),
        Number = json.TryGetProperty("number", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var value) ? value : null,

        // One element of a batch that failed leaves the batch's status as it is.
        Elements = json.TryGetProperty("responses", out var responses) && responses.ValueKind == JsonValueKind.Array
            ? [.. responses.EnumerateArray().Select(ProblemOf)]
            : null,
    };

    private static string? ProblemOf(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object || (Text(element, "message") is null && Text(element, "stackTrace") is null))
        {
            return null;
        }

        var problem = Text(element, "message") ?? Text(element, "stackTrace")!;
        return IsDuplicate(problem) ? null : Quote(problem);
    }

    /// <summary>A proxy's login page is no ReportPortal.</summary>
    private static PortalAnswer NotOurs(HttpResponseMessage response, string body) => new(
        AnswerKind.Unavailable, $"HTTP {(int)response.StatusCode} with {response.Content.Headers.ContentType?.MediaType ?? "no type"} instead of JSON: {Quote(body)}");

    private PortalAnswer Failed(HttpResponseMessage response, int status, JsonElement? json, string body)
    {
        var message = json is { } error ? Text(error, "message") ?? Text(error, "error") ?? body : body;
        var code = json is { } coded && coded.TryGetProperty("errorCode", out var number) && number.TryGetInt32(out var value) ? value : 0;
        var text = $"HTTP {status}{(code == 0 ? "" : $", error {code}")}: {Quote(message)}";
        return new PortalAnswer(KindOf(status, code, message), text) { WasAnswered = true, RetryAfter = RetryAfterOf(response) };
    }

    private AnswerKind KindOf(int status, int code, string message)
    {
        if (code == 4091 || (code is 0 or 5000 or 4001 or 4092 && IsDuplicate(message)) || (status == 409 && code == 0))
        {
            return AnswerKind.Done;
        }

        return code switch
        {
            40018 or 40024 or 40027 => AnswerKind.AlreadyFinished,
            40022 or 40023 when message.Contains("finished", StringComparison.OrdinalIgnoreCase) => AnswerKind.AlreadyFinished,
            4041 or 4043 => AnswerKind.Missing,
            4003 or 4040 => AnswerKind.Denied,
            _ when _settings.Retry.StatusCodes.Contains(status) => AnswerKind.Unavailable,
            _ => status switch
            {
                401 or 403 or 407 => AnswerKind.Denied,
                413 => AnswerKind.TooLarge,
                408 or 423 or 425 or 429 or >= 500 => AnswerKind.Unavailable,

                // No error code: it is the address that is not found, not something of ours; so answers a gateway while the server restarts.
                404 or 405 when code == 0 => AnswerKind.Unavailable,
                409 => AnswerKind.Unavailable,
                _ => AnswerKind.Refused,
            },
        };
    }

    private static bool IsDuplicate(string message) =>
        message.Contains("duplicate key", StringComparison.OrdinalIgnoreCase) || message.Contains("already exist", StringComparison.OrdinalIgnoreCase);

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter is not { } retry
        ? null
        : retry.Delta ?? (retry.Date is { } date && response.Headers.Date is { } now && date > now ? date - now : null);

    private static JsonElement? Parse(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static string Quote(string text)
    {
        var line = VisibleText.Line(text).Trim();
        return line.Length == 0 ? "(nothing)" : line.Length <= LongestQuote ? line : line[..LongestQuote] + "…";
    }
}
