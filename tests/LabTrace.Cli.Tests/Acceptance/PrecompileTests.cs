using System.Diagnostics;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;
using FluentAssertions;
using LabTrace.Gherkin;
using NUnit.Framework;

namespace LabTrace.Cli.Tests.Acceptance;

/// <summary>What makes the features' tests start fast in Release changes nothing but their speed, and is not done twice.</summary>
public sealed class PrecompileTests
{
    private string _root = null!;

    [SetUp]
    public void MakeOutput()
    {
        _root = Directory.CreateTempSubdirectory("precompile-").FullName;
        Directory.CreateDirectory(Path.Combine(_root, "out"));
        foreach (var assembly in new[] { typeof(GherkinParser).Assembly.Location, typeof(FluentActions).Assembly.Location })
        {
            File.Copy(assembly, Path.Combine(_root, "out", Path.GetFileName(assembly)));
        }
    }

    [TearDown]
    public void Remove() => Directory.Delete(_root, recursive: true);

    [Test]
    public void Every_assembly_gets_native_code_and_keeps_what_it_is()
    {
        if (Compiler() is not { } compiler)
        {
            Assert.Inconclusive("the compiler that the Release build uses was not restored here");
            return;
        }

        var output = Path.Combine(_root, "out");
        var before = Mvids(output);

        var first = Precompile(compiler);
        var made = Directory.GetFiles(output).ToDictionary(file => Path.GetFileName(file), File.GetLastWriteTimeUtc);
        File.Copy(typeof(GherkinParser).Assembly.Location, Path.Combine(output, "LabTrace.Gherkin.dll"), overwrite: true);
        var second = Precompile(compiler);

        first.Should().Be("");
        second.Should().Be("");
        Directory.GetFiles(output).Should().HaveCount(2).And.OnlyContain(file => IsNative(file));
        Mvids(output).Should().BeEquivalentTo(before);
        File.GetLastWriteTimeUtc(Path.Combine(output, "FluentAssertions.dll")).Should().Be(made["FluentAssertions.dll"], "it was native already");
        Directory.GetFiles(Path.Combine(_root, "cache"), "*.dll").Should().ContainSingle("what is not used any more is not kept");
    }

    [Test]
    public void Without_the_compiler_everything_stays_as_it_is()
    {
        var said = Precompile(Path.Combine(_root, "no/crossgen2"));

        said.Should().StartWith("not precompiled: there is no '");
        Directory.GetFiles(Path.Combine(_root, "out")).Should().HaveCount(2).And.NotContain(file => IsNative(file));
    }

    private static string? Compiler()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        var versions = Path.Combine(packages, "microsoft.netcore.app.crossgen2.linux-x64");
        return Directory.Exists(versions)
            ? Directory.GetDirectories(versions).Select(version => Path.Combine(version, "tools/crossgen2")).LastOrDefault(File.Exists)
            : null;
    }

    private static bool IsNative(string assembly)
    {
        using var reader = new PEReader(File.OpenRead(assembly));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    private static Dictionary<string, Guid> Mvids(string directory) => Directory.GetFiles(directory).ToDictionary(
        file => Path.GetFileName(file),
        file =>
        {
            using var reader = new PEReader(File.OpenRead(file));
            var metadata = System.Reflection.Metadata.PEReaderExtensions.GetMetadataReader(reader);
            return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
        });

    private string Precompile(string compiler)
    {
        var start = new ProcessStartInfo("sh") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            Path.Combine(Repository.Root, "tests/LabTrace.Acceptance/precompile.sh"), compiler, RuntimeEnvironment.GetRuntimeDirectory(),
            Path.Combine(_root, "cache"), Path.Combine(_root, "out"),
        })
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        error.GetAwaiter().GetResult().Should().BeEmpty();
        process.ExitCode.Should().Be(0);
        return output.Trim();
    }
}
