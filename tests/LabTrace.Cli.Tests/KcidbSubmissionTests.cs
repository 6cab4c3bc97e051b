using System.Net;
using FluentAssertions;
using NUnit.Framework;

namespace LabTrace.Cli.Tests;

public sealed class KcidbSubmissionTests
{
    private const string Stream = """
        {"testRunStarted":{"timestamp":{"seconds":1,"nanos":0},"id":"r"}}
        {"testRunFinished":{"success":true,"timestamp":{"seconds":2,"nanos":0}}}
        """;

    private Scratch scratch = null!;

    [SetUp]
    public void MakeScratch() => scratch = new Scratch();

    [TearDown]
    public void RemoveScratch() => scratch.Dispose();

    [TestCase("processed", 0)]
    [TestCase("failed", 3)]
    public async Task A_run_is_handed_over_and_its_fate_is_the_exit_code(string fate, int exitCode)
    {
        scratch.Write("run/messages.ndjson", Stream);
        scratch.Write("token", "s3cret\n");
        using var server = new HttpListener();
        var address = $"http://127.0.0.1:{Random.Shared.Next(20000, 60000)}/";
        server.Prefixes.Add(address);
        server.Start();
        var serving = ServeAsync(server, fate);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "report", "run", "--submit", address + "submit", "--token", $"${{file:{scratch.Root}/token}}");
        server.Close();

        result.ExitCode.Should().Be(exitCode, result.Output + result.Error);
        (result.Output + result.Error).Should().Contain("42").And.NotContain("s3cret");
        (await serving).Should().Equal("POST /submit Bearer s3cret", "GET /status?id=42 Bearer s3cret");
    }

    [Test]
    public async Task A_token_on_the_command_line_is_refused()
    {
        scratch.Write("run/messages.ndjson", Stream);

        var result = await LabtraceProcess.RunAsync(scratch.Root, "report", "run", "--submit", "http://127.0.0.1:1/submit", "--token", "s3cret");

        result.ExitCode.Should().Be(2);
        result.Error.Should().Contain("a reference is wanted behind --token").And.NotContain("s3cret");
    }

    private static async Task<List<string>> ServeAsync(HttpListener server, string fate)
    {
        var requests = new List<string>();
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return requests;
            }

            requests.Add($"{context.Request.HttpMethod} {context.Request.Url!.PathAndQuery} {context.Request.Headers["Authorization"]}");
            var body = context.Request.HttpMethod == "POST" ? "{\"id\":\"42\"}" : $"{{\"status\":\"{fate}\"}}";
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
    }
}
