using System.Text;
using Dcsm.Clip.Preprocessing;

namespace Dcsm.Reporting.Pages;

/// <summary>A picture with a right and a wrong caption, and what each scorer gives them.</summary>
internal static class ExampleFigure
{
    /// <summary>Appends the pictures of a strip under a title.</summary>
    public static void Strip<T>(StringBuilder html, string title, IReadOnlyList<T> examples, Action<T> render)
    {
        html.Append("<h3>").Append(Html.Escape(title)).Append("</h3>");
        if (examples.Count == 0)
        {
            html.Append("<p class=\"say\">There is none.</p>");
            return;
        }

        html.Append("<div class=\"strip\">");
        foreach (T example in examples)
            render(example);
        html.Append("</div>");
    }

    /// <summary>Appends one picture.</summary>
    /// <param name="html">The page.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="kind">What it is about.</param>
    /// <param name="right">The right caption.</param>
    /// <param name="wrong">The wrong one.</param>
    /// <param name="scores">Each scorer's name, its two scores, and how it writes one.</param>
    public static void Render(
        StringBuilder html,
        RgbImage picture,
        string kind,
        string right,
        string wrong,
        IEnumerable<(string Scorer, float Right, float Wrong, Func<float, string> Text)> scores
    )
    {
        html.Append("<figure>")
            .Append(SceneReportPage.Image(picture, right))
            .Append("<figcaption><p class=\"kind\">")
            .Append(Html.Escape(kind))
            .Append("</p><p>")
            .Append(Html.Escape(right))
            .Append("</p><p class=\"not\">")
            .Append(Html.Escape(wrong))
            .Append("</p><ul>");
        foreach ((string scorer, float ofRight, float ofWrong, Func<float, string> text) in scores)
        {
            string mark =
                ofRight > ofWrong ? "<b class=\"right\">✓</b>"
                : ofRight == ofWrong ? "<b class=\"wrong\">=</b>"
                : "<b class=\"wrong\">✗</b>";
            html.Append("<li>")
                .Append(mark)
                .Append(' ')
                .Append(Html.Escape(scorer))
                .Append("<small>")
                .Append(text(ofRight))
                .Append(" : ")
                .Append(text(ofWrong))
                .Append("</small></li>");
        }

        html.Append("</ul></figcaption></figure>");
    }
}
