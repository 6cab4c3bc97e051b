using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LabTrace.Emulation.Bpf;

/// <summary>The maps of a bpftrace program, and how bpftrace 0.17 prints them as its program ends.</summary>
internal sealed class BpftraceMaps
{
    private const int BarWidth = 52;
    private readonly SortedDictionary<string, Dictionary<string, Gathered>> _maps = new(StringComparer.Ordinal);

    public void Add(string map, string key, string function, object value)
    {
        if (!_maps.TryGetValue(map, out var entries))
        {
            _maps[map] = entries = new(StringComparer.Ordinal);
        }

        if (!entries.TryGetValue(key, out var gathered))
        {
            entries[key] = gathered = new Gathered(function);
        }

        gathered.Add(value);
    }

    public string Print(bool isJson)
    {
        var text = new StringBuilder();
        foreach (var (map, entries) in _maps)
        {
            if (isJson)
            {
                _ = text.Append(Json(map, entries)).Append('\n');
                continue;
            }

            _ = text.Append('\n');
            foreach (var (key, value) in Ordered(entries))
            {
                _ = text.Append(map).Append(key.Length == 0 ? "" : $"[{key}]").Append(':').Append(value.IsHistogram ? " \n" + Bars(value) : " " + value.Text).Append('\n');
            }
        }

        return text.ToString();
    }

    private static IEnumerable<KeyValuePair<string, Gathered>> Ordered(Dictionary<string, Gathered> entries) =>
        entries.OrderBy(e => e.Value.Order).ThenBy(e => e.Key, StringComparer.Ordinal);

    private static string Json(string map, Dictionary<string, Gathered> entries)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("type", entries.Values.First().IsHistogram ? "hist" : "map");
            json.WriteStartObject("data");
            json.WritePropertyName(map);
            if (entries.Count == 1 && entries.TryGetValue("", out var only))
            {
                only.Write(json);
            }
            else
            {
                json.WriteStartObject();
                foreach (var (key, value) in Ordered(entries))
                {
                    json.WritePropertyName(key);
                    value.Write(json);
                }

                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Bars(Gathered value)
    {
        var most = Math.Max(1, value.Buckets.Values.Max());
        return string.Concat(value.Buckets.Select(b => string.Create(
            CultureInfo.InvariantCulture,
            $"{(b.Key == 0 ? "[0]" : $"[{b.Key}, {b.Key * 2})"),-16}{b.Value,10} |{new string('@', (int)(b.Value * BarWidth / most)),-BarWidth}|\n")));
    }

    private sealed class Gathered(string function)
    {
        private long _count;
        private long _total;
        private long _value;
        private string? _text;

        public SortedDictionary<long, long> Buckets { get; } = [];

        public bool IsHistogram => function == "hist";

        public long Order => function is "count" ? _count : function == "avg" ? Average : _value;

        public string Text => function switch
        {
            "count" => _count.ToString(CultureInfo.InvariantCulture),
            "avg" => Average.ToString(CultureInfo.InvariantCulture),
            _ => _text ?? _value.ToString(CultureInfo.InvariantCulture),
        };

        private long Average => _count == 0 ? 0 : _total / _count;

        public void Add(object value)
        {
            var number = value is long given ? given : 0;
            _value = function switch
            {
                "sum" => _value + number,
                "min" => _count == 0 ? number : Math.Min(_value, number),
                "max" => _count == 0 ? number : Math.Max(_value, number),
                _ => number,
            };
            _text = value as string;
            _total += number;
            _count++;
            var bucket = number <= 0 ? 0 : 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)number));
            Buckets[bucket] = Buckets.GetValueOrDefault(bucket) + 1;
        }

        public void Write(Utf8JsonWriter json)
        {
            if (!IsHistogram)
            {
                if (_text is not null)
                {
                    json.WriteStringValue(_text);
                }
                else
                {
                    json.WriteRawValue(Text);
                }

                return;
            }

            json.WriteStartArray();
            foreach (var (least, count) in Buckets)
            {
                json.WriteStartObject();
                json.WriteNumber("min", least);
                json.WriteNumber("max", least == 0 ? 0 : (least * 2) - 1);
                json.WriteNumber("count", count);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }
}
