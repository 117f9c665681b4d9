using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;
using Dcsm.Clip.Models;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Cli.Options;

/// <summary>Options that several commands share; each command gets its own instance.</summary>
internal static class CommonOptions
{
    /// <summary>What <c>--head</c> is given where CLIP is to do without one.</summary>
    public const string NoHead = "none",
        MatchingHead = "itm";

    private const string Apply = "apply",
        Ignore = "ignore";

    public static Option<string?> Clip() =>
        new("--clip")
        {
            Description =
                "The CLIP: a directory as Hugging Face lays it out, a checkpoint of OpenAI or open_clip, or a model that 'dcsm "
                + "clip pull' fetched. [default: the small CLIP that ships]",
            HelpName = "DIR",
        };

    public static Option<string?> Head() =>
        new("--head")
        {
            Description = "The DCSM head: a directory that 'dcsm train' wrote. [default: the head that ships, with the CLIP that ships]",
            HelpName = "DIR",
        };

    public static Option<string?> Objects() =>
        new("--objects") { Description = "Folder of rendered objects with objects.json. [default: data/objects]", HelpName = "DIR" };

    public static Option<string> Out(string description) =>
        new("--out", "-o")
        {
            Description = description,
            HelpName = "DIR",
            Required = true,
        };

    public static Option<ulong> Seed(string description, ulong seed = 1) =>
        new Option<ulong>("--seed") { Description = description, DefaultValueFactory = _ => seed }.AtLeast(0UL);

    public static Option<string> Device()
    {
        Option<string> option = new("--device")
        {
            Description = "What trains: cpu; cuda, where libtorch has it (-p:DcsmTorch=cuda); auto: cuda where there is one.",
            HelpName = "DEVICE",
            DefaultValueFactory = _ => "auto",
        };
        option.OneOf("auto", "cpu", "cuda");
        return option;
    }

    /// <summary>What encodes pictures and captions.</summary>
    public static Option<string> EncodingDevice()
    {
        Option<string> option = new("--device")
        {
            Description =
                "What encodes and computes heads: cpu; cuda or cuda:1, in a build with CUDA (-p:DcsmOnnx=cuda); auto: cuda where it is.",
            HelpName = "DEVICE",
            DefaultValueFactory = _ => ClipDevice.Auto.ToString(),
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && ClipDevice.TryParse(text) is null)
                result.AddError($"--device '{text}' is none of auto, cpu, cuda, cuda:N.");
        });
        return option;
    }

    /// <summary>What <see cref="EncodingDevice"/> was given.</summary>
    public static ClipDevice GetDevice(this ParseResult parse, Option<string> option) =>
        ClipDevice.TryParse(parse.GetValue(option)!)!.Value;

    public static Option<string> Precision()
    {
        Option<string> option = new("--precision")
        {
            Description =
                "What is computed in: float32; int8, faster and a little less exact, the image tower of vision transformers; "
                + "float16, all networks on graphics cards.",
            HelpName = "PRECISION",
            DefaultValueFactory = _ => ClipPrecision.Float32.Name(),
        };
        option.OneOf([.. Enum.GetValues<ClipPrecision>().Select(Name)]);
        return option;
    }

    /// <summary>A precision as <see cref="Precision"/> takes it.</summary>
    public static string Name(this ClipPrecision precision) => precision.ToString().ToLowerInvariant();

    /// <summary>What <see cref="Precision"/> was given.</summary>
    public static ClipPrecision GetPrecision(this ParseResult parse, Option<string> option) =>
        Enum.Parse<ClipPrecision>(parse.GetValue(option)!, ignoreCase: true);

    public static Option<string?> Orientation(string usual)
    {
        Option<string?> option = new("--orientation")
        {
            Description =
                "apply: turn pictures as their files say (EXIF), as viewers show them; ignore: take pixels as they are stored. "
                + $"[default: {usual}]",
            HelpName = "WAY",
        };
        option.OneOf(Apply, Ignore);
        return option;
    }

    /// <summary>What <see cref="Orientation"/> was given; null where it was not.</summary>
    public static PictureOrientation? GetOrientation(this ParseResult parse, Option<string?> option) =>
        parse.GetValue(option) switch
        {
            Apply => PictureOrientation.Applied,
            Ignore => PictureOrientation.Ignored,
            _ => null,
        };

    /// <summary>An orientation as <see cref="Orientation"/> takes it.</summary>
    public static string Name(this PictureOrientation orientation) => orientation == PictureOrientation.Applied ? Apply : Ignore;

    public static Option<int> Threads() =>
        new Option<int>("--threads") { Description = "Threads to use; 0 for one per core.", DefaultValueFactory = _ => 0 }.AtLeast(0);

    /// <summary>Reads a number in invariant culture, and refuses one below <paramref name="least"/>.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, T least)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Read(option, result, least);
        return option;
    }

    /// <inheritdoc cref="AtLeast{T}(Option{T}, T)"/>
    public static Option<T?> AtLeast<T>(this Option<T?> option, T least)
        where T : struct, INumber<T>
    {
        option.CustomParser = result => Read(option, result, least);
        return option;
    }

    private static T Read<T>(Option option, ArgumentResult result, T least)
        where T : struct, INumber<T>
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) || !T.IsFinite(value))
            result.AddError($"{option.Name} '{text}' is not a {(typeof(T) == typeof(double) ? "number" : "whole number")}.");
        else if (value < least)
            result.AddError(FormattableString.Invariant($"{option.Name} {value} is too small; the least is {least}."));
        return value;
    }
}
