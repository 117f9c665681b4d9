return await Dcsm.Cli.DcsmCommandLine.RunAsync(args);
