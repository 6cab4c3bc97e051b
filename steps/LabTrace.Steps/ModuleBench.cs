using System.Text;
using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>Kernel modules of a scenario: loaded by their name, or built for it from source.</summary>
public sealed class ModuleBench(ScenarioPlace place)
{
    private const string Directory = "/tmp/labtrace-modules";
    private const string NotFound = "not found in directory";
    private readonly Dictionary<string, string> built = new(StringComparer.Ordinal);

    /// <summary>Builds modules on the machine LabTrace runs on, and puts them on the target.</summary>
    public async Task BuildAsync(string source)
    {
        var changes = (await place.OpenAsync()).Changes;
        IReadOnlyList<string> files;
        try
        {
            files = await ModuleSources.BuildAsync(changes.Target, source, place.Cancellation);
        }
        catch (NotOnTargetException e)
        {
            throw new IgnoreException(e.Message, e);
        }

        if (!await changes.Target.ExistsAsync(Directory, place.Cancellation))
        {
            await changes.CreateDirectoryAsync(Directory, place.Cancellation);
        }

        foreach (var file in files)
        {
            var there = $"{Directory}/{Path.GetFileName(file)}";
            await changes.CreateFileAsync(there, await File.ReadAllBytesAsync(file, place.Cancellation), place.Cancellation);
            built[Path.GetFileNameWithoutExtension(file)] = there;
        }
    }

    /// <summary>Loads a module; one that the place does not have skips the scenario.</summary>
    public async Task LoadAsync(string module, string parameters = "")
    {
        var changes = (await place.OpenAsync()).Changes;
        try
        {
            if (!await changes.LoadModuleAsync(built.GetValueOrDefault(module, module), CommandWords(parameters), place.Cancellation))
            {
                throw new NotOnTargetException($"module '{module}' is loaded already on target '{changes.Target.Name}'", "unload it first");
            }
        }
        catch (CommandFailedException e) when (e.Message.Contains(NotFound, StringComparison.Ordinal))
        {
            throw new IgnoreException(
                $"place '{place.Lab.Place.Name}' lacks the module '{module}' for its kernel; try: install it there, or at a place of kind vm add it to `carry` or `build`", e);
        }
        catch (TargetIOException e) when (e.Errno == Errno.ENOENT)
        {
            throw new IgnoreException($"place '{place.Lab.Place.Name}' cannot load modules: {e.Message}", e);
        }
    }

    public async Task EnsureLoadedAsync(string module, string parameters = "")
    {
        if (!await IsLoadedAsync(module))
        {
            await LoadAsync(module, parameters);
        }
    }

    public async Task UnloadAsync(string module) =>
        (await (await place.OpenAsync()).Target.RunAsync(new Command("rmmod", Name(module)), place.Cancellation)).EnsureSuccess();

    public async Task ShouldBeLoadedAsync(string module, bool isLoaded)
    {
        var found = await IsLoadedAsync(module);
        found.Should().Be(isLoaded, $"module '{module}' has to be {(isLoaded ? "loaded" : "gone")}");
    }

    public async Task ShouldHaveParameterAsync(string module, string parameter, string value)
    {
        var path = $"/sys/module/{Name(module)}/parameters/{parameter}";
        var found = await (await place.OpenAsync()).Target.ReadTextAsync(path, place.Cancellation);
        found.Should().Be(value, $"parameter '{parameter}' of module '{module}' has to be that");
    }

    public async Task ShouldBeUsedByAsync(string module, string user)
    {
        var holders = await (await place.OpenAsync()).Target.ListAsync($"/sys/module/{Name(module)}/holders", place.Cancellation);
        holders.Select(h => h.Name).Should().Contain(Name(user), $"module '{module}' has to be used by '{user}'");
    }

    public async Task ShouldBeTaintedAsync(string letter)
    {
        var text = await (await place.OpenAsync()).Target.ReadTextAsync("/proc/sys/kernel/tainted", place.Cancellation);
        var words = KernelTaint.Describe(ulong.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
        if (!words.Split(", ").Any(w => w.StartsWith(letter + " ", StringComparison.Ordinal)))
        {
            Assert.Fail($"expected: the kernel's taint to have {letter}\n  found:    {(words.Length == 0 ? "none" : words)}");
        }
    }

    /// <summary>Writes into a file of a module below debugfs, as a program of its own: whatever becomes of the writer, the agent goes on.</summary>
    public async Task<CommandResult> WriteAsync(string file, string text) => await (await place.OpenAsync()).Changes.RunAsync(
        new Command("sh", "-c", "printf '%s\\n' \"$1\" >\"$2\"", "sh", text, "/sys/kernel/debug/" + file) { Timeout = TimeSpan.FromMinutes(1) }, place.Cancellation);

    public async Task<string> ReadAsync(string file) =>
        await (await place.OpenAsync()).Target.ReadTextAsync("/sys/kernel/debug/" + file, place.Cancellation);

    public async Task<long> SizeOfAllAsync(string directory, string prefix)
    {
        var target = (await place.OpenAsync()).Target;
        var files = (await target.ListAsync("/sys/kernel/debug/" + directory, place.Cancellation)).Where(f => f.Name.StartsWith(prefix, StringComparison.Ordinal));
        var read = await target.ReadManyAsync([.. files.Select(f => $"/sys/kernel/debug/{directory}/{f.Name}")], place.Cancellation);
        return read.Sum(r => (long)(r.Content?.Length ?? throw new TargetIOException(target.Name, "read", r.Path, r.Errno)));
    }

    private static string Name(string module) => module.Replace('-', '_');

    private static string[] CommandWords(string parameters)
    {
        if (parameters.Length == 0)
        {
            return [];
        }

        var line = CommandLine.Parse(parameters);
        return [line.Program, .. line.Arguments];
    }

    private async Task<bool> IsLoadedAsync(string module)
    {
        var target = (await place.OpenAsync()).Target;
        var loaded = Encoding.UTF8.GetString(await target.ReadAsync("/proc/modules", place.Cancellation));
        return loaded.Split('\n').Any(l => l.StartsWith(Name(module) + " ", StringComparison.Ordinal));
    }
}
