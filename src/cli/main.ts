#!/usr/bin/env node
import 'reflect-metadata';
import { Command, Option } from 'commander';
import { ConfigError } from '../config';
import { dncCommand } from './dnc';
import { doctorCommand } from './doctor';
import { followCommand } from './follow';
import { importCommand } from './import';
import { migrateCommand } from './migrate';
import { replayCommand } from './replay';
import { ROLE_NAMES } from './roles';
import { simulateCommand } from './simulate';
import { startAll, startRole } from './start';

const program = new Command('outdial').description('Open outbound voice campaign platform');

program
  .command('start')
  .description('starts everything, or one role on the stores that the environment names')
  .addOption(new Option('--role <role>', 'one role only').choices(ROLE_NAMES))
  .action(({ role }) => (role ? startRole(role) : startAll()));
program
  .command('switch')
  .description('starts the simulated switch alone (OUTDIAL_SWITCH_PORT, OUTDIAL_WORLD, OUTDIAL_TRUTH_LOG)')
  .action(() => startRole('switch'));
program.addCommand(migrateCommand());
program.addCommand(doctorCommand());
program.addCommand(importCommand());
program.addCommand(dncCommand());
program.addCommand(followCommand());
program.addCommand(simulateCommand());
program.addCommand(replayCommand());

program.parseAsync().catch((error: unknown) => {
  const message = error instanceof ConfigError || error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message}\n`);
  process.exit(1);
});
