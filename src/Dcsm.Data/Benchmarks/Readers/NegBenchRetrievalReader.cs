using Dcsm.Data.Benchmarks.Reading;
using Dcsm.IO.Csv;

namespace Dcsm.Data.Benchmarks.Readers;

/// <summary>Retrieval of NegBench: CSV of pictures and Python lists of captions. A row is a picture, as published.</summary>
internal sealed class NegBenchRetrievalReader : BenchmarkReader
{
    protected override Benchmark Read(BenchmarkOptions options, AnnotationFile file)
    {
        CsvTable table = file.Table(["filepath", "captions"]);
        var images = new RetrievalBuilder(new ImageLocator(options, file.Folders));
        foreach (CsvRow row in table.Rows)
        {
            string name = row.Text("filepath");
            string place = row.PlaceOf("captions");
            images.Add(name, row.PlaceOf("filepath"), PythonList.Parse(row.Text("captions"), place), place);
        }

        return images.Build(Name, [file.Path], file.Path);
    }
}
