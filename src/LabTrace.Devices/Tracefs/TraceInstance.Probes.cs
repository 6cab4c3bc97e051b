using System.Globalization;
using System.Text;
using LabTrace.Devices.Elf;
using LabTrace.Tracing;

namespace LabTrace.Devices;

/// <summary>Events put on functions at run time.</summary>
public sealed partial class TraceInstance
{
    private const long MaxBinarySize = 1L << 30;

    /// <summary>Puts a probe on a function of a program or library, and enables it in this instance.</summary>
    /// <returns>The event, in this instance's own group (<see cref="ProbeGroup"/>).</returns>
    /// <remarks>When the probe is undone the kernel empties this instance's buffer: read recordings before.</remarks>
    /// <exception cref="NotOnTargetException">There is no such file or function, or the kernel has no uprobes; the message names the nearest function.</exception>
    /// <exception cref="KernelRefusedException">The kernel refused the definition; its own words and caret are in the message.</exception>
    /// <exception cref="ElfFormatException">The file is no ELF program or library.</exception>
    public async Task<EventName> AddUserProbeAsync(UserProbe probe, CancellationToken cancellationToken)
    {
        var binary = await new BinaryFinder(Target).FindAsync(probe.Binary, cancellationToken);
        var offset = await OffsetAsync(binary, probe.Function, cancellationToken);
        var place = string.Create(CultureInfo.InvariantCulture, $"{binary}:0x{offset:x}");
        return await AddProbeAsync("uprobe_events", "CONFIG_UPROBE_EVENTS=y", probe.IsReturn, probe.Name, place, probe.Arguments, cancellationToken);
    }

    /// <summary>Puts a probe on a kernel function, and enables it in this instance.</summary>
    /// <returns>The event, in this instance's own group (<see cref="ProbeGroup"/>).</returns>
    /// <remarks>When the probe is undone the kernel empties this instance's buffer: read recordings before.</remarks>
    /// <exception cref="NotOnTargetException">The kernel has no kprobe events.</exception>
    /// <exception cref="KernelRefusedException">The kernel refused the definition; its own words and caret are in the message.</exception>
    public Task<EventName> AddKernelProbeAsync(KernelProbe probe, CancellationToken cancellationToken) =>
        AddProbeAsync("kprobe_events", "CONFIG_KPROBE_EVENTS=y", probe.IsReturn, probe.Name, probe.Function, probe.Arguments, cancellationToken);

    private async Task<EventName> AddProbeAsync(
        string file, string option, bool isReturn, string name, string place, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var path = $"{Tracefs.Path}/{file}";
        if (!await Target.ExistsAsync(path, cancellationToken))
        {
            throw new NotOnTargetException($"the kernel of target '{Target.Name}' has no {file}: such probes cannot be put there", $"boot a kernel with {option}");
        }

        var line = string.Join(' ', [$"{(isReturn ? 'r' : 'p')}:{ProbeGroup}/{name}", place, .. arguments]);
        try
        {
            await Changes.AppendLineAsync(path, line, $"-:{ProbeGroup}/{name}", cancellationToken);
        }
        catch (TargetIOException e)
        {
            var log = (await Target.ReadManyAsync([Tracefs.Path + "/error_log"], cancellationToken))[0].Content ?? [];
            throw new KernelRefusedException(
                $"the probe '{name}' at {place}",
                Target.Name,
                e.Errno,
                KernelErrorLog.Find(Encoding.UTF8.GetString(log), line),
                "the forms of places and arguments are in tracefs/README, under uprobe_events",
                e);
        }

        var probe = new EventName(ProbeGroup, name);
        _ = await EnableEventAsync(probe, filter: null, cancellationToken);
        return probe;
    }

    private async Task<ulong> OffsetAsync(string binary, string place, CancellationToken cancellationToken)
    {
        var plus = place.LastIndexOf('+');
        var (function, extra) = plus > 0 && TryNumber(place[(plus + 1)..], out var bytes) ? (place[..plus], bytes) : (place, 0);
        if (TryNumber(function, out var offset))
        {
            return offset + extra;
        }

        var size = (await Target.StatAsync(binary, cancellationToken))?.Size ?? 0;
        if (size > MaxBinarySize)
        {
            throw new NotOnTargetException(
                $"{binary} on target '{Target.Name}' has {size} bytes, too many to look for a function in", "give the offset in the file instead: 0x…");
        }

        var image = ElfImage.Parse(await Target.ReadAsync(binary, cancellationToken), binary);
        if (function == UserProbe.EntryPoint)
        {
            return image.EntryOffset + extra;
        }

        if (!image.TryFindFunction(function, out var found))
        {
            var names = image.FunctionNames();
            throw new NotOnTargetException(
                $"no function '{function}' in {binary} on target '{Target.Name}'{NearestNames.Clause(function, names)}",
                names.Count == 0 ? "the file is stripped: give the offset instead, 0x…, or install its unstripped build" : $"list them with `nm -D {binary}`");
        }

        return !found.IsIndirect
            ? found.FileOffset + extra
            : throw new NotOnTargetException(
                $"'{function}' in {binary} on target '{Target.Name}' is a chooser between variants (IFUNC), which runs once per program",
                "probe the variant this cpu uses, or give its offset in the file: 0x…");
    }

    private static bool TryNumber(string text, out ulong number) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
