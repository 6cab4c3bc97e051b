using FluentAssertions;
using LabTrace.Devices.Vm;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class ModuleTreeTests
{
    private TemporaryDirectory _directory = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(_directory.Path, "modules.dep"), """
            kernel/drivers/gpu/drm/vgem/vgem.ko: kernel/drivers/gpu/drm/drm_shmem_helper.ko kernel/drivers/gpu/drm/drm.ko
            kernel/drivers/gpu/drm/drm_shmem_helper.ko: kernel/drivers/gpu/drm/drm.ko
            kernel/drivers/gpu/drm/drm.ko:
            kernel/drivers/i2c/i2c-stub.ko.xz:

            """);
        File.WriteAllText(Path.Combine(_directory.Path, "modules.builtin"), "kernel/drivers/char/virtio_console.ko\n");
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public void What_a_module_needs_comes_before_it() =>
        Tree().FilesOf("vm", ["vgem"]).Should().Equal(
            "kernel/drivers/gpu/drm/drm.ko", "kernel/drivers/gpu/drm/drm_shmem_helper.ko", "kernel/drivers/gpu/drm/vgem/vgem.ko");

    [Test]
    public void A_name_may_have_hyphens_and_a_file_may_be_packed() =>
        Tree().FilesOf("vm", ["i2c-stub", "i2c_stub"]).Should().Equal("kernel/drivers/i2c/i2c-stub.ko.xz");

    [Test]
    public void What_is_built_into_the_kernel_has_no_file() => Tree().FilesOf("vm", ["virtio_console"]).Should().BeEmpty();

    [Test]
    public void A_module_that_is_not_there_is_told_with_the_nearest()
    {
        var find = () => Tree().FilesOf("vm", ["vgam"]);

        find.Should().Throw<LabConfigException>().WithMessage("place 'vm': the kernel has no module 'vgam'; nearest: vgem*");
    }

    private ModuleTree Tree() => ModuleTree.Read(_directory.Path);
}
