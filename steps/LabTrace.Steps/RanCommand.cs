using FluentAssertions;
using LabTrace.Devices;
using NUnit.Framework;

namespace LabTrace.Steps;

/// <summary>The command a scenario ran, and how it ended.</summary>
/// <param name="Pid">Its process id on the target.</param>
/// <param name="Result">How it ended.</param>
public sealed record RanCommand(int Pid, CommandResult Result)
{
    public void ShouldHaveEndedWith(int exitCode)
    {
        if (Result.ExitCode == exitCode && !Result.TimedOut)
        {
            return;
        }

        var end = Result.TimedOut ? "did not end in time" : $"ended with {Result.ExitCode}";
        var wrote = Result.ErrorText.TrimEnd();
        Assert.Fail($"expected `{Result.Command}` to end with exit code {exitCode}, but it {end}" + (wrote.Length == 0 ? "" : $"; it wrote:\n{wrote}"));
    }

    public void ShouldHaveWritten(string text) => Result.OutputText.TrimEnd('\n').Should().Be(text);
}
