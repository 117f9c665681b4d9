namespace Dcsm.Evaluation.Statistics;

/// <summary>The standard normal distribution.</summary>
/// <remarks>
/// Written by hand: .NET has no quantile function, and a library of statistics for one function would be a dependency of all.
/// </remarks>
internal static class NormalDistribution
{
    /// <summary>The inverse of the cumulative distribution, Wichura's AS 241 (PPND16), relative accuracy about 1e-16.</summary>
    // Long because the coefficients of the six polynomials stand a line each.
    public static double Quantile(double probability)
    {
        double q = probability - 0.5;
        if (Math.Abs(q) <= 0.425)
        {
            double r = 0.180625 - q * q;
            return q
                * (
                    (
                        (
                            (
                                (
                                    ((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                                    + 45921.953931549871457
                                ) * r
                                + 13731.693765509461125
                            ) * r
                            + 1971.5909503065514427
                        ) * r
                        + 133.14166789178437745
                    ) * r
                    + 3.387132872796366608
                )
                / (
                    (
                        (
                            (
                                (
                                    ((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                                    + 21213.794301586595867
                                ) * r
                                + 5394.1960214247511077
                            ) * r
                            + 687.1870074920579083
                        ) * r
                        + 42.313330701600911252
                    ) * r
                    + 1
                );
        }

        double tail = Math.Sqrt(-Math.Log(q < 0 ? probability : 1 - probability));
        double value;
        if (tail <= 5)
        {
            double r = tail - 1.6;
            value =
                (
                    (
                        (
                            (
                                (
                                    ((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                                    + 1.27045825245236838258
                                ) * r
                                + 3.64784832476320460504
                            ) * r
                            + 5.7694972214606914055
                        ) * r
                        + 4.6303378461565452959
                    ) * r
                    + 1.42343711074968357734
                )
                / (
                    (
                        (
                            (
                                (
                                    ((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                                    + 0.14810397642748007459
                                ) * r
                                + 0.68976733498510000455
                            ) * r
                            + 1.6763848301838038494
                        ) * r
                        + 2.05319162663775882187
                    ) * r
                    + 1
                );
        }
        else
        {
            double r = tail - 5;
            value =
                (
                    (
                        (
                            (
                                (
                                    ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                                    + 0.026532189526576123093
                                ) * r
                                + 0.29656057182850489123
                            ) * r
                            + 1.7848265399172913358
                        ) * r
                        + 5.4637849111641143699
                    ) * r
                    + 6.6579046435011037772
                )
                / (
                    (
                        (
                            (
                                (
                                    ((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                                    + 7.868691311456132591e-4
                                ) * r
                                + 0.0148753612908506148525
                            ) * r
                            + 0.13692988092273580531
                        ) * r
                        + 0.59983220655588793769
                    ) * r
                    + 1
                );
        }

        return q < 0 ? -value : value;
    }

    /// <summary>The cumulative distribution, by its power series near 0 and its continued fraction in the tails; about 1e-15.</summary>
    public static double Cumulative(double value)
    {
        const double Tail = 5;
        double density = Math.Exp(-value * value / 2) / Math.Sqrt(2 * Math.PI);
        if (Math.Abs(value) > Tail)
        {
            double fraction = 0;
            for (int k = 60; k > 0; k--)
                fraction = k / (Math.Abs(value) + fraction);
            double outside = density / (Math.Abs(value) + fraction);
            return value < 0 ? outside : 1 - outside;
        }

        double sum = value,
            term = value;
        for (int k = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); k += 2)
            sum += term *= value * value / k;
        return 0.5 + (density * sum);
    }

    public static void RequireConfidence(double confidence)
    {
        if (!(confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence lies between 0 and 1, for instance 0.95.");
    }
}
