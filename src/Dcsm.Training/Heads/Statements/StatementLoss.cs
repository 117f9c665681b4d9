namespace Dcsm.Training.Heads.Statements;

/// <summary>The loss of scored pairs whose truth is known, and its gradient.</summary>
/// <remarks>
/// Three terms, each a mean. Captions: of a picture, each true caption against all false ones (cross-entropy). Pictures: of a caption, each
/// picture that it is true of against all those that it is false of. Sigmoid: of each pair by itself, whether it is true (binary
/// cross-entropy, summed over the pictures of a caption), so that one threshold serves all; its temperature and bias are those of the
/// head's last layer.
/// </remarks>
/// <param name="captions">Weight of the first term.</param>
/// <param name="pictures">Weight of the second term.</param>
/// <param name="sigmoid">Weight of the third term.</param>
internal sealed class StatementLoss(double captions, double pictures, double sigmoid)
{
    /// <summary>Loss, gradient, and how many true captions are above false ones of the same picture.</summary>
    /// <param name="batch">The pairs and what is known of them.</param>
    /// <param name="scores">[pairs]</param>
    /// <param name="gradient">By the scores. [pairs], written.</param>
    /// <returns>The loss, and the share of true and false captions of a picture that are ranked right.</returns>
    public (double Loss, double Accuracy) Of(HeadPairBatch batch, ReadOnlySpan<float> scores, Span<float> gradient)
    {
        gradient.Clear();
        double loss = 0;
        List<int>[] byImage = Group(batch.Pairs.Select(pair => pair.Image), batch.Weights.Images.Length),
            byCaption = Group(batch.Pairs.Select(pair => pair.Caption), batch.Weights.Captions.Length);
        if (captions > 0)
            loss += captions * Contrast(byImage, batch.Weights.Images, batch.Targets, scores, captions, gradient);
        if (pictures > 0)
            loss += pictures * Contrast(byCaption, batch.Weights.Captions, batch.Targets, scores, pictures, gradient);
        double share = sigmoid / batch.Weights.Captions.Length;
        for (int pair = 0; sigmoid > 0 && pair < scores.Length; pair++)
        {
            double weight = share * batch.Weights.Captions[batch.Pairs[pair].Caption];
            (double s, double target) = (scores[pair], batch.Targets[pair]);
            loss += weight * (Math.Max(s, 0) - (s * target) + Math.Log(1 + Math.Exp(-Math.Abs(s))));
            gradient[pair] += (float)(weight * ((1 / (1 + Math.Exp(-s))) - target));
        }

        return (loss, Accuracy(byImage, batch.Targets, scores));
    }

    /// <summary>Each true pair of a list against all false ones of it.</summary>
    private static double Contrast(
        List<int>[] lists,
        float[] weights,
        float[] targets,
        ReadOnlySpan<float> scores,
        double share,
        Span<float> gradient
    )
    {
        int terms = lists.Sum(list => list.Any(pair => targets[pair] == 0) ? list.Count(pair => targets[pair] == 1) : 0);
        if (terms == 0)
            return 0;
        double loss = 0;
        for (int i = 0; i < lists.Length; i++)
        {
            double most = double.NegativeInfinity;
            foreach (int pair in lists[i])
            {
                if (targets[pair] == 0)
                    most = Math.Max(most, scores[pair]);
            }

            if (double.IsNegativeInfinity(most))
                continue;
            double sum = 0;
            foreach (int pair in lists[i])
                sum += targets[pair] == 0 ? Math.Exp(scores[pair] - most) : 0;
            double falseLog = most + Math.Log(sum),
                weight = weights[i] / terms,
                pulled = 0;
            foreach (int pair in lists[i])
            {
                if (targets[pair] != 1)
                    continue;
                // log(1 + exp(logsumexp of the false ones − the true one))
                double x = falseLog - scores[pair],
                    wrong = 1 / (1 + Math.Exp(-x));
                loss += weight * (Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x))));
                gradient[pair] -= (float)(share * weight * wrong);
                pulled += wrong;
            }

            foreach (int pair in lists[i])
            {
                if (targets[pair] == 0)
                    gradient[pair] += (float)(share * weight * pulled * Math.Exp(scores[pair] - falseLog));
            }
        }

        return loss;
    }

    private static double Accuracy(List<int>[] byImage, float[] targets, ReadOnlySpan<float> scores)
    {
        long right = 0,
            all = 0;
        foreach (List<int> list in byImage)
        {
            foreach (int first in list)
            {
                for (int j = 0; targets[first] == 1 && j < list.Count; j++)
                {
                    if (targets[list[j]] != 0)
                        continue;
                    all++;
                    right += scores[first] > scores[list[j]] ? 1 : 0;
                }
            }
        }

        return all == 0 ? 0 : (double)right / all;
    }

    private static List<int>[] Group(IEnumerable<int> keys, int count)
    {
        var lists = new List<int>[count];
        for (int i = 0; i < count; i++)
            lists[i] = [];
        int pair = 0;
        foreach (int key in keys)
            lists[key].Add(pair++);
        return lists;
    }
}
