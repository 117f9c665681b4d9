using System.Buffers.Binary;
using System.Text;

namespace Dcsm.Training.Torch;

/// <summary>
/// The symbol versions that an ELF library asks of other libraries (section <c>.gnu.version_r</c>; the layouts are those
/// of Elf64_Ehdr, Elf64_Shdr, Elf64_Verneed and Elf64_Vernaux in the Linux Standard Base).
/// </summary>
/// <remarks>Written by hand: one version of one library is marked as not needed, and .NET reads no ELF.</remarks>
internal static class ElfVersionNeeds
{
    private const uint SectionTypeVersionNeeds = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK: the loader passes over a missing version instead of refusing the library

    /// <summary>Marks every need for <paramref name="version"/> as weak, in place.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidDataException">The bytes aren't a 64-bit little-endian ELF file with such a section.</exception>
    public static bool MarkWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf.StartsWith("\u007fELF"u8) || elf[4] != 2 || elf[5] != 1)
            throw new InvalidDataException("not a 64-bit little-endian ELF library");

        byte[] wanted = Encoding.ASCII.GetBytes(version);
        long sections = ToInt64(elf, 40);
        int sectionSize = ToUInt16(elf, 58),
            sectionCount = ToUInt16(elf, 60);
        for (int i = 0; i < sectionCount; i++)
        {
            long header = sections + (long)i * sectionSize;
            if (ToUInt32(elf, header + 4) == SectionTypeVersionNeeds)
                return MarkWeak(elf, wanted, sections + ToUInt32(elf, header + 40) * (long)sectionSize, header);
        }

        throw new InvalidDataException("an ELF library without a section of version needs (.gnu.version_r)");
    }

    private static bool MarkWeak(Span<byte> elf, byte[] wanted, long stringsHeader, long needsHeader)
    {
        long strings = ToInt64(elf, stringsHeader + 24);
        long need = ToInt64(elf, needsHeader + 24); // one Elf64_Verneed per library that is needed …
        uint needs = ToUInt32(elf, needsHeader + 44);
        bool found = false;
        for (uint n = 0; n < needs; n++)
        {
            long entry = need + ToUInt32(elf, need + 8); // … each with a chain of Elf64_Vernaux, one per version
            int versions = ToUInt16(elf, need + 2);
            for (int v = 0; v < versions; v++)
            {
                if (HasString(elf, strings + ToUInt32(elf, entry + 8), wanted))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(Slice(elf, entry + 4, 2), (ushort)(ToUInt16(elf, entry + 4) | Weak));
                    found = true;
                }

                entry += ToUInt32(elf, entry + 12);
            }

            need += ToUInt32(elf, need + 12);
        }

        return found;
    }

    private static bool HasString(Span<byte> elf, long offset, byte[] wanted) =>
        offset + wanted.Length < elf.Length
        && Slice(elf, offset, wanted.Length).SequenceEqual(wanted)
        && elf[(int)offset + wanted.Length] == 0;

    private static ushort ToUInt16(Span<byte> elf, long offset) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(elf, offset, 2));

    private static uint ToUInt32(Span<byte> elf, long offset) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(elf, offset, 4));

    private static long ToInt64(Span<byte> elf, long offset) => BinaryPrimitives.ReadInt64LittleEndian(Slice(elf, offset, 8));

    private static Span<byte> Slice(Span<byte> elf, long offset, int length) =>
        offset >= 0 && offset <= elf.Length - length
            ? elf.Slice((int)offset, length)
            : throw new InvalidDataException($"a torn ELF library: it points at byte {offset} of {elf.Length}");
}
