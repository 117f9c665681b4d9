using System.Text;

namespace Dcsm.Cli.Output;

/// <summary>
/// A writer of what is said beside the results: where nobody can hear it any more (it is closed, the disk is full), work goes on, and the
/// exit code says what is to be said.
/// </summary>
internal sealed class LenientWriter(TextWriter writer) : TextWriter
{
    private bool _deaf;

    public override Encoding Encoding => writer.Encoding;

    public override void Write(char value) => Try(() => writer.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => writer.Write(buffer, index, count));

    public override void Write(string? value) => Try(() => writer.Write(value));

    public override void WriteLine(string? value) => Try(() => writer.WriteLine(value));

    public override void Flush() => Try(writer.Flush);

    private void Try(Action write)
    {
        if (_deaf)
            return;
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _deaf = true;
        }
    }
}
