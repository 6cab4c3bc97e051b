namespace LabTrace.Emulation.Ftrace;

/// <summary>An event in a line: what Linux 6.18 on x86-64 records, as facts of its interface.</summary>
/// <param name="System">The event system.</param>
/// <param name="Name">The event.</param>
/// <param name="Id">The number in <c>common_type</c>.</param>
/// <param name="Order">The place in <c>available_events</c>, from which other lists take their order.</param>
/// <param name="Fields">C declarations behind the common fields, separated by semicolons; offsets follow from natural alignment.</param>
/// <param name="PrintFormat">The text behind <c>print fmt:</c>.</param>
internal sealed record EventDescription(string System, string Name, int Id, int Order, string Fields, string PrintFormat);
