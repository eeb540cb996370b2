/** Writes l10n/bundle.l10n.json: every text of the extension that goes through `l10n.t`, for translators. Run it when a test says so. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUNDLE, bundleText, extensionTexts } from '../test/support/extension/bundle.ts';

mkdirSync(join(BUNDLE, '..'), { recursive: true });
writeFileSync(BUNDLE, bundleText(extensionTexts()));
