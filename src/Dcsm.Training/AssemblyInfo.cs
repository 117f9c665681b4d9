using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Dcsm.Training.Tests")]
