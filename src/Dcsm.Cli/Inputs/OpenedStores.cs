using Dcsm.Cli.Shards;
using Dcsm.Clip.EmbeddingStore;
using Dcsm.Clip.Models;
using Dcsm.Clip.Tokenization;
using Dcsm.IO.Shards;

namespace Dcsm.Cli.Inputs;

/// <summary>Stores of embeddings as a person named them, one after another as if they were one.</summary>
internal sealed class OpenedStores : IDisposable
{
    private readonly List<TokenEmbeddingStore> _all = [];

    private OpenedStores(IReadOnlyList<string> directories) => Name = string.Join(", ", directories);

    /// <summary>The stores.</summary>
    public IReadOnlyList<TokenEmbeddingStore> All => _all;

    /// <summary>What they are called in results and errors.</summary>
    public string Name { get; }

    /// <summary>Pictures of all.</summary>
    public int Images => _all.Sum(store => store.Info.Images);

    /// <summary>Pairs of all.</summary>
    public int Pairs => _all.Sum(store => store.Info.Pairs);

    /// <summary>The captions of one in their order; of several each once.</summary>
    public IReadOnlyList<string> Captions =>
        field ??= _all is [var only] ? CaptionsOf(only) : [.. _all.SelectMany(CaptionsOf).Distinct(StringComparer.Ordinal)];

    /// <summary>Opens them, and the parts of those that are folders of parts.</summary>
    /// <exception cref="InvalidDataException">They are of several CLIPs or ways, or hold a picture twice.</exception>
    public static OpenedStores Open(IReadOnlyList<string> directories, bool grid)
    {
        var stores = new OpenedStores(directories);
        try
        {
            var pictures = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (string directory in directories.SelectMany(directory => Parts(directory, grid)))
            {
                var store = TokenEmbeddingStore.Open(directory);
                stores._all.Add(store);
                store.Check(stores._all[0]);
                if (directories.Count == 1 && directory == directories[0])
                    continue;
                for (int i = 0; i < store.Info.Images; i++)
                {
                    string name = store.Image(i).Name;
                    if (!pictures.TryAdd(name, directory))
                        throw new InvalidDataException($"{directory}: holds the picture '{name}', as {pictures[name]} does");
                }
            }

            return stores;
        }
        catch
        {
            stores.Dispose();
            throw;
        }
    }

    /// <summary>Captions that are stored, as one encoding.</summary>
    /// <param name="captions">The captions.</param>
    /// <param name="isAsRead">Whether a store has a caption, by its number, as it is to be read.</param>
    /// <returns>The encoding, and which of them are cut in their pooled embeddings; null where one is in none of the stores.</returns>
    public (TextEncoding Encoding, bool[] PooledTruncated)? Find(
        IReadOnlyList<string> captions,
        Func<TokenEmbeddingStore, int, bool> isAsRead
    )
    {
        var places = new (TokenEmbeddingStore Store, int Number)[captions.Count];
        for (int i = 0; i < places.Length; i++)
        {
            foreach (TokenEmbeddingStore store in _all)
            {
                if (store.FindCaption(captions[i]) is var number and >= 0 && isAsRead(store, number))
                {
                    places[i] = (store, number);
                    break;
                }
            }

            if (places[i].Store is null)
                return null;
        }

        EmbeddingStoreInfo info = _all[0].Info;
        int size = info.TextTokens * info.Dimension;
        float[] tokens = new float[checked(places.Length * size)],
            pooled = new float[places.Length * info.Dimension];
        var texts = new TokenizedText[places.Length];
        foreach (IGrouping<TokenEmbeddingStore, int> own in Enumerable.Range(0, places.Length).GroupBy(i => places[i].Store))
        {
            TextEncoding read = own.Key.ReadCaptions([.. own.Select(i => places[i].Number)]);
            foreach ((int at, int i) in own.Index())
            {
                read.Tokens[at].CopyTo(tokens.AsSpan(i * size));
                read.Pooled[at].CopyTo(pooled.AsSpan(i * info.Dimension));
                texts[i] = read.Texts[at];
            }
        }

        return (
            new TextEncoding(
                new TokenEmbeddings(tokens, places.Length, info.TextTokens, info.Dimension),
                new TokenEmbeddings(pooled, places.Length, 1, info.Dimension),
                texts
            ),
            [.. places.Select(place => place.Store.IsPooledTruncated(place.Number))]
        );
    }

    public void Dispose() => _all.ForEach(store => store.Dispose());

    /// <summary>The captions of a store in their order.</summary>
    public static string[] CaptionsOf(TokenEmbeddingStore store) => [.. Enumerable.Range(0, store.Info.Captions).Select(store.Caption)];

    // Pairs of parts are by numbers of the whole, which a merge makes.
    private static IEnumerable<string> Parts(string directory, bool grid)
    {
        bool isOne = File.Exists(Path.Combine(directory, EmbeddingStoreInfo.FileName)) || !ShardFolder.IsOne(directory);
        if (isOne)
            return [directory];
        IReadOnlyList<(string Folder, ShardManifest Manifest)> parts = ShardFolder.ReadAll(directory);
        if (parts[0].Manifest.Work != EncodeShard.Work)
            throw new InvalidDataException($"{directory}: holds parts of '{parts[0].Manifest.Work}', not of embeddings");
        bool arePaired = ShardLines.Details(parts[0].Folder, parts[0].Manifest).Field("pairs").Whole(0) > 0;
        return arePaired && !grid
            ? throw new InvalidDataException(
                $"{directory}: its pairs are put together by 'dcsm merge {directory}'; --grid does without them"
            )
            : parts.Where(part => part.Manifest.Files.ContainsKey(EmbeddingStoreInfo.FileName)).Select(part => part.Folder);
    }
}
