namespace LabTrace.Browser.Tests;

/// <summary>A report opened in a browser that writes down what the page asks for and what goes wrong in it.</summary>
internal sealed class ReportPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _requests = [];
    private readonly List<string> _problems = [];

    private ReportPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Every address that was asked for, the file's own included.</summary>
    public IReadOnlyList<string> Requests => _requests;

    /// <summary>Errors of the program, violations of the policy, dialogs that somebody else's program opened.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public ILocator Rows => Page.Locator(".tree .row");

    public ILocator Search => Page.GetByRole(AriaRole.Searchbox);

    public ILocator Heading => Page.Locator("#page .heading h2");

    public ILocator Timeline => Page.Locator("canvas");

    /// <summary>Opens a report's file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="hash">What stands behind the address's <c>#</c>.</param>
    /// <param name="theme">The system's theme.</param>
    /// <param name="width">Of the window, in pixels.</param>
    public static async Task<ReportPage> OpenAsync(string path, string hash = "", ColorScheme theme = ColorScheme.Light, int width = 1280)
    {
        Chromium.Require();
        var context = await Chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = theme,
            ViewportSize = new ViewportSize { Width = width, Height = 860 },
        });
        var opened = new ReportPage(context, await context.NewPageAsync());
        opened.Watch();
        await opened.GoAsync(path, hash);
        return opened;
    }

    /// <summary>Opens another file, or the same one anew.</summary>
    public async Task GoAsync(string path, string hash = "")
    {
        await Page.GotoAsync("about:blank");
        await Page.GotoAsync(new Uri(path).AbsoluteUri + (hash.Length > 0 ? "#" + hash : ""));
        await Page.Locator("html[data-ready]").WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }

    /// <summary>Opens a scenario from the list.</summary>
    public async Task OpenScenarioAsync(string name)
    {
        await Rows.GetByText(name, new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Assertions.Expect(Heading).ToHaveTextAsync(name);
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Watch()
    {
        Page.Request += (_, request) => _requests.Add(request.Url);
        Page.PageError += (_, error) => _problems.Add(error);
        Page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                _problems.Add(message.Text);
            }
        };
        Page.Dialog += (_, dialog) => _problems.Add($"dialog: {dialog.Message}");
    }
}
