using FluentAssertions;
using FluentAssertions.Execution;
using LabTrace.Devices;

namespace LabTrace.Steps;

/// <summary>The command a scenario ran, and how it ended.</summary>
/// <param name="Pid">Its process id on the target.</param>
/// <param name="Result">How it ended.</param>
public sealed record RanCommand(int Pid, CommandResult Result)
{
    public void ShouldHaveEndedWith(int exitCode) =>
        Execute.Assertion.ForCondition(Result.ExitCode == exitCode && !Result.TimedOut)
            .FailWith(
                "expected `{0}` to end with exit code {1}, but it {2}; it wrote {3}",
                Result.Command.ToString(),
                exitCode,
                Result.TimedOut ? "did not end in time" : $"ended with {Result.ExitCode}",
                Result.ErrorText.TrimEnd());

    public void ShouldHaveWritten(string text) => Result.OutputText.TrimEnd('\n').Should().Be(text);
}
