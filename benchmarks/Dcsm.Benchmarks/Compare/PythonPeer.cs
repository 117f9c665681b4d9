using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Head;
using Dcsm.IO.Safetensors;

namespace Dcsm.Benchmarks.Compare;

/// <summary>Peer (b): a program of <c>benchmarks/peers</c> in a process of its own, which runs the works that it is told.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dcsm-peer-");
    private readonly Process _process;

    private const string Torch = "torch",
        Learn = "sklearn";

    private PythonPeer(string python, string script, string name, string module, string device)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in new[] { Repository.Path("benchmarks", "peers", script), _folder.FullName, device })
            start.ArgumentList.Add(argument);
        start.Environment["OMP_NUM_THREADS"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture);
        _process = Process.Start(start)!;
        Version = $"{name} {Read().GetProperty(module).GetString()}";
    }

    /// <summary>Its name and version.</summary>
    public string Version { get; }

    /// <summary>Starts PyTorch's; null, with a message, where there is no Python with torch.</summary>
    /// <param name="device">What PyTorch computes on.</param>
    public static PythonPeer? Start(string device = "cpu") => Start("dcsm_peer.py", "PyTorch", Torch, device);

    /// <summary>Starts scikit-learn's; null, with a message, where there is no Python with it.</summary>
    public static PythonPeer? StartLearn() => Start("sklearn_peer.py", "scikit-learn", Learn, "cpu");

    private static PythonPeer? Start(string script, string name, string module, string device)
    {
        if (Find(module) is { } python)
            return new PythonPeer(python, script, name, module, device);
        Console.Error.WriteLine($"  no python3 with {module} here (DCSM_PYTHON names another one): the rows against {name} are left out");
        return null;
    }

    /// <summary>A Python that has a module: the one that DCSM_PYTHON names, and no other, or else one of the system's.</summary>
    public static string? Find(string module = Torch)
    {
        string[] candidates = Environment.GetEnvironmentVariable("DCSM_PYTHON") is { Length: > 0 } named
            ? [named]
            : ["python3", "/usr/bin/python3"];
        return candidates.FirstOrDefault(python => Has(python, module));
    }

    /// <summary>Hands over inputs, and has the work done once.</summary>
    /// <param name="together">Images that are scored at a time.</param>
    /// <returns>Scores.</returns>
    public float[] Check(string work, ImageEncoding images, TextEncoding captions, DcsmHead head, int together = 1)
    {
        DcsmConfig config = head.Config;
        var tensors = HeadTensors
            .Shapes(config)
            .ToDictionary(t => t.Name, t => (t.Shape, HeadTensors.Values(head.Weights, t.Name).ToArray()));
        tensors["images"] = ([images.Tokens.Count, images.Tokens.Tokens, images.Tokens.Dimension], images.Tokens.Values.ToArray());
        tensors["texts"] = ([captions.Tokens.Count, captions.Tokens.Tokens, captions.Tokens.Dimension], captions.Tokens.Values.ToArray());
        return Check(
            work,
            tensors,
            new
            {
                captions = captions.Texts.Select(text => text.Text),
                words = config.Words.Words,
                together,
            }
        );
    }

    /// <summary>Hands over an image tower and pixels, and has them encoded once.</summary>
    /// <returns>Tokens.</returns>
    public float[] CheckPictures(string work, FormulaTensors formula, ClipVisionConfig vision, float[] pixels, int count, bool half = false)
    {
        var tensors = formula
            .Names.Where(name => name.StartsWith("vis", StringComparison.Ordinal))
            .ToDictionary(name => name, name => (formula.Shape(name).ToArray(), formula.Values(name)));
        tensors["pixels"] = ([count, vision.Channels, vision.ImageSize, vision.ImageSize], pixels);
        return Check(
            work,
            tensors,
            new
            {
                patch = vision.PatchSize,
                layers = vision.Layers,
                heads = vision.Heads,
                half,
            }
        );
    }

    /// <summary>Hands over tensors and settings, and has the work done once.</summary>
    public float[] Check(string work, IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors, object settings)
    {
        SafetensorsWriter.Write(
            Path.Combine(_folder.FullName, $"{work}.safetensors"),
            tensors.ToDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal)
        );
        File.WriteAllText(Path.Combine(_folder.FullName, $"{work}.json"), JsonSerializer.Serialize(settings));
        Ask($"load {work}");
        Ask($"check {work}");
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder.FullName, $"{work}.out"));
        float[] values = new float[bytes.Length / sizeof(float)];
        Buffer.BlockCopy(bytes, 0, values, 0, bytes.Length);
        return values;
    }

    /// <summary>Does the work once.</summary>
    public void Run(string work) => Ask($"run {work}");

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(5000);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static bool Has(string python, string module)
    {
        try
        {
            var start = new ProcessStartInfo(python, ["-c", $"import {module}"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private void Ask(string command)
    {
        _process.StandardInput.WriteLine(command);
        _process.StandardInput.Flush();
        Read();
    }

    private JsonElement Read() =>
        JsonDocument
            .Parse(
                _process.StandardOutput.ReadLine()
                    ?? throw new InvalidDataException("the program of benchmarks/peers ended; its message stands above")
            )
            .RootElement;
}
