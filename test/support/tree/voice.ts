import type { Localise, Voice } from '../../../src/extension/words/voice.ts';

/** `vscode.l10n.t` without translations. */
export const english: Localise = (message, ...args) =>
  message.replace(/\{(\d+)\}/g, (whole, at: string) => String(args[Number(at)] ?? whole));

/** English, in UTC. */
export function englishVoice(now: () => number): Voice {
  return { t: english, now, locale: 'en', timeZone: 'UTC' };
}
