using System.Net;
using System.Net.Sockets;

namespace Dcsm.Clip.Tests.Hub;

/// <summary>Stands before a hub and resets connections after so many bytes of an answer, as a failing router does.</summary>
internal sealed class ResettingProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _hub;
    private readonly int _after;
    private int _times;

    public ResettingProxy(Uri hub, int after, int times)
    {
        (_hub, _after, _times) = (hub, after, times);
        _listener.Start();
        _ = Serve();
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
                _ = Relay(await _listener.AcceptSocketAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the end
        }
    }

    private async Task Relay(Socket client)
    {
        using var hub = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await hub.ConnectAsync(_hub.Host, _hub.Port);
            Task<bool> asking = Copy(client, hub, int.MaxValue);
            if (await Copy(hub, client, _times > 0 ? _after : int.MaxValue))
            {
                _times--;
                client.LingerState = new LingerOption(true, 0); // closing sends a reset
            }
            client.Close();
            await asking;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            client.Dispose();
        }
    }

    /// <summary>Whether the limit was reached.</summary>
    private static async Task<bool> Copy(Socket from, Socket to, int limit)
    {
        byte[] buffer = new byte[1 << 14];
        int read;
        while (limit > 0 && (read = await from.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, limit)))) > 0)
        {
            for (int sent = 0; sent < read; )
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
            limit -= read;
        }
        return limit == 0;
    }
}
