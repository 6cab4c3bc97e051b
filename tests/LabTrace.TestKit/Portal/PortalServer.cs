using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LabTrace.TestKit.Portal;

/// <summary>A ReportPortal of our own on the loopback: strict about its rules, and able to fail in every way it does.</summary>
public sealed class PortalServer : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(PortalRequest Request, PortalReply Reply)> _exchanges = [];
    private readonly List<Task> _connections = [];
    private TcpListener _listener = null!;
    private CancellationTokenSource _stop = null!;
    private Task _accepting = Task.CompletedTask;

    public PortalServer(int port = 0)
    {
        Port = port;
        Start();
    }

    public int Port { get; private set; }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}");

    public PortalModel Model { get; private set; } = new();

    /// <summary>Decides what goes wrong with each request; asked when its head is read.</summary>
    public Func<PortalRequest, PortalFault> Fault { get; set; } = _ => PortalFault.None;

    public TimeSpan Slowness { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Every request whose body was read, in the order in which they were handled.</summary>
    public IReadOnlyList<PortalRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _exchanges.Select(exchange => exchange.Request)];
            }
        }
    }

    /// <summary>The same with their answers.</summary>
    public IReadOnlyList<(PortalRequest Request, PortalReply Reply)> Exchanges
    {
        get
        {
            lock (_gate)
            {
                return [.. _exchanges];
            }
        }
    }

    /// <summary>Forgets everything, at the same address.</summary>
    public void Reset()
    {
        lock (_gate)
        {
            Model = new PortalModel();
            _exchanges.Clear();
            Fault = _ => PortalFault.None;
        }
    }

    public void Start()
    {
        _stop = new CancellationTokenSource();
        _listener = new TcpListener(IPAddress.Loopback, Port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener, _stop.Token);
    }

    /// <summary>Dies: connections break, the address does not answer. What it knew it knows when it is started again.</summary>
    public async Task DieAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Task[] open;
        lock (_gate)
        {
            open = [.. _connections];
            _connections.Clear();
        }

        await Task.WhenAll(open);
        _stop.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_accepting.IsCompleted)
        {
            await DieAsync();
        }
    }

    private async Task AcceptAsync(TcpListener listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var socket = await listener.AcceptSocketAsync(stop);
                lock (_gate)
                {
                    _ = _connections.RemoveAll(connection => connection.IsCompleted);
                    _connections.Add(Task.Run(() => ServeAsync(socket, stop), CancellationToken.None));
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var connection = new PortalConnection(socket);
            try
            {
                while (await connection.ReadHeadAsync(stop) is { } head && await AnswerAsync(connection, head, socket, stop))
                {
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                // The other side went away, or this one dies.
            }
        }
    }

    /// <returns>False when the connection is to be closed.</returns>
    private async Task<bool> AnswerAsync(PortalConnection connection, PortalRequest head, Socket socket, CancellationToken stop)
    {
        var fault = Fault(head);
        var length = int.Parse(head.Headers.GetValueOrDefault("content-length", "0"), CultureInfo.InvariantCulture);
        if (fault is PortalFault.DropBefore or PortalFault.DropMidBody)
        {
            _ = fault == PortalFault.DropMidBody ? await connection.ReadBodyAsync(length / 2, stop) : [];
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            return false;
        }

        var request = head with { Body = await connection.ReadBodyAsync(length, stop) };
        if (fault == PortalFault.Slow)
        {
            await Task.Delay(Slowness, TimeProvider.System, stop);
        }

        var reply = Handle(request, fault);
        if (fault == PortalFault.DropAfter)
        {
            return false;
        }

        await connection.WriteAsync(reply, fault == PortalFault.HalfAnswer, stop);
        return fault != PortalFault.HalfAnswer;
    }

    private PortalReply Handle(PortalRequest request, PortalFault fault)
    {
        lock (_gate)
        {
            var reply = Reply(request, fault);
            _exchanges.Add((request, reply));
            return reply;
        }
    }

    private PortalReply Reply(PortalRequest request, PortalFault fault)
    {
        switch (fault)
        {
            case PortalFault.Error500:
                return new PortalReply(500, """{"errorCode":5000,"message":"Unclassified error [no connection to the database]"}""");
            case PortalFault.BadGateway:
                return new PortalReply(502, "<html>Bad Gateway</html>", "text/html");
            case PortalFault.TooMany:
                return new PortalReply(429, """{"message":"slow down"}""", RetryAfter: "0");
            case PortalFault.Conflict:
                return new PortalReply(409, """{"errorCode":4099,"message":"the row was changed by another transaction"}""");
            case PortalFault.GatewayNotFound:
                return new PortalReply(404, "404 page not found", "text/plain");
            case PortalFault.LoginPage:
                return new PortalReply(200, "<html>please log in</html>", "text/html");
            case PortalFault.FailedElements when request.Method == "POST" && request.Path.EndsWith("/log", StringComparison.Ordinal)
                && request.ContentType.StartsWith("multipart", StringComparison.Ordinal):
                return new PortalReply(201, """{"responses":[{"message":"binary store is away","stackTrace":"at x"},{"message":"binary store is away"}]}""");
            case PortalFault.FailedElements:
                return new PortalReply(503, """{"message":"away"}""");
            case PortalFault.Error500After:
                _ = Model.Handle(request);
                return new PortalReply(500, """{"errorCode":5000,"message":"Unclassified error [timed out]"}""");
            default:
                return Model.Handle(request);
        }
    }
}
