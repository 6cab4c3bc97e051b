global using FluentAssertions;
global using LabTrace.Cli.Tests;
global using Microsoft.Playwright;
global using NUnit.Framework;
