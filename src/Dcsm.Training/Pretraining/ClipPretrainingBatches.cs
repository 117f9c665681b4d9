using System.Globalization;
using Dcsm.Data.Scenes;
using Dcsm.Data.Scenes.Rendering;
using Dcsm.IO.Digests;
using Dcsm.Numerics.RandomNumbers;
using TorchSharp;

namespace Dcsm.Training.Pretraining;

/// <summary>Draws, captions and tokenizes the batches of a pre-training run on scenes.</summary>
/// <param name="options">Sizes and seed.</param>
/// <param name="library">The objects that the CLIP is to know.</param>
/// <param name="vocabulary">Holds every word of the captions.</param>
internal sealed class ClipPretrainingBatches(ClipPretrainingOptions options, ObjectLibrary library, BpeTrainer vocabulary)
    : ClipPretrainingSource(options)
{
    private readonly ClipPretrainingOptions _options = options;
    private readonly SceneRenderer _renderer = new(library, options.ImageSize);
    private readonly ClipPretrainingWorld _world = new(library);
    private readonly ClipPretrainingCaptions _captions = new(library);
    private readonly int _start = vocabulary.Vocabulary[BpeTrainer.StartToken];
    private readonly int _end = vocabulary.Vocabulary[BpeTrainer.EndToken];

    public override BpeTrainer Vocabulary => vocabulary;

    public override IEnumerable<string> Words => ClipPretrainingCaptions.Words(library);

    public override string Description =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"scenes of {library.Objects.Count} objects, {Sha256Digest.Of(string.Join('\n', library.Objects.Select(known => known.Name)))}"
        );

    public override ClipPretrainingProgress Evaluate(TorchClip clip, ClipPretrainingProgress progress) =>
        progress with
        {
            Evaluation = new ClipPretrainingEvaluator(_options, library, this, clip).Evaluate(),
        };

    public override ClipPretrainingBatch Make(int step)
    {
        bool singlesOnly = step < _options.SingleObjectShare * _options.Steps;
        var scenes = new Scene[_options.BatchSize];
        string[][] sparse = new string[_options.BatchSize][];
        string[][] full = new string[_options.DenseBatchSize][];
        for (int i = 0; i < scenes.Length; i++)
        {
            var random = new SceneRandom(_options.Seed, (ulong)step, (ulong)i);
            scenes[i] =
                !singlesOnly && random.NextDouble() < _options.ManyObjectShare ? _world.Many(ref random) : _world.Single(ref random);
            sparse[i] = _captions.Sparse(scenes[i], ref random);
            if (i < full.Length)
                full[i] = _captions.Full(scenes[i], ref random);
        }
        (long[] sparseIds, int sparseLength, long[] ends, _) = Tokenize(sparse);
        (long[] fullIds, int fullLength, _, float[] weights) = Tokenize(full);
        return new ClipPretrainingBatch(Patches(scenes), sparseIds, sparseLength, ends, fullIds, fullLength, weights);
    }

    /// <summary>Scenes as a tensor of patches, [scenes, patches, 3·P·P].</summary>
    public torch.Tensor PatchTensor(IReadOnlyList<Scene> scenes) => PatchTensor(Patches(scenes));

    /// <summary>Pads captions to the longest of them.</summary>
    public (long[] Ids, int Length, long[] Ends, float[] Weights) Tokenize(IReadOnlyList<string[]> captions) =>
        Pad([.. captions.Select(Tokens)]);

    private (long Id, bool Content)[] Tokens(string[] caption) =>
        [
            (_start, false),
            .. caption
                .SelectMany(word =>
                    vocabulary.Encode(word).Select(id => ((long)id, Content: !ClipPretrainingCaptions.IsFunctionWord(word)))
                )
                .Take(_options.ContextLength - 2),
            (_end, false),
        ];

    private float[] Patches(IReadOnlyList<Scene> scenes)
    {
        byte[] rgb = new byte[_renderer.ByteCount];
        return Patches(
            scenes.Count,
            n =>
            {
                _renderer.Render(scenes[n], rgb);
                return rgb;
            }
        );
    }
}
