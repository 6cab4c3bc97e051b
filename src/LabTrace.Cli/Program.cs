using System.CommandLine;
using LabTrace.Cli;
using LabTrace.Cli.Commands;
using LabTrace.Cli.Commands.GpuRings;
using LabTrace.Cli.Commands.TimeCards;

RootCommand root = new(
    """
    LabTrace runs Gherkin scenarios against machines in a hardware lab: it drives the machine, records its kernel's traces,
    decides, and reports. Without a lab it runs on an emulated machine.
    """);
root.Subcommands.Add(RunCommand.Create());
root.Subcommands.Add(CheckCommand.Create());
root.Subcommands.Add(StepsCommand.Create());
root.Subcommands.Add(PlacesCommand.Create());
root.Subcommands.Add(KernelLogCommand.Create());
root.Subcommands.Add(HistoryCommand.Create());
root.Subcommands.Add(DiffCommand.Create());
root.Subcommands.Add(DiffPlacesCommand.Create());
root.Subcommands.Add(QualifyCommand.Create());
root.Subcommands.Add(VmCommand.Create());
root.Subcommands.Add(PruneCommand.Create());
root.Subcommands.Add(DoctorCommand.Create());
root.Subcommands.Add(EventsCommand.Create());
root.Subcommands.Add(RestoreCommand.Create());
root.Subcommands.Add(TimeCardCommand.Create());
root.Subcommands.Add(RecordPlaceCommand.Create());
root.Subcommands.Add(TraceCommand.Create());
root.Subcommands.Add(LabTrace.Cli.Commands.Bpf.BpfCommand.Create());
root.Subcommands.Add(GrtraceCommand.Create());
root.Subcommands.Add(TimelineCommand.Create());
root.Subcommands.Add(EmulateCommand.Create());
root.Subcommands.Add(ReportCommand.Create());
root.Subcommands.Add(LaunchCommand.Create());
root.Subcommands.Add(TapCommand.Create());
return await Entry.RunAsync(root, args);
