using System.Numerics.Tensors;
using System.Text.Json;
using Dcsm.Clip.Models;
using Dcsm.Evaluation.Verification;

namespace Dcsm.Evaluation.Tests;

[Trait("Size", "Full")]
public sealed class ClipVerificationTests : IDisposable
{
    private static readonly string[] Captions = ["a red mug", "no red mug"];
    private readonly TemporaryFolder _photos = new();

    public void Dispose() => _photos.Dispose();

    [Fact]
    public void Published_cosines_are_reached_or_missed_or_of_other_weights()
    {
        using var weights = FormulaClip.Write(GoldenFiles.Path("clip-full", "clip-vit-base-patch32"), GoldenFiles.Path("tokenizer"));
        using var model = ClipModel.Load(weights.Directory);
        File.Copy(GoldenFiles.Path("preprocess", "files", "test_image1.jpg"), _photos["photo.jpg"]);
        ImageEncoding image = model.EncodeImages([_photos["photo.jpg"]]);
        TextEncoding texts = model.EncodeTexts(Captions, 30);
        float[] cosines = [.. Enumerable.Range(0, Captions.Length).Select(i => TensorPrimitives.Dot(image.Pooled[0], texts.Pooled[i]))];

        Assert.Equal([true, true, true, true, true, true, null], Verify(model, cosines, 0).Select(line => line.Passed));
        VerificationLine missed = Assert.Single(Verify(model, cosines, 0.005f), line => line.Passed == false);
        Assert.Contains("ViT-B/32", missed.Finding, StringComparison.Ordinal);
        Assert.Contains(
            Verify(model, cosines, 0.3f),
            line => line.Name == missed.Name && line.Passed is null && line.Finding.Contains("not OpenAI's", StringComparison.Ordinal)
        );
    }

    private VerificationLine[] Verify(ClipModel model, float[] cosines, float off)
    {
        var published = new
        {
            photos = new[]
            {
                new
                {
                    file = "photo.jpg",
                    captions = Captions,
                    cosines = new Dictionary<string, float[]> { ["ViT-B/32"] = [.. cosines.Select(cosine => cosine + off)] },
                },
            },
        };
        File.WriteAllText(_photos["published.json"], JsonSerializer.Serialize(published));
        return [.. ClipVerification.Run(model, _photos.Path)];
    }
}
