namespace Dcsm.Testing;

/// <summary>JPEG files with a word about how they are to be turned.</summary>
public static class ExifPicture
{
    /// <param name="jpeg">A file without EXIF.</param>
    /// <param name="orientation">1 to 8.</param>
    public static byte[] Oriented(byte[] jpeg, int orientation)
    {
        // Behind the start of the file: APP1 of 34 bytes, a TIFF header, one directory of one entry, the orientation.
        byte[] entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0];
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, .. entry, 0, 0, 0, 0];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
