using FluentAssertions;
using LabTrace.Devices.Vm;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests.Vm;

public sealed class KernelSourceListTests
{
    private const string Source = "int f(void)\n{\n\tif (a)\n\t\told(a);\n\told(b);\n}\n";

    [Test]
    public void Files_are_named_each_with_the_lines_that_are_changed_in_it()
    {
        var list = Parse("# why", "", "drivers/a.c", "  - old(a);", "  # because", "  + new_one(a);", "\t- old(b);", "\t+ new_one(b);", "drivers/a.h");

        list.Files.Select(f => f.Path).Should().Equal("drivers/a.c", "drivers/a.h");
        list.Files[0].Changes.Should().Equal(new KernelSourceChange("old(a);", "new_one(a);", 4), new KernelSourceChange("old(b);", "new_one(b);", 7));
        list.Files[1].Changes.Should().BeEmpty();
    }

    [Test]
    public void A_changed_line_keeps_its_indentation_and_the_others_stay()
    {
        var list = Parse("a.c", " - old(a);", " + new_one(a);", " - old(b);", " + new_one(b);");

        list.Change("vm", list.Files[0], Source, "a kernel").Should().Be("int f(void)\n{\n\tif (a)\n\t\tnew_one(a);\n\tnew_one(b);\n}\n");
    }

    [TestCase("old(c);", 0)]
    [TestCase("old(", 0)]
    [TestCase("twice();", 2)]
    public void A_line_that_is_not_there_once_is_told_with_its_file_and_the_kernel(string line, int times)
    {
        var list = Parse("# why", "drivers/a.c", $"  - {line}", "  + new_one();");

        var change = () => list.Change("vm", list.Files[0], Source + "\ttwice();\ntwice();\n", "Debian's linux-source-6.1 6.1.192-2");

        change.Should().Throw<LabConfigException>().WithMessage(
            $"place 'vm': '{line}' is to be one line of drivers/a.c, and is {times} lines of it in Debian's linux-source-6.1 6.1.192-2\n"
            + "  try: say in kmod/m/kernel-source:3 what is changed in the source of this kernel");
    }

    [TestCase(1, "'- old' is indented, and stands below no file", "  - old")]
    [TestCase(2, "'old' is neither '- LINE' nor the '+ LINE' behind one", "a.c", "  old")]
    [TestCase(2, "'+ new' is neither '- LINE' nor the '+ LINE' behind one", "a.c", "  + new")]
    [TestCase(3, "'- older' is neither '- LINE' nor the '+ LINE' behind one", "a.c", "  - old", "  - older")]
    [TestCase(2, "'- old' has no '+ LINE' behind it", "a.c", "  - old", "b.c")]
    [TestCase(2, "'- old' has no '+ LINE' behind it", "a.c", "  - old")]
    [TestCase(1, "'/etc/passwd' is no path from the root of the kernel's source", "/etc/passwd")]
    [TestCase(1, "'drivers/../../a.c' is no path from the root of the kernel's source", "drivers/../../a.c")]
    [TestCase(1, "'drivers/a.c drivers/b.c' is no path from the root of the kernel's source", "drivers/a.c drivers/b.c")]
    [TestCase(2, "it names no file", "# nothing", "")]
    public void What_cannot_be_understood_is_told_with_its_line(int number, string complaint, params string[] lines)
    {
        var parse = () => Parse(lines);

        parse.Should().Throw<LabConfigException>().WithMessage($"kmod/m/kernel-source:{number}: {complaint}\n  try: *see fixtures/kmod/gpio-sim");
    }

    [Test]
    public async Task Modules_of_our_own_have_no_list()
    {
        using var directory = new TemporaryDirectory();

        (await KernelSourceList.FindAsync(directory.Path, CancellationToken.None)).Should().BeNull();
    }

    private static KernelSourceList Parse(params string[] lines) => KernelSourceList.Parse("kmod/m/kernel-source", lines);
}
