import { afterEach } from 'node:test';
import { COMMANDS } from '../../../src/extension/names.ts';
import { panels } from '../vscode/window.ts';
import { backupRow, CommandRig } from './commandRig.ts';
import { WizardPage } from './wizardPage.ts';

type RigOptions = Parameters<typeof CommandRig.open>[0];

/** What tests of the restore wizard begin with. Rigs and panels are closed after each test of the file that calls this. */
export interface WizardScene {
  readonly open: (options?: RigOptions) => Promise<CommandRig>;
  /** A disk with two points; the second differs in one page. */
  readonly backedUp: (options?: RigOptions) => Promise<CommandRig>;
  /** The wizard of that disk, with its points listed. */
  readonly wizard: (rig: CommandRig) => Promise<WizardPage>;
}

export function wizardScene(): WizardScene {
  let rigs: CommandRig[] = [];
  afterEach(() => {
    for (const rig of rigs) rig.close();
    rigs = [];
    panels.length = 0;
  });
  async function open(options?: RigOptions): Promise<CommandRig> {
    const rig = await CommandRig.open(options);
    rigs.push(rig);
    return rig;
  }
  return {
    open,
    async backedUp(options) {
      const rig = await open(options);
      rig.chain.write(0, 1, 4);
      await rig.chain.backup();
      rig.chain.write(2, 9);
      await rig.chain.backup();
      return rig;
    },
    async wizard(rig) {
      await rig.run(COMMANDS.restore, backupRow);
      const page = new WizardPage(rig);
      await page.until(({ points }) => points.state === 'ready');
      return page;
    },
  };
}

/** The point that is listed last. */
export function oldest(page: WizardPage): string {
  return page.view.points.rows.at(-1)!.id;
}
