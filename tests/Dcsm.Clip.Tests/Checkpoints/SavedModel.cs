using Dcsm.IO.PyTorch;
using Dcsm.IO.Safetensors;

namespace Dcsm.Clip.Tests.Checkpoints;

/// <summary>Weights of small goldens, written anew in the layouts that are on people's disks.</summary>
internal static class SavedModel
{
    /// <summary>The tensors of transformers' small CLIP.</summary>
    public static Dictionary<string, (int[] Shape, float[] Values)> HuggingFace()
    {
        using var file = SafetensorsFile.Open(Goldens.Path("clip-tiny", "a-quickgelu", "model.safetensors"));
        return file
            .Names.Where(name => !name.EndsWith("position_ids", StringComparison.Ordinal))
            .ToDictionary(name => name, name => ((int[])[.. file.Get(name).Shape], file.ReadFloat32(name)));
    }

    /// <summary>The tensors of open_clip's small CLIP.</summary>
    public static Dictionary<string, (int[] Shape, float[] Values)> OpenClip()
    {
        using var file = PyTorchCheckpoint.Open(Goldens.Path("checkpoints", "openclip_vit_tiny.plain_legacy.pt"));
        return file.Names.ToDictionary(name => name, name => ((int[])[.. file.Tensor(name).Shape], file.ReadFloat32(name)));
    }

    /// <summary>Writes tensors as the ending of the name asks for.</summary>
    public static void Write(string path, Dictionary<string, (int[] Shape, float[] Values)> tensors)
    {
        if (path.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            SafetensorsWriter.Write(path, tensors);
            return;
        }

        PickleWriter pickle = new PickleWriter().Raw('}', '(');
        var storages = new List<(string, byte[])>();
        foreach ((string name, (int[] shape, float[] values)) in tensors)
        {
            int[] strides = [.. shape.Select((_, i) => shape[(i + 1)..].Aggregate(1, (product, size) => product * size))];
            pickle.Text(name).Tensor("FloatStorage", $"{storages.Count}", values.Length, 0, shape, strides);
            byte[] bytes = new byte[values.Length * sizeof(float)];
            Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length);
            storages.Add(($"{storages.Count}", bytes));
        }

        TestArchive.Write(path, pickle.Raw('u').Done(), deflated: false, [.. storages]);
    }

    /// <summary>The same tensors under other names.</summary>
    public static Dictionary<string, (int[] Shape, float[] Values)> Renamed(
        this Dictionary<string, (int[] Shape, float[] Values)> tensors,
        Func<string, string> name
    ) => tensors.ToDictionary(tensor => name(tensor.Key), tensor => tensor.Value);
}
