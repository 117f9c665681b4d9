using Dcsm.IO.Files;
using Parquet;
using Parquet.Schema;

namespace Dcsm.Data.Columns;

/// <summary>Tables as Parquet files, written and read a group of rows at a time, so that memory does not grow with them.</summary>
public static class ParquetTable
{
    private const int RowsOfAGroup = 1 << 16,
        ValuesOfAGroup = 1 << 23;

    /// <summary>Writes a table.</summary>
    /// <param name="stream">Where to; stays open.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="rows">
    /// Rows with a value a column: <see cref="string"/>, <see cref="float"/>, <see cref="double"/>, <see cref="bool"/>, or null; a
    /// <see cref="ReadOnlyMemory{T}"/> of <see cref="float"/> for a vector, in all rows of one length.
    /// </param>
    public static void Write(Stream stream, IReadOnlyList<ParquetColumn> columns, IEnumerable<object?[]> rows)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        WriteAsync(stream, columns, rows).GetAwaiter().GetResult();
    }

    /// <summary>Reads the columns of texts, row by row.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The columns' names, and rows with a text or null a column.</returns>
    /// <exception cref="InvalidDataException">The file is no Parquet, or damaged; the message names it.</exception>
    public static (IReadOnlyList<string> Columns, IEnumerable<string?[]> Rows) ReadTexts(string path)
    {
        try
        {
            using FileStream stream = RegularFile.OpenRead(path);
            ParquetSchema schema = ParquetReader.ReadSchemaAsync(stream).GetAwaiter().GetResult();
            string[] columns = [.. schema.Fields.OfType<DataField>().Where(IsText).Select(field => field.Name)];
            return (columns, Rows(path, columns));
        }
        catch (Exception e) when (e is not (FileNotFoundException or InvalidDataException or OutOfMemoryException))
        {
            throw new InvalidDataException($"{path}: is no Parquet file that can be read ({e.Message})", e);
        }
    }

    private static bool IsText(DataField field) => field.ClrType == typeof(ReadOnlyMemory<char>) && !field.IsArray;

    private static IEnumerable<string?[]> Rows(string path, string[] columns)
    {
        using FileStream stream = RegularFile.OpenRead(path);
        ParquetReader reader = ParquetReader.CreateAsync(stream).GetAwaiter().GetResult();
        try
        {
            DataField[] fields = [.. reader.Schema.Fields.OfType<DataField>().Where(IsText)];
            for (int group = 0; group < reader.RowGroupCount; group++)
            {
                using ParquetRowGroupReader rows = reader.OpenRowGroupReader(group);
                string?[][] values = [.. fields.Select(field => Texts(path, rows, field))];
                for (int row = 0; row < rows.RowCount; row++)
                    yield return [.. values.Select(column => column[row])];
            }
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static string?[] Texts(string path, ParquetRowGroupReader rows, DataField field)
    {
        string?[] values = new string?[checked((int)rows.RowCount)];
        try
        {
            rows.ReadAsync(field, values.AsMemory()).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InvalidDataException($"{path}, column {field.Name}: can't be read ({e.Message})", e);
        }

        return values;
    }

    private static async Task WriteAsync(Stream stream, IReadOnlyList<ParquetColumn> columns, IEnumerable<object?[]> rows)
    {
        Field[] fields = [.. columns.Select(FieldOf)];
        var schema = new ParquetSchema(fields);
        DataField[] leaves = schema.GetDataFields();
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream).ConfigureAwait(false);
        var group = new List<object?[]>();
        long values = 0;
        foreach (object?[] row in rows)
        {
            group.Add(row);
            values += row.Sum(value => value is ReadOnlyMemory<float> vector ? vector.Length : 1);
            if (group.Count < RowsOfAGroup && values < ValuesOfAGroup)
                continue;
            await WriteAsync(writer, columns, leaves, group).ConfigureAwait(false);
            group.Clear();
            values = 0;
        }

        if (group.Count > 0)
            await WriteAsync(writer, columns, leaves, group).ConfigureAwait(false);
    }

    private static Field FieldOf(ParquetColumn column) =>
        column.Kind switch
        {
            ParquetKind.Text => new DataField<string>(column.Name),
            ParquetKind.Single => new DataField<float?>(column.Name),
            ParquetKind.Double => new DataField<double?>(column.Name),
            ParquetKind.Flag => new DataField<bool?>(column.Name),
            ParquetKind.Vector => new ListField(column.Name, new DataField<float>("element")),
            _ => throw new ArgumentOutOfRangeException(nameof(column), column.Kind, null),
        };

    private static async Task WriteAsync(
        ParquetWriter writer,
        IReadOnlyList<ParquetColumn> columns,
        DataField[] fields,
        List<object?[]> rows
    )
    {
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        for (int i = 0; i < columns.Count; i++)
        {
            IEnumerable<object?> column = rows.Select(row => row[i]);
            switch (columns[i].Kind)
            {
                case ParquetKind.Text:
                    await group
                        .WriteAsync(fields[i], (IReadOnlyCollection<string>)[.. column.Select(text => (string)text!)])
                        .ConfigureAwait(false);
                    break;
                case ParquetKind.Single:
                    await group.WriteAsync<float>(fields[i], Values<float>(column)).ConfigureAwait(false);
                    break;
                case ParquetKind.Double:
                    await group.WriteAsync<double>(fields[i], Values<double>(column)).ConfigureAwait(false);
                    break;
                case ParquetKind.Flag:
                    await group.WriteAsync<bool>(fields[i], Values<bool>(column)).ConfigureAwait(false);
                    break;
                default:
                    await WriteVectorsAsync(group, fields[i], [.. column.Select(vector => (ReadOnlyMemory<float>)vector!)])
                        .ConfigureAwait(false);
                    break;
            }
        }

        group.CompleteValidate();
    }

    private static async Task WriteVectorsAsync(ParquetRowGroupWriter group, DataField field, ReadOnlyMemory<float>[] vectors)
    {
        float[] values = new float[vectors.Sum(vector => vector.Length)];
        int[] levels = new int[values.Length];
        int at = 0;
        foreach (ReadOnlyMemory<float> vector in vectors)
        {
            vector.CopyTo(values.AsMemory(at));
            // A list begins at level 0 and goes on at level 1.
            levels.AsSpan(at + 1, vector.Length - 1).Fill(1);
            at += vector.Length;
        }

        // Each value is there, as deep as values are.
        int[] there = new int[values.Length];
        Array.Fill(there, field.MaxDefinitionLevel);
        await group.WriteAllPartsAsync<float>(field, values, there, levels, CancellationToken.None).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<T?> Values<T>(IEnumerable<object?> column)
        where T : struct => column.Select(value => (T?)value).ToArray();
}
