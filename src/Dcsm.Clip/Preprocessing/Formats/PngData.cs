namespace Dcsm.Clip.Preprocessing.Formats;

/// <summary>The packed pixels of a PNG: what its IDAT chunks hold, from the one that <paramref name="chunks"/> is at.</summary>
internal sealed class PngData(PngChunks chunks) : Stream
{
    private ReadOnlyMemory<byte> _left;
    private bool _hasBegun,
        _isOver;

    /// <summary>What is wrong with a chunk that was come to; null where nothing is.</summary>
    public string? Damage { get; private set; }

    /// <summary>Whether more was asked for than there is, and another chunk stands there: it is not the file that ends.</summary>
    public bool IsFollowed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Looks at the chunks that are left, to the end: of those that matter the checksums must be right.</summary>
    public void CheckRest()
    {
        while (MoveNext())
            continue;
        for (bool isThere = IsFollowed; isThere && Damage is null && !chunks.Is("IEND"u8); isThere = chunks.MoveNext())
        {
            if (chunks.Is("IHDR"u8) || !chunks.IsPassable)
                Damage = $"the chunk at byte {chunks.Start} is damaged or out of place";
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        while (_left.Length == 0)
        {
            if (!MoveNext())
                return 0;
        }

        int count = Math.Min(buffer.Length, _left.Length);
        _left.Span[..count].CopyTo(buffer);
        _left = _left[count..];
        return count;
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool MoveNext()
    {
        _isOver = _isOver || (_hasBegun && !chunks.MoveNext());
        _hasBegun = true;
        if (_isOver)
            return false;
        IsFollowed = !chunks.Is("IDAT"u8);
        if (!IsFollowed && !chunks.IsIntact)
            Damage = $"the checksum of the chunk at byte {chunks.Start} is wrong";
        _isOver = IsFollowed || Damage is not null;
        _left = _isOver ? default : chunks.Data;
        return !_isOver;
    }
}
