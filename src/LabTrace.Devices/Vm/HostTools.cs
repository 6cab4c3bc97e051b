namespace LabTrace.Devices.Vm;

/// <summary>Programs of this machine that prepare a virtual one.</summary>
internal static class HostTools
{
    /// <summary>Says that a program is missing, and what would supply it.</summary>
    /// <exception cref="PlaceNotAvailableException">It is not in PATH.</exception>
    public static void Require(string place, string program, string package)
    {
        if (program.Contains('/', StringComparison.Ordinal) ? !File.Exists(program) : Find(program) is null)
        {
            throw new PlaceNotAvailableException(place, program, $"apt-get install {package}");
        }
    }

    /// <summary>Runs a program that is to end with zero.</summary>
    /// <exception cref="CommandFailedException">It did not.</exception>
    /// <exception cref="TargetIOException">It is not there.</exception>
    public static async Task<string> RunAsync(Command command, CancellationToken cancellationToken)
    {
        await using var machine = new LocalTarget("this machine");
        return (await machine.RunAsync(command, cancellationToken)).EnsureSuccess().OutputText;
    }

    /// <summary>The file of a program in PATH, links followed; null when there is none.</summary>
    public static string? Find(string program)
    {
        var search = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (var directory in (string[])[.. search.Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/sbin", "/usr/bin", "/bin"])
        {
            var path = Path.Combine(directory, program);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>The shared libraries of a program, as its loader finds them; none for a static one.</summary>
    public static async Task<IReadOnlyList<string>> LibrariesAsync(string program, CancellationToken cancellationToken)
    {
        await using var machine = new LocalTarget("this machine");
        var told = await machine.RunAsync(new Command("ldd", program), cancellationToken);
        return [.. told.OutputText.Split('\n')
            .SelectMany(line => line.Split(' ', '\t'))
            .Where(word => word.StartsWith('/') && File.Exists(word))
            .Distinct(StringComparer.Ordinal)];
    }
}
