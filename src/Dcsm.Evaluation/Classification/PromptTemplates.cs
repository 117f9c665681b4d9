using System.Text.Json;
using Dcsm.Data.Classes;
using Dcsm.IO.Files;
using Dcsm.IO.Json;

namespace Dcsm.Evaluation.Classification;

/// <summary>
/// Captions with a place for a class's name, which is written <c>{}</c>, <c>{c}</c>, <c>{label}</c> or <c>{name}</c>: the same for all
/// classes, or some for each.
/// </summary>
public sealed class PromptTemplates
{
    private static readonly string[] Places = ["{}", "{c}", "{label}", "{name}"];

    private static readonly Dictionary<string, string[]> BuiltIn = new(StringComparer.Ordinal)
    {
        ["plain"] = ["a photo of a {}."],
        ["contexts"] =
        [
            "a photo of a {}.",
            "a picture of a {}.",
            "an image that shows a {}.",
            "a snapshot of one {}.",
            "a {} seen from close up.",
            "a {} seen from far away.",
            "a dim photo of a {}.",
            "a bright photo of a {}.",
            "a blurred photo of a {}.",
            "a sharp photo of a {}.",
            "a grainy picture of a {}.",
            "a black and white photo of a {}.",
            "a photo of part of a {}.",
            "a photo of a {} among other things.",
            "a photo of a {} on a plain background.",
            "a {} indoors.",
            "a {} outdoors.",
            "a photo of a small {}.",
            "a photo of a large {}.",
            "a photo of an old {}.",
            "a photo of a new {}.",
            "a photo of many {}.",
            "a drawing of a {}.",
            "a painting of a {}.",
            "a sketch of a {}.",
            "a {} made of plastic.",
            "a rendering of a {}.",
            "a {}.",
        ],
        ["pet"] = ["a photo of a {}, a type of pet."],
        ["text"] = ["a photo of the text \"{}\".", "the word \"{}\", written.", "a picture that says \"{}\"."],
        ["satellite"] = ["a satellite photo of {}.", "a satellite photo of a {}.", "an aerial picture of {}."],
    };

    private readonly IReadOnlyDictionary<string, IReadOnlyList<string>>? _byClass;

    private PromptTemplates(
        string name,
        IReadOnlyList<string> shared,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? byClass = null
    ) => (Name, Shared, _byClass) = (name, shared, byClass);

    /// <summary>The sets that come with the toolkit.</summary>
    public static IReadOnlyList<string> BuiltInNames { get; } = [.. BuiltIn.Keys];

    /// <summary>What they are called in results: a set, a file, or the one template.</summary>
    public string Name { get; }

    /// <summary>The templates that all classes share; none where each class has its own.</summary>
    public IReadOnlyList<string> Shared { get; }

    /// <summary>Templates as they were typed.</summary>
    /// <param name="templates">At least one.</param>
    /// <exception cref="ArgumentException">One has no place for the name, or there is none.</exception>
    public static PromptTemplates Of(IReadOnlyList<string> templates)
    {
        ArgumentNullException.ThrowIfNull(templates);
        if (templates.Count == 0)
            throw new ArgumentException("There must be a template.", nameof(templates));
        return new PromptTemplates(
            templates.Count == 1 ? templates[0] : $"{templates.Count} templates",
            [.. templates.Select(template => Checked(template, $"the template '{template}'"))]
        );
    }

    /// <summary>A built-in set, or a file: a template a line, or JSON: a list, or an object with a list for each class.</summary>
    /// <param name="nameOrFile">One of <see cref="BuiltInNames"/>, or a file.</param>
    /// <exception cref="FileNotFoundException">There is neither such a set nor such a file.</exception>
    /// <exception cref="InvalidDataException">A template has no place for the name; the message says which.</exception>
    public static PromptTemplates Open(string nameOrFile)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrFile);
        if (BuiltIn.TryGetValue(nameOrFile, out string[]? set))
            return new PromptTemplates(nameOrFile, set);
        if (!File.Exists(nameOrFile))
        {
            throw new FileNotFoundException(
                $"{nameOrFile}: there is no such file of templates, and the sets are {string.Join(", ", BuiltInNames)}",
                nameOrFile
            );
        }

        try
        {
            return Path.GetExtension(nameOrFile).Equals(".json", StringComparison.OrdinalIgnoreCase)
                ? OfJson(JsonField.Load(nameOrFile), nameOrFile)
                : OfLines(nameOrFile);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    /// <summary>What all classes are asked with, template by template, so that the prompts of one lie together.</summary>
    internal IReadOnlyList<ClassPrompt> Prompts(IReadOnlyList<PictureClass> classes)
    {
        IEnumerable<(string Text, int Class, int Template)> prompts =
            Shared.Count == 0
                ? classes.SelectMany((own, c) => Fill(own).Select(text => (text, c, 0)))
                : Shared.SelectMany((template, t) => classes.SelectMany((own, c) => Fill(template, own).Select(text => (text, c, t))));
        return [.. prompts.Select((prompt, place) => new ClassPrompt(prompt.Text, prompt.Class, prompt.Template, place))];
    }

    /// <summary>What a class is asked with.</summary>
    /// <param name="own">The class.</param>
    /// <returns>Every template with every name of the class.</returns>
    /// <exception cref="InvalidDataException">Each class has templates of its own, and this one has none.</exception>
    public IReadOnlyList<string> Fill(PictureClass own)
    {
        ArgumentNullException.ThrowIfNull(own);
        return [.. TemplatesOf(own).SelectMany(template => Fill(template, own))];
    }

    /// <summary>A template with every name of a class.</summary>
    public static IReadOnlyList<string> Fill(string template, PictureClass own)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(own);
        return
        [
            .. own
                .Names.Select(name => Places.Aggregate(template, (text, place) => text.Replace(place, name, StringComparison.Ordinal)))
                .Distinct(StringComparer.Ordinal),
        ];
    }

    private IReadOnlyList<string> TemplatesOf(PictureClass own) =>
        _byClass is null ? Shared
        : _byClass.TryGetValue(own.Key, out IReadOnlyList<string>? templates) ? templates
        : own.Names.Select(name => _byClass.GetValueOrDefault(name)).FirstOrDefault(found => found is not null)
            ?? throw new InvalidDataException($"{Name}: has no templates for the class '{own.Name}'");

    private static PromptTemplates OfLines(string path)
    {
        string[] lines = System.Text.Encoding.UTF8.GetString(Utf8File.Read(path)).Split('\n');
        return new PromptTemplates(
            path,
            [
                .. lines
                    .Select((line, i) => (Text: line.Trim(), Number: i + 1))
                    .Where(line => line.Text.Length > 0)
                    .Select(line => Checked(line.Text, $"{path}, line {line.Number}: '{line.Text}'")),
            ]
        );
    }

    private static PromptTemplates OfJson(JsonField json, string path)
    {
        if (json.Kind == JsonValueKind.Array)
            return new PromptTemplates(path, [.. json.Items().Select(item => Checked(item.Text(), $"{item.Place}: '{item.Text()}'"))]);
        // Texts of one class may be whole sentences, which need no place.
        var byClass = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (JsonField field in json.Fields())
        {
            if (!byClass.TryAdd(field.Name, field.Texts()))
                throw field.Wrong("the class stands there a second time");
        }

        return byClass.Count > 0 ? new PromptTemplates(path, [], byClass) : throw json.Wrong("holds no templates");
    }

    private static string Checked(string template, string what) =>
        Places.Any(place => template.Contains(place, StringComparison.Ordinal))
            ? template
            : throw new ArgumentException($"{what} has no place for the class's name; write {{}} where it belongs");
}
