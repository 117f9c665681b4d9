using Dcsm.IO.Tensors;

namespace Dcsm.IO.PyTorch.Pickle;

/// <summary>
/// The classes and functions that a checkpoint of tensors may name. What is not here is refused, and what is here is
/// not run either: tensors are put together by <see cref="PickleObjects"/>, everything else becomes a bag of
/// attributes.
/// </summary>
internal static class PickleClasses
{
    /// <summary>TorchScript's modules; their attributes are all there is to read.</summary>
    private const string ScriptPrefix = "__torch__.";

    private static readonly Dictionary<(string Module, string Name), (PickleRole Role, TensorType? Type)> KnownClasses = Known();

    public static PickleClass? Find(string module, string name)
    {
        if (module == "__torch__" || module.StartsWith(ScriptPrefix, StringComparison.Ordinal))
            return new PickleClass(module, name, PickleRole.Attributes);
        return KnownClasses.TryGetValue((module, name), out (PickleRole Role, TensorType? Type) known)
            ? new PickleClass(module, name, known.Role, known.Type)
            : null;
    }

    // Long because it is a table.
    private static Dictionary<(string Module, string Name), (PickleRole Role, TensorType? Type)> Known()
    {
        var known = new Dictionary<(string, string), (PickleRole, TensorType?)>();
        void Add(PickleRole role, string module, params ReadOnlySpan<string> names)
        {
            foreach (string name in names)
                known.Add((module, name), (role, null));
        }

        foreach (string module in (string[])["builtins", "__builtin__"])
        {
            Add(PickleRole.Dictionary, module, "dict");
            Add(PickleRole.List, module, "set", "frozenset", "list", "tuple");
            Add(PickleRole.Type, module, "int", "float", "str");
        }
        Add(PickleRole.Dictionary, "collections", "OrderedDict");
        Add(PickleRole.Attributes, "collections", "defaultdict", "Counter");
        Add(PickleRole.Attributes, "argparse", "Namespace");
        Add(PickleRole.First, "_codecs", "encode");

        Add(PickleRole.Tensor, "torch._utils", "_rebuild_tensor", "_rebuild_tensor_v2");
        Add(PickleRole.TypedTensor, "torch._utils", "_rebuild_tensor_v3");
        Add(PickleRole.First, "torch._utils", "_rebuild_parameter", "_rebuild_parameter_with_state");
        Add(PickleRole.Call, "torch._tensor", "_rebuild_from_type_v2");
        Add(PickleRole.Type, "torch", "Tensor");
        Add(PickleRole.Type, "torch.nn.parameter", "Parameter");
        Add(PickleRole.First, "torch", "Size", "device");
        Add(
            PickleRole.First,
            "torch.jit._pickle",
            "build_intlist",
            "build_doublelist",
            "build_boollist",
            "build_tensorlist",
            "restore_type_tag"
        );
        foreach (
            (string? name, TensorType type) in ((string, TensorType)[])
                [
                    ("Float", TensorType.F32),
                    ("Double", TensorType.F64),
                    ("Half", TensorType.F16),
                    ("BFloat16", TensorType.BF16),
                    ("Long", TensorType.I64),
                    ("Int", TensorType.I32),
                    ("Short", TensorType.I16),
                    ("Char", TensorType.I8),
                    ("Byte", TensorType.U8),
                    ("Bool", TensorType.Bool),
                    ("Untyped", TensorType.U8),
                ]
        )
        {
            foreach (string module in (string[])["torch", "torch.cuda", "torch.storage"])
                known.Add((module, name + "Storage"), (PickleRole.Storage, type));
        }
        foreach (
            (string? name, TensorType type) in ((string, TensorType)[])
                [
                    ("float32", TensorType.F32),
                    ("float64", TensorType.F64),
                    ("float16", TensorType.F16),
                    ("bfloat16", TensorType.BF16),
                    ("int64", TensorType.I64),
                    ("int32", TensorType.I32),
                    ("int16", TensorType.I16),
                    ("int8", TensorType.I8),
                    ("uint64", TensorType.U64),
                    ("uint32", TensorType.U32),
                    ("uint16", TensorType.U16),
                    ("uint8", TensorType.U8),
                    ("bool", TensorType.Bool),
                    ("float8_e4m3fn", TensorType.F8E4M3),
                    ("float8_e5m2", TensorType.F8E5M2),
                ]
        )
        {
            known.Add(("torch", name), (PickleRole.Type, type));
        }

        // What the authors' DCSM checkpoints hold besides tensors: the functional rows' module and the tokenizer, as
        // transformers 4 pickles it.
        Add(PickleRole.Attributes, "torch.nn.modules.sparse", "Embedding");
        Add(PickleRole.Attributes, "transformers.models.clip.tokenization_clip", "CLIPTokenizer", "BasicTokenizer");
        Add(PickleRole.Attributes, "transformers.models.clip.tokenization_clip_fast", "CLIPTokenizerFast");
        Add(PickleRole.Attributes, "transformers.tokenization_utils", "Trie", "ExtensionsTrie");
        Add(PickleRole.Attributes, "transformers.tokenization_utils_base", "AddedToken");
        Add(PickleRole.Attributes, "tokenizers", "AddedToken", "Tokenizer");
        Add(PickleRole.Attributes, "tokenizers.models", "Model", "BPE");
        Add(PickleRole.Attributes, "ftfy", "fix_text");
        Add(PickleRole.Attributes, "regex._regex", "compile");

        // Losses and counters that training scripts leave beside the weights.
        Add(PickleRole.Attributes, "numpy", "dtype", "ndarray");
        foreach (string module in (string[])["numpy.core.multiarray", "numpy._core.multiarray"])
            Add(PickleRole.Attributes, module, "scalar", "_reconstruct");
        return known;
    }
}
