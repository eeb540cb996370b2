import { wholly } from '../../support/workbench/pages/text.ts';
import { TreeRow, type RowFacts } from '../../support/workbench/pages/treeRow.ts';
import type { View } from '../../support/workbench/pages/view.ts';
import type { Workbench } from '../../support/workbench/pages/workbench.ts';

export const NAME = 'Page Blob Backup';

/** What the extension shows in the side bar, and ways through its questions that more than one test goes. */
export class Sidebar {
  readonly accounts: View;
  readonly chains: View;
  readonly runs: View;
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.accounts = workbench.view('Accounts');
    this.chains = workbench.view('Chains');
    this.runs = workbench.view('Runs');
  }

  async open(): Promise<this> {
    await this.#workbench.openViewContainer(NAME);
    return this;
  }

  /** A command of the extension by its title in the palette. */
  async run(title: string): Promise<void> {
    await this.#workbench.runCommand(`${NAME}: ${title}`);
  }

  /** Both accounts of the emulator, in one go. */
  async attachEmulator(): Promise<void> {
    const areThere = (rows: RowFacts[]) => rows.filter(({ level, description }) => level === 1 && description === 'emulator').length === 2;
    await this.run('Attach Local Emulator');
    try {
      await this.accounts.waitForRows('the accounts', areThere, 15_000);
    } catch {
      // The settings, which say where this emulator is, may reach a new window after its extensions: then another one was looked for in vain.
      await this.#workbench.tidy();
      await this.run('Attach Local Emulator');
      await this.accounts.waitForRows('the accounts', areThere);
    }
  }

  /** Answers *Attach Account…* once it asks. */
  async answerConnectionString(connectionString: string): Promise<void> {
    const { quickInput } = this.#workbench;
    await quickInput.wait('How do you reach the account?');
    await quickInput.pick('Connection String');
    await quickInput.wait('Connection string of the storage account');
    await quickInput.type(connectionString);
    await quickInput.accept();
  }

  /** Answers where the backup of a disk goes: account, a new container, the name that is offered. */
  async answerWhereTo(account: string, container: string): Promise<void> {
    const { quickInput } = this.#workbench;
    await quickInput.wait(/^Storage account for the backups of /);
    await quickInput.pick(account);
    await quickInput.wait('Container for the backup blob and its catalogue');
    await quickInput.pick('Create Container…');
    await quickInput.wait(`Name of the new container in ${account}`);
    await quickInput.type(container);
    await quickInput.accept();
    await quickInput.wait(/^Name of the backup blob\./);
    await quickInput.accept();
  }

  /** Forgets an account, as its question says. */
  async detach(row: TreeRow, name: string): Promise<void> {
    const { dialog } = this.#workbench;
    await row.chooseFromMenu('Detach');
    await dialog.wait(`Detach ${name}?`);
    await dialog.press('Detach');
    await row.waitUntilGone();
  }

  /** Chooses *Delete Snapshot* of a row and waits for its question: once more where rows above it were just drawn again, as people are told to. */
  async askToDelete(row: TreeRow): Promise<void> {
    const { dialog, page } = this.#workbench;
    const lost = page.locator('.notification-toast').filter({ hasText: 'Please try once more' });
    for (;;) {
      await row.chooseFromMenu('Delete Snapshot');
      await dialog.locator.or(lost).first().waitFor();
      if ((await lost.count()) === 0) return;
      await this.#workbench.runCommand('Notifications: Clear All Notifications');
    }
  }

  /** The row with this description. */
  rowThat(view: View, description: string): TreeRow {
    const text = this.#workbench.page.locator('.label-description').filter({ hasText: wholly(description) });
    return new TreeRow(view.locator.locator('.monaco-list-row').filter({ has: text }).first(), description);
  }
}
