using System.Globalization;

namespace Dcsm.Benchmarks.Compare;

/// <summary>What the works of one comparison share.</summary>
internal sealed class Session(int runs) : IDisposable
{
    private readonly Lazy<PythonPeer?> _python = new(() => PythonPeer.Start());
    private readonly Lazy<PythonPeer?> _learn = new(PythonPeer.StartLearn);
    private readonly Lazy<B16> _b16 = new(() => new B16());
    private Limits? _limits;

    /// <summary>How often everything is measured.</summary>
    public int Runs { get; } = runs;

    public Limits Limits
    {
        get
        {
            if (_limits is null)
            {
                Say("the machine's limits");
                _limits = Limits.Measure(Runs);
            }
            return _limits;
        }
    }

    public bool HasLimits => _limits is not null;

    public B16 B16 => _b16.Value;

    /// <summary>PyTorch in Python; null where there is none.</summary>
    public PythonPeer? Python => _python.Value;

    /// <summary>scikit-learn in Python; null where there is none.</summary>
    public PythonPeer? Learn => _learn.Value;

    public static void Say(string what) => Console.Error.WriteLine($"… {what}");

    /// <summary>Refuses to time what does not compute the same.</summary>
    /// <exception cref="InvalidDataException">A value is off by more than allowed.</exception>
    public static void Equal(string what, ReadOnlySpan<float> ours, ReadOnlySpan<float> peer, double tolerance)
    {
        if (ours.Length != peer.Length)
            throw new InvalidDataException($"{what}: {ours.Length} values of ours and {peer.Length} of the peer");
        double most = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            double difference = Math.Abs((double)ours[i] - peer[i]);
            if (!(difference <= tolerance))
            {
                throw new InvalidDataException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{what}: value {i} is {ours[i]} by ours and {peer[i]} by the peer; {tolerance} is allowed"
                    )
                );
            }

            most = Math.Max(most, difference);
        }
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what}: {ours.Length} values equal to {most:0.#e0}"));
    }

    public void Dispose()
    {
        foreach (Lazy<PythonPeer?> peer in (Lazy<PythonPeer?>[])[_python, _learn])
        {
            if (peer.IsValueCreated)
                peer.Value?.Dispose();
        }
        if (_b16.IsValueCreated)
            _b16.Value.Dispose();
    }
}
