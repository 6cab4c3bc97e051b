using LabTrace.Gherkin.Ast;

namespace LabTrace.Gherkin.Parsing;

/// <summary>A feature, rule, background, scenario or examples that is still being read.</summary>
internal sealed class PendingSection(Location location, string keyword, string name, IReadOnlyList<PendingTag> tags)
{
    private List<string>? _description;

    public Location Location => location;

    public string Keyword => keyword;

    public string Name => name;

    public IReadOnlyList<PendingTag> Tags => tags;

    /// <summary>The description so far, blank lines at its end left out.</summary>
    public string Description
    {
        get
        {
            if (_description is null)
            {
                return "";
            }

            var count = _description.Count;
            while (count > 0 && string.IsNullOrWhiteSpace(_description[count - 1]))
            {
                count--;
            }

            return string.Join('\n', _description.Take(count));
        }
    }

    public void AddToDescription(string line) => (_description ??= []).Add(line);
}

/// <summary>A tag that awaits its owner and its id.</summary>
internal sealed record PendingTag(Location Location, string Name);

/// <summary>A table row that awaits its id.</summary>
internal sealed record PendingRow(Location Location, TableCell[] Cells);

/// <summary>A step that is still being read.</summary>
internal sealed record PendingStep(Location Location, Keyword Keyword, string Text)
{
    public DocString? DocString { get; set; }
}
