using System.Globalization;

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

    public void Restore(string saved)
    {
        string[] sums = saved.Split(' ');
        _loss = double.Parse(sums[0], CultureInfo.InvariantCulture);
        _accuracy = double.Parse(sums[1], CultureInfo.InvariantCulture);
        _steps = int.Parse(sums[2], CultureInfo.InvariantCulture);
    }
}
