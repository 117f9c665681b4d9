using Dcsm.Clip.Hub;

namespace Dcsm.Clip.Tests.Hub;

public sealed class HubEnvironmentTests
{
    [Theory]
    [InlineData("/home/me/.cache/huggingface/hub")]
    [InlineData("/c/hub", "HF_HOME=/c")]
    [InlineData("/x/huggingface/hub", "XDG_CACHE_HOME=/x")]
    [InlineData("/old", "HUGGINGFACE_HUB_CACHE=/old")]
    [InlineData("/new", "HUGGINGFACE_HUB_CACHE=/old", "HF_HUB_CACHE=/new")]
    [InlineData("/home/me/models", "HF_HUB_CACHE=~/models")]
    [InlineData("/data/me/hub", "HF_HOME=$DATA/${USER}", "DATA=/data", "USER=me")]
    [InlineData("/a/$NONE/b", "HF_HUB_CACHE=/a/$NONE/b")]
    [InlineData("/a/~/b", "HF_HUB_CACHE=/a/~/b")]
    public void The_cache_is_where_huggingface_hub_has_it(string expected, params string[] variables) =>
        Assert.Equal(expected, Environment(variables).Cache);

    [Theory]
    [InlineData(null)]
    [InlineData("HF_HUB_OFFLINE", "HF_HUB_OFFLINE=1")]
    [InlineData("HF_HUB_OFFLINE", "HF_HUB_OFFLINE=Yes", "TRANSFORMERS_OFFLINE=0")]
    [InlineData(null, "HF_HUB_OFFLINE=False")]
    [InlineData(null, "HF_HUB_OFFLINE=0")]
    [InlineData(null, "HF_HUB_OFFLINE=n")]
    [InlineData("TRANSFORMERS_OFFLINE", "TRANSFORMERS_OFFLINE=true")]
    [InlineData("TRANSFORMERS_OFFLINE", "HF_HUB_OFFLINE=", "TRANSFORMERS_OFFLINE=true")]
    [InlineData(null, "HF_HUB_OFFLINE=0", "TRANSFORMERS_OFFLINE=1")]
    public void Only_a_yes_forbids_the_network_and_it_is_known_whose(string? expected, params string[] variables)
    {
        HubEnvironment environment = Environment(variables);
        Assert.Equal((expected, expected is not null), (environment.OfflineBy, environment.Offline));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a", "HF_TOKEN=a\r\n")]
    [InlineData("a", "HF_TOKEN= a\n ", "HUGGING_FACE_HUB_TOKEN=b")]
    [InlineData("b", "HF_TOKEN=\n", "HUGGING_FACE_HUB_TOKEN=b\n")]
    public void A_token_has_no_line_breaks(string? expected, params string[] variables) =>
        Assert.Equal(expected, Environment([.. variables, "HF_TOKEN_PATH=/nowhere"]).Token);

    [Fact]
    public void A_token_of_a_file_has_none_either()
    {
        using var folder = new TemporaryFolder();
        folder.Write("token", "secret\r\n\r\n");
        Assert.Equal("secret", Environment("HF_HOME=" + folder.Path).Token);
    }

    [Fact]
    public void Without_a_home_folder_it_is_said_what_to_set()
    {
        var homeless = new HubEnvironment(_ => null, "");
        Assert.Contains("set HF_HOME", Assert.Throws<InvalidDataException>(() => homeless.Cache).Message, StringComparison.Ordinal);
        var told = new HubEnvironment(name => name == "HF_HUB_CACHE" ? "/c" : null, "");
        Assert.Equal(("/c", null), (told.Cache, told.Token));
    }

    private static HubEnvironment Environment(params string[] variables)
    {
        Dictionary<string, string> set = variables.ToDictionary(variable => variable.Split('=')[0], variable => variable.Split('=', 2)[1]);
        return new HubEnvironment(set.GetValueOrDefault, "/home/me");
    }
}
