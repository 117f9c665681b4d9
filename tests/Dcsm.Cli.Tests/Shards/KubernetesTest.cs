using System.Globalization;
using k8s;
using k8s.Models;

namespace Dcsm.Cli.Tests.Shards;

/// <summary>The files of deploy/kubernetes are of the API's types, to the last field, and call the program as it is.</summary>
public sealed class KubernetesTest
{
    [Fact]
    public void Parts_are_an_indexed_job_of_as_many_as_they_are_told_of()
    {
        V1Job job = Job("shards.yaml");
        V1JobSpec spec = job.Spec;
        Assert.Equal(("batch/v1", "Indexed"), (job.ApiVersion, spec.CompletionMode));
        Assert.Equal(3, spec.BackoffLimitPerIndex);
        V1Container container = Assert.Single(spec.Template.Spec.Containers);
        Assert.Equal(
            spec.Completions,
            int.Parse(container.Env.Single(one => one.Name == "DCSM_SHARDS").Value, CultureInfo.InvariantCulture)
        );
        Assert.All(
            spec.PodFailurePolicy.Rules.Where(rule => rule.OnExitCodes is not null),
            rule => Assert.Equal([2], rule.OnExitCodes.Values)
        );
        // Which part it is says the environment.
        CommandLines.AssertParses($"dcsm {string.Join(' ', container.Args)} --shard 1/{spec.Completions}");
        Assert.DoesNotContain("--shard", container.Args);
    }

    [Fact]
    public void The_merge_is_of_the_folder_of_the_parts()
    {
        V1Container merge = Assert.Single(Job("merge.yaml").Spec.Template.Spec.Containers),
            parts = Assert.Single(Job("shards.yaml").Spec.Template.Spec.Containers);
        CommandLines.AssertParses("dcsm " + string.Join(' ', merge.Args));
        Assert.Equal(parts.Args[parts.Args.IndexOf("--out") + 1], merge.Args[1]);
        Assert.Equal(parts.Image, merge.Image);
    }

    // Strict: a field that the API doesn't have is an error.
    private static V1Job Job(string name)
    {
        V1Job job = Assert.IsType<V1Job>(
            Assert.Single(KubernetesYaml.LoadAllFromString(File.ReadAllText(Repository.Path("deploy/kubernetes", name)), strict: true))
        );
        V1PodSpec pod = job.Spec.Template.Spec;
        string[] volumes = [.. pod.Volumes.Select(volume => volume.Name).Order(StringComparer.Ordinal)];
        V1Container container = Assert.Single(pod.Containers);
        Assert.Equal(volumes, container.VolumeMounts.Select(mount => mount.Name).Order(StringComparer.Ordinal));
        Assert.True(container.Resources.Limits.ContainsKey("memory") && container.Resources.Requests.ContainsKey("cpu"));
        Assert.True(pod.SecurityContext.RunAsNonRoot);
        return job;
    }
}
