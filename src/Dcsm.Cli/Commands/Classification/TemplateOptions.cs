using System.CommandLine;
using Dcsm.Evaluation.Classification;

namespace Dcsm.Cli.Commands.Classification;

/// <summary>What labels are asked with: templates as they are typed, or a set of them.</summary>
internal sealed class TemplateOptions
{
    /// <summary>What is asked with where nothing else is said.</summary>
    public const string Default = "a photo of a {}";

    private readonly Option<string[]> _template = new("--template")
    {
        Description = $"What a label is asked with, {{}} standing for it; several are averaged. [default: \"{Default}\"]",
        HelpName = "TEXT",
    };
    private readonly Option<string?> _templates = new("--templates")
    {
        Description =
            $"A set of templates: {string.Join(", ", PromptTemplates.BuiltInNames)}; or a file: a template a line, or JSON: a list, or an "
            + "object with a list for each label.",
        HelpName = "SET|FILE",
    };

    public void AddTo(Command command)
    {
        command.Add(_template);
        command.Add(_templates);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_template) is { Length: > 0 } && result.GetValue(_templates) is not null)
                result.AddError("--template and --templates exclude each other.");
        });
    }

    /// <summary>Whether any were given.</summary>
    public bool AreGiven(ParseResult parse) => parse.GetValue(_template) is { Length: > 0 } || parse.GetValue(_templates) is not null;

    /// <exception cref="ArgumentException">A template has no place for the label.</exception>
    /// <exception cref="FileNotFoundException">There is no such set or file.</exception>
    public PromptTemplates Get(ParseResult parse, string usual = "") =>
        parse.GetValue(_templates) is { } set ? PromptTemplates.Open(set)
        : parse.GetValue(_template) is { Length: > 0 } typed ? PromptTemplates.Of(typed)
        : usual.Length > 0 ? PromptTemplates.Open(usual)
        : PromptTemplates.Of([Default]);
}
