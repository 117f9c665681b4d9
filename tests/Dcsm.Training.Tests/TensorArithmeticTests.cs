using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Dcsm.Training.Torch;

namespace Dcsm.Training.Tests;

public sealed class TensorArithmeticTests
{
    private const string Tensor = "torch.Tensor",
        Scalar = "Scalar";

    private static readonly string[] Arithmetic = ["op_Addition", "op_Subtraction", "op_Multiply", "op_Division", "op_Modulus"];

    /// <summary>TorchSharp frees the numbers of these while libtorch may not have read them yet.</summary>
    [Fact]
    public void Nothing_else_makes_numbers_for_libtorch()
    {
        using var file = new PEReader(File.OpenRead(typeof(TensorArithmetic).Assembly.Location));
        MetadataReader metadata = file.GetMetadataReader();
        var signatures = new Names();
        List<string> unsafeCalls = [];
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.GetKind() != MemberReferenceKind.Method || member.Parent.Kind != HandleKind.TypeReference)
                continue;
            string type = signatures.GetTypeFromReference(metadata, (TypeReferenceHandle)member.Parent, 0),
                name = metadata.GetString(member.Name);
            string[] parameters = [.. member.DecodeMethodSignature(signatures, null).ParameterTypes];
            bool isUnsafe =
                (type == Scalar && name == "op_Implicit")
                || (
                    type == Tensor
                    && (
                        (Arithmetic.Contains(name) && parameters.Any(parameter => parameter != Tensor))
                        || (name is "op_Addition" or "add" or "add_" && parameters.All(parameter => parameter == Tensor))
                        || name is "square" or "square_"
                        || (name.StartsWith("op_", StringComparison.Ordinal) && parameters.Contains(Scalar))
                    )
                );
            if (isUnsafe)
                unsafeCalls.Add($"{type}.{name}({string.Join(", ", parameters)})");
        }

        Assert.Empty(unsafeCalls);
    }

    private sealed class Names : ISignatureTypeProvider<string, object?>
    {
        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind)
        {
            TypeReference type = reader.GetTypeReference(handle);
            string name = reader.GetString(type.Name);
            return type.ResolutionScope.Kind == HandleKind.TypeReference
                ? $"{GetTypeFromReference(reader, (TypeReferenceHandle)type.ResolutionScope, 0)}.{name}"
                : name;
        }

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => "own";

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetArrayType(string elementType, ArrayShape shape) => elementType + "[,]";

        public string GetByReferenceType(string elementType) => elementType + "&";

        public string GetFunctionPointerType(MethodSignature<string> signature) => "pointer";

        public string GetGenericInstantiation(string genericType, System.Collections.Immutable.ImmutableArray<string> typeArguments) =>
            genericType;

        public string GetGenericMethodParameter(object? genericContext, int index) => "T";

        public string GetGenericTypeParameter(object? genericContext, int index) => "T";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetPinnedType(string elementType) => elementType;

        public string GetPointerType(string elementType) => elementType + "*";

        public string GetSZArrayType(string elementType) => elementType + "[]";

        public string GetTypeFromSpecification(
            MetadataReader reader,
            object? genericContext,
            TypeSpecificationHandle handle,
            byte rawTypeKind
        ) => "specification";
    }
}
