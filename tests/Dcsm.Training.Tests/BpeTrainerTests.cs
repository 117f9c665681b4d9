using Dcsm.Training.Pretraining;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Dcsm.Training.Tests;

public class BpeTrainerTests
{
    [Fact]
    public void Vocabulary_has_clips_layout()
    {
        var trained = BpeTrainer.Train(
            new Dictionary<string, int>
            {
                ["low"] = 5,
                ["lower"] = 2,
                ["newest"] = 6,
            },
            100
        );

        Assert.Equal(0, trained.Vocabulary["!"]);
        Assert.Equal(256, trained.Vocabulary["!</w>"]);
        Assert.Equal(512 + trained.Merges.Count, trained.Vocabulary["<|startoftext|>"]);
        Assert.Equal(trained.Vocabulary.Count - 1, trained.Vocabulary["<|endoftext|>"]);
        Assert.Equal(514 + trained.Merges.Count, trained.Vocabulary.Count);
        Assert.All(new[] { "low", "lower", "newest" }, word => Assert.Single(trained.Encode(word)));
    }

    [Fact]
    public void The_most_frequent_pair_is_merged_first_and_ties_go_to_the_one_that_sorts_first()
    {
        var trained = BpeTrainer.Train(
            new Dictionary<string, int>
            {
                ["ab"] = 3,
                ["cd"] = 3,
                ["ef"] = 9,
            },
            3
        );

        Assert.Equal([("e", "f</w>"), ("a", "b</w>"), ("c", "d</w>")], trained.Merges);
    }

    [Property]
    public Property Tokens_of_a_word_spell_it()
    {
        Gen<string> words = Gen.Elements("abcé漢'-".ToCharArray()).NonEmptyListOf().Select(c => new string([.. c]));
        return Prop.ForAll(
            words.NonEmptyListOf().ToArbitrary(),
            list =>
            {
                var counts = list.Distinct().ToDictionary(w => w, w => w.Length);
                var trained = BpeTrainer.Train(counts, 20);
                var names = trained.Vocabulary.ToDictionary(v => v.Value, v => v.Key);
                return counts.Keys.All(word =>
                {
                    string spelled = string.Concat(trained.Encode(word).Select(id => names[id]));
                    return spelled.EndsWith("</w>", StringComparison.Ordinal)
                        && spelled.Length - 4 == System.Text.Encoding.UTF8.GetByteCount(word);
                });
            }
        );
    }
}
