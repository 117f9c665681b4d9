using Dcsm.Cli;

return await Dcsm.Cli.DcsmCommandLine.RunAsync(args);
