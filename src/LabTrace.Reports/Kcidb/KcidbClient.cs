using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LabTrace.Reports.Kcidb;

/// <summary>Hands a report to a KCIDB server and waits for what becomes of it: accepting a submission is not taking it in.</summary>
public sealed class KcidbClient
{
    private const int Attempts = 5;

    private readonly HttpClient _http;
    private readonly Uri _submit;
    private readonly string? _token;
    private readonly TimeProvider _time;

    /// <summary>Makes a client.</summary>
    /// <param name="http">Sends the requests.</param>
    /// <param name="submit">Where reports go, for example <c>https://db.kernelci.org/submit</c>.</param>
    /// <param name="token">The bearer token, or null for none.</param>
    /// <param name="time">Where time comes from.</param>
    public KcidbClient(HttpClient http, Uri submit, string? token, TimeProvider time)
    {
        _http = http;
        _submit = submit;
        _token = token;
        _time = time;
    }

    /// <summary>How long to wait between two questions, and before the first try again; the latter doubles each time.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Submits and waits until the server has taken the report in.</summary>
    /// <param name="json">The report.</param>
    /// <param name="patience">How long the server may take to process it.</param>
    /// <param name="progress">Told how it goes, for people.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The submission's id.</returns>
    /// <exception cref="ReportException">The server refused it, found it wrong, did not answer, or took too long.</exception>
    public async Task<string> SubmitAsync(string json, TimeSpan patience, Action<string> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);

        var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Post, _submit) { Content = new StringContent(json, Encoding.UTF8, "application/json") }, cancellationToken);
        var id = Member(answer, "id") ?? throw new ReportException($"{_submit} took the report and gave no id: {Cut(answer)}", "is this KCIDB's /submit?");
        progress($"submitted as {id}; waiting for the server to take it in");
        var status = new Uri(_submit, $"status?id={Uri.EscapeDataString(id)}");
        var start = _time.GetTimestamp();
        var last = "";
        while (true)
        {
            answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, status), cancellationToken);
            var state = Member(answer, "status") ?? "";
            switch (state)
            {
                case "processed":
                    return id;
                case "failed":
                    throw new ReportException($"the server found the report {id} wrong: {Member(answer, "message") ?? Member(answer, "error") ?? "it does not say why"}", $"look at {status}");
                case "inprogress" or "ready" or "":
                    break;
                default:
                    throw new ReportException($"{status} says '{state}', expected inprogress, ready, processed or failed", "is this KCIDB's /submit?");
            }

            if (state != last && state.Length > 0)
            {
                last = state;
                progress($"{id} is {state}");
            }

            if (_time.GetElapsedTime(start) >= patience)
            {
                throw new ReportException($"the server has not taken in the report {id} within {patience.TotalSeconds:0} s, it is '{last}'", $"ask later: {status}");
            }

            await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    private static string? Member(string json, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value)
                ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Cut(string text) => text.Length <= 300 ? text : text[..300] + "…";

    /// <summary>Tries again when the server is away or overloaded; a refusal is told at once.</summary>
    private async Task<string> SendAsync(Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            string problem;
            try
            {
                using var request = make();
                if (_token is not null)
                {
                    request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
                }

                using var response = await _http.SendAsync(request, cancellationToken);
                var text = await response.Content.ReadAsStringAsync(cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return text;
                }

                problem = $"{(int)response.StatusCode} {response.ReasonPhrase}: {Cut(text)}";
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout) && (int)response.StatusCode < 500)
                {
                    var hint = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? "give a token: --token '${env:NAME}' or '${file:PATH}'" : "mend what it says";
                    throw new ReportException($"{request.RequestUri} refused: {problem}", hint);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                problem = exception.Message;
            }

            if (attempt == Attempts)
            {
                throw new ReportException($"{_submit} does not answer: {problem}", "submit the run again later: its message stream has everything");
            }

            await Task.Delay(Pause * Math.Pow(2, attempt - 1), _time, cancellationToken);
        }
    }
}
