import type { Command } from '../command.ts';
import { apply } from './apply.ts';
import { backup } from './backup.ts';
import { check } from './check.ts';
import { copy } from './copy.ts';
import { diff } from './diff.ts';
import { generate } from './generate.ts';
import { hold } from './hold.ts';
import { points } from './points.ts';
import { promote } from './promote.ts';
import { prune } from './prune.ts';
import { restore } from './restore.ts';
import { verify } from './verify.ts';

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [backup, points, diff, restore, promote, copy, verify, check, hold, prune, apply, generate];
