namespace LabTrace.Browser.Tests;

/// <summary>The machine's own Chromium, started once. Nothing is ever downloaded.</summary>
[SetUpFixture]
public sealed class Chromium
{
    private const string Executable = "/usr/bin/chromium";

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private static IPlaywright? s_playwright;
    private static IBrowser? s_browser;

    public static IBrowser Browser => s_browser ?? throw new InvalidOperationException("call Require first");

    /// <summary>Without Chromium a test is inconclusive; with CI=true it fails.</summary>
    public static void Require()
    {
        if (s_browser is null && Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail($"CI is meant to have Chromium, and there is no {Executable}");
        }

        Assume.That(s_browser, Is.Not.Null, $"this machine lacks Chromium ({Executable}); Debian's package `chromium` has it");
    }

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        if (File.Exists(Executable))
        {
            s_playwright = await Playwright.CreateAsync();
            s_browser = await s_playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Arguments });
        }
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (s_browser is not null)
        {
            await s_browser.DisposeAsync();
        }

        s_playwright?.Dispose();
    }
}
