namespace Dcsm.Reporting.Pictures;

/// <summary>Which values a heat map's colors run over.</summary>
/// <param name="Low">The value of the coldest color.</param>
/// <param name="High">The value of the warmest color.</param>
internal readonly record struct HeatScale(float Low, float High)
{
    /// <summary>From the smallest to the largest of the values.</summary>
    /// <exception cref="ArgumentException">There are no values, or one is not finite.</exception>
    public static HeatScale Of(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            throw new ArgumentException("There are no values to scale.", nameof(values));
        float low = float.PositiveInfinity,
            high = float.NegativeInfinity;
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException($"The value {value} cannot be drawn.", nameof(values));
            low = Math.Min(low, value);
            high = Math.Max(high, value);
        }

        return new HeatScale(low, high);
    }

    /// <summary>The place of a value on the scale, 0 to 1; one half where the scale has no width.</summary>
    public float Place(float value) => High > Low ? Math.Clamp((value - Low) / (High - Low), 0, 1) : 0.5f;
}
