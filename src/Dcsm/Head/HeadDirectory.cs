using Dcsm.IO.Safetensors;
using Dcsm.IO.Tensors;

namespace Dcsm.Head;

/// <summary>A head on disk.</summary>
internal static class HeadDirectory
{
    internal static DcsmHead Load(string directory)
    {
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException(
                $"{directory}: there is no such directory; a DCSM head is a directory with {DcsmConfig.FileName} and "
                    + $"{DcsmHead.WeightsFileName}."
            );
        }
        var config = DcsmConfig.Load(Path.Combine(directory, DcsmConfig.FileName));
        string path = Path.Combine(directory, DcsmHead.WeightsFileName);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException(
                $"{path}: there is no such file; it holds the weights of the head described in {DcsmConfig.FileName}.",
                path
            );
        }

        using var file = SafetensorsFile.Open(path);
        IReadOnlyList<(string Name, int[] Shape)> shapes = HeadTensors.Shapes(config);
        foreach (string name in file.Names)
        {
            if (!shapes.Any(tensor => tensor.Name == name))
            {
                throw new InvalidDataException(
                    $"{path}: tensor {name} does not belong to a head; known are {string.Join(", ", shapes.Select(tensor => tensor.Name))}."
                );
            }
        }
        DcsmHeadWeights weights = HeadTensors.Assemble(config, name => Read(file, path, shapes.First(tensor => tensor.Name == name)));
        return new DcsmHead(config, weights, directory);
    }

    internal static void Save(DcsmHead head, string directory)
    {
        Directory.CreateDirectory(directory);
        var tensors = HeadTensors
            .Shapes(head.Config)
            .ToDictionary(
                tensor => tensor.Name,
                tensor => (tensor.Shape, HeadTensors.Values(head.Weights, tensor.Name).ToArray()),
                StringComparer.Ordinal
            );
        // The configuration last: a directory without it is no head.
        SafetensorsWriter.Write(Path.Combine(directory, DcsmHead.WeightsFileName), tensors);
        head.Config.Save(Path.Combine(directory, DcsmConfig.FileName));
    }

    private static float[] Read(SafetensorsFile file, string path, (string Name, int[] Shape) expected)
    {
        if (!file.Contains(expected.Name))
            throw new InvalidDataException($"{path}: tensor {expected.Name} is missing.");
        TensorInfo found = file.Get(expected.Name);
        if (!found.Shape.SequenceEqual(expected.Shape))
        {
            throw new InvalidDataException(
                $"{path}: tensor {expected.Name} is [{string.Join(", ", found.Shape)}]; by {DcsmConfig.FileName} it should be "
                    + $"[{string.Join(", ", expected.Shape)}]."
            );
        }
        float[] values = file.ReadFloat32(expected.Name);
        return HeadTensors.NotFinite(values) is { } wrong
            ? throw new InvalidDataException($"{path}: tensor {expected.Name}: {wrong}.")
            : values;
    }
}
