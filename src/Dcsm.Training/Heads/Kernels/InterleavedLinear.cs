using Dcsm.Numerics.Vectors;

namespace Dcsm.Training.Heads.Kernels;

/// <summary>Gradients of a linear layer on maps side by side. Sums run in an order that sizes alone decide.</summary>
internal static unsafe class InterleavedLinear<TVector>
    where TVector : unmanaged, ISimd<TVector>
{
    // Lots of maps that are summed in registers at a time, so that their share of the gradients stays in the second cache.
    private const int Lots = 16;

    /// <summary>Gradients of the weights: for each input and each unit the sum over the maps of the input times the unit's gradient.</summary>
    /// <param name="inputs">[lots, size, lanes]</param>
    /// <param name="units">Gradients, turned. [lots, panels, lanes, 2V]</param>
    /// <param name="lots">Lots of <paramref name="lanes"/> maps.</param>
    /// <param name="lanes">Maps in a lot.</param>
    /// <param name="size">Inputs.</param>
    /// <param name="panels">Panels of 2V units.</param>
    /// <param name="result">[panels, size, 2V]</param>
    public static void Weights(float* inputs, float* units, int lots, int lanes, int size, int panels, float* result)
    {
        int width = 2 * TVector.Count;
        nint inputsOfLot = (nint)size * lanes,
            unitsOfLot = (nint)panels * lanes * width;
        for (int lot = 0; lot < lots; lot += Lots)
        {
            for (int row = 0; row < size; row += 6)
            {
                for (int panel = 0; panel < panels; panel++)
                {
                    WeightTile(
                        inputs + (lot * inputsOfLot) + ((nint)row * lanes),
                        inputsOfLot,
                        units + (lot * unitsOfLot) + ((nint)panel * lanes * width),
                        unitsOfLot,
                        Math.Min(Lots, lots - lot),
                        lanes,
                        result + ((((nint)panel * size) + row) * width),
                        size - row,
                        add: lot > 0
                    );
                }
            }
        }
    }

    /// <summary>Gradients of the inputs, in place of the inputs: weights turned times the units' gradients, where the input is above 0.</summary>
    /// <param name="weights">[hidden, size]</param>
    /// <param name="units">[hidden, lanes]</param>
    /// <param name="hidden">Units.</param>
    /// <param name="size">Inputs.</param>
    /// <param name="inputs">[size, lanes]</param>
    public static void Inputs(float* weights, float* units, int hidden, int size, float* inputs)
    {
        int width = 2 * TVector.Count;
        int whole = size / 6 * 6;
        for (int row = 0; row < whole; row += 6)
            InputTile(weights + row, units, hidden, size, inputs + ((nint)row * width));
        for (int row = whole; row < size; row++)
            InputRow(weights + row, units, hidden, size, inputs + ((nint)row * width));
    }

    private static void WeightTile(float* a, nint aLot, float* b, nint bLot, int lots, int lanes, float* c, int rows, bool add)
    {
        // Of a tile that reaches over the end, the last row is computed, and written, more than once.
        int v = TVector.Count,
            last = rows - 1;
        nint r1 = (nint)Math.Min(1, last),
            r2 = Math.Min(2, last),
            r3 = Math.Min(3, last),
            r4 = Math.Min(4, last),
            r5 = Math.Min(5, last);
        TVector s00,
            s01,
            s10,
            s11,
            s20,
            s21,
            s30,
            s31,
            s40,
            s41,
            s50,
            s51;
        s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = s40 = s41 = s50 = s51 = TVector.Zero;
        for (int lot = 0; lot < lots; lot++, a += aLot, b += bLot)
        {
            float* a0 = a,
                a1 = a + (r1 * lanes),
                a2 = a + (r2 * lanes),
                a3 = a + (r3 * lanes),
                a4 = a + (r4 * lanes),
                a5 = a + (r5 * lanes);
            float* bk = b;
            for (nint k = 0; k < lanes; k++)
            {
                TVector b0 = TVector.Load(bk),
                    b1 = TVector.Load(bk + v);
                bk += 2 * v;
                TVector x = TVector.Broadcast(a0[k]);
                s00 = TVector.MultiplyAdd(x, b0, s00);
                s01 = TVector.MultiplyAdd(x, b1, s01);
                x = TVector.Broadcast(a1[k]);
                s10 = TVector.MultiplyAdd(x, b0, s10);
                s11 = TVector.MultiplyAdd(x, b1, s11);
                x = TVector.Broadcast(a2[k]);
                s20 = TVector.MultiplyAdd(x, b0, s20);
                s21 = TVector.MultiplyAdd(x, b1, s21);
                x = TVector.Broadcast(a3[k]);
                s30 = TVector.MultiplyAdd(x, b0, s30);
                s31 = TVector.MultiplyAdd(x, b1, s31);
                x = TVector.Broadcast(a4[k]);
                s40 = TVector.MultiplyAdd(x, b0, s40);
                s41 = TVector.MultiplyAdd(x, b1, s41);
                x = TVector.Broadcast(a5[k]);
                s50 = TVector.MultiplyAdd(x, b0, s50);
                s51 = TVector.MultiplyAdd(x, b1, s51);
            }
        }
        nint width = 2 * v;
        Put(s00, s01, c, add);
        if (rows > 1)
            Put(s10, s11, c + width, add);
        if (rows > 2)
            Put(s20, s21, c + (2 * width), add);
        if (rows > 3)
            Put(s30, s31, c + (3 * width), add);
        if (rows > 4)
            Put(s40, s41, c + (4 * width), add);
        if (rows > 5)
            Put(s50, s51, c + (5 * width), add);
    }

    private static void InputTile(float* a, float* b, int depth, nint stride, float* c)
    {
        int v = TVector.Count;
        TVector s00,
            s01,
            s10,
            s11,
            s20,
            s21,
            s30,
            s31,
            s40,
            s41,
            s50,
            s51;
        s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = s40 = s41 = s50 = s51 = TVector.Zero;
        for (int k = 0; k < depth; k++, a += stride, b += 2 * v)
        {
            TVector b0 = TVector.Load(b),
                b1 = TVector.Load(b + v);
            TVector x = TVector.Broadcast(a[0]);
            s00 = TVector.MultiplyAdd(x, b0, s00);
            s01 = TVector.MultiplyAdd(x, b1, s01);
            x = TVector.Broadcast(a[1]);
            s10 = TVector.MultiplyAdd(x, b0, s10);
            s11 = TVector.MultiplyAdd(x, b1, s11);
            x = TVector.Broadcast(a[2]);
            s20 = TVector.MultiplyAdd(x, b0, s20);
            s21 = TVector.MultiplyAdd(x, b1, s21);
            x = TVector.Broadcast(a[3]);
            s30 = TVector.MultiplyAdd(x, b0, s30);
            s31 = TVector.MultiplyAdd(x, b1, s31);
            x = TVector.Broadcast(a[4]);
            s40 = TVector.MultiplyAdd(x, b0, s40);
            s41 = TVector.MultiplyAdd(x, b1, s41);
            x = TVector.Broadcast(a[5]);
            s50 = TVector.MultiplyAdd(x, b0, s50);
            s51 = TVector.MultiplyAdd(x, b1, s51);
        }
        nint width = 2 * v;
        PutGated(s00, s01, c);
        PutGated(s10, s11, c + width);
        PutGated(s20, s21, c + (2 * width));
        PutGated(s30, s31, c + (3 * width));
        PutGated(s40, s41, c + (4 * width));
        PutGated(s50, s51, c + (5 * width));
    }

    private static void InputRow(float* a, float* b, int depth, nint stride, float* c)
    {
        int v = TVector.Count;
        TVector s0 = TVector.Zero,
            s1 = TVector.Zero;
        for (int k = 0; k < depth; k++, a += stride, b += 2 * v)
        {
            TVector x = TVector.Broadcast(a[0]);
            s0 = TVector.MultiplyAdd(x, TVector.Load(b), s0);
            s1 = TVector.MultiplyAdd(x, TVector.Load(b + v), s1);
        }
        PutGated(s0, s1, c);
    }

    private static void Put(TVector low, TVector high, float* to, bool add)
    {
        TVector.Store(add ? TVector.Add(TVector.Load(to), low) : low, to);
        TVector.Store(add ? TVector.Add(TVector.Load(to + TVector.Count), high) : high, to + TVector.Count);
    }

    private static void PutGated(TVector low, TVector high, float* to)
    {
        TVector.Store(TVector.Gate(low, TVector.Load(to)), to);
        TVector.Store(TVector.Gate(high, TVector.Load(to + TVector.Count)), to + TVector.Count);
    }
}
