namespace Dcsm.Data.DataSets;

/// <summary>Names in groups; joining two names joins their groups.</summary>
internal sealed class JoinedNames
{
    private readonly Dictionary<string, string> _parents = new(StringComparer.Ordinal);

    public void Join(string first, string second)
    {
        string a = FirstOf(first),
            b = FirstOf(second);
        if (string.CompareOrdinal(a, b) < 0)
            _parents[b] = a;
        else if (a != b)
            _parents[a] = b;
    }

    /// <summary>The name of a group that comes first in ordinal order, so that the order of joining does not matter.</summary>
    public string FirstOf(string name)
    {
        _parents.TryAdd(name, name);
        string root = name;
        while (_parents[root] != root)
            root = _parents[root];
        for (string next; name != root; name = next)
        {
            next = _parents[name];
            _parents[name] = root;
        }

        return root;
    }
}
