using System.Globalization;
using System.Text;
using Dcsm.IO.Files;

namespace Dcsm.IO.Json;

/// <summary>Where a value stands, put into words only when an error needs them.</summary>
internal sealed class JsonPlace
{
    private readonly string? _source;
    private readonly JsonPlace? _parent;
    private readonly int _index;

    /// <summary>The top of a document.</summary>
    /// <param name="source">The file, or its line.</param>
    public JsonPlace(string source) => _source = source;

    /// <summary>A field of an object.</summary>
    public JsonPlace(JsonPlace parent, string name) => (_parent, Name) = (parent, name);

    /// <summary>An item of a list.</summary>
    public JsonPlace(JsonPlace parent, int index) => (_parent, _index) = (parent, index);

    /// <summary>The field's name; null for items, and for the top.</summary>
    public string? Name { get; }

    /// <summary>"file", "file, field a.b[2]", "file, item index 3, field a", "file, item index 3, position 0".</summary>
    public override string ToString()
    {
        var steps = new Stack<JsonPlace>();
        JsonPlace top = this;
        for (; top._parent is { } parent; top = parent)
            steps.Push(top);
        StringBuilder text = new(top._source);
        bool inField = false,
            first = true;
        foreach (JsonPlace step in steps)
        {
            if (step.Name is { } name)
                text.Append(inField ? "." : ", field ").Append(Excerpt.Of(name));
            else if (inField)
                text.Append(CultureInfo.InvariantCulture, $"[{step._index}]");
            else
                text.Append(CultureInfo.InvariantCulture, $", {(first ? "item index" : "position")} {step._index}");
            inField |= step.Name is not null;
            first = false;
        }

        return text.ToString();
    }
}
