namespace Dcsm.Testing;

/// <summary>EXIF with a word about how a picture is to be turned, and JPEG files with it.</summary>
public static class ExifPicture
{
    /// <summary>A JPEG.</summary>
    /// <param name="jpeg">A file without EXIF.</param>
    /// <param name="orientation">1 to 8.</param>
    public static byte[] Oriented(byte[] jpeg, int orientation)
    {
        // Behind the start of the file: APP1 of 34 bytes, a TIFF header, one directory of one entry, the orientation.
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. Tiff(orientation)];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    /// <summary>One directory of one entry.</summary>
    /// <param name="orientation">1 to 8.</param>
    public static byte[] Tiff(int orientation) =>
        [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
}
