namespace Dcsm.Evaluation.Classification;

/// <summary>A prompt that a class is asked with.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Class">Which class.</param>
/// <param name="Template">Which of the shared templates; 0 where each class has its own.</param>
/// <param name="Place">Its place among all prompts.</param>
internal readonly record struct ClassPrompt(string Text, int Class, int Template, int Place);
