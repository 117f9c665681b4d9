using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Dcsm.Reporting.Pages;

/// <summary>Text and numbers in HTML and SVG.</summary>
/// <remarks>On .NET's own encoder: pages of a few elements need no library of templates.</remarks>
internal static class Html
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>A text as it may stand between tags or in a quoted attribute.</summary>
    public static string Escape(string text) => Encoder.Encode(text);

    /// <summary>A coordinate: at most two decimals.</summary>
    public static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
