using System.Globalization;

namespace Dcsm.IO.PyTorch.Pickle;

/// <summary>Where a pickle lies, for messages and for how much memory it may ask.</summary>
/// <param name="File">The file.</param>
/// <param name="FileLength">The file's length.</param>
/// <param name="Record">The record of the archive; null where the file is no archive.</param>
/// <param name="Offset">The pickle's first byte in the file; −1 where the record is packed.</param>
internal sealed record PickleSource(string File, long FileLength, string? Record, long Offset)
{
    public string Place(int at) =>
        this switch
        {
            { Record: null } => string.Create(CultureInfo.InvariantCulture, $"byte {Offset + at}"),
            { Offset: < 0 } => string.Create(CultureInfo.InvariantCulture, $"byte {at} of {Record}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"byte {at} of {Record}, byte {Offset + at} of the file"),
        };

    public InvalidDataException Wrong(int at, string message) => new($"{File}: {message} ({Place(at)}).");
}
