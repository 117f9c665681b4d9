using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Maps;

/// <summary>
/// As many maps as two vectors have lanes, side by side: lane <c>l</c> of every value belongs to map <c>l</c>, so that nothing is ever
/// shuffled and edges cost nothing. A border of zeros stands all round.
/// </summary>
/// <remarks>For one thread at a time.</remarks>
public sealed unsafe class InterleavedMaps
{
    private readonly AlignedFloats _map;

    // [2, lanes]
    private readonly AlignedFloats _scratch;

    private readonly double[] _sums;
    private readonly MapStatistics[] _statistics;

    /// <summary>Makes room for maps, all zero.</summary>
    /// <param name="rows">Rows of a map.</param>
    /// <param name="columns">Columns of a map.</param>
    /// <param name="lanes">Maps side by side: two vectors' worth.</param>
    public InterleavedMaps(int rows, int columns, int lanes)
    {
        (Rows, Columns, Lanes, RowStride) = (rows, columns, lanes, Stride(columns, lanes));
        _map = new AlignedFloats((long)(rows + 2) * RowStride);
        _scratch = new AlignedFloats(2L * lanes);
        _sums = new double[lanes];
        _statistics = new MapStatistics[lanes];
    }

    /// <summary>Rows of a map.</summary>
    public int Rows { get; }

    /// <summary>Columns of a map.</summary>
    public int Columns { get; }

    /// <summary>Maps side by side.</summary>
    public int Lanes { get; }

    /// <summary>Floats from row to row (<see cref="Stride"/>).</summary>
    public int RowStride { get; }

    /// <summary>The maps with their border. [rows + 2, columns + 2, lanes], rows <see cref="RowStride"/> apart.</summary>
    public float* Bordered => _map.Pointer;

    /// <summary>The maps' first value, inside the border.</summary>
    public float* Inside => _map.Pointer + RowStride + Lanes;

    /// <summary>By lane, to be read and written. [lanes]</summary>
    public Span<MapStatistics> Statistics => _statistics;

    /// <summary>
    /// Floats from one row of maps, with a column of zeros at either side, to the next; [columns + 2, lanes] and one column more, lest rows
    /// be a power of two apart and share a few places of the caches.
    /// </summary>
    public static int Stride(int columns, int lanes) => (columns + 3) * lanes;

    /// <summary>Makes all values zero.</summary>
    public void Clear() => new Span<float>(_map.Pointer, (int)_map.Length).Clear();

    /// <summary>Puts a map into a lane.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="map">[rows, columns]</param>
    public void SetMap(int lane, float* map)
    {
        (int columns, int lanes) = (Columns, Lanes);
        for (nint row = 0; row < Rows; row++, map += columns)
        {
            float* to = Inside + (row * RowStride) + lane;
            for (nint column = 0; column < columns; column++)
                to[column * lanes] = map[column];
        }
    }

    /// <summary>Puts values into a column of the map of a lane.</summary>
    /// <param name="lane">Which map.</param>
    /// <param name="column">Which column.</param>
    /// <param name="values">The first row's value. [rows], each <paramref name="stride"/> floats from the one before.</param>
    /// <param name="stride">Floats from value to value.</param>
    public void SetColumn(int lane, int column, float* values, nint stride)
    {
        float* to = Inside + ((nint)column * Lanes) + lane;
        (int rows, nint rowStride) = (Rows, RowStride);
        for (int row = 0; row < rows; row++, to += rowStride, values += stride)
            *to = *values;
    }

    /// <summary>Puts values into a column of the map of a lane.</summary>
    /// <param name="lane">Which map.</param>
    /// <param name="column">Which column.</param>
    /// <param name="values">[rows]</param>
    public void SetColumn(int lane, int column, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Rows);
        fixed (float* from = values)
            SetColumn(lane, column, from, 1);
    }

    /// <summary>Takes the statistics of every lane's map. A row is summed in float, the rows in double.</summary>
    public void Measure<TVector>()
        where TVector : unmanaged, IFloatVector<TVector>
    {
        long count = (long)Rows * Columns;
        float* means = _scratch.Pointer;
        Sum<TVector>(squaredFrom: null);
        for (int lane = 0; lane < Lanes; lane++)
        {
            Statistics[lane] = new MapStatistics(count, _sums[lane] / count, 0);
            means[lane] = (float)Statistics[lane].Mean;
        }
        Sum<TVector>(squaredFrom: means);
        for (int lane = 0; lane < Lanes; lane++)
            Statistics[lane] = MapStatistics.FromRounded(count, Statistics[lane].Mean, _sums[lane]);
    }

    /// <summary>Brings every lane's map to mean 0 and deviation 1 by its <see cref="Statistics"/>.</summary>
    public void Standardize<TVector>()
        where TVector : unmanaged, IFloatVector<TVector>
    {
        (int v, int lanes, int columns) = (TVector.Count, Lanes, Columns);
        float* scratch = _scratch.Pointer;
        for (int lane = 0; lane < lanes; lane++)
        {
            scratch[lane] = (float)Statistics[lane].Mean;
            scratch[lanes + lane] = (float)Statistics[lane].Scale;
        }
        TVector mean0 = TVector.Load(scratch),
            mean1 = TVector.Load(scratch + v);
        TVector scale0 = TVector.Load(scratch + lanes),
            scale1 = TVector.Load(scratch + lanes + v);
        for (nint row = 0; row < Rows; row++)
        {
            float* at = Inside + (row * RowStride);
            for (int column = 0; column < columns; column++, at += lanes)
            {
                TVector.Store(TVector.Multiply(TVector.Subtract(TVector.Load(at), mean0), scale0), at);
                TVector.Store(TVector.Multiply(TVector.Subtract(TVector.Load(at + v), mean1), scale1), at + v);
            }
        }
    }

    /// <summary>Sums every lane, or its squared distances from a number per lane.</summary>
    private void Sum<TVector>(float* squaredFrom)
        where TVector : unmanaged, IFloatVector<TVector>
    {
        (int v, int lanes, int columns) = (TVector.Count, Lanes, Columns);
        float* rowSums = _scratch.Pointer + lanes;
        Array.Clear(_sums);
        for (nint row = 0; row < Rows; row++)
        {
            float* at = Inside + (row * RowStride);
            TVector sum0 = TVector.Zero,
                sum1 = TVector.Zero;
            for (int column = 0; column < columns; column++, at += lanes)
            {
                TVector x0 = TVector.Load(at),
                    x1 = TVector.Load(at + v);
                if (squaredFrom == null)
                {
                    sum0 = TVector.Add(sum0, x0);
                    sum1 = TVector.Add(sum1, x1);
                }
                else
                {
                    x0 = TVector.Subtract(x0, TVector.Load(squaredFrom));
                    x1 = TVector.Subtract(x1, TVector.Load(squaredFrom + v));
                    sum0 = TVector.MultiplyAdd(x0, x0, sum0);
                    sum1 = TVector.MultiplyAdd(x1, x1, sum1);
                }
            }
            TVector.Store(sum0, rowSums);
            TVector.Store(sum1, rowSums + v);
            for (int lane = 0; lane < lanes; lane++)
                _sums[lane] += rowSums[lane];
        }
    }
}
