import { l10n, ThemeIcon, type QuickPickItem } from 'vscode';
import type { StepEnd } from '../../accounts/steps.ts';
import { describeChain } from '../../words/chain.ts';
import { placeOf } from '../../words/places.ts';
import { askBlob } from '../ask/askBlob.ts';
import { choose } from '../ask/quickInput.ts';
import type { CommandTools } from '../tools.ts';

type Item = QuickPickItem & { readonly backup: string | undefined };

/** Asks for a chain among those that the trees know; any other backup blob is looked for with *Another backup blob…*. @returns URL of the backup blob */
export async function askChain(
  question: { readonly title: string; readonly step: readonly [number, number] },
  tools: CommandTools,
): Promise<StepEnd<string>> {
  for (;;) {
    const end = await choose({ ...question, placeholder: l10n.t('Chain of backups'), items: itemsOf(tools) });
    if (typeof end === 'string') return end;
    const backup = end.value.backup ?? (await askBlob(question.title, 'backup', tools));
    if (backup !== undefined) return { value: backup };
  }
}

async function itemsOf({ trees, voice }: CommandTools): Promise<Item[]> {
  const chains = await trees.chains();
  const another = { label: l10n.t('Another backup blob…'), iconPath: new ThemeIcon('search'), backup: undefined, alwaysShow: true };
  return [
    ...chains.map((facts): Item => {
      const { label, description, icon } = describeChain(facts, 'fromOutside', voice);
      const { account, path } = placeOf(facts.backup);
      return { label, description, detail: `${account} / ${path}`, iconPath: new ThemeIcon(icon.id), backup: facts.backup };
    }),
    another,
  ];
}
