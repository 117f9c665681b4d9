namespace Dcsm.FunctionalWords;

/// <summary>Where in a map the rows of a caption's functional words are put.</summary>
public enum RowPlacement
{
    /// <summary>
    /// On the columns of the very tokens that spell the functional word, every occurrence, whatever the case, found through
    /// the tokenizer's offsets. The default.
    /// </summary>
    TokenAligned,

    /// <summary>
    /// As the benchmark and training code of the paper does it (<c>evaluating/run_evals.py</c>, <c>training/train.py</c>): the
    /// caption is split at single spaces, and the first exact occurrence of a word, at word index <c>w</c>, replaces column
    /// <c>w</c>. The start token is not counted, so this is one column early, and more where words take several tokens.
    /// </summary>
    Official,

    /// <summary>
    /// As the notebook of the paper does it (<c>evaluating/eval_simple.py</c>): found as in <see cref="Official"/>, but the row
    /// is inserted at column <c>w</c>, the columns from there on move right by one, and the last one is lost.
    /// </summary>
    OfficialNotebook,

    /// <summary>
    /// As <see cref="TokenAligned"/>; besides, the end token, whose embedding is CLIP's own of the whole caption, stands in the first
    /// column, wherever the caption ends, and the start token, which is the same in every caption, behind the last word.
    /// </summary>
    EndFirst,
}
