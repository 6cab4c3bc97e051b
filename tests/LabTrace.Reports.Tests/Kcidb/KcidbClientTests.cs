using System.Net;
using System.Text;
using LabTrace.Reports.Kcidb;

namespace LabTrace.Reports.Tests.Kcidb;

/// <summary>Against a server that answers as KCIDB does, and as it should not.</summary>
public sealed class KcidbClientTests
{
    private HttpListener server = null!;
    private string address = "";
    private Task serving = Task.CompletedTask;

    private List<string> Requests { get; } = [];

    [SetUp]
    public void StartServer()
    {
        Requests.Clear();
        for (var attempt = 0; ; attempt++)
        {
            server = new HttpListener();
            address = $"http://127.0.0.1:{Random.Shared.Next(20000, 60000)}/";
            server.Prefixes.Add(address);
            try
            {
                server.Start();
                return;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
            }
        }
    }

    [TearDown]
    public async Task StopServer()
    {
        server.Close();
        await serving;
    }

    [Test]
    public async Task A_report_is_taken_in_when_the_server_says_it_was_processed()
    {
        Answer((200, """{"id":"42"}"""), (200, """{"status":"inprogress"}"""), (200, """{"status":"ready"}"""), (200, """{"status":"processed"}"""));
        var told = new List<string>();

        var id = await Client("secret").SubmitAsync("""{"version":{}}""", TimeSpan.FromSeconds(30), told.Add, CancellationToken.None);

        id.Should().Be("42");
        Requests.Should().Equal(
            """POST /submit Bearer secret {"version":{}}""", "GET /status?id=42 Bearer secret ", "GET /status?id=42 Bearer secret ", "GET /status?id=42 Bearer secret ");
        told.Should().Contain("42 is ready");
    }

    [Test]
    public async Task A_report_the_server_finds_wrong_is_an_error_although_it_was_accepted()
    {
        Answer((200, """{"id":"42"}"""), (200, """{"status":"failed","message":"no such origin"}"""));

        await Fails("*the server found the report 42 wrong: no such origin*");
    }

    [Test]
    public async Task A_refusal_is_told_at_once_and_says_what_to_try()
    {
        Answer((401, "no"));

        await Fails("*refused: 401*try: give a token*");
        Requests.Should().ContainSingle();
    }

    [Test]
    public async Task A_server_that_is_busy_is_asked_again()
    {
        Answer((503, ""), (500, "oops"), (200, """{"id":"7"}"""), (502, ""), (200, """{"status":"processed"}"""));

        (await Client(null).SubmitAsync("{}", TimeSpan.FromSeconds(30), _ => { }, CancellationToken.None)).Should().Be("7");
    }

    [Test]
    public async Task A_server_that_stays_away_is_given_up_on()
    {
        Answer([.. Enumerable.Repeat((500, "oops"), 9)]);

        await Fails("*does not answer: 500*try: submit the run again later*");
        Requests.Should().HaveCount(5);
    }

    [Test]
    public async Task Nobody_at_the_address_is_told()
    {
        server.Close();

        await Fails("*does not answer*");
    }

    [Test]
    public async Task Waiting_has_an_end()
    {
        Answer([(200, """{"id":"42"}"""), .. Enumerable.Repeat((200, """{"status":"inprogress"}"""), 50)]);

        var submit = () => Client(null).SubmitAsync("{}", TimeSpan.Zero, _ => { }, CancellationToken.None);

        await submit.Should().ThrowAsync<ReportException>().WithMessage("*has not taken in the report 42 within 0 s, it is 'inprogress'*");
    }

    [TestCase("nonsense", "*gave no id: nonsense*")]
    [TestCase("[]", "*gave no id*")]
    public async Task An_answer_that_is_none_of_KCIDB_s_is_told(string answer, string message)
    {
        Answer((200, answer));

        await Fails(message);
    }

    private KcidbClient Client(string? token) =>
        new(new HttpClient(), new Uri(address + "submit"), token, TimeProvider.System) { Pause = TimeSpan.FromMilliseconds(1) };

    private async Task Fails(string message)
    {
        var submit = () => Client(null).SubmitAsync("{}", TimeSpan.FromSeconds(30), _ => { }, CancellationToken.None);

        await submit.Should().ThrowAsync<ReportException>().WithMessage(message);
    }

    private void Answer(params (int Status, string Body)[] answers) => serving = ServeAsync(answers);

    private async Task ServeAsync((int Status, string Body)[] answers)
    {
        foreach (var (status, body) in answers)
        {
            HttpListenerContext context;
            try
            {
                context = await server.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream);
            var text = await reader.ReadToEndAsync();
            Requests.Add($"{context.Request.HttpMethod} {context.Request.Url!.PathAndQuery} {context.Request.Headers["Authorization"]} {text}");
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
            context.Response.Close();
        }
    }
}
