using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Json;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>COCO-order and Flickr30k-order of ARO: a caption and four shuffled ones, which come ready-made from a file.</summary>
internal sealed class CaptionOrderReader : BenchmarkReader
{
    private const int OptionCount = 5;

    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        if (options.OrderOptions is not { } path)
        {
            throw new InvalidDataException(
                $"{Name}: the shuffled captions are not among the published files: the authors' code makes them with spaCy, "
                    + $"nltk and unseeded generators. "
                    + $"Write them once to a JSON file, a list of lists, for each caption of {Path.GetFileName(file.Path)} in "
                    + $"turn [the caption, its four perturbations], for instance from the test_cases of the dataset class in "
                    + "dataset_zoo/aro_datasets.py of mertyg/vision-language-models-are-bows, and name that file as the order options"
            );
        }

        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file of order options", path);
        var optionsFile = AnnotationFile.Open(path, [path]);
        IReadOnlyList<JsonField> lists = optionsFile.Json().Items();

        var items = new ChoiceBuilder(new ImageLocator(options, file.Folders));
        int count = 0;
        foreach (JsonField item in file.Json().Items())
        {
            JsonField name = item.Field("image");
            IReadOnlyList<string> captions = item.Field("caption").Texts();
            for (int i = 0; i < captions.Count; i++, count++)
            {
                if (count >= lists.Count)
                {
                    throw new InvalidDataException(
                        $"{optionsFile.Path}: has {lists.Count} lists of options, but {file.Path} has more captions; one list "
                            + $"for each is expected, and {item.Place}, caption {i} has none"
                    );
                }

                string[] texts = [.. lists[count].Texts(OptionCount).Select(AroCaption.Prepare)];
                if (texts[0] != AroCaption.Prepare(captions[i]))
                {
                    throw new InvalidDataException(
                        $"{lists[count].Place}, position 0: '{texts[0]}' is not the caption '{AroCaption.Prepare(captions[i])}' "
                            + $"of {item.Place}; the lists must be in the order of the captions"
                    );
                }

                if (items.Image(name.Text(), name.Place) is { } image)
                    items.Add(lists[count].Place, new ChoiceItem($"{name.Text()}#{i}", image, texts, 0));
            }
        }

        if (count < lists.Count)
            throw new InvalidDataException($"{optionsFile.Path}: has {lists.Count} lists of options, but {file.Path} has {count} captions");
        return items.Build(Name, [file.Path, optionsFile.Path], file.Path);
    }
}
