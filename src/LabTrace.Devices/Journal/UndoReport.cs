namespace LabTrace.Devices;

/// <summary>What became of the changes that were to be undone.</summary>
/// <param name="Undone">Changes taken back.</param>
/// <param name="Gone">Changes that were gone already: the file, directory or process was not there any more.</param>
/// <param name="Problems">Changes that stand, each with the reason.</param>
/// <param name="Notes">What else the reader should know, such as changes dropped because the target was booted since.</param>
public sealed record UndoReport(int Undone, int Gone, IReadOnlyList<UndoProblem> Problems, IReadOnlyList<string> Notes)
{
    /// <summary>Nothing was to be undone.</summary>
    public static UndoReport Nothing { get; } = new(0, 0, [], []);

    /// <summary>Every change was taken back or was gone.</summary>
    public bool IsComplete => Problems.Count == 0;

    /// <summary>Joins two reports.</summary>
    public static UndoReport operator +(UndoReport left, UndoReport right) =>
        new(left.Undone + right.Undone, left.Gone + right.Gone, [.. left.Problems, .. right.Problems], [.. left.Notes, .. right.Notes]);

    /// <summary>The report for people: one line of counts, then one per problem and note.</summary>
    public override string ToString() => string.Join(
        '\n',
        [
            $"{Undone} undone, {Gone} gone already, {Problems.Count} still there",
            .. Problems.Select(p => $"  could not {p.Change}: {p.Reason}"),
            .. Notes.Select(n => $"  {n}"),
        ]);
}

/// <summary>A change that could not be undone.</summary>
/// <param name="Change">What was to be done to undo it, for example <c>rmdir /sys/kernel/tracing/instances/a</c>.</param>
/// <param name="Reason">Why it was not.</param>
public sealed record UndoProblem(string Change, string Reason);
