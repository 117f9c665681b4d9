using Dcsm.Numerics.Buffers;
using Dcsm.Numerics.Maps;
using Dcsm.Numerics.Products;
using Dcsm.Numerics.Vectors;

namespace Dcsm.Numerics.Tests;

[Trait("Kind", "Kernels")]
public sealed unsafe class InterleavedMapsTests
{
    [Theory]
    [MemberData(nameof(Widths.All), MemberType = typeof(Widths))]
    public void Every_lane_is_measured_and_standardized_as_its_map_by_itself(int bits) => Widths.Of(bits).Run(new Standardization());

    [Fact]
    public void Merged_statistics_are_those_of_all_values()
    {
        float[] values = [1, 2, 3, 4, 10];
        MapStatistics whole = MapStatistics.Of(values, "values"),
            merged = MapStatistics.Of(values.AsSpan(0, 2), "values").Merge(MapStatistics.Of(values.AsSpan(2), "values"));
        Assert.Equal(whole.Mean, merged.Mean, 1e-12);
        Assert.Equal(whole.Deviation, merged.Deviation, 1e-12);
    }

    private sealed class Standardization : Widths.IVectorAction
    {
        private const int Rows = 11,
            Columns = 7;

        public void Run<TVector>()
            where TVector : unmanaged, IFloatVector<TVector>
        {
            var maps = new InterleavedMaps(Rows, Columns, Gemm.Columns<TVector>());
            float[][] each = new float[maps.Lanes][];
            for (int lane = 0; lane < maps.Lanes; lane++)
            {
                AlignedFloats map = Widths.Random(Rows * Columns, lane);
                maps.SetMap(lane, map.Pointer);
                each[lane] = Widths.ToArray(map);
                float[] column = [.. Enumerable.Range(0, Rows).Select(row => row - (0.25f * lane))];
                maps.SetColumn(lane, 3, column);
                for (int row = 0; row < Rows; row++)
                    each[lane][(row * Columns) + 3] = column[row];
            }
            maps.Measure<TVector>();
            maps.Standardize<TVector>();
            for (int lane = 0; lane < maps.Lanes; lane++)
            {
                var expected = MapStatistics.Of(each[lane], "map");
                Assert.Equal(expected.Count, maps.Statistics[lane].Count);
                Assert.Equal(expected.Mean, maps.Statistics[lane].Mean, 1e-6);
                Assert.Equal(expected.Deviation, maps.Statistics[lane].Deviation, 1e-6);
                expected.Standardize(each[lane]);
                for (int i = 0; i < Rows * Columns; i++)
                {
                    float found = maps.Inside[(i / Columns * maps.RowStride) + (i % Columns * maps.Lanes) + lane];
                    Assert.Equal(each[lane][i], found, 1e-5);
                }
            }
            // The border is left alone.
            for (int i = 0; i < maps.RowStride; i++)
            {
                Assert.Equal(0, maps.Bordered[i]);
                Assert.Equal(0, maps.Bordered[((Rows + 1) * maps.RowStride) + i]);
            }
        }
    }
}
