using System.Globalization;
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

    /// <summary>The first number that stands behind a text in what the command wrote; without one the scenario fails.</summary>
    public double NumberBehind(string label)
    {
        var text = Result.OutputText;
        var at = text.IndexOf(label, StringComparison.Ordinal);
        var rest = at < 0 ? "" : text[(at + label.Length)..].TrimStart(' ', '\t', '=', ':');
        var length = 0;
        while (length < rest.Length && (char.IsAsciiDigit(rest[length]) || rest[length] is '.' or '-' or '+' or 'e' or 'E'))
        {
            length++;
        }

        if (double.TryParse(rest.AsSpan(0, length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Assert.Fail($"expected a number behind \"{label}\" in the output of `{Result.Command}`, which wrote:\n{text.TrimEnd()}");
        return double.NaN;
    }

    public void ShouldHaveWritten(string text) => Result.OutputText.TrimEnd('\n').Should().Be(text);
}
