using System.CommandLine;
using System.Diagnostics;
using Dcsm.Fuzz;
using Dcsm.ImageSharp;

var minutes = new Option<double>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 1 };
var seed = new Option<int>("--seed") { Description = "The first seed.", DefaultValueFactory = _ => 0 };
var only = new Option<string?>("--reader") { Description = "One reader; all by turns without.", HelpName = "NAME" };
var afl = new Option<string?>("--afl") { Description = "Reads what AFL gives, by one reader.", HelpName = "NAME" };
var root = new RootCommand("Damages good files by seeds and has them read: each is read, or refused with an error that names it.")
{
    minutes,
    seed,
    only,
    afl,
};
ImageSharpDecoder.Register();
root.SetAction(parse =>
{
    if (parse.GetValue(afl) is { } name)
    {
        Reader reader = Find(name);
        SharpFuzz.Fuzzer.OutOfProcess.Run(stream =>
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            if (reader.RunOnce(bytes.ToArray()) is { } failure)
                throw new InvalidOperationException(failure);
        });
        return 0;
    }

    const int Together = 50;
    var clock = Stopwatch.StartNew();
    bool IsOver() => clock.Elapsed.TotalMinutes > parse.GetValue(minutes);
    Reader[] readers = parse.GetValue(only) is { } one ? [Find(one)] : [.. Readers.All];
    (int refused, int read, int failed) = (0, 0, 0);
    for (int first = parse.GetValue(seed); !IsOver(); first += Together)
    {
        foreach (Reader reader in readers)
        {
            (int Refused, int Read, string? Failure) result = reader.Run(first, Together, IsOver);
            (refused, read) = (refused + result.Refused, read + result.Read);
            if (result.Failure is null)
                continue;
            failed++;
            Console.WriteLine(result.Failure);
        }
    }

    Console.WriteLine($"{refused} refused, {read} read, {failed} failed");
    return failed == 0 ? 0 : 1;
});
return await root.Parse(args).InvokeAsync();

static Reader Find(string name) =>
    Readers.All.FirstOrDefault(reader => reader.Name == name)
    ?? throw new ArgumentException($"'{name}' is none of {string.Join(", ", Readers.All.Select(reader => reader.Name))}");
