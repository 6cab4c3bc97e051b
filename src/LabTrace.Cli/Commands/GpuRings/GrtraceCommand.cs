namespace LabTrace.Cli.Commands.GpuRings;

/// <summary><c>labtrace grtrace</c>: the GPU ring tracer of a place.</summary>
internal static class GrtraceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Command command = new("grtrace", """
            Control grtrace, the GPU ring tracer, at a place, record what its relay buffers hold, and report its jobs.

            Examples:
              labtrace grtrace start --place bench-3 --load grtrace_drm_bridge
              labtrace grtrace record --place bench-3 -o gpu.grt --for 10s
              labtrace grtrace record -o gpu.grt --load grtrace_mygpu --run "gpuload --jobs 100"     at the emulated place
              labtrace grtrace report -i gpu.grt --per-ring
              labtrace grtrace config --place bench-3 sample=10 max_events_per_sec=1000
            """);
        command.Subcommands.Add(SwitchCommands.CreateStart());
        command.Subcommands.Add(SwitchCommands.CreateStop());
        command.Subcommands.Add(StatusCommand.Create());
        command.Subcommands.Add(RecordCommand.Create());
        command.Subcommands.Add(ReportJobsCommand.Create());
        command.Subcommands.Add(EmitCommand.Create());
        command.Subcommands.Add(ConfigCommand.Create());
        return command;
    }
}
