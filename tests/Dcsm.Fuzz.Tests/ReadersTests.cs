using Dcsm.ImageSharp;
using Xunit.Abstractions;

namespace Dcsm.Fuzz.Tests;

/// <summary>
/// Good files that a seeded hand has damaged: every reader reads them or refuses them with an error that names the file, in little time and
/// memory. <c>Dcsm.Fuzz</c> does the same for hours.
/// </summary>
public sealed class ReadersTests(ITestOutputHelper output)
{
    private const int Times = 60;

    static ReadersTests() => ImageSharpDecoder.Register();

    public static TheoryData<string> Names => [.. Readers.All.Select(reader => reader.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_damaged_file_is_read_or_refused(string name)
    {
        (int refused, int read, string? failure) = Readers.All.Single(reader => reader.Name == name).Run(0, Times);
        Assert.True(failure is null, failure);
        output.WriteLine($"{name}: {refused} refused, {read} read");
        Assert.True(refused > Times / 10, $"{name}: only {refused} of {Times} were refused");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_good_file_is_read(string name)
    {
        Reader reader = Readers.All.Single(reader => reader.Name == name);
        foreach (FuzzCase good in reader.Cases)
            Assert.Null(reader.RunOnce(File.ReadAllBytes(good.Path)));
    }

    [Fact]
    public void The_same_seed_does_the_same_damage()
    {
        byte[] good = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        for (int seed = 0; seed < 100; seed++)
            Assert.Equal(Damage.Of(good, new Random(seed)), Damage.Of(good, new Random(seed)));
    }
}
