await using WebApplication app = Dcsm.Service.ScoringService.Build(args);
await app.RunAsync();
