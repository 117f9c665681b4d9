using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.Head;
using Dcsm.IO.Files;

namespace Dcsm.Scoring;

internal static class EncodingShapes
{
    /// <summary>Refuses encodings whose shapes are not those of the head.</summary>
    internal static void Check(DcsmConfig config, ImageEncoding images, TextEncoding captions)
    {
        ArgumentNullException.ThrowIfNull(images);
        Check("image", images.Tokens, config.ImageTokens, config.Dimension, nameof(images));
        CheckCaptions(config, captions);
    }

    /// <summary>Refuses captions whose shapes are not those of the head.</summary>
    internal static void CheckCaptions(DcsmConfig config, TextEncoding captions)
    {
        ArgumentNullException.ThrowIfNull(captions);
        Check("text", captions.Tokens, config.TextTokens, config.Dimension, nameof(captions));
        if (captions.Texts.Count != captions.Tokens.Count)
        {
            throw new ArgumentException(
                $"{captions.Tokens.Count} captions are encoded, but {captions.Texts.Count} texts are given.",
                nameof(captions)
            );
        }

        foreach (TokenizedText text in captions.Texts)
        {
            if (text.Ids.Count != config.TextTokens)
            {
                throw new ArgumentException(
                    $"Caption '{Excerpt.Of(text.Text)}' is tokenized to {text.Ids.Count} tokens; the head reads {config.TextTokens}.",
                    nameof(captions)
                );
            }
        }
    }

    private static void Check(string what, TokenEmbeddings tokens, int count, int dimension, string parameter)
    {
        if (tokens.Tokens != count || tokens.Dimension != dimension)
        {
            throw new ArgumentException(
                $"The head reads {count} {what} tokens of {dimension}; these are {tokens.Tokens} of {tokens.Dimension}.",
                parameter
            );
        }
    }
}
