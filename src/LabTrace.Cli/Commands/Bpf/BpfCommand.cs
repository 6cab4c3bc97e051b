using System.CommandLine;
using LabTrace.Cli.LabConfig;
using LabTrace.Devices;
using LabTrace.Tracing;

namespace LabTrace.Cli.Commands.Bpf;

/// <summary><c>labtrace bpf</c>: record with eBPF programs, and read what they recorded.</summary>
internal static class BpfCommand
{
    private static readonly Dictionary<string, string> Summaries = new(StringComparer.Ordinal)
    {
        ["syscalls"] = "system calls with arguments, paths, results and durations",
        ["pcie"] = "reads and writes of PCI configuration space, with the value read or written",
        ["dma_fence"] = "DMA fences from init to destroy, and how long they were waited for",
        ["nvlink"] = "strcpy, memcpy and memset of the NVLink core",
        ["drm_ioctl"] = "ioctls of graphics drivers by name, with durations",
        ["function_latency"] = "calls of kernel or program functions, with durations, stacks and a histogram",
        ["tcp_drop"] = "TCP segments the kernel dropped, with reason, addresses and kernel stack",
    };

    /// <summary>Makes the command with its subcommands.</summary>
    public static Command Create()
    {
        Command command = new("bpf", "Record with eBPF programs that LabTrace brings, and read what they recorded. Needs root on a real kernel; the emulated place needs nothing.");
        command.Subcommands.Add(CreateList());
        command.Subcommands.Add(BpfRunCommand.Create());
        command.Subcommands.Add(BpfDecodeCommand.Create());
        command.Subcommands.Add(BpfStatsCommand.Create());
        return command;
    }

    private static Command CreateList()
    {
        Option<string?> place = new("--place") { Description = "also try each program at this place, and say how it is attached or why it cannot be", HelpName = "NAME|FILE" };
        Option<bool> json = new("--json") { Description = "one JSON array" };
        Command command = new("list", "List the programs.");
        command.Options.Add(place);
        command.Options.Add(json);
        command.SetAction(async (parsed, cancellationToken) => (int)await ListAsync(parsed.GetValue(place), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<ExitCode> ListAsync(string? place, bool isJson, CancellationToken cancellationToken)
    {
        List<(string Name, Capability? Found)> programs = [.. BpfPrograms.Names.Select(n => (n, (Capability?)null))];
        if (place is not null)
        {
            await using var target = await Composition.OpenTargetAsync(Places.Find(place), cancellationToken);
            for (var i = 0; i < programs.Count; i++)
            {
                programs[i] = (programs[i].Name, await CapabilityCatalog.TryAsync(target, "bpf-" + programs[i].Name.Replace('_', '-'), cancellationToken));
            }
        }

        if (isJson)
        {
            JsonOutput.Write(json =>
            {
                json.WriteStartArray();
                foreach (var (name, found) in programs)
                {
                    json.WriteStartObject();
                    json.WriteString("name", name);
                    json.WriteString("records", Summaries[name]);
                    if (found is not null)
                    {
                        json.WriteBoolean("available", found.Available);
                        json.WriteString("evidence", found.Evidence);
                        json.WriteString("remedy", found.Remedy);
                    }

                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return ExitCode.Passed;
        }

        foreach (var (name, found) in programs)
        {
            Console.WriteLine($"{name,-18} {Summaries[name]}");
            if (found is not null)
            {
                Console.WriteLine($"{"",-18}   {(found.Available ? "works: " : "does not work: ")}{found.Evidence}{(found.Remedy is null ? "" : $"\n{"",-18}   try: {found.Remedy}")}");
            }
        }

        return ExitCode.Passed;
    }
}
