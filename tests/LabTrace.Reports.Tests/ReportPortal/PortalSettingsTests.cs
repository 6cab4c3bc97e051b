using System.Collections;
using LabTrace.Reports.ReportPortal.Configuration;

namespace LabTrace.Reports.Tests.ReportPortal;

/// <summary>A QA engineer's files and variables for the .NET agents work here as they are.</summary>
public sealed class PortalSettingsTests
{
    private const string Whole = """
        {
          "$schema": "https://example.com/ReportPortal.config.schema",
          "enabled": true,
          "server": {
            "url": "https://rp.example.com", "project": "default_project", "authentication": { "uuid": "OLD" },
            "asyncReporting": true, "logsBatchCapacity": 5, "maximumConnectionsNumber": 3, "timeout": 30, "ignoreSslErrors": "yes",
            "proxy": { "url": "http://proxy:3128", "username": "u", "password": "p", "domain": "d" },
            "retry": { "strategy": "linear", "maxAttempts": 7, "baseIndex": 3, "delay": 250, "httpStatusCodes": ["Conflict", 418] },
          },
          "launch": {
            "name": "nightly", "description": "d", "debugMode": true, "attributes": ["t1", "os:win10", "url:http://x:1"],
            "rerunOf": "7d77f301-87fd-4104-a89b-9f9b79449ea0",
          },
        }
        """;

    private string directory = null!;

    [SetUp]
    public void Make() => directory = Directory.CreateTempSubdirectory("labtrace-config-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(directory, recursive: true);

    [Test]
    public void A_whole_configuration_file_is_read()
    {
        Write("reportportal.CONFIG.json", Whole);

        Load().Should().BeEquivalentTo(new
        {
            IsEnabled = true,
            Api = new Uri("https://rp.example.com/api/"),
            Project = "default_project",
            ApiKey = "OLD",
            IsAsynchronous = true,
            LogsBatchCapacity = 5,
            Connections = 3,
            Timeout = TimeSpan.FromSeconds(30),
            IgnoresSslErrors = true,
            Proxy = new PortalProxy(new Uri("http://proxy:3128"), "u", "p", "d"),
            Retry = new { Strategy = RetryStrategy.Linear, MaxAttempts = 7, BaseIndex = 3.0, Delay = TimeSpan.FromMilliseconds(250), StatusCodes = new[] { 409, 418 } },
            LaunchName = "nightly",
            LaunchDescription = "d",
            IsDebug = true,
            Attributes = new[] { new PortalAttribute(null, "t1"), new PortalAttribute("os", "win10"), new PortalAttribute("url", "http://x:1") },
            IsRerun = true,
            RerunOf = Guid.Parse("7d77f301-87fd-4104-a89b-9f9b79449ea0"),
        });
    }

    [Test]
    public void Later_sources_win_and_two_plus_signs_append()
    {
        Write("ReportPortal.json", """{"server":{"url":"http://a","project":"p1","apiKey":"k1"},"launch":{"name":"n1","attributes":["a"]}}""");
        Write("ReportPortal.config.json", """{"server":{"project":"p2"},"launch":{"name":"n2","attributes":["++b"]}}""");
        Write("ReportPortal_Launch_Name", "n3\n");
        Write("reportportal_launch_description", "of a file");

        var settings = Load(("rp_server_project", "p4"), ("REPORTPORTAL__SERVER__APIKEY", "k5"), ("RP_LAUNCH_ATTRIBUTES", "++c:1;d"));

        settings.Should().BeEquivalentTo(new { Api = new Uri("http://a/api/"), Project = "p4", ApiKey = "k5", LaunchName = "n3", LaunchDescription = "of a file" });
        settings.Attributes.Select(attribute => attribute.ToString()).Should().HaveCount(4);
    }

    [TestCase("http://rp:8080", "http://rp:8080/api/")]
    [TestCase("http://rp:8080/", "http://rp:8080/api/")]
    [TestCase("http://rp:8080/api", "http://rp:8080/api/")]
    [TestCase("http://rp:8080/api/v1/", "http://rp:8080/api/")]
    [TestCase("https://host/sub/api/v2", "https://host/sub/api/")]
    public void An_address_is_taken_with_and_without_api_and_version(string url, string api) =>
        Load(("RP_SERVER_URL", url), ("RP_SERVER_PROJECT", "p"), ("RP_SERVER_APIKEY", "k")).Api.AbsoluteUri.Should().Be(api);

    [TestCase("RP_SERVER_URL", "rp.example.com", "Server:Url is 'rp.example.com' in the variable RP_SERVER_URL, expected an address")]
    [TestCase("RP_SERVER_ASYNCREPORTING", "maybe", "expected true or false")]
    [TestCase("RP_SERVER_LOGSBATCHCAPACITY", "1.5", "expected a whole number")]
    [TestCase("RP_SERVER_RETRY_STRATEGY", "hope", "expected Exponential, Linear or None")]
    [TestCase("RP_LAUNCH_ID", "17", "expected a launch's uuid")]
    [TestCase("RP_SERVER_APIKEY", "", "the API key (Server:ApiKey) is not configured\n  try: set the variable RP_SERVER_APIKEY")]
    public void What_does_not_fit_is_told_with_its_place(string name, string value, string said)
    {
        var load = () => Load(("RP_SERVER_URL", "http://rp"), ("RP_SERVER_PROJECT", "p"), ("RP_SERVER_APIKEY", "k"), (name, value));

        load.Should().Throw<ReportException>().WithMessage($"*{said}*");
    }

    [Test]
    public void A_file_that_was_named_and_is_not_there_is_told()
    {
        var load = () => PortalSettings.Load(directory, Path.Combine(directory, "none.json"), new Hashtable());

        load.Should().Throw<ReportException>().WithMessage("*none.json*cannot be read*");
    }

    [Test]
    public void What_is_disabled_needs_nothing_else() => Load(("RP_ENABLED", "false")).IsEnabled.Should().BeFalse();

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(directory, name), text);

    private PortalSettings Load(params (string Name, string Value)[] environment)
    {
        var variables = new Hashtable();
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        return PortalSettings.Load(directory, null, variables);
    }
}
