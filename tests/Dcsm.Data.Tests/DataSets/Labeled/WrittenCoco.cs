using System.Text.Json;

namespace Dcsm.Data.Tests.DataSets.Labeled;

/// <summary>A COCO data set that a test makes up; its pictures are empty files of 100 × 100 pixels.</summary>
internal sealed class WrittenCoco
{
    private readonly List<object> _images = [];
    private readonly List<object> _boxes = [];
    private readonly List<object> _captions = [];
    private readonly List<string> _names = [];

    /// <summary>Adds a picture; a box is left, top, width, height in pixels.</summary>
    public WrittenCoco Add((string Name, int[] Box)[] boxes, string[]? crowds = null, string? caption = null)
    {
        int id = _images.Count + 1;
        _images.Add(
            new
            {
                id,
                file_name = $"{id}.jpg",
                width = 100,
                height = 100,
            }
        );
        foreach ((string name, int[] box) in boxes)
            Box(id, name, box, iscrowd: 0);
        foreach (string name in crowds ?? [])
            Box(id, name, [0, 0, 100, 100], iscrowd: 1);
        if (caption is not null)
            _captions.Add(new { image_id = id, caption });
        return this;
    }

    public string Write(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "annotations"));
        Directory.CreateDirectory(Path.Combine(directory, "train2017"));
        for (int id = 1; id <= _images.Count; id++)
            File.WriteAllBytes(Path.Combine(directory, "train2017", $"{id}.jpg"), []);
        var instances = new
        {
            images = _images,
            annotations = _boxes,
            categories = _names.Select((name, i) => new { id = i, name }),
        };
        File.WriteAllText(Path.Combine(directory, "annotations", "instances_train2017.json"), JsonSerializer.Serialize(instances));
        File.WriteAllText(
            Path.Combine(directory, "annotations", "captions_train2017.json"),
            JsonSerializer.Serialize(new { annotations = _captions })
        );
        return directory;
    }

    private void Box(int id, string name, int[] bbox, int iscrowd)
    {
        if (!_names.Contains(name))
            _names.Add(name);
        _boxes.Add(
            new
            {
                image_id = id,
                category_id = _names.IndexOf(name),
                bbox,
                iscrowd,
            }
        );
    }
}
