using System.CommandLine;
using Dcsm.Cli.Inputs;
using Dcsm.Cli.Options;
using Dcsm.Cli.Output;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;
using Dcsm.Data.Scenes;
using Dcsm.Evaluation.Benchmarks.Running;
using Dcsm.Evaluation.Geometry;
using Dcsm.Evaluation.Scorers;
using Dcsm.IO.Csv;
using Dcsm.IO.Files;
using Dcsm.IO.Progress;
using Dcsm.Reporting.Pages;
using Dcsm.Reporting.Tables;

namespace Dcsm.Cli.Commands.Classification;

/// <summary><c>dcsm geometry</c>: how far a CLIP meets the conditions of an ideal one.</summary>
internal sealed class GeometryCommand
{
    private const int Batch = 64,
        FewTokens = 2;
    private const string Concept = "{x}",
        Attribute = "{a}";

    private readonly ChosenScorers _scorers = new(
        "A DCSM head, which is asked those conditions that a score can be asked, beside the cosine of its CLIP."
    );
    private readonly Option<string?> _table = new("--pictures")
    {
        Description =
            "One's own pictures instead of drawn ones: CSV with the columns image and x, and, where they apply, attribute, place, y, "
            + "attribute_of_y, relation. What has no picture is not asked.",
        HelpName = "FILE",
    };
    private readonly Option<string> _part = new("--part")
    {
        Description = "Which objects are drawn: seen or unseen in training.",
        DefaultValueFactory = _ => "unseen",
    };
    private readonly Option<int> _concepts = new Option<int>("--concepts", "-n")
    {
        Description = "How many objects are drawn.",
        DefaultValueFactory = _ => 8,
    }.AtLeast(2);
    private readonly Option<string> _attributes = new("--attributes")
    {
        Description = "Colors of drawn objects, separated by commas.",
        HelpName = "LIST",
        DefaultValueFactory = _ => "red,green,blue",
    };
    private readonly Option<string> _text = new("--text")
    {
        Description = $"The text of a concept, {Concept} standing for it.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => $"a picture of a {Concept}",
    };
    private readonly Option<string> _not = new("--not")
    {
        Description = $"The text of its absence, {Concept} standing for it.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => $"a picture of no {Concept}",
    };
    private readonly Option<string> _attribute = new("--attribute-text")
    {
        Description = $"The text of an attribute, {Attribute} standing for it.",
        HelpName = "TEXT",
        DefaultValueFactory = _ => Attribute,
    };
    private readonly Option<ulong> _seed = CommonOptions.Seed("Seed of the background, and of the choice of objects.");
    private readonly Option<ulong> _splitSeed = SceneOptions.SplitSeed();
    private readonly Option<string?> _objects = CommonOptions.Objects();
    private readonly Option<string?> _directory = new("--out", "-o")
    {
        Description = "Also write results.json, cases.csv (every case), table.md and report.html to a folder.",
        HelpName = "DIR",
    };

    public static Command Create() => new GeometryCommand().ToCommand();

    private Command ToCommand()
    {
        _part.OneOf("seen", "unseen");
        Command command = new(
            "geometry",
            "Asks of a CLIP the conditions that an ideal one would meet: that concepts, attributes, places, relations and "
                + "negations have their place in its space. No vectors can meet all of them."
        );
        foreach (
            Option option in (Option[])
                [_table, _part, _concepts, _attributes, _text, _not, _attribute, _seed, _splitSeed, _objects, _directory]
        )
        {
            command.Add(option);
        }

        _scorers.AddTo(command);

        command.Validators.Add(result =>
        {
            foreach ((Option<string> option, string place) in new[] { (_text, Concept), (_not, Concept), (_attribute, Attribute) })
            {
                if (result.GetValue(option) is { } text && !text.Contains(place, StringComparison.Ordinal))
                    result.AddError($"{option.Name} '{text}' has no place {place}.");
            }
        });
        return command
            .WithExamples(
                "dcsm geometry",
                "dcsm geometry --part seen --concepts 12 --head data/head-small --out out/geometry",
                "dcsm geometry --clip data/clip-small --clip out/clip-sigmoid --out out/geometry",
                "dcsm geometry --pictures pictures.csv"
            )
            .Runs(Run);
    }

    private void Run(ParseResult parse, Terminal terminal, CancellationToken cancellationToken)
    {
        using OpenedScorers opened = _scorers.Open(parse, terminal);
        string? directory = parse.GetValue(_directory);
        ClipScorer[] clips = [.. opened.Scorers.OfType<ClipScorer>()];
        var results = new ScorerResult<GeometryResult>[clips.Length];
        for (int i = 0; i < clips.Length; i++)
        {
            string? own = clips.Length == 1 ? directory : ChosenScorers.Folder(directory, i, clips[i].Name);
            results[i] = new ScorerResult<GeometryResult>(clips[i].Name, Ask(parse, clips[i], opened, own, terminal, cancellationToken));
        }

        if (results is not [var only])
        {
            _scorers.Report(parse, terminal, results[0].Result.Benchmark, results, results.ToTables(), directory);
            return;
        }

        if (terminal.Json)
        {
            Terminal.Result(only.Result.ToJson().TrimEnd('\n'));
            return;
        }

        foreach (Table table in only.Result.ToTables())
            TableFormat.Show(terminal, table, _scorers.Format(parse));
    }

    private GeometryResult Ask(
        ParseResult parse,
        ClipScorer clip,
        OpenedScorers opened,
        string? directory,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        var encoder = (ClipEncoder)clip.Encoder;
        Dictionary<GeometryPicture, Func<RgbImage>> pictures = parse.GetValue(_table) is { } table
            ? OfTable(table, encoder)
            : OfScenes(parse, opened.Clips, encoder);
        IReadOnlyList<GeometryQuestion> questions = GeometryQuestion.All(
            pictures.Keys,
            x => Fill(parse, _text, Concept, x),
            x => Fill(parse, _not, Concept, x),
            a => Fill(parse, _attribute, Attribute, a)
        );
        IScorer[] pairs = [.. opened.Scorers.Where(scorer => scorer is not ClipScorer && OpenedScorers.ClipOf(scorer) == encoder.Clip)],
            scorers = [new ClipScorer(encoder, $"{clip.Name}'s cosine"), .. pairs];
        foreach (IScorer matcher in pairs.OfType<MatcherScorer>())
            terminal.Remark($"{matcher.Name} has no space, only scores: it is asked the conditions that a score can be asked");
        foreach (PairCost cost in PairCost.Of(GeometryQuestion.Pairs(questions).Count(), pairs))
            terminal.Remark(cost.ToString());
        GeometryScores[] scores = [.. scorers.Select(scorer => new GeometryScores(scorer, questions))];
        GeometryEmbeddings embeddings = Encode(parse, encoder, pictures, scores, terminal, cancellationToken);
        var result = GeometryResult.Of(
            embeddings,
            encoder.Name,
            encoder.Fingerprint,
            new Dictionary<string, string>
            {
                ["clip"] = encoder.Clip.Directory,
                ["pictures"] = parse.GetValue(_table) ?? $"scenes, {parse.GetValue(_part)} objects",
                ["concepts"] = string.Join(", ", embeddings.Concepts),
                ["text"] = parse.GetValue(_text)!,
                ["not"] = parse.GetValue(_not)!,
            },
            [.. scores.Select(own => new ScoredConditions(own.Name, own.Conditions()))],
            embeddings.Attributes.Count > 0 ? GeometryResult.SearchBinding(encoder.Clip.Dimension, embeddings.Concepts.Count) : []
        );
        if (directory is not null)
            Write(result, pictures, directory, terminal);
        return result;
    }

    private static void Write(
        GeometryResult result,
        Dictionary<GeometryPicture, Func<RgbImage>> pictures,
        string directory,
        Terminal terminal
    )
    {
        Directory.CreateDirectory(directory);
        result.WriteJson(Path.Combine(directory, "results.json"));
        AtomicFile.Write(Path.Combine(directory, "cases.csv"), stream => CsvTable.Write(stream, Rows(result)));
        AtomicFile.Write(Path.Combine(directory, "table.md"), string.Join('\n', result.ToTables().Select(TableRenderer.ToMarkdown)));
        result.WriteReport(
            Path.Combine(directory, "report.html"),
            picture => pictures.TryGetValue(picture, out Func<RgbImage>? open) ? open() : null
        );
        terminal.Remark($"results.json, cases.csv, table.md and report.html are in {directory}");
    }

    private static string Fill(ParseResult parse, Option<string> option, string place, string name) =>
        parse.GetValue(option)!.Replace(place, name, StringComparison.Ordinal);

    private GeometryEmbeddings Encode(
        ParseResult parse,
        ClipEncoder encoder,
        Dictionary<GeometryPicture, Func<RgbImage>> pictures,
        GeometryScores[] scores,
        Terminal terminal,
        CancellationToken cancellationToken
    )
    {
        string[] Names(Func<GeometryPicture, string?> of) => [.. pictures.Keys.Select(of).OfType<string>().Distinct()];
        string[] concepts = [.. Names(picture => picture.X).Union(Names(picture => picture.Y))],
            attributes = Names(picture => picture.Attribute);
        var embeddings = new GeometryEmbeddings(concepts, attributes, Names(picture => picture.Place), Names(picture => picture.Relation));
        GeometryPicture[] all = [.. pictures.Keys];
        ProgressView.Track(
            terminal,
            "Encoding",
            "pictures",
            progress =>
            {
                int done = 0;
                foreach (GeometryPicture[] batch in all.Chunk(Batch))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    byte[] rgb = [.. batch.SelectMany(picture => encoder.Prepare(pictures[picture]()).Pixels.ToArray())];
                    ImageEncoding encoded = encoder.EncodeRgb(rgb, batch.Length);
                    for (int i = 0; i < batch.Length; i++)
                        embeddings.Add(batch[i], encoded.Pooled[i]);
                    foreach (GeometryScores own in scores)
                        own.Add(batch, own.Encoder.Fingerprint == encoder.Fingerprint ? encoded : own.Encoder.EncodeRgb(rgb, batch.Length));
                    progress.Report(new WorkProgress(done += batch.Length, all.Length));
                }
            }
        );
        (string Key, string Text)[] texts =
        [
            .. concepts.Select(name => (name, Fill(parse, _text, Concept, name))),
            .. concepts.Select(name => (GeometryEmbeddings.Not(name), Fill(parse, _not, Concept, name))),
            .. attributes.Select(name => (name, Fill(parse, _attribute, Attribute, name))),
        ];
        TokenEmbeddings pooled = encoder.EncodeTexts([.. texts.Select(text => text.Text)], FewTokens).Pooled;
        for (int i = 0; i < texts.Length; i++)
            embeddings.Add(texts[i].Key, pooled[i]);
        return embeddings;
    }

    private Dictionary<GeometryPicture, Func<RgbImage>> OfScenes(ParseResult parse, IReadOnlyList<string> clips, ClipEncoder encoder)
    {
        var world = SceneWorld.Open(parse.GetValue(_objects), clips, parse.GetValue(_splitSeed));
        string[] concepts =
        [
            .. (parse.GetValue(_part) == "seen" ? world.Split.SeenObjects : world.Split.UnseenObjects).Take(parse.GetValue(_concepts)),
        ];
        if (concepts.Length < 2)
            throw new ArgumentException($"there are {concepts.Length} {parse.GetValue(_part)} objects; the conditions need two");
        string[] attributes = parse.GetValue(_attributes)!.Split(',', StringSplitOptions.TrimEntries);
        foreach (string wrong in attributes.Where(name => SceneColors.IndexOf(name) == SceneColors.None))
            throw new ArgumentException($"--attributes: '{wrong}' is none of {string.Join(", ", SceneColors.Names)}");
        var scenes = new ScenePictures(world.Library, encoder.ImageSize, parse.GetValue(_seed));
        int side = encoder.ImageSize;
        return ScenePictures
            .All(concepts, attributes)
            .Distinct()
            .ToDictionary(picture => picture, picture => (Func<RgbImage>)(() => new RgbImage(side, side, scenes.Draw(picture))));
    }

    private static Dictionary<GeometryPicture, Func<RgbImage>> OfTable(string path, ClipEncoder encoder)
    {
        var table = CsvTable.Read(path, ["image", "x"], trim: true);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var pictures = new Dictionary<GeometryPicture, Func<RgbImage>>();
        foreach (CsvRow row in table.Rows)
        {
            string? Field(string name) => row.Optional(name) is { Length: > 0 } value ? value : null;
            string image = Path.GetFullPath(row.Text("image"), folder);
            if (!File.Exists(image))
                throw new FileNotFoundException($"{row.Place}: there is no picture '{row["image"]}'", image);
            var picture = new GeometryPicture(
                row.Text("x"),
                Field("attribute"),
                Field("place"),
                Field("y"),
                Field("attribute_of_y"),
                Field("relation")
            );
            if (picture.Y is null && (picture.AttributeOfY ?? picture.Relation) is not null)
                throw new InvalidDataException($"{row.Place}: there is no y that the relation or attribute_of_y is of");
            if (!pictures.TryAdd(picture, () => encoder.Open(image)))
                throw new InvalidDataException($"{row.Place}: '{picture}' has a picture already");
        }

        return pictures.Keys.SelectMany(picture => new[] { picture.X, picture.Y }).OfType<string>().Distinct().Count() > 1
            ? pictures
            : throw new InvalidDataException($"{path}: names one concept; the conditions need two");
    }

    private static IEnumerable<IEnumerable<string>> Rows(GeometryResult result) =>
        result
            .Asked.SelectMany(condition =>
                condition.All.Select(own =>
                    (IEnumerable<string>)
                        [
                            condition.Id,
                            own.Words,
                            FormattableString.Invariant($"{own.Left}"),
                            FormattableString.Invariant($"{own.Right}"),
                            own.Margin > 0 ? "1" : "0",
                        ]
                )
            )
            .Prepend(["condition", "case", "left", "right", "satisfied"]);
}
