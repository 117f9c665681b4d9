using Dcsm.Clip.Models;
using Microsoft.ML.OnnxRuntime;

namespace Dcsm.Clip.Onnx;

/// <summary>A model that ONNX Runtime runs. Thread-safe. One that nobody disposes of is freed by a finalizer.</summary>
public sealed class OnnxSession : IDisposable
{
    private readonly InferenceSession _session;

    internal OnnxSession(byte[] model, SessionOptions options) => _session = new InferenceSession(model, options);

    /// <summary>Opens a model on a device.</summary>
    /// <param name="model">Makes the model, as <see cref="OnnxGraph.ToModel"/>; not asked where there is no device for it.</param>
    /// <param name="device">The device.</param>
    /// <returns>The session; null where <see cref="ClipDevice.Auto"/> finds no graphics card.</returns>
    /// <exception cref="ArgumentException">The device can't be had; the message says what is missing.</exception>
    public static OnnxSession? Open(Func<byte[]> model, ClipDevice device)
    {
        ArgumentNullException.ThrowIfNull(model);
        using SessionOptions options = Options(threads: 0, spinning: false);
        bool isCard = CudaProvider.Add(options, device, null);
        return device == ClipDevice.Auto && !isCard ? null : new OnnxSession(model(), options);
    }

    /// <summary>How sessions are run.</summary>
    /// <param name="threads">Threads; 0 for one per core.</param>
    /// <param name="spinning">Whether threads that wait keep their cores busy.</param>
    internal static SessionOptions Options(int threads, bool spinning)
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = threads > 0 ? threads : Environment.ProcessorCount,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", spinning ? "1" : "0");
        return options;
    }

    /// <summary>Runs the model.</summary>
    /// <param name="inputs">Names of the inputs.</param>
    /// <param name="given">The inputs; disposed of.</param>
    /// <param name="outputs">Names of the outputs.</param>
    /// <param name="results">Where they are put; disposed of.</param>
    /// <param name="cancellationToken">Stops between two operations.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    /// <exception cref="OnnxRuntimeException">Inputs and outputs are not those of the model.</exception>
    public void Run(string[] inputs, OrtValue[] given, string[] outputs, OrtValue[] results, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(results);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var options = new RunOptions();
            using CancellationTokenRegistration stop = cancellationToken.UnsafeRegister(
                static options => ((RunOptions)options!).Terminate = true,
                options
            );
            _session.Run(options, inputs, given, outputs, results);
        }
        catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            foreach (OrtValue value in given.Concat(results))
                value.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
