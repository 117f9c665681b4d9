using System.Text;
using Dcsm.IO.Json;

namespace Dcsm.IO.Tests.Json;

public sealed class JsonItemsTests
{
    private static List<string> Read(string json, params string[] lists)
    {
        List<string> taken = [];
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        if (lists.Length == 0)
        {
            JsonItems.Read(utf8, "x.json", item => taken.Add(item.Key()), CancellationToken.None);
        }
        else
        {
            JsonItems.Read(
                utf8,
                "x.json",
                lists.ToDictionary(list => list, list => (Action<JsonField>)(item => taken.Add($"{list} {item.Field("id").Key()}"))),
                CancellationToken.None
            );
        }

        return taken;
    }

    private static void Fails(string expected, string json, params string[] lists) =>
        Assert.StartsWith(expected, Assert.Throws<InvalidDataException>(() => Read(json, lists)).Message, StringComparison.Ordinal);

    [Fact]
    public void Items_come_in_their_order()
    {
        Assert.Equal(["1", "a"], Read("""[1,"a"]"""));
        Assert.Equal(["b 1", "a 2", "a 3"], Read("""{"info":{"b":[7]},"b":[{"id":1}],"other":[[1]],"a":[{"id":2},{"id":3}]}""", "a", "b"));
    }

    [Fact]
    public void Errors_name_list_and_item()
    {
        Fails("x.json, item index 1: expected a whole number or a text, found [2]", "[1,[2]]");
        Fails("x.json: expected a list, found an object with the fields a", """{"a":1}""");
        Fails("x.json: expected an object with the lists a, b", "[1]", "a", "b");
        Fails("x.json: the list b is missing", """{"a":[]}""", "a", "b");
        Fails("x.json, a: expected a list, found 3", """{"a":3}""", "a");
        Fails("x.json, a, item index 1: the field id is missing; found key", """{"a":[{"id":1},{"key":2}]}""", "a");
    }

    [Fact]
    public void Torn_and_longer_files_are_seen()
    {
        Fails("x.json, item index 1: the JSON stops in the middle", "[1,2,");
        Fails("x.json: the JSON stops in the middle", """{"a":[{"id":1}]""", "a");
        Fails("x.json, item index 0, line 1, column 5: not JSON", "[1] 2");
    }

    [Fact]
    public void Reading_can_be_canceled() =>
        Assert.Throws<OperationCanceledException>(() => JsonItems.Read("[1]"u8, "x.json", _ => { }, new CancellationToken(canceled: true)));
}
