using System.Globalization;
using System.Text.Json;

namespace LabTrace.TestKit.Portal;

/// <summary>What the server knows, and the rules by which it takes more: those of service-api 5.15.</summary>
public sealed class PortalModel
{
    public const string Key = "KEY";
    public const string Project = "lab";
    private readonly Dictionary<string, PortalLaunch> _launches = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, PortalItem> _items = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _logs = new(StringComparer.OrdinalIgnoreCase);
    private int _number;

    /// <summary>What was refused, for a rule's sake; what was there already is not among it.</summary>
    public List<string> Violations { get; } = [];

    public IReadOnlyCollection<PortalLaunch> Launches => _launches.Values;

    public IReadOnlyCollection<PortalItem> Items => _items.Values;

    public int Logs => _logs.Count;

    /// <summary>The key that is right.</summary>
    public string ExpectedKey { get; set; } = Key;

    /// <summary>Items of which names it will not take, whatever the rules say.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>Loses what it had, as a database does that is restored from a backup.</summary>
    public void Lose()
    {
        _launches.Clear();
        _items.Clear();
        _logs.Clear();
    }

    public PortalReply Handle(PortalRequest request)
    {
        try
        {
            return Route(request);
        }
        catch (PortalRefusalException refusal)
        {
            if (refusal.Code != 4091 && refusal.Code != 40018)
            {
                Violations.Add($"{request.Method} {request.Path}: {refusal.Code} {refusal.Message}");
            }

            return new PortalReply(refusal.Status, JsonSerializer.Serialize(new { errorCode = refusal.Code, message = refusal.Message }));
        }
    }

    private PortalReply Route(PortalRequest request)
    {
        var parts = request.Path.Trim('/').Split('/');
        if (parts is ["api", "info"])
        {
            return new PortalReply(200, """{"build":{"version":"5.15.1"}}""");
        }

        if (request.Headers.GetValueOrDefault("authorization") != "Bearer " + ExpectedKey)
        {
            throw new PortalRefusalException(401, 4001, "Full authentication is required to access this resource");
        }

        if (parts is not ["api", "v1" or "v2", var project, .. var rest])
        {
            throw new PortalRefusalException(404, 4040, "no such resource");
        }

        Rule(project == Project, 404, 4040, $"Project '{project}' not found. Did you use correct project name?");
        return (request.Method, rest) switch
        {
            ("POST", ["launch"]) => StartLaunch(request),
            ("POST", ["launch", "merge"]) => Merge(request),
            ("PUT", ["launch", var id, "finish"]) => FinishLaunch(request, id),
            ("GET", ["launch", "uuid", var id]) => new PortalReply(200, Describe(Launch(id))),
            ("GET", ["launch"]) => FindLaunches(request),
            ("POST", ["item"]) => StartItem(request, null),
            ("POST", ["item", ""]) => StartItem(request, null),
            ("POST", ["item", var parent]) => StartItem(request, parent),
            ("PUT", ["item", var id]) => FinishItem(request, id),
            ("POST", ["log"]) => Log(request),
            _ => throw new PortalRefusalException(404, 4040, $"no resource {request.Method} {request.Path}"),
        };
    }

    private PortalReply StartLaunch(PortalRequest request)
    {
        var rq = new PortalBody(request.Json());
        var name = rq.Text("name", 1, 256, needed: true)!;
        var start = rq.Time("startTime")!.Value;
        _ = rq.OneOf("mode", "DEFAULT", "DEBUG");
        var attributes = rq.Attributes();
        var description = rq.Text("description", 0, 65536);
        if (rq.Flag("rerun"))
        {
            var of = rq.Text("rerunOf", 1, 64);
            var known = of is null ? _launches.Values.Where(launch => launch.Name == name).MaxBy(launch => launch.Number) : Launch(of);
            Rule(known is not null, 404, 4041, "Launch not found for rerun");
            known!.EndTime = null;
            known.Status = "IN_PROGRESS";
            known.Reruns++;
            return new PortalReply(201, JsonSerializer.Serialize(new { id = known.Uuid, number = known.Number }));
        }

        var uuid = rq.Text("uuid", 1, 64) ?? Guid.NewGuid().ToString();
        Rule(!_launches.ContainsKey(uuid), 409, 4091, $"Resource '{uuid}' already exists. You couldn't create the duplicate.");
        var launch = new PortalLaunch(uuid, ++_number, name, start, description, attributes);
        _launches[uuid] = launch;
        return new PortalReply(201, JsonSerializer.Serialize(new { id = uuid, number = launch.Number }));
    }

    private PortalReply FinishLaunch(PortalRequest request, string id)
    {
        var launch = Launch(id);
        var rq = new PortalBody(request.Json());
        var end = rq.Time("endTime")!.Value;
        var status = rq.Status();
        Rule(launch.EndTime is null, 400, 40018, $"Reporting for item {id} already finished. Please, check item status.");
        Rule(end >= launch.StartTime, 400, 40021, "Finish time is earlier than start time");
        Rule(launch.ItemsInProgress == 0, 406, 40023, "Finish launch is not allowed. It has items in progress");
        (launch.EndTime, launch.Status) = (end, status ?? StatusOf(launch.Roots));
        launch.Description = rq.Text("description", 0, 65536) ?? launch.Description;
        launch.Attributes = rq.Attributes() is { Count: > 0 } later ? later : launch.Attributes;
        return new PortalReply(200, JsonSerializer.Serialize(new { id, number = launch.Number, link = $"http://127.0.0.1/ui/#{Project}/launches/all/{launch.Number}" }));
    }

    private PortalReply StartItem(PortalRequest request, string? parentId)
    {
        var rq = new PortalBody(request.Json());
        var launch = Launch(rq.Text("launchUuid", 1, 64, needed: true)!);
        var parent = parentId is null ? null : Item(parentId);
        var start = rq.Time("startTime")!.Value;
        var uuid = rq.Text("uuid", 1, 64) ?? Guid.NewGuid().ToString();
        var hasStats = rq.Flag("hasStats", usual: true);
        var retryOf = rq.Text("retryOf", 1, 64);
        var isRetry = rq.Flag("retry") || retryOf is not null;
        var item = new PortalItem(
            uuid,
            launch,
            parent,
            rq.Text("name", 1, 1024, needed: true)!,
            rq.OneOf(
                "type", "SUITE", "STORY", "TEST", "SCENARIO", "STEP", "BEFORE_CLASS", "BEFORE_GROUPS", "BEFORE_METHOD", "BEFORE_SUITE", "BEFORE_TEST", "AFTER_CLASS",
                "AFTER_GROUPS", "AFTER_METHOD", "AFTER_SUITE", "AFTER_TEST") ?? throw new PortalRefusalException(400, 4001, "type must not be null"),
            start,
            hasStats,
            rq.Text("description", 0, 65536),
            rq.Text("codeRef", 0, 1024),
            rq.Text("testCaseId", 0, 1024),
            rq.Parameters(),
            rq.Attributes());
        _ = rq.Text("uniqueId", 0, 1024);
        Rule(!Refuses(item.Name), 400, 4001, "Incorrect Request. not this one");
        Rule(!_items.ContainsKey(uuid), 409, 4091, $"Resource '{uuid}' already exists. You couldn't create the duplicate.");
        Rule(launch.EndTime is null, 400, 40024, "Start test item is not allowed. The launch is finished");
        Rule(parent?.EndTime is null, 400, 40024, "Start test item is not allowed. The parent is finished");
        Rule(start >= (parent?.StartTime ?? launch.StartTime), 400, 40025, "Start time of child item should be same or later than start time of the parent item/launch");
        Rule(parent is null || parent.HasStats || !hasStats, 400, 4001, "Unable to add a not nested step item, because parent item is a nested step");
        Rule(parent is not null || !isRetry, 400, 4001, "Root test item can't be a retry.");
        Rule(parent is null || !parent.IsRetried || !hasStats, 400, 40041, "Unable to add a child to an item that is a retry");
        if (isRetry)
        {
            var earlier = retryOf is not null
                ? Item(retryOf)
                : parent!.Children.LastOrDefault(other => other.Name == item.Name && !other.IsRetried);
            Rule(earlier is not null, 404, 4043, "Test Item not found. Did you use correct Test Item ID?");
            Rule(earlier!.EndTime is not null, 400, 40036, "an attempt may not start before the earlier one has ended");
            earlier.IsRetried = true;
            item.RetryOf = earlier;
        }

        item.Arrival = _items.Count;
        _items[uuid] = item;
        launch.ItemsInProgress++;
        (parent?.Children ?? launch.Roots).Add(item);
        return new PortalReply(201, JsonSerializer.Serialize(new { id = uuid }));
    }

    private PortalReply FinishItem(PortalRequest request, string id)
    {
        var item = Item(id);
        var rq = new PortalBody(request.Json());
        var end = rq.Time("endTime")!.Value;
        var status = rq.Status();
        var issue = rq.Issue();
        var children = item.Children;
        Rule(item.EndTime is null, 400, 40018, $"Reporting for item {id} already finished. Please, check item status.");
        Rule(end >= item.StartTime, 400, 40021, "Finish time is earlier than start time");
        Rule(status is not null || children.Exists(child => child.HasStats), 400, 40019, "Test item status is ambiguous. There is no status provided from request and there are no descendants");
        Rule(children.TrueForAll(child => child.EndTime is not null), 400, 40022, "Finish test item is not allowed. It has descendants in progress");
        item.Launch.ItemsInProgress--;
        (item.EndTime, item.Status) = (end, status ?? StatusOf(children.Where(child => child.HasStats && !child.IsRetried)));
        if (item.HasStats && !children.Exists(child => child.HasStats) && item.Status is "FAILED" or "SKIPPED")
        {
            item.Issue = issue?.ToUpperInvariant() switch { "NOT_ISSUE" => null, null => "TI001", var locator => locator };
        }

        return new PortalReply(200, JsonSerializer.Serialize(new { message = $"TestItem with ID = '{id}' successfully finished." }));
    }

    private PortalReply Log(PortalRequest request)
    {
        if (!request.ContentType.StartsWith("multipart/form-data", StringComparison.Ordinal))
        {
            return new PortalReply(201, JsonSerializer.Serialize(new { id = Log(new PortalBody(request.Json()), []) }));
        }

        var parts = request.Parts();
        Rule(request.Body.Length <= 128 * 1024 * 1024, 413, 4002, "Maximum upload size exceeded");
        var json = parts.Where(part => part.Name == "json_request_part").ToList();
        Rule(json.Count == 1 && json[0].ContentType.StartsWith("application/json", StringComparison.Ordinal), 400, 4001, "Required request part 'json_request_part' is not present");
        var files = parts.Where(part => part.Name != "json_request_part").ToList();
        using var array = JsonDocument.Parse(json[0].Content);
        var answers = new List<object>();
        foreach (var element in array.RootElement.EnumerateArray())
        {
            try
            {
                answers.Add(new { id = Log(new PortalBody(element.Clone()), files) });
            }
            catch (PortalRefusalException refusal)
            {
                if (refusal.Code != 4091)
                {
                    Violations.Add($"element of {request.Path}: {refusal.Message}");
                }

                answers.Add(new { message = refusal.Message, stackTrace = "at com.epam.ta.reportportal" });
            }
        }

        return new PortalReply(201, JsonSerializer.Serialize(new { responses = answers }));
    }

    private string Log(PortalBody rq, List<PortalPart> files)
    {
        var launch = Launch(rq.Text("launchUuid", 1, 64, needed: true)!);
        var time = rq.Time("time")!.Value;
        var level = rq.Text("level", 3, 16, needed: true)!;
        Rule(level.All(char.IsAsciiLetterOrDigit), 400, 4001, "level must match ^[A-Za-z0-9 ]+$");
        var item = rq.Text("itemUuid", 1, 64) is { } itemId ? Item(itemId) : null;
        var uuid = rq.Text("uuid", 1, 64) ?? Guid.NewGuid().ToString();
        var fileName = rq.FileName();
        PortalPart? file = null;
        if (fileName is not null)
        {
            // By the part's name first, then by its file's; a part is there once.
            file = files.Find(part => part.Name == fileName) ?? files.Find(part => part.FileName == fileName);
            Rule(file is not null, 400, 4002, $"There is no request part or file with name {fileName}");
        }

        Rule(_logs.Add(uuid), 409, 4091, $"Resource '{uuid}' already exists. You couldn't create the duplicate.");
        _ = file is not null && files.Remove(file);
        (item?.Logs ?? launch.Logs).Add(new PortalLog(time, level.ToUpperInvariant(), rq.Text("message", 0, int.MaxValue) ?? "", file?.FileName, file?.Content, _logs.Count));
        return uuid;
    }

    private PortalReply Merge(PortalRequest request)
    {
        var rq = new PortalBody(request.Json());
        var name = rq.Text("name", 1, 256, needed: true)!;
        _ = rq.OneOf("mergeType", "BASIC", "DEEP") ?? throw new PortalRefusalException(400, 4001, "mergeType must not be null");
        var ids = rq.Numbers("launches");
        Rule(ids.Count > 0, 400, 4001, "launches must not be empty");
        Rule(rq.Has("extendSuitesDescription"), 400, 4001, "extendSuitesDescription must not be null");
        var merged = ids.Select(id => _launches.Values.FirstOrDefault(launch => launch.Number == id) ?? throw new PortalRefusalException(404, 4041, $"Launch '{id}' not found")).ToList();
        foreach (var open in merged.Where(launch => launch.EndTime is null))
        {
            throw new PortalRefusalException(406, 4063, $"Launch '{open.Number}' is not finished. Unable to merge.");
        }

        var launch = new PortalLaunch(Guid.NewGuid().ToString(), ++_number, name, merged.Min(old => old.StartTime), null, [])
        {
            EndTime = merged.Max(old => old.EndTime),
            Status = StatusOf(merged.Select(old => old.Status)),
        };
        foreach (var item in _items.Values.Where(item => merged.Contains(item.Launch)))
        {
            item.Launch = launch;
        }

        launch.Roots.AddRange(merged.SelectMany(old => old.Roots));

        merged.ForEach(old => _launches.Remove(old.Uuid));
        _launches[launch.Uuid] = launch;
        return new PortalReply(200, Describe(launch));
    }

    private PortalReply FindLaunches(PortalRequest request)
    {
        var wanted = request.Query.Split('&').Select(pair => pair.Split('=', 2)).FirstOrDefault(pair => pair[0] == "filter.in.uuid") is [_, var list]
            ? Uri.UnescapeDataString(list).Split(',')
            : null;
        var found = _launches.Values.Where(launch => wanted is null || wanted.Contains(launch.Uuid, StringComparer.OrdinalIgnoreCase));
        return new PortalReply(200, "{\"content\":[" + string.Join(',', found.Select(Describe)) + "],\"page\":{\"number\":1,\"size\":20}}");
    }

    private static string Describe(PortalLaunch launch) => JsonSerializer.Serialize(
        new { id = launch.Number, uuid = launch.Uuid, name = launch.Name, number = launch.Number, status = launch.Status, startTime = launch.StartTime / 1000 });

    private static string StatusOf(IEnumerable<PortalItem> items) => StatusOf(items.Select(item => item.Status));

    private static string StatusOf(IEnumerable<string> statuses)
    {
        var known = statuses.ToList();
        return known.Exists(status => status is "FAILED" or "INTERRUPTED" or "STOPPED" or "CANCELLED") ? "FAILED"
            : known.Count > 0 && known.TrueForAll(status => status == "SKIPPED") ? "SKIPPED" : "PASSED";
    }

    private static void Rule(bool holds, int status, int code, string message)
    {
        if (!holds)
        {
            throw new PortalRefusalException(status, code, message);
        }
    }

    private PortalLaunch Launch(string uuid) =>
        _launches.GetValueOrDefault(uuid) ?? throw new PortalRefusalException(404, 4041, $"Launch '{uuid}' not found. Did you use correct Launch ID?");

    private PortalItem Item(string uuid) =>
        _items.GetValueOrDefault(uuid) ?? throw new PortalRefusalException(404, 4043, string.Create(CultureInfo.InvariantCulture, $"Test Item '{uuid}' not found. Did you use correct Test Item ID?"));
}

/// <summary>A rule that a request breaks.</summary>
public sealed class PortalRefusalException(int status, int code, string message) : Exception(message)
{
    public int Status => status;

    public int Code => code;
}
