using LabTrace.Devices;

namespace LabTrace.Cli;

/// <summary>The agent's program beside the command; in a checkout it is built when it is first needed.</summary>
internal static class AgentProgram
{
    private const string FileName = "labtrace-agent";
    private static readonly string[] Projects = ["LabTrace.Agent", "LabTrace.Devices", "LabTrace.Tracing"];

    /// <summary>Finds the agent for machines like the usual runner's, or builds it.</summary>
    /// <param name="progress">Told that it is being built.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">It is not there and cannot be built.</exception>
    public static Task<AgentFile> FindAsync(Action<string> progress, CancellationToken cancellationToken) => FindAsync(AgentRuntimes.X64, progress, cancellationToken);

    /// <summary>Finds the agent for a kind of machine, or builds it.</summary>
    /// <param name="runtime">One of <see cref="AgentRuntimes"/>.</param>
    /// <param name="progress">Told that it is being built.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <exception cref="LabConfigException">It is not there and cannot be built.</exception>
    public static async Task<AgentFile> FindAsync(string runtime, Action<string> progress, CancellationToken cancellationToken)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, "agent", runtime, FileName);
        if (File.Exists(beside))
        {
            return new AgentFile(await File.ReadAllBytesAsync(beside, cancellationToken), runtime);
        }

        var root = FindCheckout()
            ?? throw new LabConfigException($"the agent's program {beside} is not there", "install LabTrace whole: the agent is a part of it");
        var built = Path.Combine(root, "artifacts", "agent", runtime, FileName);
        if (!IsCurrent(root, built))
        {
            progress($"building the agent{(runtime == AgentRuntimes.X64 ? "" : $" for {runtime}")} (about a minute, once)…");

            // Two first runs at once: one builds, the other finds what it built.
            using var turn = await FileTurn.WaitAsync(Path.Combine(root, "artifacts", $".agent-{runtime}-lock"), cancellationToken);
            if (!IsCurrent(root, built))
            {
                await BuildAsync(root, runtime, Path.GetDirectoryName(built)!, cancellationToken);
            }
        }

        return new AgentFile(await File.ReadAllBytesAsync(built, cancellationToken), runtime);
    }

    private static string? FindCheckout()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "LabTrace.sln")))
            {
                return directory.FullName;
            }
        }

        return null;
    }

    private static bool IsCurrent(string root, string built)
    {
        if (!File.Exists(built))
        {
            return false;
        }

        var time = File.GetLastWriteTimeUtc(built);
        return Projects
            .SelectMany(project => Directory.EnumerateFiles(Path.Combine(root, "src", project), "*.cs*", SearchOption.AllDirectories))
            .All(source => File.GetLastWriteTimeUtc(source) <= time);
    }

    // In a tree of its own, so that it neither waits for nor disturbs another build of the checkout.
    private static async Task BuildAsync(string root, string runtime, string output, CancellationToken cancellationToken)
    {
        await using var machine = new LocalTarget();
        var result = await machine.RunAsync(
            new Devices.Command(
                "dotnet",
                "publish", Path.Combine(root, "src", "LabTrace.Agent"), "-c", "Release", "-r", runtime, "-o", output, "--nologo", "-v", "quiet",
                $"-p:ArtifactsPath={Path.Combine(root, "artifacts", runtime == AgentRuntimes.X64 ? "agent-build" : "agent-build-" + runtime)}"),
            cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new LabConfigException($"the agent for {runtime} could not be built:\n{result.OutputText.TrimEnd()}", "dotnet publish src/LabTrace.Agent -r " + runtime);
        }
    }
}
