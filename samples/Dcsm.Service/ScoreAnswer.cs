using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dcsm.Service;

/// <summary>What the service answers, caption by caption.</summary>
public sealed record ScoreAnswer(string Caption, float Logit, double? Probability, bool Truncated);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ScoreAnswer[]))]
internal sealed partial class AnswerJson : JsonSerializerContext;
