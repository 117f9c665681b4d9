using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(Dcsm.Benchmarks.SceneBenchmarks).Assembly).Run(args);
