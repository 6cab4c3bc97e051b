using FluentAssertions;
using LabTrace.Devices.Vm;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class KernelSourceTests
{
    private const string Version = "#1 SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16)";
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp() => _directory = new TemporaryDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task Named_files_are_taken_out_of_a_packed_source_and_no_others()
    {
        var archive = await PackAsync("drivers/a.c", "drivers/b.c", "kernel/irq/c.c");
        var taken = Directory.CreateDirectory(_directory.At("taken")).FullName;

        await KernelSource.TakeAsync("vm", archive, ["kernel/irq/c.c", "drivers/a.c"], taken, CancellationToken.None);

        Directory.GetFiles(taken, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(taken, f)).Should().BeEquivalentTo("drivers/a.c", "kernel/irq/c.c");
        (await File.ReadAllTextAsync(Path.Combine(taken, "drivers/a.c"))).Should().Be("the text of drivers/a.c");
    }

    [Test]
    public async Task A_file_that_the_source_does_not_have_is_told()
    {
        var archive = await PackAsync("drivers/a.c");

        var take = () => KernelSource.TakeAsync("vm", archive, ["drivers/a.c", "drivers/z.c"], _directory.Path, CancellationToken.None);

        await take.Should().ThrowAsync<LabConfigException>().WithMessage("place 'vm': linux-source-6.1.tar.xz has no drivers/z.c\n*");
    }

    [TestCase("")]
    [TestCase("source")]
    public async Task A_build_directory_that_is_a_whole_tree_or_points_to_one_is_the_source(string below)
    {
        var tree = Path.Combine(_directory.Path, below);
        _ = Directory.CreateDirectory(Path.Combine(tree, "drivers"));
        await File.WriteAllTextAsync(Path.Combine(tree, "drivers/a.c"), "");

        var found = await FindAsync(new ModuleKernel("6.1.0", Version, _directory.Path), "drivers/a.c");

        found.Should().Be(new KernelSource(tree, tree));
    }

    [Test]
    public async Task A_kernel_of_nobody_we_know_has_no_source_but_a_whole_tree() =>
        (await FindAsync(new ModuleKernel("6.18.0", "#7 SMP PREEMPT Thu Nov 26 10:00:00 UTC 2026", _directory.Path), "drivers/a.c")).Should().BeNull();

    [TestCase("6.1.0-56-amd64")]
    [TestCase("6.1.0-56-rt-amd64")]
    public async Task Files_of_Debians_source_that_were_taken_with_others_are_not_fetched_again(string release)
    {
        var taken = Directory.CreateDirectory(_directory.At("cache/sources/linux-source-6.1_6.1.192-2-0123/drivers")).Parent!.FullName;
        await File.WriteAllTextAsync(Path.Combine(taken, "drivers/a.c"), "");
        await File.WriteAllTextAsync(Path.Combine(taken, "drivers/b.c"), "");

        var found = await FindAsync(new ModuleKernel(release, Version, _directory.Path), "drivers/b.c");

        found.Should().Be(new KernelSource("Debian's linux-source-6.1 6.1.192-2", taken));
    }

    [TestCase(Version, "6.1.192-2")]
    [TestCase("#1 SMP PREEMPT_RT Debian 6.12.117-1~deb12u1 (2026-11-14)", "6.12.117-1~deb12u1")]
    [TestCase("#7 SMP PREEMPT Thu Nov 26 10:00:00 UTC 2026", null)]
    [TestCase("", null)]
    public void The_version_of_Debians_package_is_read_from_the_kernels_own_word(string version, string? package) =>
        DebianKernel.PackageVersionOf(version).Should().Be(package);

    private Task<KernelSource?> FindAsync(ModuleKernel kernel, params string[] files) =>
        kernel.FindSourceAsync(new DebianKernel("vm", new VmCache(_directory.At("cache")), progress: null), files, CancellationToken.None);

    // As Debian packs it: one directory, named as the archive.
    private async Task<string> PackAsync(params string[] files)
    {
        Assume.That(HostTools.Find("xz"), Is.Not.Null, "this machine has no xz");
        var root = _directory.At("linux-source-6.1");
        foreach (var file in files)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
            await File.WriteAllTextAsync(Path.Combine(root, file), $"the text of {file}");
        }

        _ = await HostTools.RunAsync(new Command("tar", "-cJf", root + ".tar.xz", "-C", _directory.Path, "linux-source-6.1"), CancellationToken.None);
        Directory.Delete(root, recursive: true);
        return root + ".tar.xz";
    }
}
