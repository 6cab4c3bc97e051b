using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>An attempt that must be refused, and how it was.</summary>
public sealed class Refusal
{
    private bool tried;
    private LabException? refusal;

    /// <summary>Does what must be refused. A target that does not answer is no refusal: that error goes on.</summary>
    public async Task ExpectAsync(Func<Task> attempt)
    {
        tried = true;
        refusal = null;
        try
        {
            await attempt();
        }
        catch (LabException e) when (e is not (TargetUnreachableException or PlaceBusyException))
        {
            refusal = e;
        }
    }

    public void ShouldHaveHappened()
    {
        tried.Should().BeTrue("a step must try something before it can be refused");
        refusal.Should().NotBeNull("it had to be refused");
    }

    public void ShouldHaveErrno(string name)
    {
        ShouldHaveHappened();
        var found = ErrnoOf(refusal);
        if (found != name)
        {
            Assert.Fail($"expected a refusal with {name}, found {found}:\n{refusal!.Message}");
        }
    }

    public void ShouldSay(string text)
    {
        ShouldHaveHappened();
        refusal!.Message.Should().Contain(text);
    }

    private static string ErrnoOf(Exception? e) => e switch
    {
        null => "no errno",
        TargetIOException io => io.Errno.Name(),
        _ => ErrnoOf(e.InnerException),
    };
}
