using Dcsm.Clip.Checkpoints;
using Dcsm.Clip.Models;
using Dcsm.FunctionalWords;
using Dcsm.Head;
using Dcsm.IO.Safetensors;
using Dcsm.Maps;
using Dcsm.Scoring;

namespace Dcsm.Tests;

public sealed class OfficialCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("ckpt_zip.pt")]
    [InlineData("ckpt_cuda_zip.pt")]
    [InlineData("ckpt_legacy.pt")]
    public void A_head_is_imported_and_saved_with_all_that_the_checkpoint_says(string file)
    {
        var warnings = new List<string>();
        OfficialCheckpoint.Import(Goldens.Path("official-dcsm", "checkpoints", file), warn: warnings.Add).Save(_directory["head"]);
        var head = DcsmHead.Load(_directory["head"]);
        Assert.Equal(
            Goldens.Tensor("checkpoints/ckpt.expected.safetensors", "model_state_dict/fc1.weight"),
            head.Weights.Fc1Weight.ToArray()
        );
        Assert.Equal(
            Goldens.Tensor("checkpoints/ckpt.expected.safetensors", "model_state_dict/conv2.bias"),
            head.Weights.Conv2Bias.ToArray()
        );
        Assert.Equal(
            Goldens.Tensor("checkpoints/ckpt.expected.safetensors", "external_logic_token_embeddings/weight"),
            head.Weights.FunctionalRows.ToArray()
        );
        Assert.Equal(
            (10, 12, 12, 4, 128),
            (head.Config.ImageTokens, head.Config.TextTokens, head.Config.Dimension, head.Config.Channels, head.Config.Hidden)
        );
        Assert.Equal((RowPlacement.Official, MapStandardization.WholeBatch), (head.Config.Placement, head.Config.Standardization));
        Assert.Equal(FunctionalWordList.Official.Words, head.Config.Words.Words);
        Assert.Equal(26, (int)head.Config.Training["epoch"]!);
        Assert.Equal(2, head.Config.Training["train_loss"]!.AsArray().Count);

        // The tiny CLIP's heads can't be known.
        Assert.Equal(2, warnings.Count);
        Assert.All(warnings, warning => Assert.Contains("--clip", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Words_of_the_checkpoint_s_own_are_taken()
    {
        DcsmHead head = OfficialCheckpoint.Import(Goldens.Path("official-dcsm", "checkpoints", "ckpt_lookup_zip.pt"));
        Assert.Equal(["above", "below", "left", "right", "not", "no", "without", "but", "with"], head.Config.Words.Words);
        Assert.Equal(9 * 10, head.Weights.FunctionalRows.Length);
    }

    [Fact]
    public void A_head_is_bound_to_the_CLIP_that_is_named_if_it_is_the_one_in_the_checkpoint()
    {
        string path = Goldens.Path("official-dcsm", "checkpoints", "ckpt_zip.pt");
        using (var inside = ClipCheckpoint.Open(path, new ClipCheckpointOptions { VisionHeads = 3, TextHeads = 2 }))
            inside.Save(_directory["clip"]);
        using (var clip = ClipModel.Load(_directory["clip"]))
        {
            DcsmHead head = OfficialCheckpoint.Import(path, clip, warning => Assert.Fail(warning));
            Assert.Equal(clip.Fingerprint, head.Config.ClipFingerprint);
            _ = new DcsmScorer(clip, head);
        }

        var tensors = new Dictionary<string, (int[], float[])>();
        using (var file = SafetensorsFile.Open(Path.Combine(_directory["clip"], "model.safetensors")))
        {
            foreach (string name in file.Names)
                tensors.Add(name, ([.. file.Get(name).Shape], file.ReadFloat32(name)));
        }
        tensors["vision_model.post_layernorm.bias"].Item2[3] += 1;
        SafetensorsWriter.Write(Path.Combine(_directory["clip"], "model.safetensors"), tensors);
        using var other = ClipModel.Load(_directory["clip"]);
        Assert.Contains(
            "'vision_model.post_layernorm.bias' differs",
            Assert.Throws<InvalidDataException>(() => OfficialCheckpoint.Import(path, other)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("hostile_embedding_os_system_zip.pt", "'posix.system'")]
    [InlineData("hostile_epoch_eval_legacy.pt", "'__builtin__.eval'")]
    [InlineData("hostile_state_dict_eval_zip.pt", "'__builtin__.eval'")]
    [InlineData("hostile_tokenizer_os_system_zip.pt", "'posix.system'")]
    public void A_hostile_checkpoint_is_refused(string file, string named)
    {
        Assert.Contains(
            named,
            Assert
                .Throws<InvalidDataException>(() => OfficialCheckpoint.Import(Goldens.Path("official-dcsm", "checkpoints", file)))
                .Message,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists("PWNED"));
    }
}
