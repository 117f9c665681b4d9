using System.Globalization;
using Dcsm.Training.Torch;

namespace Dcsm.Training.Heads;

/// <summary>Means over the steps since the last report.</summary>
internal sealed class HeadTrainingWindow
{
    private double _loss,
        _accuracy;
    private int _steps;

    public double Loss => _steps == 0 ? double.NaN : _loss / _steps;

    public double Accuracy => _steps == 0 ? double.NaN : _accuracy / _steps;

    public void Add(double loss, double accuracy) => (_loss, _accuracy, _steps) = (_loss + loss, _accuracy + accuracy, _steps + 1);

    public void Clear() => (_loss, _accuracy, _steps) = (0, 0, 0);

    /// <summary>The sums, for a checkpoint.</summary>
    public string Save() => string.Create(CultureInfo.InvariantCulture, $"{_loss:R} {_accuracy:R} {_steps}");

    public void Restore(SavedRun saved)
    {
        const string Name = "window";
        if (saved.Text(Name).Split(' ') is not [var loss, var accuracy, var steps])
            throw saved.Wrong(Name, "is not of three numbers");
        _loss = saved.Number(Name, loss);
        _accuracy = saved.Number(Name, accuracy);
        _steps = saved.Count(Name, steps);
    }
}
