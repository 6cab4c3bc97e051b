using System.Text.Json;
using System.Text.Json.Serialization;

namespace LabTrace.Devices;

/// <summary>One line of a journal: its header, a change about to be made, or a change that needs no undoing any more.</summary>
/// <param name="Header">Only in the first line.</param>
/// <param name="Change">The change's number, one-based, with <paramref name="Undo"/>.</param>
/// <param name="Undo">How to undo it.</param>
/// <param name="Settled">The number of a change that was undone, or never came about.</param>
internal sealed record JournalLine(JournalHeader? Header = null, int? Change = null, UndoRecord? Undo = null, int? Settled = null);

/// <summary>Whose journal it is.</summary>
/// <param name="Place">The place whose target was changed.</param>
/// <param name="Scenario">What changed it.</param>
/// <param name="BootId">The target's boot at that time.</param>
/// <param name="Owner">The process that made the changes.</param>
/// <param name="Since">When the journal was opened, UTC.</param>
internal sealed record JournalHeader(string Place, string Scenario, string BootId, ProcessIdentity Owner, DateTimeOffset Since);

/// <summary>JSON without reflection, as the trimmed agent needs it.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JournalLine))]
[JsonSerializable(typeof(LockHolder))]
internal sealed partial class StateJson : JsonSerializerContext;
