using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Dcsm.IO.Collections;

namespace Dcsm.Cli.Tests.Packages;

/// <summary>What the libraries hand out can't be changed, and records are equal where what they hold is.</summary>
public sealed class PublicTypesTest
{
    private static readonly Type[] Types =
    [
        .. Directory
            .EnumerateFiles(AppContext.BaseDirectory, "Dcsm*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => Directory.Exists(Repository.Path($"src/{name}")) && name != "Dcsm.Cli")
            .SelectMany(name => Assembly.Load(name).GetExportedTypes()),
    ];

    private static IEnumerable<PropertyInfo> Properties =>
        Types.SelectMany(type =>
            type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
        );

    private static IEnumerable<Type> Records => Types.Where(type => type.GetMethod("<Clone>$") is not null && !type.IsAbstract);

    [Fact]
    public void Nothing_is_set_once_it_is_made()
    {
        Assert.True(Types.Length > 300, $"{Types.Length} public types");
        string[] settable =
        [
            .. Properties
                .Where(property =>
                    property.SetMethod is { IsPublic: true } set
                    && !set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
                )
                .Select(property => property.DeclaringType!.FullName!)
                .Distinct(),
        ];
        // What a program's configuration fills in, by the habit of its host.
        Assert.Equal(["Dcsm.Extensions.AI.DcsmOptions"], settable);
    }

    [Fact]
    public void No_property_hands_out_an_array() =>
        Assert.Empty(
            Properties.Where(property => property.PropertyType.IsArray).Select(property => $"{property.DeclaringType}.{property.Name}")
        );

    [Fact]
    public void Records_copy_the_lists_that_they_are_given_and_are_equal_by_what_is_in_them()
    {
        int seen = 0;
        var wrong = new List<string>();
        foreach (Type record in Records)
        {
            foreach (PropertyInfo property in record.GetProperties().Where(property => IsList(property.PropertyType)))
            {
                if (property.SetMethod is null)
                    continue;
                seen++;
                (object one, object two) = (Make(property.PropertyType)!, Make(property.PropertyType)!);
                (object? first, object? second) = (Set(record, property, one), Set(record, property, two));
                bool copied = !IsChangeable(property.PropertyType) || !ReferenceEquals(first, one);
                if (!copied || !Equals(first, second) || first!.GetHashCode() != second!.GetHashCode())
                    wrong.Add($"{record}.{property.Name}");
            }
            foreach (
                ConstructorInfo constructor in record.GetConstructors().Where(c => c.GetParameters().Any(p => IsList(p.ParameterType)))
            )
            {
                (object one, object two) = (constructor.Invoke(Arguments(constructor)), constructor.Invoke(Arguments(constructor)));
                if (!Equals(one, two))
                    wrong.Add($"{record}, made anew");
            }
        }
        Assert.True(seen > 90, $"{seen} lists of records");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Records_that_keep_arrays_say_themselves_when_they_are_equal() =>
        Assert.Empty(
            Records
                .Where(record =>
                    record.GetMethod("Equals", [record])!.IsDefined(typeof(CompilerGeneratedAttribute))
                    && record
                        .GetFields(BindingFlags.Instance | BindingFlags.NonPublic)
                        .Select(field => field.FieldType)
                        .Any(type => type.IsArray || IsMemory(type) || (IsList(type) && type.IsClass && !IsOurs(type)))
                )
                .Select(record => record.FullName)
        );

    private static bool IsOurs(Type type) => type.FullName!.StartsWith("Dcsm.", StringComparison.Ordinal);

    private static bool IsMemory(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>);

    private static bool IsList(Type type) =>
        type.IsGenericType && (type.IsAssignableTo(typeof(IEnumerable)) || type.GetGenericTypeDefinition() == typeof(Grid<>));

    private static bool IsChangeable(Type type) => type.GetGenericTypeDefinition() != typeof(Grid<>);

    private static object? Set(Type record, PropertyInfo property, object value)
    {
        object made = RuntimeHelpers.GetUninitializedObject(record);
        property.SetValue(made, value);
        return property.GetValue(made);
    }

    private static object?[] Arguments(ConstructorInfo constructor) => [.. constructor.GetParameters().Select(p => Make(p.ParameterType))];

    /// <summary>A value of a type, equal to the next one wherever that can be: a list has one item, and what is no value is null.</summary>
    private static object? Make(Type type)
    {
        if (type == typeof(string))
            return "a";
        if (type.IsValueType)
            return RuntimeHelpers.GetUninitializedObject(type);
        if (!IsList(type))
            return null;
        Type[] of = type.GetGenericArguments();
        if (type.GetGenericTypeDefinition() == typeof(Grid<>))
            return Activator.CreateInstance(type, Array.CreateInstance(of[0], 1, 1));
        if (of.Length == 2)
        {
            var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(of))!;
            map.Add(Make(of[0])!, Make(of[1]));
            return map;
        }
        var list = Array.CreateInstance(of[0], 1);
        list.SetValue(Make(of[0]), 0);
        return list;
    }
}
