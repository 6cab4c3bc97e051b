using NUnit.Framework;

namespace LabTrace.TestKit;

/// <summary>What tests of category <c>local</c> need of the machine: where it is missing they are inconclusive, and with CI=true they fail.</summary>
public static class RealKernel
{
    /// <summary>The category of tests that change this machine's kernel, and put it back.</summary>
    public const string Category = "local";

    public static void Require(bool isThere, string what)
    {
        if (!isThere && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"CI is meant to have {what}, and this machine has not");
        }

        Assume.That(isThere, $"this machine lacks {what}");
    }

    public static void RequireTracefs() =>
        Require(
            Environment.UserName == "root" && (File.Exists("/sys/kernel/tracing/trace") || File.Exists("/sys/kernel/debug/tracing/trace")),
            "root and a mounted tracefs");
}
