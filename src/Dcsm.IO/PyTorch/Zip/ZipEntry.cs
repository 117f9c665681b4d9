namespace Dcsm.IO.PyTorch.Zip;

/// <summary>One file in a zip archive.</summary>
/// <param name="Name">Its name, with forward slashes.</param>
/// <param name="Offset">Where its bytes begin in the archive.</param>
/// <param name="StoredLength">Bytes in the archive.</param>
/// <param name="Length">Bytes once unpacked.</param>
/// <param name="IsDeflated">Whether it is packed.</param>
/// <param name="Checksum">CRC-32 of the unpacked bytes.</param>
internal sealed record ZipEntry(string Name, long Offset, long StoredLength, long Length, bool IsDeflated, uint Checksum);
