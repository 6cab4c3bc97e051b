using FluentAssertions;
using LabTrace.TestKit;
using NUnit.Framework;

namespace LabTrace.Devices.Tests;

public sealed class CapabilityCatalogTests
{
    private static readonly CancellationToken Token = CancellationToken.None;

    [Test]
    public void Names_are_kebab_case_and_each_there_once() =>
        CapabilityCatalog.Names.Should().OnlyHaveUniqueItems().And.AllSatisfy(
            n => n.Should().MatchRegex("^[a-z0-9-]+(:[a-z0-9_.-]+)?$", "a colon parts a kind from its value"));

    [Test]
    public void An_unknown_capability_names_the_nearest()
    {
        var get = () => CapabilityCatalog.Get("trace-fs");

        get.Should().Throw<LabConfigException>()
            .WithMessage("no capability is called 'trace-fs'; nearest: tracefs*\n  try: list them with `labtrace doctor`");
    }

    [Test]
    [Category(RealKernel.Category)]
    public async Task Everything_is_tried_quickly_and_leaves_the_kernel_as_it_was()
    {
        RealKernel.RequireTracefs();
        await using var target = new LocalTarget();
        _ = await CapabilityCatalog.TryAllAsync(target, Token);
        var started = TimeProvider.System.GetTimestamp();

        var found = await CapabilityCatalog.TryAllAsync(target, Token);

        var took = TimeProvider.System.GetElapsedTime(started);
        TestContext.Out.WriteLine($"{took.TotalMilliseconds:F0} ms");
        foreach (var capability in found)
        {
            TestContext.Out.WriteLine($"{(capability.Available ? "+" : "-")} {capability.Name}: {capability.Evidence} | {capability.Remedy}");
        }

        took.Should().BeLessThan(TimeSpan.FromSeconds(5));
        found.Select(c => c.Name).Should().Equal(CapabilityCatalog.Names);
        found.Should().OnlyContain(c => c.Available == (c.Remedy == null) && c.Evidence.Length > 0);
        Directory.GetDirectories("/sys/kernel/tracing/instances", $"labtrace-{Environment.ProcessId}-*-doctor").Should().BeEmpty();
        (await File.ReadAllTextAsync("/sys/kernel/tracing/uprobe_events", Token)).Should().NotContain($"labtrace_{Environment.ProcessId}_");
    }

    [Test]
    [Category(RealKernel.Category)]
    public async Task What_the_lab_relies_on_is_there()
    {
        RealKernel.RequireTracefs();
        await using var target = new LocalTarget();

        var found = await CapabilityCatalog.TryAllAsync(target, Token);

        string[] expected =
        [
            "root", "programs", "held-start", "tracefs", "instances", "events", "event-filter", "event-trigger", "trace-marker",
            "trace-pipe", "trace-pipe-raw", "pid-filter", "event-fork", "trace-clock:mono",
        ];
        found.Where(c => c.Available).Select(c => c.Name).Should().Contain(expected);
    }

    [Test]
    [Category(RealKernel.Category)]
    public async Task A_tracer_that_is_listed_but_refused_is_not_available()
    {
        RealKernel.RequireTracefs();
        await using var target = new LocalTarget();

        var found = await CapabilityCatalog.TryAsync(target, "function-tracer", Token);

        Assume.That(found.Available, Is.False, "this kernel lets the function tracer run");
        found.Evidence.Should().MatchRegex("^(tracer 'function' is listed on target 'local', but its kernel refuses it: E|no tracer 'function')");
        found.Remedy.Should().StartWith("boot a kernel");
    }
}
