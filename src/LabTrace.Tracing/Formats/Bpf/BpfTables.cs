using System.Globalization;
using System.Text.Json;

namespace LabTrace.Tracing;

/// <summary>What a capture's describing frames tell: names behind the numbers of its records, counters, histograms.</summary>
internal sealed class BpfTables
{
    private const int MaxNames = 1 << 20;
    private readonly Dictionary<(int Process, ulong Address), string> _symbols = [];
    private readonly Dictionary<long, string> _reasons = [];
    private readonly List<string> _functions = [];
    private readonly List<KeyValuePair<string, string>> _about = [];

    public IReadOnlyList<KeyValuePair<string, string>> About => _about;

    public IReadOnlyList<string> Functions => _functions;

    public List<BpfCounters> Counters { get; } = [];

    public List<BpfFunctionTimes> Times { get; } = [];

    /// <summary>Events the kernel did not run a program for, because one was running on that cpu.</summary>
    public long Missed { get; private set; }

    public bool HasEnd { get; private set; }

    /// <summary>The name of an address: of the kernel, or of a process's program.</summary>
    public string? SymbolOf(ulong address, int process = 0) => _symbols.GetValueOrDefault((process, address));

    public string? ReasonOf(long reason) => _reasons.GetValueOrDefault(reason);

    public string FunctionOf(long index) => index >= 0 && index < _functions.Count ? _functions[(int)index] : string.Create(CultureInfo.InvariantCulture, $"function_{index}");

    /// <summary>Takes a frame's JSON.</summary>
    /// <exception cref="JsonException">It is none, or not of the shape that Bpf.md tells.</exception>
    /// <exception cref="InvalidOperationException">As before.</exception>
    /// <exception cref="FormatException">As before.</exception>
    public void Take(int kind, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
        var root = document.RootElement;
        switch (kind)
        {
            case BpfFrame.About:
                TakeAbout(root);
                break;
            case BpfFrame.Symbols:
                foreach (var symbol in root.EnumerateObject().Take(MaxNames))
                {
                    var slash = symbol.Name.IndexOf('/', StringComparison.Ordinal);
                    var process = slash < 0 ? 0 : int.Parse(symbol.Name.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture);
                    _symbols[(process, ulong.Parse(symbol.Name.AsSpan(slash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))] = symbol.Value.GetString() ?? "";
                }

                break;
            case BpfFrame.Times:
                Times.Clear();
                foreach (var item in root.EnumerateArray().Take(MaxNames))
                {
                    Times.Add(new BpfFunctionTimes(
                        item.GetProperty("function").GetString() ?? "",
                        item.GetProperty("count").GetInt64(),
                        item.GetProperty("total_ns").GetInt64(),
                        item.GetProperty("min_ns").GetInt64(),
                        item.GetProperty("max_ns").GetInt64(),
                        [.. item.GetProperty("log2").EnumerateArray().Take(64).Select(b => b.GetInt64())]));
                }

                break;
            case BpfFrame.End:
                HasEnd = true;
                Missed = root.GetProperty("missed").GetInt64();
                foreach (var cpu in root.GetProperty("cpus").EnumerateArray().Take(BpfFrame.MaxCpus))
                {
                    long Count(string name) => cpu.GetProperty(name).GetInt64();
                    Counters.Add(new BpfCounters((int)Count("cpu"), Count("records"), Count("dropped"), Count("unmatched"), Count("overflow"), Count("unread")));
                }

                break;
        }
    }

    private void TakeAbout(JsonElement root)
    {
        foreach (var property in root.EnumerateObject())
        {
            if (property.NameEquals("functions"))
            {
                _functions.AddRange(property.Value.EnumerateArray().Take(MaxNames).Select(f => f.GetString() ?? ""));
            }
            else if (property.NameEquals("reasons"))
            {
                foreach (var reason in property.Value.EnumerateObject().Take(MaxNames))
                {
                    _reasons[long.Parse(reason.Name, CultureInfo.InvariantCulture)] = reason.Value.GetString() ?? "";
                }
            }
            else
            {
                _about.Add(new(property.Name, property.Value.ToString()));
            }
        }
    }
}

/// <summary>What one cpu counted while a BPF program ran.</summary>
/// <param name="Cpu">The cpu, zero-based.</param>
/// <param name="Records">Records it made, dropped ones among them.</param>
/// <param name="Dropped">Records for which the ring buffer had no room.</param>
/// <param name="Unmatched">Ends whose begin was not seen, as of calls under way when tracing began.</param>
/// <param name="Overflow">Begins that could not be remembered, so that their ends are missing.</param>
/// <param name="Unread">Texts that could not be read from user memory.</param>
public readonly record struct BpfCounters(int Cpu, long Records, long Dropped, long Unmatched, long Overflow, long Unread)
{
    /// <summary>Writes it as an object of JSON, as capture files and <c>--json</c> have it.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteNumber("cpu", Cpu);
        json.WriteNumber("records", Records);
        json.WriteNumber("dropped", Dropped);
        json.WriteNumber("unmatched", Unmatched);
        json.WriteNumber("overflow", Overflow);
        json.WriteNumber("unread", Unread);
        json.WriteEndObject();
    }
}

/// <summary>How long the calls of one function took, as counted in the kernel: all calls, whatever the filter let through as events.</summary>
/// <param name="Function">The function.</param>
/// <param name="Count">Calls that returned.</param>
/// <param name="TotalNs">Their time together, ns.</param>
/// <param name="ShortestNs">The shortest, ns.</param>
/// <param name="LongestNs">The longest, ns.</param>
/// <param name="Log2">Calls by length: element n counts those of 2^n ns and more, less than twice that; 0 ns counts in element 0.</param>
public sealed record BpfFunctionTimes(string Function, long Count, long TotalNs, long ShortestNs, long LongestNs, IReadOnlyList<long> Log2)
{
    /// <summary>The mean, ns; 0 without calls.</summary>
    public long AverageNs => Count == 0 ? 0 : TotalNs / Count;

    /// <summary>Writes it as an object of JSON, as capture files and <c>--json</c> have it.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        json.WriteString("function", Function);
        json.WriteNumber("count", Count);
        json.WriteNumber("total_ns", TotalNs);
        json.WriteNumber("min_ns", ShortestNs);
        json.WriteNumber("max_ns", LongestNs);
        json.WriteStartArray("log2");
        foreach (var count in Log2)
        {
            json.WriteNumberValue(count);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
